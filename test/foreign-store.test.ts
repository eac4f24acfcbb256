// Invented datasets, with tables of their own, go through the worker's use case on a real engine: what it promises follows
// from a dataset's file, and from nothing else.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import type { DatasetName } from "../shared/catalogue/datasets.ts";
import type { JobType } from "../shared/catalogue/jobs.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { noteComparison } from "../shared/ledger/comparisons.ts";
import { openTask, startTask } from "../shared/ledger/tasks.ts";
import { openVerification } from "../shared/ledger/verifications.ts";
import type { Delivery, Outcome, Page, Upstream } from "../shared/ports.ts";
import { readFindings, readVerification } from "../shared/reads/verifications.ts";
import { rowsOf } from "../shared/rows/rows.ts";
import { syncUnit } from "../shared/sync/sync-unit.ts";
import { encodeUnit, type Unit, unitKey } from "../shared/unit.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";
import {
  makeStoredTables,
  type StoredName,
  stored as storedDatasets,
  storedTables,
} from "./support/invented-datasets.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { makeWorld, type World } from "./support/world.ts";

type Row = Readonly<Record<string, string | number | null>>;
type Params = Readonly<Record<string, string>>;

let world: World;
let answers: Record<string, readonly Row[]>;
let asked: Params[];
/** Rows of a reply at most. */
let cap: number;
/** What stands between the upstream and the worker. */
let onCall: (ask: (params: Params) => Page, params: Params) => Page;

beforeAll(async () => {
  world = await makeForeignWorld(migratedDatabase);
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.reset();
  for (const table of storedTables) await world.sql(`delete from ${table}`);
  answers = {};
  asked = [];
  cap = 10;
  onCall = (ask, params) => ask(params);
});

async function makeForeignWorld(open: () => Promise<TestDatabase>): Promise<World> {
  const made = await makeWorld(open);
  for (const statement of makeStoredTables) await made.sql(statement);
  return made;
}

const today = "20240117"; // the market's last day, in the evening
const before = "20240116";
const date = (trade_date: string): Selector => ({ by: "date", trade_date });
const ofCode = (ts_code: string, from: string, to: string): Selector => ({ by: "code", ts_code, from, to });

/** Answers with all rows that fit the parameters it knows, and cuts them at the cap without a word. */
const upstream: Upstream = {
  async fetchPage({ name }, params) {
    asked.push(params);
    return onCall((known) => reply(name, known), params);
  },
};

function reply(name: string, params: Params): Page {
  const { start_date = "", end_date = "99999999", offset = "0" } = params;
  const rows = (answers[name] ?? []).filter((row) => {
    const day = String(row.trade_date ?? row.cal_date ?? start_date);
    const equal = ["trade_date", "ts_code", "month", "list_status"].every(
      (each) => params[each] === undefined || row[each] === undefined || row[each] === params[each],
    );
    return equal && day >= start_date && day <= end_date;
  });
  const fields = Object.keys(answers[name]?.[0] ?? {});
  const page = rows.slice(Number(offset), Number(offset) + cap);
  return { fields, items: page.map((row) => fields.map((field) => row[field])), hasMore: false };
}

/** A unit of a task of its own, in the ledger as the dispatcher leaves it. */
async function planned(
  dataset: StoredName,
  selector: Selector,
  job_type: JobType = "DAILY_HISTORY",
  compares?: string,
): Promise<Unit> {
  const name = dataset as DatasetName; // as: of no file
  await world.sql("update sync_task set status = 'CANCELLED' where job_type = $1 and status = 'RUNNING'", [
    job_type,
  ]);
  const opened = { job_type, batch_size: 5, config: { compares } };
  const { task } = await openTask(world.services.database, opened);
  if (compares !== undefined) await noteComparison(world.services.database, compares, task.id);
  const units = [{ dataset: name, selector }];
  await startTask(world.services.database, task.id, { units, reason: null });
  const key = unitKey({ dataset: name, selector });
  return {
    ...{ version: 1, task_id: task.id, sequence: 1, job_type, dataset: name, retry: 0 },
    ...{ unit_key: key, selector },
  };
}

