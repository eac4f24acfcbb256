// The ratios of the last committed run (last-result.json), and what changed since. Only ratios are kept: both of their sides ran
// alternately on one machine, so they can be compared with those of another.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Ratios = Readonly<Record<string, number>>;

/** By the part of the bench. */
export type LastResult = Readonly<Record<string, { readonly measured: string; readonly ratios: Ratios }>>;

/** A smaller change is a machine's noise. */
const noise = 0.15;

const file = join(import.meta.dirname, "last-result.json");

export function readLastResult(): LastResult {
  return JSON.parse(readFileSync(file, "utf8")) as LastResult;
}

/** Keeps the ratios of a part in place of its last ones. */
export function keepResult(part: string, ratios: Ratios, today: string): void {
  const rounded = Object.fromEntries(
    Object.entries(ratios).map(([name, value]) => [name, Number(value.toPrecision(3))]),
  );
  const all = { ...readLastResult(), [part]: { measured: today, ratios: rounded } };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Names what is not as it was, a line each: ratios that changed by more than 15 %, and those that only one of the two has. */
export function changesSince(last: LastResult, part: string, ratios: Ratios): string[] {
  const before = last[part];
  if (before === undefined) return [`No result of ${part} is kept to compare with.`];
  const changes: string[] = [];
  for (const [name, value] of Object.entries(ratios)) {
    const old = before.ratios[name];
    if (old === undefined) changes.push(`${name}: ${value.toFixed(2)}, not measured then`);
    else if (Math.abs(value / old - 1) > noise) {
      const percent = Math.round((value / old - 1) * 100);
      changes.push(`${name}: ${old} then, ${value.toFixed(2)} now (${percent > 0 ? "+" : ""}${percent} %)`);
    }
  }
  for (const name of Object.keys(before.ratios)) {
    if (ratios[name] === undefined) changes.push(`${name}: not measured now`);
  }
  const head = `Compared with the kept result of ${before.measured}:`;
  return changes.length === 0 ? [`${head} no ratio changed by more than 15 %.`] : [head, ...changes];
}
