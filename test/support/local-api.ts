// The whole stack as it is deployed, with its HTTP API on loopback, on a database that a test fills. No work is taken
// off the queue: a started job is planned and waits.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type LocalStack, type StackOptions, startStack } from "../../local/aws/stack.ts";
import { startDataApi } from "../../local/data-api/server.ts";
import { startDatabase } from "../../local/database/database.ts";
import { findReader } from "../../local/reader.ts";
import { synthesise } from "../../local/synth.ts";
import { databaseName } from "../../shared/catalogue/stack.ts";
import { guardOf } from "./roles.ts";

export type LocalApi = {
  readonly url: string;
  readonly stack: LocalStack;
  readonly database: pg.Client;
  /** The folder of the synthesised app, with the bundles. */
  readonly assembly: string;
  /** What the functions printed. */
  readonly lines: readonly string[];
  /** The secrets that the database was asked with, by their ARN, one for each call. */
  readonly secretsUsed: string[];
  close(): Promise<void>;
};

export async function startLocalApi({
  context = { egress: "none" },
  onAssembly,
  ...more
}: Partial<StackOptions> & {
  context?: Record<string, unknown>;
  /** Called before the stack starts. */
  onAssembly?: (assembly: string) => void;
} = {}): Promise<LocalApi> {
  const assembly = mkdtempSync(join(tmpdir(), "local-api-"));
  await synthesise(assembly, context);
  onAssembly?.(assembly);
  const guarded = guardOf(assembly);
  const engine = await startDatabase({ dataDir: undefined });
  const reader = findReader(engine);
  const secretsUsed: string[] = [];
  const isSecret = (arn: string) => {
    secretsUsed.push(arn);
    return reader.isSecret(arn);
  };
  const dataApi = await startDataApi({
    ...{ databaseUrl: engine.url, databaseName },
    reader: { ...reader, isSecret },
  });
  const lines: string[] = [];
  const stack = await startStack({
    assembly,
    endpoints: { rdsData: dataApi.url },
    overrides: { TUSHARE_URL: "http://127.0.0.1:1" },
    onSecrets: reader.learn,
    schedulesEnabled: false,
    admit: guarded.admit,
    onLog: ({ text }) => lines.push(text),
    ...more,
  });
  await stack.pauseEventSource(stack.functionName("PipelineWorker"));
  const database = new pg.Client({ connectionString: engine.url });
  await database.connect();
  if (stack.apiUrl === undefined) throw new Error("the template has no HTTP API");
  return {
    ...{ url: stack.apiUrl, stack, database, assembly, lines, secretsUsed },
    async close() {
      await database.end();
      await stack.close();
      await dataApi.close();
      await engine.close();
      rmSync(assembly, { recursive: true, force: true });
      if (more.admit === undefined) await guarded.refuse();
    },
  };
}
