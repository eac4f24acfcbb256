// Keeps which days are whole, for those who only read and keep nothing: how far a dataset is complete is read from it. The
// planner keeps what it counts; after a backfill nobody has counted the old days, so the evening check does.
import { hasMembersEachDay } from "../catalogue/dataset.ts";
import { datasetsByDay } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import { readReach } from "../coverage/reach.ts";
import { asSyncError } from "../errors.ts";
import type { DispatchServices } from "../ports.ts";

/** Two hundred days take seconds, or a minute on a busy database; the next check goes on from there. */
const millisecondsMin = 5 * 60_000;

/** Never throws: the command before it has been carried out, and the next check tries again. */
export async function keepWholeDays({ database, clock, log, another }: DispatchServices): Promise<void> {
  try {
    for (const dataset of datasetsByDay.filter(hasMembersEachDay)) {
      for (let reached: Day | undefined; ; ) {
        if (another !== undefined && another.remainingMilliseconds() < millisecondsMin) return;
        const { uncountedFrom } = await readReach(database, dataset, clock.now(), { keep: true });
        if (uncountedFrom === undefined || uncountedFrom === reached) break;
        reached = uncountedFrom;
      }
    }
  } catch (error) {
    log.error("whole days were not all kept; the next check tries again", { error: asSyncError(error) });
  }
}
