// A unit for tests in which only its form matters.
import type { Unit } from "../../shared/unit.ts";

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
