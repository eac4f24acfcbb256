// The mirrored data through the HTTP API: the routes on a real database that holds the small market, two ETFs and the
// reports of one company.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApiServices } from "../shared/api/route.ts";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { financeNumbers } from "../shared/catalogue/datasets/finance.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { dailyFigures } from "../shared/reads/daily.ts";
import { dailyRowsMax, reportRowsMax } from "../shared/reads/figures.ts";
import { type Asked, ask } from "./support/ask-api.ts";
import { dailyTruth, makeMarket, marketDays, stockCodes } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const zeros = (count: number) => Array.from({ length: count }, () => 0);
const seed = Number(process.env.TEST_SEED ?? Date.now() % 100_000);

let world: World;
let get: (path: string) => Promise<Asked>;

const etfs = [
  {
    ts_code: "159915.SZ",
    name: "创业板ETF",
    market: "E",
    exchange: "SZSE",
    list_status: "L",
    list_date: "20111209",
  },
  {
    ts_code: "510300.SH",
    name: "沪深300ETF",
    market: "E",
    exchange: "SSE",
    list_status: "L",
    list_date: "20120528",
  },
  {
    ts_code: "510999.SH",
    name: "清盘ETF",
    market: "E",
    exchange: "SSE",
    list_status: "D",
    list_date: "20120528",
  },
];

beforeAll(async () => {
  world = await makeWorld();
  await world.reset();
  const services: ApiServices = { ...world.services, dispatcher: { start: async () => {} } };
  get = (path) => ask(services, `GET ${path}`);
  await world.dispatch({ job: "DAILY_HISTORY", from: marketDays[0], to: marketDays.at(-1) });
  await world.runToEnd();
  await world.insert(
    "stock_info",
    etfs.map((etf) => ({ ...etf, is_etf: "Y", stored_at: "2024-01-17" })),
  );
  await world.insert("stock_daily", [
    aBar("510300.SH", "20240116", 3.2, 1),
    aBar("510300.SH", "20240117", 3.3, 1.1),
  ]);
  await world.insert("fina_indicator", [
    aReport({ end_date: "20230930", ann_date: "20231028", update_flag: "0", eps: "1.10" }),
    aReport({ end_date: "20230930", ann_date: "20240105", update_flag: "1", eps: "1.25" }),
    aReport({ end_date: "20231231", ann_date: "20240116", update_flag: "0", eps: "2.500" }),
    aReport({ end_date: "20231231", ann_date: null, update_flag: "0", eps: "9" }),
  ]);
});
afterAll(() => world.close());

function aBar(ts_code: string, trade_date: string, close: number, adj_factor: number) {
  return { ts_code, trade_date, close, adj_factor, stored_at: "2024-01-17" };
}

function aReport(values: Record<string, string | null>) {
  return { ts_code: "600519.SH", ...values, stored_at: "2024-01-17" };
}

const codesIn = ({ body }: Asked): string[] =>
  body.instruments.map(({ ts_code }: { ts_code: string }) => ts_code);

test("instruments are filtered by kind, exchange, status and a part of their name, and come in pages", async () => {
  const etfCodes = etfs.map(({ ts_code }) => ts_code);
  expect(codesIn(await get("/api/instruments?is_etf=Y"))).toEqual(etfCodes);
  expect(codesIn(await get("/api/instruments?is_etf=N"))).toEqual(stockCodes);
  expect(codesIn(await get("/api/instruments?is_etf=Y&exchange=SSE&status=L"))).toEqual(["510300.SH"]);
  expect(codesIn(await get("/api/instruments?exchange=BSE"))).toEqual(["830799.BJ"]);
  expect(codesIn(await get(`/api/instruments?q=${encodeURIComponent("沪深300etf")}`))).toEqual(["510300.SH"]);
  expect(codesIn(await get("/api/instruments?q=%25"))).toEqual([]); // no wildcard

  const pages: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Asked = await get(`/api/instruments?limit=4${cursor && `&cursor=${cursor}`}`);
    pages.push(...codesIn(page));
    cursor = page.body.next_cursor;
  }
  expect(pages).toEqual([...stockCodes, ...etfCodes].sort());
});

test("one instrument comes with its newest stored trade date; an unknown code is 404", async () => {
  const delisted = await get("/api/instruments/000003.SZ");
  expect(delisted.body).toMatchObject({
    is_etf: "N",
    exchange: "SZSE",
    market: "主板",
    newest_trade_date: "20240109",
  });
  const etf = await get("/api/instruments/510300.SH");
  expect(etf.body).toMatchObject({
    is_etf: "Y",
    exchange: "SSE",
    market: "E",
    newest_trade_date: "20240117",
  });
  const unseen = await get("/api/instruments/159915.SZ");
  expect(unseen.body.newest_trade_date).toBeNull();
  expect((await get("/api/instruments/999999.SH")).status).toBe(404);
});

