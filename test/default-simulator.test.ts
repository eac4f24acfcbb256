// A dataset without a generator of its own is simulated from its file. The datasets here are simulated, one of each way in
// which rows come, so nothing of them can stand in local/tushare.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCalendar } from "../local/tushare/calendar.ts";
import { catalogued, fieldOf, makeInterfaces, specsOf } from "../local/tushare/default-interfaces.ts";
import type { Upstream } from "../local/tushare/handle.ts";
import { interfaces as written } from "../local/tushare/interfaces.ts";
import { makeMarket } from "../local/tushare/market.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";
import type { Source } from "../local/tushare/select.ts";
import { type Column, interfacesOf } from "../shared/catalogue/dataset.ts";
import { simulated } from "./support/simulated-datasets.ts";

type Cell = string | number | null;
type Rows = Record<string, Cell>[];

const interfaces = makeInterfaces({ ...catalogued, ...simulated });
const now = { date: "20260630", time: "23:59" };
const today = "20260630";
const { openDays } = makeCalendar();

function marketOf(seed: number): Source {
  return makeMarket({ seed, stocks: 200, publicationHour: {}, interfaces });
}

const market = marketOf(1);

/** Rows as records, in the order of the answer. */
function rowsOf(name: string, query: Record<string, string> = {}, { at = now, from = market } = {}): Rows {
  const fields = interfaces.find(name)?.fields ?? [];
  return [...from.rows(name, query, at)].map((row) =>
    Object.fromEntries(fields.map((field, place) => [field.name, row[place] ?? null])),
  );
}

const valuesOf = (rows: Rows, field: string) => rows.map((row) => String(row[field]));
const number = (row: Record<string, Cell> | undefined, field: string) => Number(row?.[field]);

describe("the catalogue's interfaces", () => {
  const all = Object.entries(catalogued).flatMap(([dataset, { spec }]) =>
    specsOf(spec).map((each) => [each.name, dataset, each] as const),
  );

  test.each(all)(
    "%s of %s is served by one generator, with every column that is asked for",
    (name, _, spec) => {
      const served = [Object.hasOwn(written, name), interfaces.defaults.has(name)];
      expect(served.filter(Boolean)).toHaveLength(1);
      const known = interfaces.find(name)?.fields.map((field) => field.name);
      expect(known).toEqual(expect.arrayContaining(spec.columns.map((column) => fieldOf(spec, column.name))));
    },
  );

  test("an invented dataset is served without code for it", () => {
    expect([...interfaces.defaults.keys()]).toEqual(
      expect.arrayContaining(
        Object.values(simulated).flatMap(({ spec }) => specsOf(spec).map(({ name }) => name)),
      ),
    );
  });
});

/** A slice of each interface, as a unit asks for it. */
const slices: readonly (readonly [string, Record<string, string>])[] = [
  ["x_flows", { trade_date: today }],
  ["x_flow_closes", { ts_code: "600519.SH", start_date: "20260601", end_date: today }],
  ["x_fund_shares", { trade_date: today }],
  ["x_index_prices", { ts_code: "000300.SH", start_date: "20260101", end_date: today }],
  ["x_index_members", { index_code: "000300.SH", start_date: "20260601", end_date: today }],
  ["x_statements", { ts_code: "600519.SH" }],
  ["x_statements_vip", { period: "20251231" }],
  ["x_month_prices", { month: "202605" }],
  ["x_loans", { start_date: "20260601", end_date: today }],
  ["x_money", {}],
  ["x_companies", { exchange: "SH" }],
];

const forms: Readonly<Record<Column["type"], RegExp>> = {
  code: /^\d{6}\.(SH|SZ|BJ)$/,
  day: /^(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])$/,
  number: /^-?\d+(\.\d+)?$/,
  text: /./,
  flag: /^[01]$/,
};