function deliver(unit: Unit, receiveCount = 1): Promise<Outcome> {
  const delivery: Delivery = {
    body: encodeUnit(unit),
    receiptHandle: "handle",
    receiveCount,
    remainingMilliseconds: () => 150_000,
  };
  const queue = { send: async () => {}, returnAfter: async () => {}, count: async () => 0 };
  return syncUnit({ ...world.services, datasets: storedDatasets, upstream, queue }, delivery);
}

/** What becomes of a unit: its status, rows, and why it did not succeed. */
async function sync(dataset: StoredName, selector: Selector) {
  const unit = await planned(dataset, selector);
  await deliver(unit);
  const [found] = await world.sql<{ status: string; rows: number | null; last_error: string | null }>(
    "select status, rows, last_error from sync_unit where task_id = $1",
    [unit.task_id],
  );
  const [failure] = await world.sql<{ error_message: string }>(
    "select error_message from sync_failure_record where task_id = $1",
    [unit.task_id],
  );
  return { status: found?.status, rows: found?.rows, why: failure?.error_message ?? found?.last_error ?? "" };
}

/** What a comparison says, with its findings in words. */
async function compare(dataset: StoredName, selector: Selector) {
  const { database } = world.services;
  const { id } = await openVerification(database, { dataset, repairs: false, how: "upstream" });
  await deliver(await planned(dataset, selector, "DAILY_HISTORY", id), 3);
  const findings = await readFindings(database, id, { limit: 100 });
  return {
    verdict: (await readVerification(database, id))?.verdict,
    findings: findings.map(({ finding, key, part, stored: held, upstream: theirs }) =>
      [finding, ...Object.values(key ?? {}), part, held, theirs].map((text) => text ?? "-").join(" "),
    ),
  };
}

/** The stored rows, each as one text. */
async function stored(dataset: StoredName): Promise<string[]> {
  const { table, constants } = storedDatasets[dataset];
  const names = [
    ...columnsOf(storedDatasets[dataset]).map(({ name }) => name),
    ...Object.keys(constants ?? {}),
  ];
  const cells = names.map((name) => `coalesce(cast(${name} as text), '-')`);
  const rows = await world.sql<{ row: string }>(`select concat_ws(' ', ${cells}) as row from ${table}`);
  return rows.map(({ row }) => row).sort();
}

/** Where each row lies and when it was stored: the same only when nothing was written. */
const footprint = (dataset: StoredName) =>
  world.sql(
    `select cast(ctid as text), cast(xmin as text) from ${storedDatasets[dataset].table} order by 1, 2`,
  );

const codes = Array.from({ length: 5 }, (_, at) => `90000${at + 1}.SH`);
const bars = (day: string, of: readonly string[] = codes): Row[] =>
  of.map((ts_code, at) => ({ ts_code, trade_date: day, rows: at + 0.5, sequence: `${at}, "x"` }));
const factors = (day: string, of: readonly string[] = codes): Row[] =>
  of.map((ts_code, at) => ({ ts_code, trade_date: day, factor: at }));
const listed = (of: readonly string[] = codes): Row[] =>
  of.map((ts_code) => ({ ts_code, list_status: "L", born: "20200101", gone: null }));

