// Every dataset over the HTTP API, from the catalogue alone: what is stored of it, and its rows.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wordsFor } from "../local/page/choose-words.ts";
import { drawDatasets } from "../local/page/datasets.ts";
import { renderDocument } from "../local/page/document.ts";
import type { ApiServices } from "../shared/api/route.ts";
import { readChoice } from "../shared/catalogue/chosen-datasets.ts";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { simulatedOrigin } from "../shared/catalogue/origin.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { readStored, shownColumns } from "../shared/reads/datasets.ts";
import { ask } from "./support/ask-api.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";

let database: TestDatabase;
let services: ApiServices;
const get = (path: string) => ask(services, `GET /api/datasets${path}`);
const names = Object.keys(datasets);
/** More than one table of CSV can have: two hundred digits each. */
const indexBars = 30_000;

beforeAll(async () => {
  database = await migratedDatabase();
  const silent = { info() {}, warn() {}, error() {} };
  services = {
    database,
    dispatcher: {
      start: async () => undefined,
      ask: async () => ({}),
    } as unknown as ApiServices["dispatcher"],
    origin: simulatedOrigin({ seed: 1, stocks: 4 }),
    settings: readSettings({}),
    clock: { now: () => new Date("2024-01-10T12:00:00Z"), monotonic: () => 0, sleep: async () => undefined },
    log: silent,
  };
  await database.run(`insert into stock_daily (ts_code, trade_date, open, close, vol, adj_factor, pe)
select lpad(cast(code as text), 6, '0') || '.SZ', date '2024-01-01' + day, null, code / 7.0, 1e15 + code, 1.5, -0.10
from generate_series(1, 400) as code, generate_series(1, 4) as day`);
  await database.run(
    `insert into stock_daily (ts_code, trade_date, close) values ('510300.SH', date '2024-01-09', 3.5)`,
  );
  await database.run(`insert into index_daily (ts_code, trade_date, close, open)
select '000300.SH', date '1599-12-31' + day, 1e90 / 7, 1e90 / 3 from generate_series(1, ${indexBars}) as day`);
  await database.run(`insert into suspend_d (ts_code, trade_date, suspend_type, suspend_timing) values
  ('000001.SZ', date '2024-01-02', 'S', null),
  ('000001.SZ', date '2024-01-03', 'R', '09:30-10:00, "early"'),
  ('000002.SZ', date '2024-01-03', 'S', '=1+1')`);
});
afterAll(() => database.close());

describe("the list of datasets", () => {
  test("has all of the catalogue in its order, with what is stored of each", async () => {
    const { status, body } = await get("");
    expect(status).toBe(200);
    expect(body.datasets.map(({ dataset }: { dataset: string }) => dataset)).toEqual(names);
    const of = (name: string) => body.datasets.find(({ dataset }: { dataset: string }) => dataset === name);
    expect(of("stock_daily")).toMatchObject({
      ...{ rows: 1_600, rows_are_counted: true, first_day: "20240102", last_day: "20240105", kept: "yes" },
      ...{ table: "stock_daily", jobs: ["DAILY_HISTORY", "DAILY_INCREMENTAL"], points: 2_000 },
    });
    // Of a table that two datasets share, each has its own rows.
    expect(of("etf_daily")).toMatchObject({ rows: 1, first_day: "20240109", last_day: "20240109" });
    expect(of("suspend_d")).toMatchObject({ rows: 3, first_day: "20240102", last_day: "20240103" });
    expect(of("stock_list")).toMatchObject({ rows: 0, first_day: null, last_day: null });
    expect(of("index_daily")).toMatchObject({ rows: indexBars, kept: "no" });
  });

  test("are a table on the page, in both languages", async () => {
    const choice = readChoice("core", 200);
    const now = new Date("2024-01-10T12:00:00Z");
    const [english, chinese] = await Promise.all(
      [wordsFor("en"), wordsFor("zh")].map((words) => drawDatasets(database, choice, now, words)),
    );
    const row = (title: string) => new RegExp(`${title}</td>[\\s\\S]*?</tr>`).exec(String(english))?.[0];
    expect(row("Stock daily data")).toMatch(/>yes<[\s\S]*>1,600<[\s\S]*>2024-01-02<[\s\S]*>DAILY_HISTORY</);
    expect(row("Index daily bars")).toMatch(/>no<[\s\S]*>30,000</);
    expect(chinese).toContain("停复牌");
    expect(renderDocument(wordsFor("en"), services.origin, [])).toContain(
      '<a href="/datasets" data-names="">',
    );
  });

  test("says what is chosen", async () => {
    const chosen = { ...services, settings: readSettings({ SYNC_DATASETS: "index" }) };
    const { body } = await ask(chosen, "GET /api/datasets");
    const kept = body.datasets.filter((each: { kept: string }) => each.kept === "yes");
    expect(kept.map(({ dataset }: { dataset: string }) => dataset)).toEqual(
      expect.arrayContaining(["trading_calendar", "index_daily"]),
    );
    expect(kept.map(({ dataset }: { dataset: string }) => dataset)).not.toContain("stock_daily");
  });

  test("counts so many rows, and has the database's estimate of more", async () => {
    const many = () => readStored(database, [datasets.index_daily, datasets.etf_daily], 1_000);
    await database.run("analyze index_daily");
    // The engine may have analysed what it was given, by itself.
    await database.run("select pg_stat_reset_single_table_counters('stock_daily'::regclass)");
    await database.run("update pg_class set reltuples = -1 where oid = 'stock_daily'::regclass");
    const [index, etfs] = await many();
    expect(index).toMatchObject({ isCounted: false, firstDay: "16000101" });
    expect(Math.abs((index?.rows ?? 0) - indexBars)).toBeLessThan(indexBars / 50);
    // The table's estimate is no number of a dataset's own rows.
    expect(etfs).toMatchObject({ isCounted: true, rows: 1 }); // no estimate yet, so it is counted
    await database.run("analyze stock_daily");
    expect(await readStored(database, [datasets.stock_daily, datasets.etf_daily], 1_000)).toMatchObject([
      { isCounted: false, rows: null, lastDay: "20240105" },
      { isCounted: false, rows: null, lastDay: "20240109" },
    ]);
  });
});

