// Is this answer whole? TuShare cuts a reply at its cap without a word, and serves a day before all of it is there.
import type { InterfaceSpec } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day, daysBetween, earlier } from "../catalogue/dates.ts";
import type { Selector } from "../catalogue/selector.ts";
import { SyncError } from "../errors.ts";
import type { Page } from "../ports.ts";
import { paramsOf } from "../unit.ts";
import { say } from "../words/say.ts";
import type { Table } from "./rows.ts";

/** Calls one interface may need for one unit; the planner keeps units far below it. */
export const pagesMax = 12;

/** Of the rows of the trading day before, what an answer must hold to pass for a whole day. */
const dayShareMin = 0.6;

/** Of the day's main rows, what a joined interface must hold while it may still be published. */
const detailShareMin = 0.9;

/** Days after a trading day in which an interface that lacks it is late; later it is taken never to have had it. */
const detailsDueDays = 7;

type FetchPage = (params: Readonly<Record<string, string>>) => Promise<Page>;

/**
 * All pages of a selector. A range that may be cut is halved, whatever rows were kept; anything else is paged.
 * @throws SyncError transient when the answer cannot be proven whole within `pagesMax` calls
 */
export async function fetchWhole(
  spec: InterfaceSpec,
  selector: Selector,
  fetchPage: FetchPage,
): Promise<Page[]> {
  let calls = 0;
  const bounded: FetchPage = (params) => {
    calls += 1;
    if (calls > pagesMax)
      throw notWhole(say("stillNotWhole", { what: nameOf(spec, selector), calls: pagesMax }));
    return fetchPage(params);
  };
  return "from" in selector
    ? await fetchRange(spec, selector, bounded)
    : await fetchByOffset(spec, selector, bounded);
}

async function fetchRange(
  spec: InterfaceSpec,
  selector: Selector & { from: Day; to: Day },
  fetchPage: FetchPage,
): Promise<Page[]> {
  const page = await fetchPage(paramsOf(spec, selector));
  if (!mayBeCut(page, spec)) return [page];
  if (selector.from === selector.to)
    throw notWhole(say("capForOneDay", { what: nameOf(spec, selector), rows: page.items.length }));
  const middle = middleDay(selector.from, selector.to);
  const later = await fetchRange(spec, { ...selector, from: addDays(middle, 1) }, fetchPage);
  const earlier = await fetchRange(spec, { ...selector, to: middle }, fetchPage);
  return [...later, ...earlier];
}

async function fetchByOffset(spec: InterfaceSpec, selector: Selector, fetchPage: FetchPage): Promise<Page[]> {
  const pages: Page[] = [];
  const seen = new Set<string>();
  for (let offset = 0; ; ) {
    const page = await fetchPage({
      ...paramsOf(spec, selector),
      ...(offset > 0 && { offset: String(offset) }),
    });
    const repeated = offset === 0 ? -1 : page.items.findIndex((item) => seen.has(JSON.stringify(item)));
    if (repeated !== -1) throw notWhole(say("pageRepeats", { what: nameOf(spec, selector), offset }));
    if (page.items.length > 0) pages.push(page);
    if (!mayBeCut(page, spec)) return pages;
    if (page.items.length === 0) throw notWhole(say("emptyPageSaysMore", { what: nameOf(spec, selector) }));
    for (const item of page.items) seen.add(JSON.stringify(item));
    offset += page.items.length;
  }
}

/** What is known of a trading day before its answer is judged. */
export type DayFacts = {
  readonly day: Day;
  /** Rows stored for the open day before; 0 when none are. */
  readonly rowsDayBefore: number;
  /** Stocks the list has as listed on the day; 0 when the list is not there. */
  readonly listed: number;
  /** Days that have passed since it. */
  readonly ageDays: number;
};

