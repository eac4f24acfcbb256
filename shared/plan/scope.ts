// Decides which days a command covers and which of their slices are due, from the calendar and the newest stored day, before
// any other query. Pure.
import { isByTradingDay, needsCalendar } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day, earlier, firstTradingDay, later } from "../catalogue/dates.ts";
import { dueAt, lastDueDay } from "../catalogue/due.ts";
import type { Job } from "../catalogue/jobs.ts";
import type { Nothing } from "../catalogue/nothing.ts";
import { daysOf } from "../catalogue/selector.ts";
import type { Settings } from "../catalogue/settings.ts";
import type { RunCommand } from "../commands/command.ts";
import { type Calendar, type DayRange, holeIn, openDayBack } from "../coverage/calendar.ts";
import { SyncError } from "../errors.ts";
import type { PlannedUnit } from "../unit.ts";
import { say } from "../words/say.ts";
import { jobOfDataset } from "./job-of.ts";
import type { Plan } from "./plan.ts";
import { firstDayOf, type SliceRule, sliceRules, type TimedSlices } from "./slices.ts";

/** A run of one dataset, and when it was requested. */
export type Request = {
  readonly dataset: Dataset;
  readonly mode: Job["mode"];
  readonly command: RunCommand;
  readonly settings: Settings;
  readonly now: Date;
};

/** What is known when the days are chosen. */
export type TimeFacts = {
  readonly calendar: Calendar;
  /** For an increment without given days: the newest stored day, and whether anything was ever fetched. */
  readonly newestDay?: Day | undefined;
  readonly wasAsked?: boolean;
};

export type Scope = {
  readonly range: DayRange;
  /** The due slices of the range. */
  readonly slices: readonly PlannedUnit[];
  /** A remark on the plan, such as days that were cut off because they are not due. */
  readonly reason: string | null;
  /** The remark is a warning: older data is missing. */
  readonly warns?: true;
};

/** A plan without units, and why. */
export type EmptyPlan = Plan & { readonly nothing: Nothing };

/** Whether the run is an increment without given days, which looks for new data itself. */
export function looksForNew({ mode, command }: Request): boolean {
  return mode === "incremental" && (command.from ?? command.to ?? command.days) === undefined;
}

/** @throws SyncError permanent, with what is wrong with the command or the calendar */
export function scopeOf(request: Request, slices: TimedSlices, facts: TimeFacts): Scope | EmptyPlan {
  const rule = sliceRules[slices];
  const due = rule.newestDue(lastDueDay(request.dataset, request.now));
  return looksForNew(request)
    ? newDays(request, rule, due, facts)
    : daysAsked(request, rule, due, facts.calendar);
}

/** The due days of a command since the market's first day; or why there are none. */
function daysAsked(request: Request, rule: SliceRule, due: Day, calendar: Calendar): Scope | EmptyPlan {
  const { dataset, command } = request;
  const to = earlier(command.to ?? due, due);
  const first = command.from ?? firstDayAsked(request, rule, calendar, to);
  const nothing = (why: Nothing, reason: string): EmptyPlan => ({
    ...{ units: [], reason, nothing: why, range: { from: first, to: command.to ?? later(first, to) } },
  });
  if (first > due) {
    const time = dueAt(dataset, rule.endOf(first));
    return nothing("not_due", say("notDueUntil", { day: first, time }));
  }
  if (first > to) throw new SyncError("permanent", say("toBeforeFirst", { to, first }));
  const start = firstDayOf(dataset);
  if (to < start) {
    const reason = dataset.firstDay === undefined ? "noTradingBefore" : "noDataBefore";
    return nothing("before_first_day", say(reason, { day: start, dataset: dataset.name }));
  }
  const range = { from: later(first, start), to };
  checkCalendar(request, calendar, range);
  const units = rule
    .selectors(dataset, range, due, calendar)
    .map((selector) => ({ dataset: dataset.name, selector }));
  const isCut = command.to !== undefined && command.to > due;
  if (units.length === 0) {
    if (isCut) return nothing("not_due", say("notDueYet", { day: command.to ?? to }));
    const reason = isByTradingDay(dataset) ? "noTradingDays" : "noDaysOf";
    return nothing("no_open_day", say(reason, { ...range, dataset: dataset.name }));
  }
  const reason = isCut ? say("plannedTo", { asked: command.to ?? to, due }) : null;
  return { range, slices: units, reason };
}

function firstDayAsked(request: Request, rule: SliceRule, calendar: Calendar, to: Day): Day {
  const { dataset, mode, command, settings } = request;
  if (command.days !== undefined) return openDayBack(calendar, to, command.days);
  if (mode === "incremental") return rule.back(dataset, to, settings, calendar);
  const start = command.codes === undefined ? settings.SYNC_DAILY_HISTORY_START_DATE : firstTradingDay;
  return dataset.firstDay === undefined ? start : later(start, dataset.firstDay);
}

/** Slices since the newest stored day and the last ones before it; for an empty database only the newest slice. */
function newDays(
  request: Request,
  rule: SliceRule,
  due: Day,
  { calendar, newestDay, wasAsked }: TimeFacts,
): Scope | EmptyPlan {
  const { dataset, settings } = request;
  const back = rule.back(dataset, due, settings, calendar);
  const from = newestDay === undefined ? back : earlier(addDays(newestDay, 1), back);
  const range = { from: later(from, firstDayOf(dataset)), to: due };
  checkCalendar(request, calendar, newestDay === undefined ? { from: due, to: due } : range);
  const units = rule
    .selectors(dataset, range, due, calendar)
    .map((selector) => ({ dataset: dataset.name, selector }));
  const newest = units.at(-1);
  if (newestDay !== undefined || wasAsked || newest === undefined)
    return { range, slices: units, reason: null };
  const only = daysOf(newest.selector) ?? range;
  const reason = say("onlyNewestDay", {
    dataset: dataset.name,
    day: only.to,
    job: jobOfDataset(dataset, "history"),
  });
  return { range: only, slices: [newest], reason, warns: true };
}

/** A missing calendar is an error; it must not be taken for a holiday. */
function checkCalendar({ dataset, command }: Request, calendar: Calendar, range: DayRange): void {
  // Missing days of a code are found by means of the calendar, in every dataset.
  if (!needsCalendar(dataset) && command.codes === undefined) return;
  const problem = calendarProblem(calendar, range);
  if (problem !== undefined) throw new SyncError("permanent", problem);
}

function calendarProblem(calendar: Calendar, range: DayRange): string | undefined {
  const { firstDay, lastDay } = calendar;
  if (firstDay === undefined || lastDay === undefined) return say("calendarEmpty");
  if (firstDay > range.from) return say("calendarBegins", { firstDay, needed: range.from });
  if (lastDay < range.to) return say("calendarEnds", { lastDay, needed: range.to });
  const hole = holeIn(calendar, range);
  return hole && say("calendarLacks", { day: hole });
}