describe("a day of members", () => {
  beforeEach(async () => {
    answers = { foreign_basic: listed(), foreign_bar: bars(today), foreign_factor: factors(today) };
    await sync("foreign_list", { by: "list_status", list_status: "L" });
  });

  test("is stored as it came, joined, and a second run changes nothing", async () => {
    expect(await sync("foreign_bars", date(today))).toMatchObject({ status: "done", rows: 5 });
    expect(await stored("foreign_bars")).toEqual(
      codes.map((code, at) => `${code} 2024-01-17 ${at + 0.5} ${at}, "x" ${at}`),
    );
    const left = await footprint("foreign_bars");
    expect(await sync("foreign_bars", date(today))).toMatchObject({ status: "done", rows: 5 });
    expect(await footprint("foreign_bars")).toEqual(left);
  });

  test("that answers nothing, or fewer than its own list has, is not due; long ago it is a failure", async () => {
    for (const few of [[], codes.slice(0, 2)]) {
      answers.foreign_bar = bars(today, few);
      expect(await sync("foreign_bars", date(today))).toMatchObject({ status: "not_due" });
      expect(await stored("foreign_bars")).toHaveLength(few.length);
    }
    expect(await sync("foreign_bars", date("20240104"))).toMatchObject({
      status: "pending",
      why: "20240104: TuShare returned no rows for a trading day",
    });
  });

  test("is compared with its own list, and cannot be stored as whole without it", async () => {
    answers.foreign_bar = bars(today, codes.slice(0, 2));
    answers.foreign_factor = factors(today, codes.slice(0, 2));
    await world.sql("delete from foreign_list where ts_code > '900002.SH'");
    expect(await sync("foreign_bars", date(today))).toMatchObject({ status: "done", rows: 2 });
    await world.sql("delete from foreign_list");
    expect(await sync("foreign_bars", date(today))).toMatchObject({
      status: "parked",
      why: expect.stringMatching(/\(foreign_list\) is empty, so nothing says what is missing/),
    });
  });

  test("waits for its details while they may come", async () => {
    answers.foreign_factor = [];
    expect(await sync("foreign_bars", date(today))).toMatchObject({ status: "not_due" });
  });

  test("with rows that are the same is stored once each", async () => {
    answers.foreign_bar = [...bars(today), ...bars(today, codes.slice(0, 2))];
    expect(await sync("foreign_bars", date(today))).toMatchObject({ status: "done", rows: 5 });
    expect(await stored("foreign_bars")).toHaveLength(5);
  });

  test.each<[string, Selector, Row, RegExp]>([
    ["of another day", date(today), { trade_date: before }, /bar_day is not the requested 20240117/],
    ["of another code", ofCode("900001.SH", before, today), {}, /ts_code is not the requested 900001.SH/],
  ])("with a row %s is refused", async (_what, selector, change, why) => {
    const [first] = bars(today, ["900002.SH"]);
    const row: Row = { ...first, ...change };
    onCall = (ask, params) => {
      const page = ask(params);
      return { ...page, items: [...rowsOf(page), page.fields.map((field) => row[field])] };
    };
    const found = await sync("foreign_bars", selector);
    expect(found).toMatchObject({ status: "parked", why: expect.stringMatching(why) });
    expect(await stored("foreign_bars")).toEqual([]);
  });

  test.each([9, 10, 23])("of %i rows, cut at 10, is stored whole", async (count) => {
    const many = Array.from({ length: count }, (_, at) => `${900_100 + at}.SH`);
    await world.sql("update foreign_list set born = null"); // nothing is expected of the others
    answers.foreign_bar = bars(today, many);
    answers.foreign_factor = factors(today, many);
    expect(await sync("foreign_bars", date(today))).toMatchObject({ status: "done", rows: count });
    expect(await stored("foreign_bars")).toHaveLength(count);
  });

  test("is not fetched by a slice that its interfaces do not answer", async () => {
    expect(await sync("foreign_bars", { by: "month", month: "202401" })).toMatchObject({
      status: "parked",
      why: "dataset foreign_bars has no interface that can be asked by month",
    });
    expect(asked.filter(({ month }) => month !== undefined)).toEqual([]);
  });
});

describe("a list", () => {
  const list: Selector = { by: "list_status", list_status: "L" };

  test("that lost many rows is refused, and the stored rows stay", async () => {
    answers = { foreign_basic: listed() };
    expect(await sync("foreign_list", list)).toMatchObject({ status: "done", rows: 5 });
    answers = { foreign_basic: listed(codes.slice(0, 2)) };
    expect(await sync("foreign_list", list)).toMatchObject({
      status: "pending",
      why: expect.stringMatching(/2 rows, and there were 5/),
    });
    expect(await stored("foreign_list")).toHaveLength(5);
  });
});

describe("a month", () => {
  test("that has ended must have a row; the current one need not", async () => {
    expect(await sync("foreign_prices", { by: "month", month: "202312" })).toMatchObject({
      status: "pending",
      why: expect.stringMatching(/the answer is empty/),
    });
    expect(await sync("foreign_prices", { by: "month", month: "202401" })).toMatchObject({
      status: "done",
      rows: 0,
    });
    answers = { foreign_price: [{ month: "202312", value: 1e21 }] };
    expect(await sync("foreign_prices", { by: "month", month: "202312" })).toMatchObject({ status: "done" });
    expect(await stored("foreign_prices")).toEqual(["202312 1000000000000000000000"]);
  });

  test("that TuShare did not understand, and answered with all of them, is refused", async () => {
    answers = { foreign_price: [{ month: "202312", value: 1 }] };
    onCall = (ask) => ask({});
    const found = await sync("foreign_prices", { by: "month", month: "202311" });
    expect(found).toMatchObject({
      status: "parked",
      why: expect.stringMatching(/month is not the requested 202311/),
    });
  });
});

