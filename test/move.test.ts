// Mirrors that are moved: rows, ledger and completeness arrive as they are, from wherever a move was interrupted.
import { Writable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { en as t } from "../cli/messages/en.ts";
import { compareMirrors } from "../cli/move/difference.ts";
import { enter } from "../cli/move/door.ts";
import { type MovedTable, readTables, tablesIn } from "../cli/move/layout.ts";
import { moveAll, moveIdentities } from "../cli/move/move.ts";
import { priceMove } from "../cli/move/price.ts";
import { compareMarks } from "../cli/move/rows.ts";
import type { Side } from "../cli/move/side.ts";
import { runLine } from "../cli/run-line.ts";
import { openDatabase } from "../local/page/database.ts";
import type { Database } from "../shared/ports.ts";
import { askCli } from "./support/cli.ts";
import { emptyDatabase, migrationFiles } from "./support/database.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { dailyTruth, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const [pglite, server] = await databaseKinds();
/** Of another version of PostgreSQL than the source's, where there is one. */
const openTarget = server?.missing === undefined ? server?.openMigrated : pglite?.openMigrated;

let source: World;
let target: World;
let direct: ReturnType<typeof openDatabase>;
let tables: readonly MovedTable[];
const stop = new AbortController().signal;
const history = { job: "DAILY_HISTORY", from: marketDays[0], to: lastDay };

beforeAll(async () => {
  source = await makeWorld();
  target = await makeWorld(openTarget);
  direct = openDatabase(target.url, "-c TimeZone=UTC");
  tables = await readTables(source.services.database, tablesIn(migrationFiles()));
});
afterAll(async () => {
  await direct.close();
  await source.close();
  await target.close();
});
beforeEach(async () => {
  await source.reset();
  await clear(target);
});

/** Deleted, not truncated: for a few rows that is much faster. */
async function clear(world: World): Promise<void> {
  await world.reset();
  await world.sql(`do $$ begin ${tables.map(({ name }) => `delete from ${name};`).join(" ")} end $$`);
}

async function fill(): Promise<void> {
  await source.dispatch(history);
  await source.runToEnd();
  await source.sql(
    "insert into data_revision (dataset, key, class) values ('stock_daily', '{\"ts_code\": \"600519.SH\"}', 'added')",
  );
}

const compare = (to: Database = target.services.database) =>
  compareMirrors({ source: source.services.database, target: to }, tables, {
    stop,
    onTable: () => undefined,
  });

/** Moves as the command does, and answers what differs afterwards. */
async function moveTo(to: Database = target.services.database, replaces = false): Promise<string[]> {
  const written: string[] = [];
  const onRows = ({ table, year }: { table: MovedTable; year: string }) =>
    written.push(`${table.name} ${year}`);
  const both = { source: source.services.database, target: to };
  await moveAll(both, await compare(to), replaces, { stop, onRows });
  await moveIdentities(to, tables);
  return [...new Set(written)];
}

const isEqual = async () => (await compare()).differences.length === 0;

describe("a mirror that is moved", () => {
  test.each([
    ["through the Data API", () => target.services.database],
    ["by a connection of its own", () => direct],
  ])("%s has the same rows, ledger and completeness", async (_, to) => {
    await fill();
    const { source: rows, differences } = await compare(to());
    expect(rows.rows).toBeGreaterThan(500);
    expect(new Set(differences.map(({ table }) => table.name)).size).toBeGreaterThan(5);
    await moveTo(to());
    expect(await compare(to())).toMatchObject({ differences: [], target: { rows: rows.rows } });
    expect(await target.storedDaily()).toEqual(await source.storedDaily());
    const ledger = async (world: World) => [await world.tasks(), await world.units()];
    expect(await ledger(target)).toEqual(await ledger(source));
  });

  test("goes on where the source was: an increment asks for nothing that is stored", async () => {
    await fill();
    await moveTo();
    await target.dispatch({ job: "DAILY_INCREMENTAL" });
    await target.runToEnd();
    expect(target.calls.filter(({ name }) => name === "daily")).toEqual([]);
    expect(await target.storedDaily()).toEqual(await source.storedDaily());
  });

  test("goes on with a paused task from its breakpoint, and numbers new rows after the moved ones", async () => {
    await source.dispatch(history);
    for (const _ of [1, 2, 3]) await source.deliverNext();
    const [task] = await source.tasks();
    await source.dispatch({ pause: task?.id });
    await source.sql(
      "insert into data_revision (dataset, key, class) select 'stock_daily', '{}', 'added' from generate_series(1, 7)",
    );
    await moveTo();
    await target.dispatch({ resume: task?.id });
    await target.runToEnd();
    expect(await target.storedDaily()).toEqual(dailyTruth(target.state.market));
    const asked = target.calls.filter(({ name }) => name === "daily").length;
    expect(asked).toBe(marketDays.length - 3);
    const [last] = await source.sql<{ id: string }>("select max(id) as id from data_revision");
    const [next] = await target.sql<{ id: string }>(
      "insert into data_revision (dataset, key, class) values ('stock_daily', '{}', 'added') returning id",
    );
    expect(Number(next?.id)).toBe(Number(last?.id) + 1);
  });

  test("whose move dies at any statement is moved by the next one, nothing twice", async () => {
    await fill();
    await source.sql(`insert into block_trade (ts_code, trade_date, price, vol, amount, buyer, seller)
select '600519.SH', date '2024-01-03', 1, 2, 3, 'the same', 'row' from generate_series(1, 3)`);
    await source.sql("delete from trade_cal where cal_date < date '2023-01-01'"); // each year is a slice
    let deaths = 0;
    for (let isDead = true; isDead; deaths += 1) {
      await clear(target);
      isDead = await moveTo(dying(target.services.database, deaths)).then(
        () => false,
        () => true,
      );
      await moveTo();
      expect([deaths, await isEqual()]).toEqual([deaths, true]);
    }
    expect(deaths).toBeGreaterThan(10);
  });

  test("is moved again only in the slices that have changed", async () => {
    await fill();
    await moveTo();
    expect(await moveTo()).toEqual([]);
    await source.sql(
      "update stock_daily set close = 1.5, stored_at = stored_at + interval '1 hour' where trade_date = date '2024-01-04'",
    );
    await source.sql(
      "update trade_cal set stored_at = stored_at + interval '1 hour' where cal_date < date '1992-01-01'",
    );
    expect(await moveTo()).toEqual(["stock_daily 2024", "trade_cal 1990", "trade_cal 1991"]);
    expect(await isEqual()).toBe(true);
  });

  test("keeps every digit, null, quote, line feed and character, also in a row wider than an answer's", async () => {
    await source.sql(`insert into suspend_d (ts_code, trade_date, suspend_type, suspend_timing) values
('1', '2024-01-02', 'S', E'a"b''c\\\\d\\n\\t,(){}\\u4e2d\\U0001F600 :name ;'),
('2', '2024-01-02', 'S', ''), ('3', '2024-01-02', 'R', null)`);
    await source.sql(
      "insert into stock_daily (ts_code, trade_date, close, vol) values ('1', '2024-01-02', 12345678901234567890.123456789012345678900, -0.000)",
    );
    await source.sql(
      `insert into sync_task (job_type, status, batch_size, config) select 'INVENTED', 'FAILED', 1, jsonb_build_object('codes', string_agg(cast(n as text), ',中')) from generate_series(1, 40000) as n`,
    );
    const texts = async (world: World) => [
      await world.sql("select cast(s as text) from suspend_d s order by ts_code"),
      await world.sql("select close, vol from stock_daily"),
      await world.sql("select md5(cast(config as text)), length(cast(config as text)) from sync_task"),
    ];
    await moveTo();
    expect(await texts(target)).toEqual(await texts(source));
    expect(await isEqual()).toBe(true);
  });
});

describe("rows that only the target has, or that are newer there", () => {
  beforeEach(async () => {
    await fill();
    await moveTo();
  });

  test("are counted by table and year, and replaced only when that is wanted", async () => {
    await target.sql(
      "insert into stock_daily (ts_code, trade_date, close) values ('9', '2024-01-04', 1), ('9', '2019-01-04', 1)",
    );
    await target.sql(
      "update stock_daily set close = 2, stored_at = now() where ts_code = '600519.SH' and trade_date = '2024-01-05'",
    );
    const { differences } = await compare();
    expect(
      differences.map(({ table, year, foreignRows, newerRows }) => [
        table.name,
        year,
        foreignRows,
        newerRows,
      ]),
    ).toEqual([
      ["stock_daily", "2019", 1, 0],
      ["stock_daily", "2024", 1, 1],
    ]);
    await moveTo(target.services.database, true);
    expect(await isEqual()).toBe(true);
  });

  test("make the command refuse, with their number, and change nothing until --replace", async () => {
    await target.sql("insert into stock_daily (ts_code, trade_date, close) values ('9', '2019-01-04', 1)");
    await source.sql("update stock_daily set close = 3, stored_at = now() where ts_code = '600519.SH'");
    const line = ["push", "--from", source.url, "--to", target.url, "--yes"];
    const before = await target.footprint();
    const refused = await askCli(line);
    expect(refused).toMatchObject({
      code: 4,
      error: expect.stringMatching(/newer there: 1 \(stock_daily 2019: 1\).*--replace/),
    });
    expect(await target.footprint()).toEqual(before);
    expect(await askCli([...line, "--replace"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^equal: /),
    });
    expect(await isEqual()).toBe(true);
  });

  test("of the ledger, are the tasks of a stack that has gone on by itself", async () => {
    await target.sql(
      "insert into sync_task (job_type, status, batch_size, config) values ('INVENTED', 'FAILED', 1, '{}')",
    );
    await target.sql(
      "insert into data_revision (dataset, key, class) values ('stock_daily', '{}', 'removed')",
    );
    const { differences } = await compare();
    expect(differences.map(({ table, foreignRows }) => [table.name, foreignRows])).toEqual([
      ["data_revision", 1],
      ["sync_task", 1],
    ]);
  });

  test("do not count where the source has removed them since: old units of the ledger, and replaced rows without a key", async () => {
    const trades = (price: number, hours: number) =>
      source.sql(`insert into block_trade (ts_code, trade_date, price, stored_at)
select '600519.SH', '2024-01-03', ${price}, now() + interval '${hours} hours' from generate_series(1, 2)`);
    await trades(1, 0);
    await moveTo();
    await source.sql("delete from block_trade");
    await trades(2, 1);
    await source.sql("delete from sync_unit where sequence = 2");
    await source.sql("delete from data_revision");
    const { code, error } = await askCli(["push", "--from", source.url, "--to", target.url, "--yes"]);
    expect([code, error]).toEqual([0, error]);
    expect(await isEqual()).toBe(true);
    await target.sql(
      "insert into block_trade (ts_code, trade_date, price) values ('600519.SH', '2024-01-03', 3)",
    );
    await target.sql("update block_trade set stored_at = now() + interval '2 hours' where price = 3");
    const { differences } = await compare();
    expect(differences.map(({ foreignRows }) => foreignRows)).toEqual([1]);
  });

  test("that hold a value which may occur once do not keep the source's from coming", async () => {
    const open = (world: World, id: number, resolved: string) =>
      world.sql(
        `insert into sync_failure_record (id, job_type, unit_key, kind, error_message, max_retries, resolved_at)
overriding system value values (${id}, 'REFERENCE', 'a', 'transient', 'said', 1, ${resolved})`,
      );
    await open(target, 2, "null");
    await open(source, 1, "null");
    await open(source, 2, "now()");
    await moveTo();
    expect(await isEqual()).toBe(true);
  });
});

describe("the command", () => {
  const line = (...more: string[]) => ["push", "--from", source.url, "--to", target.url, ...more];

  test("prints a price and asks: without a terminal nothing is changed", async () => {
    await fill();
    const asked = await askCli(line());
    expect(asked).toMatchObject({ code: 2, out: "" });
    expect(asked.error).toMatch(
      /[\d,]+ rows in \d+ slices of \d+ tables, [\d.]+ MB\n.*about .*\n.*nothing to pay\ncannot ask/,
    );
    expect(await askCli(line("--plan", "--json"))).toMatchObject({ code: 0 });
    expect(await target.sql("select from stock_daily")).toEqual([]);
  });

  test("moves, proves that both are equal, and says so to a program", async () => {
    await fill();
    const { code, out } = await askCli(line("--yes", "--json"));
    const said = JSON.parse(out) as { equal: boolean; rows: number; moved: number; slices: number };
    expect([code, said.equal, said.moved]).toEqual([0, true, said.rows]);
    expect(said.slices).toBeGreaterThan(5);
    expect(await askCli(line("--check"))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^equal: \d+ tables/),
    });
    await target.sql("delete from stock_daily where ts_code = '600519.SH'");
    const differs = await askCli(line("--check"));
    expect(differs).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /^not equal: 2 slices that differ\n.*stock_daily 2024: 12 rows.*\n.*sync_day/,
      ),
    });
    const pulled = await askCli(["pull", "--from", source.url, "--to", target.url, "--yes"]);
    expect(pulled.code).toBe(0);
    expect(await isEqual()).toBe(true);
  });

  test("ends at once when it is stopped, and goes on the next time", async () => {
    await fill();
    const stopped = new AbortController();
    const said: string[] = [];
    const code = await runLine(line("--yes"), {
      environment: { LC_ALL: "C" },
      out: process.stdout,
      error: new Writable({
        write(chunk: Buffer, _encoding, done) {
          said.push(String(chunk));
          if (said.join("").includes("nothing to pay")) stopped.abort();
          done();
        },
      }),
      stop: () => stopped.signal,
    });
    expect([code, said.at(-1)]).toEqual([130, `${t.move.interrupted}\n`]);
    expect((await askCli(line("--yes"))).code).toBe(0);
    expect(await isEqual()).toBe(true);
  });

  test("makes the schema in an empty database, and never prints a password", async () => {
    await fill();
    const blank = await emptyDatabase();
    try {
      const to = Object.assign(new URL(blank.url), { password: "of-the-owner" }).href;
      expect((await askCli(["push", "--from", source.url, "--to", to, "--plan"])).code).toBe(0);
      expect(await blank.run("select from information_schema.tables where table_schema = 'public'")).toEqual(
        [],
      );
      const { code, out, error } = await askCli(["push", "--from", source.url, "--to", to, "--yes"]);
      expect([code, out]).toEqual([0, expect.stringMatching(/^equal: /)]);
      expect(out + error).not.toContain("of-the-owner");
    } finally {
      await blank.close();
    }
  });

  test("refuses to empty a full mirror, to move one into itself, and what it cannot find", async () => {
    await fill();
    const empty = await askCli(["push", "--from", target.url, "--to", source.url, "--yes", "--replace"]);
    expect(empty).toMatchObject({
      code: 4,
      error: expect.stringMatching(/has no rows.*the other way round/),
    });
    expect(await askCli(["push", "--from", source.url, "--to", source.url])).toMatchObject({ code: 2 });
    const nobody = "postgres://me:secret@127.0.0.1:1/tushare";
    const away = await askCli(["push", "--from", source.url, "--to", nobody]);
    expect(away).toMatchObject({
      code: 3,
      error: "postgres://127.0.0.1:1/tushare cannot be reached: connect ECONNREFUSED 127.0.0.1:1\n",
    });
    expect(await askCli(["push"])).toMatchObject({
      code: 2,
      error: expect.stringMatching(/--stack STACK, or --to/),
    });
    expect(await askCli(["push", "--to", "postgres://[", "--from", source.url])).toMatchObject({ code: 2 });
  });
});

