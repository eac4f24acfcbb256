// How an answer travels: compressed for a client that accepts it, and not again to one that has it.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** Below it compression saves less than a packet. */
const zippedBytesMin = 1_400;

/** Quick rather than small: the client is often on the same machine or in the same region. */
const gzipLevel = 3;

export function acceptsGzip({ headers }: Pick<APIGatewayProxyEventV2, "headers">): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(headers["accept-encoding"] ?? "");
}

/** The answer with its text compressed. */
export function zipped(answer: APIGatewayProxyStructuredResultV2): APIGatewayProxyStructuredResultV2 {
  return {
    ...answer,
    headers: { ...answer.headers, "content-encoding": "gzip" },
    body: gzipSync(answer.body ?? "", { level: gzipLevel }).toString("base64"),
    isBase64Encoded: true,
  };
}

/**
 * A successful GET has an ETag made from its text. A client that sends it back gets 304 without a text, as long as the answer is the
 * same. It must ask each time (`no-cache`): a value may be corrected at any moment.
 */
export function asTransferred(
  event: APIGatewayProxyEventV2,
  answer: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 {
  const isRead = ["GET", "HEAD"].includes(event.requestContext.http.method) && answer.statusCode === 200;
  const given = { ...answer, headers: { ...answer.headers, vary: "accept-encoding" } };
  if (!isRead) return mayZip(event, given);
  const etag = `W/"${createHash("sha256")
    .update(answer.body ?? "")
    .digest("base64url")
    .slice(0, 22)}"`;
  const headers = { ...given.headers, etag, "cache-control": "no-cache" };
  const known = (event.headers["if-none-match"] ?? "").split(",").map((each) => each.trim());
  if (known.includes(etag) || known.includes("*")) {
    const { "content-type": _, ...others } = headers as Record<string, string>;
    return { statusCode: 304, headers: others, body: "" };
  }
  return mayZip(event, { ...given, headers });
}

function mayZip(event: APIGatewayProxyEventV2, answer: APIGatewayProxyStructuredResultV2) {
  return (answer.body?.length ?? 0) >= zippedBytesMin && acceptsGzip(event) ? zipped(answer) : answer;
}
