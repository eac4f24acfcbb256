// The price of a run before it starts: makes the same plan as the run, without a task and without calls to TuShare.

import { datasets } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Nothing } from "../catalogue/nothing.ts";
import type { RunCommand } from "../commands/command.ts";
import { listingSql } from "../coverage/members.ts";
import type { Database, DispatchServices } from "../ports.ts";
import { unitKey } from "../unit.ts";
import type { Plan } from "./plan.ts";
import { planJob } from "./plan-job.ts";
import { type MarketSize, marketByDefault, type PlanPrice, priceOf, sizes } from "./plan-price.ts";

export type PricedPlan = PlanPrice & {
  readonly job: RunCommand["job"];
  /** The planned days, where the plan is by day. */
  readonly range: { readonly from: Day; readonly to: Day } | null;
  /** The part of it that is stored and fetched again, because TuShare corrects its data; null when there is none. */
  readonly reread: PlanPrice | null;
  /** The planner's remark, such as days that are not due. */
  readonly reason: string | null;
  /** Why it has no unit; null when it has some. */
  readonly nothing: Nothing | null;
  /** The first and last units, as examples for a person. */
  readonly first: readonly string[];
  readonly last: string | null;
};

const unitsShown = 3;

/** @throws SyncError permanent, with the error that the run itself would get */
export async function priceRun(services: DispatchServices, command: RunCommand): Promise<PricedPlan> {
  return await priceOfPlan(services, command.job, await planJob(services, command));
}

/** The price of a plan, in the calls that it makes. */
export async function priceOfPlan(
  services: DispatchServices,
  job: RunCommand["job"],
  { units, rereads, reason, range, nothing }: Plan,
): Promise<PricedPlan> {
  const market = await countInstruments(services.database);
  const last = units.at(-1);
  return {
    job,
    ...priceOf(units, services.settings, market),
    reread: rereads === undefined ? null : priceOf(rereads, services.settings, market),
    range: range ?? null,
    reason,
    nothing: nothing ?? null,
    first: units.slice(0, unitsShown).map(unitKey),
    last: last === undefined ? null : unitKey(last),
  };
}

/** Securities listed now, by list; marketByDefault for an empty list. */
export async function countInstruments(database: Database): Promise<MarketSize> {
  let market = marketByDefault;
  for (const list of Object.values(datasets)) {
    if (list.securities === undefined) continue;
    const [row] = await database.run(
      `select count(*) as listed from (${listingSql(list)}) as member where is_listed`,
    );
    const listed = Number(row?.listed);
    if (listed > 0) market = { ...market, [sizes[list.securities.one]]: listed };
  }
  return market;
}
