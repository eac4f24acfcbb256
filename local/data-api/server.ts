// A server that speaks the RDS Data API's wire protocol (REST-JSON) in front of a PostgreSQL database, and refuses what
// the service refuses. It listens on loopback and accepts any signature, cluster and secret. The reader's secret is the only
// one that matters: with it, a statement runs as the user that may only read.
import { setTimeout } from "node:timers/promises";
import pg, { type PoolClient } from "pg";
import { readOnly, withSettings } from "../database/url.ts";
import { makeCatalogue } from "./columns.ts";
import { DataApiError, toDataApiError } from "./errors.ts";
import { type JsonServerOptions, type Route, serveJson } from "./http.ts";
import { type DataApiLimits, refuseLargeAnswer, refuseLargeResult, serviceLimits } from "./limits.ts";
import { type BoundValues, bindParameters, type SqlParameter } from "./parameters.ts";
import {
  cancelStatement,
  type PreparedStatements,
  type QueryOutcome,
  type Reply,
  runQuery,
} from "./query.ts";
import { type Column, encodeRecords, encodeRow, formatRecords, type ResultSetOptions } from "./results.ts";
import { readStatement, type Statement } from "./sql.ts";
import { type Clock, makeTransactions, systemClock } from "./transactions.ts";

export interface DataApi {
  /** For AWS_ENDPOINT_URL_RDS_DATA. */
  readonly url: string;
  /** Returns DatabaseResumingException, as a paused cluster does, for this many calls or seconds. */
  suspend(how: { readonly calls: number } | { readonly seconds: number }): void;
  /** Answers a request to an operation's path without the network. @throws DataApiError, or a failure to be made one */
  readonly answer: JsonServerOptions["answer"];
  close(): Promise<void>;
}

export interface DataApiOptions {
  readonly databaseUrl: string;
  /** The loopback port; any free one when absent or 0. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly limits?: Partial<DataApiLimits>;
  /** How the user that only reads is reached; absent, a call with any secret is the owner's. */
  readonly reader?: Reader;
  /** The name by which calls may name the database, whatever it is called behind this server; any when absent. */
  readonly databaseName?: string;
  /**
   * Whether a connection parses and plans each statement once. The service plans each call; tests that send the same
   * statements to a small database ten thousand times save half of the database's work.
   */
  readonly keepsPlans?: boolean;
}

export interface Reader {
  /** A transaction there begins read-only, whoever its user is. */
  readonly databaseUrl: string;
  /** Whether this is the secret of that user. */
  readonly isSecret: (arn: string) => boolean;
}

/** The application's name, as a session shows it. */
export const sessionName = "rds-data";
const connectionsMax = 32;
/** How long the server waits for running statements when it closes. */
const closeMilliseconds = 3_000;
export const sessionOptions =
  "-c TimeZone=UTC -c DateStyle=ISO,MDY -c IntervalStyle=postgres -c bytea_output=hex";
/** Where plans are kept. */
export const keptPlans = "-c plan_cache_mode=force_generic_plan -c enable_nestloop=off";

interface Call {
  readonly resourceArn?: string;
  readonly secretArn?: string;
  readonly schema?: string;
  readonly database?: string;
  readonly sql?: string;
  readonly transactionId?: string;
}

interface ExecuteCall extends Call {
  readonly parameters?: readonly SqlParameter[];
  readonly includeResultMetadata?: boolean;
  readonly continueAfterTimeout?: boolean;
  readonly resultSetOptions?: ResultSetOptions;
  readonly formatRecordsAs?: "NONE" | "JSON";
}

interface BatchCall extends Call {
  readonly parameterSets?: readonly (readonly SqlParameter[])[];
}