describe.each(slices)("%s", (name, query) => {
  const file = Object.values(simulated).find(({ spec }) => specsOf(spec).some((each) => each.name === name));
  const spec = file && specsOf(file.spec).find((each) => each.name === name);
  const columns: readonly Column[] = spec?.columns ?? [];
  const rows = rowsOf(name, query);

  test("returns rows of its columns' types for its slice", () => {
    expect(rows.length).toBeGreaterThan(0);
    for (const { name: own, from, type, required } of columns) {
      const cells = rows.map((row) => row[from ?? own]).filter((cell) => cell !== null);
      expect(cells.length, own).toBeGreaterThan(required ? rows.length - 1 : 0);
      for (const cell of cells) expect(String(cell), own).toMatch(forms[type]);
      const isNumber = type === "number" || type === "flag";
      for (const cell of cells) expect(typeof cell, own).toBe(isNumber ? "number" : "string");
    }
  });

  test("gives the same rows in the same order after any other request, and different rows for another seed", () => {
    const fresh = marketOf(1);
    rowsOf("x_notices", { ts_code: "600519.SH" }, { from: fresh });
    expect(rowsOf(name, query, { from: fresh })).toEqual(rows);
    expect(rowsOf(name, query, { from: marketOf(2) })).not.toEqual(rows);
  });

  test("has a key that is unique, and the newest first", () => {
    const fields = file && spec ? file.spec.key.map((key) => fieldOf(spec, key) ?? key) : [];
    const keys = rows.map((row) => fields.map((field) => row[field]).join(" "));
    expect(new Set(keys).size).toBe(keys.length);
    const time = ["trade_date", "end_date", "month"].find((field) =>
      columns.some((column) => column.name === field),
    );
    const times = time === undefined ? [] : valuesOf(rows, time);
    expect(times).toEqual([...times].sort().reverse());
  });
});

