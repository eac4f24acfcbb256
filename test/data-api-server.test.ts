// The contract of the local Data API: what it accepts and how it answers, the same on both engines.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Caller,
  type Engine,
  engineKinds,
  makeStillClock,
  parameter,
  startCaller,
} from "./support/data-api.ts";

for (const { engine, missing, start } of await engineKinds()) {
  describe.skipIf(missing)(`the Data API on ${engine}${missing ? ` (skipped: ${missing})` : ""}`, () => {
    let running: Engine;
    let api: Caller;

    beforeAll(async () => {
      running = await start();
      api = await startCaller({ databaseUrl: running.databaseUrl });
      await api.execute(
        "create table quote (id serial primary key, code text unique, price numeric(20, 4), j jsonb)",
      );
    });
    afterAll(async () => {
      await api?.stop();
      await running?.stop();
    });

    describe("parameters", () => {
      test("a name may be a number, be used twice, and be given without use", async () => {
        const parameters = [parameter("1", "a"), parameter("two", "b"), parameter("unused", 3)];
        const { records } = await api.execute("select :1::text, :two::text, :1::text", { parameters });
        expect(records).toEqual([[{ stringValue: "a" }, { stringValue: "b" }, { stringValue: "a" }]]);
      });

      test("colons in texts, quoted names, comments, dollar quotes and casts are not parameters", async () => {
        const sql = `select ':a''s :b' as ":c", E'it\\'s :d', $$ :e ' $$, $tag$ $$ :f $tag$, '1'::int, :real::text -- :g ;
          /* :h /* nested :i */ ; */;`;
        const { records } = await api.execute(sql, { parameters: [parameter("real", "x")] });
        const texts = records?.[0]?.map((field) => field.stringValue ?? field.longValue);
        expect(texts).toEqual([":a's :b", "it's :d", " :e ' ", " $$ :f ", 1, "x"]);
      });

      test("a missing one is named", async () => {
        await expect(api.execute("select :code", { parameters: [] })).rejects.toMatchObject({
          name: "BadRequestException",
          message: "Cannot find parameter: code",
        });
      });

      test("a text is a varchar: jsonb refuses it without a cast or a type hint", async () => {
        const insert = "insert into quote (code, j) values ('json', :j)";
        const j = '{"a":[1,2]}';
        await expect(api.execute(insert, { parameters: [parameter("j", j)] })).rejects.toMatchObject({
          name: "DatabaseErrorException",
          message: expect.stringContaining(
            'column "j" is of type jsonb but expression is of type character varying',
          ),
        });
        await api.execute(insert.replace(":j", ":j::jsonb"), { parameters: [parameter("j", j)] });
        await api.execute(insert.replace("json", "hint"), { parameters: [parameter("j", j, "JSON")] });
        expect(await api.column("select j ->> 'a' from quote where j is not null")).toEqual([
          "[1, 2]",
          "[1, 2]",
        ]);
      });

      test.for([
        ["DATE", "2024-01-02", "date"],
        ["TIME", "10:11:12.5", "time without time zone"],
        ["TIMESTAMP", "2024-01-02 10:11:12", "timestamp without time zone"],
        ["DECIMAL", "12.3400", "numeric"],
        ["JSON", '{"a": 1}', "json"],
        ["UUID", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "uuid"],
      ] as const)("the hint %s makes a text a %s", async ([hint, text, type]) => {
        const { records } = await api.execute("select :x, pg_typeof(:x)::text", {
          parameters: [parameter("x", text, hint)],
        });
        expect(records).toEqual([[{ stringValue: text }, { stringValue: type }]]);
      });

      test("TuShare's own date form is not what the hint DATE takes", async () => {
        const parameters = [parameter("x", "20240102", "DATE")];
        await expect(api.execute("select :x", { parameters })).rejects.toMatchObject({
          name: "BadRequestException",
          message: expect.stringContaining("YYYY-MM-DD"),
        });
      });

      test("numbers, truths, bytes and null keep their types", async () => {
        const parameters = [
          parameter("long", 9_007_199_254_740_991),
          { name: "double", value: { doubleValue: 0.1 } },
          parameter("truth", false),
          parameter("bytes", new Uint8Array([0, 255])),
          parameter("nothing", null),
        ];
        const sql = "select :long, :double, :truth, :bytes, :nothing::date";
        const { records } = await api.execute(sql, { parameters });
        expect(records?.[0]).toEqual([
          { longValue: 9_007_199_254_740_991 },
          { doubleValue: 0.1 },
          { booleanValue: false },
          { blobValue: new Uint8Array([0, 255]) },
          { isNull: true },
        ]);
      });
    });

    describe("results", () => {
      test.for([
        ["1::int2", { longValue: 1 }],
        ["2::int4", { longValue: 2 }],
        ["3::int8", { longValue: 3 }],
        ["1.5::float4", { doubleValue: 1.5 }],
        ["0.1::float8", { doubleValue: 0.1 }],
        ["1.500::numeric", { stringValue: "1.500" }],
        ["true", { booleanValue: true }],
        ["null", { isNull: true }],
        ["'é'::text", { stringValue: "é" }],
        ["'a'::char(3)", { stringValue: "a  " }],
        ["'\\x00ff'::bytea", { blobValue: new Uint8Array([0, 255]) }],
        [
          `'{"a": [1, 2.50], "b, c": "d: \\\\\\", e"}'::jsonb`,
          { stringValue: '{"a":[1,2.50],"b, c":"d: \\\\\\", e"}' },
        ],
        [`'{"a": 1}'::json`, { stringValue: '{"a": 1}' }],
        ["'10.0.0.1'::inet", { stringValue: "10.0.0.1" }],
        ["int4range(1, 5)", { stringValue: "[1,5)" }],
        ["date '2024-01-02'", { stringValue: "2024-01-02" }],
        ["timestamp '2024-01-02 03:04:05.678'", { stringValue: "2024-01-02 03:04:05.678" }],
        ["timestamptz '2024-01-02 03:04:05+08'", { stringValue: "2024-01-01 19:04:05" }],
        ["timetz '15:30:00-08'", { stringValue: "23:30:00" }],
        ["timetz '01:30:00.25+05:30'", { stringValue: "20:00:00.25" }],
        ["array[1, null, 3]", { arrayValue: { longValues: [1, null, 3] } }],
        ["array[1.5::float8]", { arrayValue: { doubleValues: [1.5] } }],
        ["array[true, false]", { arrayValue: { booleanValues: [true, false] } }],
        [
          `array['a,b', 'c"d', '{', 'NULL', '']`,
          { arrayValue: { stringValues: ["a,b", 'c"d', "{", "NULL", ""] } },
        ],
        ["array[1.50]::numeric[]", { arrayValue: { stringValues: ["1.50"] } }],
        ["'{}'::int[]", { arrayValue: { longValues: [] } }],
      ] as const)("%s comes back as %j", async ([sql, field]) => {
        expect(await api.field(`select ${sql}`)).toEqual(field);
      });

      test("enums and arrays of enums are texts", async () => {
        await api.execute("create type board as enum ('main', 'star')");
        const { records } = await api.execute("select 'star'::board, array['main', null]::board[]");
        expect(records).toEqual([
          [{ stringValue: "star" }, { arrayValue: { stringValues: ["main", null] } }],
        ]);
      });

      test("an integer beyond JavaScript's numbers keeps its digits on the wire", async () => {
        const { resourceArn, secretArn } = await import("./support/data-api.ts");
        const body = JSON.stringify({ resourceArn, secretArn, sql: "select 9223372036854775807" });
        const answer = await fetch(`${api.api.url}/Execute`, { method: "POST", body });
        expect(await answer.text()).toContain('"longValue":9223372036854775807');
      });

      test("decimals and longs come as the result set options ask", async () => {
        const sql = "select 1.25::numeric, 7::numeric, 8::int8, 'NaN'::numeric";
        const asked = { decimalReturnType: "DOUBLE_OR_LONG", longReturnType: "STRING" } as const;
        const { records } = await api.execute(sql, { resultSetOptions: asked });
        expect(records).toEqual([
          [{ doubleValue: 1.25 }, { longValue: 7 }, { stringValue: "8" }, { doubleValue: NaN }],
        ]);
      });

      test("columns are described only when asked", async () => {
        const plain = await api.execute("select 1");
        expect(plain.columnMetadata).toBeUndefined();
        const sql = "select id, price as p, now() as seen, array[1] as many from quote";
        const { columnMetadata } = await api.execute(sql, { includeResultMetadata: true });
        expect(columnMetadata).toMatchObject([
          {
            name: "id",
            label: "id",
            tableName: "quote",
            typeName: "serial",
            type: 4,
            nullable: 0,
            isAutoIncrement: true,
          },
          {
            name: "p",
            tableName: "quote",
            typeName: "numeric",
            precision: 20,
            scale: 4,
            nullable: 1,
            isSigned: true,
          },
          { name: "seen", tableName: "", typeName: "timestamptz", type: 93, nullable: 2 },
          { name: "many", typeName: "_int4", type: 2003, arrayBaseColumnType: 4 },
        ]);
      });

      test("a transaction leaves its connection to the next call, unless it changed the session or failed", async () => {
        const one = await startCaller({ databaseUrl: running.databaseUrl });
        const pid = () => one.field("select pg_backend_pid()::text");
        const inTransaction = async (sql: string, end: "commit" | "rollback") => {
          const transactionId = await one.begin();
          await one.execute(sql, { transactionId }).catch(() => undefined);
          await one[end](transactionId);
        };
        const first = await pid();
        await inTransaction("insert into quote (code) values ('reused')", "commit");
        await inTransaction("insert into quote (code) values ('not kept')", "rollback");
        expect(await one.column("select code from quote where code in ('reused', 'not kept')")).toEqual([
          "reused",
        ]);
        expect(await pid()).toEqual(first);
        for (const sql of [
          "set timezone = 'Asia/Shanghai'",
          "select set_config('TimeZone', 'Asia/Shanghai', false)",
        ]) {
          await inTransaction(sql, "commit");
          expect(await one.field("select current_setting('TimeZone')")).toEqual({ stringValue: "UTC" });
        }
        await inTransaction("select 1 / 0", "rollback");
        expect(await one.field("select 1")).toEqual({ longValue: 1 });
        await one.stop();
      });

      test("a table is described as it is, and as another client changed it after a second", async () => {
        const clock = makeStillClock();
        const patient = await startCaller({ databaseUrl: running.databaseUrl, clock });
        const nullable = async (on: Caller, transaction: { transactionId?: string } = {}) => {
          const asked = { includeResultMetadata: true, ...transaction };
          return (await on.execute("select code from described", asked)).columnMetadata?.[0]?.nullable;
        };
        await patient.execute("create table described (code text)");
        expect(await nullable(patient)).toBe(1);
        await patient.execute("alter table described alter column code set not null");
        expect(await nullable(patient)).toBe(0);
        const transactionId = await patient.begin();
        await patient.execute("alter table described alter column code drop not null", { transactionId });
        expect(await nullable(patient, { transactionId })).toBe(1);
        await patient.rollback(transactionId);
        expect(await nullable(patient)).toBe(0);
        await api.execute("alter table described alter column code drop not null");
        expect([await nullable(api), await nullable(patient)]).toEqual([1, 0]);
        clock.pass(1_000);
        expect(await nullable(patient)).toBe(1);
        await patient.stop();
      });

      test("formatted as JSON, a result is one text of objects and has no records", async () => {
        const sql =
          "select 1 as n, 'x\"y' as t, null::int as nothing, true as b, array[1, 2] as many, 2.5::float8 as f";
        const { records, formattedRecords } = await api.execute(sql, { formatRecordsAs: "JSON" });
        expect(records).toBeUndefined();
        expect(JSON.parse(formattedRecords ?? "")).toEqual([
          { n: 1, t: 'x"y', nothing: null, b: true, many: [1, 2], f: 2.5 },
        ]);
      });

      test("formatting as JSON requires unique column names and changes nothing but a SELECT", async () => {
        await expect(api.execute("select 1 as a, 2 as a", { formatRecordsAs: "JSON" })).rejects.toThrow(
          /unique/,
        );
        const sql = "insert into quote (code) values ('formatted') returning code";
        const { records, formattedRecords } = await api.execute(sql, { formatRecordsAs: "JSON" });
        expect([records, formattedRecords]).toEqual([[[{ stringValue: "formatted" }]], undefined]);
      });

      test("the count of updated records is the outer command's", async () => {
        const count = async (sql: string) => (await api.execute(sql)).numberOfRecordsUpdated;
        expect(await count("insert into quote (code) values ('c1'), ('c2'), ('c3')")).toBe(3);
        expect(await count("update quote set price = 1 where code in ('c1', 'c2')")).toBe(2);
        expect(await count("select * from quote")).toBe(0);
        const cte = "with gone as (delete from quote where code in ('c1', 'c2') returning code)";
        expect(await count(`${cte} update quote set price = 2 where code = 'c3'`)).toBe(1);
        const { records, numberOfRecordsUpdated } = await api.execute(
          "update quote set price = 3 where code = 'c3' returning price",
        );
        expect([records, numberOfRecordsUpdated]).toEqual([[[{ stringValue: "3.0000" }]], 1]);
      });
    });

    describe("batches", () => {
      const insert = "insert into quote (code, price) values (:code, :price)";
      const sets = (codes: string[]) =>
        codes.map((code, index) => [parameter("code", code), parameter("price", index === 1 ? null : index)]);

      test("every set of parameters gives one result", async () => {
        const { updateResults } = await api.batch(insert, { parameterSets: sets(["b1", "b2", "b3"]) });
        expect(updateResults).toEqual([
          { generatedFields: [] },
          { generatedFields: [] },
          { generatedFields: [] },
        ]);
        expect(await api.column("select price::text from quote where code like 'b_' order by code")).toEqual([
          "0.0000",
          true, // isNull
          "2.0000",
        ]);
      });

      test("what a set returns is in its generated fields", async () => {
        const { updateResults } = await api.batch(`${insert} returning code`, {
          parameterSets: sets(["r1", "r2"]),
        });
        expect(updateResults).toEqual([
          { generatedFields: [{ stringValue: "r1" }] },
          { generatedFields: [{ stringValue: "r2" }] },
        ]);
      });

      test("one bad set undoes all", async () => {
        const parameterSets = sets(["u1", "u2", "u1"]);
        await expect(api.batch(insert, { parameterSets })).rejects.toThrow(/SQLState: 23505/);
        expect(await api.column("select code from quote where code like 'u_'")).toEqual([]);
      });
    });

    test("no setting, temporary table or open transaction passes from one call to the next", async () => {
      await api.execute("set timezone to 'Asia/Shanghai'");
      await api.execute("select set_config('datestyle', 'German', false)");
      await api.execute("create temporary table passing (a int)");
      await api.execute("begin");
      expect(await api.column("select current_setting('TimeZone')")).toEqual(["UTC"]);
      expect(await api.column("select date '2024-01-02'")).toEqual(["2024-01-02"]);
      if (engine !== "PGlite") await expect(api.execute("select * from passing")).rejects.toThrow(/42P01/);
      await api.execute("insert into quote (code) values ('after begin')");
      expect(await api.column("select 1 from quote where code = 'after begin'")).toEqual([1]);
    });

    test("calls at the same time, each with a megabyte, get their own answers", async () => {
      const calls = Array.from({ length: 8 }, async (_, index) => {
        const parameters = [parameter("texts", `${index},`.repeat(400_000)), parameter("index", index)];
        const sql = "select cardinality(string_to_array(:texts, ',')), :index, left(:texts, 1)";
        return (await api.execute(sql, { parameters })).records?.[0];
      });
      const answers = await Promise.all(calls);
      expect(answers).toEqual(
        answers.map((_, index) => [
          { longValue: 400_001 },
          { longValue: index },
          { stringValue: String(index) },
        ]),
      );
    });
  });
}
