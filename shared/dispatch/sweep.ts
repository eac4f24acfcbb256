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
import { verificationsLeft } from "../ledger/verifications.ts";
import type { DispatchServices } from "../ports.ts";
import { continueTask } from "./continue-task.ts";

/** Steps of one sweep; the next one takes the rest, the oldest first. */
const stepsMax = 20;

/**
 * Never throws: the command before it has been carried out, and the next command sweeps again.
 * @param verify continues a verification
 */
export async function sweep(
  services: DispatchServices,
  verify: (id: string) => Promise<unknown>,
): Promise<void> {
  const { database, log, meter } = services;
  try {
    const units = await sendAgain(services);
    let tasks = 0;
    for (const id of await pausesOver(database)) {
      const task = await ledger.resumeTask(database, id, ledger.pausedByCommand);
      if (task === undefined) continue;
      tasks += 1;
      await tryOne(services, { task: task.id }, () => continueTask(services, task));
    }
    for (const task of await tasksLeft(database)) {
      tasks += 1;
      await tryOne(services, { task: task.id }, () => continueTask(services, task));
    }
    let verifications = 0;
    for (const id of await verificationsLeft(database)) {
      verifications += 1;
      await tryOne(services, { verification: id }, () => verify(id));
    }
    const left = units + tasks + verifications;
    meter.measure("Stalled", left);
    if (left > 0) log.warn("work that nobody brought on was sent again", { units, tasks, verifications });
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

/** One that cannot go on does not stop the others. */
async function tryOne(
  { log }: DispatchServices,
  what: { readonly task: string } | { readonly verification: string },
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    log.error("what was left could not be continued", { ...what, error: asSyncError(error) });
  }
}
