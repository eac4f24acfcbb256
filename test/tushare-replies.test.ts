// What TuShare says, and what we make of it: every message it is known to have sent, old and new wording.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { makeTushare, readReply } from "../shared/adapters/tushare.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { type ErrorKind, type ErrorScope, SyncError } from "../shared/errors.ts";
import type { Clock, Page } from "../shared/ports.ts";
import { readPages, rowsOf } from "../shared/rows/rows.ts";

const token = "0123456789abcdef0123456789abcdef";
const now = new Date("2026-01-05T12:00:00Z"); // 20:00 in Shanghai
const rights = "权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";
const limits = "具体频次详情：https://tushare.pro/document/1?doc_id=108。";

type Verdict = { kind: ErrorKind; scope: ErrorScope; retryAfterSeconds?: number };
const aMinute: Verdict = { kind: "rate-limited", scope: "unit", retryAfterSeconds: 61 };
const anHour: Verdict = { kind: "rate-limited", scope: "task", retryAfterSeconds: 3_660 };
const aDay: Verdict = { kind: "rate-limited", scope: "task", retryAfterSeconds: 4 * 3_600 + 300 };
const noRight: Verdict = { kind: "permanent", scope: "task" };
const account: Verdict = { kind: "permanent", scope: "account" };
const ourMistake: Verdict = { kind: "permanent", scope: "unit" };
const mayPass: Verdict = { kind: "transient", scope: "unit" };

const messages: [code: number, msg: string, verdict: Verdict][] = [
  [40101, "您的token不对，请确认。", account],
  [2002, "抱歉，您输入的TOKEN无效！", account],
  [40203, `抱歉，您没有接口访问权限，${rights}`, noRight],
  [40203, `抱歉，您没有接口(fund_daily)访问权限，${rights}`, noRight],
  [2002, `抱歉，您没有接口访问权限，${rights}`, noRight],
  [40203, `抱歉，您每分钟最多访问该接口500次，${rights}`, aMinute],
  [40203, `抱歉，您每分钟最多访问该接口1次，${rights}`, aMinute],
  [40203, `抱歉，您每小时最多访问该接口1次，${rights}`, anHour],
  [40203, `抱歉，您每天最多访问该接口20次，${rights}`, aDay],
  [40203, `抱歉，您访问接口(dividend)频率超限(500次/分钟)，${limits}`, aMinute],
  [40203, `抱歉，您访问接口(fina_indicator)频率超限(200次/分钟)，${limits}`, aMinute],
  [-2002, `抱歉，您访问接口(daily)频率超限(200次/分钟)，${limits}`, aMinute],
  [40203, `抱歉，您访问接口(daily)频率超限(1次/小时)，${limits}`, anHour],
  [40203, `抱歉，您访问接口(daily)频率超限(20次/天)，${limits}`, aDay],
  [40204, "您的IP数量超限，最大数量为2个！", account],
  [40204, "您的IP数量超限，最大数量为5个！", account],
  [40204, "您的IP数量超限，最大数量为10个！", account],
  [40203, "您的IP数量超限，最大数量为2个！", account],
  [40204, "", account],
  [40203, "在线Ip数量超限, 请联系管理员获取权限", account],
  [40203, "抱歉，检测到您存在恶意行为", account],
  [50101, "查询数据失败，请确认参数！可以反馈管理员协助您排查问题", mayPass],
  [50101, "参数校验失败, ts_code,trade_date至少输入一个参数", ourMistake],
  [-2001, "必填参数, ts_code", ourMistake],
  [50101, "参数校验失败, ts_code,ann_date,period至少输入一个参数", ourMistake],
  [50101, "参数校验失败, ts_code和nav_date至少填写一个", ourMistake],
  [50101, "参数校验失败, ts_code,ex_date,pay_data,ann_date必选其一", ourMistake],
  [-1000, "系统内部错误", mayPass],
  [-1, "系统未知错误，欢迎上报！ 谢谢！request-id(c35b6cbe-0000-4000-8000-000000000000)", mayPass],
  [40203, "抱歉，数据服务暂时不可用", mayPass],
  [99999, "a message nobody has seen", mayPass],
  [99999, "", mayPass],
];

