// A resource of each deployment: applies the migrations that lie beside the bundle, and records where the rows will come
// from. An error fails the deployment, so a stack never works on rows of another origin.
import { readdirSync, readFileSync } from "node:fs";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { isRollingBack } from "../shared/adapters/query-api.ts";
import { SyncError } from "../shared/errors.ts";
import { migrate, refuseNewerSchema } from "../shared/ledger/migrate.ts";
import { claimOrigin } from "../shared/ledger/origin.ts";
import { say } from "../shared/words/say.ts";
import { type Made, type ResourceEvent, respond } from "./custom-resource.ts";
import { clock, database, itself, log, logger, meter, origin, printMetrics, queryApi } from "./services.ts";

/** The first deployment has just made the cluster; a later one may find it asleep. */
const resumeSecondsMax = 180;

/** CloudFormation waits for an hour; an invocation that begins before this ends within it. */
const handOverMillisecondsMax = 45 * 60_000;

const folder = new URL("./migrations/", import.meta.url);

/** With the time at which the first invocation began that waits for the same resource. */
type Begun = ResourceEvent & { readonly begunAt: number };

export const handler = middy<ResourceEvent & Partial<Begun>, void>()
  .use(injectLambdaContext(logger))
  .use(printMetrics)
  .handler(async (event, context) => {
    const begun = { ...event, begunAt: event.begunAt ?? clock.now().getTime() };
    await respond(event, () => bringUpToDate(begun, context));
  });

async function bringUpToDate(event: Begun, context: Context): Promise<Made | "later"> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), "utf8") }));
  const target = database(resumeSecondsMax);
  const { AllowsNewer } = event.ResourceProperties;
  await refuseNewerSchema(target, files, async () => AllowsNewer === "true" || (await isRollback(event)));
  try {
    const { runLong } = target;
    const remainingMilliseconds = () => context.getRemainingTimeInMillis();
    await migrate(target, files, log, { runLong, clock, remainingMilliseconds });
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== "rate-limited") throw error;
    await goOn(event, error.message);
    return "later";
  }
  await claimOrigin(target, origin());
  meter.count("Heartbeat", 1); // the alarm on it would go off before the first schedule has come
  return { id: "schema" };
}

/** An invocation lives for 15 minutes at most: the next one waits on. */
async function goOn(event: Begun, said: string): Promise<void> {
  const waited = clock.now().getTime() - event.begunAt;
  if (waited > handOverMillisecondsMax) {
    const minutes = Math.round(waited / 60_000);
    throw new SyncError("permanent", say("migrationLeft", { said, minutes }));
  }
  log.info("a migration goes on, another invocation waits for it", { said });
  await itself().start(event);
}

/** A rollback brings the release back that was there before, and has to succeed. */
async function isRollback({ RequestType, StackId }: ResourceEvent): Promise<boolean> {
  if (RequestType !== "Update") return false;
  try {
    return await isRollingBack(queryApi("cloudformation"), StackId);
  } catch (error) {
    // Not to know is no reason to fail a rollback: that leaves a stack which nobody can deploy over.
    log.warn("whether this is a rollback is not known: taken for one", { error });
    return true;
  }
}
