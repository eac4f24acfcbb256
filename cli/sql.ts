// SQL through the Data API, like the functions, as the user that may only read: pages that stay below its limit of 1 MiB an answer.

import { setTimeout as sleep } from "node:timers/promises";
import {
  BeginTransactionCommand,
  type ColumnMetadata,
  ExecuteStatementCommand,
  type Field,
  RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from "@aws-sdk/client-rds-data";
import { silentLogger } from "../shared/catalogue/request-limits.ts";
import { firstWord } from "../shared/reads/statement.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { outputOf, sentence, type Target } from "./target.ts";

export type Value = string | number | boolean | null | Value[];
export type Column = { readonly name: string; readonly type: string };
export type Page = {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** Of the answer it came in. */
  readonly bytes: number;
};

export type Sql = {
  /** One statement whose answer is small. */
  read(sql: string, parameters?: Readonly<Record<string, string | number | null>>): Promise<Page>;
  /** A question of any size, a page at a time, of one state of the data, in a transaction that cannot write. */
  readPages(sql: string): AsyncGenerator<Page>;
  close(): void;
};

/** A row has at most 64 KB, so this many always fit (docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html). */
const firstPageRows = 10;
const pageRowsMax = 5_000;

/** Well below the 1 MiB limit, so that rows twice as wide as the previous ones still fit. */
const pageBytesWanted = 400_000;

/** The service ends a statement after 45 seconds. */
const requestTimeoutMilliseconds = 60_000;

/** A paused database takes 15 to 30 seconds to wake, longer after a day. */
const resumeTries = 40;

export type SqlBounds = {
  /** Ends what is under way; on this machine its statement too. */
  readonly stop: AbortSignal;
  /** How long one statement may take: a page of an answer, not the whole of it. */
  readonly timeoutSeconds: number;
};

export function openSql(target: Target, t: Messages, { stop, timeoutSeconds }: SqlBounds): Sql {
  const client = new RDSDataClient({
    ...target.clients,
    requestHandler: { requestTimeout: requestTimeoutMilliseconds },
    logger: silentLogger,
  });
  const where = {
    resourceArn: outputOf(target, "DatabaseArn", t),
    secretArn: outputOf(target, "DatabaseReaderSecretArn", t),
    database: outputOf(target, "DatabaseName", t),
  };

  async function send<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work();
      } catch (error) {
        if (stop.aborted) throw new CommandError(exitCodes.interrupted, t.query.interrupted);
        if (isResuming(error) && tried < resumeTries) await sleep(2_000);
        else throw explain(error, target, timeoutSeconds, t);
      }
    }
  }

  async function execute(
    sql: string,
    parameters: SqlParameter[] = [],
    transactionId?: string,
  ): Promise<Page> {
    const command = new ExecuteStatementCommand({
      ...where,
      ...{ sql, parameters, includeResultMetadata: true },
      ...(transactionId !== undefined && { transactionId }),
    });
    // Inside a transaction the timeout is set by SQL; outside, closing the request ends the statement.
    const abortSignal = () =>
      transactionId === undefined
        ? AbortSignal.any([stop, AbortSignal.timeout(timeoutSeconds * 1000)])
        : stop;
    const answer = await send(() => client.send(command, { abortSignal: abortSignal() }));
    const { records = [], columnMetadata = [] } = answer;
    return {
      columns: columnMetadata.map(asColumn),
      rows: records.map((record) => record.map(asValue)),
      bytes: sizeOf(records),
    };
  }

  return {
    async read(sql, parameters = {}) {
      return await execute(sql, Object.entries(parameters).map(asParameter));
    },
    async *readPages(sql) {
      const { transactionId } = await send(() =>
        client.send(new BeginTransactionCommand(where), { abortSignal: stop }),
      );
      if (transactionId === undefined) throw new Error("the Data API named no transaction");
      try {
        await execute("set transaction read only", [], transactionId);
        await execute(`set local statement_timeout = '${timeoutSeconds}s'`, [], transactionId);
        const text = sql.trim().replace(/;\s*$/, "");
        if (!/^(\(|select|with|values|table)$/i.test(firstWord(text))) {
          yield await execute(text, [], transactionId); // explain and show are short, and a cursor cannot run them
          return;
        }
        await execute(`declare pages no scroll cursor for ${text}`, [], transactionId);
        for (let rows = firstPageRows, isFirst = true; ; isFirst = false) {
          const page = await execute(`fetch forward ${rows} from pages`, [], transactionId);
          if (page.rows.length > 0 || isFirst) yield page;
          if (page.rows.length < rows) return;
          rows = nextPageRows(rows, page);
        }
      } finally {
        // A failed statement has ended the transaction already; otherwise nobody needs it any more.
        await client
          .send(
            new RollbackTransactionCommand({
              resourceArn: where.resourceArn,
              secretArn: where.secretArn,
              transactionId,
            }),
          )
          .catch(() => undefined);
      }
    },
    close: () => client.destroy(),
  };
}