describe("at the door", () => {
  const sideOf = (world: World, name: string, database = world.services.database): Side => ({
    ...{ kind: "address", name, place: name, database, isDeployed: false },
    close: async () => undefined,
    undo: async () => undefined,
  });
  const refusal = () =>
    enter({ source: sideOf(source, "one"), target: sideOf(target, "two") }, t).then(
      () => "nothing is refused",
      (error: Error) => error.message,
    );

  test("two mirrors of one origin and schema come in", async () => {
    expect(await refusal()).toBe("nothing is refused");
  });

  test.each([
    [
      "another origin",
      "update mirror_origin set kind = 'tushare', identity = 'api.tushare.pro'",
      "update mirror_origin set kind = 'simulated', identity = 'seed 1, 4 stocks'",
      /one holds .*simulated.* but two holds .*never mixed/,
    ],
    [
      "an older schema",
      "delete from schema_migration where name like '0042%'",
      undefined,
      /schema of two ends at 0041.*expected 0042/,
    ],
    [
      "a running task",
      "insert into sync_task (job_type, status, batch_size, config) values ('INVENTED', 'RUNNING', 1, '{}')",
      undefined,
      /two is at work \(INVENTED\).*pause/,
    ],
    [
      "a table changed by hand",
      "alter table shibor add by_hand text",
      "alter table shibor drop by_hand",
      /the table shibor is not the same in one and two/,
    ],
  ])("%s is refused, and nothing is changed", async (_, change, back, says) => {
    const kept = await target.sql("select * from schema_migration");
    await target.sql(change);
    try {
      expect(await refusal()).toMatch(says);
    } finally {
      if (back !== undefined) await target.sql(back);
      await target.insert("schema_migration", []).catch(() => undefined);
      for (const { name, checksum, applied_at } of kept)
        await target.sql(
          "insert into schema_migration (name, checksum, applied_at) values ($1, $2, $3) on conflict do nothing",
          [name, checksum, applied_at],
        );
    }
  });
});

