// Keeps the ledger from growing for ever. Commands that look at the ledger anyway end with it, so nothing wakes the
// database for it.
import { asSyncError } from "../errors.ts";
import { pruneFailures, pruneTask, tasksToPrune } from "../ledger/prune.ts";
import type { DispatchServices } from "../ports.ts";

/** Tasks of one command; the next one takes more, the longest untouched first. A day starts about ten tasks. */
const tasksMax = 10;

/** Never throws: the command before it has been carried out, and the next command prunes again. */
export async function prune({ database, clock, settings, log }: DispatchServices): Promise<void> {
  try {
    const before = new Date(clock.now().getTime() - settings.SYNC_LEDGER_DAYS * 86_400_000);
    let units = 0;
    for (const id of await tasksToPrune(database, before, tasksMax)) units += await pruneTask(database, id);
    const failures = await pruneFailures(database, before);
    if (units + failures > 0) log.info("what the ledger no longer needs was removed", { units, failures });
  } catch (error) {
    log.error("the ledger was not pruned; the next command tries again", { error: asSyncError(error) });
  }
}
