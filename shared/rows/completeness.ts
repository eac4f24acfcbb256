// Decides whether an answer is whole. TuShare may serve a day before all of it is published, and may return half a list.
// There is one rule for each value of `expects` in a dataset's file; caps and pages were checked while fetching.
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
import { type CellNames, type CellQuestion, type Cells, cellNames } from "./cells.ts";
import { judgeCells, type NewAbsence, type WholeDay } from "./judge-cells.ts";
import type { Table } from "./rows.ts";

/** Everything that was fetched for a unit. */
export type Answer = {
  /** The main rows, joined with the details. */
  readonly table: Table;
  /** The rows of each detail, in the dataset's order. */
  readonly details: readonly Table[];
  /** Rows that explain absences; undefined when there is no such interface, or no right to it. */
  readonly evidence?: Table | undefined;
};

/** What the ledger and the stored data say about a unit's slice before it is fetched. */
export type Facts = {
  /** Open days of the slice, ascending; empty for data that is not by trading day. */
  readonly openDays: readonly Day[];
  /** For a list: rows of its last whole answer, or else the stored rows; 0 when there are none. */
  readonly rowsBefore: number;
  /** Of a dataset with a row for each member on each day: what is known of each. */
  readonly cells?: Cells | undefined;
};

/** When, and with which settings, an answer is judged; and how often the unit's message was received. */
export type Moment = { readonly now: Date; readonly settings: Settings; readonly deliveries: number };

/** What a whole answer says about the cells of its slice. */
export type Settled = {
  readonly absences: readonly NewAbsence[];
  readonly wholeDay?: WholeDay | undefined;
  /** What is unexplained, by name. */
  readonly partial?: string | undefined;
};

/**
 * not due: may still be published, to be fetched again later. not whole: should be complete, and is not. Of a dataset with
 * known cells the rows that came are stored in any case.
 */
export type Verdict =
  | { readonly is: "whole"; readonly settled?: Settled }
  | { readonly is: "not due"; readonly why: string; readonly lookAgainAt: Date }
  | { readonly is: "not whole"; readonly why: string };

/** Decides what happens with a unit's answer. */
export function judge(
  dataset: Dataset,
  unit: Pick<Unit, "selector" | "unit_key">,
  answer: Answer,
  facts: Facts,
  moment: Moment,
): Verdict {
  const names = facts.cells && cellNames(dataset, unit.selector);
  if (facts.cells !== undefined && names !== undefined) {
    return judgeMembers({ ...answer, dataset, selector: unit.selector, cells: facts.cells }, names, moment);
  }
  const what = `${dataset.main.name} ${unit.unit_key}`;
  const why = whyShort[dataset.expects]({ what, dataset, selector: unit.selector, answer, facts, ...moment });
  if (why === undefined) return { is: "whole" };
  const at = isPublishedLate[dataset.expects] ? lookAgainAt(unit.selector, moment) : undefined;
  return at === undefined ? { is: "not whole", why } : { is: "not due", why, lookAgainAt: at };
}

function judgeMembers(
  question: Omit<CellQuestion, "today" | "deliveries" | "evidence"> & Pick<Answer, "evidence">,
  names: CellNames,
  moment: Moment,
): Verdict {
  const today = shanghaiDay(moment.now);
  const verdict = judgeCells(
    { ...question, evidence: question.evidence, today, deliveries: moment.deliveries },
    names,
  );
  const { why, absences, wholeDay } = verdict;
  const at = verdict.isNewest ? lookAgainAt(question.selector, moment) : undefined;
  if (why !== undefined && at !== undefined) return { is: "not due", why, lookAgainAt: at };
  if (why !== undefined && !verdict.settles) return { is: "not whole", why };
  const isPartial = absences.some(({ reason }) => reason === "unexplained");
  return { is: "whole", settled: { absences, wholeDay, ...(isPartial && { partial: why }) } };
}

/** When to fetch an unpublished slice again, on a multiple of the interval; undefined after the last attempt. */
export function lookAgainAt(
  selector: Selector,
  { now, settings }: Omit<Moment, "deliveries">,
): Date | undefined {
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

/** Why an answer is not complete; undefined when it is. */
const whyShort: Readonly<Record<Expects, (question: Question) => string | undefined>> = {
  members: () => undefined, // judged by their cells
  some: whyEmpty,
  none: () => undefined,
  before: whyListShort,
  every_day: whyCalendarShort,
};

const isPublishedLate: Readonly<Record<Expects, boolean>> = {
  some: true,
  ...{ members: false, none: false, before: false, every_day: false },
};

/** A slice that has ended must have a row. A single code may have none, and so may a day that is closed now. */
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

/** The last day for which the upstream can have data. */
function lastDayOf({ now, settings }: Omit<Moment, "deliveries">): Day {
  return earlier(shanghaiDay(now), settings.SYNC_UPSTREAM_ENDS);
}

/** A list that suddenly has far fewer securities than before is not whole. */
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

/** Most days there have been between two open days: the Spring Festival of 1999. */
const openDaysApartMax = 20;

/**
 * A range of the calendar may lack days after today, because the next year is published in December. It may lack closed
 * days, because each open day names the open day before it.
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

/** The first gap: an open day whose predecessor differs from the open day before it, or is missing although after `from`. */
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