describe("a calendar", () => {
  const range: Selector = { by: "calendar", exchange: "SSE", from: "20240101", to: "20240110" };
  const open = ["20240102", "20240103", "20240104", "20240105", "20240108", "20240109", "20240110"];
  const days = open.map((cal_date, at) => ({
    ...{ exchange: "SSE", cal_date, is_open: 1 },
    pretrade_date: open[at - 1] ?? "20231229",
  }));

  test("whose open days name each other is stored; one with a hole is not", async () => {
    answers = { foreign_cal: days.filter(({ cal_date }) => cal_date !== "20240104") };
    expect(await sync("foreign_calendar", range)).toMatchObject({ status: "pending" });
    answers = { foreign_cal: days };
    expect(await sync("foreign_calendar", range)).toMatchObject({ status: "done", rows: 7 });
  });
});

describe("a table whose every column is of the key, one of which may be null", () => {
  const pauses: Row[] = [
    { ts_code: "900001.SH", trade_date: today, timing: null },
    { ts_code: "900001.SH", trade_date: today, timing: "09:30-10:00" },
    { ts_code: "900002.SH", trade_date: today, timing: null },
  ];

  test("holds each row once, however often it comes", async () => {
    answers = { foreign_pause: [...pauses, ...pauses.slice(0, 1)] };
    expect(await sync("foreign_pauses", date(today))).toMatchObject({ status: "done", rows: 3 });
    const left = await footprint("foreign_pauses");
    expect(left).toHaveLength(3);
    await sync("foreign_pauses", date(today));
    expect(await footprint("foreign_pauses")).toEqual(left);
  });

  test("of which a day may have none", async () => {
    expect(await sync("foreign_pauses", date(today))).toMatchObject({ status: "done", rows: 0 });
  });
});

const trade = (ts_code: string, day: string, buyer: string | null, price: number | null): Row => ({
  ...{ ts_code, trade_date: day, buyer, price },
});
const trades = [
  trade("900001.SH", today, "A", 1.5),
  trade("900001.SH", today, "A", 1.5),
  trade("900001.SH", today, null, null),
  trade("900002.SH", today, "B, (C)", 2),
  trade("900001.SH", before, "A", 1.5),
];
const ofToday = [
  "900001.SH 2024-01-17 - - trades",
  "900001.SH 2024-01-17 A 1.5 trades",
  "900001.SH 2024-01-17 A 1.5 trades",
  "900002.SH 2024-01-17 B, (C) 2 trades",
];

