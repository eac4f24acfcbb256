// Whether the mirror has every row that a question is about, as far as its ledger proves it. It never claims more.
//   Members each day, some codes:   nothing of these codes is to be fetched between the days (missingRanges).
//   Members each day, the market:   each open day is whole (sync_day, or counted when it is one of a few).
//   Reports:                        each period that is due is stored, or an answer after its deadline had none; and no
//                                   report that the schedule says was filed lacks a row.
//   Lists:                          each part that may hold such rows was answered lately, and its rows are still there.
//   Anything else:                  each slice, or the code, has an answer whose rows are still there.
import { freshDays } from "../catalogue/cadences.ts";
import {
  columnsOf,
  dayColumnOf,
  hasMembersEachDay,
  type InterfaceSpec,
  isByTradingDay,
} from "../catalogue/dataset.ts";
import { calendarDataset, type Dataset } from "../catalogue/datasets.ts";
import {
  addDays,
  type Day,
  earlier,
  firstTradingDay,
  formatDay,
  later,
  shanghaiDay,
} from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { jobsOf } from "../catalogue/jobs.ts";
import { periodsBetween } from "../catalogue/periods.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import type { Settings } from "../catalogue/settings.ts";
import { type DayRange, type MissingRange, readCalendar } from "../coverage/calendar.ts";
import { missingSlices, unansweredRanges, unknownCodes } from "../coverage/coverage.ts";
import { countDays, readKept } from "../coverage/days.ts";
import { fetchedSlices } from "../coverage/fetched.ts";
import { readLists } from "../coverage/list-coverage.ts";
import { isOwnRow } from "../coverage/members.ts";
import { missingRanges } from "../coverage/missing.ts";
import { missingPeriodRanges } from "../coverage/period-coverage.ts";
import { sliceRules, type TimedSlices } from "../plan/slices.ts";
import type { Database } from "../ports.ts";
import { unitKey } from "../unit.ts";
import type { Question } from "./question.ts";
import { notWhole, type RefusedError } from "./refusal.ts";

/** With more codes the question is treated as one about the market. */
const codesMax = 50;

/** Days that are counted from their rows because they are not kept as whole: each costs some milliseconds. */
const countedDaysMax = 20;

/** When the question is asked, and the settings: SYNC_UPSTREAM_ENDS is the last day of an upstream that does not go on. */
export type AskedAt = { readonly now: Date; readonly settings: Pick<Settings, "SYNC_UPSTREAM_ENDS"> };

/** @param oldest the oldest day of the answer, where it was cut: what is older was not asked for */
export async function whyNotWhole(
  database: Database,
  question: Question,
  oldest: Day | undefined,
  at: AskedAt,
): Promise<RefusedError | undefined> {
  const { dataset } = question.face;
  if (dataset.slices === "lists") return await whyNotListed(database, question, todayOf(at));
  const range = rangeOf(question, oldest, at);
  if (range === "future") return undefined;
  if (range === "after the end") {
    const end = formatDay(at.settings.SYNC_UPSTREAM_ENDS);
    return refuse(dataset, `数据来源是采集的返回结果，到 ${end} 为止`, "请查询该日及以前的数据");
  }
  if (range === "not due") {
    return refuse(dataset, `${question.from} 的数据尚未到应有时间`, "请稍后再试");
  }
  const codes = question.filters.find(({ field }) => field.sql === "row.ts_code")?.values;
  const named = codes !== undefined && codes.length <= codesMax ? codes : undefined;
  if (dataset.slices === "periods") return await whyNotReported(database, dataset, range, named, todayOf(at));
  const unknown = isByTradingDay(dataset) ? await whyNotInCalendar(database, range) : undefined;
  if (unknown !== undefined) return unknown;
  if (!hasMembersEachDay(dataset)) {
    return await whyNotAnswered(database, { ...dataset, slices: dataset.slices }, range, named);
  }
  if (named === undefined) return lackDay(dataset, await firstDayNotWhole(database, dataset, range));
  const [stranger] = await unknownCodes(database, dataset, named); // whole days prove nothing of it
  if (stranger !== undefined) {
    return refuse(dataset, `列表中没有代码 ${stranger}`, "请核对代码，或更新列表后再试");
  }
  const [gap] = await missingRanges(database, dataset, { codes: named, refresh: false }, range);
  return gap && lackCode(dataset, gap);
}

