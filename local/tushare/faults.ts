// Faults on demand: which fault strikes which call. Decisions depend on the seed and on how many calls a fault has
// seen, so a run with the same calls gets the same faults. reply.ts applies them to a reply, protocol.ts to the
// connection.

import { codePattern } from "../../shared/words/codes.ts";
import { known } from "./default-interfaces.ts";
import { unit } from "./hash.ts";
import type { Query } from "./interfaces.ts";

/**
 * - `latency`: answers `value` milliseconds later (default 2000). `hang`: never answers. `reset`: breaks the connection,
 *   before the answer or in the middle of it.
 * - `http-5xx`: 502, 503 or 504 with an HTML page. `html-200`: an HTML page with status 200. `truncated-json`: half the
 *   answer. `wrong-content-type`: the right answer called text/html.
 * - `server-error`: code -1000 or 50101. `too-fast`: the minute-limit message although the limit is not reached.
 *   `tighter-limit`: `value` calls a minute (default 60). `day-quota`: `value` calls a day (default 0), then the message
 *   of the day. `address-limit`: code 40204. `permission`: code 40203. `no-data`: code 0 without data.
 * - `partial-day`: the fraction `value` of the rows (default 0.3), or all but those of `code`. `empty-day`: no rows. `wrong-numbers`: NaN, a text
 * or "--" in number columns of some rows. `column-missing`, `column-added`, `column-renamed`: `column` or any number
 * column. `duplicate-key`: some rows twice. `has-more-absent`, `has-more-lies`: without, or with the opposite.
 * `offset-ignored`.
 */
export const faultKinds = [
  ...(["latency", "hang", "reset", "http-5xx", "html-200", "truncated-json", "wrong-content-type"] as const),
  ...(["server-error", "too-fast", "tighter-limit", "day-quota", "address-limit", "permission"] as const),
  ...(["no-data", "partial-day", "empty-day", "wrong-numbers", "column-missing", "column-added"] as const),
  ...(["column-renamed", "duplicate-key", "has-more-absent", "has-more-lies", "offset-ignored"] as const),
] as const;

export type FaultKind = (typeof faultKinds)[number];

export type Fault = {
  readonly kind: FaultKind;
  /** Interfaces it strikes; absent: all. */
  readonly interface?: string | readonly string[] | undefined;
  /** Days it strikes: of calls that ask for this trade date, announcement day or report period; absent: all calls. */
  readonly date?: string | readonly string[] | undefined;
  /** Chance for each call, 0 to 1; default 1. */
  readonly probability?: number | undefined;
  /** Strikes at most this often; absent: no end. */
  readonly count?: number | undefined;
  readonly value?: number | undefined;
  readonly column?: string | undefined;
  /** The code whose rows a partial day lacks. */
  readonly code?: string | undefined;
};

/**
 * A list of faults, or a preset. A preset has only faults after which a client that retries still gets the same rows.
 */
export type FaultPlan = "none" | "mild" | "storm" | readonly Fault[];

const presets: Readonly<Record<"none" | "mild" | "storm", readonly Fault[]>> = {
  none: [],
  mild: [
    { kind: "latency", probability: 0.05, value: 800 },
    { kind: "http-5xx", probability: 0.02 },
    { kind: "reset", probability: 0.02 },
    { kind: "truncated-json", probability: 0.01 },
    { kind: "server-error", probability: 0.02 },
  ],
  storm: [
    { kind: "latency", probability: 0.15, value: 2500 },
    { kind: "hang", probability: 0.02, count: 2 },
    { kind: "http-5xx", probability: 0.06 },
    { kind: "reset", probability: 0.06 },
    { kind: "truncated-json", probability: 0.04 },
    { kind: "html-200", probability: 0.04 },
    { kind: "wrong-content-type", probability: 0.04 },
    { kind: "server-error", probability: 0.05 },
    { kind: "too-fast", probability: 0.05, count: 2 },
    { kind: "has-more-absent", probability: 0.05 },
    { kind: "column-added", probability: 0.05 },
  ],
};

/** The faults that strike one call, by kind, each with its own random number in [0, 1) to choose details. */
export type Strikes = ReadonlyMap<FaultKind, { readonly fault: Fault; readonly luck: number }>;

export type Faults = {
  /** Replaces all faults; throws a RangeError that names a fault it cannot read. */
  set(plan: unknown): void;
  list(): readonly Fault[];
  strike(interfaceName: string, query: Query): Strikes;
  /** How often each kind struck since the start. */
  struck(): Record<string, number>;
};

