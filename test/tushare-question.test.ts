// Requests in TuShare's protocol, in the forms that clients send: what is understood, and what is refused and how.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { withInterfaces } from "../docs/endpoint-document.ts";
import { facesOf } from "../shared/tushare-door/face.ts";
import { type Door, readQuestion, readRequest } from "../shared/tushare-door/question.ts";
import { RefusedError } from "../shared/tushare-door/refusal.ts";
import { statementOf } from "../shared/tushare-door/rows.ts";

const door: Door = {
  faces: facesOf(),
  rowCapOf: ({ spec }) => spec.rowCap,
};

function ask(request: unknown, pathName?: string) {
  const body = typeof request === "string" ? request : JSON.stringify(request);
  return readQuestion(readRequest(body), pathName, door);
}
const call = (api_name: string, params: unknown = {}, fields: unknown = "") =>
  ask({ api_name, token: "any", params, fields });

function refusalOf(act: () => unknown): { code: number; msg: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
  throw new Error("it was not refused");
}
const namesOf = ({ fields }: { fields: readonly { name: string }[] }) => fields.map(({ name }) => name);
const filtersOf = ({ filters }: ReturnType<typeof call>) =>
  Object.fromEntries(filters.map(({ field, values }) => [field.name, values]));

describe("the forms of clients", () => {
  const bar = { api_name: "daily", token: "any" };
  test.each([
    ["the documented one", { ...bar, params: { trade_date: "20260105" }, fields: "ts_code,close" }],
    ["fields as a list", { ...bar, params: { trade_date: "20260105" }, fields: ["ts_code", "close"] }],
    [
      "fields with spaces",
      { ...bar, params: { trade_date: " 20260105 " }, fields: " ts_code, close ,close" },
    ],
    [
      "numbers as numbers",
      { ...bar, params: { trade_date: 20260105, limit: 6000, offset: 0 }, fields: "ts_code,close" },
    ],
    [
      "empty texts for what is not set, and the address that the 1.4 client adds",
      {
        ...bar,
        params: { ts_code: "", trade_date: "20260105", start_date: "", limit: "", ts_type_name: "http://x" },
        fields: "ts_code,close",
      },
    ],
  ])("%s", (_form, request) => {
    const question = ask(request);
    expect(namesOf(question)).toEqual(["ts_code", "close"]);
    expect(filtersOf(question)).toEqual({ trade_date: ["20260105"] });
    expect(question).toMatchObject({ from: "20260105", to: "20260105", limit: 6_000, offset: 0 });
  });

  test("the interface in the path only", () => {
    expect(ask({ token: "any", params: {} }, "daily").face.spec.name).toBe("daily");
  });

  test.each([undefined, null, "", [], " , "])(
    "fields %j are TuShare's default ones, in its order",
    (fields) => {
      expect(namesOf(ask({ api_name: "fund_daily", token: "any", fields }))).toEqual(
        "ts_code trade_date pre_close open high low close change pct_chg vol amount".split(" "),
      );
    },
  );

  test.each([
    ["a text with commas", "000001.SZ,600519.SH"],
    ["a text with spaces and repetitions", "000001.SZ, 600519.SH,000001.SZ,"],
    ["a list", ["000001.SZ", "600519.SH"]],
  ])("several codes as %s", (_form, ts_code) => {
    expect(filtersOf(call("daily", { ts_code }))).toEqual({ ts_code: ["000001.SZ", "600519.SH"] });
  });

  test("a whole market's codes, and not many more", () => {
    const codes = Array.from({ length: 10_001 }, (_, at) => `${at}.SZ`);
    expect(filtersOf(call("daily", { ts_code: codes.slice(1).join(",") })).ts_code).toHaveLength(10_000);
    expect(refusalOf(() => call("daily", { ts_code: codes.join(",") })).code).toBe(50101);
  });
});

describe("the meaning of parameters", () => {
  test("a range includes both ends, and a day within it is that day", () => {
    expect(call("daily", { start_date: "20240101", end_date: "20240131" })).toMatchObject({
      ...{ from: "20240101", to: "20240131" },
    });
    const range = { start_date: "20240101", end_date: "20240131", trade_date: "20240105" };
    expect(call("daily", range)).toMatchObject({ from: "20240105", to: "20240105" });
  });

  test("TuShare's own defaults and other names", () => {
    expect(filtersOf(call("stock_basic"))).toEqual({ list_status: ["L"] });
    expect(filtersOf(call("stock_basic", { list_status: "D" }))).toEqual({ list_status: ["D"] });
    expect(filtersOf(call("trade_cal", { is_open: 1 }))).toEqual({ exchange: ["SSE"], is_open: ["1"] });
    expect(filtersOf(call("etf_basic", { mgr: "华夏基金" }))).toEqual({ mgr_name: ["华夏基金"] });
    const report = { ts_code: "600519.SH", period: "20231231" };
    expect(call("fina_indicator", report)).toMatchObject({ from: "20231231", to: "20231231" });
    expect(filtersOf(call("disclosure_date", { end_date: "20231231" }))).toEqual({ end_date: ["20231231"] });
  });

  test("limit cannot lift the cap, and zero is none", () => {
    expect(call("daily", { limit: "10", offset: "20" })).toMatchObject({ limit: 10, offset: 20 });
    expect(call("daily", { limit: "99999" }).limit).toBe(6_000);
    expect(call("daily", { limit: 0 }).limit).toBe(6_000);
  });

  test("the default fields of reports leave out those that TuShare answers only by name", () => {
    const { fields } = call("fina_indicator", { ts_code: "600519.SH" });
    expect(namesOf({ fields }).slice(0, 4)).toEqual(["ts_code", "ann_date", "end_date", "eps"]);
    expect(fields).toHaveLength(108);
    expect(namesOf(call("fina_indicator", { ts_code: "600519.SH" }, "update_flag,rd_exp"))).toEqual([
      ...["update_flag", "rd_exp"],
    ]);
  });

  test("what each interface lacks is known by name", () => {
    const lacking = [...door.faces].flatMap(([name, { lacks }]) => (lacks.length > 0 ? [[name, lacks]] : []));
    expect(Object.fromEntries(lacking)).toEqual({
      daily: ["ah_vol", "ah_amount"],
      daily_basic: ["limit_status"],
      etf_basic: ["extname"],
      fund_adj: ["discount_rate"],
      fund_basic: [
        ...["fund_type", "due_date", "issue_date", "issue_amount", "c_fee", "duration_year", "p_value"],
        ...["min_amount", "exp_return", "benchmark", "invest_type", "type", "trustee", "purc_startdate"],
        "redm_startdate",
      ],
    });
  });
});

