// Records a batch of dead letters, and returns the ids of those that could not be recorded.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { asSyncError } from "../shared/errors.ts";
import { retryUnit } from "../shared/sync/retry-unit.ts";
import { clock, database, log, logger, meter, planner, printMetrics, random, settings } from "./services.ts";

/** Together less than the function's minute: what it cannot record in time stays in its queue. */
const resumeSecondsMax = 30;
const answerSecondsMax = 20;

/** An execution environment runs one invocation at a time. */
let invocation: Context | undefined;

const services = {
  database: database(resumeSecondsMax, answerSecondsMax, () => invocation?.getRemainingTimeInMillis() ?? 0),
  ...{ planner: planner(), clock, random, settings, log, meter },
};

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .use(printMetrics)
  .handler(async (event, context: Context) => {
    invocation = context;
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const record of event.Records) {
      try {
        await retryUnit(services, {
          messageId: record.messageId,
          body: record.body,
          receiveCount: Number(record.attributes.ApproximateReceiveCount),
        });
      } catch (thrown) {
        log.error("dead letter could not be recorded; it stays", { error: asSyncError(thrown) });
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures };
  });