export function makeFaults(seed: number, initial: unknown): Faults {
  let faults = readPlan(initial);
  let seen = faults.map(() => ({ calls: 0, strikes: 0 }));
  const totals: Record<string, number> = {};

  function strike(interfaceName: string, query: Query): Strikes {
    const strikes = new Map<FaultKind, { fault: Fault; luck: number }>();
    faults.forEach((fault, at) => {
      const past = seen[at];
      if (!past || !matches(fault.interface, interfaceName)) return;
      if (fault.date !== undefined && !daysAskedFor(query).some((day) => matches(fault.date, day))) return;
      const call = past.calls++;
      if (past.strikes >= (fault.count ?? Infinity)) return;
      if (unit(seed, at * 7919 + 1, call) >= (fault.probability ?? 1)) return;
      past.strikes++;
      totals[fault.kind] = (totals[fault.kind] ?? 0) + 1;
      strikes.set(fault.kind, { fault, luck: unit(seed, at * 7919 + 2, call) });
    });
    return strikes;
  }

  return {
    set(plan) {
      faults = readPlan(plan);
      seen = faults.map(() => ({ calls: 0, strikes: 0 }));
    },
    list: () => faults,
    strike,
    struck: () => ({ ...totals }),
  };
}

/** The single days that a call asks for; a range does not count. */
function daysAskedFor(query: Query): string[] {
  return Object.entries(query)
    .filter(([param]) => param !== "start_date" && param !== "end_date")
    .map(([, value]) => value);
}

function matches(wanted: string | readonly string[] | undefined, value: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? wanted === value : wanted.includes(value);
}

/**
 * Reads a plan, which may come from a command line or over HTTP: a list, its JSON, a preset's name, or a line such as
 * `latency:2000,http-5xx:0.1,partial-day:20240105`.
 * @throws RangeError in one sentence
 */
export function readPlan(plan: unknown): readonly Fault[] {
  if (plan === undefined) return [];
  if (plan === "none" || plan === "mild" || plan === "storm") return presets[plan];
  if (typeof plan === "string") return readText(plan.trim());
  if (!Array.isArray(plan))
    throw new RangeError(`faults are ${JSON.stringify(plan)}, expected none, mild, storm or a list`);
  return plan.map((entry: unknown) => readFault(entry));
}

function readText(text: string): readonly Fault[] {
  if (!/^[[{]/.test(text)) return text.split(",").map((entry) => readFault(readEntry(entry.trim())));
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch {
    throw new RangeError(`faults are ${text}, which is not JSON, expected such as [{"kind": "reset"}]`);
  }
  return readPlan(Array.isArray(plan) ? plan : [plan]);
}

/** The kinds for which the number is `value`; for other kinds it is the probability. */
const valued: readonly FaultKind[] = ["latency", "tighter-limit", "day-quota", "partial-day"];

/** `kind:part:part`: each part is recognised by its form, so their order does not matter. */
function readEntry(entry: string): Fault {
  const [kind, ...parts] = entry.split(":") as [FaultKind, ...string[]];
  const fault: Record<string, unknown> = { kind };
  if (!faultKinds.includes(kind)) return readFault(fault);
  for (const part of parts) {
    const [name, value] = readPart(kind, part);
    if (name === undefined) {
      throw new RangeError(
        `fault '${entry}' has '${part}', expected a trade date (20240105), an interface (daily), a count (x3), ` +
          `a chance (10%) or ${valued.includes(kind) ? "a number" : "a chance from 0 to 1"}`,
      );
    }
    if (name in fault) throw new RangeError(`fault '${entry}' gives its ${name} twice, expected once`);
    fault[name] = value;
  }
  return fault as Fault;
}

function readPart(kind: FaultKind, part: string): [keyof Fault, unknown] | [undefined?] {
  const number = Number(part.replace(/^x|%$/, ""));
  if (/^\d{8}$/.test(part)) return ["date", part];
  if (/^x\d+$/.test(part)) return ["count", number];
  if (kind === "partial-day" && codePattern.test(part)) return ["code", part];
  if (/^\d+(\.\d+)?%$/.test(part)) return ["probability", number / 100];
  if (/^\d+(\.\d+)?$/.test(part)) return [valued.includes(kind) ? "value" : "probability", number];
  if (known.find(part) !== undefined) return ["interface", part];
  if (kind.startsWith("column-") || kind === "wrong-numbers") return ["column", part];
  return [];
}

const faultParts = ["kind", "interface", "date", "probability", "count", "value", "column", "code"];

function readFault(entry: unknown): Fault {
  const fault = (typeof entry === "string" ? { kind: entry } : (entry ?? {})) as Fault;
  const { kind, probability, count, value } = fault;
  if (!faultKinds.includes(kind)) {
    throw new RangeError(`fault kind is ${JSON.stringify(kind)}, expected one of ${faultKinds.join(", ")}`);
  }
  const unknown = Object.keys(fault).find((name) => !faultParts.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`fault ${kind} has '${unknown}', expected ${faultParts.join(", ")}`);
  }
  const stranger = [fault.interface ?? []].flat().find((name) => known.find(name) === undefined);
  if (stranger !== undefined) {
    throw new RangeError(`interface of ${kind} is '${stranger}', expected a TuShare interface such as daily`);
  }
  if (probability !== undefined && !(probability >= 0 && probability <= 1)) {
    throw new RangeError(`probability of ${kind} is ${probability}, expected 0 to 1`);
  }
  if (count !== undefined && !(Number.isInteger(count) && count >= 0)) {
    throw new RangeError(`count of ${kind} is ${count}, expected a whole number from 0`);
  }
  if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`value of ${kind} is ${value}, expected a number from 0`);
  }
  return fault;
}
