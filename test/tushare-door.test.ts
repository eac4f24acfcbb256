// The mirror asked as TuShare is asked: the rows of the upstream come back the same, and what is not whole is refused.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addDays } from "../shared/catalogue/dates.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { type DoorOptions, makeDoor } from "../shared/tushare-door/answer.ts";
import { facesOf } from "../shared/tushare-door/face.ts";
import { firstDay, lastDay, type Market, makeMarket, type Row } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

type Reply = {
  readonly request_id: string;
  readonly code: number;
  readonly msg: string;
  readonly data: { fields: string[]; items: unknown[][]; has_more: boolean; count: number } | null;
};

type Variables = Readonly<Record<string, string>>;

const days = { start_date: firstDay, end_date: lastDay };
const market = makeMarket();
const moves = [{ name: "艾融软件", o_code: "830799.BJ", n_code: "920799.BJ", list_date: "20200727" }];
let world: World;

/** @param rowsMax for a door of its own */
async function ask(
  api_name: string,
  params: object = {},
  {
    fields = "",
    isLenient = false,
    environment = {},
    ...options
  }: Partial<DoorOptions> & { fields?: string; isLenient?: boolean; environment?: Variables } = {},
): Promise<Reply> {
  const { database } = world.services;
  const settings = readSettings(environment);
  const door = makeDoor({ database, settings, ...options });
  const body = JSON.stringify({ api_name, token: "any", params, fields });
  return JSON.parse(await door({ body, isLenient, requestId: "1", now: world.clock.now() })) as Reply;
}

/** Rows of an answer as objects. */
async function rowsOf(api_name: string, params: object, options: Parameters<typeof ask>[2] = {}) {
  const { msg, data } = await ask(api_name, params, options);
  if (data === null) throw new Error(msg);
  return data.items.map((item) => Object.fromEntries(data.fields.map((field, at) => [field, item[at]])));
}

/** The upstream's own rows with these fields, newest first, then by code. */
function sent(rows: readonly Row[], fields: readonly string[]) {
  const keyOf = ({ ts_code }: Row) => String(ts_code);
  const dayOf = (row: Row) => String(row.trade_date ?? row.cal_date ?? row.end_date ?? "");
  return rows
    .toSorted((a, b) => dayOf(b).localeCompare(dayOf(a)) || keyOf(a).localeCompare(keyOf(b)))
    .map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null])));
}
const fieldsOf = (name: string) =>
  facesOf()
    .get(name)
    ?.usual.map((field) => field.name) ?? [];

beforeAll(async () => {
  world = await makeWorld();
  await world.reset();
  world.state.market.bse_mapping.push(...moves);
  for (const job of ["REFERENCE", "ETF_LIST"]) await world.dispatch({ job });
  await world.runQueuesToEnd();
  for (const job of ["DAILY_HISTORY", "ETF_HISTORY", "SUSPEND_D_HISTORY"])
    await world.dispatch({ job, from: firstDay, to: lastDay });
  await world.runQueuesToEnd();
  await world.dispatch({ job: "FINANCE_HISTORY", codes: ["600519.SH"], from: "20220101", to: "20231231" });
  await world.runQueuesToEnd();
  expect(await world.failures()).toEqual([]);
});
afterAll(() => world?.close());