describe("rows are related", () => {
  /** Adjustment factors have a row for each listed stock, suspended or not. */
  const listedOn = (date: string) => valuesOf(rowsOf("adj_factor", { trade_date: date }), "ts_code").sort();

  test("a member of a list has a row on each open day on which it is listed, and on no other day", () => {
    for (const date of ["20100104", "20200110", today]) {
      expect(valuesOf(rowsOf("x_flows", { trade_date: date }), "ts_code").sort()).toEqual(listedOn(date));
    }
    expect(rowsOf("x_flows", { trade_date: "20260628" })).toEqual([]); // a Sunday
    const days = valuesOf(rowsOf("x_flows", { ts_code: "600519.SH", start_date: "20260101" }), "trade_date");
    expect(days).toEqual(openDays.filter((day) => day >= "20260101" && day <= today).reverse());
  });

  test("funds come from the list of ETFs, and are part of it where only some are expected", () => {
    const funds = valuesOf(rowsOf("etf_basic"), "ts_code");
    const some = valuesOf(rowsOf("x_fund_shares", { trade_date: today }), "ts_code");
    expect(funds).toEqual(expect.arrayContaining(some));
    expect(some.length).toBeLessThan(funds.length);
  });

  test("members of an index are stocks listed on that day", () => {
    const rows = rowsOf("x_index_members", {
      index_code: "000300.SH",
      start_date: "20200110",
      end_date: "20200110",
    });
    expect(rows).toHaveLength(10);
    expect(listedOn("20200110")).toEqual(expect.arrayContaining(valuesOf(rows, "con_code")));
  });

  test("a closing price is that of the interface daily, and a day without one has none", () => {
    const closes = (name: string, date: string) =>
      rowsOf(name, { trade_date: date })
        .map(({ ts_code, close }) => `${ts_code} ${close}`)
        .sort();
    const whole = { suspend_type: "S", start_date: "20250101" };
    const suspended = String(
      rowsOf("suspend_d", whole).find((row) => row.suspend_timing === null)?.trade_date,
    );
    for (const date of [suspended, "20200110"]) {
      expect(closes("x_flow_closes", date)).toEqual(closes("daily", date));
      expect(closes("daily", date).length).toBeGreaterThan(0);
    }
    expect(closes("daily", suspended).length).toBeLessThan(listedOn(suspended).length);
  });

  test("a report appears the day after its filing date in the schedule", () => {
    const filed = rowsOf("disclosure_date", { end_date: "20260331" });
    const reports = (date: string) => {
      const rows = rowsOf("x_statements_vip", { period: "20260331" }, { at: { ...now, date } });
      return [...new Set(rows.map(({ ts_code, ann_date }) => `${ts_code} ${ann_date}`))].sort();
    };
    for (const date of ["20260401", "20260420", today]) {
      const due = filed.filter(({ actual_date: actual }) => String(actual) < date);
      expect(reports(date)).toEqual(due.map(({ ts_code, actual_date: day }) => `${ts_code} ${day}`).sort());
    }
    expect(rowsOf("x_statements_vip", { period: "20260630" })).toEqual([]);
  });

  test.each<[string, Record<string, string>, number]>([
    ["x_index_prices", { ts_code: "399001.SZ" }, 100],
    ["x_month_prices", {}, 1],
  ])("prices of %s go on from the last ones, and the change is the difference", (name, query, percent) => {
    const rows = rowsOf(name, query);
    const bySubject = Map.groupBy(rows, ({ ts_code: code }) => code);
    for (const own of [...bySubject.values()].slice(0, 20)) {
      own.forEach((row, at) => {
        const [open, high, low, close] = ["open", "high", "low", "close"].map((field) => number(row, field));
        const before = number(row, "pre_close");
        expect(low).toBeLessThanOrEqual(Math.min(open ?? NaN, close ?? NaN));
        expect(high).toBeGreaterThanOrEqual(Math.max(open ?? NaN, close ?? NaN));
        if (at < own.length - 1) expect(before).toBe(number(own[at + 1], "close"));
        expect(number(row, "change")).toBeCloseTo((close ?? NaN) - before, 6);
        expect(number(row, "pct_chg")).toBeCloseTo((number(row, "change") / before) * percent, 3);
      });
    }
  });

  test("an index has rows from its first day with data, with four decimals", () => {
    const rows = rowsOf("x_index_prices", { ts_code: "000300.SH" });
    expect(rows.at(-1)?.trade_date).toBe("20050104");
    expect(rows.length).toBe(openDays.filter((day) => day >= "20050104" && day <= today).length);
    expect(rows.some(({ close }) => /\.\d{4}$/.test(String(close)))).toBe(true);
  });

  test("an interface by month, or by day without securities, has rows for each month or day", () => {
    expect(valuesOf(rowsOf("x_money"), "month").slice(0, 3)).toEqual(["202606", "202605", "202604"]);
    const may = rowsOf("x_month_prices", { month: "202605" });
    expect([...new Set(valuesOf(may, "trade_date"))]).toEqual(["20260529"]);
    const loans = rowsOf("x_loans", { start_date: "20260629", end_date: today });
    expect(valuesOf(loans, "exchange_id").sort()).toEqual(["BSE", "BSE", "SSE", "SSE", "SZSE", "SZSE"]);
  });
});

