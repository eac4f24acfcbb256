// Checks TuShare for the account: token, points and expiry, available interfaces, clock. It makes one call to each
// interface, and announces this first; the token is never printed.
import { makeTushare, readReply } from "../../shared/adapters/tushare.ts";
import { choiceOf } from "../../shared/catalogue/chosen-datasets.ts";
import { type InterfaceSpec, interfacesOf } from "../../shared/catalogue/dataset.ts";
import type { Dataset } from "../../shared/catalogue/datasets.ts";
import { addDays, type Day, shanghaiDay } from "../../shared/catalogue/dates.ts";
import { isSafeAddress } from "../../shared/catalogue/origin.ts";
import type { Selector } from "../../shared/catalogue/selector.ts";
import type { Settings } from "../../shared/catalogue/settings.ts";
import { tierOfPoints } from "../../shared/catalogue/tiers.ts";
import { asSyncError, lacksRight, SyncError } from "../../shared/errors.ts";
import type { Clock } from "../../shared/ports.ts";
import { rowsOf } from "../../shared/rows/rows.ts";
import { paramsOf } from "../../shared/unit.ts";
import type { Messages } from "../messages/en.ts";
import { type Finding, finding, ok } from "./finding.ts";

export type Account = {
  readonly url: string;
  readonly token: string;
  readonly settings: Settings;
  readonly clock: Clock;
};

const skewSecondsMax = 30;
const expiryDaysWanted = 30;
const requestTimeoutMilliseconds = 30_000;

/** Slices published long ago. */
const examples: Readonly<Record<Selector["by"], Selector>> = {
  date: { by: "date", trade_date: "20240102" },
  code: { by: "code", ts_code: "600519.SH", from: "20231231", to: "20231231" },
  calendar: { by: "calendar", exchange: "SSE", from: "20240101", to: "20240131" },
  list_status: { by: "list_status", list_status: "L" },
  exchange: { by: "exchange", exchange: "SH", list_status: "L" },
  whole: { by: "whole" },
  period: { by: "period", period: "20231231" },
  announced: { by: "announced", ann_date: "20240102" },
  month: { by: "month", month: "202401" },
  range: { by: "range", from: "20240102", to: "20240105" },
};

/** Of the chosen datasets. One row is enough to see whether an interface answers. */
const probesOf = (settings: Settings): Probe[] => uniqueProbes(choiceOf(settings).datasets);

/** The number of calls, each to a different interface. */
export function callsOfCheck(settings: Settings): number {
  return probesOf(settings).length + 1;
}

export async function checkTushare(account: Account, t: Messages): Promise<Finding[]> {
  const findings = [checkAddress(account.url, t), ...(await checkUser(account, t))];
  if (findings.some(({ check, level }) => check === "token" && level === "problem")) return findings;
  const answers = await Promise.all(
    probesOf(account.settings).map((probe) => checkInterface(account, probe, t)),
  );
  return [...findings, ...answers];
}

export function checkAddress(url: string, t: Messages): Finding {
  const { protocol, origin } = new URL(url);
  if (protocol === "https:") return ok("https", t.doctor.https(origin));
  return isSafeAddress(url)
    ? ok("https", t.doctor.loopback(origin))
    : finding("https", "problem", t.doctor.plainHttp(origin), t.doctor.httpsRemedy);
}

/** The account as TuShare's interface `user` knows it. */
export type UserAnswer = {
  /** Points by the day they expire; or why there are none to read. */
  readonly batches: readonly PointBatch[] | SyncError;
  /** The time of the reply, and of this machine before and after. */
  readonly date: string | null;
  readonly askedAt: Date;
  readonly answeredAt: Date;
};

export type PointBatch = { readonly points: number; readonly until: Day };

/** @throws SyncError transient when nothing answers; its message never holds the token */
export async function askUser({ url, token, clock }: Omit<Account, "settings">): Promise<UserAnswer> {
  const askedAt = clock.now();
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ api_name: "user", token, params: { token }, fields: "" }),
      redirect: "error", // the body contains the token: never send it to another host
      signal: AbortSignal.timeout(requestTimeoutMilliseconds),
    });
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const said = String(cause instanceof Error ? cause.message : cause).replaceAll(token, "***");
    throw new SyncError("transient", said);
  }
  const times = { date: response.headers.get("date"), askedAt, answeredAt: clock.now() };
  try {
    const page = readReply(text, "user", token, times.answeredAt);
    const { fields } = page;
    const rows = rowsOf(page).map((item) => Object.fromEntries(fields.map((name, at) => [name, item[at]])));
    return { ...times, batches: readBatches(rows) };
  } catch (error) {
    return { ...times, batches: asSyncError(error) };
  }
}

/** The points of the token and their expiry. The reply's time shows whether this machine's clock is right. */
async function checkUser(account: Account, t: Messages): Promise<Finding[]> {
  let answer: UserAnswer;
  try {
    answer = await askUser(account);
  } catch (error) {
    return [
      finding("token", "problem", t.doctor.noTushare(asSyncError(error).message), t.doctor.noTushareRemedy),
    ];
  }
  const { batches, date, askedAt, answeredAt } = answer;
  const clock = judgeClock(date, askedAt, answeredAt, t);
  if (batches instanceof SyncError) {
    return [finding("token", "problem", t.doctor.tokenRefused(batches.message), t.doctor.tokenRemedy), clock];
  }
  return [...judgePoints(batches, account.settings, shanghaiDay(answeredAt), t), clock];
}

