// Carries out a command (from a schedule, a person or the API) and returns the tasks it changed.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { type DispatchAnswer, dispatch } from "../shared/dispatch/dispatch.ts";
import {
  clock,
  database,
  digest,
  itself,
  log,
  logger,
  meter,
  origin,
  printMetrics,
  settings,
  workQueue,
} from "./services.ts";

/** The cluster resumes in 15 to 30 seconds, longer after a day's pause. It is woken here, before workers use slots. */
const resumeSecondsMax = 180;

const services = {
  ...{ database: database(resumeSecondsMax), queue: workQueue(), origin: origin() },
  ...{ clock, settings, log, meter, digest: digest() },
};

export const handler = middy<unknown, DispatchAnswer>()
  .use(injectLambdaContext(logger))
  .use(printMetrics)
  .handler(async (command, context) => {
    const another = {
      remainingMilliseconds: () => context.getRemainingTimeInMillis(),
      start: (next: object) => itself().start(next),
    };
    const answer = await dispatch({ ...services, another }, command);
    meter.count("Heartbeat", 1);
    const tasks = answer.tasks.map(({ config: _, ...task }) => task); // config repeats the command
    log.info("command carried out", { command, ...answer, tasks });
    return answer;
  });
