// Aurora PostgreSQL through the RDS Data API. The only place that reads its errors.
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type Field,
  RDSDataClient,
  type RDSDataClientConfig,
  RollbackTransactionCommand,
  type RollbackTransactionCommandInput,
  type SqlParameter,
} from "@aws-sdk/client-rds-data";
import { requestLimits, silentLogger } from "../catalogue/request-limits.ts";
import { SyncError } from "../errors.ts";
import type { Clock, Database, LongStatements, SqlParameters, SqlRow } from "../ports.ts";
import { say } from "../words/say.ts";

export type DataApiOptions = {
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database: string;
  readonly clock: Clock;
  /** How long to wait for a paused cluster; it resumes in 15 to 30 seconds. */
  readonly resumeSecondsMax: number;
  /** Options of the client; by default those of the environment. */
  readonly client?: RDSDataClientConfig | undefined;
  /** How long to wait for an answer: longer than a statement may take, if the function has the time. */
  readonly answerSecondsMax?: number | undefined;
  /** Milliseconds until the invocation times out: no request is begun or waited for longer. */
  readonly remainingMilliseconds?: (() => number) | undefined;
};

/** The service stops a statement after 45 seconds, so the answer has arrived by then. */
const defaultAnswerSecondsMax = 50;

/** Time that the invocation keeps for handing its work on. */
const handOnMilliseconds = 5_000;

/** Tries of a statement with an unknown outcome, or after a deadlock. All our statements are idempotent. */
const triesMax = 3;

/** Tries of a rollback while the service is stopping the transaction's last statement. */
const rollbackTriesMax = 10;

export function makeDataApi(options: DataApiOptions): Database & LongStatements {
  const { clock, resourceArn, secretArn, database } = options;
  const answerSecondsMax = options.answerSecondsMax ?? defaultAnswerSecondsMax;
  const requestHandler = requestLimits(answerSecondsMax);
  // withRetries below retries; retries by the SDK would multiply with them.
  const client = new RDSDataClient({
    ...options.client,
    requestHandler,
    maxAttempts: 1,
    logger: silentLogger,
  });

  /** @throws SyncError transient when the invocation has no time for a request */
  function withinInvocation(): { abortSignal?: AbortSignal } {
    if (options.remainingMilliseconds === undefined) return {};
    const left = Math.floor(options.remainingMilliseconds() - handOnMilliseconds);
    if (left <= 0) throw new SyncError("transient", say("noTimeForStatement"));
    // Unlike a timeout of the SDK, it also ends an answer that stops half-way.
    return left < answerSecondsMax * 1000 ? { abortSignal: AbortSignal.timeout(left) } : {};
  }

  async function execute(sql: string, parameters: SqlParameters, transactionId?: string): Promise<SqlRow[]> {
    const command = new ExecuteStatementCommand({
      resourceArn,
      secretArn,
      database,
      sql,
      parameters: Object.entries(parameters).map(asParameter),
      includeResultMetadata: true,
      ...(transactionId !== undefined && { transactionId }),
    });
    writeAsJson(command);
    const { columnMetadata = [], records = [] } = await client.send(command, withinInvocation());
    const names = columnMetadata.map(({ label, name }) => label ?? name ?? "");
    return records.map((record) =>
      Object.fromEntries(record.map((field, at) => [names[at], asValue(field)])),
    );
  }

  /** Waits for a paused cluster, and retries transient errors. */
  async function withRetries<Result>(work: () => Promise<Result>): Promise<Result> {
    const giveUpAt = clock.monotonic() + options.resumeSecondsMax * 1000;
    for (let tries = 1; ; ) {
      try {
        return await work();
      } catch (error) {
        const { kind, resuming } = classify(error);
        if (resuming && clock.monotonic() < giveUpAt) {
          await clock.sleep(2_000);
        } else if (kind === "transient" && !resuming && !isTimeout(error) && tries < triesMax) {
          await clock.sleep(200 * 4 ** tries);
          tries += 1;
        } else {
          throw asSyncError(error, kind);
        }
      }
    }
  }

  /** A failed rollback is ignored: the service rolls back a transaction after three minutes without use. */
  async function rollBack(transaction: RollbackTransactionCommandInput): Promise<void> {
    for (let tries = 1; tries <= rollbackTriesMax; tries += 1) {
      try {
        await client.send(new RollbackTransactionCommand(transaction));
        return;
      } catch (error) {
        // A cancelled statement takes a moment to stop, and keeps its locks until then.
        if (!(error instanceof Error && error.message.includes("still running a query"))) return;
        await clock.sleep(500);
      }
    }
  }

  return {
    run: (sql, parameters = {}) => withRetries(() => execute(sql, parameters)),
    transaction: (work) =>
      withRetries(async () => {
        const target = { resourceArn, secretArn };
        const { transactionId } = await client.send(
          new BeginTransactionCommand({ ...target, database }),
          withinInvocation(),
        );
        try {
          const result = await work((sql, parameters = {}) => execute(sql, parameters, transactionId));
          await client.send(new CommitTransactionCommand({ ...target, transactionId }), withinInvocation());
          return result;
        } catch (error) {
          await rollBack({ ...target, transactionId });
          throw error;
        }
      }),
    async runLong(sql) {
      const command = new ExecuteStatementCommand({
        ...{ resourceArn, secretArn, database, sql },
        continueAfterTimeout: true,
      });
      const giveUpAt = clock.monotonic() + options.resumeSecondsMax * 1000;
      for (;;) {
        try {
          await client.send(command);
          return "ended";
        } catch (error) {
          const { kind, resuming } = classify(error);
          if (resuming && clock.monotonic() < giveUpAt) await clock.sleep(2_000);
          else if (kind === "transient" && !resuming) return "running";
          else throw asSyncError(error, kind);
        }
      }
    },
  };
}

