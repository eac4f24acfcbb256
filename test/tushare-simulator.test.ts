// The simulated upstream against the real one's documented behaviour, over HTTP as a client sees it.
import { afterEach, describe, expect, test } from "vitest";
import { type Fault, faultKinds } from "../local/tushare/faults.ts";
import type { Upstream, UpstreamOptions } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";
import { startUpstream } from "../local/tushare/upstream.ts";
import { until } from "./support/until.ts";

type Cell = string | number | null;
type Reply = {
  code: number;
  msg: string;
  data: { fields: string[]; items: Cell[][]; has_more?: boolean; count?: number } | null;
};

const running: Upstream[] = [];
afterEach(async () => {
  for (const upstream of running.splice(0)) await upstream.close();
});

async function upstreamOf(options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = await serveUpstream({
    today: "20260630",
    stocks: 200,
    latencyMs: 0,
    minuteLimit: 10000,
    ...options,
  });
  running.push(upstream);
  return upstream;
}

async function post(upstream: Upstream, body: unknown, path = "/"): Promise<Response> {
  return fetch(upstream.url + path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function call(
  upstream: Upstream,
  name: string,
  params: object = {},
  fields: unknown = "",
): Promise<Reply> {
  const response = await post(upstream, { api_name: name, token: "t", params, fields });
  return (await response.json()) as Reply;
}

/** The rows of an answer as records, in the answer's order. */
async function rowsOf(upstream: Upstream, name: string, params: object = {}, fields: unknown = "") {
  return records(await call(upstream, name, params, fields));
}

function records({ code, msg, data }: Reply): Record<string, Cell>[] {
  if (code !== 0 || !data) throw new Error(`${code} ${msg}`);
  return data.items.map((item) =>
    Object.fromEntries(data.fields.map((field, at) => [field, item[at] ?? null])),
  );
}

const sorted = (rows: Record<string, Cell>[]) =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();

const number = (row: Record<string, Cell> | undefined, field: string) => Number(row?.[field]);

describe("protocol", () => {
  test("every address and every form of a request makes the same call", async () => {
    const upstream = await upstreamOf();
    const params = { trade_date: 20260629, limit: "5", nonsense: 1, ts_code: "" };
    const forms = [
      { path: "/", fields: "ts_code, close" },
      { path: "/dataapi", fields: ["ts_code", "close"] },
      { path: "/dataapi/daily", fields: "ts_code,close,ts_code,unknown" },
      { path: "/daily", fields: "close,ts_code" },
    ];
    const answers = await Promise.all(
      forms.map(async ({ path, fields }) => {
        const body = { api_name: "daily", token: "t", params: { ...params, ts_type_name: "x" }, fields };
        return sorted(records((await (await post(upstream, body, path)).json()) as Reply));
      }),
    );
    expect(answers[0]).toHaveLength(5);
    for (const answer of answers) expect(answer).toEqual(answers[0]);

    const unnamed = await post(upstream, { token: "t", params }, "/dataapi/daily");
    expect(((await unnamed.json()) as Reply).data?.fields).toHaveLength(11);
    const bare = await post(upstream, { api_name: "daily", token: "t" });
    expect(((await bare.json()) as Reply).data?.items).toHaveLength(6000);
  });

  test("the envelope is the upstream's", async () => {
    const upstream = await upstreamOf();
    const response = await post(upstream, {
      api_name: "trade_cal",
      token: "t",
      params: { start_date: "20260629" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    const reply = (await response.json()) as Reply & { request_id: string };
    expect(reply).toMatchObject({ code: 0, msg: "", data: { has_more: false, count: -1 } });
    expect(reply.request_id).toMatch(/^[0-9a-f-]{36}$/);
    const day = records(reply).find(({ cal_date: date }) => date === "20260629");
    expect(day).toEqual({ exchange: "SSE", cal_date: "20260629", is_open: 1, pretrade_date: "20260626" });
  });

  test("without a fields parameter the default fields are returned, the others only when named", async () => {
    const upstream = await upstreamOf();
    const params = { trade_date: "20260629", limit: 1 };
    const expected = "amount change close high low open pct_chg pre_close trade_date ts_code vol";
    expect((await call(upstream, "daily", params)).data?.fields.sort().join(" ")).toBe(expected);
    expect((await call(upstream, "daily", params, "ah_vol")).data?.fields).toEqual(["ah_vol"]);
    expect((await call(upstream, "stock_basic", params)).data?.fields).toHaveLength(10);
    expect((await call(upstream, "daily_basic", params)).data?.fields).toHaveLength(18);
    expect((await call(upstream, "fina_indicator", { ts_code: "600000.SH" })).data?.fields).toHaveLength(108);
  });

  test.each<[string, object | string, number, string]>([
    ["no token", { api_name: "daily" }, 40101, "您的token不对，请确认。"],
    ["a bad token", { api_name: "daily", token: "bad-token" }, 40101, "您的token不对，请确认。"],
    ["an unknown interface", { api_name: "pro_bar", token: "t" }, 50101, "请指定正确的接口名"],
    ["malformed JSON", '{"api_name":', -1000, "系统内部错误"],
    ["a list as body", "[]", -1000, "系统内部错误"],
    ["no code for reports", { api_name: "fina_indicator", token: "t" }, 50101, "必填参数, ts_code"],
    [
      "neither code nor date",
      { api_name: "daily_basic", token: "t", params: { ts_code: "" } },
      50101,
      "参数校验失败, ts_code和日期参数至少输入一个",
    ],
    [
      "an offset over 100000",
      { api_name: "daily", token: "t", params: { offset: 100001 } },
      50101,
      "查询数据失败，请确认参数！可以反馈管理员协助您排查问题",
    ],
    [
      "too few points",
      { api_name: "etf_basic", token: "t" },
      40203,
      "抱歉，您没有接口(etf_basic)访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。",
    ],
  ])("%s is refused with the upstream's own words", async (_case, body, code, msg) => {
    const upstream = await upstreamOf();
    expect(await (await post(upstream, body)).json()).toMatchObject({ code, msg, data: null });
  });

  test("an unknown code or value gives an empty answer, not an error", async () => {
    const upstream = await upstreamOf();
    for (const params of [{ trade_date: "20260628" }, { ts_code: "999999.SH" }, { start_date: "20300101" }]) {
      expect(await rowsOf(upstream, "daily", params)).toEqual([]);
    }
    expect(await rowsOf(upstream, "daily_basic", { ts_code: "600000.SH,600519.SH" })).toEqual([]);
    expect(
      await rowsOf(upstream, "daily", { trade_date: "20260629", ts_code: "600000.SH,600519.SH" }),
    ).toHaveLength(2);
  });

  test("a dashed date is compared as text and selects the wrong days", async () => {
    const upstream = await upstreamOf();
    const days = async (params: object) =>
      (await rowsOf(upstream, "trade_cal", params)).map(({ cal_date: date }) => date).sort();
    expect((await days({ start_date: "2024-03-05", end_date: "20241231" }))[0]).toBe("20240101");
    expect((await days({ start_date: "20230101", end_date: "2024-03-05" })).at(-1)).toBe("20231231");
    const bars = await rowsOf(upstream, "daily", { ts_code: "600000.SH", end_date: "2024-03-05" });
    expect(bars[0]?.trade_date).toBe("20231229");
  });

  test("rows over the cap are cut without an error, and offset finds the rest", async () => {
    const upstream = await upstreamOf();
    const first = await call(upstream, "daily", { ts_code: "600000.SH" });
    const second = await call(upstream, "daily", { ts_code: "600000.SH", offset: 6000 });
    expect(first.data).toMatchObject({ has_more: true });
    expect(second.data).toMatchObject({ has_more: false });
    const dates = [...records(first), ...records(second)].map((row) => String(row.trade_date));
    expect(records(first)).toHaveLength(6000);
    expect(dates).toEqual([...new Set(dates)].sort().reverse());
    expect(dates[0]).toBe("20260630");
    expect(dates.at(-1)).toBe("19901219");
    const newest = await rowsOf(upstream, "daily", { ts_code: "600000.SH", limit: 2 });
    expect(newest.map((row) => row.trade_date)).toEqual(["20260630", "20260629"]);
  });

  test("pages of one day hold every stock once", async () => {
    const upstream = await upstreamOf();
    const whole = await rowsOf(upstream, "daily_basic", { trade_date: "20260629" });
    const pages = await Promise.all(
      [0, 70, 140, 210].map((offset) =>
        rowsOf(upstream, "daily_basic", { trade_date: "20260629", offset, limit: 70 }),
      ),
    );
    expect(sorted(pages.flat())).toEqual(sorted(whole));
  });

  test("calls over the minute limit are refused by interface and token, and refused calls count", async () => {
    const upstream = await upstreamOf({ minuteLimit: 20 });
    const ask = async (name: string, token: string) =>
      (await (await post(upstream, { api_name: name, token, params: { limit: 1 } })).json()) as Reply;
    for (let calls = 0; calls < 20; calls++) expect((await ask("daily", "one")).code).toBe(0);
    for (let calls = 0; calls < 3; calls++) {
      expect(await ask("daily", "one")).toMatchObject({
        code: 40203,
        msg: "抱歉，您访问接口(daily)频率超限(20次/分钟)，具体频次详情：https://tushare.pro/document/1?doc_id=108。",
      });
    }
    expect((await ask("daily", "two")).code).toBe(0);
    expect((await ask("adj_factor", "one")).code).toBe(0);
    const { interfaces } = await upstream.stats();
    expect(interfaces.daily).toMatchObject({ calls: 24, refusals: 3, errors: 0, peakCallsPerMinute: 24 });
  });

  test("stock_basic has its own limit", async () => {
    const upstream = await upstreamOf({ minuteLimit: 200 });
    const codes = await Promise.all(
      Array.from({ length: 51 }, () => call(upstream, "stock_basic", { limit: 1 })),
    );
    expect(codes.filter(({ code }) => code === 40203).map(({ msg }) => msg)).toEqual([
      expect.stringContaining("(stock_basic)频率超限(50次/分钟)"),
    ]);
  });
});

describe("generated market", () => {
  test("the same seed gives the same answers, whatever was asked before; another seed gives others", async () => {
    const [one, two, other] = await Promise.all([upstreamOf(), upstreamOf(), upstreamOf({ seed: 2 })]);
    const questions: [string, object][] = [
      ["daily", { trade_date: "20260629" }],
      ["daily_basic", { trade_date: "20100104" }],
      ["adj_factor", { ts_code: "000001.SZ" }],
      ["stock_basic", { list_status: "D" }],
      ["suspend_d", { start_date: "20260101" }],
    ];
    const ask = async (upstream: Upstream, [name, params]: [string, object]) =>
      (await call(upstream, name, params)).data;
    const forward = [];
    for (const question of questions) forward.push(await ask(one, question));
    const backward = [];
    for (const question of questions.toReversed()) backward.push(await ask(two, question));
    expect(backward.reverse()).toEqual(forward);
    expect(await ask(other, ["daily", { trade_date: "20260629" }])).not.toEqual(forward[0]);
  });

  test("moving the clock does not change past data", async () => {
    const upstream = await upstreamOf();
    const before = await call(upstream, "daily", { trade_date: "20260515" });
    await upstream.setClock({ today: "20261120" });
    expect((await call(upstream, "daily", { trade_date: "20260515" })).data).toEqual(before.data);
    expect(await rowsOf(upstream, "daily", { trade_date: "20261119" })).not.toEqual([]);
  });

  test("bars are consistent and stay within the daily limits", async () => {
    const upstream = await upstreamOf();
    const bars = [
      ...(await rowsOf(upstream, "daily", { start_date: "20260501" })),
      ...(await rowsOf(upstream, "daily", { ts_code: "000001.SZ" })),
    ];
    expect(bars.length).toBeGreaterThan(10000);
    const listed = new Map(
      (await rowsOf(upstream, "stock_basic")).map((row) => [row.ts_code, row.list_date]),
    );
    const wrong = bars.filter((row) => {
      const at = (field: string) => number(row, field);
      const cents = (value: number) => Math.round(value * 100);
      const average = (at("amount") * 1000) / (at("vol") * 100);
      const limit = String(row.ts_code).startsWith("688")
        ? 0.2
        : String(row.ts_code).endsWith("BJ")
          ? 0.3
          : 0.1;
      const isFirstDay = listed.get(row.ts_code ?? "") === row.trade_date;
      return !(
        at("low") <= Math.min(at("open"), at("close")) &&
        at("high") >= Math.max(at("open"), at("close")) &&
        at("low") > 0 &&
        average >= at("low") &&
        average <= at("high") &&
        cents(at("close") - at("pre_close")) === cents(at("change")) &&
        Math.abs((at("change") / at("pre_close")) * 100 - at("pct_chg")) < 0.0001 &&
        (isFirstDay || Math.abs(at("pct_chg")) <= limit * 100 + 50 / cents(at("pre_close"))) &&
        ["open", "high", "low", "close", "pre_close", "change"].every((field) =>
          /^-?\d+(\.\d{1,2})?$/.test(String(row[field])),
        )
      );
    });
    expect(wrong).toEqual([]);
  });

  test("pre_close is the previous close, except on ex-dates, where the factor changes by the same ratio", async () => {
    const upstream = await upstreamOf();
    let steps = 0;
    for (const code of ["000001.SZ", "600519.SH", "300750.SZ"]) {
      const params = { ts_code: code, start_date: "20100101" };
      const bars = await rowsOf(upstream, "daily", params);
      const factors = new Map(
        (await rowsOf(upstream, "adj_factor", params)).map((row) => [row.trade_date, row.adj_factor]),
      );
      bars.slice(0, -1).forEach((bar, at) => {
        const previous = bars[at + 1];
        const step =
          Number(factors.get(bar.trade_date ?? "")) / Number(factors.get(previous?.trade_date ?? ""));
        if (step === 1) expect(bar.pre_close).toBe(previous?.close);
        else steps++;
        expect(Math.abs(number(previous, "close") / step - number(bar, "pre_close"))).toBeLessThan(0.00501);
      });
    }
    expect(steps).toBeGreaterThan(5);
  });

  test("valuations agree with the bars of the day, and some are null", async () => {
    const upstream = await upstreamOf({ stocks: 1000 });
    const bars = new Map(
      (await rowsOf(upstream, "daily", { trade_date: "20260629" })).map((row) => [row.ts_code, row]),
    );
    const rows = await rowsOf(upstream, "daily_basic", { trade_date: "20260629" });
    expect(rows.length).toBe(bars.size);
    for (const row of rows) {
      const at = (field: string) => number(row, field);
      const bar = bars.get(row.ts_code ?? "");
      expect(row.close).toBe(bar?.close);
      expect(at("total_mv")).toBeCloseTo(at("close") * at("total_share"), 3);
      expect(at("circ_mv")).toBeCloseTo(at("close") * at("float_share"), 3);
      expect(at("turnover_rate")).toBeCloseTo(number(bar, "vol") / at("float_share"), 3);
      expect(at("free_share") <= at("float_share") && at("float_share") <= at("total_share")).toBe(true);
    }
    const nulls = (field: string) => rows.filter((row) => row[field] === null).length;
    expect(nulls("pe")).toBeGreaterThan(rows.length * 0.05);
    expect(nulls("pe")).toBeLessThan(rows.length * 0.4);
    expect(nulls("dv_ttm")).toBeGreaterThan(0);
    expect(nulls("close")).toBe(0);
  });

  test("a new stock has no volume_ratio in its first days", async () => {
    const upstream = await upstreamOf();
    const newest = (await rowsOf(upstream, "stock_basic")).sort(
      (a, b) => number(b, "list_date") - number(a, "list_date"),
    )[0];
    const rows = await rowsOf(upstream, "daily_basic", { ts_code: newest?.ts_code ?? "" });
    expect(
      rows
        .map((row) => row.volume_ratio === null)
        .reverse()
        .slice(0, 7),
    ).toEqual([...[true, true, true, true, true], ...[false, false]]);
  });

  test("a suspended day has a factor but no bar, and suspend_d gives the reason", async () => {
    const upstream = await upstreamOf({ stocks: 2000 });
    const codes = async (name: string, params = {}) =>
      (await rowsOf(upstream, name, { trade_date: "20260629", ...params }))
        .filter((row) => row.suspend_timing === undefined || row.suspend_timing === null)
        .map((row) => row.ts_code)
        .sort();
    const [bars, factors, suspended] = await Promise.all([
      codes("daily"),
      codes("adj_factor"),
      codes("suspend_d", { suspend_type: "S" }),
    ]);
    expect(suspended.length).toBeGreaterThan(0);
    expect(factors).toEqual([...bars, ...suspended].sort());
  });

  test("the list has listed, delisted, suspended and approved stocks", async () => {
    const upstream = await upstreamOf({ stocks: 2500 });
    const list = (status: string) =>
      rowsOf(
        upstream,
        "stock_basic",
        { list_status: status },
        "ts_code,name,area,list_date,delist_date,list_status",
      );
    const [living, parted, parked, approved] = [
      await list("L"),
      await list("D"),
      await list("P"),
      await list("G"),
    ];
    expect(living.length).toBeGreaterThan(2450);
    expect(living.length).toBe((await upstream.about()).listed);
    expect(parted.length / living.length).toBeGreaterThan(0.04);
    expect(parked.length).toBeGreaterThan(0);
    expect(approved.length).toBeGreaterThan(0);
    expect(living.some((row) => row.area === null)).toBe(true);
    expect(living.some((row) => /^\*?ST/.test(String(row.name)))).toBe(true);
    expect(
      living.every((row) => row.delist_date === null && /^\d{6}\.(SH|SZ|BJ)$/.test(String(row.ts_code))),
    ).toBe(true);
    expect(parted.every((row) => String(row.delist_date) > String(row.list_date))).toBe(true);
    const codes = [...living, ...parted, ...parked, ...approved].map((row) => row.ts_code);
    expect(new Set(codes).size).toBe(codes.length);
    const gone = parted[0];
    const last = (await rowsOf(upstream, "daily", { ts_code: gone?.ts_code ?? "", limit: 1 }))[0];
    expect(String(last?.trade_date) < String(gone?.delist_date)).toBe(true);
  });

  test("a code that changed keeps its history under both codes and is listed under the new one", async () => {
    const upstream = await upstreamOf({ today: "20250214" });
    const listed = async () =>
      (await rowsOf(upstream, "stock_basic", {}, "ts_code")).map((row) => String(row.ts_code));
    const before = await listed();
    await upstream.setClock({ today: "20250228" });
    const after = await listed();
    expect(after).toContain("302132.SZ");
    const [former] = before.filter((code) => !after.includes(code));
    expect(former).toBe("300114.SZ");
    const params = { start_date: "20240101", end_date: "20240131" };
    const bars = async (code: string | undefined) =>
      (await rowsOf(upstream, "daily", { ...params, ts_code: code })).map(({ trade_date, close }) => [
        trade_date,
        close,
      ]);
    expect(await bars("302132.SZ")).toEqual(await bars(former));
    expect(await rowsOf(upstream, "daily", { ts_code: former, start_date: "20250217" })).toEqual([]);
  });

  test("the codes that the Beijing exchange moved are listed from the day of the move on", async () => {
    const upstream = await upstreamOf({ today: "20251008" });
    expect(await rowsOf(upstream, "bse_mapping", {})).toEqual([]);
    await upstream.setClock({ today: "20251009" });
    const [moved, ...others] = await rowsOf(upstream, "bse_mapping", {});
    expect(others).toEqual([]);
    expect(moved).toMatchObject({ o_code: "430047.BJ", n_code: "920047.BJ" });
    const [listed] = await rowsOf(upstream, "stock_basic", { ts_code: "920047.BJ" });
    expect(listed).toMatchObject({ name: moved?.name, list_date: moved?.list_date });
  });

  test("the calendar has the real open days", async () => {
    const upstream = await upstreamOf({ today: "20261120" });
    const open = (await rowsOf(upstream, "trade_cal", { is_open: "1", start_date: "20040101" })).map((row) =>
      String(row.cal_date),
    );
    const year = (text: string) => open.filter((date) => date.startsWith(text)).length;
    expect([2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026].map((one) => year(String(one)))).toEqual([
      ...[243, 244, 243, 243, 242, 242, 242, 243, 242],
    ]);
    for (const shut of ["20040119", "20050207", "20060126", "20240209", "20261001"])
      expect(open).not.toContain(shut);
    const whole = await rowsOf(upstream, "trade_cal", { exchange: "SZSE" });
    expect(whole.at(-1)).toEqual({ exchange: "SZSE", cal_date: "19901219", is_open: 1, pretrade_date: null });
    expect(whole[0]?.cal_date).toBe("20261231");
    await upstream.setClock({ today: "20261201" });
    expect((await rowsOf(upstream, "trade_cal"))[0]?.cal_date).toBe("20271231");
    expect(await rowsOf(upstream, "trade_cal", { exchange: "BSE" })).toEqual([]);
  });

  test("rows of today appear at their hours", async () => {
    const upstream = await upstreamOf({ publicationHour: { daily_basic: "18:30" } });
    const seen = async (time: string) => {
      await upstream.setClock({ today: "20260630", time });
      const names = ["adj_factor", "daily", "daily_basic"];
      const answers = await Promise.all(
        names.map((name) => rowsOf(upstream, name, { trade_date: "20260630", limit: 1 })),
      );
      return answers.map((rows) => rows.length);
    };
    expect(await seen("09:19")).toEqual([0, 0, 0]);
    expect(await seen("09:20")).toEqual([1, 0, 0]);
    expect(await seen("16:00")).toEqual([1, 1, 0]);
    expect(await seen("18:30")).toEqual([1, 1, 1]);
  });

  test("neither rows nor columns come in a fixed order, but one code comes newest first", async () => {
    const upstream = await upstreamOf();
    const day = (await rowsOf(upstream, "daily", { trade_date: "20260629" })).map((row) =>
      String(row.ts_code),
    );
    expect(day).not.toEqual([...day].sort());
    const orders = await Promise.all(
      ["20260622", "20260623", "20260624", "20260625", "20260626"].map(async (date) =>
        (
          await call(upstream, "daily", { trade_date: date }, "ts_code,trade_date,open,close,vol")
        ).data?.fields.join(),
      ),
    );
    expect(new Set(orders).size).toBeGreaterThan(1);
    const one = (await rowsOf(upstream, "adj_factor", { ts_code: "600519.SH" })).map((row) =>
      String(row.trade_date),
    );
    expect(one).toEqual([...one].sort().reverse());
  });

  test("funds have lists, bars and factors of their own", async () => {
    const upstream = await upstreamOf({ points: 8000 });
    const funds = await rowsOf(upstream, "fund_basic");
    const etfs = await rowsOf(upstream, "etf_basic", { list_status: "L", exchange: "SH" });
    expect(new Set(funds.map((row) => row.status))).toContain("L");
    expect(etfs.map((row) => row.ts_code)).toContain("510300.SH");
    const [bars, factors] = await Promise.all([
      rowsOf(upstream, "fund_daily", { trade_date: "20260629" }),
      rowsOf(upstream, "fund_adj", { trade_date: "20260629" }),
    ]);
    expect(bars.map((row) => row.ts_code).sort()).toEqual(factors.map((row) => row.ts_code).sort());
    expect((await call(upstream, "fund_daily")).msg).toBe("参数校验失败, ts_code和trade_date至少填写一个");
  });

  test("reports come newest period first, some in two versions that update_flag tells apart", async () => {
    const upstream = await upstreamOf({ points: 5000 });
    const fields = "ts_code,end_date,ann_date,update_flag,fcff,roe";
    const rows = await rowsOf(upstream, "fina_indicator", { ts_code: "600000.SH" }, fields);
    expect(rows).toHaveLength(100);
    const periods = rows.map((row) => String(row.end_date));
    expect(periods).toEqual([...periods].sort().reverse());
    expect(new Set(periods).size).toBeLessThan(periods.length);
    const keys = rows.map((row) => [row.end_date, row.ann_date, row.update_flag].join());
    expect(new Set(keys).size).toBe(100);
    expect(rows.every((row) => String(row.ann_date) < "20260630")).toBe(true);
    const quarter = await rowsOf(upstream, "fina_indicator_vip", { period: "20251231" }, fields);
    expect(quarter.filter((row) => row.ts_code === "600000.SH")).toEqual(
      rows.filter((row) => row.end_date === "20251231"),
    );
  });
});

describe("faults on demand", () => {
  const wanted = { trade_date: "20260629" };
  const fields = "ts_code,trade_date,close,pct_chg";

  async function struckBy(fault: Fault, params: object = wanted): Promise<Response> {
    const upstream = await upstreamOf({ faults: [fault] });
    return post(upstream, { api_name: "daily", token: "t", params, fields });
  }

  const reply = async (fault: Fault, params?: object) =>
    (await (await struckBy(fault, params)).json()) as Reply;

  test.each<[Fault, number, string]>([
    [{ kind: "address-limit" }, 40204, "您的IP数量超限，最大数量为2个！"],
    [{ kind: "permission" }, 40203, "抱歉，您没有接口(daily)访问权限"],
    [{ kind: "too-fast" }, 40203, "抱歉，您访问接口(daily)频率超限(10000次/分钟)"],
    [{ kind: "tighter-limit", value: 0 }, 40203, "抱歉，您访问接口(daily)频率超限(0次/分钟)"],
    [{ kind: "day-quota", value: 0 }, 40203, "抱歉，您访问接口(daily)频率超限(0次/天)"],
  ])("%o answers with the upstream's words", async (fault, code, msg) => {
    expect(await reply(fault)).toMatchObject({ code, msg: expect.stringContaining(msg), data: null });
  });

  test("broken connections and replies can be planned", async () => {
    await expect(struckBy({ kind: "reset" }).then((response) => response.text())).rejects.toThrow();
    const gateway = await struckBy({ kind: "http-5xx" });
    expect(gateway.status).toBeGreaterThanOrEqual(502);
    expect(await gateway.text()).toContain("<html>");
    const page = await struckBy({ kind: "html-200" });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<html>");
    await expect(struckBy({ kind: "truncated-json" }).then((response) => response.json())).rejects.toThrow();
    const named = await struckBy({ kind: "wrong-content-type" });
    expect(named.headers.get("content-type")).toContain("text/html");
    expect(((await named.json()) as Reply).code).toBe(0);
    expect([-1000, 50101]).toContain((await reply({ kind: "server-error" })).code);
    expect(await reply({ kind: "no-data" })).toMatchObject({ code: 0, data: null });
  });

  test("a hanging call never ends and a late one does", async () => {
    const upstream = await upstreamOf({
      faults: [
        { kind: "hang", interface: "daily" },
        { kind: "latency", value: 20 },
      ],
    });
    const body = JSON.stringify({ api_name: "daily", token: "t" });
    const patience = new AbortController();
    const hanging = fetch(upstream.url, { method: "POST", body, signal: patience.signal });
    await until(async () => (await upstream.stats()).faults.hang === 1);
    expect((await call(upstream, "adj_factor", wanted)).code).toBe(0);
    patience.abort();
    await expect(hanging).rejects.toThrow(/abort/i);
    expect((await upstream.stats()).faults).toEqual({ hang: 1, latency: 2 });
  });

  test("wrong content can be planned", async () => {
    const whole = records(await reply({ kind: "latency", value: 0 }));
    const some = records(await reply({ kind: "partial-day", value: 0.5 })).length;
    expect(some).toBeGreaterThan(whole.length * 0.3);
    expect(some).toBeLessThan(whole.length * 0.7);
    const [lost] = whole;
    const others = records(await reply({ kind: "partial-day", code: String(lost?.ts_code) }));
    expect(sorted(others)).toEqual(sorted(whole.slice(1)));
    expect(records(await reply({ kind: "empty-day", date: "20260629" }))).toEqual([]);
    expect(await (await struckBy({ kind: "wrong-numbers" })).text()).toMatch(/[[,](NaN|"--"|"12,3x")[\],]/);
    const shape = async (fault: Fault) => (await reply(fault)).data?.fields.toSorted().join();
    expect(await shape({ kind: "column-missing", column: "close" })).toBe("pct_chg,trade_date,ts_code");
    expect(await shape({ kind: "column-renamed", column: "pct_chg" })).toBe(
      "close,pct_change,trade_date,ts_code",
    );
    expect(await shape({ kind: "column-added" })).toBe("close,extra_column,pct_chg,trade_date,ts_code");
    const twice = records(await reply({ kind: "duplicate-key" }));
    expect(twice.length).toBeGreaterThan(whole.length);
    expect(new Set(sorted(twice)).size).toBe(whole.length);
    expect((await reply({ kind: "has-more-absent" })).data).not.toHaveProperty("has_more");
    expect((await reply({ kind: "has-more-lies" })).data?.has_more).toBe(true);
    const shifted = records(await reply({ kind: "offset-ignored" }, { ...wanted, offset: 5 }));
    expect(sorted(shifted)).toEqual(sorted(whole));
  });

  test("a fault affects only its interface and date, and only as often as planned", async () => {
    const faults: Fault[] = [{ kind: "empty-day", interface: ["daily"], date: "20260629", count: 2 }];
    const upstream = await upstreamOf({ faults });
    const isEmpty = async (name: string, params: object) =>
      (await rowsOf(upstream, name, params)).length === 0;
    expect(await isEmpty("adj_factor", wanted)).toBe(false);
    expect(await isEmpty("daily", { trade_date: "20260626" })).toBe(false);
    expect([
      await isEmpty("daily", wanted),
      await isEmpty("daily", wanted),
      await isEmpty("daily", wanted),
    ]).toEqual([...[true, true, false]]);
  });

  test("a used-up daily quota is reset at midnight in Shanghai", async () => {
    const upstream = await upstreamOf({ faults: [{ kind: "day-quota", value: 2 }] });
    const code = async () => (await call(upstream, "daily", wanted)).code;
    expect([await code(), await code(), await code()]).toEqual([0, 0, 40203]);
    await upstream.setClock({ today: "20260701" });
    expect(await code()).toBe(0);
  });

  test.each(["mild", "storm"] as const)(
    "a client that tries again gets the same rows through a %s",
    async (preset) => {
      const calm = await upstreamOf();
      const rough = await upstreamOf({ faults: preset });
      for (let day = 1; day <= 20; day++) {
        const params = { trade_date: `202605${String(day).padStart(2, "0")}` };
        const expected = sorted(await rowsOf(calm, "daily", params, fields));
        let found: string[] | undefined;
        for (let attempt = 0; attempt < 12 && !found; attempt++) {
          const body = JSON.stringify({ api_name: "daily", token: "t", params, fields });
          const patience = AbortSignal.timeout(400 * 2 ** attempt); // a busy machine answers late, too
          const got = await fetch(rough.url, { method: "POST", body, signal: patience })
            .then((response) => response.json())
            .then((answer) => records(answer as Reply).map(({ extra_column: _, ...row }) => row))
            .catch(() => undefined);
          found = got && sorted(got);
        }
        expect(found).toEqual(expected);
      }
    },
  );

  test("a plan that cannot be read is refused by name and changes nothing", async () => {
    const upstream = await upstreamOf({ faults: [{ kind: "reset", count: 0 }] });
    const plan = [{ kind: "earthquake" }] as unknown as Fault[];
    await expect(upstream.setFaults(plan)).rejects.toThrow(/"earthquake", expected one of latency/);
    expect(await upstream.faults()).toEqual([{ kind: "reset", count: 0 }]);
    await upstream.setFaults(faultKinds.map((kind) => ({ kind, probability: 0 })));
    expect((await call(upstream, "daily", wanted)).code).toBe(0);
  });
});

describe("in a thread of its own", () => {
  test("it serves, can be steered and ends", async () => {
    const upstream = await startUpstream({ today: "20260630", stocks: 50, latencyMs: 0 });
    expect(await upstream.about()).toMatchObject({
      source: "generated",
      lastDate: "20260630",
      today: "20260630",
    });
    expect((await call(upstream, "daily", { trade_date: "20260629" })).code).toBe(0);
    await upstream.setFaults([{ kind: "permission" }]);
    expect((await call(upstream, "daily")).code).toBe(40203);
    expect((await upstream.stats()).interfaces.daily).toMatchObject({ calls: 2, errors: 1 });
    await upstream.close();
    await expect(call(upstream, "daily")).rejects.toThrow();
  });

  test("options it cannot use are refused with a reason", async () => {
    await expect(startUpstream({ stocks: 0 })).rejects.toThrow(
      "stocks is 0, expected a whole number from 1 to 10000",
    );
    await expect(startUpstream({ today: "2026-06-30" })).rejects.toThrow(
      "expected YYYYMMDD such as 20250403",
    );
  });
});