describe("compared with its upstream", () => {
  type Compared = {
    readonly name: string;
    readonly dataset: StoredName;
    readonly selector: Selector;
    readonly upstream: Record<string, readonly Row[]>;
    /** What happens to the stored rows, and how it is found. */
    readonly changes: readonly string[];
    readonly finds: readonly string[];
  };
  const month = { month: "202312", value: 1.5 };
  const open = ["20240102", "20240103", "20240104", "20240105", "20240108", "20240109", "20240110"];
  const days = open.map((cal_date, at) => ({
    ...{ exchange: "SSE", cal_date, is_open: 1 },
    pretrade_date: open[at - 1] ?? "20231229",
  }));
  const cases: readonly Compared[] = [
    {
      ...{ name: "a day of members", dataset: "foreign_bars", selector: date(today) },
      upstream: { foreign_basic: listed(), foreign_bar: bars(today), foreign_factor: factors(today) },
      changes: [
        "delete from foreign_bars where ts_code = '900001.SH'",
        "update foreign_bars set rows = 7.00, factor = null where ts_code = '900002.SH'",
        "update foreign_bars set rows = 2.500, sequence = '2, \"y\"' where ts_code = '900003.SH'",
        "insert into foreign_bars (ts_code, bar_day) values ('900009.SH', '2024-01-17'), ('900008.SH', '2024-01-16')",
      ],
      finds: [
        "different 2024-01-17 900002.SH factor - 1",
        "different 2024-01-17 900002.SH rows 7.00 1.5",
        'different 2024-01-17 900003.SH sequence 2, "y" 2, "x"',
        "different 2024-01-17 900009.SH - - -",
        "missing 2024-01-17 900001.SH foreign_bar - -",
      ],
    },
    {
      ...{ name: "a range of a code", dataset: "foreign_bars" },
      selector: ofCode("900001.SH", before, today),
      upstream: {
        foreign_basic: listed(),
        foreign_bar: [...bars(before, codes.slice(0, 1)), ...bars(today, codes.slice(0, 1))],
        foreign_factor: [...factors(before, codes.slice(0, 1)), ...factors(today, codes.slice(0, 1))],
      },
      changes: [
        "delete from foreign_bars where bar_day = '2024-01-16'",
        "insert into foreign_bars (ts_code, bar_day) values ('900009.SH', '2024-01-17')",
      ],
      finds: ["missing 2024-01-16 900001.SH foreign_bar - -"],
    },
    {
      ...{ name: "a list", dataset: "foreign_list", selector: { by: "list_status", list_status: "L" } },
      upstream: { foreign_basic: listed() },
      changes: [
        "delete from foreign_list where ts_code = '900001.SH'",
        "update foreign_list set born = '2020-01-02' where ts_code = '900002.SH'",
        // In another slice, by what is stored: the unit of that slice does not find it there.
        "update foreign_list set list_status = 'D', born = '2020-01-02' where ts_code = '900003.SH'",
        "insert into foreign_list (ts_code, list_status) values ('900007.SH', 'L'), ('900008.SH', 'D')",
      ],
      finds: [
        "different 900002.SH born 2020-01-02 2020-01-01",
        "different 900007.SH - - -",
        "missing 900001.SH foreign_basic - -",
      ],
    },
    {
      ...{ name: "a month", dataset: "foreign_prices", selector: { by: "month", month: "202312" } },
      upstream: { foreign_price: [month] },
      changes: [
        "update foreign_prices set value = 1.6",
        "insert into foreign_prices (month, value) values ('202311', 1)",
      ],
      finds: ["different 202312 value 1.6 1.5"],
    },
    {
      ...{ name: "a calendar", dataset: "foreign_calendar" },
      selector: { by: "calendar", exchange: "SSE", from: "20240101", to: "20240110" },
      upstream: { foreign_cal: days },
      changes: [
        "update foreign_calendar set is_open = 0 where cal_date = '2024-01-09'",
        "delete from foreign_calendar where cal_date = '2024-01-10'",
      ],
      finds: ["different 2024-01-09 SSE is_open 0 1", "missing 2024-01-10 SSE foreign_cal - -"],
    },
    {
      ...{ name: "a table of keys", dataset: "foreign_pauses", selector: date(today) },
      upstream: {
        foreign_pause: [null, "09:30-10:00"].map((timing) => ({
          ...{ ts_code: "900001.SH", trade_date: today, timing },
        })),
      },
      changes: [
        "update foreign_pauses set timing = '10:00-10:30' where timing is not null",
        "delete from foreign_pauses where timing is null",
        "insert into foreign_pauses (ts_code, bar_day) values ('900002.SH', '2024-01-17')",
      ],
      finds: [
        "different - 2024-01-17 900002.SH - - -",
        "different 10:00-10:30 2024-01-17 900001.SH - - -",
        "missing - 2024-01-17 900001.SH foreign_pause - -",
        "missing 09:30-10:00 2024-01-17 900001.SH foreign_pause - -",
      ],
    },
    {
      ...{ name: "rows without a key", dataset: "foreign_trades", selector: date(today) },
      upstream: { foreign_trade: trades },
      changes: [
        "delete from foreign_trades where ctid = (select min(ctid) from foreign_trades where buyer = 'A')",
        "insert into foreign_trades (ts_code, bar_day, buyer, price, source) select ts_code, bar_day, buyer, price, source from foreign_trades where price = 2",
        "insert into foreign_trades (ts_code, bar_day, buyer, source) values ('900005.SH', '2024-01-17', 'A', 'trades'), ('900006.SH', '2024-01-17', 'A', 'others')",
      ],
      finds: [
        'different 2024-01-17 900002.SH - (900002.SH,2024-01-17,"B, (C)",2) -',
        "different 2024-01-17 900005.SH - - -",
        "missing 2024-01-17 900001.SH foreign_trade - (900001.SH,2024-01-17,A,1.5)",
      ],
    },
  ];

  test.each(cases)("$name is equal as it was stored, and what changed is found by name", async (one) => {
    const { dataset, selector, upstream: theirs, changes, finds } = one;
    answers = theirs;
    if (dataset === "foreign_bars") await sync("foreign_list", { by: "list_status", list_status: "L" });
    expect(await sync(dataset, selector)).toMatchObject({ status: "done" });
    const left = await footprint(dataset);
    expect(await compare(dataset, selector)).toEqual({ verdict: "complete", findings: [] });
    expect(await footprint(dataset)).toEqual(left);
    for (const change of changes) await world.sql(change);
    const found = await compare(dataset, selector);
    expect(found.findings.sort()).toEqual(finds);
    expect(found.verdict).toBe(finds.some((text) => text.startsWith("missing")) ? "missing" : "different");
  });

  test("too large for one statement is compared in parts, and a row that only we have is found once", async () => {
    const long = "a buyer's name ".repeat(27_000); // ten of them are more than a statement takes
    const of = codes.flatMap((code) => [code, code]);
    answers = {
      foreign_basic: listed(),
      foreign_bar: bars(today).map((row) => ({ ...row, sequence: `${long}${long}` })),
      foreign_factor: factors(today),
      foreign_trade: of.map((code) => trade(code, today, long, 1)),
    };
    await sync("foreign_list", { by: "list_status", list_status: "L" });
    for (const dataset of ["foreign_bars", "foreign_trades"] as const) {
      cap = 11;
      expect(await sync(dataset, date(today))).toMatchObject({ status: "done" });
      expect(await compare(dataset, date(today))).toEqual({ verdict: "complete", findings: [] });
      const { table } = storedDatasets[dataset];
      const source =
        dataset === "foreign_trades"
          ? ", source) values ('900007.SH', '2024-01-17', 'trades')"
          : ") values ('900007.SH', '2024-01-17')";
      await world.sql(`insert into ${table} (ts_code, bar_day${source}`);
      await world.sql(
        `delete from ${table} where ctid = (select max(ctid) from ${table} where ts_code = '900005.SH')`,
      );
      const { findings } = await compare(dataset, date(today));
      expect(findings.map((text) => text.slice(0, 30)).sort()).toEqual([
        "different 2024-01-17 900007.SH",
        "missing 2024-01-17 900005.SH f",
      ]);
    }
  });
});