describe("events", () => {
  const notices = rowsOf("x_notices");

  test("are few a day, can be on any calendar day, and some days have none", () => {
    const byDay = Map.groupBy(notices, ({ ann_date: day }) => String(day));
    const weekend = [...byDay.keys()].filter((day) => !openDays.includes(day));
    expect(weekend.length).toBeGreaterThan(100);
    const days = [
      "20260601",
      "20260602",
      "20260603",
      "20260604",
      "20260605",
      "20260606",
      "20260607",
      "20260608",
    ];
    const counts = days.map((day) => rowsOf("x_notices", { ann_date: day }).length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(6);
    expect(counts).toContain(0);
    expect(counts.some((count) => count > 0)).toBe(true);
  });

  test("without a unique key are sometimes sent twice", () => {
    const texts = notices.map((row) => JSON.stringify(row));
    const twice = texts.length - new Set(texts).size;
    expect(twice).toBeGreaterThan(0);
    expect(twice).toBeLessThan(texts.length / 5);
  });

  test("are the same when requested by day and by code", () => {
    const codes = valuesOf(notices, "ts_code").slice(0, 5);
    const byCode = codes.map((code) => rowsOf("x_notices", { ts_code: code }));
    expect(byCode).toEqual(codes.map((code) => notices.filter((row) => row.ts_code === code)));
  });

  test("concern stocks listed on that day, and refer only to earlier dates", () => {
    for (const { ts_code: code, ann_date: day, end_date: end } of notices.slice(0, 50)) {
      const listed = rowsOf("stock_basic", { ts_code: String(code) });
      expect(String(listed[0]?.list_date) <= String(day) || listed.length === 0).toBe(true);
      if (end !== null) expect(String(end) < String(day)).toBe(true);
    }
  });
});

describe("over HTTP", () => {
  let upstream: Upstream;
  beforeAll(async () => {
    const options = { today, stocks: 200, latencyMs: 0, minuteLimit: 10_000, points: 2_000 };
    upstream = await serveUpstream(options, interfaces);
  });
  afterAll(() => upstream.close());

  type Reply = { code: number; msg: string; data: { fields: string[]; items: Cell[][]; has_more: boolean } };
  async function call(name: string, params: object = {}, fields = ""): Promise<Reply> {
    const body = JSON.stringify({ api_name: name, token: "t", params, fields });
    return (await (await fetch(upstream.url, { method: "POST", body })).json()) as Reply;
  }

  test("a day over the cap is cut, and its pages hold every row once", async () => {
    const pages: Cell[][] = [];
    for (let offset = 0; ; offset += 60) {
      const { data } = await call("x_flows", { trade_date: today, offset }, "ts_code,trade_date");
      pages.push(...data.items.map((item) => [item[data.fields.indexOf("ts_code")] ?? null]));
      expect(data.has_more).toBe(data.items.length === 60);
      if (!data.has_more) break;
    }
    expect(pages.flat().sort()).toEqual(valuesOf(rowsOf("x_flows", { trade_date: today }), "ts_code").sort());
  });

  test("an unknown parameter is ignored, a missing required one is refused by its name", async () => {
    const { items } = (await call("x_notices", { ann_date: "20260602" })).data;
    const all = (
      await call("x_notices", { ann_date: "20260602", period: "20251231", trade_date: "20260102" })
    ).data;
    expect(all.items).toHaveLength(items.length);
    expect(await call("x_index_prices", { trade_date: today })).toMatchObject({
      ...{ code: 50101, msg: "必填参数, ts_code", data: null },
    });
    expect((await call("x_index_prices", { ts_code: "999999.SH" })).data.items).toEqual([]);
  });

  test("an interface over the account's points is refused", async () => {
    const { code, msg } = await call("x_statements_vip", { period: "20251231" });
    expect(code).toBe(40203);
    expect(msg).toContain("没有接口(x_statements_vip)访问权限");
  });

  test("a day is published from its hour on", async () => {
    const day = { trade_date: today };
    await upstream.setClock({ today, time: "18:59" });
    expect((await call("x_flows", day)).data.items).toEqual([]);
    await upstream.setClock({ today, time: "19:00" });
    expect((await call("x_flows", day)).data.items).toHaveLength(60);
    await upstream.setClock({ today });
  });

  test("faults apply to it as to other interfaces, by trade date, announcement day and report period", async () => {
    await upstream.setFaults([{ kind: "partial-day", date: today, value: 0.5 }]);
    expect((await call("x_flow_closes", { trade_date: today })).code).toBe(40203); // 5,000 points
    expect((await call("x_flows", { trade_date: today })).data.items.length).toBeLessThan(45);
    expect((await call("x_flows", { trade_date: "20260629" })).data.items).toHaveLength(60);
    const day = valuesOf(rowsOf("x_notices"), "ann_date")[0] ?? "";
    await upstream.setFaults([{ kind: "empty-day", date: day }]);
    expect((await call("x_notices", { ann_date: day })).data.items).toEqual([]);
    expect((await call("x_flows", { trade_date: "20260629" })).data.items).toHaveLength(60);
    await upstream.setFaults([]);
    expect((await call("x_notices", { ann_date: day })).data.items.length).toBeGreaterThan(0);
  });
});

describe("captured answers", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "captured-"));
    await mkdir(join(folder, "envelopes"));
    const files: Record<string, string> = {
      "x_loans__20260629_20260630.csv":
        "trade_date,exchange_id,balance\n20260629,SSE,15.0\n20260630,SSE,16.50\n20260630,SZSE,\n",
      "x_money__captured_202606.csv": "month,m0,m0_yoy\n202605,132800.0,12.0\n",
      "envelopes/x_money.json": '{"code":0,"msg":"","data":{"fields":["month","m0"],"items":[["202604",1]]}}',
      "envelopes/x_notices.json":
        '{"code":0,"message":"","data":{"fields":["ann_date","ts_code","holder_num"],"items":[["20260601","000001.SZ",7],["20260601","000001.SZ",7],["20260602","000001.SZ",null]]}}',
      "envelopes/x_flows.json": '{"code":40203,"msg":"抱歉","data":null}',
      "envelopes/unknown_interface.json": "not even JSON",
    };
    for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("answer for interfaces of the catalogue, from files and from whole replies where no file is", async () => {
    const upstream = await serveUpstream({ captured: folder, latencyMs: 0 }, interfaces);
    const ask = async (name: string, params: object, fields: string) => {
      const body = JSON.stringify({ api_name: name, token: "t", params, fields });
      return await (await fetch(upstream.url, { method: "POST", body })).text();
    };
    try {
      expect(await ask("x_loans", { start_date: "20260630" }, "balance")).toMatch(
        /"items":\[\[(16.50|null)\],\[/,
      );
      expect(await ask("x_loans", { end_date: "20260629" }, "balance")).toContain('"items":[[15.0]]');
      expect(await ask("x_money", {}, "m0")).toContain('"items":[[132800.0]]');
      expect(await ask("x_notices", { ann_date: "20260601" }, "holder_num")).toContain('"items":[[7],[7]]');
      expect(await ask("x_flows", { trade_date: today }, "ts_code")).toContain('"items":[]');
    } finally {
      await upstream.close();
    }
  });
});

