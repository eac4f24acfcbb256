// Every setting of the sync, with its default and bounds, and the one function that reads them from an environment.

import { say } from "../words/say.ts";
import { isDay } from "./dates.ts";

export type NumberSetting = {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
};
type DaySetting = { readonly default: string };
type ChoiceSetting = { readonly default: string; readonly choices: readonly string[] };
/** Names with commas. chosen-datasets.ts knows which names there are. */
type NamesSetting = { readonly default: string; readonly separator: "," };
type Setting = { readonly about: string } & (NumberSetting | DaySetting | ChoiceSetting | NamesSetting);

export const settingTable = {
  SYNC_DATASETS: names(
    "core",
    "datasets that the schedules keep up to date: sets and single datasets with commas, such as core,index,shibor; or all",
  ),
  SYNC_DAILY_HISTORY_BATCH_SIZE: integer(50, 1, 1_000, "units in one fan-out step of the daily jobs"),
  SYNC_DAILY_HISTORY_START_DATE: day("20100101", "first day of DAILY_HISTORY when a command names none"),
  SYNC_DAILY_LOOKBACK_DAYS: integer(60, 0, 250, "trading days that DAILY_INCREMENTAL checks for gaps"),
  SYNC_REREAD_DAYS: integer(5, 0, 60, "last stored days that an increment fetches again every evening"),
  SYNC_REREAD_OLD_DAYS: integer(
    10,
    0,
    250,
    "older stored days, or codes with all their days, that it fetches again every evening, in turn",
  ),
  SYNC_REREAD_PERIODS: integer(
    1,
    0,
    4,
    "report periods of the last year that it fetches again, in turn; by stock so many times each stock in a quarter",
  ),
  SYNC_FINANCE_HISTORY_BATCH_SIZE: integer(100, 1, 1_000, "units in one fan-out step of the finance jobs"),
  SYNC_FINANCE_HISTORY_START_DATE: day("20200101", "first report period of FINANCE_HISTORY"),
  SYNC_FINANCE_BY_PERIOD: choice(
    ["auto", "always", "never"],
    "whether finance is fetched by report period (5,000 points); auto: from 500 calls a minute on, unless TuShare refused",
  ),
  SYNC_INCREMENTAL_MISSING_LIMIT: integer(300, 0, 10_000, "stocks FINANCE_INCREMENTAL catches up in one run"),
  SYNC_FAILURE_MAX_RETRIES: integer(3, 0, 10, "retries of a failed unit before action is needed"),
  SYNC_LIST_SHARE_MIN: integer(90, 0, 100, "percent of the last answer's rows that a list must have"),
  SYNC_REVISION_SHARE_MAX: integer(
    50,
    1,
    100,
    "percent of an answer's stored rows in which one column may change; 100 allows all",
  ),
  SYNC_NOT_DUE_RETRY_MINUTES: integer(30, 5, 240, "minutes between two attempts for a day not published yet"),
  SYNC_NOT_DUE_UNTIL_HOUR: integer(
    23,
    18,
    72,
    "hour of the trading day (may be over 24) of the last such attempt",
  ),
  TUSHARE_MIN_INTERVAL: number(
    0.35,
    0.01,
    60,
    "seconds between two calls to an interface, all slots together",
  ),
  TUSHARE_CALLS_A_MINUTE: integer(200, 1, 10_000, "calls a minute to an interface that the account allows"),
  SYNC_LEDGER_DAYS: integer(
    90,
    30,
    3_650,
    "days after which units that later answers repeat, and resolved failures, are removed from the ledger",
  ),
  SYNC_UPSTREAM_ENDS: day(
    "20991231",
    "last day with data, where the upstream is a folder of captured answers",
  ),
  SYNC_FUND_ROW_CAP: integer(2_000, 100, 20_000, "rows after which a reply of fund_daily or fund_adj is cut"),
  WORKER_SLOTS: integer(5, 1, 100, "reserved concurrent executions of the worker"),
} as const satisfies Record<string, Setting>;

export type Settings = {
  readonly [Name in keyof typeof settingTable]: (typeof settingTable)[Name]["default"] extends string
    ? string
    : number;
};

/**
 * Reads the settings from an environment; an unset or empty variable means its default.
 * @throws Error naming each bad variable, its value, what is allowed and an example.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const entries = Object.entries<Setting>(settingTable).map(([name, setting]) => {
    const text = environment[name]?.trim();
    if (text === undefined || text === "") return [name, setting.default];
    const value = isNumberSetting(setting) ? Number(text) : text;
    if (!isAllowed(setting, value)) {
      problems.push(say("valueIs", { field: name, value: `'${text}'`, allowed: allowed(setting) }));
    }
    return [name, value];
  });
  if (problems.length > 0) throw new Error(problems.join("; "));
  return Object.fromEntries(entries) as Settings;
}

function isAllowed(setting: Setting, value: string | number): boolean {
  if (isChoiceSetting(setting)) return setting.choices.includes(String(value));
  if (isNamesSetting(setting)) return /^\w+(, *\w+)*$/.test(String(value));
  if (!isNumberSetting(setting)) return isDay(String(value));
  const inRange = typeof value === "number" && value >= setting.min && value <= setting.max;
  return inRange && (!setting.whole || Number.isInteger(value));
}

function allowed(setting: Setting): string {
  if (isChoiceSetting(setting)) return say("allowedChoice", { choices: setting.choices.join(", ") });
  if (isNamesSetting(setting)) return say("allowedNames", { example: "core,index" });
  if (!isNumberSetting(setting)) return say("allowedDayExample", { example: setting.default });
  const { min: least, max: most, default: example, whole } = setting;
  return whole
    ? say("allowedWholeExample", { least, most, example })
    : say("allowedNumberExample", { least, most, example });
}

function isNumberSetting(setting: Setting): setting is Setting & NumberSetting {
  return typeof setting.default === "number";
}

function isChoiceSetting(setting: Setting): setting is Setting & ChoiceSetting {
  return "choices" in setting;
}

function isNamesSetting(setting: Setting): setting is Setting & NamesSetting {
  return "separator" in setting;
}

function integer(value: number, min: number, max: number, about: string) {
  return { default: value as number, min, max, whole: true, about };
}

function number(value: number, min: number, max: number, about: string) {
  return { default: value as number, min, max, whole: false, about };
}

function day(value: string, about: string) {
  return { default: value as string, about };
}

function names(value: string, about: string) {
  return { default: value as string, separator: "," as const, about };
}

/** The first choice is the default. */
function choice(choices: readonly [string, ...string[]], about: string) {
  return { default: choices[0], choices, about };
}
