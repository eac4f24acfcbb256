// A cancelled statement ends in the engine, however it was cancelled, and the others go on.
import { ExecuteStatementCommand } from "@aws-sdk/client-rds-data";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { cancelStatement } from "../local/data-api/query.ts";
import { type Database, startDatabase } from "../local/database/database.ts";
import {
  type Caller,
  type Engine,
  engineKinds,
  resourceArn,
  secretArn,
  startCaller,
} from "./support/data-api.ts";
import { until } from "./support/until.ts";

const endless = [
  ["waits", "select pg_sleep(1000)"],
  ["computes", "select count(*) from generate_series(1, 2000000000)"],
  ["loops in a block", "do 'begin loop end loop; end'"],
  ["answers for ever", "select g, md5(cast(g as text)) from generate_series(1, 2000000000) as g"],
  ["writes for ever", "create table endless as select g from generate_series(1, 2000000000) as g"],
] as const;

async function connectTo(url: string, more: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ...more });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

const cancel = (client: pg.Client) => cancelStatement(client as unknown as pg.PoolClient);
const codeOf = (asking: Promise<unknown>) =>
  asking.then(
    () => "done",
    (error: pg.DatabaseError) => error.code,
  );

describe.each(await engineKinds())("on $engine", ({ start, missing }) => {
  let engine: Engine;
  let caller: Caller;
  beforeAll(async () => {
    if (missing !== undefined) return;
    engine = await start();
    caller = await startCaller({ databaseUrl: engine.databaseUrl });
  });
  afterAll(async () => {
    await caller?.stop();
    await engine?.stop();
  });

  test.for(endless)("a statement that %s ends when it is cancelled", async ([, sql], { skip }) => {
    skip(missing !== undefined, missing);
    const [client, other] = await Promise.all([connectTo(engine.databaseUrl), connectTo(engine.databaseUrl)]);
    const code = codeOf(client.query(sql));
    const asking = setInterval(() => void cancel(client), 200); // a cancel sent before the statement does nothing
    expect(await code).toBe("57014");
    clearInterval(asking);
    expect((await client.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    expect((await other.query("select to_regclass('endless') as made")).rows).toEqual([{ made: null }]);
  });

  test("statement_timeout works: per connection, and per transaction until the transaction ends", async ({
    skip,
  }) => {
    skip(missing !== undefined, missing);
    const client = await connectTo(engine.databaseUrl, { statement_timeout: 100 });
    const sleep = () => client.query("select pg_sleep(1000)").catch((error: Error) => error.message);
    expect(await sleep()).toBe("canceling statement due to statement timeout");
    await client.query("set statement_timeout = 0");
    await client.query("begin");
    await client.query("set local statement_timeout = 100");
    expect(await sleep()).toBe("canceling statement due to statement timeout");
    await client.query("rollback");
    expect((await client.query("select pg_sleep(0.3)")).rowCount).toBe(1);
  });

  test("a Data API caller that disconnects ends its statement and transaction", async ({ skip }) => {
    skip(missing !== undefined, missing);
    const target = { resourceArn, secretArn, database: "tushare" };
    const transactionId = await caller.begin();
    const leave = new AbortController();
    const sql = "select pg_sleep(1000), 'left behind'";
    const left = caller.client.send(new ExecuteStatementCommand({ ...target, sql, transactionId }), {
      abortSignal: leave.signal,
    });
    setTimeout(() => leave.abort(), 300);
    await expect(left).rejects.toThrow();
    await until(async () => {
      const again = caller.execute("select 1", { transactionId }).catch((error: Error) => error.name);
      return (await again) === "TransactionNotFoundException";
    });
    expect(await caller.field("select 1")).toEqual({ longValue: 1 });
  });
});

describe("the embedded database", () => {
  let database: Database;
  beforeAll(async () => {
    database = await startDatabase({ dataDir: undefined, readingSeconds: 0.3 });
  });
  afterAll(() => database?.close());

  test("ends the statement of a client that has vanished", async () => {
    const [client, other] = await Promise.all([connectTo(database.url), connectTo(database.url)]);
    client.query("select pg_sleep(1000)").catch(() => undefined);
    const { stream } = (client as unknown as { connection: { stream: pg.ClientBase & { destroy(): void } } })
      .connection;
    setTimeout(() => stream.destroy(), 200);
    expect((await other.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  });

  test("ends a read-only transaction that keeps others waiting, active or idle", async () => {
    for (const isWorking of [true, false]) {
      const [reader, writer] = await Promise.all([connectTo(database.url), connectTo(database.url)]);
      const ended = Promise.withResolvers<Error>();
      reader.once("error", ended.resolve);
      await reader.query("begin transaction read only");
      await reader.query("declare pages cursor for select generate_series(1, 100000000)");
      const readOn = async () => {
        for (;;) await reader.query("fetch 1000 from pages");
      };
      if (isWorking) readOn().catch(ended.resolve);
      await writer.query("create temporary table written as select 1 as n");
      await writer.query("drop table written");
      expect((await ended.promise).message).toMatch(/a read kept others waiting for the embedded database/);
    }
  });

  test("gives a writing transaction its time", async () => {
    const [one, two] = await Promise.all([connectTo(database.url), connectTo(database.url)]);
    await one.query("begin");
    const waiting = two.query("select count(*)::int as n from slow");
    for (let part = 0; part < 3; part++) await one.query("select pg_sleep(0.2)");
    await one.query("create table slow as select 1 as n");
    await one.query("commit");
    expect((await waiting).rows).toEqual([{ n: 1 }]);
  });

  test("refuses to run programs, which would end the engine, and goes on", async () => {
    const client = await connectTo(database.url);
    for (const sql of ["copy (select 1) to program 'true'", "copy x from /* any */ program 'cat'"]) {
      await expect(client.query(sql)).rejects.toThrow("the embedded database runs no programs");
      await expect(client.query({ text: sql, name: sql })).rejects.toThrow("runs no programs");
    }
    expect((await client.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  });

  test("a hundred concurrent clients, half of which disconnect, leave nothing behind", async () => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => connectTo(database.url)));
    const codes = await Promise.all(
      clients.map((client, index) => {
        const code = codeOf(client.query(index % 2 ? "select pg_sleep(1000)" : "select 1"));
        if (index % 2 === 0) return code;
        const asking = setInterval(() => void cancel(client), 100);
        return code.finally(() => clearInterval(asking));
      }),
    );
    expect(codes).toEqual(clients.map((_, index) => (index % 2 ? "57014" : "done")));
  });
});