describe("a dataset", () => {
  test.each(names)("%s has its columns, and rows in both forms", async (name) => {
    const { status, body } = await get(`/${name}`);
    expect(status).toBe(200);
    const dataset = datasets[name as keyof typeof datasets];
    expect(new Set(body.columns.map((column: { name: string }) => column.name))).toEqual(
      new Set(columnsOf(dataset).map((column) => column.name)),
    );
    const rows = await get(`/${name}/rows?limit=2`);
    expect(rows.status).toBe(200);
    expect(rows.body.dataset).toBe(name);
    const { text, status: ofCsv } = await get(
      `/${name}/rows?format=csv${dataset.dayColumn ? "&from=20240101" : ""}`,
    );
    expect(ofCsv).toBe(200);
    expect(text.split("\n")[0]).toBe(
      shownColumns(dataset)
        .map((column) => column.name)
        .join(","),
    );
  });

  test("that is unknown is refused, with the nearest name", async () => {
    const { status, body } = await get("/stock_dayly/rows");
    expect([status, body.field]).toEqual([400, "dataset"]);
    expect(body.allowed).toContain("stock_daily");
  });
});

describe("rows", () => {
  const rowsOf = async (query: string) => (await get(`/stock_daily/rows?${query}`)).body;

  test("come newest day first, then by code, each once over all pages, with every digit", async () => {
    const keys: string[] = [];
    let cursor = "";
    do {
      const page = await rowsOf(`limit=301${cursor}`);
      for (const row of page.rows) keys.push(`${row.trade_date} ${row.ts_code}`);
      cursor = page.next_cursor === null ? "" : `&cursor=${page.next_cursor}`;
    } while (cursor !== "");
    expect(new Set(keys).size).toBe(1_600);
    const [newest] = keys;
    expect(newest).toBe("20240105 000001.SZ");
    const days = keys.map((key) => key.slice(0, 8));
    expect(days).toEqual(days.toSorted().reverse());
    const { text } = await get("/stock_daily/rows?code=000003.SZ&from=20240105");
    expect(text).toContain('"vol":1000000000000003');
    expect(text).toContain('"pe":-0.10');
    expect(text).toContain('"open":null');
  });

  test("are those of a code and of a range of days", async () => {
    const { rows, next_cursor } = await rowsOf("code=000007.SZ&from=2024-01-03&to=20240104");
    expect(rows.map((row: { trade_date: string }) => row.trade_date)).toEqual(["20240104", "20240103"]);
    expect(next_cursor).toBeNull();
    expect((await rowsOf("code=999999.SZ")).rows).toEqual([]);
    // Those of the other dataset in the same table are not there.
    expect((await rowsOf("from=20240109")).rows).toEqual([]);
    expect((await get("/etf_daily/rows")).body.rows).toMatchObject([{ ts_code: "510300.SH", close: 3.5 }]);
  });

  test("keep nulls, quotes and commas of texts, and CSV has no formula", async () => {
    const { body } = await get("/suspend_d/rows");
    expect(body.rows).toEqual([
      {
        ts_code: "000001.SZ",
        trade_date: "20240103",
        suspend_type: "R",
        suspend_timing: '09:30-10:00, "early"',
      },
      { ts_code: "000002.SZ", trade_date: "20240103", suspend_type: "S", suspend_timing: "=1+1" },
      { ts_code: "000001.SZ", trade_date: "20240102", suspend_type: "S", suspend_timing: null },
    ]);
    const { text } = await get("/suspend_d/rows?format=csv");
    expect(text).toBe(
      'ts_code,trade_date,suspend_type,suspend_timing\n000001.SZ,20240103,R,"09:30-10:00, ""early"""\n' +
        "000002.SZ,20240103,S,'=1+1\n000001.SZ,20240102,S,\n",
    );
  });

  test.each([
    ["trading_calendar/rows?code=600519.SH", "code", /have no code/],
    ["stock_list/rows?from=20240101", "from", /have no day/],
    ["stock_list/rows?to=20240101", "to", /have no day/],
    ["stock_daily/rows?from=20240105&to=20240101", "from", /20240101/],
    ["stock_daily/rows?format=csv&limit=3", "limit", /csv/],
    ["stock_daily/rows?format=csv&cursor=3", "cursor", /csv/],
    ["stock_daily/rows?cursor=abc", "cursor", /whole number/],
    ["stock_daily/rows?limit=5001", "limit", /5000/],
    ["stock_daily/rows?code=x", "code", /TuShare code/],
  ])("%s is refused", async (path, field, allowed) => {
    const { status, body } = await get(`/${path}`);
    expect([status, body.field]).toEqual([400, field]);
    expect(body.allowed).toMatch(allowed);
  });

  test("that are too many for one table of CSV are refused, naming the other ways", async () => {
    const { status, body } = await get("/index_daily/rows?format=csv");
    expect([status, body.field]).toEqual([400, "format"]);
    expect(body.allowed).toMatch(/export/);
    expect((await get("/index_daily/rows?format=csv&from=17000101&to=17001231")).status).toBe(400); // days begin in 1900
    expect((await get("/index_daily/rows?format=csv&code=000001.SH")).text.split("\n")).toHaveLength(2);
  });
});
