// Turns one request into one response, without HTTP: token, interface, points, rate, parameters, rows, cap and order.
// The messages are exactly those of the upstream.
import type { Clock } from "./clock.ts";
import type { Interfaces } from "./default-interfaces.ts";
import type { Faults, Strikes } from "./faults.ts";
import type { InterfaceStats, UpstreamStats } from "./handle.ts";
import { mix, shuffle, textHash } from "./hash.ts";
import type { Field, Interface, Query, Row } from "./interfaces.ts";
import type { Limits } from "./limits.ts";
import { encodeReply, type Reply, spoilReply } from "./reply.ts";
import type { Source } from "./select.ts";

export type Answer = {
  code: number;
  msg: string;
  /** JSON of the data; "null" for a refusal. */
  data: string;
  rows: number;
  /** Faults that the HTTP layer must apply. */
  strikes: Strikes;
};

export type World = {
  readonly seed: number;
  readonly interfaces: Interfaces;
  readonly source: Source;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly isToken: (token: string) => boolean;
  readonly points: number;
  readonly minuteLimit: number;
};

export type Answerer = {
  /** Answers a request body; `path` names the interface where the body does not. */
  answer(body: string, pathName: string | undefined): Answer;
  /** Counts a call as an error: a fault kept its response from the client. */
  lose(answer: Answer): void;
  stats(): UpstreamStats;
};

const offsetMax = 100000; // as three clients document: an offset above it is refused with 50101
const aboutRates = "https://tushare.pro/document/1?doc_id=108。";
const queryFailed = "查询数据失败，请确认参数！可以反馈管理员协助您排查问题";
const noStrikes: Strikes = new Map();

type Request = { name: string; token: string; query: Query; fields: string[] };
type Refusal = { code: number; msg: string; isSpeed?: boolean };

export function makeAnswerer(world: World): Answerer {
  const counters = new Map<string, Pick<InterfaceStats, "calls" | "refusals" | "errors" | "rows">>();
  const owners = new WeakMap<Answer, string>();
  const quotas = new Map<string, number>(); // calls of a Shanghai day, by interface and date
  let rejected = 0;

  function answer(body: string, pathName: string | undefined): Answer {
    const request = readRequest(body, pathName);
    const face = "name" in request ? world.interfaces.find(request.name) : undefined;
    const early = "name" in request ? stranger(request, face) : request;
    if (early || !face || !("name" in request)) {
      rejected++;
      return refuse(early ?? { code: -1000, msg: "系统内部错误" }, noStrikes);
    }
    const counter = counters.get(request.name) ?? { calls: 0, refusals: 0, errors: 0, rows: 0 };
    counters.set(request.name, counter);
    counter.calls++;
    const strikes = world.faults.strike(request.name, request.query);
    const refusal = refusalOf(request, face, strikes);
    const result = refusal ? refuse(refusal, strikes) : read(request, face, strikes);
    if (refusal?.isSpeed) counter.refusals++;
    else if (refusal) counter.errors++;
    counter.rows += result.rows;
    owners.set(result, request.name);
    return result;
  }

  function stranger({ token }: Request, face: Interface | undefined): Refusal | undefined {
    if (!world.isToken(token)) return { code: 40101, msg: "您的token不对，请确认。" };
    return face ? undefined : { code: 50101, msg: "请指定正确的接口名" };
  }

  // Only some of these have a documented code, so clients must read the message.
  function refusalOf(
    { name, token, query }: Request,
    face: Interface,
    strikes: Strikes,
  ): Refusal | undefined {
    const ownLimit = Math.min(world.minuteLimit, face.callsPerMinute ?? Infinity);
    const tighter = strikes.get("tighter-limit");
    const limit = tighter ? Math.min(ownLimit, tighter.fault.value ?? 60) : ownLimit;
    const isInTime = world.limits.take(token, name, limit, performance.now());
    const quota = strikes.get("day-quota");
    const used = quota ? spendQuota(name) : 0;

    if (strikes.has("address-limit")) return { code: 40204, msg: "您的IP数量超限，最大数量为2个！" };
    if (strikes.has("permission") || world.points < face.points) {
      return { code: 40203, msg: `抱歉，您没有接口(${name})访问权限，权限的具体详情访问：${aboutRates}` };
    }
    if (quota && used > (quota.fault.value ?? 0)) return tooFast(name, quota.fault.value ?? 0, "天");
    if (!isInTime || strikes.has("too-fast")) return tooFast(name, limit, "分钟");
    const failure = strikes.get("server-error");
    if (failure)
      return failure.luck < 0.5 ? { code: -1000, msg: "系统内部错误" } : { code: 50101, msg: queryFailed };
    const unmet = face.needs?.find(({ oneOf }) => oneOf.every((param) => query[param] === undefined));
    if (unmet) return { code: 50101, msg: unmet.message };
    const isPlain = (param: string) => /^\d{1,9}$/.test(query[param] ?? "0");
    const isReadable = isPlain("limit") && isPlain("offset") && Number(query.offset ?? 0) <= offsetMax;
    return isReadable ? undefined : { code: 50101, msg: queryFailed };
  }

  function spendQuota(name: string): number {
    const key = `${name} ${world.clock.now().date}`;
    const used = (quotas.get(key) ?? 0) + 1;
    quotas.set(key, used);
    return used;
  }

  function read({ name, query, fields }: Request, face: Interface, strikes: Strikes): Answer {
    if (strikes.has("no-data")) return { code: 0, msg: "", data: "null", rows: 0, strikes };
    const chosen = chooseFields(face, fields);
    if (chosen.length === 0) return refuse({ code: 50101, msg: queryFailed }, strikes);
    // For half of the requests the columns come in the order asked for, for the rest in some other order.
    const order = mix(world.seed, textHash(`${name}${JSON.stringify(query)}${fields}`));
    const columns = order % 2 === 0 ? chosen : shuffle([...chosen], order);
    const offset = strikes.has("offset-ignored") ? 0 : Number(query.offset ?? 0);
    const asked = Number(query.limit ?? 0);
    const size = asked > 0 ? Math.min(asked, face.rowsMax) : face.rowsMax;
    const all = world.source.rows(name, query, world.clock.now());
    const { rows, hasMore } = cut(all, offset, size);
    const places = columns.map((field) => face.fields.indexOf(field));
    const items = rows.map((row) => places.map((place) => row[place] ?? null));
    const reply: Reply = { columns: columns.map(({ name, type }) => ({ name, type })), items, hasMore };
    if (strikes.size > 0) spoilReply(reply, strikes);
    return { code: 0, msg: "", data: encodeReply(reply), rows: reply.items.length, strikes };
  }

  return {
    answer,
    lose(lost) {
      const counter = counters.get(owners.get(lost) ?? "");
      if (!counter || lost.code !== 0) return;
      counter.errors++;
      counter.rows -= lost.rows;
    },
    stats: () => ({
      interfaces: Object.fromEntries(
        [...counters].map(([name, counter]) => [
          name,
          {
            ...counter,
            peakCallsPerMinute: world.limits.peak(name),
            callsLastMinute: world.limits.recent(name, performance.now()),
            minuteLimit: Math.min(world.minuteLimit, world.interfaces.find(name)?.callsPerMinute ?? Infinity),
          },
        ]),
      ),
      rejected,
      faults: world.faults.struck(),
    }),
  };
}

