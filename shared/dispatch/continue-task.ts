// Continues a task from where the ledger says it is: plans it if it has no plan, and sends the units not confirmed as sent.

import { askedOf } from "../commands/asked.ts";
import { SyncError } from "../errors.ts";
import { noteComparison } from "../ledger/comparisons.ts";
import * as ledger from "../ledger/tasks.ts";
import { type Plan, unitsMax } from "../plan/plan.ts";
import { planJob } from "../plan/plan-job.ts";
import type { DispatchServices } from "../ports.ts";
import { say } from "../words/say.ts";

export async function continueTask(
  services: DispatchServices,
  task: ledger.Task,
): Promise<{ task: ledger.Task; sent: number }> {
  let current = task;
  if (current.status === "PENDING") {
    await ledger.startTask(services.database, task.id, await planTask(services, task));
    current = (await ledger.readTask(services.database, task.id)) ?? task;
    services.log.info("task planned", { task: task.id, job: task.job_type, units: current.total_units });
  }
  let sent = 0;
  while (current.status === "RUNNING" && current.current_offset < current.total_units) {
    const units = await ledger.unitsToSend(services.database, current);
    await services.queue.send(units);
    sent += units.length;
    current = await ledger.confirmSent(services.database, current);
  }
  return { task: current, sent };
}

/** A task that cannot be planned is failed, or it would block its job for ever. */
async function planTask(services: DispatchServices, task: ledger.Task): Promise<Plan> {
  try {
    const command = askedOf(task.config);
    if (command.compares !== undefined) await noteComparison(services.database, command.compares, task.id);
    const planned = await planJob(services, command);
    if (planned.units.length > unitsMax) {
      throw new SyncError("permanent", say("tooManyUnits", { units: planned.units.length, most: unitsMax }));
    }
    return planned;
  } catch (error) {
    if (error instanceof SyncError && error.kind === "permanent") {
      await ledger.failTask(services.database, task.id, error.message);
    }
    throw error;
  }
}
