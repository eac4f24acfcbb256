// The simulated TuShare: answers of the market with the real refusals and the faults of the plan, as the texts that the
// adapter reads. It records each call, so that the limits can be checked.
import { dayOf, type Market, momentOf, type Row } from "./market.ts";

export type Call = {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
};

/** What is so at the moment of a call. */
export type State = {
  readonly callsAMinute: number;
  /** Rows of a reply; the interface's own cap when absent. */
  readonly cap?: number | undefined;
  /** Calls to an interface that are still allowed today; absent: any. */
  readonly callsLeft?: number | undefined;
  readonly addressRefused: boolean;
};

export type Upstream = {
  /** The text of the reply. @param fault of callFaults.upstream, which changes it */
  answer(call: Call, at: number, state: State, fault: string | undefined): string;
  /** Moments of the calls to each interface. */
  readonly calls: ReadonlyMap<string, readonly number[]>;
  count(): number;
};

const about = "https://tushare.pro/document/1?doc_id=108。";

/** The messages of TuShare, each with its code. */
const refusals: Readonly<
  Record<string, (name: string, limit: number) => readonly [code: number, text: string]>
> = {
  "minute limit": (name, limit) => [
    40203,
    `抱歉，您访问接口(${name})频率超限(${limit}次/分钟)，具体频次详情：${about}`,
  ],
  "old minute limit": (_, limit) => [
    40203,
    `抱歉，您每分钟最多访问该接口${limit}次，权限的具体详情访问：${about}`,
  ],
  "hour limit": (name) => [40203, `抱歉，您访问接口(${name})频率超限(1次/小时)，具体频次详情：${about}`],
  "old hour limit": () => [40203, `抱歉，您每小时最多访问该接口1次，权限的具体详情访问：${about}`],
  "day limit": (name) => [40203, `抱歉，您访问接口(${name})频率超限(20次/天)，具体频次详情：${about}`],
  "old day limit": () => [40203, `抱歉，您每天最多访问该接口20次，权限的具体详情访问：${about}`],
  "no permission": () => [40203, `抱歉，您没有接口访问权限，权限的具体详情访问：${about}`],
  "no permission by name": (name) => [
    40203,
    `抱歉，您没有接口(${name})访问权限，权限的具体详情访问：${about}`,
  ],
  "address limit": () => [40204, "您的IP数量超限，最大数量为2个！"],
  "bad token": () => [40101, "您的token不对，请确认。"],
  "bad token, old": () => [2002, "抱歉，您输入的TOKEN无效！"],
  abuse: () => [50101, "抱歉，检测到您存在恶意行为"],
  "query failed": () => [50101, "查询数据失败，请确认参数！可以反馈管理员协助您排查问题"],
  "internal error": () => [-1000, "系统内部错误"],
  "unknown error": () => [-1, "系统未知错误，欢迎上报！ 谢谢！request-id(7)"],
  "argument missing": () => [50101, "必填参数, ts_code"],
  "argument wrong": () => [50101, "参数校验失败, ts_code,trade_date至少输入一个参数"],
  "unknown interface": () => [40101, "请指定正确的接口名"],
};

const html = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
const capMax = 6_000;

export function makeUpstream(market: Market): Upstream {
  const calls = new Map<string, number[]>();
  const usedToday = new Map<string, number>();

  function refuse(kind: string, name: string, limit: number): string {
    const [code, msg] = refusals[kind]?.(name, limit) ?? [0, ""];
    return JSON.stringify({ request_id: "simulated", code, msg, data: null });
  }

  function answer(
    { name, params, fields }: Call,
    at: number,
    state: State,
    fault: string | undefined,
  ): string {
    const arrived = calls.get(name) ?? [];
    calls.set(name, arrived);
    const lately = arrived.filter((time) => time > at - 60_000).length;
    arrived.push(at);
    const today = `${name} ${dayOf(at)}`;
    const used = usedToday.get(today) ?? 0;
    if (state.addressRefused) return refuse("address limit", name, 0);
    if (lately >= state.callsAMinute) return refuse("minute limit", name, state.callsAMinute);
    if (state.callsLeft !== undefined && used >= state.callsLeft) return refuse("day limit", name, 0);
    if (state.callsLeft !== undefined) usedToday.set(today, used + 1);
    if (fault !== undefined && fault in refusals) return refuse(fault, name, state.callsAMinute);
    if (fault === "html") return html;
    if (fault === "no data") return JSON.stringify({ request_id: "simulated", code: 0, msg: "", data: null });

    const offset = fault === "offset ignored" ? 0 : Number(params.offset ?? 0);
    const found = market.rowsAt(name, at).filter((row) => isAsked(row, params));
    const rows = found
      .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
      .slice(offset, offset + (state.cap ?? capMax));
    const columns =
      (found.length + fields.length) % 2 === 0 ? ["extra", ...fields.toReversed()] : [...fields];
    const items = rows.map((row) => columns.map((column): unknown => row[column] ?? null));
    let hasMore = found.length > offset + rows.length;
    if (fault === "has more lies") hasMore = !hasMore;
    if (fault === "rows missing") items.splice(0, Math.ceil(items.length / 2));
    if (fault === "rows twice") items.push(...items.slice(0, 2));
    if (fault === "bad row") items.push(columns.map((column) => (column === "ts_code" ? "000001.SZ" : "--")));
    if (fault === "column missing") columns[columns.indexOf(fields.at(-1) ?? "")] = "renamed";
    const data = { fields: columns, items, has_more: hasMore, count: -1 };
    const text = JSON.stringify({ request_id: "simulated", code: 0, msg: "", data });
    return fault === "half json" ? text.slice(0, text.length / 2) : text;
  }

  return { answer, calls, count: () => [...calls.values()].reduce((sum, { length }) => sum + length, 0) };
}

/** The day on which a used-up quota is renewed. */
export function nextMidnight(at: number): number {
  return momentOf(dayOf(at), 24);
}

function isAsked(row: Row, params: Call["params"]): boolean {
  const day = String(row.trade_date ?? row.cal_date ?? "");
  for (const name of ["ts_code", "trade_date", "exchange", "list_status", "suspend_type"]) {
    if (params[name] !== undefined && row[name] !== undefined && row[name] !== params[name]) return false;
  }
  // The reporting schedule takes end_date for a period, not for the end of a range.
  if (day === "")
    return params.end_date === undefined || row.end_date === undefined || row.end_date === params.end_date;
  return day >= (params.start_date ?? "") && day <= (params.end_date ?? "99999999");
}

function keyOf(row: Row): string {
  return `${row.trade_date ?? row.cal_date ?? row.end_date ?? ""} ${row.ts_code ?? ""}`;
}
