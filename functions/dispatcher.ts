// A command in (from a schedule, a person or the API), the tasks it touched out.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import { type DispatchAnswer, dispatch } from "../shared/dispatch.ts";
import { clock, database, log, logger, meter, metrics, settings, workQueue } from "./services.ts";

/** The cluster resumes in 15 to 30 seconds, longer after a day of sleep; it is woken here, before slots are used. */
const resumeSecondsMax = 180;

const services = { database: database(resumeSecondsMax), queue: workQueue(), clock, settings, log, meter };

export const handler = middy<unknown, DispatchAnswer>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (command) => {
    const answer = await dispatch(services, command);
    meter.count("Heartbeat", 1);
    log.info("command carried out", { command, ...answer });
    return answer;
  });