describe("what the upstream sent comes back", () => {
  test.each([
    ["daily", days],
    ["daily", { trade_date: "20240105" }],
    ["daily", { ts_code: "600519.SH,000001.SZ", ...days }],
    ["daily_basic", { trade_date: "20240105" }],
    ["fund_daily", { ts_code: "510300.SH", ...days }],
    ["fund_adj", { ts_code: "510300.SH", ...days }],
  ] as [keyof Market, Record<string, string>][])("%s of %j", async (name, params) => {
    const fields = fieldsOf(name);
    const { ts_code, trade_date } = params;
    const closes = new Map(market.daily.map((row) => [`${row.ts_code} ${row.trade_date}`, row.close]));
    const rows = market[name].filter(
      (row) =>
        (ts_code === undefined || ts_code.split(",").includes(String(row.ts_code))) &&
        (trade_date === undefined || row.trade_date === trade_date) &&
        String(row.trade_date) >= firstDay,
    );
    const full = rows.map((row) => ({
      close: closes.get(`${row.ts_code} ${row.trade_date}`) ?? null,
      ...row,
    }));
    expect(rows.length).toBeGreaterThan(1);
    expect(await rowsOf(name, params)).toEqual(sent(full, fields));
  });

  test("factors of the days with a bar", async () => {
    const traded = new Set(market.daily.map(({ ts_code, trade_date }) => `${ts_code} ${trade_date}`));
    const rows = market.adj_factor.filter(({ ts_code, trade_date }) =>
      traded.has(`${ts_code} ${trade_date}`),
    );
    expect(await rowsOf("adj_factor", days)).toEqual(sent(rows, ["ts_code", "trade_date", "adj_factor"]));
  });

  test("the calendar, newest first, with flags as numbers", async () => {
    const asked = { start_date: "20240101", end_date: "20240117" };
    const rows = market.trade_cal.filter(
      ({ cal_date }) => String(cal_date) >= "20240101" && String(cal_date) <= "20240117",
    );
    expect(await rowsOf("trade_cal", asked)).toEqual(sent(rows, fieldsOf("trade_cal")));
    expect(
      (await rowsOf("trade_cal", { ...asked, is_open: "0" })).every(({ is_open }) => is_open === 0),
    ).toBe(true);
  });

  test("the listed stocks unless others are asked for, with any text in their names", async () => {
    const of = (status: string) => market.stock_basic.filter(({ list_status }) => list_status === status);
    const fields = "ts_code,name,list_status,list_date,exchange";
    expect(await rowsOf("stock_basic", {}, { fields })).toEqual(sent(of("L"), fields.split(",")));
    const delisted = await rowsOf("stock_basic", { list_status: "D" }, { fields: "ts_code" });
    expect(delisted).toEqual(sent(of("D"), ["ts_code"]));
  });

  test("the list of ETFs in the words of the interface that it came from", async () => {
    const rows = await rowsOf(
      "etf_basic",
      { exchange: "SH", list_status: "L" },
      { fields: "ts_code,csname,exchange" },
    );
    const theirs = market.etf_basic.filter(
      ({ exchange, list_status }) => exchange === "SH" && list_status === "L",
    );
    expect(rows).toEqual(sent(theirs, ["ts_code", "csname", "exchange"]));
  });
});

describe("an answer", () => {
  test("has TuShare's envelope", async () => {
    expect(
      await ask("daily", { ts_code: "600519.SH", trade_date: "20240105" }, { fields: "close,ts_code" }),
    ).toEqual({
      ...{ request_id: "1", code: 0, msg: "" },
      data: {
        fields: ["close", "ts_code"],
        items: [[expect.any(Number), "600519.SH"]],
        has_more: false,
        count: -1,
      },
    });
  });

  test("is cut at the limit and says so exactly when rows follow", async () => {
    const whole = (await ask("daily", days)).data?.items ?? [];
    const part = async (params: object) => (await ask("daily", { ...days, ...params })).data;
    expect(await part({ limit: 5 })).toMatchObject({ items: whole.slice(0, 5), has_more: true });
    expect(await part({ limit: 5, offset: 5 })).toMatchObject({ items: whole.slice(5, 10), has_more: true });
    expect(await part({ limit: whole.length })).toMatchObject({ items: whole, has_more: false });
    expect(await part({ limit: whole.length - 1 })).toMatchObject({ has_more: true });
    expect(await part({ offset: whole.length })).toMatchObject({ items: [], has_more: false });
  });

  test("is cut at the interface's cap, or at a higher one of the mirror's own", async () => {
    const daily = facesOf().get("daily");
    if (daily === undefined) throw new Error("there is no daily");
    const faces = new Map([["daily", { ...daily, spec: { ...daily.spec, rowCap: 7 } }]]);
    expect((await ask("daily", { ...days, limit: 100 }, { faces })).data).toMatchObject({
      items: { length: 7 },
      has_more: true,
    });
    expect((await ask("daily", days, { faces, rowsMax: 9 })).data).toMatchObject({
      items: { length: 9 },
      has_more: true,
    });
  });

  test("of a list that is longer than the cap is cut too, and goes on at the offset", async () => {
    for (const [name, params] of [
      ["trade_cal", { start_date: "20240101", end_date: "20240117" }],
      ["stock_basic", {}],
      ["disclosure_date", { end_date: "20230930" }],
    ] as const) {
      const face = facesOf().get(name);
      if (face === undefined) throw new Error(`there is no ${name}`);
      const faces = new Map([[name, { ...face, spec: { ...face.spec, rowCap: 5 } }]]);
      const whole = (await ask(name, params)).data?.items ?? [];
      const pages: unknown[][] = [];
      for (let hasMore = true; hasMore; ) {
        const { data } = await ask(name, { ...params, offset: pages.length }, { faces });
        pages.push(...(data?.items ?? []));
        hasMore = data?.has_more === true;
        expect(data?.items).toHaveLength(
          Math.min(5, whole.length - pages.length + (data?.items.length ?? 0)),
        );
      }
      expect(whole.length).toBeGreaterThan(10);
      expect(pages).toEqual(whole);
    }
  });

  test("is empty where TuShare has nothing: a closed day, a day to come, a suspended stock", async () => {
    for (const params of [
      { trade_date: "20240106" },
      { trade_date: "20240301" },
      { ts_code: "300750.SZ", trade_date: "20240108" },
    ]) {
      expect(await ask("daily", params)).toMatchObject({ code: 0, data: { items: [], has_more: false } });
    }
  });
});

