// ETFs: their list and their prices, stored in the same tables as stocks.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { interfaces } from "../local/tushare/interfaces.ts";
import { makeMarket as makeGenerated } from "../local/tushare/market.ts";
import type { InterfaceSpec } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { SyncError } from "../shared/errors.ts";
import type { Page } from "../shared/ports.ts";
import { readRows, type Table } from "../shared/rows/rows.ts";
import { capturedPage, hasCaptured } from "./support/captured.ts";
import { etfCodes, tradedEtfCodes } from "./support/small-funds.ts";
import { lastDay, marketDays, type Row, stockCodes } from "./support/small-market.ts";
import { type Call, makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** The rows kept from a list; the same for every slice. */
function etfsIn(page: Page, spec: InterfaceSpec): Table["columns"] {
  const keeps = Object.entries(spec.keeps ?? {}).map(([column, pattern]) => ({
    column,
    fits: (text: string) => pattern.test(text),
  }));
  return readRows(spec, [page], spec.name, { rule: () => undefined, keeps }, ["ts_code"]).columns;
}

const history = { job: "ETF_HISTORY", from: marketDays[0], to: lastDay };

async function run(command: object) {
  const sentBefore = world.calls.length;
  const { tasks } = await world.dispatch(command);
  await world.runToEnd();
  const [task] = await world.sql("select * from sync_task where id = $1", [tasks[0]?.id]);
  return { task, calls: world.calls.slice(sentBefore) };
}

const instruments = () =>
  world.sql("select ts_code, name, is_etf, market, exchange, list_status from stock_info order by 1");

test.each([
  // Listed in 2020 under names without ETF, a money fund, and codes that Shanghai has given out since.
  ["515030.SH 512730.SH 159970.SZ 511880.SH 159001.SZ 510050.SH 517090.SH 518880.SH", true],
  ["520500.SH 530000.SH 551030.SH 560010.SH 588000.SH 589770.SH", true],
  // Listed open and closed-end funds, REITs, feeder funds, graded funds, open funds under 519, subscription codes.
  ["501018.SH 500058.SH 502003.SH 505888.SH 506000.SH 508000.SH 519001.SH 521001.SH", false],
  ["160119.SZ 161725.SZ 150019.SZ 184688.SZ 180101.SZ 169101.SZ 600519.SH 000001.SZ 159001.SH", false],
])("%s: in the list and in the prices alike", (codes, kept) => {
  const [daily, factor] = [datasets.etf_daily.main, ...datasets.etf_daily.details];
  for (const spec of [datasets.etf_list.main.fallback, daily, factor]) {
    const isKept = (code: string) => spec?.keeps?.ts_code?.test(code);
    expect(codes.split(" ").map(isKept)).toEqual(codes.split(" ").map(() => kept));
  }
});

test("exactly the ETFs are kept from a generated fund list of real size, whatever their names", () => {
  const { fallback } = datasets.etf_list.main;
  if (fallback === undefined) throw new Error("no list to read");
  const generated = makeGenerated({ seed: 1, stocks: 5_400, publicationHour: {} });
  const rowsOf = (name: "fund_basic" | "etf_basic") => [
    ...generated.rows(name, {}, { date: "20261120", time: "18:00" }),
  ];
  const fields = interfaces.fund_basic.fields.map(({ name }) => name);
  const page = { fields, items: rowsOf("fund_basic"), hasMore: false };
  const kept = etfsIn(page, fallback);
  const etfs = rowsOf("etf_basic").map(([code]) => code);
  expect(etfs.length).toBeGreaterThan(1_000);
  expect(kept.ts_code?.toSorted()).toEqual(etfs.toSorted());
  expect(kept.name?.filter((name) => !/ETF/.test(String(name))).length).toBeGreaterThan(100);
});

describe("ETF_LIST", () => {
  const withoutRight = ({ name }: Call) => {
    if (name === "etf_basic") throw new SyncError("permanent", "no right to etf_basic", { scope: "task" });
  };

  test("stores listed, delisted and not yet listed ETFs, and does not change the stocks", async () => {
    const before = await instruments();
    expect((await run({ job: "ETF_LIST" })).task).toMatchObject({ status: "COMPLETED" });
    const after = await instruments();
    expect(after.filter(({ is_etf }) => is_etf === "N")).toEqual(before);
    const etfs = after.filter(({ is_etf }) => is_etf === "Y");
    expect(etfs.map(({ ts_code }) => ts_code).sort()).toEqual([...etfCodes].sort());
    expect(etfs).toContainEqual({
      ts_code: "510300.SH",
      name: "沪深300ETF",
      is_etf: "Y",
      market: "E",
      exchange: "SSE",
      list_status: "L",
    });
    expect(new Set(etfs.map(({ list_status }) => list_status))).toEqual(new Set(["L", "D", "P"]));
  });

  test("without access to etf_basic uses fund_basic, exchange-traded funds only", async () => {
    world.state.onCall = (call, reply) => {
      withoutRight(call);
      return reply;
    };
    expect((await run({ job: "ETF_LIST" })).task).toMatchObject({ status: "COMPLETED" });
    const etfs = (await instruments()).filter(({ is_etf }) => is_etf === "Y");
    expect(etfs.map(({ ts_code }) => ts_code).sort()).toEqual([...etfCodes].sort());
    expect(etfs).toContainEqual(expect.objectContaining({ ts_code: "563999.SH", list_status: "P" }));
  });

  test("inserts no duplicates on a second run, leaves unchanged rows alone, and updates changed ones", async () => {
    await run({ job: "ETF_LIST" });
    const places = () => world.sql("select ts_code, cast(ctid as text) as place from stock_info order by 1");
    const before = await places();
    const renamed = world.state.market.etf_basic.find(({ ts_code }) => ts_code === "510300.SH");
    Object.assign(renamed ?? {}, { csname: "新名ETF" });
    await run({ job: "ETF_LIST", refresh: true });
    const after = await places();
    const moved = after.filter(({ place }, at) => place !== before[at]?.place);
    expect(moved.map(({ ts_code }) => ts_code)).toEqual(["510300.SH"]);
    expect(await instruments()).toContainEqual(expect.objectContaining({ name: "新名ETF" }));
  });

  test.skipIf(!hasCaptured)(
    "keeps exactly the ETFs of the captured fund list, also delisted ones without ETF in their names",
    () => {
      const fallback = datasets.etf_list.main.fallback;
      if (fallback === undefined) throw new Error("no list to read");
      const page = capturedPage("fund_basic__market_E_captured_202502.csv", fallback);
      const etfs = etfsIn(page, fallback);
      const { list_status = [], exchange = [], name = [] } = etfs;
      const count = (wanted: string) =>
        list_status.filter((status, row) => status === "L" && exchange[row] === wanted).length;
      // 1,083 listed funds have ETF in their names; 160119.SZ of them is a feeder fund.
      expect({ SSE: count("SSE"), SZSE: count("SZSE") }).toEqual({ SSE: 638, SZSE: 444 });
      const unnamed = name.filter((each) => !/ETF/.test(String(each)));
      expect(unnamed.sort()).toEqual(
        ["300等权", "上海改革", "中创100", "中小成长", "中小等权", "中证地产", "中证长三角领先"]
          .concat([
            "全指消费",
            "周期债",
            "安信货币",
            "德邦货币",
            "恒生中国",
            "景顺医药",
            "景顺货币",
            "景顺食品",
          ])
          .concat(["材料行业", "深成指EF", "能源行业", "诺安500"])
          .sort(),
      );
      expect(list_status.filter((status) => status === "D")).toHaveLength(98 + unnamed.length);
    },
  );
});

describe("ETF prices", () => {
  beforeEach(() => run({ job: "ETF_LIST" }));

  const stored = () =>
    world.sql(`select ts_code, to_char(trade_date, 'YYYYMMDD') as trade_date, cast(close as text) as close,
      cast(adj_factor as text) as adj_factor from stock_daily order by ts_code, stock_daily.trade_date`);

  test("come by date, one call to each interface a day, into the table of the stocks", async () => {
    const { task, calls } = await run(history);
    expect(task).toMatchObject({ status: "COMPLETED", total_units: marketDays.length });
    expect(calls.map(({ name }) => name).sort()).toEqual([
      ...marketDays.map(() => "fund_adj"),
      ...marketDays.map(() => "fund_daily"),
    ]);
    const rows = await stored();
    expect([...new Set(rows.map(({ ts_code }) => ts_code))]).toEqual(tradedEtfCodes);
    expect(rows.filter(({ ts_code }) => ts_code === "588990.SH")).toHaveLength(6);
    expect(rows.find(({ ts_code }) => ts_code === "510300.SH")).toMatchObject({ adj_factor: "1.208" });
  });

  test("of dates already stored are not asked for again", async () => {
    await run({ ...history, to: marketDays[4] });
    const { task } = await run(history);
    expect(task).toMatchObject({ status: "COMPLETED", total_units: marketDays.length - 5 });
    expect((await run(history)).calls).toEqual([]);
  });

  test("of one ETF come as one range", async () => {
    const { calls } = await run({ ...history, codes: ["510300.SH"] });
    expect(calls.map(({ params }) => params)).toEqual([
      { ts_code: "510300.SH", start_date: marketDays[0], end_date: lastDay },
      { ts_code: "510300.SH", start_date: marketDays[0], end_date: lastDay },
    ]);
    expect(await stored()).toHaveLength(marketDays.length);
  });

  test("of other days are stored when one day fails", async () => {
    world.state.onCall = (call, reply) => {
      if (call.params.trade_date === "20240105") throw new SyncError("permanent", "this day is broken");
      return reply;
    };
    const { task } = await run(history);
    expect(task).toMatchObject({ status: "FAILED", total_processed: marketDays.length - 1, total_failed: 1 });
  });

  test("are not mixed up with stock prices, in either direction", async () => {
    await run({ ...history, job: "DAILY_HISTORY" });
    expect((await run(history)).task).toMatchObject({ total_units: marketDays.length, status: "COMPLETED" });
    expect((await run({ ...history, job: "DAILY_HISTORY" })).calls).toEqual([]);
    await world.sql("delete from stock_daily where ts_code = '510300.SH' and trade_date = '2024-01-08'");
    expect((await run({ ...history, job: "DAILY_HISTORY" })).calls).toEqual([]);
    const { calls } = await run({ job: "ETF_INCREMENTAL" });
    expect(calls.map(({ params }) => params)).toEqual([
      { trade_date: "20240108" },
      { trade_date: "20240108" },
    ]);
  });

  test("above the configured row cap are read in pages, and no row is lost", async () => {
    // The upstream truncates its reply without saying so.
    const capped = await makeWorld(undefined, { SYNC_FUND_ROW_CAP: "100" });
    try {
      await capped.reset();
      const { market } = capped.state;
      const codes = Array.from({ length: 250 }, (_, at) => `${512000 + at}.SH`);
      await capped.insert(
        "stock_info",
        codes.map((ts_code) => ({ ts_code, name: ts_code, is_etf: "Y", list_date: "20200102" })),
      );
      market.fund_daily = manyFunds(market.fund_daily, codes);
      market.fund_adj = manyFunds(market.fund_adj, codes);
      capped.state.cap = 100;
      capped.state.onCall = (_call, reply) => ({ ...reply, hasMore: false });
      await capped.dispatch({ ...history, from: lastDay });
      await capped.runToEnd();
      expect(await capped.tasks()).toMatchObject([{ status: "COMPLETED" }]);
      expect(await capped.sql("select count(*) as rows from stock_daily")).toEqual([{ rows: "250" }]);
    } finally {
      await capped.close();
    }
  });

  /** A row of the last day for each ETF. */
  function manyFunds(rows: readonly Row[], codes: readonly string[]): Row[] {
    const [row] = rows;
    return codes.map((ts_code) => ({ ...row, ts_code, trade_date: lastDay }));
  }

  test("an ETF job refuses a stock's code, and a stock job an ETF's", async () => {
    await expect(world.dispatch({ ...history, codes: ["600519.SH"] })).rejects.toThrow(
      "no ETF 600519.SH in stock_info: check them, or run the job ETF_LIST",
    );
    await expect(world.dispatch({ ...history, job: "DAILY_HISTORY", codes: ["510300.SH"] })).rejects.toThrow(
      "no stock 510300.SH in stock_info: check them, or run the job REFERENCE",
    );
  });

  test("and stock prices can be read with one query", async () => {
    await run(history);
    await run({ ...history, job: "DAILY_HISTORY" });
    const [day] = await world.sql(
      `select count(*) filter (where is_etf = 'Y') as etfs, count(*) filter (where is_etf = 'N') as stocks
       from stock_daily join stock_info using (ts_code) where trade_date = '2024-01-17'`,
    );
    expect(day).toEqual({ etfs: String(tradedEtfCodes.length), stocks: String(stockCodes.length - 2) });
  });
});