/** Starts the server. Rejects only when it cannot listen: only the first call connects to the database. */
export async function startDataApi(options: DataApiOptions): Promise<DataApi> {
  const clock = options.clock ?? systemClock;
  const limits: DataApiLimits = { ...serviceLimits, ...options.limits };
  const prepared: PreparedStatements | undefined = options.keepsPlans ? new WeakMap() : undefined;
  const catalogue = makeCatalogue(clock);
  const sessions = prepared ? `${sessionOptions} ${keptPlans}` : sessionOptions;
  const ofOwner = open(options.databaseUrl, sessions);
  const { reader } = options;
  const ofReader = reader && open(reader.databaseUrl, `${sessions} ${readOnly}`);
  /** The transactions that may have changed a table, which others do not see yet. */
  const changing = new Set<string>();
  let suspendedCalls = 0;

  /** The connections of a user. A transaction is only found with the secret that it was begun with. */
  function open(url: string, settings: string) {
    const connectionString = withSettings(url, settings);
    const pool = new pg.Pool({ connectionString, max: connectionsMax, application_name: sessionName });
    pool.on("error", () => undefined); // an idle connection died; the next call opens another
    pool.on("connect", (client) => client.on("error", () => undefined)); // one in use died; its query rejects
    const transactions = makeTransactions(pool, clock, {
      idleMilliseconds: limits.transactionIdleMilliseconds,
      ageMilliseconds: limits.transactionMilliseconds,
    });
    return { pool, transactions };
  }

  function userOf({ secretArn = "" }: Call) {
    return ofReader !== undefined && reader?.isSecret(secretArn) ? ofReader : ofOwner;
  }

  /**
   * Runs a statement on its transaction's connection or on a free one, then calls `answer` with the outcome and that
   * connection.
   */
  async function perform(
    call: Call & { readonly continueAfterTimeout?: boolean },
    statement: Statement,
    sets: readonly BoundValues[],
    gone: AbortSignal,
    answer: (outcome: QueryOutcome, client: PoolClient) => Promise<string>,
  ): Promise<string> {
    refuseOtherDatabase(call);
    const { pool, transactions } = userOf(call);
    const held = call.transactionId === undefined ? undefined : transactions.use(call.transactionId);
    const client = held?.client ?? (await pool.connect());
    let isReusable = !statement.changesSession;
    let fails = false;
    let breaks = false;
    let cancelSent: Promise<void> | undefined;
    // The caller has disconnected: its statement and transaction would only block others.
    const leave = () => {
      cancelSent ??= cancelStatement(client);
    };
    if (gone.aborted) {
      if (held) held.abandon();
      else client.release();
      throw new DataApiError("BadRequestException", "the caller has left");
    }
    gone.addEventListener("abort", leave);
    const work = (async () => {
      try {
        const outcome = await runQuery(client, statement.text, sets, limits.resultBytes, prepared);
        isReusable &&= outcome.idle;
        breaks = outcome.widestRowBytes > limits.rowBytes;
        if (outcome.replies.some(({ tag }) => !isOfRows(tag))) {
          if (call.transactionId === undefined) catalogue.forgetTables();
          else changing.add(call.transactionId);
        }
        return await answer(outcome, client);
      } catch (error) {
        fails = true;
        isReusable &&= prepared === undefined;
        throw toDataApiError(error, statement.position);
      } finally {
        gone.removeEventListener("abort", leave);
        await cancelSent;
        // A row that is too large ends its transaction.
        if (held) gone.aborted || breaks ? held.abandon() : held.done(!fails && !statement.changesSession);
        else client.release(!isReusable || cancelSent !== undefined);
      }
    })();

    let stopWaiting = () => {};
    const timeout = new Promise<never>((_resolve, reject) => {
      stopWaiting = clock.after(limits.statementMilliseconds, () => {
        if (call.continueAfterTimeout) gone.removeEventListener("abort", leave);
        else cancelSent ??= cancelStatement(client);
        const { processID } = client as unknown as { processID?: number };
        reject(
          new DataApiError("StatementTimeoutException", "Request timed out", {
            dbConnectionId: processID ?? 0,
          }),
        );
      });
    });
    work.catch(() => undefined); // after a timeout its result is not used
    return await Promise.race([work, timeout]).finally(stopWaiting);
  }

  function refuseOtherDatabase({ database }: Call): void {
    if (database === undefined || options.databaseName === undefined || database === options.databaseName)
      return;
    const text = `FATAL: database "${database}" does not exist; SQLState: 3D000`;
    throw new DataApiError("DatabaseErrorException", text);
  }

  async function execute(call: ExecuteCall, gone: AbortSignal): Promise<string> {
    const statement = readCall(call);
    const bound = bindParameters(statement.names, call.parameters);
    return await perform(call, statement, [bound], gone, async (outcome, client) => {
      refuseLargeResult(outcome, limits);
      const reply = outcome.replies[0] ?? { fields: [], rows: [], tag: "" };
      const columns = await columnsOf(reply, client);
      const members = [`"numberOfRecordsUpdated":${updatedCount(reply.tag)}`];
      if (columns.length === 0) members.push('"generatedFields":[]');
      else if (call.formatRecordsAs === "JSON" && isRead(reply.tag)) {
        const text = formatRecords(columns, reply.rows, call.resultSetOptions);
        members.push(`"formattedRecords":${JSON.stringify(text)}`);
      } else members.push(`"records":${encodeRecords(columns, reply.rows, call.resultSetOptions)}`);
      if (call.includeResultMetadata && call.formatRecordsAs !== "JSON") {
        const types = columns.map(({ type }) => type);
        const isAhead = changing.has(call.transactionId ?? "");
        const described = await catalogue.describe(reply.fields, types, client, isAhead);
        members.push(`"columnMetadata":${JSON.stringify(described)}`);
      }
      return refuseLargeAnswer(`{${members.join(",")}}`, limits);
    });
  }

  async function executeBatch(call: BatchCall, gone: AbortSignal): Promise<string> {
    const statement = readCall(call);
    const parameterSets = call.parameterSets?.length ? call.parameterSets : [[]];
    const sets = parameterSets.map((set) => bindParameters(statement.names, set));
    return await perform(call, statement, sets, gone, async (outcome, client) => {
      refuseLargeResult(outcome, limits);
      const results: string[] = [];
      for (const reply of outcome.replies) {
        const columns = isRead(reply.tag) ? [] : await columnsOf(reply, client);
        const fields = columns.length > 0 ? reply.rows.map((row) => encodeRow(columns, row)) : [];
        results.push(`{"generatedFields":[${fields.join(",")}]}`);
      }
      return refuseLargeAnswer(`{"updateResults":[${results.join(",")}]}`, limits);
    });
  }

  async function columnsOf({ fields }: Reply, client: PoolClient): Promise<Column[]> {
    if (fields.length === 0) return [];
    const types = await catalogue.typesOf(fields, client);
    return fields.map(({ name }, index) => ({
      name,
      type: types[index] ?? { id: 0, name: "unknown", kind: "b" },
    }));
  }

  async function endTransaction(call: Call, command: "commit" | "rollback"): Promise<string> {
    requireMembers(call, ["resourceArn", "secretArn", "transactionId"]);
    await userOf(call).transactions.end(call.transactionId ?? "", command);
    if (changing.delete(call.transactionId ?? "")) catalogue.forgetTables();
    return JSON.stringify({
      transactionStatus: command === "commit" ? "Transaction Committed" : "Rollback Complete",
    });
  }

  const routes: Readonly<Record<string, Route>> = {
    "/Execute": (call, gone) => execute(call as ExecuteCall, gone),
    "/BatchExecute": (call, gone) => executeBatch(call as BatchCall, gone),
    "/BeginTransaction": async (call: Call, gone) => {
      requireMembers(call, ["resourceArn", "secretArn"]);
      refuseSchema(call);
      refuseOtherDatabase(call);
      const { transactions } = userOf(call);
      const transactionId = await transactions.begin();
      if (gone.aborted) await transactions.end(transactionId, "rollback"); // the caller never learned its id
      return JSON.stringify({ transactionId });
    },
    "/CommitTransaction": (call) => endTransaction(call as Call, "commit"),
    "/RollbackTransaction": (call) => endTransaction(call as Call, "rollback"),
  };

  const answer: JsonServerOptions["answer"] = async (path, call, gone) => {
    const route = routes[path];
    if (!route) throw new DataApiError("NotFoundException", `The Data API has no operation at ${path}`);
    if (suspendedCalls > 0) {
      suspendedCalls -= 1;
      throw new DataApiError("DatabaseResumingException", resumingText);
    }
    return await route(call, gone);
  };
  const port = options.port ?? 0;
  const server = await serveJson({ port, requestBytesMax: limits.requestBytes, answer });

  return {
    ...{ url: server.url, answer },
    suspend(how) {
      if ("calls" in how) suspendedCalls = how.calls;
      else {
        suspendedCalls = Number.POSITIVE_INFINITY;
        clock.after(how.seconds * 1000, () => {
          suspendedCalls = 0;
        });
      }
    },
    async close() {
      await server.close();
      const closed = Promise.all(
        [ofOwner, ofReader].map((user) => user?.transactions.close().then(() => user.pool.end())),
      );
      await Promise.race([closed, setTimeout(closeMilliseconds, undefined, { ref: false })]);
    },
  };
}