test("the checksum of rows does not say which side is older: their times do", () => {
  const mark = (key: string, hash: string, writtenAt = 5) => ({ key, hash, writtenAt });
  const keyed = { key: ["ts_code"] };
  expect(compareMarks([mark("a", "1")], [mark("a", "0", 4)], keyed)).toEqual({
    ...{ wanted: ["1"], outdated: ["0"], foreign: [], newer: 0 },
  });
  expect(compareMarks([mark("a", "1")], [mark("a", "0", 5)], keyed)).toMatchObject({ newer: 1 });
  expect(compareMarks([mark("a", "1", 0)], [mark("a", "0", 0)], keyed)).toMatchObject({ newer: 0 });
  expect(compareMarks([mark("a", "1")], [mark("b", "0")], keyed)).toMatchObject({ foreign: ["0"] });
  const keyless = { key: [] };
  expect(compareMarks([mark("a", "1")], [mark("a", "0", 4)], keyless)).toMatchObject({ outdated: ["0"] });
  expect(compareMarks([mark("a", "1")], [mark("a", "0", 5)], keyless)).toMatchObject({ foreign: ["0"] });
  const [row, same] = [mark("1", "1"), mark("1", "1")];
  expect(compareMarks([row, same], [row], keyless)).toEqual({
    ...{ wanted: ["1"], outdated: ["1"], foreign: [], newer: 0 },
  });
  expect(compareMarks([row], [row, same], keyless)).toMatchObject({ foreign: ["1"] });
});

