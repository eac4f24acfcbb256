// What a change of an adjustment factor is, from what changed with it. Pure; the ratios are compared in SQL, where numbers
// are exact.
import type { RevisionClass } from "./revise.ts";

/** The changes of one code's factor that were seen within a few days. */
export type FactorChanges = {
  /** Each change is at most one and a half units of the last digit. */
  readonly onlyLastDigits: boolean;
  /** One ratio explains all of them, within the rounding of their digits. */
  readonly oneRatio: boolean;
  /** Stored days that did not change: between the changed days, before them, after them. */
  readonly unchanged: { readonly between: boolean; readonly before: boolean; readonly after: boolean };
};

/** last_digit: rounding. corporate_action: one ratio for all days up to a day, or since a day. restatement: the others. */
export function classOfFactor({ onlyLastDigits, oneRatio, unchanged }: FactorChanges): RevisionClass {
  if (onlyLastDigits) return "last_digit";
  const isStep = !unchanged.between && !(unchanged.before && unchanged.after);
  return oneRatio && isStep ? "corporate_action" : "restatement";
}
