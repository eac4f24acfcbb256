// A migrated database behind the local Data API, reached through the production adapter.
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { DataApiLimits } from "../../local/data-api/limits.ts";
import { startDataApi } from "../../local/data-api/server.ts";
import { makeDataApi } from "../../shared/adapters/data-api.ts";
import { migrate } from "../../shared/ledger/migrate.ts";
import type { Clock, Database, Log } from "../../shared/ports.ts";
import { answerInProcess } from "./in-process-data-api.ts";
import { takeEngine } from "./spare-engines.ts";

export const realClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

export type TestDatabase = Database & { readonly url: string; close(): Promise<void> };

export async function emptyDatabase(): Promise<TestDatabase> {
  const { url, leave } = await takeEngine("nothing");
  return await throughDataApi(url, leave);
}

/**
 * The production adapter in front of a running engine, which `stop` ends.
 * @param isForRules a test of rules sends many statements to small tables: without HTTP, and each is planned once
 */
export async function throughDataApi(
  url: string,
  stop: () => Promise<void>,
  limits?: Partial<DataApiLimits>,
  isForRules = false,
): Promise<TestDatabase> {
  const dataApi = await startDataApi({
    databaseUrl: url,
    keepsPlans: isForRules,
    ...(limits && { limits }),
  });
  const resourceArn = `arn:aws:rds:us-east-1:000000000000:cluster:test-${randomUUID()}`;
  const stopAnswering = isForRules ? answerInProcess(resourceArn, dataApi) : () => undefined;
  process.env.AWS_ENDPOINT_URL_RDS_DATA = dataApi.url;
  process.env.AWS_REGION = "us-east-1";
  process.env.AWS_ACCESS_KEY_ID = "local";
  process.env.AWS_SECRET_ACCESS_KEY = "local";
  const adapter = makeDataApi({
    resourceArn,
    secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:test",
    database: "tushare",
    clock: realClock,
    resumeSecondsMax: 10,
  });
  await adapter.run("select 1"); // the endpoint is read from the environment now, not at a later first call
  return {
    ...adapter,
    url,
    async close() {
      stopAnswering();
      await dataApi.close();
      await stop();
    },
  };
}

/** A new one, or one that another test file has left empty. It is for tests of rules. */
export async function migratedDatabase(): Promise<TestDatabase> {
  const { url, leave } = await takeEngine("schema", async (address) => {
    const adapter = await throughDataApi(address, async () => undefined);
    await migrate(adapter, migrationFiles(), silentLog); // nothing to do, unless nothing can be kept here
    await adapter.close();
  });
  return await throughDataApi(url, leave, undefined, true);
}

export function migrationFiles(): { name: string; sql: string }[] {
  const folder = new URL("../../migrations/", import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !name.endsWith(".down.sql"))
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), "utf8") }));
}
