// Units for tests in which only their form matters.
import type { Dataset } from "../../shared/catalogue/datasets.ts";
import type { Day } from "../../shared/catalogue/dates.ts";
import type { PlannedUnit, Unit } from "../../shared/unit.ts";

export const aUnit: Unit = {
  version: 1,
  task_id: "00000000-0000-4000-8000-000000000001",
  sequence: 1,
  job_type: "DAILY_HISTORY",
  dataset: "stock_daily",
  unit_key: "stock_daily/20240102",
  selector: { by: "date", trade_date: "20240102" },
  retry: 0,
};

export function unitsOfDays({ name: dataset }: Dataset, days: readonly Day[]): PlannedUnit[] {
  return days.map((trade_date) => ({ dataset, selector: { by: "date", trade_date } }));
}
