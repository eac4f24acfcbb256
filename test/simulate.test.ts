// The whole sync in simulated time: the real planner, dispatcher, worker, retry function, ledger and adapters on a real
// engine, among faults from a seed. `npm run simulate` runs as many seeds as you like.
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mutations } from "../simulate/mutations.ts";
import { callFaults, type Plan, planFrom, ports, stateFaults } from "../simulate/plan.ts";
import { openSimulator, report, type Simulator, shorten } from "../simulate/simulator.ts";

const fixedSeeds = [3, 22, 203];
const newSeeds = [randomInt(1e9), randomInt(1e9)];

let simulator: Simulator;
beforeAll(async () => {
  simulator = await openSimulator();
});
afterAll(() => simulator?.close());

test.each([...fixedSeeds, ...newSeeds])(
  "after every fault all is as if nothing had happened (seed %i)",
  async (seed) => {
    const plan = planFrom(seed);
    const outcome = await simulator.run(plan);
    const lines = report(
      plan,
      plan.troubles.map((_, at) => at),
      outcome,
    );
    expect(outcome.violations, lines.join("\n")).toEqual([]);
  },
);

test("the same seed is the same run", async () => {
  const plan = planFrom(22);
  const one = await simulator.run(plan);
  const other = await simulator.run(plan);
  expect(other.digest).toBe(one.digest);
  expect(one.digest).toContain("DAILY_HISTORY");
});

test("plans have every fault sooner or later", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 4_000; seed += 1) {
    for (const trouble of planFrom(seed).troubles)
      seen.add(trouble.on === "call" ? `${trouble.port}: ${trouble.what}` : trouble.what);
  }
  const wanted = [
    ...ports.flatMap((port) => callFaults[port].map((what) => `${port}: ${what}`)),
    ...stateFaults,
  ];
  expect(wanted.filter((what) => !seen.has(what))).toEqual([]);
});

test.each(mutations.map(({ name, file, from }) => [name, file, from]))(
  "the control '%s' still has its place in the code",
  (_name, file, from) => {
    const text = readFileSync(join(import.meta.dirname, "..", file), "utf8");
    expect(text.split(from).length - 1).toBe(1);
  },
);

describe("a failing plan", () => {
  const plan = planFrom(22);
  /** Fails while the 2nd and the 5th trouble are there. */
  const failing = {
    async run({ troubles }: Plan) {
      const isThere = [1, 4].every((at) => troubles.includes(plan.troubles[at] as (typeof troubles)[number]));
      const violations = isThere ? [{ promise: "no row is lost", found: "one" }] : [];
      return { violations, faults: {}, history: [], start: 0, digest: "" };
    },
  };

  test("is made as short as it can be", async () => {
    expect(plan.troubles.length).toBeGreaterThan(8);
    expect(await shorten(failing, plan, "no row is lost")).toEqual([1, 4]);
  });

  test("is reported with a line that replays it", async () => {
    const lines = report(plan, [1, 4], await failing.run(plan));
    expect(lines).toContain("replay: npm run simulate -- --seed 22 --only 1,4");
    expect(lines.join("\n")).toContain("no row is lost: one");
  });
});