describe("a dataset without a unique key", () => {
  test("counts rows that are the same, keeps them, and a second run changes nothing", async () => {
    answers = { foreign_trade: trades };
    expect(await sync("foreign_trades", date(today))).toMatchObject({ status: "done", rows: 4 });
    expect(await stored("foreign_trades")).toEqual(ofToday);
    const left = await footprint("foreign_trades");
    expect(await sync("foreign_trades", date(today))).toMatchObject({ status: "done", rows: 4 });
    expect(await footprint("foreign_trades")).toEqual(left);
  });

  test("replaces its own slice only; unchanged rows are not written, and what goes and comes is recorded", async () => {
    answers = { foreign_trade: trades };
    await sync("foreign_trades", date(before));
    await sync("foreign_trades", date(today));
    const left = await footprint("foreign_trades");
    const corrected = trade("900001.SH", today, null, 3);
    answers = { foreign_trade: [...trades.slice(1, 2), corrected, ...trades.slice(3)] };
    expect(await sync("foreign_trades", date(today))).toMatchObject({ status: "done", rows: 3 });
    expect(await stored("foreign_trades")).toEqual([
      "900001.SH 2024-01-16 A 1.5 trades",
      "900001.SH 2024-01-17 - 3 trades",
      "900001.SH 2024-01-17 A 1.5 trades",
      "900002.SH 2024-01-17 B, (C) 2 trades",
    ]);
    const revised = await world.sql(
      "select class, key ->> 'price' as price from data_revision order by class desc, 2",
    );
    expect(revised).toEqual([
      { class: "removed", price: "1.5" },
      { class: "removed", price: null },
      { class: "added", price: "3" },
    ]);
    const stays = (await footprint("foreign_trades")).filter((row) =>
      left.some((each) => each.ctid === row.ctid && each.xmin === row.xmin),
    );
    expect(stays).toHaveLength(3);
  });

  test("is replaced by code and range too, whichever slices it came in", async () => {
    answers = { foreign_trade: trades };
    await sync("foreign_trades", date(before));
    await sync("foreign_trades", date(today));
    answers = { foreign_trade: [trade("900001.SH", before, "D", 9)] };
    expect(await sync("foreign_trades", ofCode("900001.SH", before, today))).toMatchObject({ rows: 1 });
    expect(await stored("foreign_trades")).toEqual([
      "900001.SH 2024-01-16 D 9 trades",
      "900002.SH 2024-01-17 B, (C) 2 trades",
    ]);
    answers = {};
    expect(await sync("foreign_trades", date(today))).toMatchObject({ status: "done", rows: 0 });
    expect(await stored("foreign_trades")).toEqual(["900001.SH 2024-01-16 D 9 trades"]);
  });

  test("leaves the rows that another dataset has in its table", async () => {
    await world.sql(
      "insert into foreign_trades (ts_code, bar_day, buyer, price, source) values ('900001.SH', '2024-01-17', 'A', 1.5, 'others')",
    );
    answers = { foreign_trade: trades };
    await sync("foreign_trades", date(today));
    expect(await stored("foreign_trades")).toEqual(["900001.SH 2024-01-17 A 1.5 others", ...ofToday].sort());
  });

  test("is paged whole past a cap, also where a page begins with the row that ended the one before", async () => {
    const many = Array.from({ length: 23 }, () => trade("900001.SH", today, "A", 1));
    answers = { foreign_trade: many.map((row, at) => ({ ...row, price: Math.floor(at / 4) })) };
    expect(await sync("foreign_trades", date(today))).toMatchObject({ status: "done", rows: 23 });
    expect(await stored("foreign_trades")).toHaveLength(23);
  });

  test("is not complete when a full page repeats the page before", async () => {
    answers = { foreign_trade: Array.from({ length: 10 }, (_, at) => trade("900001.SH", today, "A", at)) };
    onCall = (ask, { offset: _ignored, ...params }) => ask(params);
    const found = await sync("foreign_trades", date(today));
    expect(found).toMatchObject({ status: "pending", why: expect.stringMatching(/repeats an earlier row/) });
    expect(await stored("foreign_trades")).toEqual([]);
  });

  test("too large for one statement is stored without duplicates or losses, also when repeated", async () => {
    const long = "a buyer's name ".repeat(30_000);
    answers = {
      foreign_trade: Array.from({ length: 9 }, (_, at) =>
        trade("900001.SH", today, long, Math.floor(at / 2)),
      ),
    };
    for (let run = 0; run < 2; run += 1) {
      expect(await sync("foreign_trades", date(today))).toMatchObject({ status: "done", rows: 9 });
      expect(await stored("foreign_trades")).toHaveLength(9);
    }
  });

  test("whose store fails half-way keeps what it had, and its unit is not done", async () => {
    answers = { foreign_trade: trades };
    await sync("foreign_trades", date(today));
    answers = { foreign_trade: trades.slice(3, 4) };
    await world.sql("alter table sync_unit add constraint broken check (rows is distinct from 1)");
    try {
      expect((await sync("foreign_trades", date(today))).status).not.toBe("done");
      expect(await stored("foreign_trades")).toEqual(ofToday);
    } finally {
      await world.sql("alter table sync_unit drop constraint broken");
    }
    expect(await sync("foreign_trades", date(today))).toMatchObject({ status: "done", rows: 1 });
    expect(await stored("foreign_trades")).toEqual(ofToday.slice(3));
  });
});

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let single: World;
    beforeAll(async () => {
      single = world;
      world = await makeForeignWorld(openMigrated);
    });
    afterAll(async () => {
      await world.close();
      world = single;
    });

    test("slices that overlap, stored by several workers at once, are neither doubled nor lost", async () => {
      answers = { foreign_trade: trades };
      const day = await planned("foreign_trades", date(today));
      const code = await planned("foreign_trades", ofCode("900001.SH", before, today), "ETF_HISTORY");
      const again = [day, code, day, code, day, code];
      expect(new Set(await Promise.all(again.map(deliver)))).toEqual(new Set(["settled"]));
      expect(await stored("foreign_trades")).toEqual(["900001.SH 2024-01-16 A 1.5 trades", ...ofToday]);
    });
  });
}