test("ETFs are counted in all and by exchange", async () => {
  expect((await get("/api/instruments/etf-count")).body).toEqual({
    etfs: 3,
    listed: 2,
    exchanges: [
      { exchange: "SSE", etfs: 2, listed: 1 },
      { exchange: "SZSE", etfs: 1, listed: 1 },
    ],
  });
});

test("the prices of a code are the stored ones, digit for digit and by ascending day, on every page", async () => {
  const truth = dailyTruth(makeMarket())
    .filter(({ ts_code }) => ts_code === "000002.SZ")
    .sort((a, b) => (String(a.trade_date) < String(b.trade_date) ? -1 : 1));
  const rows: Record<string, unknown>[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Asked = await get(`/api/daily/000002.SZ?limit=5${cursor && `&cursor=${cursor}`}`);
    rows.push(...withDigits(page.text));
    cursor = page.body.next_cursor;
  }
  expect(rows).toEqual(truth);
});

/** The rows of a response, each number as the text it is written in. */
function withDigits(text: string): Record<string, unknown>[] {
  const quoted = text.replaceAll(/:(-?\d[\d.]*)(?=[,}])/g, ':"$1"');
  return JSON.parse(quoted).rows;
}

test("a number longer than a double keeps its digits, in JSON and in CSV", async () => {
  await world.sql(
    "update stock_daily set amount = 12345678901234567.125 where ts_code = '600519.SH' and trade_date = '20240117'",
  );
  const { text } = await get("/api/daily/600519.SH?from=20240117");
  expect(text).toContain('"amount":12345678901234567.125,');
  expect((await get("/api/daily/600519.SH?from=20240117&format=csv")).text).toContain(
    ",12345678901234567.125,",
  );
});

test("a range includes both its days, in either format of a date", async () => {
  const { body } = await get("/api/daily/600519.SH?from=2024-01-03&to=20240105");
  expect(daysIn(body.rows)).toEqual(["20240103", "20240104", "20240105"]);
  expect((await get("/api/daily/600519.SH?from=20240106&to=20240107")).body.rows).toEqual([]);
});

const daysIn = (rows: { trade_date: string }[]) => rows.map(({ trade_date }) => trade_date);

test("a whole history is one CSV, also when it takes several statements", async () => {
  const day = (at: number) => new Date(Date.UTC(2010, 0, 1 + at)).toISOString().slice(0, 10);
  const days = Array.from({ length: 2 * dailyRowsMax + 1 }, (_, at) => day(at));
  await world.sql(
    `insert into stock_daily (ts_code, trade_date, close)
     select '600018.SH', cast(day as date), 1.50 from unnest($1::text[]) as day`,
    [days],
  );
  const { headers, text } = await get("/api/daily/600018.SH?format=csv");
  expect(headers["content-type"]).toBe("text/csv; charset=utf-8");
  const [header, ...lines] = text.trimEnd().split("\n");
  expect(header).toBe(["ts_code", "trade_date", ...dailyFigures].join(","));
  expect(lines.map((line) => line.split(",")[1])).toEqual(days.map((each) => each.replaceAll("-", "")));
  expect(lines[0]).toBe(`600018.SH,20100101,,,,1.50${",".repeat(21)}`);
  await world.sql("delete from stock_daily where ts_code = '600018.SH'");
});

test("with the longest numbers that a double can have, every statement stays under the Data API's limit", async () => {
  const longest = -1234567890.1234567;
  const wide = (columns: readonly string[]) => Object.fromEntries(columns.map((column) => [column, longest]));
  const day = (at: number) => new Date(Date.UTC(2010, 0, 1 + at)).toISOString().slice(0, 10);
  const stored_at = "2024-01-17";
  const bars = Array.from({ length: dailyRowsMax + 1 }, (_, at) => {
    return { ts_code: "600018.SH", trade_date: day(at), ...wide(dailyFigures), stored_at };
  });
  const reports = Array.from({ length: reportRowsMax + 1 }, (_, at) => {
    return { ts_code: "600018.SH", end_date: day(at), ann_date: day(at), ...wide(financeNumbers), stored_at };
  });
  await world.insert("stock_daily", bars);
  await world.insert("fina_indicator", reports);
  const lines = async (path: string) => (await get(path)).text.trimEnd().split("\n").length - 1;
  expect(await lines("/api/daily/600018.SH?format=csv")).toBe(bars.length);
  expect(await lines("/api/finance/600018.SH?format=csv")).toBe(reports.length);
  expect((await get("/api/daily/600018.SH?limit=1000")).body.rows).toHaveLength(1000);
  expect((await get(`/api/finance/600018.SH?limit=${reportRowsMax}`)).body.rows).toHaveLength(reportRowsMax);
  for (const table of ["stock_daily", "fina_indicator"]) {
    await world.sql(`delete from ${table} where ts_code = '600018.SH'`);
  }
});