test("only a deployed side costs something, and more rows cost more", async () => {
  await fill();
  const comparison = await compare();
  const sizes = new Map([["any", { bytes: 1e10, onDisk: 2e10 }]]);
  const price = (target: boolean) => priceMove(comparison, { source: false, target }, sizes);
  expect(price(false)).toMatchObject({ dataApiCalls: 0, cost: { dollars: 0 } });
  expect(price(true).dataApiCalls).toBeGreaterThan(comparison.tables.length);
  expect(price(true).cost.dollars).toBeGreaterThan(2);
});

/** A database whose process dies before a statement that changes it, or after it, in turn. */
function dying(database: Database, at: number): Database {
  let changes = 0;
  const wrap =
    (run: Database["run"]): Database["run"] =>
    async (sql, parameters) => {
      if (!/^(insert|delete|select cast\(setval)/.test(sql)) return await run(sql, parameters);
      changes += 1;
      if (changes > at + 1) throw new Error("the process is dead");
      if (changes === at + 1 && at % 2 === 0) throw new Error("dies before");
      const rows = await run(sql, parameters);
      if (changes === at + 1) throw new Error("dies after");
      return rows;
    };
  return {
    run: wrap(database.run),
    transaction: (work) => database.transaction((run) => work(wrap(run))),
  };
}
