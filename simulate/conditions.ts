// What is so in a simulated world for a while, and what has happened in it.
import type { Loop } from "./loop.ts";
import type { Plan, stateFaults } from "./plan.ts";
import { nextMidnight } from "./upstream.ts";

export type Entry = { readonly at: number; readonly text: string };
type Condition = (typeof stateFaults)[number];

export type Conditions = ReturnType<typeof makeConditions>;

export function makeConditions(loop: Loop, plan: Plan, start: number) {
  const history: Entry[] = [];
  const struck: Record<string, number> = {};
  const begun = new Set<string>();
  let isCalm = false;
  let losses = 0;
  const stalls: string[] = [];
  const doubles: unknown[] = [];

  const note = (text: string) => history.push({ at: loop.now(), text });
  const count = (what: string) => {
    struck[what] = (struck[what] ?? 0) + 1;
  };
  const strike = (what: string) => {
    count(what);
    note(`  ! ${what}`);
  };

  const spans = plan.troubles.flatMap((trouble) => {
    if (trouble.on !== "state") return [];
    const from = start + trouble.second * 1000;
    const until = trouble.what === "day used up" ? nextMidnight(from) : from + trouble.seconds * 1000;
    return [{ what: trouble.what, value: trouble.value, from, until }];
  });

  /** The value of a condition while it lasts; undefined when it is not so. */
  function valueNow(what: Condition): number | undefined {
    const now = loop.now();
    const found = isCalm
      ? undefined
      : spans.find((span) => span.what === what && now >= span.from && now < span.until);
    if (found !== undefined && !begun.has(`${what} ${found.from}`)) {
      begun.add(`${what} ${found.from}`);
      strike(what);
    }
    return found?.value;
  }

  return {
    ...{ history, struck, note, count, strike, valueNow },
    isSo: (what: Condition) => valueNow(what) !== undefined,
    /** Something was lost that only the sweep brings back: a message, a schedule, or the dispatcher of a command. */
    lose(): void {
      losses += 1;
    },
    /** The sweep has found something to send again. */
    stall(count: number): void {
      note(`the sweep sends ${count} again`);
      if (losses === 0) stalls.push(`${count} at ${new Date(loop.now()).toISOString()}`);
    },
    /** Jobs that had two live tasks after a command. */
    doubles,
    /** What the sweep found although nothing was lost. */
    stalls,
    /** From now on nothing goes wrong. */
    calm(): void {
      isCalm = true;
      note("nothing goes wrong any more");
    },
    isCalm: () => isCalm,
  };
}
