// Handles a batch of messages, and returns the ids of those to deliver again; or a health unit, which a person sends.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { datasets } from "../shared/catalogue/datasets.ts";
import type { SyncServices } from "../shared/ports.ts";
import {
  checkHealth,
  type Health,
  healthCall,
  type healthUnit,
  isHealthUnit,
} from "../shared/sync/health.ts";
import { syncUnit } from "../shared/sync/sync-unit.ts";
import {
  clock,
  database,
  healthServices,
  log,
  logger,
  meter,
  origin,
  pacer,
  planner,
  printMetrics,
  random,
  settings,
  upstream,
  workQueue,
} from "./services.ts";

/** The dispatcher has woken the cluster. This is for a cluster that paused again during a long rate-limit wait. */
const resumeSecondsMax = 45;

/** An execution environment runs one invocation at a time. */
let invocation: Context | undefined;

const services: SyncServices = {
  datasets,
  database: database(resumeSecondsMax, undefined, () => invocation?.getRemainingTimeInMillis() ?? 0),
  upstream: upstream(),
  origin: origin(),
  pacer: pacer(),
  queue: workQueue(),
  planner: planner(),
  clock,
  random,
  settings,
  log,
  meter,
};

export const handler = middy<SQSEvent | typeof healthUnit, SQSBatchResponse | Health>()
  .use(injectLambdaContext(logger))
  .use(printMetrics)
  .handler(async (event, context: Context) => {
    if (isHealthUnit(event)) {
      const health = await checkHealth(healthServices(healthCall(datasets)));
      log.info("health told", health);
      return health;
    }
    invocation = context;
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const record of event.Records) {
      const outcome = await syncUnit(services, {
        body: record.body,
        receiptHandle: record.receiptHandle,
        receiveCount: Number(record.attributes.ApproximateReceiveCount),
        sentAt: new Date(Number(record.attributes.SentTimestamp)),
        remainingMilliseconds: () => context.getRemainingTimeInMillis(),
      });
      if (outcome === "redeliver") batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  });