function rangeOf(
  { face: { dataset }, from, to }: Question,
  oldest: Day | undefined,
  at: AskedAt,
): DayRange | "future" | "not due" | "after the end" {
  const today = todayOf(at);
  const first = later(from ?? dataset.firstDay ?? firstTradingDay, dataset.firstDay ?? firstTradingDay);
  const last = earlier(to ?? today, today);
  const due = earlier(last, lastDueDay(dataset, at.now));
  if (first > today && first <= shanghaiDay(at.now)) return "after the end";
  if (first > last) return "future"; // also a range that ends before it begins, or before there was a market
  if (first > due) return "not due";
  return { from: oldest === undefined ? first : earlier(oldest, due), to: due };
}

/** The last day that the upstream can know of. */
function todayOf({ now, settings }: AskedAt): Day {
  return earlier(shanghaiDay(now), settings.SYNC_UPSTREAM_ENDS);
}

/** An open day that the calendar does not know would pass for a closed one. Only the range is read, not the whole calendar. */
async function whyNotInCalendar(database: Database, range: DayRange): Promise<RefusedError | undefined> {
  const calendar = calendarDataset();
  const day = dayColumnOf(calendar);
  const known = `from ${calendar.table} where exchange = 'SSE'`;
  const [row] = await database.run(
    `select (select min(${day}) ${known}) <= to_date(:from, 'YYYYMMDD')
  and (select max(${day}) ${known}) >= to_date(:to, 'YYYYMMDD')
  and not exists (
    select 1
    from (
      select pretrade_date, lag(${day}) over (order by ${day}) as day_before
      ${known} and is_open = 1 and ${day} between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
    ) as open_day
    where pretrade_date <> day_before
  ) as is_known`,
    range,
  );
  if (row?.is_known === true) return undefined;
  return refuse(calendar, `未覆盖 ${formatDay(range.from)} 至 ${formatDay(range.to)}`, runs(calendar, ""));
}

async function firstDayNotWhole(
  database: Database,
  dataset: Dataset,
  range: DayRange,
): Promise<Day | undefined> {
  const { others } = await readKept(database, dataset, range);
  if (others.length > countedDaysMax) return others[0];
  const days = await countDays(database, dataset, others, false);
  return days.find(({ wanted, expected }) => wanted > 0 || expected === 0)?.day;
}

function lackDay(dataset: Dataset, day: Day | undefined): RefusedError | undefined {
  if (day === undefined) return undefined;
  return refuse(dataset, `${formatDay(day)} 缺数据`, runs(dataset, `--from ${day} --to ${day}`));
}

function lackCode(dataset: Dataset, { ts_code, from, to }: MissingRange): RefusedError {
  return refuse(
    dataset,
    `${ts_code} 缺 ${formatDay(from)} 至 ${formatDay(to)} 之间的数据`,
    runs(dataset, `--codes ${ts_code} --from ${from} --to ${to}`),
  );
}

/** A period is due once its deadline has passed. */
async function whyNotReported(
  database: Database,
  dataset: Dataset,
  { from, to }: DayRange,
  codes: readonly string[] | undefined,
  today: Day,
): Promise<RefusedError | undefined> {
  const due = periodsBetween(from, to).filter(({ deadline }) => deadline < today);
  if (codes === undefined) {
    const fetched = await fetchedSlices(
      database,
      dataset,
      due.map(({ end }) => end),
    );
    const lacks = due.find(({ end, deadline }) => (fetched.get(end) ?? "") <= deadline);
    if (lacks !== undefined) return lackDay(dataset, lacks.end);
  } else {
    const [gap] = due.length === 0 ? [] : await missingPeriodRanges(database, dataset, codes, due);
    if (gap !== undefined) {
      const options = `--codes ${gap.ts_code} --from ${gap.from} --to ${gap.to}`;
      return refuse(dataset, `${gap.ts_code} 缺 ${formatDay(gap.from)} 的报告`, runs(dataset, options));
    }
  }
  const filed = await firstFiledNotStored(database, dataset, { from, to }, codes, today);
  if (filed === undefined) return undefined;
  return refuse(dataset, `${filed} 已披露的报告尚未入库`, runs(dataset, `--codes ${filed}`));
}

/** The first company with a filed report that is not stored. Indicators come the day after the filing. */
export async function firstFiledNotStored(
  database: Database,
  dataset: Dataset,
  range: DayRange,
  codes: readonly string[] | undefined,
  today: Day,
): Promise<string | undefined> {
  const { schedule, table } = dataset;
  if (schedule === undefined) return undefined;
  const [row] = await database.run(
    `select filing.ts_code
from ${schedule.table} as filing
where filing.end_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
  and filing.actual_date < to_date(:today, 'YYYYMMDD')
  and (cast(:codes as text) is null or filing.ts_code = any (string_to_array(cast(:codes as text), ',')))
  and not exists (
    select 1 from ${table} as stored where stored.ts_code = filing.ts_code and stored.${dayColumnOf(dataset)} = filing.end_date
  )
limit 1`,
    { ...range, today, codes: codes?.join(",") ?? null },
  );
  return typeof row?.ts_code === "string" ? row.ts_code : undefined;
}