/**
 * Makes the body of the request with JSON.stringify. The SDK writes it by its schema, which takes several times as long for a
 * market's day, so it is given an input without the parameters.
 */
function writeAsJson({ input, middlewareStack }: ExecuteStatementCommand): void {
  middlewareStack.add((next) => (args) => next({ ...args, input: { ...input, parameters: [] } }), {
    step: "serialize",
    priority: "high",
  });
  middlewareStack.add(
    (next) => (args) => {
      const body = Buffer.from(JSON.stringify(input)); // bytes: length, signature and socket would each encode a text again
      return next({ ...args, request: Object.assign(args.request as object, { body }) });
    },
    { step: "build", priority: "high" }, // before the length becomes a header
  );
}

/** After a timeout a retry would take as long, and the function lacks the time: the unit is retried from the queue. */
function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error && ["StatementTimeoutException", "TimeoutError", "AbortError"].includes(error.name)
  );
}

/** SQLSTATE classes of transient errors: connection, resources, operator intervention, deadlock, serialization. */
const transientStates = /^(08|53|57|40001|40P01|55P03)/;

/** Names of the service's transient errors. https://docs.aws.amazon.com/rdsdataservice/ */
const transientNames = new Set([
  "DatabaseUnavailableException",
  "InternalServerErrorException",
  "ServiceUnavailableError",
  "StatementTimeoutException",
  "TransactionNotFoundException",
  "ThrottlingException",
  "TimeoutError",
]);

function classify(error: unknown): { kind: "transient" | "permanent"; resuming: boolean } {
  if (error instanceof SyncError)
    return { kind: error.kind === "permanent" ? "permanent" : "transient", resuming: false };
  if (!(error instanceof Error)) return { kind: "transient", resuming: false };
  if (
    error.name === "DatabaseResumingException" ||
    error.message.includes("is resuming after being auto-paused")
  ) {
    return { kind: "transient", resuming: true };
  }
  const state = /SQLState: (\w{5})/.exec(error.message)?.[1];
  if (state !== undefined)
    return { kind: transientStates.test(state) ? "transient" : "permanent", resuming: false };
  const isRefusal = "$fault" in error && error.$fault === "client" && !transientNames.has(error.name);
  return { kind: isRefusal ? "permanent" : "transient", resuming: false };
}

function asSyncError(error: unknown, kind: "transient" | "permanent"): SyncError {
  if (error instanceof SyncError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const check = /violates check constraint "(\w+)"/.exec(text)?.[1];
  const isDuplicate = text.includes("SQLState: 23505");
  return new SyncError(kind, say("database", { said: text }), { cause: error, check, isDuplicate });
}

function asParameter([name, value]: [string, SqlParameters[string]]): SqlParameter {
  return { name, value: asField(value) };
}

function asField(value: SqlParameters[string]): Field {
  if (value === null) return { isNull: true };
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { booleanValue: value };
  return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
}

function asValue(field: Field): SqlRow[string] {
  return field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
}