test("adjusted prices come from the views, with an explicit base day for forward adjustment", async () => {
  const closes = async (query: string) => {
    const { body } = await get(`/api/daily/510300.SH?${query}`);
    return body.rows.map((row: Record<string, unknown>) => [row.close, row.base_date, row.factor_carried]);
  };
  expect(await closes("adjust=hfq")).toEqual([
    [3.2, null, false],
    [3.63, null, false],
  ]);
  expect(await closes("adjust=qfq")).toEqual([
    [2.90909, "20240117", false],
    [3.3, "20240117", false],
  ]);
  expect(await closes("adjust=qfq&base=20240116")).toEqual([
    [3.2, "20240116", false],
    [3.63, "20240116", false],
  ]);
  const { text } = await get("/api/daily/510300.SH?adjust=qfq&format=csv&from=20240116&to=20240116");
  const [header = "", line = ""] = text.split("\n");
  expect(header.split(",").slice(-3)).toEqual(["adj_factor", "factor_carried", "base_date"]);
  expect(line.split(",").slice(-3)).toEqual(["1", "false", "20240117"]);
});

test("the market of a day is sorted by code, has the newest day by default, and can be limited to stocks or ETFs", async () => {
  const { body } = await get("/api/daily?limit=1000");
  expect(body.trade_date).toBe("20240117");
  const stored = dailyTruth(makeMarket(), ["20240117"]).map(({ ts_code }) => String(ts_code));
  expect(codesOf(body.rows)).toEqual([...stored, "510300.SH"].sort());
  expect(codesOf((await get("/api/daily?is_etf=Y")).body.rows)).toEqual(["510300.SH"]);
  expect(codesOf((await get("/api/daily?is_etf=N")).body.rows)).toEqual(stored.sort());

  const first = await get("/api/daily?trade_date=20240108&limit=3");
  const next = await get(`/api/daily?trade_date=20240108&limit=3&cursor=${first.body.next_cursor}`);
  const whole = await get("/api/daily?trade_date=2024-01-08&format=csv");
  const csvCodes = whole.text
    .trimEnd()
    .split("\n")
    .slice(1, 7)
    .map((line) => line.split(",")[0]);
  expect([...codesOf(first.body.rows), ...codesOf(next.body.rows)]).toEqual(csvCodes);
  expect((await get("/api/daily?trade_date=20240107")).body).toEqual({
    trade_date: "20240107",
    rows: [],
    next_cursor: null,
  });
});

const codesOf = (rows: { ts_code: string }[]) => rows.map(({ ts_code }) => ts_code);

test("each period has one report: its current version, or the version that was known on a given day", async () => {
  const eps = async (query: string) => {
    const { body } = await get(`/api/finance/600519.SH?${query}`);
    return body.rows.map((row: Record<string, unknown>) => [row.end_date, row.ann_date, row.eps]);
  };
  expect(await eps("")).toEqual([
    ["20230930", "20240105", 1.25],
    ["20231231", "20240116", 2.5],
  ]);
  expect(await eps("as_of=20231027")).toEqual([]);
  expect(await eps("as_of=20240104")).toEqual([["20230930", "20231028", 1.1]]);
  expect(await eps("as_of=2024-01-05")).toEqual([["20230930", "20240105", 1.25]]);
  expect(await eps("as_of=20991231")).toEqual(await eps(""));
  expect(await eps("from=20231001")).toEqual([["20231231", "20240116", 2.5]]);
  expect(await eps("limit=1&cursor=20230930")).toEqual([["20231231", "20240116", 2.5]]);

  const { text } = await get("/api/finance/600519.SH?format=csv");
  const [header, , second] = text.split("\n");
  expect(header).toBe(["ts_code", "end_date", "ann_date", "update_flag", ...financeNumbers].join(","));
  expect(second).toMatch(/^600519\.SH,20231231,20240116,0,2\.500,,/);
});

