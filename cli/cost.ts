// What it costs on AWS: measured sizes, and the arithmetic over list prices. Rough on purpose; docs/cost.md is made from
// it, and says where the figures come from.
import type { EgressWay } from "../shared/catalogue/chosen-context.ts";
import { jobs } from "../shared/catalogue/jobs.ts";
import { pauseMinutes, prices } from "../shared/catalogue/prices.ts";
import type { PricedPlan } from "../shared/plan/price-run.ts";

/** Measured on the local stack with a market of 5,450 stocks and 1,350 ETFs (docs/cost.md says how). */
export const measured = {
  /** Through the Data API, request and answer, for each row stored. */
  wireBytesOfRow: { days: 202, periods: 2_700, lists: 200 },
  /** On disk with its indexes, for each row. */
  storedBytesOfRow: { days: 278, periods: 1_486, lists: 250 },
  /** Calls of the Data API for a unit beside its rows: is it wanted, what is open, has the task ended. */
  dataApiCallsOfUnit: 3,
  logBytesOfUnit: 3_400,
  /** Metrics of ours that a run of a job sends, each by its dimensions. */
  metricsOfRun: 25,
} as const;

/** What the template has; test/deploy.test.ts counts again. */
export const template = {
  alarms: 17,
  dashboards: 1,
  secrets: 2,
  polledQueues: 2,
  workerGigabytes: 0.5,
} as const;

const hoursOfMonth = 730;
const weekdaysOfMonth = 21.7;
const weekendDaysOfMonth = 8.7;

/** Capacity units: of a backfill that takes all it may have, of a daily run, and the least while nothing happens. */
const capacity = { backfill: 4, daily: 1, idle: 0.5 } as const;

/** An event source with a maximum of concurrency polls with five connections of 20 seconds each. */
const pollsOfQueueMonth = 5 * 3 * 60 * 24 * (hoursOfMonth / 24);

/** Ten years of everything: days of 4,400 stocks and 700 ETFs on average, and reports in 1.3 versions. */
export const tenYears = {
  units: { days: 2 * 2_430, periods: 5_500 },
  rows: { days: 2_430 * (4_400 + 700), periods: 5_500 * 40 * 1.3 },
} as const;

/** Units of an ordinary weekday: lists, a day of stocks and one of ETFs, looks for holes, some reports. */
const unitsOfDay = { days: 6, periods: 120, lists: 12 } as const;
const rowsOfDay = { days: 7_000, periods: 4_000, lists: 12_000 } as const;

export type CostPart =
  | "functions"
  | "database"
  | "dataApi"
  | "storage"
  | "egress"
  | "queues"
  | "monitoring"
  | "secrets";

export type RunCost = {
  readonly dollars: number;
  readonly parts: readonly { readonly name: CostPart; readonly dollars: number }[];
};

export type MonthOptions = {
  readonly egress: EgressWay;
  /** Whether an idle database pauses. */
  readonly pauses: boolean;
  /** Whether AWS's always-free amounts are taken off. */
  readonly freeAmounts: boolean;
};

type Kind = "days" | "periods" | "lists";

/** A run of a deployed stack, beside what the stack costs anyway. */
export function costOfRun(
  plan: Pick<PricedPlan, "job" | "units" | "rows" | "minutes" | "slotSeconds">,
): RunCost {
  const kind = kindOf(plan.job);
  const hours = plan.minutes / 60;
  return sum({
    functions:
      plan.slotSeconds * template.workerGigabytes * prices.lambdaGigabyteSecond +
      plan.units * prices.lambdaRequest,
    database: (hours * capacity.backfill + (pauseMinutes / 60) * capacity.idle) * prices.capacityUnitHour,
    dataApi: dataApi(plan.units, plan.rows, kind),
    storage: storage(plan.rows, kind, true),
    monitoring: logs(plan.units),
  });
}

/** A month of daily use with ten years stored. */
export function costOfMonth({ egress, pauses, freeAmounts }: MonthOptions): RunCost {
  const kinds = Object.keys(unitsOfDay) as Kind[];
  const unitsOfMonth = kinds.reduce((all, kind) => all + unitsOfDay[kind], 0) * weekdaysOfMonth;
  const free = (amount: number) => (freeAmounts ? amount : 0);
  const less = (used: number, amount: number) => Math.max(0, used - free(amount));
  const heldGigabyteSeconds = unitsOfMonth * 2 * template.workerGigabytes;
  const storedRows = (["days", "periods"] as const).map((kind) => storage(tenYears.rows[kind], kind, false));
  return sum({
    functions: less(heldGigabyteSeconds, 400_000) * prices.lambdaGigabyteSecond,
    database: capacityHoursOfMonth(pauses) * prices.capacityUnitHour,
    dataApi:
      kinds.reduce((all, kind) => all + dataApi(unitsOfDay[kind], rowsOfDay[kind], kind), 0) *
      weekdaysOfMonth,
    storage: storedRows.reduce((all, each) => all + each, 0),
    egress: egressOfMonth(egress),
    queues: less(template.polledQueues * pollsOfQueueMonth, 1e6) * prices.queueRequest,
    monitoring:
      less(template.alarms, 10) * prices.alarmMonth +
      less(template.dashboards, 3) * prices.dashboardMonth +
      less(metricMonths(), 10) * prices.metricMonth +
      logs(unitsOfMonth),
    secrets: template.secrets * prices.secretMonth,
  });
}

