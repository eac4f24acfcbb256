// What a changed adjustment factor is called, by what changed with it.
import { expect, test } from "vitest";
import { classOfFactor, type FactorChanges } from "../shared/rows/factor-class.ts";

const whole = { between: false, before: false, after: false };
const scaled: FactorChanges = { onlyLastDigits: false, oneRatio: true, unchanged: whole };

const cases: readonly [what: string, changes: FactorChanges, expected: string][] = [
  ["the whole history scaled by one ratio", scaled, "corporate_action"],
  ["one ratio up to a day", { ...scaled, unchanged: { ...whole, after: true } }, "corporate_action"],
  ["one ratio since a day", { ...scaled, unchanged: { ...whole, before: true } }, "corporate_action"],
  [
    "one ratio amid unchanged days",
    { ...scaled, unchanged: { ...whole, before: true, after: true } },
    "restatement",
  ],
  ["one ratio on some days", { ...scaled, unchanged: { ...whole, between: true } }, "restatement"],
  ["several ratios", { ...scaled, oneRatio: false }, "restatement"],
  [
    "rounding, amid unchanged days",
    { onlyLastDigits: true, oneRatio: false, unchanged: { between: true, before: true, after: true } },
    "last_digit",
  ],
  ["rounding, which one ratio would explain too", { ...scaled, onlyLastDigits: true }, "last_digit"],
];

test.each(cases)("a factor that changed by %s has its class", (_, changes, expected) => {
  expect(classOfFactor(changes)).toBe(expected);
});
