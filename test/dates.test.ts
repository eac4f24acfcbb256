// Days as text, and the clock of Shanghai.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addDays,
  daysBetween,
  earlier,
  isDay,
  shanghaiDay,
  shanghaiHours,
  shanghaiInstant,
} from "../shared/catalogue/dates.ts";

test.each([
  ["20240229", true],
  ["20000229", true],
  ["19901219", true],
  ["20241231", true],
  ["20240230", false],
  ["20230229", false],
  ["19000229", false],
  ["20241301", false],
  ["20240001", false],
  ["20240100", false],
  ["2024-01-02", false],
  ["2024012", false],
  ["202401021", false],
  [" 20240102", false],
  ["20240102\n", false],
  ["２０２４０１０２", false],
  ["", false],
  ["0", false],
])("%j is a day: %s", (text, expected) => {
  expect(isDay(text)).toBe(expected);
});

test.each([
  ["20240228", 1, "20240229"],
  ["20240228", 2, "20240301"],
  ["20230228", 1, "20230301"],
  ["20241231", 1, "20250101"],
  ["20250101", -1, "20241231"],
  ["20240301", -1, "20240229"],
  ["20240301", 0, "20240301"],
  ["19901219", 12_000, "20231027"],
])("%s and %i days is %s", (day, days, expected) => {
  expect(addDays(day, days)).toBe(expected);
  expect(daysBetween(day, expected)).toBe(days);
});

test.each([
  ["the last second of a day in UTC's afternoon", "2024-06-30T15:59:59.999Z", "20240630"],
  ["midnight in Shanghai", "2024-06-30T16:00:00.000Z", "20240701"],
  ["the last hours of a year in UTC", "2023-12-31T16:00:00Z", "20240101"],
  ["a leap day", "2024-02-28T16:00:00Z", "20240229"],
  ["noon in UTC", "2024-06-30T12:00:00Z", "20240630"],
])("Shanghai has its own day at %s", (_what, instant, day) => {
  expect(shanghaiDay(new Date(instant))).toBe(day);
});

test.each([
  ["2024-06-30T16:00:00Z", 0],
  ["2024-06-30T09:00:00Z", 17],
  ["2024-06-30T08:59:59Z", 17 - 1 / 3600],
  ["2024-06-30T12:30:00Z", 20.5],
])("at %s it is %f hours in Shanghai", (instant, hours) => {
  expect(shanghaiHours(new Date(instant))).toBeCloseTo(hours, 9);
});

test.each([
  ["20240630", 0, "2024-06-29T16:00:00.000Z"],
  ["20240630", 17, "2024-06-30T09:00:00.000Z"],
  ["20240630", 24, "2024-06-30T16:00:00.000Z"],
  ["20240630", 32.5, "2024-07-01T00:30:00.000Z"],
])("%s at hour %f in Shanghai is %s", (day, hours, instant) => {
  expect(shanghaiInstant(day, hours).toISOString()).toBe(instant);
});

test("a day and an hour of Shanghai survive the conversion to an instant and back", () => {
  const instants = fc.date({ min: new Date("1992-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(instants, (instant) => {
      const back = shanghaiInstant(shanghaiDay(instant), shanghaiHours(instant));
      expect(Math.abs(back.getTime() - instant.getTime())).toBeLessThan(1_001);
    }),
  );
});

test("days as text sort by time", () => {
  expect(earlier("20240102", "20231231")).toBe("20231231");
  expect(earlier("20231231", "20240102")).toBe("20231231");
  expect(earlier("20240102", "20240102")).toBe("20240102");
});
