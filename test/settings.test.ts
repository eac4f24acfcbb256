// The settings: defaults, bounds, and the messages for wrong values.
import { describe, expect, test } from "vitest";
import { isDay } from "../shared/catalogue/dates.ts";
import { readSettings, settingTable } from "../shared/catalogue/settings.ts";

test("an empty environment gives every default", () => {
  const defaults = Object.entries(settingTable).map(([name, setting]) => [name, setting.default]);
  expect(readSettings({})).toEqual(Object.fromEntries(defaults));
});

test.each([undefined, "", "  "])("a variable that is %j means its default", (text) => {
  expect(readSettings({ WORKER_SLOTS: text }).WORKER_SLOTS).toBe(settingTable.WORKER_SLOTS.default);
});

test("a value is read as its setting's type, spaces aside", () => {
  const environment = {
    WORKER_SLOTS: " 7 ",
    TUSHARE_MIN_INTERVAL: "0.5",
    SYNC_DAILY_HISTORY_START_DATE: "20200102",
    PATH: "/bin",
  };
  expect(readSettings(environment)).toEqual({
    ...readSettings({}),
    WORKER_SLOTS: 7,
    TUSHARE_MIN_INTERVAL: 0.5,
    SYNC_DAILY_HISTORY_START_DATE: "20200102",
  });
});

test.each([
  ["WORKER_SLOTS", "0", "a whole number from 1 to 100, for example 5"],
  ["WORKER_SLOTS", "101", "a whole number from 1 to 100, for example 5"],
  ["WORKER_SLOTS", "2.5", "a whole number from 1 to 100, for example 5"],
  ["WORKER_SLOTS", "five", "a whole number from 1 to 100, for example 5"],
  ["WORKER_SLOTS", "Infinity", "a whole number from 1 to 100, for example 5"],
  ["WORKER_SLOTS", "-1", "a whole number from 1 to 100, for example 5"],
  ["TUSHARE_MIN_INTERVAL", "0", "a number from 0.01 to 60, for example 0.35"],
  ["TUSHARE_MIN_INTERVAL", "NaN", "a number from 0.01 to 60, for example 0.35"],
  ["TUSHARE_MIN_INTERVAL", "0,35", "a number from 0.01 to 60, for example 0.35"],
  ["SYNC_DAILY_HISTORY_START_DATE", "2010-01-01", "a day as YYYYMMDD, for example 20100101"],
  ["SYNC_FINANCE_BY_PERIOD", "sometimes", "one of auto, always, never"],
  ["SYNC_DAILY_HISTORY_START_DATE", "20100231", "a day as YYYYMMDD, for example 20100101"],
])("%s is refused with '%s' and what is allowed", (name, text, allowed) => {
  expect(() => readSettings({ [name]: text })).toThrow(`${name} is '${text}', expected ${allowed}`);
});

test("every wrong value is named at once", () => {
  const read = () => readSettings({ WORKER_SLOTS: "0", SYNC_FAILURE_MAX_RETRIES: "many" });
  expect(read).toThrow(/WORKER_SLOTS.*; SYNC_FAILURE_MAX_RETRIES|SYNC_FAILURE_MAX_RETRIES.*; WORKER_SLOTS/);
});

describe.each(Object.entries(settingTable))("%s", (name, setting) => {
  test("accepts its own default and bounds", () => {
    const others =
      "min" in setting ? [setting.min, setting.max] : "choices" in setting ? setting.choices : [];
    for (const value of [setting.default, ...others])
      expect(readSettings({ [name]: String(value) })).toHaveProperty(name, value);
    if (typeof setting.default === "string" && !("choices" in setting || "separator" in setting))
      expect(isDay(setting.default)).toBe(true);
  });

  test("has a description", () => {
    expect(setting.about).toMatch(/\w/);
  });
});