describe("refused in TuShare's own words", () => {
  test.each([
    ["no token", { api_name: "daily" }, 40101, "您的token不对，请确认。"],
    ["a token of another type", { api_name: "daily", token: 1 }, 40101, "您的token不对，请确认。"],
    ["no interface", { token: "any" }, 50101, "请指定正确的接口名"],
    ["no required parameter", { api_name: "fina_indicator", token: "any" }, 50101, "必填参数, ts_code"],
    ["no JSON", "api_name=daily", -1000, "系统内部错误"],
    ["a list", [], -1000, "系统内部错误"],
    ["parameters of another type", { api_name: "daily", token: "any", params: [] }, -1000, "系统内部错误"],
    ["fields of another type", { api_name: "daily", token: "any", fields: 7 }, -1000, "系统内部错误"],
    ...["-1", "1.5", "x", "1e3"].map((limit) => [
      `limit ${limit}`,
      { api_name: "daily", token: "any", params: { limit } },
      50101,
      "查询数据失败，请确认参数！可以反馈管理员协助您排查问题",
    ]),
    [
      "an offset above TuShare's largest",
      { api_name: "daily", token: "any", params: { offset: 100_001 } },
      50101,
      "查询数据失败，请确认参数！可以反馈管理员协助您排查问题",
    ],
  ] as [string, unknown, number, string][])("%s", (_what, request, code, msg) => {
    expect(refusalOf(() => ask(request))).toEqual({ code, msg });
  });

  test("an interface that is not mirrored is a missing right, and says what to do", () => {
    const { code, msg } = refusalOf(() => call("repo_daily"));
    expect(code).toBe(40203);
    expect(msg).toMatch(/^抱歉，您没有接口\(repo_daily\)访问权限.*直接向 TuShare 调用/);
  });
});

describe("refused and named, where TuShare would answer something else", () => {
  test.each([
    ["a dashed date", { trade_date: "2024-01-05" }, "trade_date"],
    ["a day that no calendar has", { start_date: "20240230" }, "start_date"],
    ["an unknown parameter", { tradedate: "20240105" }, "tradedate"],
  ])("%s", (_what, params, named) => {
    const { code, msg } = refusalOf(() => call("daily", params));
    expect([code, msg.includes(named)]).toEqual([50101, true]);
  });

  test("a field that is not stored, and one that there is not", () => {
    expect(refusalOf(() => call("daily", {}, "close,ah_vol")).msg).toContain("没有保存 daily 的字段 ah_vol");
    expect(refusalOf(() => call("daily", {}, "close,clsoe")).msg).toContain("没有字段 clsoe");
  });

  test("a part of the interface that is not fetched", () => {
    expect(refusalOf(() => call("fund_basic", { market: "O" })).msg).toContain("market=E");
  });
});

describe("what comes from outside", () => {
  const evil = "'; drop table x; --";
  test("stands in no statement: values are parameters, names are refused", () => {
    const { sql, parameters } = statementOf(call("stock_basic", { name: evil, ts_code: `${evil},b` }));
    expect(sql).not.toContain("drop");
    expect(Object.values(parameters).filter((value) => String(value).includes("drop"))).toHaveLength(2);
    for (const act of [
      () => call(evil),
      () => call("daily", { [evil]: "1" }),
      () => call("daily", {}, evil),
      () => call("daily", { trade_date: evil }),
      () => call("daily", { limit: evil }),
      () => call("trade_cal", { is_open: evil }),
      () => call("daily", { ts_code: { $ne: "" } }),
    ]) {
      expect(refusalOf(act).msg).not.toContain("drop");
    }
  });

  test.each(["__proto__", "constructor", "toString"])("is not taken for a member named %s", (name) => {
    expect(refusalOf(() => call(name)).code).toBe(40203);
    expect(refusalOf(() => call("daily", JSON.parse(`{"${name}": "1"}`))).code).toBe(50101);
  });
});

test("the document's table is that of the catalogue", () => {
  const document = readFileSync(new URL("../docs/tushare-endpoint.md", import.meta.url), "utf8");
  expect(document).toBe(withInterfaces(document));
});
