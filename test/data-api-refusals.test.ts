// The contract of the local Data API, second half: transactions, limits, time, and what the service refuses.
import { BeginTransactionCommand, ExecuteStatementCommand } from "@aws-sdk/client-rds-data";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { DataApiOptions } from "../local/data-api/server.ts";
import {
  type Caller,
  type Engine,
  engineKinds,
  makeStillClock,
  parameter,
  resourceArn,
  secretArn,
  startCaller,
} from "./support/data-api.ts";

for (const { engine, missing, start } of await engineKinds()) {
  describe.skipIf(missing)(`the Data API on ${engine}${missing ? ` (skipped: ${missing})` : ""}`, () => {
    let running: Engine;
    let api: Caller;

    beforeAll(async () => {
      running = await start();
      api = await startCaller({ databaseUrl: running.databaseUrl });
      await api.execute("create table ledger (id int primary key, note text)");
    });
    afterAll(async () => {
      await api?.stop();
      await running?.stop();
    });

    async function another(options: Omit<DataApiOptions, "databaseUrl">): Promise<Caller> {
      const caller = await startCaller({ databaseUrl: running.databaseUrl, ...options });
      onTestFinished(() => caller.stop());
      return caller;
    }

    describe("transactions", () => {
      test("what one changed is kept by commit and gone after rollback", async () => {
        const kept = await api.begin();
        await api.execute("insert into ledger values (1, 'kept')", { transactionId: kept });
        expect((await api.commit(kept)).transactionStatus).toBe("Transaction Committed");
        const gone = await api.begin();
        await api.execute("insert into ledger values (2, 'gone')", { transactionId: gone });
        expect((await api.rollback(gone)).transactionStatus).toBe("Rollback Complete");
        expect(await api.column("select note from ledger order by id")).toEqual(["kept"]);
      });

      test("a call beside a transaction is not part of it", async () => {
        const transactionId = await api.begin();
        await api.execute("insert into ledger values (10, 'inside')", { transactionId });
        const beside = api.execute("insert into ledger values (11, 'beside')");
        await api.execute("update ledger set note = 'changed' where id = 10", { transactionId });
        await api.rollback(transactionId);
        await beside;
        expect(await api.column("select note from ledger where id >= 10")).toEqual(["beside"]);
      });

      test("a second statement while one runs is refused", async () => {
        const transactionId = await api.begin();
        const slow = () => api.execute("select pg_sleep(0.3)", { transactionId }); // either may arrive first
        const outcomes = await Promise.allSettled([slow(), slow()]);
        const refused = outcomes.filter((outcome) => outcome.status === "rejected");
        expect(refused.map(({ reason }) => [reason.name, reason.message])).toEqual([
          ["DatabaseErrorException", "Transaction is still running a query"],
        ]);
        await api.rollback(transactionId);
      });

      test("an error aborts the transaction until it is rolled back", async () => {
        const transactionId = await api.begin();
        await expect(api.execute("select 1 / 0", { transactionId })).rejects.toThrow("SQLState: 22012");
        await expect(api.execute("select 1", { transactionId })).rejects.toThrow(
          /current transaction is aborted/,
        );
        await api.rollback(transactionId);
      });

      test("an unknown or ended one is not found", async () => {
        const transactionId = await api.begin();
        await api.commit(transactionId);
        const notFound = { name: "TransactionNotFoundException", $metadata: { httpStatusCode: 404 } };
        await expect(api.execute("select 1", { transactionId })).rejects.toMatchObject(notFound);
        await expect(api.commit(transactionId)).rejects.toMatchObject(notFound);
        await expect(api.rollback("never")).rejects.toMatchObject(notFound);
      });

      test.skipIf(engine === "PGlite")(
        "one whose connection broke is not found, and the server lives on",
        async () => {
          const transactionId = await api.begin();
          const pid = await api.field("select pg_backend_pid()", { transactionId });
          await api.execute("select pg_terminate_backend(:pid::int)", {
            parameters: [{ name: "pid", value: pid }],
          });
          const next = () => api.execute("select 1", { transactionId }).catch((error: Error) => error.name);
          await expect.poll(next, { timeout: 30_000 }).toBe("TransactionNotFoundException");
          expect(await api.column("select 1")).toEqual([1]);
        },
      );

      test("three minutes without a call roll it back; a call starts them anew", async () => {
        const clock = makeStillClock();
        const patient = await another({ clock });
        const transactionId = await patient.begin();
        await patient.execute("insert into ledger values (20, 'idle')", { transactionId });
        clock.pass(179_000);
        await patient.execute("select 1", { transactionId });
        clock.pass(179_000);
        await patient.execute("select 1", { transactionId });
        clock.pass(180_000);
        await expect(patient.commit(transactionId)).rejects.toThrow("is not found");
        expect(await patient.column("select 1 from ledger where id = 20")).toEqual([]);
      });

      test("a day ends it, however busy it is", async () => {
        const clock = makeStillClock();
        const patient = await another({ clock });
        const transactionId = await patient.begin();
        for (let minute = 0; minute < 24 * 60; minute += 2) {
          clock.pass(120_000);
          if (minute % 240 === 0) await patient.execute("select 1", { transactionId }).catch(() => undefined);
        }
        await expect(patient.commit(transactionId)).rejects.toThrow("is not found");
      });
    });

    describe("a statement past the time limit", () => {
      const limits = { statementMilliseconds: 100 };
      const slowInsert = (id: number, seconds = 5) =>
        `insert into ledger select ${id}, 'slow' from pg_sleep(${seconds})`;
      const patience = { timeout: 30_000 };
      const timedOut = { name: "StatementTimeoutException", $metadata: { httpStatusCode: 400 } };

      test("is undone", async () => {
        const hasty = await another({ limits });
        await expect(hasty.execute(slowInsert(30))).rejects.toMatchObject(timedOut);
        expect(await api.column("select id from ledger where id = 30")).toEqual([]);
      });

      test("continues in the background if the caller asked for that", async () => {
        const hasty = await another({ limits });
        const call = hasty.execute(slowInsert(31, 1), { continueAfterTimeout: true });
        await expect(call).rejects.toMatchObject(timedOut);
        await expect.poll(() => api.column("select id from ledger where id = 31"), patience).toEqual([31]);
      });

      test("leaves its transaction aborted", async () => {
        const hasty = await another({ limits });
        const transactionId = await hasty.begin();
        await expect(hasty.execute(slowInsert(32), { transactionId })).rejects.toMatchObject(timedOut);
        const next = () =>
          hasty.execute("select 1", { transactionId }).catch((error: Error) => error.message);
        await expect.poll(next, patience).toMatch(/current transaction is aborted/);
        await hasty.rollback(transactionId);
      });
    });

    describe("errors", () => {
      test("of the database are named as the service names them, with the position in the caller's own SQL", async () => {
        const sql = "select :longname::text, :other::text from nowhere";
        const parameters = [parameter("longname", "a"), parameter("other", "b")];
        await expect(api.execute(sql, { parameters })).rejects.toMatchObject({
          name: "DatabaseErrorException",
          message: `ERROR: relation "nowhere" does not exist\n  Position: ${sql.indexOf("nowhere") + 1}; SQLState: 42P01`,
          $metadata: { httpStatusCode: 400 },
        });
      });

      test("of a broken key carry its detail", async () => {
        await api.execute("insert into ledger values (40, 'once')");
        await expect(api.execute("insert into ledger values (40, 'twice')")).rejects.toMatchObject({
          message:
            'ERROR: duplicate key value violates unique constraint "ledger_pkey"\n' +
            "  Detail: Key (id)=(40) already exists.; SQLState: 23505",
        });
      });

      test("do not affect the next call", async () => {
        await expect(api.execute("selec 1")).rejects.toThrow("SQLState: 42601");
        expect(await api.column("select 1")).toEqual([1]);
      });
    });

    describe("refused", () => {
      test("array parameters", async () => {
        const parameters = [{ name: "a", value: { arrayValue: { longValues: [1] } } }];
        await expect(api.execute("select :a", { parameters })).rejects.toMatchObject({
          name: "ValidationException",
          message: "Array parameters are not supported.",
        });
      });

      test("several statements in one call, but a final semicolon is accepted", async () => {
        await expect(api.execute("select 1; select 2")).rejects.toMatchObject({
          name: "ValidationException",
        });
        expect(await api.column("select 1; -- done ;\n")).toEqual([1]);
      });

      test("the schema parameter", async () => {
        const call = api.execute("select 1", { schema: "public" });
        await expect(call).rejects.toMatchObject({ name: "ValidationException" });
      });

      test("a call without cluster, secret or SQL", async () => {
        for (const call of [
          { secretArn, sql: "select 1" },
          { resourceArn, sql: "select 1" },
          { resourceArn, secretArn },
        ]) {
          const answer = await fetch(`${api.api.url}/Execute`, {
            method: "POST",
            body: JSON.stringify(call),
          });
          expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([
            400,
            "ValidationException",
          ]);
        }
      });

      test.for(["1::money", "point '(1,2)'", "box '((0,0),(1,1))'", "array[[1,2],[3,4]]", "array[1::money]"])(
        "a result with %s, until it is cast to text",
        async (value) => {
          const call = api.execute(`select ${value}`);
          await expect(call).rejects.toMatchObject({ name: "UnsupportedResultException" });
          expect(await api.field(`select (${value})::text`)).toHaveProperty("stringValue");
        },
      );

      test("a request over 4 MiB, but not one just below", async () => {
        const send = (bytes: number) =>
          api.execute("select length(:x)", { parameters: [parameter("x", "x".repeat(bytes))] });
        await expect(send(4 * 1024 * 1024)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
        expect((await send(4 * 1024 * 1024 - 10_000)).records).toEqual([[{ longValue: 4_184_304 }]]);
      });

      test("a row over 64 KB", async () => {
        await expect(api.execute("select repeat('x', 70000)")).rejects.toThrow(
          "Packet for query is too large",
        );
        expect(await api.field("select repeat('x', 60000)")).toHaveProperty("stringValue");
      });

      test("a row over 64 KB ends its transaction, which stores nothing", async () => {
        const transactionId = await api.begin();
        await api.execute("insert into ledger values (64)", { transactionId });
        await expect(api.execute("select repeat('x', 70000)", { transactionId })).rejects.toThrow(
          "Packet for query is too large",
        );
        await expect(api.execute("select 1", { transactionId })).rejects.toMatchObject({
          name: "TransactionNotFoundException",
        });
        expect(await api.column("select count(*) from ledger where id = 64")).toEqual([0]);
      });

      test("a web page, even under a name of its own that resolves to this machine", async () => {
        const body = JSON.stringify({ resourceArn, secretArn, sql: "select 1" });
        const ask = (headers: Record<string, string>) =>
          fetch(`${api.api.url}/Execute`, { method: "POST", body, headers });
        const refused = await ask({ origin: "https://evil.example" });
        expect([refused.status, await refused.text()]).toEqual([
          403,
          expect.stringContaining("evil.example"),
        ]);
        expect((await ask({})).status).toBe(200);
      });

      test("a database of another name, in a call and in a transaction; calls that name none are answered", async () => {
        const named = await another({ databaseName: "tushare" });
        const error = { name: "DatabaseErrorException", message: /database "postgres" does not exist/ };
        const sql = "select 1";
        await expect(named.execute(sql, { database: "postgres" })).rejects.toMatchObject(error);
        await expect(
          named.client.send(new BeginTransactionCommand({ resourceArn, secretArn, database: "postgres" })),
        ).rejects.toMatchObject(error);
        expect((await named.execute(sql)).records).toEqual([[{ longValue: 1 }]]);
        const unnamed = new ExecuteStatementCommand({ resourceArn, secretArn, sql });
        expect((await named.client.send(unnamed)).records).toEqual([[{ longValue: 1 }]]);
      });

      test("a result over 1 MiB", async () => {
        const rows = (count: number) => `select repeat('x', 1000) from generate_series(1, ${count})`;
        await expect(api.execute(rows(1100))).rejects.toThrow("Database response exceeded size limit");
        expect((await api.execute(rows(900))).records).toHaveLength(900);
      });

      test("COPY, without an effect on other callers", async () => {
        await expect(api.execute("copy ledger from stdin")).rejects.toMatchObject({
          name: "DatabaseErrorException",
        });
        expect(await api.column("select 1")).toEqual([1]);
      });
    });

    test("on demand a call meets a cluster that resumes, for a number of calls or of seconds", async () => {
      const clock = makeStillClock();
      const sleepy = await another({ clock });
      const resuming = { name: "DatabaseResumingException", message: /is resuming after being auto-paused/ };
      sleepy.api.suspend({ calls: 2 });
      await expect(sleepy.execute("select 1")).rejects.toMatchObject({ name: resuming.name });
      await expect(sleepy.begin()).rejects.toThrow(resuming.message);
      expect(await sleepy.column("select 1")).toEqual([1]);
      sleepy.api.suspend({ seconds: 15 });
      clock.pass(14_000);
      await expect(sleepy.execute("select 1")).rejects.toThrow(resuming.message);
      clock.pass(1_000);
      expect(await sleepy.column("select 1")).toEqual([1]);
    });
  });
}

test("a database that cannot be reached is unavailable, and the server keeps running", async () => {
  const api = await startCaller({ databaseUrl: "postgres://postgres@127.0.0.1:1/postgres" });
  onTestFinished(() => api.stop());
  for (let call = 0; call < 2; call++) {
    await expect(api.begin()).rejects.toMatchObject({ name: "DatabaseUnavailableException" });
  }
});