test.each(messages)("code %i with %j", (code, msg, verdict) => {
  const error = refusalOf(JSON.stringify({ request_id: "c35b6cbe", code, msg, data: null }));
  expect({ kind: error.kind, scope: error.scope, retryAfterSeconds: error.retryAfterSeconds }).toEqual({
    retryAfterSeconds: undefined,
    ...verdict,
  });
  expect(error.message).toBe(`daily 20240102: TuShare says ${code} ${msg} (request c35b6cbe)`);
});

test.each([40101, 50101, -1000])(
  "an unknown interface, with code %i, is not taken for a token error",
  (code) => {
    const error = refusalOf(JSON.stringify({ code, msg: "请指定正确的接口名", data: null }));
    expect(error.kind).toBe("permanent");
    expect(error.scope).not.toBe("account");
  },
);

test("a message in the field message counts like one in msg", () => {
  const message = `抱歉，您访问接口(daily)频率超限(500次/分钟)，${limits}`;
  expect(refusalOf(JSON.stringify({ code: 40203, message, data: null }))).toMatchObject(aMinute);
});

test("a refusal with a data payload is still a refusal", () => {
  const data = { fields: ["ts_code"], items: [["600519.SH"]], has_more: false };
  expect(refusalOf(JSON.stringify({ code: 40101, msg: "您的token不对，请确认。", data }))).toMatchObject(
    account,
  );
});

test.each([
  ["2026-01-05T15:59:59Z", 301],
  ["2026-01-05T16:00:00Z", 86_700],
  ["2025-12-31T04:00:00Z", 12 * 3_600 + 300],
])("a daily quota used up at %s is retried at five minutes past midnight in Shanghai", (instant, seconds) => {
  const text = JSON.stringify({ code: 40203, msg: `抱歉，您每天最多访问该接口20次，${rights}` });
  expect(refusalOf(text, new Date(instant)).retryAfterSeconds).toBe(seconds);
});

const data = { fields: ["ts_code", "close"], items: [["600519.SH", 1_685.01]] };
const asRows = (page: Page): Page => ({ ...page, items: rowsOf(page) });
const nothing: Page = { fields: [], items: [], hasMore: false };

test.each<[string, unknown, Page]>([
  ["rows", { code: 0, msg: "", data: { ...data, has_more: false, count: -1 } }, { ...data, hasMore: false }],
  ["the word success", { code: 0, msg: "success", data }, { ...data, hasMore: false }],
  [
    "a null message, as documented",
    { request_id: null, code: 0, msg: null, data },
    { ...data, hasMore: false },
  ],
  ["message and chart", { data, chart: null, message: "", code: 0 }, { ...data, hasMore: false }],
  ["more rows to come", { code: 0, msg: "", data: { ...data, has_more: true } }, { ...data, hasMore: true }],
  ["a null has_more", { code: 0, msg: "", data: { ...data, has_more: null } }, { ...data, hasMore: false }],
  [
    "no rows",
    { code: 0, msg: "", data: { fields: ["ts_code"], items: [] } },
    { ...nothing, fields: ["ts_code"] },
  ],
  ["null data", { code: 0, msg: "", data: null }, nothing],
  ["no data at all", { code: 0, msg: "" }, nothing],
])("code 0 with %s is an answer", (_what, reply, page) => {
  expect(asRows(readReply(JSON.stringify(reply), "daily 20240102", token, now))).toEqual(page);
});

const whole = JSON.stringify({ request_id: "c35b6cbe", code: 0, msg: "", data });