test("the reports known on a far future day equal the view of current reports, for any set of versions", async () => {
  const versions = fc.record({
    end_date: fc.constantFrom("20230331", "20230630"),
    ann_date: fc.constantFrom("20230301", "20230420", "20230820", "20240101"),
    update_flag: fc.constantFrom("0", "1", null),
    eps: fc.constantFrom("1", "2.5", null),
    q_netprofit_qoq: fc.constantFrom("3", null),
  });
  const uniqueVersions = fc.uniqueArray(versions, {
    minLength: 1,
    maxLength: 8,
    selector: ({ end_date, ann_date, update_flag }) => `${end_date}${ann_date}${update_flag}`,
  });
  await fc.assert(
    fc.asyncProperty(uniqueVersions, async (rows) => {
      await world.sql("delete from fina_indicator where ts_code = '000001.SZ'");
      const stored_at = "2024-01-17";
      await world.insert(
        "fina_indicator",
        rows.map((row) => ({ ts_code: "000001.SZ", ...row, stored_at })),
      );
      const current = await get("/api/finance/000001.SZ");
      const known = await get("/api/finance/000001.SZ?as_of=20991231");
      expect(known.body.rows).toEqual(current.body.rows);
    }),
    { seed, numRuns: 40 },
  );
});

test("coverage counts what is stored of each open day against what is listed", async () => {
  const { body } = await get("/api/coverage?from=20240106&to=20240117");
  expect(body.newest_trade_date).toBe("20240117");
  expect(body.days.map(({ day }: { day: string }) => day)).toEqual(marketDays.slice(4));
  const stored = dailyTruth(makeMarket(), ["20240117"]).length;
  expect(body.days.at(-1)).toEqual({
    day: "20240117",
    stocks: {
      ...{ state: "whole", stored, expected: stored, explained: 0, unexplained: 0, missing: 0 },
      ...{ whole: true, asked: true },
    },
    etfs: {
      ...{ state: "not_asked", stored: 1, expected: 2, explained: 0, unexplained: 0, missing: 1 },
      ...{ whole: false, asked: false },
    },
  });
  const byDefault = await get("/api/coverage");
  expect([byDefault.body.from, byDefault.body.to]).toEqual(["20231218", "20240117"]);
});

test("coverage of a dataset says by day and by month what is stored and what is missing, and how far it is whole", async () => {
  const range = "from=20240101&to=20240117";
  const byDay = await get(`/api/coverage/etf_daily?${range}`);
  expect(byDay.body).toMatchObject({ newest_whole_day: null, complete_through: null });
  expect(byDay.body.days.map(({ stored }: { stored: number }) => stored)).toEqual([...zeros(10), 1, 1]);
  const { body } = await get(`/api/coverage/etf_daily?${range}&by=month`);
  expect(body.days).toBeUndefined();
  expect(body.months).toEqual([
    {
      month: "202401",
      days: 12,
      whole_days: 0,
      ...{ stored: 2, expected: 24, explained: 0, unexplained: 0, missing: 22 },
    },
  ]);
  const stocks = await get(`/api/coverage/stock_daily?${range}&by=month`);
  expect(stocks.body).toMatchObject({
    newest_whole_day: "20240117",
    months: [{ month: "202401", days: 12 }],
  });
  const yearByDefault = await get("/api/coverage/stock_daily?by=month");
  expect([yearByDefault.body.from, yearByDefault.body.to]).toEqual(["20230117", "20240117"]);
});

test("coverage of a day names what is absent with the reason, page by page", async () => {
  const at = "/api/coverage/etf_daily/days/2024-01-17";
  const { body } = await get(at);
  expect(body).toEqual({
    ...{ dataset: "etf_daily", day: "20240117", next_cursor: null },
    absent: [{ ts_code: "159915.SZ", interface: "fund_daily", reason: "missing", looks: 0 }],
  });
  const first = await get("/api/coverage/etf_daily/days/20240115?limit=1");
  expect(first.body).toMatchObject({
    absent: [{ ts_code: "159915.SZ" }],
    next_cursor: "159915.SZ fund_daily",
  });
  const second = await get("/api/coverage/etf_daily/days/20240115?limit=1&cursor=159915.SZ%20fund_daily");
  expect(second.body).toMatchObject({ absent: [{ ts_code: "510300.SH" }] });
  expect((await get(`${at}?reason=no_data`)).body.absent).toEqual([]);
  expect((await get("/api/coverage/suspend_d/days/20240117")).status).toBe(400); // its days have any number of rows
});