/** Ten years of everything, once, at 171 calls a minute to an interface. */
export function costOfTenYears(slotSecondsOfUnit: number, unitsAMinute: number): RunCost {
  const runs = (["days", "periods"] as const).map((kind) =>
    costOfRun({
      job: kind === "days" ? "DAILY_HISTORY" : "FINANCE_HISTORY",
      ...{ units: tenYears.units[kind], rows: tenYears.rows[kind] },
      minutes: tenYears.units[kind] / unitsAMinute,
      slotSeconds: tenYears.units[kind] * slotSecondsOfUnit,
    }),
  );
  const parts = runs.flatMap((run) => run.parts);
  const names = [...new Set(parts.map(({ name }) => name))];
  return sum(
    Object.fromEntries(
      names.map((name) => [
        name,
        parts.filter((part) => part.name === name).reduce((all, { dollars }) => all + dollars, 0),
      ]),
    ),
  );
}

/** Hours of capacity units: runs close to one another keep the database awake together. */
export function capacityHoursOfMonth(pauses: boolean): number {
  const working =
    (awakeMinutesOf("weekday").working * weekdaysOfMonth +
      awakeMinutesOf("weekend").working * weekendDaysOfMonth) /
    60;
  const awake = pauses
    ? (awakeMinutesOf("weekday").awake * weekdaysOfMonth +
        awakeMinutesOf("weekend").awake * weekendDaysOfMonth) /
      60
    : hoursOfMonth;
  return working * capacity.daily + (awake - working) * capacity.idle;
}

/** Minutes a day's schedules keep it busy, and awake until it pauses. */
export function awakeMinutesOf(day: "weekday" | "weekend"): { working: number; awake: number } {
  const starts = Object.values(jobs)
    .flatMap(({ schedules }): readonly string[] => schedules)
    .flatMap((expression) => {
      const [, minute, hour, days] = /^cron\((\d+) (\d+) \? \* (\S+) \*\)$/.exec(expression) ?? [];
      const runs = days === "*" || (day === "weekday" && days === "MON-FRI");
      return runs ? [Number(hour) * 60 + Number(minute)] : [];
    })
    .concat(freshnessCheckAt)
    .sort((a, b) => a - b);
  const windows = starts.map((start) => ({ from: start, to: start + minutesOfRun + pauseMinutes }));
  const awake = windows.reduce((all, { to, from }, at) => {
    const next = windows[at + 1]?.from ?? Number.POSITIVE_INFINITY;
    return all + Math.min(to, next) - from;
  }, 0);
  return { working: starts.length * minutesOfRun, awake };
}

/** The evening's look whether the data is here (infra/context.ts, freshnessCheckAt), every day. */
const freshnessCheckAt = 22 * 60;

/** Waking, planning, a few units at the rate's pace, and the last look. */
const minutesOfRun = 2;

function dataApi(units: number, rows: number, kind: Kind): number {
  const requests = units * measured.dataApiCallsOfUnit + (rows * measured.wireBytesOfRow[kind]) / 32_768;
  return requests * prices.dataApiRequest;
}

/** A month of what the rows take, and, where they are written, a write for each page of them and of their indexes. */
function storage(rows: number, kind: Kind, isWriting: boolean): number {
  const bytes = rows * measured.storedBytesOfRow[kind];
  const writes = isWriting ? (2 * bytes) / 4_096 : 0;
  return (bytes / 1e9) * prices.storageGigabyteMonth + writes * prices.ioRequest;
}

function logs(units: number): number {
  return ((units * measured.logBytesOfUnit) / 1e9) * prices.logGigabyte;
}

/** A metric is paid for by the hour in which it is sent. */
function metricMonths(): number {
  const runsOfMonth = Object.values(jobs).reduce((all, { schedules }) => {
    const days = (expression: string) =>
      expression.includes("MON-FRI") ? weekdaysOfMonth : /\? \* \* /.test(expression) ? 30.4 : 4.3;
    return all + (schedules as readonly string[]).reduce((sumOfJob, each) => sumOfJob + days(each), 0);
  }, 0);
  return (runsOfMonth * measured.metricsOfRun) / hoursOfMonth;
}

function egressOfMonth(egress: MonthOptions["egress"]): number {
  if (egress === "none") return 0;
  const address = prices.addressHour * hoursOfMonth;
  return egress === "gateway"
    ? address + prices.gatewayHour * hoursOfMonth
    : address + prices.natInstanceHour * hoursOfMonth + prices.natDiskMonth;
}

function kindOf(job: PricedPlan["job"]): Kind {
  if (jobs[job].mode === "reference") return "lists";
  return (jobs[job].datasets as readonly string[]).includes("finance") ? "periods" : "days";
}

function sum(parts: Partial<Record<CostPart, number>>): RunCost {
  const named = Object.entries(parts).map(([name, dollars]) => ({
    name: name as CostPart,
    dollars: cents(dollars),
  }));
  return { dollars: cents(named.reduce((all, { dollars }) => all + dollars, 0)), parts: named };
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}