const resumingText =
  "The Aurora DB instance is resuming after being auto-paused. Please wait a few seconds and try again.";

function readCall(call: Call): Statement {
  requireMembers(call, ["resourceArn", "secretArn", "sql"]);
  refuseSchema(call);
  const statement = readStatement(call.sql ?? "");
  if (statement.isMultiple)
    throw new DataApiError("ValidationException", "Multistatements aren't supported.");
  return statement;
}

function requireMembers(call: Call, names: readonly (keyof Call)[]): void {
  for (const name of names) {
    if (typeof call[name] === "string" && call[name] !== "") continue;
    const text = `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
    throw new DataApiError("ValidationException", text);
  }
}

function refuseSchema({ schema }: Call): void {
  if (schema) throw new DataApiError("ValidationException", "The schema parameter isn't supported");
}

/** The row count of the outer command: without rows changed by its CTEs, and 0 for a read. */
function updatedCount(tag: string): number {
  const [, count] = /^(?:INSERT 0|UPDATE|DELETE|MERGE) (\d+)$/.exec(tag) ?? [];
  return Number(count ?? 0);
}

/** Anything else may change a table. */
function isOfRows(tag: string): boolean {
  return /^(SELECT|INSERT|UPDATE|DELETE|MERGE)\b/.test(tag);
}

function isRead(tag: string): boolean {
  return !/^(INSERT|UPDATE|DELETE|MERGE)\b/.test(tag);
}