export function judgeClock(date: string | null, askedAt: Date, answeredAt: Date, t: Messages): Finding {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return ok("clock", t.doctor.clockUnknown);
  // Their timestamp is cut to a second, and was written while we waited.
  const early = askedAt.getTime() - theirs - 1_000;
  const late = theirs - answeredAt.getTime();
  const skew = Math.round(Math.max(0, early, late) / 1000);
  return skew <= skewSecondsMax
    ? ok("clock", t.doctor.clock(String(skew)))
    : finding("clock", "problem", t.doctor.clockWrong(String(skew)), t.doctor.clockRemedy);
}

/** The rows of the interface `user`: points by the day they expire. */
export function readBatches(rows: readonly Readonly<Record<string, unknown>>[]): PointBatch[] {
  return rows.map((row) => ({
    points: Number(row.到期积分 ?? 0),
    until: String(row.到期时间 ?? "")
      .replace(/\D/g, "")
      .slice(0, 8),
  }));
}

/** The points that have not expired, and the day on which the first of them do; undefined when there are none. */
export function validPoints(batches: readonly PointBatch[], today: Day): PointBatch | undefined {
  const valid = batches.filter(({ until }) => until >= today);
  const [until] = valid.map((batch) => batch.until).sort();
  return until === undefined
    ? undefined
    : { points: valid.reduce((sum, { points }) => sum + points, 0), until };
}

export function judgePoints(
  batches: readonly PointBatch[],
  settings: Settings,
  today: Day,
  t: Messages,
): Finding[] {
  const valid = validPoints(batches, today);
  if (valid === undefined) {
    return [finding("token", "problem", t.doctor.pointsExpired, t.doctor.pointsRemedy)];
  }
  const { points, until: first } = valid;
  const tier = tierOfPoints(points);
  const configured = settings.TUSHARE_CALLS_A_MINUTE;
  const [allowed, set] = [String(tier.callsAMinute), String(configured)];
  return [
    first > addDays(today, expiryDaysWanted)
      ? ok("token", t.doctor.token(String(points), first))
      : finding("token", "warning", t.doctor.token(String(points), first), t.doctor.expiryRemedy),
    configured > tier.callsAMinute
      ? finding("tier", "problem", t.doctor.tierHigh(set, allowed), t.doctor.tierHighRemedy(allowed))
      : configured < tier.callsAMinute
        ? finding("tier", "note", t.doctor.tierLow(set, allowed), t.doctor.tierLowRemedy(allowed))
        : ok("tier", t.doctor.tier(allowed)),
  ];
}

export type Probe = {
  readonly spec: InterfaceSpec;
  readonly selector: Selector;
  /** What is done in its place when the account has no right to it. */
  readonly instead: "fallback" | "by stock" | "nothing" | undefined;
};

async function checkInterface(
  account: Account,
  { spec, selector, instead }: Probe,
  t: Messages,
): Promise<Finding> {
  const { url, token, clock, settings } = account;
  const check = `interface-${spec.name}`;
  const upstream = makeTushare({ url, token: () => Promise.resolve(token), clock });
  try {
    await upstream.fetchPage(spec, { ...paramsOf(spec, selector), limit: "1" });
    return ok(check, t.doctor.answers(spec.name));
  } catch (thrown) {
    const error = asSyncError(thrown);
    if (lacksRight(error)) {
      const said = t.doctor.noRight(spec.name);
      if (instead === undefined) return finding(check, "problem", said, t.doctor.noRightRemedy);
      return finding(
        check,
        "note",
        said,
        instead === "nothing" ? t.doctor.optional : t.doctor.instead(instead),
      );
    }
    if (error.kind === "rate-limited") {
      const allowed = error.callsAMinute;
      const isLess = allowed !== undefined && allowed < settings.TUSHARE_CALLS_A_MINUTE;
      return isLess
        ? finding(check, "note", t.doctor.slower(spec.name, String(allowed)), t.doctor.slowerRemedy)
        : finding(check, "warning", t.doctor.tooFast(spec.name), t.doctor.tooFastRemedy);
    }
    return finding(check, "problem", error.message, t.doctor.noTushareRemedy);
  }
}

/** Each interface once, with a selector of its dataset. */
export function uniqueProbes(all: readonly Dataset[]): Probe[] {
  const found = new Map<string, Probe>();
  const add = (spec: InterfaceSpec, selector: Selector, instead?: Probe["instead"]) => {
    if (!found.has(spec.name)) found.set(spec.name, { spec, selector, instead });
  };
  for (const dataset of all) {
    const selector = exampleOf(dataset);
    for (const spec of interfacesOf(dataset)) {
      add(spec, selector, spec.fallback ? "fallback" : spec.optional && "nothing");
      if (spec.fallback !== undefined) add(spec.fallback, selector);
    }
    if (dataset.byPeriod !== undefined)
      add(dataset.byPeriod, { by: "period", period: "20231231" }, "by stock");
  }
  return [...found.values()];
}

function exampleOf({ name, main }: Dataset): Selector {
  const [by] = main.answers;
  if (by === undefined) throw new Error(`${name} answers to nothing`);
  return examples[by];
}