function refuse({ code, msg }: Refusal, strikes: Strikes): Answer {
  return { code, msg, data: "null", rows: 0, strikes };
}

function tooFast(name: string, calls: number, unit: string): Refusal {
  return {
    code: 40203,
    msg: `抱歉，您访问接口(${name})频率超限(${calls}次/${unit})，具体频次详情：${aboutRates}`,
    isSpeed: true,
  };
}

/** Reads a body; one that is not a request gets the upstream's server error. */
function readRequest(body: string, pathName: string | undefined): Request | Refusal {
  const internal: Refusal = { code: -1000, msg: "系统内部错误" };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return internal;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return internal;
  const { api_name: name, token, params, fields } = parsed as Record<string, unknown>;
  if (params !== undefined && params !== null && (typeof params !== "object" || Array.isArray(params)))
    return internal;
  const query: Record<string, string> = {};
  for (const [param, value] of Object.entries(params ?? {})) {
    const text = Array.isArray(value) ? value.join(",") : String(value ?? "").trim();
    if (text !== "") query[param] = text;
  }
  const list = Array.isArray(fields) ? fields.map(String) : String(fields ?? "").split(",");
  return {
    name: String(name ?? pathName ?? ""),
    token: typeof token === "string" ? token.trim() : "",
    query,
    fields: list.map((field) => field.trim()).filter((field) => field !== ""),
  };
}

// Unknown and repeated names are left out.
function chooseFields(face: Interface, wanted: readonly string[]): Field[] {
  if (wanted.length === 0) return face.fields.filter(({ isDefault }) => isDefault);
  return [...new Set(wanted)].flatMap((name) => face.fields.find((field) => field.name === name) ?? []);
}

function cut(all: Iterable<Row>, offset: number, size: number): { rows: Row[]; hasMore: boolean } {
  const rows: Row[] = [];
  let place = 0;
  for (const row of all) {
    if (place++ < offset) continue;
    if (rows.length === size) return { rows, hasMore: true };
    rows.push(row);
  }
  return { rows, hasMore: false };
}
