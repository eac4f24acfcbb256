// Runs plans one after the other on one engine, makes a failing one shorter, and says what was found.
import { openEngine } from "./engine.ts";
import { makeLoop } from "./loop.ts";
import { describe, type Plan } from "./plan.ts";
import { interceptClients, makeAdapters } from "./process.ts";
import { type Outcome, run } from "./run.ts";

export type Simulator = {
  run(plan: Plan): Promise<Outcome>;
  close(): Promise<void>;
};

/** @param sql run on the new engine, for a control */
export async function openSimulator(sql?: string): Promise<Simulator> {
  const engine = await openEngine();
  if (sql !== undefined) await engine.rows(sql);
  const loop = makeLoop(engine.isBusy);
  const restoreClients = interceptClients();
  const adapters = makeAdapters();
  return {
    run: (plan) => run(engine, loop, adapters, plan),
    async close() {
      restoreClients();
      await engine.close();
    },
  };
}

/** Runs of one shortening; a plan has at most some thirty troubles. */
const shorterRunsMax = 80;

/**
 * Leaves out as many troubles as possible without losing the violation: first halves, then smaller parts, then single ones.
 * @returns the numbers of the troubles that are left, in the order of the plan
 */
export async function shorten(
  simulator: Pick<Simulator, "run">,
  plan: Plan,
  promise: string,
): Promise<number[]> {
  let left = plan.troubles.map((_, at) => at);
  let runs = 0;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < left.length && runs < shorterRunsMax; ) {
      const without = left.filter((_, place) => place < at || place >= at + size);
      runs += 1;
      const { violations } = await simulator.run(only(plan, without));
      if (violations.some((each) => each.promise === promise)) left = without;
      else at += size;
    }
  }
  return left;
}

/** The plan with some of its troubles. @param numbers as in its list */
export function only(plan: Plan, numbers: readonly number[]): Plan {
  return { ...plan, troubles: plan.troubles.filter((_, at) => numbers.includes(at)) };
}

/** What a person needs to understand a failing run: what is broken, how to see it again, what went wrong, what happened. */
export function report(
  plan: Plan,
  numbers: readonly number[],
  { violations, history, start }: Outcome,
): string[] {
  const all = numbers.length === plan.troubles.length;
  const broken = new Set(violations.map(({ promise }) => promise)).size;
  return [
    broken === 0 ? `seed ${plan.seed}: every promise holds` : `seed ${plan.seed} breaks ${broken} promises`,
    ...violations.map(({ promise, found }) => `  ${promise}: ${found}`),
    `replay: npm run simulate -- --seed ${plan.seed}${all ? "" : ` --only ${numbers.join(",") || "none"}`}`,
    `${plan.slots} slots, ${plan.callsAMinute} calls a minute, ${plan.batchSize} units in a step, from ${plan.startHour.toFixed(1)} h`,
    ...numbers.map(
      (number) =>
        `  ${number}. ${plan.troubles[number] ? describe(plan.troubles[number]) : "no such trouble"}`,
    ),
    ...history.map(({ at, text }) => `${timeOf(at)} +${((at - start) / 1000).toFixed(1)} ${text}`),
  ];
}

function timeOf(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(5, 19).replace("T", " ");
}
