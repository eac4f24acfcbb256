// The metric catalogue: everything this project counts or measures. The dashboard and the alarms use no other metrics of
// ours. AWS bills each value of a dimension as a separate metric, so a dimension is never a stock code.

import { receivesMax } from "./queue-limits.ts";

export type Dimension = "interface" | "dataset" | "job";

export type MetricSpec = {
  readonly unit: "Count" | "Milliseconds" | "Percent";
  /** Its dimension, besides the stack. */
  readonly by?: Dimension;
  readonly about: string;
};

export const metrics = {
  Calls: { unit: "Count", by: "interface", about: "calls to an interface of TuShare" },
  RateLimited: { unit: "Count", by: "interface", about: "answers that said too fast" },
  TooFast: { unit: "Count", about: "answers that said too fast, all interfaces together" },
  SlotWait: { unit: "Milliseconds", about: "time a call waited for its slot" },

  UnitsDone: { unit: "Count", about: "units stored whole" },
  UnitsNotDue: { unit: "Count", about: "attempts that found a day not published yet" },
  UnitsReturned: { unit: "Count", about: "attempts that failed and went back to the queue" },
  UnitsFailed: { unit: "Count", about: `units whose retry was scheduled after ${receivesMax} receives` },
  UnitsParked: { unit: "Count", about: "units that were parked: they need action" },
  DeadLetters: { unit: "Count", about: "dead letters received by the retry function" },
  UnitAge: { unit: "Milliseconds", about: "time from sending a unit to storing it" },

  RowsStored: { unit: "Count", about: "rows of answers proven whole" },
  RowsChanged: { unit: "Count", about: "rows that were new or different" },
  RowsUnchanged: { unit: "Count", about: "rows that were already stored, unchanged" },
  AbsencesUnexplained: {
    unit: "Count",
    about: "rows or values that were not at TuShare, and nothing says why",
  },
  FetchTime: { unit: "Milliseconds", about: "time to fetch a unit, waits for the slot included" },
  StoreTime: { unit: "Milliseconds", about: "time to store a unit" },

  TaskProgress: { unit: "Percent", by: "job", about: "units of a task done or parked, percent of all" },
  DaysBehind: { unit: "Count", by: "dataset", about: "due trading days after the newest complete one" },
  DaysLate: { unit: "Count", about: "highest DaysBehind at the evening check" },
  FailuresParked: { unit: "Count", about: "open failure records that need action" },

  Stalled: {
    unit: "Count",
    about:
      "units without a message or a schedule, and tasks and verifications that nobody continued, when the sweep looked",
  },

  AccountRefused: { unit: "Count", about: "answers that refused the token or the address" },
  QuotaUsed: { unit: "Count", about: "answers that said the hour's or the day's calls are used up" },
  RightMissing: { unit: "Count", about: "answers that the account has no right to an interface" },
  Heartbeat: { unit: "Count", about: "commands the dispatcher carried out, and deployments" },
} as const satisfies Record<string, MetricSpec>;

export type Metric = keyof typeof metrics;
