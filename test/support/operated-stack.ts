// A stack as a person on call has it: the whole template as it is deployed, with an egress, on a market in which the job
// REFERENCE has run. The `aws` command line and ours reach it by its name, as on AWS.
import { mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type LocalStack, startStack } from "../../local/aws/stack.ts";
import { startDataApi } from "../../local/data-api/server.ts";
import { startDatabase } from "../../local/database/database.ts";
import { marketSeed } from "../../local/origin.ts";
import { localClients } from "../../local/running.ts";
import { synthesise } from "../../local/synth.ts";
import type { Upstream } from "../../local/tushare/handle.ts";
import { startUpstream } from "../../local/tushare/upstream.ts";
import { encodeOrigin, simulatedOrigin } from "../../shared/catalogue/origin.ts";
import { databaseName } from "../../shared/catalogue/stack.ts";
import { referenceDataDir } from "./npm-start.ts";

const stocks = 60;
const minuteLimit = 1_100;

export type OperatedStack = {
  readonly stack: LocalStack;
  readonly upstream: Upstream;
  readonly database: pg.Client;
  /** What the functions printed. */
  readonly printed: readonly string[];
  /** With it, clients of AWS in this process and in others reach the stack, and nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder that goes with the stack. */
  readonly folder: string;
  close(): Promise<void>;
};

export async function startOperatedStack(): Promise<OperatedStack> {
  const data = await referenceDataDir(stocks);
  const folder = mkdtempSync(join(tmpdir(), "operated-stack-"));
  const closers: (() => unknown)[] = [data.remove, () => rmSync(folder, { recursive: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const assembly = join(folder, "cdk.out");
    // Calls as quick as the simulated TuShare allows, so that a backfill takes seconds.
    await synthesise(assembly, { callsAMinute: String(minuteLimit), tushareMinInterval: "0.3" });
    const database = await startDatabase({ dataDir: join(data.path, "postgres") });
    closers.push(() => database.close());
    const upstream = await startUpstream({ minuteLimit, seed: marketSeed, stocks, faults: [] });
    closers.push(() => upstream.close());
    const dataApi = await startDataApi({ databaseUrl: database.url, databaseName });
    closers.push(() => dataApi.close());
    const printed: string[] = [];
    const stack = await startStack({
      assembly,
      endpoints: { rdsData: dataApi.url },
      overrides: {
        TUSHARE_URL: upstream.url,
        MIRROR_ORIGIN: encodeOrigin(simulatedOrigin({ seed: marketSeed, stocks })),
      },
      secrets: { PipelineTushareToken: "token-of-the-simulated-tushare" },
      // The evening check and the daily jobs would come between what a test does.
      schedulesEnabled: false,
      onLog: ({ text }) => printed.push(text),
    });
    closers.push(() => stack.close());
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    closers.push(() => client.end());
    const { accessKeyId, secretAccessKey } = localClients.credentials;
    const environment = {
      AWS_ENDPOINT_URL: stack.endpoint,
      // Not the developer's profile.
      ...{ AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull, AWS_PAGER: "" },
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    };
    return { stack, upstream, database: client, printed, environment, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}
