// A CloudWatch custom widget: tasks, failures and coverage as HTML. It reads the database only when it is drawn.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import { isDay } from "../shared/catalogue/dates.ts";
import { asSyncError } from "../shared/errors.ts";
import { clock, databaseForReads, dispatcherArn, log, logger, origin } from "./services.ts";
import { drawNames, drawProgress } from "./widget-page.ts";

/** The cluster resumes in 15 to 30 seconds, longer after a day's pause. */
const resumeSecondsMax = 45;

const services = { database: databaseForReads(resumeSecondsMax), origin: origin(), clock };

const eventSchema = z.object({
  describe: z.optional(z.boolean()),
  /** Number of past days in the coverage. */
  coverageDays: z._default(z.int().check(z.minimum(7), z.maximum(1_000)), 180),
  /** Instead of the progress: the names of what is absent of a day. */
  names: z.optional(z.object({ dataset: z.string(), day: z.string().check(z.refine(isDay)) })),
});

const description = `## Progress of the sync
Tasks with their progress and estimated end, failures that need action, and how much of each trading day is stored.
It reads the database when it is drawn and does not refresh automatically, so that the database can pause.

### Parameters
\`\`\`yaml
coverageDays: 180 # days back that the coverage shows, 7 to 1000
\`\`\`
`;

export const handler = middy<unknown, string | { markdown: string }>()
  .use(injectLambdaContext(logger))
  .handler(async (event, context: Context) => {
    const asked = z.safeParse(eventSchema, event ?? {});
    if (!asked.success) return { markdown: "`coverageDays` must be a whole number from 7 to 1000." };
    if (asked.data.describe === true) return { markdown: description };
    const actions = { dispatcherArn: dispatcherArn(), ownArn: context.invokedFunctionArn };
    try {
      if (asked.data.names !== undefined) return await drawNames(services.database, asked.data.names);
      return await drawProgress(services, actions, asked.data.coverageDays);
    } catch (thrown) {
      const error = asSyncError(thrown);
      log.error("progress could not be drawn", { error });
      return {
        markdown: `The database does not answer: ${error.message.slice(0, 300)}\n\nOpen this page again in a minute.`,
      };
    }
  });
