// Is this answer whole? TuShare serves a day before all of it is there, and answers with half a list. One rule for each of
// the ways in which a dataset's file says what it expects; caps and pages were seen to when the answer was fetched.
import type { Expects } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import {
  type Day,
  daysBetween,
  earlier,
  firstTradingDay,
  shanghaiDay,
  shanghaiInstant,
} from "../catalogue/dates.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import type { Settings } from "../catalogue/settings.ts";
import type { Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import type { Table } from "./rows.ts";

/** Of the rows of the trading day before, or of the securities listed, what an answer must hold to pass for a whole day. */
const dayShareMin = 0.6;

/** Of the day's main rows, what a joined interface must hold while it may still be published. */
const detailShareMin = 0.9;

/** Days after a trading day in which an interface that lacks it is late; later it is taken never to have had it. */
const detailsDueDays = 7;

/** All that was answered for a unit. */
export type Answer = {
  /** The main rows, with the details joined to them. */
  readonly table: Table;
  /** Rows of each detail, in the order of the dataset's. */
  readonly detailRows: readonly number[];
};

/** What the ledger and the data say about a unit's slice before it is fetched. */
export type Facts = {
  /** Its open days, ascending; empty for data that is not by trading day. */
  readonly openDays: readonly Day[];
  /** Of a day, rows of the dataset stored for the open day before; 0 when none are. */
  readonly rowsDayBefore: number;
  /** Of a day, securities that are listed on it; 0 when no list is there. */
  readonly listed: number;
  /** Of a list, rows of its last whole answer, or else those stored; 0 when there are none. */
  readonly rowsBefore: number;
};

/** By what an answer is judged beside the facts. */
export type Moment = { readonly now: Date; readonly settings: Settings };

/** not due: it may still be published, and is looked at again. not whole: it should be there, and is not. */
export type Verdict =
  | { readonly is: "whole" }
  | { readonly is: "not due"; readonly why: string; readonly lookAgainAt: Date }
  | { readonly is: "not whole"; readonly why: string };

/** What may become of a unit's answer. */
export function judge(
  dataset: Dataset,
  unit: Pick<Unit, "selector" | "unit_key">,
  answer: Answer,
  facts: Facts,
  moment: Moment,
): Verdict {
  const what = `${dataset.main.name} ${unit.unit_key}`;
  const why = whyShort[dataset.expects]({ what, dataset, selector: unit.selector, answer, facts, ...moment });
  if (why === undefined) return { is: "whole" };
  const at = isPublishedLate[dataset.expects] ? lookAgainAt(unit.selector, moment) : undefined;
  return at === undefined ? { is: "not whole", why } : { is: "not due", why, lookAgainAt: at };
}

/** The next look at a slice that is not published, on a whole multiple of the interval; undefined after the last. */
export function lookAgainAt(selector: Selector, { now, settings }: Moment): Date | undefined {
  const days = daysOf(selector);
  if (days === undefined) return undefined;
  const interval = settings.SYNC_NOT_DUE_RETRY_MINUTES * 60_000;
  const at = new Date((Math.floor(now.getTime() / interval) + 1) * interval);
  return at <= shanghaiInstant(days.to, settings.SYNC_NOT_DUE_UNTIL_HOUR) ? at : undefined;
}

type Question = Moment & {
  /** The interface and the slice, for sentences. */
  readonly what: string;
  readonly dataset: Dataset;
  readonly selector: Selector;
  readonly answer: Answer;
  readonly facts: Facts;
};

/** Why an answer is not all that is expected, or undefined when it is. */
const whyShort: Readonly<Record<Expects, (question: Question) => string | undefined>> = {
  members: whyMembersLack,
  some: whyEmpty,
  none: () => undefined,
  before: whyListShort,
  every_day: whyCalendarShort,
};

const isPublishedLate: Readonly<Record<Expects, boolean>> = {
  ...{ members: true, some: true },
  ...{ none: false, before: false, every_day: false },
};

/** Answers for a day are held against the day before and the list; others were proven by their cap and their slice. */
function whyMembersLack(question: Question): string | undefined {
  const { selector, answer, facts, now } = question;
  if (selector.by !== "date") return undefined;
  const day = selector.trade_date;
  if (!facts.openDays.includes(day)) return undefined; // a day that was closed after all
  const rows = answer.table.size;
  if (rows === 0) return say("dayEmpty", { day });
  if (rows < facts.rowsDayBefore * dayShareMin) {
    return say("dayShort", { day, rows, before: facts.rowsDayBefore });
  }
  // The list is no measure of old days: it may know stocks that had yet to trade, or half a market was suspended.
  const isRecent = daysBetween(day, shanghaiDay(now)) <= detailsDueDays;
  if (isRecent && rows < facts.listed * dayShareMin) {
    return say("dayShortOfList", { day, rows, listed: facts.listed });
  }
  return isRecent ? whyDetailShort(question, day) : undefined;
}

function whyDetailShort({ dataset, answer }: Question, day: Day): string | undefined {
  const { table, detailRows } = answer;
  const short = detailRows.findIndex((rows) => rows < table.size * detailShareMin);
  const detail = dataset.details[short]?.name;
  const rows = detailRows[short];
  if (detail === undefined || rows === undefined) return undefined;
  return say("detailShort", { day, rows, detail, mainRows: table.size, main: dataset.main.name });
}

/** A slice that has ended holds some row; a single code may have none, and neither may a day that was closed after all. */
function whyEmpty({ what, selector, answer, facts, now, settings }: Question): string | undefined {
  if (answer.table.size > 0 || selector.by === "code") return undefined;
  if (selector.by === "date") {
    const day = selector.trade_date;
    return facts.openDays.includes(day) ? say("dayEmpty", { day }) : undefined;
  }
  const last = daysOf(selector)?.to;
  if (last !== undefined && last > lastDayOf({ now, settings })) return undefined;
  return say("answerEmpty", { what });
}

/** The last day of which the upstream can have data. */
function lastDayOf({ now, settings }: Moment): Day {
  return earlier(shanghaiDay(now), settings.SYNC_UPSTREAM_ENDS);
}

/** A market does not lose many of its securities from one day to the next. */
function whyListShort({ what, dataset, selector, answer, facts, settings }: Question): string | undefined {
  const rows = answer.table.size;
  const { rowsBefore: before } = facts;
  const percent = settings.SYNC_LIST_SHARE_MIN;
  const status = "list_status" in selector ? selector.list_status : undefined;
  if (status === "L" && rows === 0) return say("listEmpty", { what });
  if (status !== undefined && dataset.passing?.includes(status)) return undefined;
  if (rows * 100 >= before * percent) return undefined;
  return say("listShort", { what, rows, before, percent });
}

/** Days between two open days: the most there ever were, over the Spring Festival of 1999. */
const openDaysApartMax = 20;

/**
 * Of a range of the calendar, days after today may be missing, because the next year is published in December; closed days
 * may, because the open ones name each other.
 */
function whyCalendarShort({ what, selector, answer, now, settings }: Question): string | undefined {
  const calendar = answer.table;
  const { from, to } = daysOf(selector) ?? { from: firstTradingDay, to: firstTradingDay };
  const days = (calendar.columns.cal_date ?? []).map(String).sort();
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return say("answerEmpty", { what });
  const due = earlier(to, lastDayOf({ now, settings }));
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
