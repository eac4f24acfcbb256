// A custom resource of each deployment: applies the migrations in the bundle's folder, records the origin of the rows, and
// gives the user that only reads its password. A person who has changed that password asks for the last alone.
// An error fails the deployment, so a stack never works on rows of another origin.
import { readdirSync, readFileSync } from "node:fs";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { isRollingBack } from "../shared/adapters/query-api.ts";
import { scramVerifier } from "../shared/adapters/scram.ts";
import { SyncError } from "../shared/errors.ts";
import { migrate, refuseNewerSchema } from "../shared/ledger/migrate.ts";
import { claimOrigin } from "../shared/ledger/origin.ts";
import { letReaderIn } from "../shared/ledger/reader.ts";
import type { Database } from "../shared/ports.ts";
import { say } from "../shared/words/say.ts";
import { type Made, type ResourceEvent, respond } from "./custom-resource.ts";
import {
  clock,
  database,
  itself,
  log,
  logger,
  meter,
  origin,
  printMetrics,
  queryApi,
  readerPassword,
} from "./services.ts";

/** The first deployment has just created the cluster; at a later one it may be paused. */
const resumeSecondsMax = 180;

/** CloudFormation's timeout is one hour; an invocation that begins before this time ends within that hour. */
const handOverMillisecondsMax = 45 * 60_000;

const folder = new URL("./migrations/", import.meta.url);

/** The event, with the start time of the first invocation for this resource. */
type Begun = ResourceEvent & { readonly begunAt: number };

/** What a person sends after a change of the reader's password (docs/runbook.md). */
type ReaderEvent = { readonly only: "reader" };

export const handler = middy<(ResourceEvent & Partial<Begun>) | ReaderEvent, void>()
  .use(injectLambdaContext(logger))
  .use(printMetrics)
  .handler(async (event, context) => {
    if ("only" in event) return await letReader(database(resumeSecondsMax));
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
  await letReader(target);
  meter.count("Heartbeat", 1); // otherwise its alarm would go off before the first schedule
  return { id: "schema" };
}

async function letReader(target: Database): Promise<void> {
  const password = await readerPassword();
  if (password !== undefined) await letReaderIn(target, scramVerifier(password));
}

/** Starts another invocation to continue waiting, because one lasts at most 15 minutes. */
async function goOn(event: Begun, said: string): Promise<void> {
  const waited = clock.now().getTime() - event.begunAt;
  if (waited > handOverMillisecondsMax) {
    const minutes = Math.round(waited / 60_000);
    throw new SyncError("permanent", say("migrationLeft", { said, minutes }));
  }
  log.info("a migration goes on, another invocation waits for it", { said });
  await itself().start(event);
}

/** Whether CloudFormation rolls back to the previous release; a rollback must succeed. */
async function isRollback({ RequestType, StackId }: ResourceEvent): Promise<boolean> {
  if (RequestType !== "Update") return false;
  try {
    return await isRollingBack(queryApi("cloudformation"), StackId);
  } catch (error) {
    // When unknown, assume a rollback: a failed rollback leaves a stack that cannot be deployed again.
    log.warn("unknown whether this is a rollback: assuming it is", { error });
    return true;
  }
}