test.each<[string, string]>([
  ["nothing", ""],
  ["an HTML page", "<html><body><h1>502 Bad Gateway</h1></body></html>"],
  ["half of an answer", whole.slice(0, whole.length / 2)],
  ["an answer without its last character", whole.slice(0, -1)],
  ["two answers", whole + whole],
  ["NaN where JSON has none", whole.replace("1685.01", "NaN")],
  ["JSON that is no object", "[]"],
  ["null", "null"],
  ["an object without a code", JSON.stringify({ msg: "", data })],
  ["a code as text", JSON.stringify({ code: "0", data })],
  ["data of another shape", JSON.stringify({ code: 0, data: [data] })],
  ["fields that are no texts", JSON.stringify({ code: 0, data: { fields: [1], items: [] } })],
  ["items that are no rows", JSON.stringify({ code: 0, data: { fields: ["a"], items: ["600519.SH"] } })],
  ["rows as objects", JSON.stringify({ code: 0, data: { fields: ["a"], items: [{ a: 1 }] } })],
])("%s is not an answer, and is a transient error", (_what, text) => {
  const error = refusalOf(text);
  expect(error).toMatchObject(mayPass);
  expect(error.message).toMatch(/^daily 20240102: reply (is not JSON|does not have TuShare's format)/);
  expect(error.message.length).toBeLessThan(250);
});

test("the token is never repeated, even when a reply echoes it", () => {
  const echo = `{"api_name": "daily", "token": "${token}"}`;
  expect(refusalOf(`400 bad request: ${echo}`).message).not.toContain(token);
  expect(refusalOf(JSON.stringify({ code: 40101, msg: `token ${token} 不对` })).message).not.toContain(token);
});

test("no part of the token is repeated where the excerpt of a reply ends inside it", () => {
  expect(refusalOf(`${"x".repeat(60)}${token}`).message).not.toContain(token.slice(0, 8));
});

test("a message of any length is shortened", () => {
  expect(refusalOf(JSON.stringify({ code: -1000, msg: "错".repeat(1_000_000) })).message.length).toBeLessThan(
    2_000,
  );
});

describe("a number is stored with the digits TuShare wrote", () => {
  const exact: [written: string, stored?: string][] = [
    ["1685.01"],
    ["0.1"],
    ["123456789.012345"],
    ["999999999999999"],
    ["9007199254740991"],
    ["9007199254740993"],
    ["-9007199254740993"],
    ["123456789012345678901234567890"],
    ["0.123456789012345678901234567890"],
    ["-12345678901234.5678901234567891"],
    ["1.2345678901234567e-5"],
    ["1e-12"],
    ["1e-7", "1e-7"],
    ["0.000000000001"],
    ["0.000000000000000000123", "1.23e-19"],
    ["100000000000000000000"],
    ["1e308", "1e+308"],
    ["-0", "0"],
    ["-0.0", "0"],
    ["0.00000000000000000000", "0"],
    ["9.10", "9.1"],
    ["9.100000000000000000000"],
    ["null", ""],
  ];

  test.each(exact)("%s", (written, stored = written) => {
    expect(storedClose(written)).toBe(stored);
  });

  test.each(exact)("%s, beside a number that needs exact reading", (written, stored = written) => {
    expect(storedClose(written, "0.123456789012345678901234567890")).toBe(stored);
  });

  test("1e-400, which a double takes for 0", () => {
    expect(storedClose("1e-400")).not.toBe("0");
  });

  test("a number too large for a double is refused, not stored as something else", () => {
    expect(() => storedClose("1e400")).toThrow(/pre_close is .*, expected a JSON number/);
  });

  function storedClose(written: string, other = "1"): string {
    const { columns } = datasets.stock_daily.main;
    const fields = columns.map(({ name }) => name);
    const cells = fields.map((name) => {
      if (name === "ts_code") return '"600519.SH"';
      if (name === "trade_date") return '"20240102"';
      return name === "pre_close" ? written : other;
    });
    const text = `{"code":0,"msg":"","data":{"fields":${JSON.stringify(fields)},"items":[[${cells.join(",")}]]}}`;
    const page = readReply(text, "daily 20240102", token, now);
    return String(readPages(datasets.stock_daily.main, [page], "daily 20240102").columns.pre_close?.[0]);
  }
});

describe("over HTTP", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  const json = { "content-type": "application/json" };
  const answering =
    (status: number, headers: Record<string, string>, body: string | Uint8Array): RequestListener =>
    (_request, response) => {
      response.writeHead(status, headers).end(body);
    };

  const cutShort: RequestListener = (request, response) => {
    response.writeHead(200, { ...json, "content-length": "9999" });
    response.write(whole, () => request.socket.destroy());
  };

  test.each<[string, RequestListener]>([
    ["plain", answering(200, json, whole)],
    ["compressed", answering(200, { ...json, "content-encoding": "gzip" }, gzipSync(whole))],
    ["with a byte-order mark", answering(200, json, `\ufeff${whole}`)],
    ["as another content type", answering(200, { "content-type": "text/html" }, whole)],
  ])("an answer is read %s", async (_how, listener) => {
    expect(asRows(await fetchFrom(await serve(listener)))).toEqual({ ...data, hasMore: false });
  });

  test.each<[string, RequestListener, string]>([
    ["a gateway's HTML page with 502", answering(502, {}, "<html>Bad Gateway</html>"), "HTTP 502"],
    ["a page with 403", answering(403, {}, "<html>Forbidden</html>"), "HTTP 403"],
    ["an answer with 500", answering(500, json, whole), "HTTP 500"],
    ["an HTML page with 200", answering(200, json, "<html></html>"), "reply is not JSON"],
    ["an empty body", answering(200, json, ""), "reply is not JSON"],
    ["broken compression", answering(200, { ...json, "content-encoding": "gzip" }, "plain"), "no answer"],
    ["a body cut short", cutShort, "no answer"],
    ["a reset connection", (request) => request.socket.destroy(), "no answer"],
    ["more bytes than any answer has", answering(200, json, new Uint8Array(33 * 2 ** 20)), "larger than"],
  ])("%s is a transient error with its own message", async (_what, listener, says) => {
    const failure = fetchFrom(await serve(listener));
    await expect(failure).rejects.toMatchObject({
      ...mayPass,
      message: expect.stringContaining(says) as string,
    });
  });

  test("a refused connection is a transient error", async () => {
    const url = await serve(answering(200, json, whole));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(fetchFrom(url)).rejects.toMatchObject(mayPass);
  });

  test("a redirect is not followed: the token goes to no other host", async () => {
    const received: string[] = [];
    const other = await serve((request, response) => {
      received.push(request.url ?? "");
      response.end(whole);
    });
    const url = await serve(answering(307, { location: `${other}/elsewhere` }, ""));
    await expect(fetchFrom(url)).rejects.toMatchObject(mayPass);
    expect(received).toEqual([]);
    expect(asRows(await fetchFrom(other))).toMatchObject(data);
    expect(received).toEqual(["/"]);
  });

  test("a request names the interface, its parameters and every column, with the token in the body only", async () => {
    const requests: { method: string | undefined; headers: string; url: string | undefined; body: string }[] =
      [];
    const url = await serve(async (request, response) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const { method, headers } = request;
      const body = Buffer.concat(chunks).toString();
      requests.push({ method, headers: JSON.stringify(headers), url: request.url, body });
      response.end(whole);
    });
    await fetchFrom(url);
    const [request] = requests;
    expect(JSON.parse(request?.body ?? "")).toEqual({
      api_name: "daily",
      token,
      params: { trade_date: "20240102" },
      fields: "ts_code,trade_date,close,open,high,low,pre_close,change,pct_chg,vol,amount",
    });
    expect(request?.method).toBe("POST");
    expect(`${request?.url} ${request?.headers}`).not.toContain(token);
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function fetchFrom(url: string): Promise<Page> {
    const clock: Clock = { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() };
    const upstream = makeTushare({ url, token: () => Promise.resolve(token), clock });
    return await upstream.fetchPage(datasets.stock_daily.main, { trade_date: "20240102" });
  }
});

function refusalOf(text: string, at = now): SyncError {
  try {
    readReply(text, "daily 20240102", token, at);
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error("was taken for an answer");
}
