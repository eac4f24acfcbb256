// Coverage of each dataset that was ever fetched: its days, and how far it is whole. For the pages.
import { type Dataset, datasetsByDay } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import type { Database } from "../ports.ts";
import type { DayRange } from "./calendar.ts";
import { wasAsked } from "./coverage.ts";
import { type Reach, readReach } from "./reach.ts";
import { type DayCoverage, readCoverage } from "./stored-days.ts";

/** Coverage of a dataset by open day, ascending. */
export type DatasetCoverage = {
  readonly dataset: Dataset;
  readonly days: readonly DayCoverage[];
  /** The newest day whose data is due. */
  readonly due: Day;
  readonly reach: Reach;
};

/** Coverage of every dataset by trading day that was ever fetched; of the first such dataset when none was. */
export async function readCoverages(
  database: Database,
  range: DayRange,
  now: Date,
  among: readonly Dataset[] = datasetsByDay,
): Promise<DatasetCoverage[]> {
  const used: Dataset[] = [];
  for (const dataset of among) if (await wasAsked(database, dataset)) used.push(dataset);
  const found: DatasetCoverage[] = [];
  for (const dataset of used.length > 0 ? used : among.slice(0, 1)) {
    const days = await readCoverage(database, dataset, range);
    const reach = await readReach(database, dataset, now);
    found.push({ dataset, days, due: lastDueDay(dataset, now), reach });
  }
  return found;
}
