// Which report periods and days of filing a command is about: from the command alone. Pure.
import { addDays, type Day, earlier, shanghaiDay } from "../catalogue/dates.ts";
import { newestPeriods, type Period, periodsBetween } from "../catalogue/periods.ts";
import { tierOfCalls } from "../catalogue/tiers.ts";
import type { DayRange } from "../coverage/calendar.ts";
import type { Request } from "./scope.ts";

/** Periods an increment asks for: two years, as restatements reach back. */
const periodsOfIncrement = 8;

/** Days after a filing in which its stock is still asked for. */
const filingDaysMax = 120;

export type HistoryScope = {
  readonly today: Day;
  readonly range: DayRange;
  /** Periods that end in the range; those of them that have ended; and those whose reports all have to be there. */
  readonly all: readonly Period[];
  readonly ended: readonly Period[];
  readonly due: readonly Period[];
};

export function historyScope({ command, settings, now }: Request): HistoryScope {
  const today = shanghaiDay(now);
  const range = { from: command.from ?? settings.SYNC_FINANCE_HISTORY_START_DATE, to: command.to ?? today };
  const all = periodsBetween(range.from, range.to);
  const ended = all.filter(({ end }) => end < today);
  return { today, range, all, ended, due: ended.filter(({ deadline }) => deadline < today) };
}

/** Days of filings: those of the command, or the last ones; of what was never asked for the last one alone. */
export function filingDays({ command, now }: Request, wasAsked: boolean): DayRange {
  const last = addDays(shanghaiDay(now), -1); // indicators come the day after the filing
  const to = earlier(command.to ?? last, last);
  return { from: command.from ?? addDays(to, wasAsked ? 1 - filingDaysMax : 0), to };
}

/** Periods that an increment asks for, the oldest first. */
export function periodsLookedAt({ now }: Request): Period[] {
  return newestPeriods(shanghaiDay(now), periodsOfIncrement).reverse();
}

/** Whether the filings of some days are asked for, and nothing else. */
export function asksForFilings({ mode, command }: Request): boolean {
  return mode === "incremental" && (command.from ?? command.to) !== undefined;
}

/** Whether report periods are asked for whole, not stock by stock. */
export function mayAskByPeriod({ dataset, command, settings }: Request, wasRefused: boolean): boolean {
  if (command.codes !== undefined) return false;
  if (dataset.byPeriod === undefined) return dataset.main.answers.includes("period");
  if (command.byPeriod !== undefined) return command.byPeriod;
  if (settings.SYNC_FINANCE_BY_PERIOD !== "auto") return settings.SYNC_FINANCE_BY_PERIOD === "always";
  const { points } = tierOfCalls(settings.TUSHARE_CALLS_A_MINUTE);
  return points >= dataset.byPeriod.points && !wasRefused;
}