describe("what is whole is answered, and no longer when a row is gone", () => {
  test.each([
    [
      "reports of a company",
      "fina_indicator",
      { ts_code: "600519.SH", start_date: "20220101", end_date: "20231231" },
      "ts_code = '600519.SH' and end_date = '2022-12-31'",
      "600519.SH",
    ],
    [
      "one report",
      "fina_indicator",
      { ts_code: "600519.SH", period: "20230930" },
      "ts_code = '600519.SH' and end_date = '2023-09-30'",
      "600519.SH",
    ],
    [
      "suspensions of a day",
      "suspend_d",
      { trade_date: "20240108" },
      "trade_date = '2024-01-08'",
      "--from 20240108 --to 20240108",
    ],
    [
      "suspensions of a range",
      "suspend_d",
      days,
      "trade_date = '2024-01-10'",
      "--from 20240110 --to 20240110",
    ],
    [
      "suspensions of a stock",
      "suspend_d",
      { ts_code: "300750.SZ", ...days },
      "trade_date = '2024-01-09'",
      "--codes 300750.SZ",
    ],
    [
      "the reporting schedule of a period",
      "disclosure_date",
      { end_date: "20230930" },
      "ts_code = '600519.SH' and end_date = '2023-09-30'",
      "REFERENCE",
    ],
    [
      "the whole reporting schedule",
      "disclosure_date",
      {},
      "ts_code = '600519.SH' and end_date = '2023-06-30'",
      "REFERENCE",
    ],
    ["old codes", "bse_mapping", {}, "o_code = '830799.BJ'", "REFERENCE"],
    [
      "the calendar",
      "trade_cal",
      { start_date: "20240101", end_date: "20240117" },
      "cal_date = '2024-01-09'",
      "REFERENCE",
    ],
  ] as [string, string, object, string, string][])("%s", async (_what, name, params, row, hint) => {
    const table = facesOf().get(name)?.dataset.table;
    const before = await ask(name, params);
    expect(before).toMatchObject({ code: 0, data: { has_more: false } });
    expect(before.data?.items.length).toBeGreaterThan(0);
    await world.sql(`create table gone as select * from ${table} where ${row}`);
    expect(await world.sql(`delete from ${table} where ${row} returning 1`)).not.toHaveLength(0);
    const { code, msg, data } = await ask(name, params);
    expect([code, data, msg.includes(hint) ? hint : msg]).toEqual([50101, null, hint]);
    await world.sql(`insert into ${table} select * from gone`);
    await world.sql("drop table gone");
    expect(await ask(name, params)).toEqual(before);
  });

  test("a stock without suspensions, and a day without any, are empty once they were fetched", async () => {
    for (const params of [{ ts_code: "600519.SH", ...days }, { trade_date: "20240105" }]) {
      expect(await ask("suspend_d", params)).toMatchObject({ code: 0, data: { items: [] } });
    }
    await world.sql("update trade_cal set is_open = 1 where cal_date = '2023-12-31'");
    expect((await ask("suspend_d", { trade_date: "20231231" })).msg).toContain(
      "--from 20231231 --to 20231231",
    );
    await world.sql("update trade_cal set is_open = 0 where cal_date = '2023-12-31'");
  });

  test("reports that were filed, and not stored", async () => {
    const params = { ts_code: "600519.SH", period: "20231231" };
    expect((await ask("fina_indicator", params)).code).toBe(0);
    const file = (day: string) =>
      world.sql(
        `update disclosure_date set actual_date = ${day} where ts_code = '600519.SH' and end_date = '2023-12-31'`,
      );
    await file("'2024-01-16'");
    expect((await ask("fina_indicator", params)).msg).toContain("已披露的报告尚未入库");
    await file("'2024-01-17'"); // its indicators come the day after
    expect((await ask("fina_indicator", params)).code).toBe(0);
    await file("null");
  });

  test("a list, until it is older than two of its starts apart", async () => {
    for (const [name, days] of [
      ["stock_basic", 6],
      ["trade_cal", 6],
      ["disclosure_date", 6],
      ["etf_basic", 14],
    ] as const) {
      world.setTime(addDays(lastDay, days), 10);
      expect((await ask(name)).code).toBe(0);
      world.setTime(addDays(lastDay, days + 1), 10);
      expect((await ask(name)).msg).toContain("名单取自 2024-01-17，已过期：请运行 npx tushare-sync run");
    }
    world.setTime(lastDay, 18);
  });
});

