// The sweep: finds what nobody brings on any more, and sends it again. Commands that look at the ledger anyway end with
// it, so nothing wakes the database for it. What is sent twice is harmless.
import { asSyncError } from "../errors.ts";
import {
  countWaiting,
  noteSentAgain,
  pausesOver,
  silentUnits,
  stepUnitsMax,
  tasksLeft,
} from "../ledger/stalled.ts";
import * as ledger from "../ledger/tasks.ts";
import type { DispatchServices } from "../ports.ts";
import { continueTask } from "./continue-task.ts";

/** Steps of one sweep; the next one takes the rest, the oldest first. */
const stepsMax = 20;

/** Never throws: the command before it has been carried out, and the next command sweeps again. */
export async function sweep(services: DispatchServices): Promise<void> {
  const { database, log, meter } = services;
  try {
    const units = await sendAgain(services);
    let tasks = 0;
    for (const id of await pausesOver(database)) {
      const task = await ledger.resumeTask(database, id, ledger.pausedByCommand);
      if (task === undefined) continue;
      tasks += 1;
      await goOn(services, task);
    }
    for (const task of await tasksLeft(database)) {
      tasks += 1;
      await goOn(services, task);
    }
    meter.measure("Stalled", units + tasks);
    if (units + tasks > 0) log.warn("work that nobody brought on was sent again", { units, tasks });
  } catch (error) {
    log.error("the sweep did not end; the next command sweeps again", { error: asSyncError(error) });
  }
}

/**
 * Sends units again that have no message: as many as the queue has messages too few, the oldest first, and those whose
 * message would have expired. Returns how many.
 */
async function sendAgain({ database, queue }: DispatchServices): Promise<number> {
  let sent = 0;
  let lost: number | undefined;
  for (let step = 0; step < stepsMax; step += 1) {
    const silent = await silentUnits(database);
    if (silent.length === 0) break;
    lost ??= (await countWaiting(database)) - (await queue.count());
    const still = lost - sent;
    const again = silent.filter(({ isExpired }, at) => isExpired || at < still).map(({ unit }) => unit);
    if (again.length === 0) break;
    await queue.send(again);
    await noteSentAgain(database, again);
    sent += again.length;
    if (silent.length < stepUnitsMax) break;
  }
  return sent;
}

/** One task that cannot go on does not stop the others. */
async function goOn(services: DispatchServices, task: ledger.Task): Promise<void> {
  try {
    await continueTask(services, task);
  } catch (error) {
    services.log.error("a task could not be continued", { task: task.id, error: asSyncError(error) });
  }
}
