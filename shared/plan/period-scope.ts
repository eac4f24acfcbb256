// Decides which report periods and filing days a command covers, before the database is queried for them. Pure.
import { addDays, type Day, earlier, shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { newestDuePeriod, newestPeriods, type Period, periodsBetween } from "../catalogue/periods.ts";
import { tierOfCalls } from "../catalogue/tiers.ts";
import type { DayRange } from "../coverage/calendar.ts";
import type { Request } from "./scope.ts";

/** Periods that an increment fetches: two years, because restatements may be that old. */
const periodsOfIncrement = 8;

/** Days after a filing in which its stock is still fetched. */
const filingDaysMax = 120;

export type PeriodScope = {
  readonly today: Day;
  /** When the run began. */
  readonly since: Date;
  /** A history, the filings on a command's days, or what is new for an increment. */
  readonly about: "history" | "filings" | "news";
  /** Whether whole report periods are fetched, not stock by stock. */
  readonly byPeriod: boolean;
  /** For a history: the days within which its periods end. */
  readonly range: DayRange;
  /** Periods that end in the range; those that have ended; and those with a passed deadline. */
  readonly all: readonly Period[];
  readonly ended: readonly Period[];
  readonly due: readonly Period[];
  /** Periods that an increment fetches, the oldest first, and the newest one with a passed deadline. */
  readonly newest: readonly Period[];
  readonly newestDue: Day;
  /** Days on which reports were filed. */
  readonly filedOn: DayRange;
  /** The newest filing day whose indicators are due. */
  readonly lastFiled: Day;
};

/**
 * @param wasRefused TuShare has lately refused a request by period
 * @param wasAsked anything of the dataset was ever fetched
 */
export function periodScopeOf(request: Request, wasRefused: boolean, wasAsked: boolean): PeriodScope {
  const { mode, command, settings, now } = request;
  const today = shanghaiDay(now);
  const range = { from: command.from ?? settings.SYNC_FINANCE_HISTORY_START_DATE, to: command.to ?? today };
  const all = periodsBetween(range.from, range.to);
  const ended = all.filter(({ end }) => end < today);
  const lastFiled = addDays(today, -1); // indicators are published the day after the filing
  const to = earlier(command.to ?? lastFiled, lastFiled);
  const isNews = (command.from ?? command.to) === undefined;
  const back = isNews && !wasAsked ? 0 : 1 - filingDaysMax;
  return {
    ...{ today, range, all, ended, lastFiled },
    since: shanghaiInstant(today, 0),
    about: mode === "history" ? "history" : isNews ? "news" : "filings",
    byPeriod: mayAskByPeriod(request, wasRefused),
    due: ended.filter(({ deadline }) => deadline < today),
    newest: newestPeriods(today, periodsOfIncrement).reverse(),
    newestDue: newestDuePeriod(today).end,
    filedOn: { from: command.from ?? addDays(to, back), to },
  };
}

function mayAskByPeriod({ dataset, command, settings }: Request, wasRefused: boolean): boolean {
  if (command.codes !== undefined) return false;
  if (dataset.byPeriod === undefined) return dataset.main.answers.includes("period");
  if (command.byPeriod !== undefined) return command.byPeriod;
  if (settings.SYNC_FINANCE_BY_PERIOD !== "auto") return settings.SYNC_FINANCE_BY_PERIOD === "always";
  const { points } = tierOfCalls(settings.TUSHARE_CALLS_A_MINUTE);
  return points >= dataset.byPeriod.points && !wasRefused;
}
