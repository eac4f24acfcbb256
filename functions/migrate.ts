// Runs at deployment: applies the migrations that lie beside the bundle. An error fails the deployment.
import { readdirSync, readFileSync } from "node:fs";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { migrate } from "../shared/migrate.ts";
import { database, log, logger, meter, printMetrics } from "./services.ts";

/** The first deployment has just made the cluster; a later one may find it asleep. */
const resumeSecondsMax = 180;

const folder = new URL("./migrations/", import.meta.url);

export const handler = middy()
  .use(injectLambdaContext(logger))
  .use(printMetrics)
  .handler(async () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
    const applied = await migrate(
      database(resumeSecondsMax),
      files.map((name) => ({ name, sql: readFileSync(new URL(name, folder), "utf8") })),
      log,
    );
    meter.count("Heartbeat", 1); // the alarm on it would go off before the first schedule has come
    return { applied };
  });