test("coverage of a code says from when to when it is stored, and where it lacks days", async () => {
  const { body } = await get("/api/coverage/etf_daily/510300.sh?from=20240110&to=20240117");
  expect(body).toEqual({
    ...{ dataset: "etf_daily", ts_code: "510300.SH", from: "20240110", to: "20240117" },
    ...{ first_stored: "20240116", last_stored: "20240117", expected: 6, stored: 2 },
    ...{ explained: { no_data: 0, evidence: 0 }, unexplained: 0, missing: 4 },
    missing_ranges: [{ interface: "fund_daily", from: "20240110", to: "20240115", days: 4 }],
  });
  const whole = await get("/api/coverage/stock_daily/600519.SH");
  expect(whole.body).toMatchObject({
    from: "20240102",
    to: "20240117",
    stored: 12,
    missing: 0,
    missing_ranges: [],
  });
  expect((await get("/api/coverage/stock_daily/999999.SH")).status).toBe(404);
  expect((await get("/api/coverage/stock_daily/600519.SH?from=20240105&to=20240104")).status).toBe(400);
});

test.each([
  ["/api/daily/600519.SH?from=20240105&to=20240104", "from", "20240105"],
  ["/api/daily/600519.SH?from=yesterday", "from", "yesterday"],
  ["/api/daily/600519.SH?adjust=both", "adjust", "both"],
  ["/api/daily/600519.SH?base=20240105", "base", "20240105"],
  ["/api/daily/600519.SH?format=csv&limit=10", "limit", 10],
  ["/api/daily/600519.SH?limit=1001", "limit", "1001"],
  ["/api/daily/600519.SH?limit=ten", "limit", "ten"],
  ["/api/daily/600519", "ts_code", "600519"],
  ["/api/daily?date=20240105", "date", "20240105"],
  ["/api/instruments?exchange=SH", "exchange", "SH"],
  ["/api/instruments?market=SH", "market", "SH"],
  ["/api/instruments?q=%00", "q", "\u0000"],
  ["/api/finance/600519.SH?as_of=20240230", "as_of", "20240230"],
  ["/api/daily/600519.SH?cursor=99991231", "cursor", "99991231"],
  ["/api/coverage?from=20200101&to=20240101", "from", "20200101"],
  ["/api/coverage/etf_daily?by=month&from=20100101&to=20240101", "from", "20100101"],
  ["/api/coverage/etf_daily?by=week", "by", "week"],
])("%s is refused, naming the field, its value and what is allowed", async (path, field, value) => {
  const { status, body } = await get(path);
  expect(status).toBe(400);
  const { suggestion, ...refusal } = body;
  const meant = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  expect(refusal).toEqual({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    detail: body.message,
    error: "bad_input",
    message: `${field} is ${JSON.stringify(value)}, expected ${body.allowed}${meant}`,
    field,
    value,
    allowed: expect.stringMatching(/.{10}/),
  });
});

test("market, the old name of the field exchange, is refused with the new name", async () => {
  const { body } = await get("/api/instruments?is_etf=Y&market=SH");
  expect(body.message).toBe(
    'market is "SH", expected the field exchange in its place, one of SSE, SZSE, BSE: listed on this exchange',
  );
});

test.each([
  ["/api/daily/600519", "600519.SH"],
  ["/api/daily/600519.SZ", "600519.SH"],
  ["/api/instruments?exchagne=SSE", "exchange"],
])("%s is answered with what was probably meant, %s", async (path, suggestion) => {
  expect((await get(path)).body.suggestion).toBe(suggestion);
});

test("a code in lower case is the same code", async () => {
  expect((await get("/api/daily/600519.sh")).body).toEqual((await get("/api/daily/600519.SH")).body);
});

test("a known code without a row in the range gives an empty response, not a 404", async () => {
  for (const code of ["600005.SH", "159915.SZ"]) {
    const { status, body } = await get(`/api/daily/${code}`);
    expect([status, body.rows, body.next_cursor]).toEqual([200, [], null]);
  }
  expect((await get("/api/finance/000001.SZ?to=20000101")).status).toBe(200);
});

test.each(["/api/daily/999999.SH", "/api/finance/999999.SH", "/api/daily/999999.SH?format=csv"])(
  "%s with an unknown code is 404",
  async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, headers["content-type"]]).toEqual([404, "application/problem+json"]);
    expect(body).toMatchObject({ title: "Not Found", status, detail: body.message, error: "not_found" });
    expect(body.message).toContain("999999.SH");
  },
);

test("a daily row has every numeric column of the catalogue", () => {
  const numbers = [datasets.stock_daily, datasets.etf_daily]
    .flatMap(columnsOf)
    .filter(({ type }) => type === "number")
    .map(({ name }) => name);
  expect([...new Set(numbers)].sort()).toEqual([...dailyFigures].sort());
});
