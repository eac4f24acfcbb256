import { describe, expect, test } from "vitest";
import type { Selector } from "../shared/catalogue/selector.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { lookAgainAt } from "../shared/rows/completeness.ts";
import { backoffSeconds, nextAttemptAt } from "../shared/sync/retry-policy.ts";

test.each([
  [1, 0, 5],
  [1, 1, 8],
  [2, 0, 10],
  [5, 0, 80],
  [5, 1, 120],
  [50, 1, 675],
])(
  "after receipt %i a message stays hidden for longer, with random jitter, at most 900 seconds",
  (n, chance, seconds) => {
    expect(backoffSeconds(n, chance)).toBe(seconds);
  },
);

test.each([
  [0, 0, 2],
  [0, 1, 3],
  [1, 0, 10],
  [2, 0, 50],
  [9, 0, 24 * 60],
])("retry %i of a failed unit waits longer than the one before, at most a day", (retry, chance, minutes) => {
  const now = new Date("2026-11-20T10:00:00Z");
  expect(nextAttemptAt(retry, now, chance).getTime() - now.getTime()).toBe(minutes * 60_000);
});

describe("a day that is not published", () => {
  const settings = readSettings({});
  const day: Selector = { by: "date", trade_date: "20261120" };

  test.each([
    ["2026-11-20T09:10:00Z", "2026-11-20T09:30:00.000Z"],
    ["2026-11-20T09:30:00Z", "2026-11-20T10:00:00.000Z"],
    ["2026-11-20T14:29:59Z", "2026-11-20T14:30:00.000Z"],
    ["2026-11-20T14:59:59Z", "2026-11-20T15:00:00.000Z"],
    ["2026-11-20T15:00:00Z", undefined],
    ["2026-11-23T02:00:00Z", undefined],
  ])("at %s is checked again at %s", (now, next) => {
    expect(lookAgainAt(day, { now: new Date(now), settings })?.toISOString()).toBe(next);
  });

  test("is the only thing checked again", () => {
    const list: Selector = { by: "list_status", list_status: "L" };
    expect(lookAgainAt(list, { now: new Date("2026-11-20T09:10:00Z"), settings })).toBeUndefined();
  });
});
