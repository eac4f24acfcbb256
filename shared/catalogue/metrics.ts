// The metric catalogue: everything this project counts or measures. Data only; the dashboard and the alarms may draw
// nothing else of ours. Each value of a dimension is a metric of its own on the bill: never a stock code.

import { receivesMax } from "./queue-limits.ts";

export type Dimension = "interface" | "dataset" | "job";

export type MetricSpec = {
  readonly unit: "Count" | "Milliseconds" | "Percent";
  /** What it is told apart by, beside the stack. */
  readonly by?: Dimension;
  readonly about: string;
};

export const metrics = {
  Calls: { unit: "Count", by: "interface", about: "calls to an interface of TuShare" },
  RateLimited: { unit: "Count", by: "interface", about: "answers that said too fast" },
  TooFast: { unit: "Count", about: "answers that said too fast, all interfaces together" },
  SlotWait: { unit: "Milliseconds", about: "what a call waited for its slot's pace" },

  UnitsDone: { unit: "Count", about: "units stored whole" },
  UnitsNotDue: { unit: "Count", about: "looks at days that were not published yet" },
  UnitsReturned: { unit: "Count", about: "attempts that failed and went back to the queue" },
  UnitsFailed: { unit: "Count", about: `units whose next attempt was planned after ${receivesMax} receipts` },
  UnitsParked: { unit: "Count", about: "units that began to need a person" },
  DeadLetters: { unit: "Count", about: "dead letters taken up by the retry function" },
  UnitAge: { unit: "Milliseconds", about: "from a unit's sending to its being stored" },

  RowsStored: { unit: "Count", about: "rows of answers proven whole" },
  RowsChanged: { unit: "Count", about: "rows that were new or different" },
  RowsUnchanged: { unit: "Count", about: "rows that were stored before, the same" },
  FetchTime: { unit: "Milliseconds", about: "fetching a unit, waits for the slot included" },
  StoreTime: { unit: "Milliseconds", about: "storing a unit" },

  TaskProgress: { unit: "Percent", by: "job", about: "units of a task done or parked, of all" },
  DaysBehind: { unit: "Count", by: "dataset", about: "due open days after the newest complete one" },
  DaysLate: { unit: "Count", about: "the worst of DaysBehind, as the evening check saw it" },
  FailuresParked: { unit: "Count", about: "open failure records that need a person" },

  AccountRefused: { unit: "Count", about: "answers that refused the token or the address" },
  QuotaUsed: { unit: "Count", about: "answers that said the hour's or the day's calls are used up" },
  RightMissing: { unit: "Count", about: "answers that refused an interface to the account" },
  Heartbeat: { unit: "Count", about: "commands the dispatcher carried out, and deployments" },
} as const satisfies Record<string, MetricSpec>;

export type Metric = keyof typeof metrics;
