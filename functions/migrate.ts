// Runs at deployment: applies the migrations that lie beside the bundle, and records where the rows will come from. An
// error fails the deployment, so a stack never works on rows of another origin.
import { readdirSync, readFileSync } from "node:fs";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { migrate } from "../shared/ledger/migrate.ts";
import { claimOrigin } from "../shared/ledger/origin.ts";
import { database, log, logger, meter, origin, printMetrics } from "./services.ts";

/** The first deployment has just made the cluster; a later one may find it asleep. */
const resumeSecondsMax = 180;

const folder = new URL("./migrations/", import.meta.url);

export const handler = middy()
  .use(injectLambdaContext(logger))
  .use(printMetrics)
  .handler(async () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
    const target = database(resumeSecondsMax);
    const applied = await migrate(
      target,
      files.map((name) => ({ name, sql: readFileSync(new URL(name, folder), "utf8") })),
      log,
    );
    await claimOrigin(target, origin());
    meter.count("Heartbeat", 1); // the alarm on it would go off before the first schedule has come
    return { applied };
  });
