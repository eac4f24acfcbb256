// The engines the Data API contract runs on, and a caller for it: the real SDK client against the local server.
import {
  BatchExecuteStatementCommand,
  type BatchExecuteStatementCommandInput,
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type Field,
  RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from "@aws-sdk/client-rds-data";
import { type DataApiOptions, startDataApi } from "../../local/data-api/server.ts";
import type { Clock } from "../../local/data-api/transactions.ts";
import { startDatabase } from "../../local/database/database.ts";
import { startPostgresServer, whyNoPostgresServer } from "./postgres-server.ts";

/** A running database to put a Data API in front of. */
export interface Engine {
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

export interface EngineKind {
  readonly engine: string;
  /** Why it cannot run here, as a sentence. */
  readonly missing: string | undefined;
  start(): Promise<Engine>;
}

export async function engineKinds(): Promise<EngineKind[]> {
  return [
    {
      engine: "PGlite",
      missing: undefined,
      async start() {
        const database = await startDatabase({ dataDir: undefined });
        return { databaseUrl: database.url, stop: () => database.close() };
      },
    },
    {
      engine: "a PostgreSQL server",
      missing: await whyNoPostgresServer(),
      async start() {
        const server = await startPostgresServer();
        return { databaseUrl: server.url, stop: () => server.stop() };
      },
    },
  ];
}

export type Caller = Awaited<ReturnType<typeof startCaller>>;

export const resourceArn = "arn:aws:rds:us-east-1:123456789012:cluster:local";
export const secretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:local";
const target = { resourceArn, secretArn, database: "tushare" };

/** A Data API of its own in front of the database, called through the SDK. */
export async function startCaller(options: DataApiOptions) {
  const api = await startDataApi(options);
  const client = new RDSDataClient({
    endpoint: api.url,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
  });
  const execute = (sql: string, more: Partial<ExecuteStatementCommandInput> = {}) =>
    client.send(new ExecuteStatementCommand({ ...target, sql, ...more }));
  return {
    api,
    client,
    execute,
    /** The first field of the first row. */
    async field(sql: string, more: Partial<ExecuteStatementCommandInput> = {}): Promise<Field | undefined> {
      return (await execute(sql, more)).records?.[0]?.[0];
    },
    /** The first field of every row. */
    async column(sql: string): Promise<unknown[]> {
      const { records = [] } = await execute(sql);
      return records.map(([first]) => (first ? Object.values(first)[0] : undefined));
    },
    batch: (sql: string, more: Partial<BatchExecuteStatementCommandInput> = {}) =>
      client.send(new BatchExecuteStatementCommand({ ...target, sql, ...more })),
    async begin(): Promise<string> {
      const { transactionId = "" } = await client.send(new BeginTransactionCommand(target));
      return transactionId;
    },
    commit: (transactionId: string) =>
      client.send(new CommitTransactionCommand({ resourceArn, secretArn, transactionId })),
    rollback: (transactionId: string) =>
      client.send(new RollbackTransactionCommand({ resourceArn, secretArn, transactionId })),
    async stop() {
      client.destroy();
      await api.close();
    },
  };
}

/** A parameter whose field follows from the JavaScript type: a text, a whole number, a truth, bytes, or null. */
export function parameter(
  name: string,
  value: string | number | boolean | Uint8Array | null,
  typeHint?: SqlParameter["typeHint"],
): SqlParameter {
  const hint = typeHint ? { typeHint } : {};
  if (value === null) return { name, value: { isNull: true }, ...hint };
  if (typeof value === "number") return { name, value: { longValue: value }, ...hint };
  if (typeof value === "boolean") return { name, value: { booleanValue: value }, ...hint };
  if (typeof value === "string") return { name, value: { stringValue: value }, ...hint };
  return { name, value: { blobValue: value }, ...hint };
}

/** A clock that a test moves. */
export function makeStillClock(): Clock & { pass(milliseconds: number): void } {
  const waiting = new Set<{ at: number; act: () => void }>();
  let now = 0;
  return {
    after(milliseconds, act) {
      const entry = { at: now + milliseconds, act };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    pass(milliseconds) {
      now += milliseconds;
      for (const entry of [...waiting]) {
        if (entry.at > now || !waiting.delete(entry)) continue;
        entry.act();
      }
    },
  };
}