/** Why a day's answer does not pass for a whole day, or undefined when it does. */
export function whyNotDue(
  dataset: Dataset,
  main: Table,
  details: readonly Table[],
  facts: DayFacts,
): string | undefined {
  const { day } = facts;
  const rows = main.size;
  if (main.size === 0) return say("dayEmpty", { day });
  if (main.size < facts.rowsDayBefore * dayShareMin) {
    return say("dayShort", { day, rows, before: facts.rowsDayBefore });
  }
  // The list is no measure of old days: it may know stocks that had yet to trade, or half a market was suspended.
  if (facts.ageDays <= detailsDueDays && main.size < facts.listed * dayShareMin) {
    return say("dayShortOfList", { day, rows, listed: facts.listed });
  }
  const short = dataset.details.findIndex((_, at) => (details[at]?.size ?? 0) < main.size * detailShareMin);
  const detail = dataset.details[short];
  if (facts.ageDays <= detailsDueDays && detail !== undefined) {
    return say("detailShort", {
      day,
      rows: details[short]?.size ?? 0,
      detail: detail.name,
      mainRows: rows,
      main: dataset.main.name,
    });
  }
  return undefined;
}

/** Days between two open days: the most there ever were, over the Spring Festival of 1999. */
const openDaysApartMax = 20;

/**
 * Why an answer for a range of the calendar is not the whole of it, or undefined when it is. Days after today may be
 * missing, because the next year is published in December; closed days may, because the open ones name each other.
 */
export function whyCalendarShort(
  what: string,
  calendar: Table,
  { from, to }: { from: Day; to: Day },
  today: Day,
): string | undefined {
  const days = (calendar.columns.cal_date ?? []).map(String).sort();
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return say("answerEmpty", { what });
  const due = earlier(to, today);
  if (last < due) return say("answerEnds", { what, last, due });
  if (daysBetween(from, first) > openDaysApartMax) return say("answerBegins", { what, first, from });
  const gap = days.findIndex((day, at) => daysBetween(days[at - 1] ?? day, day) > openDaysApartMax);
  if (gap !== -1) return say("answerGap", { what, before: days[gap - 1] ?? "", after: days[gap] ?? "" });
  return calendarHole(what, calendar, from);
}

/** The first hole: an open day that names as its predecessor another than the one before it, or one since `from`. */
function calendarHole(what: string, calendar: Table, from: Day): string | undefined {
  const { cal_date = [], is_open = [], pretrade_date = [] } = calendar.columns;
  const open = cal_date.map((day, row) => ({
    day: String(day),
    before: String(pretrade_date[row] ?? ""),
    isOpen: is_open[row] === "1",
  }));
  const sorted = open.filter(({ isOpen }) => isOpen).sort((a, b) => (a.day < b.day ? -1 : 1));
  for (const [at, { day, before }] of sorted.entries()) {
    const expected = sorted[at - 1]?.day;
    if (expected === undefined && before >= from) return say("calendarBeginsLate", { what, day, before });
    if (expected !== undefined && before !== "" && before !== expected) {
      return say("calendarHole", { what, day, before, expected });
    }
  }
  return undefined;
}

/**
 * Why an answer for a list is too short, or undefined when it is not: a market does not lose many of its securities from
 * one day to the next. `before` is what the last answer held.
 */
export function whyListShort(
  what: string,
  { passing = [] }: Dataset,
  selector: Selector,
  rows: number,
  before: number,
  sharePercentMin: number,
): string | undefined {
  const status = "list_status" in selector ? selector.list_status : undefined;
  if (status === "L" && rows === 0) return say("listEmpty", { what });
  if (status !== undefined && passing.includes(status)) return undefined;
  if (rows * 100 >= before * sharePercentMin) return undefined;
  return say("listShort", { what, rows, before, percent: sharePercentMin });
}

function mayBeCut(page: Page, spec: InterfaceSpec): boolean {
  return page.hasMore || page.items.length >= spec.rowCap;
}

/** The last day of the first half of a range of two days or more. */
function middleDay(from: Day, to: Day): Day {
  return addDays(from, Math.floor((daysBetween(from, to) - 1) / 2));
}

function notWhole(why: string): SyncError {
  return new SyncError("transient", why);
}

function nameOf(spec: InterfaceSpec, selector: Selector): string {
  return `${spec.name} ${Object.values(paramsOf(spec, selector)).join(" ")}`;
}
