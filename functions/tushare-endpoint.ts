// Answers questions in TuShare's protocol, for callers with one of the stack's own tokens. It reads as the user that cannot
// change a row, and wakes the database for nobody else. As with TuShare, a refusal has status 200 and a code in its body.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { endpointPath } from "../shared/catalogue/stack.ts";
import { asSyncError } from "../shared/errors.ts";
import { makeDoor } from "../shared/tushare-door/answer.ts";
import { questionBytesMax, readPath } from "../shared/tushare-door/path.ts";
import { internal, type RefusedError, refusalText, tooLong, waking } from "../shared/tushare-door/refusal.ts";
import { clock, databaseForReads, endpointTokens, log, logger, settings } from "./services.ts";
import { acceptsGzip, zipped } from "./transfer.ts";

/** API Gateway's timeout is 30 seconds. When the cluster takes longer to resume, the answer is "ask again". */
const resumeSecondsMax = 20;
const answerSecondsMax = 25;

/**
 * An answer of a function has at most 6 MB, as JSON inside JSON: each quotation mark takes two bytes. Compressed, rows of
 * numbers take at most half of their bytes, and base64 a third more; rows of long texts may take more.
 */
const rowsBytesMax = { plain: 3_000_000, zipped: 8_000_000 } as const;
const zippedCharactersMax = 6_000_000;

const answer = makeDoor({
  database: databaseForReads(resumeSecondsMax, answerSecondsMax),
  settings,
  isToken: endpointTokens(),
});

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(injectLambdaContext(logger))
  .handler(async (event) => {
    const { requestId } = event.requestContext;
    const isZipped = acceptsGzip(event);
    const refuse = ({ refusal }: RefusedError) => respond(refusalText(requestId, refusal), isZipped);
    const path = readPath(event.rawPath.slice(endpointPath.length));
    const body = bodyOf(event);
    if (path === undefined) return refuse(internal());
    if (Buffer.byteLength(body) > questionBytesMax) return refuse(tooLong(questionBytesMax));
    try {
      for (let bytesMax: number = rowsBytesMax[isZipped ? "zipped" : "plain"]; ; bytesMax /= 2) {
        const text = await answer({ ...path, body, bytesMax, requestId, now: clock.now() });
        const response = respond(text, isZipped);
        if (!isZipped || (response.body?.length ?? 0) <= zippedCharactersMax) return response;
      }
    } catch (thrown) {
      const error = asSyncError(thrown);
      log.error("question failed", { error });
      return refuse(error.kind === "permanent" ? internal() : waking());
    }
  });

function bodyOf({ body = "", isBase64Encoded }: APIGatewayProxyEventV2): string {
  return isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
}

function respond(text: string, isZipped: boolean): APIGatewayProxyStructuredResultV2 {
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    vary: "accept-encoding",
  };
  const answer = { statusCode: 200, headers, body: text };
  return isZipped ? zipped(answer) : answer;
}