/** Rows that need not exist: the answers that would have them are there. */
async function whyNotAnswered(
  database: Database,
  dataset: Dataset & { readonly slices: TimedSlices },
  range: DayRange,
  codes: readonly string[] | undefined,
): Promise<RefusedError | undefined> {
  const isByCode = dataset.slices === "days" || dataset.slices === "codes";
  if (codes !== undefined && isByCode) {
    const [gap] = await unansweredRanges(database, dataset, codes, range, false);
    return gap && lackCode(dataset, gap);
  }
  const calendar = await readCalendar(database);
  const selectors = sliceRules[dataset.slices].selectors(dataset, range, range.to, calendar);
  const units = selectors.map((selector) => ({ dataset: dataset.name, selector }));
  const [missing] = await missingSlices(database, dataset, units);
  return lackDay(dataset, missing && daysOf(missing.selector)?.from);
}

async function whyNotListed(
  database: Database,
  question: Question,
  today: Day,
): Promise<RefusedError | undefined> {
  const { dataset, spec } = question.face;
  const parts = (dataset.lists?.(today) ?? []).filter((part) => mayHold(question, part));
  const asked = periodOf(question);
  const selectors = parts.length === 0 && asked !== undefined ? [asked] : parts;
  const refused = refuse(dataset, `${spec.name} 的名单未取全`, runs(dataset, ""));
  if (selectors.length === 0) return refused;
  const units = selectors.map((selector) => ({ dataset: dataset.name, selector }));
  const keys = new Set(units.map(unitKey));
  const found = await readLists(database, dataset, units);
  const whole = found.filter(
    ({ key, rows, stored }) => keys.has(key) && rows !== undefined && stored >= rows,
  );
  if (whole.length < units.length) return refused;
  const oldest = whole.map(({ answeredOn = "" }) => answeredOn).reduce(earlier);
  if (selectors === parts && oldest < addDays(today, -freshDays(dataset.cadence))) {
    return refuse(dataset, `${spec.name} 的名单取自 ${formatDay(oldest)}，已过期`, runs(dataset, ""));
  }
  return (await wasAnsweredBy(database, dataset, spec)) ? undefined : refused;
}

/** Whether a part of a list may hold rows that are asked for. Parts are named by parameters of the interface. */
function mayHold({ face, filters, from, to }: Question, part: Selector): boolean {
  if (part.by === "calendar" || part.by === "range") {
    if ((from ?? part.to) > part.to || (to ?? part.from) < part.from) return false;
  }
  return Object.entries(part).every(([name, value]) => {
    const parameter = face.spec.parameters?.[name];
    if (parameter === null || name === "by" || name === "from" || name === "to") return true;
    const filter = filters.find(({ field }) => field === face.filters.get(parameter ?? name));
    return filter === undefined || filter.values.includes(value);
  });
}

/** The part with the one report period that is asked for, which may be older than those that are kept up to date. */
function periodOf({ face, filters }: Question): Selector | undefined {
  if (!face.spec.answers.includes("period")) return undefined;
  const parameter = face.spec.parameters?.period ?? "period";
  const values = filters.find(({ field }) => field === face.filters.get(parameter))?.values ?? [];
  const [period] = values;
  return values.length === 1 && period !== undefined ? { by: "period", period } : undefined;
}

/** Where an account may lack the right to an interface, the list is from it or from its fallback: from which, its columns tell. */
export async function wasAnsweredBy(
  database: Database,
  dataset: Dataset,
  spec: InterfaceSpec,
): Promise<boolean> {
  const { main } = dataset;
  const other = spec === main ? main.fallback : main;
  if (other === undefined) return true;
  const theirs = new Set(other.columns.map(({ name }) => name));
  const own = spec.columns.filter(({ name, stored }) => stored !== false && !theirs.has(name));
  const stored = new Set(columnsOf(dataset).map(({ name }) => name));
  const tells = own.filter(({ name }) => stored.has(name)).map(({ name }) => `row.${name} is not null`);
  if (tells.length === 0) return true;
  const [row] = await database.run(
    `select exists (
  select 1 from ${dataset.table} as row where ${isOwnRow(dataset, "row")} and (${tells.join(" or ")})
) as answered`,
  );
  return row?.answered === true;
}

function refuse(dataset: Dataset, what: string, hint: string): RefusedError {
  return notWhole(`${dataset.title.zh} ${what}`, hint);
}

function runs({ name }: Dataset, options: string): string {
  const [job = ""] = jobsOf(name);
  return `请运行 npx tushare-sync run ${job} ${options}`.trim();
}
