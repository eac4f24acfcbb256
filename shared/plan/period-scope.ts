// Which report periods and days of filing a command is about: decided before the database is asked for them. Pure.
import { addDays, type Day, earlier, shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { newestDuePeriod, newestPeriods, type Period, periodsBetween } from "../catalogue/periods.ts";
import { tierOfCalls } from "../catalogue/tiers.ts";
import type { DayRange } from "../coverage/calendar.ts";
import type { Request } from "./scope.ts";

/** Periods an increment asks for: two years, as restatements reach back. */
const periodsOfIncrement = 8;

/** Days after a filing in which its stock is still asked for. */
const filingDaysMax = 120;

export type PeriodScope = {
  readonly today: Day;
  /** When it began. */
  readonly since: Date;
  /** A history; the filings of the days of a command; or, of an increment, what is new. */
  readonly about: "history" | "filings" | "news";
  /** Report periods are asked for whole, not stock by stock. */
  readonly byPeriod: boolean;
  /** Of a history: the days in which its periods end. */
  readonly range: DayRange;
  /** Periods that end in the range; those of them that have ended; and those whose reports all have to be there. */
  readonly all: readonly Period[];
  readonly ended: readonly Period[];
  readonly due: readonly Period[];
  /** Periods that an increment asks for, the oldest first, and the newest whose reports all have to be there. */
  readonly newest: readonly Period[];
  readonly newestDue: Day;
  /** Days on which reports were filed. */
  readonly filedOn: DayRange;
  /** The newest such day whose reports are due. */
  readonly lastFiled: Day;
};

/**
 * @param wasRefused lately the account was refused the answers by period
 * @param wasAsked anything of the dataset was ever fetched
 */
export function periodScopeOf(request: Request, wasRefused: boolean, wasAsked: boolean): PeriodScope {
  const { mode, command, settings, now } = request;
  const today = shanghaiDay(now);
  const range = { from: command.from ?? settings.SYNC_FINANCE_HISTORY_START_DATE, to: command.to ?? today };
  const all = periodsBetween(range.from, range.to);
  const ended = all.filter(({ end }) => end < today);
  const lastFiled = addDays(today, -1); // indicators come the day after the filing
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