test("by day and by code the rows are the same", () => {
  const day = rowsOf("x_flows", { trade_date: today }).filter(({ ts_code: code }) => code === "600519.SH");
  expect(rowsOf("x_flows", { ts_code: "600519.SH", trade_date: today })).toEqual(day);
  expect(rowsOf("x_flows", { ts_code: "600519.SH", start_date: today, end_date: today })).toEqual(day);
  expect(day).toHaveLength(1);
});

test("a market of one stock, an invalid day and a contradictory file cause no bad cells", () => {
  const odd = {
    ...simulated.index_members,
    spec: { ...simulated.index_members.spec, members: { codes: [] } },
  };
  const files = makeInterfaces({ ...catalogued, ...simulated, index_members: odd });
  const tiny = makeMarket({ seed: 3, stocks: 1, publicationHour: {}, interfaces: files });
  for (const name of files.defaults.keys()) {
    for (const text of ["x", "2026-06-01", "99999999", "19800101"]) {
      const query = { trade_date: text, ann_date: text, period: text, month: text, start_date: text };
      for (const asked of [query, { start_date: text }, {}]) {
        const cells = [...firstTen(tiny.rows(name, asked, now))].flat();
        expect(cells).not.toContain(undefined);
        expect(cells).not.toContain(NaN);
      }
    }
  }
});

test("joined interfaces have rows with the same keys", () => {
  const [main, detail] = interfacesOf(simulated.flows.spec).map(({ name }) =>
    valuesOf(rowsOf(name, { trade_date: today }), "ts_code"),
  );
  expect(main).toEqual(expect.arrayContaining(detail ?? [""]));
  expect(detail?.length).toBeGreaterThan((main?.length ?? 0) * 0.9);
});

function* firstTen<Row>(rows: Iterable<Row>): Generator<Row> {
  let count = 0;
  for (const row of rows) {
    yield row;
    count += 1;
    if (count === 10) return;
  }
}