/** The number of rows for the next page, from the width of rows so far; grows at most tenfold at once. */
export function nextPageRows(rows: number, page: { bytes: number; rows: readonly unknown[] }): number {
  const rowBytes = Math.max(1, page.bytes / Math.max(1, page.rows.length));
  const fitting = Math.floor(pageBytesWanted / rowBytes);
  return Math.max(1, Math.min(fitting, rows * 10, pageRowsMax));
}

/** True if an answer exceeded 1 MiB: fewer rows may fit. */
export function isTooLarge(error: unknown): boolean {
  const cause = error instanceof CommandError ? error.cause : error;
  return cause instanceof Error && /exceeded size limit/.test(cause.message);
}

function isResuming(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "DatabaseResumingException" || error.message.includes("is resuming"))
  );
}

/** PostgreSQL's codes for a cancelled statement, and for a transaction ended because others waited. */
const states = { stopped: "57014", keptWaiting: "25P04" } as const;

function explain(error: unknown, target: Target, timeoutSeconds: number, t: Messages): CommandError {
  const failed = (text: string) => new CommandError(exitCodes.failed, text, { cause: error });
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  if (["TimeoutError", "AbortError", "StatementTimeoutException"].includes(name))
    return failed(t.query.timedOut(String(timeoutSeconds)));
  if (message.includes(states.stopped)) return failed(t.query.timedOut(String(timeoutSeconds)));
  if (message.includes(states.keptWaiting) || name === "TransactionNotFoundException")
    return failed(t.query.keptWaiting);
  const isAnswer = error instanceof Error && "$fault" in error && "$metadata" in error;
  if (!isAnswer) {
    return new CommandError(exitCodes.unreachable, t.target.noAnswer(target.name, sentence(error)));
  }
  if (isTooLarge(error)) {
    return new CommandError(exitCodes.failed, t.query.tooWide, { cause: error });
  }
  return new CommandError(exitCodes.failed, t.query.refused(error.message.split("\n")[0] ?? ""), {
    cause: error,
  });
}

/** About as many bytes as the answer had: each cell's text, and what JSON puts around it. */
function sizeOf(records: readonly (readonly Field[])[]): number {
  const around = 20;
  return records.reduce(
    (sum, record) => record.reduce((all, { stringValue = "" }) => all + stringValue.length + around, sum),
    0,
  );
}

function asColumn({ label, name, typeName }: ColumnMetadata): Column {
  return { name: label ?? name ?? "", type: typeName ?? "text" };
}

function asValue(field: Field): Value {
  const { arrayValue } = field;
  if (arrayValue !== undefined) {
    return (
      arrayValue.stringValues ??
      arrayValue.longValues ??
      arrayValue.doubleValues ??
      arrayValue.booleanValues ??
      []
    );
  }
  return field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
}

function asParameter([name, value]: [string, string | number | null]): SqlParameter {
  if (value === null) return { name, value: { isNull: true } };
  return { name, value: typeof value === "string" ? { stringValue: value } : { longValue: value } };
}