describe("of a folder of captured answers, today is its last day", () => {
  const captured = { environment: { SYNC_UPSTREAM_ENDS: lastDay } };
  beforeAll(() => world.setTime("20260601", 12));
  afterAll(() => world.setTime(lastDay, 18));

  test.each([
    ["daily", {}],
    ["daily", { ts_code: "600519.SH", start_date: firstDay, end_date: "20260530" }],
    ["fina_indicator", { ts_code: "600519.SH", start_date: "20220101" }],
    ["suspend_d", {}],
    ["stock_basic", {}],
    ["trade_cal", { start_date: firstDay }],
  ])("an open range of %s ends there: %j", async (name, params) => {
    const { code, data } = await ask(name, params, captured);
    expect(code).toBe(0);
    expect(data?.items.length).toBeGreaterThan(0);
    expect((await ask(name, params)).code).toBe(50101); // while TuShare itself goes on
  });

  test("later days are refused, as the mirror knows nothing of them", async () => {
    const later = await ask("daily", { trade_date: "20240118" }, captured);
    expect([later.code, later.msg]).toEqual([50101, expect.stringContaining("到 2024-01-17 为止")]);
    expect((await ask("daily", { trade_date: "20260602" }, captured)).data?.items).toEqual([]);
  });
});

describe("what is not whole is refused, and says what to run", () => {
  test.each([
    ["a stock that no list has", "daily", { ts_code: "999999.SZ", ...days }, "999999.SZ"],
    [
      "reports of a company that was not asked for",
      "fina_indicator",
      { ts_code: "000001.SZ" },
      "--codes 000001.SZ",
    ],
    ["an exchange without a calendar", "trade_cal", { exchange: "SZSE" }, "REFERENCE"],
    ["a status that is not fetched", "stock_basic", { list_status: "G" }, "REFERENCE"],
    [
      "an index that was not asked for",
      "index_daily",
      { ts_code: "000300.SH", ...days },
      "--codes 000300.SH",
    ],
    ["the list under the interface that did not answer", "fund_basic", {}, "ETF_LIST"],
  ])("%s", async (_what, name, params, hint) => {
    const { code, msg, data } = await ask(name, params);
    expect([code, data]).toEqual([50101, null]);
    expect(msg).toContain(hint);
  });

  test("days before those that were fetched", async () => {
    const open = (isOpen: number) =>
      world.sql(`update trade_cal set is_open = ${isOpen} where cal_date = '2023-12-31'`);
    await open(1);
    expect((await ask("daily")).msg).toContain("--from 20231231");
    expect((await ask("daily", { ts_code: "600519.SH" })).msg).toContain("--codes 600519.SH --from 20231231");
    await open(0);
    expect((await ask("daily")).code).toBe(0);
  });

  test("a day of which rows are gone", async () => {
    await world.sql(
      "create table gone as select * from stock_daily where ts_code = '600519.SH' and trade_date = '2024-01-05'",
    );
    const stored = await world.sql(
      "delete from stock_daily where ts_code = '600519.SH' and trade_date = '2024-01-05' returning 1",
    );
    await world.sql("delete from sync_day");
    expect(stored).toHaveLength(1);
    expect((await ask("daily", { trade_date: "20240105" })).msg).toContain("2024-01-05");
    expect((await ask("daily", { ts_code: "600519.SH", ...days })).msg).toContain("2024-01-05");
    // Rows newer than the gap are proven, so a question that is cut before it is answered.
    expect((await ask("daily", { ...days, limit: 3 })).code).toBe(0);
    const part = await ask("daily", { trade_date: "20240105" }, { isLenient: true });
    expect(part).toMatchObject({ code: 0, data: { has_more: false } });
    await world.sql("insert into stock_daily select * from gone");
    await world.sql("drop table gone");
  });

  test("a row that is stored after the proof is in the answer, and none that was proven is missing", async () => {
    const { database } = world.services;
    const asked: string[] = [];
    const run: typeof database.run = (sql, parameters) => {
      asked.push(
        /from stock_daily\b/.test(sql) && /limit/.test(sql) && !/sync_day/.test(sql) ? "rows" : "proof",
      );
      return database.run(sql, parameters);
    };
    const { code } = await ask("daily", { trade_date: lastDay }, { database: { ...database, run } });
    expect(code).toBe(0);
    expect(asked.lastIndexOf("proof")).toBeLessThan(asked.indexOf("rows"));
  });

  test("today, before its data is due", async () => {
    world.setTime("20240118", 10);
    expect((await ask("daily", { trade_date: "20240118" })).msg).toContain("尚未到应有时间");
    expect((await ask("daily", { start_date: "20240117" })).code).toBe(0);
    world.setTime("20240117", 18);
  });
});
