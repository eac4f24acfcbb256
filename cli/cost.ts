// Cost on AWS, from list prices and the sizes of datasets (dataset-figures.ts). A rough estimate; docs/cost.md is made from
// it and explains the figures.
import type { EgressWay } from "../shared/catalogue/chosen-context.ts";
import { choiceOf, scheduledJobs } from "../shared/catalogue/chosen-datasets.ts";
import { interfacesOf, isByTradingDay } from "../shared/catalogue/dataset.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { type JobType, jobs } from "../shared/catalogue/jobs.ts";
import { type Dimension, type MetricSpec, metrics } from "../shared/catalogue/metrics.ts";
import { pauseMinutes, prices } from "../shared/catalogue/prices.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import type { PricedPlan } from "../shared/plan/price-run.ts";
import { type DatasetFigures, figuresOf } from "./dataset-figures.ts";

/** Measured on the local stack (docs/cost.md says how). */
export const measured = {
  /** Calls of the Data API for a unit beside its rows: is it wanted, what is open, has the task ended. */
  dataApiCallsOfUnit: 3,
  logBytesOfUnit: 3_400,
} as const;

/** Counts of resources in the template; test/deploy.test.ts checks them. */
export const template = {
  alarms: 20,
  dashboards: 1,
  secrets: 3,
  polledQueues: 2,
  workerGigabytes: 0.5,
} as const;

const hoursOfMonth = 730;
const weekdaysOfMonth = 21.7;
const weekendDaysOfMonth = 8.7;

/** Capacity units: of a backfill, which uses the maximum, of a daily run, and while idle. */
const capacity = { backfill: 4, daily: 1, idle: 0.5 } as const;

/** An event source with a maximum concurrency polls with five connections of 20 seconds each. */
const pollsOfQueueMonth = 5 * 3 * 60 * 24 * (hoursOfMonth / 24);

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

/** What the schedules keep up to date unless other datasets are chosen. */
export const keptByDefault: readonly Dataset[] = choiceOf(readSettings({})).datasets;

export type MonthOptions = {
  /** The datasets that the schedules keep up to date. */
  readonly kept: readonly Dataset[];
  readonly egress: EgressWay;
  /** Whether an idle database pauses. */
  readonly pauses: boolean;
  /** Whether AWS's always-free amounts are taken off. */
  readonly freeAmounts: boolean;
};

/** Rows of a dataset, and the units that fetch them. */
type Load = { readonly figures: DatasetFigures; readonly units: number; readonly rows: number };

/** The cost of a run, in addition to the fixed cost of the stack. */
export function costOfRun(
  plan: Pick<PricedPlan, "job" | "units" | "rows" | "minutes" | "slotSeconds">,
): RunCost {
  return costOfWork(loadsOf(plan), plan);
}

function costOfWork(
  loads: readonly Load[],
  plan: Pick<PricedPlan, "units" | "minutes" | "slotSeconds">,
): RunCost {
  const hours = plan.minutes / 60;
  return sum({
    functions:
      plan.slotSeconds * template.workerGigabytes * prices.lambdaGigabyteSecond +
      plan.units * prices.lambdaRequest,
    database: (hours * capacity.backfill + (pauseMinutes / 60) * capacity.idle) * prices.capacityUnitHour,
    dataApi: total(loads.map(dataApi)),
    storage: total(loads.map((load) => storage(load, true))),
    monitoring: logs(plan.units),
  });
}

/** A move of rows between mirrors (move/price.ts). */
export type MoveLoad = {
  /** How many of the two are deployed. */
  readonly sides: number;
  readonly dataApiCalls: number;
  readonly minutes: number;
  /** Through a Data API. */
  readonly wireBytes: number;
  /** That a deployed database stores anew, with indexes. */
  readonly storedBytes: number;
};

/** What it costs on AWS once, and a month of storing its rows. */
export function costOfMove({ sides, dataApiCalls, minutes, wireBytes, storedBytes }: MoveLoad): RunCost {
  const awake = (minutes / 60) * capacity.backfill + (pauseMinutes / 60) * capacity.idle;
  return sum({
    database: sides * awake * prices.capacityUnitHour,
    dataApi: (dataApiCalls + wireBytes / 32_768) * prices.dataApiRequest,
    storage: storageOf(storedBytes, true),
  });
}

/** A month of daily use with ten years stored. */
export function costOfMonth({ kept, egress, pauses, freeAmounts }: MonthOptions): RunCost {
  const all = kept.map((dataset) => figuresOf(dataset));
  const evening = all.map((figures): Load => {
    const { evening: fresh, reread } = figures;
    return { figures, units: fresh.units + reread.units, rows: fresh.rows + reread.rows };
  });
  const unitsOfMonth = total(evening.map(({ units }) => units)) * weekdaysOfMonth;
  const free = (amount: number) => (freeAmounts ? amount : 0);
  const less = (used: number, amount: number) => Math.max(0, used - free(amount));
  const heldGigabyteSeconds = unitsOfMonth * 2 * template.workerGigabytes;
  return sum({
    functions: less(heldGigabyteSeconds, 400_000) * prices.lambdaGigabyteSecond,
    database: capacityHoursOfMonth(kept, pauses) * prices.capacityUnitHour,
    dataApi: total(evening.map(dataApi)) * weekdaysOfMonth,
    storage: total(all.map((figures) => storage({ figures, ...figures.tenYears }, false))),
    egress: egressOfMonth(egress),
    queues: less(template.polledQueues * pollsOfQueueMonth, 1e6) * prices.queueRequest,
    monitoring:
      less(template.alarms, 10) * prices.alarmMonth +
      less(template.dashboards, 3) * prices.dashboardMonth +
      less(metricMonths(kept), 10) * prices.metricMonth +
      logs(unitsOfMonth),
    secrets: template.secrets * prices.secretMonth,
  });
}

/** The monthly cost of what the increments fetch again, at `unitsAMinute`; it is part of costOfMonth. */
export function costOfRereads(
  kept: readonly Dataset[],
  slotSecondsOfUnit: number,
  unitsAMinute: number,
): RunCost {
  const loads = kept.map((dataset): Load => {
    const figures = figuresOf(dataset);
    const { units, rows } = figures.reread;
    return { figures, units: units * weekdaysOfMonth, rows: rows * weekdaysOfMonth };
  });
  const units = total(loads.map((load) => load.units));
  return costOfWork(loads, { units, minutes: units / unitsAMinute, slotSeconds: units * slotSecondsOfUnit });
}

/** The monthly storage cost of ten years of a dataset. */
export function storedMonthOf(dataset: Dataset): number {
  const figures = figuresOf(dataset);
  return cents(storage({ figures, ...figures.tenYears }, false));
}

/** The cost to fetch ten years of a dataset once, at `unitsAMinute`. */
export function costOfTenYears(dataset: Dataset, slotSecondsOfUnit: number, unitsAMinute: number): RunCost {
  const figures = figuresOf(dataset);
  const { units } = figures.tenYears;
  return costOfWork([{ figures, ...figures.tenYears }], {
    units,
    minutes: units / unitsAMinute,
    slotSeconds: units * slotSecondsOfUnit,
  });
}

/** The sum of the costs of several runs. */
export function added(runs: readonly RunCost[]): RunCost {
  const parts = Map.groupBy(
    runs.flatMap((run) => run.parts),
    ({ name }) => name,
  );
  return sum(
    Object.fromEntries([...parts].map(([name, same]) => [name, total(same.map(({ dollars }) => dollars))])),
  );
}

/** Capacity unit hours. Runs close to one another share the time before the database pauses. */
export function capacityHoursOfMonth(kept: readonly Dataset[], pauses: boolean): number {
  const [weekday, weekend] = [awakeMinutesOf(kept, "weekday"), awakeMinutesOf(kept, "weekend")];
  const hours = (of: "working" | "awake") =>
    (weekday[of] * weekdaysOfMonth + weekend[of] * weekendDaysOfMonth) / 60;
  const working = hours("working");
  const awake = pauses ? hours("awake") : hoursOfMonth;
  return working * capacity.daily + (awake - working) * capacity.idle;
}

/** Minutes a day's schedules keep it busy, and awake until it pauses. Jobs of the same time wake it once. */
export function awakeMinutesOf(
  kept: readonly Dataset[],
  day: "weekday" | "weekend",
): { working: number; awake: number } {
  const busy = new Map([[freshnessCheckAt, minutesOfWaking]]);
  for (const job of scheduledJobs(kept)) {
    for (const [at, expression] of jobs[job].schedules.entries()) {
      const start = startOn(day, expression);
      if (start === undefined) continue;
      const minutes = at === 0 ? minutesOfJob(job, kept) : 0; // a second start finds little left
      busy.set(start, (busy.get(start) ?? minutesOfWaking) + minutes);
    }
  }
  const starts = [...busy].sort(([a], [b]) => a - b);
  const awake = starts.reduce((all, [from, minutes], at) => {
    const next = starts[at + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    return all + Math.min(from + minutes + pauseMinutes, next) - from;
  }, 0);
  return {
    working: Math.round(total(starts.map(([, minutes]) => minutes))),
    awake: Math.round(awake),
  };
}

/** The minute of the day at which a schedule starts; undefined when it does not on such a day. */
function startOn(day: "weekday" | "weekend", expression: string): number | undefined {
  const [, minute, hour, days] = /^cron\((\d+) (\d+) \? \* (\S+) \*\)$/.exec(expression) ?? [];
  const runs = days === "*" || (day === "weekday" && days === "MON-FRI");
  return runs ? Number(hour) * 60 + Number(minute) : undefined;
}

/** Of an evening's units, at the usual rate. */
function minutesOfJob(job: JobType, kept: readonly Dataset[]): number {
  const figures = kept.filter(({ name }) => jobs[job].datasets.includes(name)).map(figuresOf);
  const units = total(figures.map(({ evening, reread }) => evening.units + reread.units));
  return (units * readSettings({}).TUSHARE_MIN_INTERVAL) / 60;
}

/** The daily freshness check in the evening (infra/context.ts, freshnessCheckAt). */
const freshnessCheckAt = 22 * 60;

/** Waking the database, planning, and the last check. */
const minutesOfWaking = 2;

function dataApi({ figures, units, rows }: Load): number {
  const bytes = rows * figures.wireBytes + units * figures.statementBytes;
  return (units * measured.dataApiCallsOfUnit + bytes / 32_768) * prices.dataApiRequest;
}

/** A month of storage and, if the rows are written, one write for each page of rows and indexes. */
function storage({ figures, rows }: Load, isWriting: boolean): number {
  return storageOf(rows * figures.storedBytes, isWriting);
}

function storageOf(bytes: number, isWriting: boolean): number {
  const writes = isWriting ? (2 * bytes) / 4_096 : 0;
  return (bytes / 1e9) * prices.storageGigabyteMonth + writes * prices.ioRequest;
}

function logs(units: number): number {
  return ((units * measured.logBytesOfUnit) / 1e9) * prices.logGigabyte;
}

/** A metric is billed for each hour in which it is sent; each value of a dimension is a metric of its own. */
function metricMonths(kept: readonly Dataset[]): number {
  const hours = new Map<string, { readonly days: number; readonly jobs: Set<JobType> }>();
  for (const job of scheduledJobs(kept)) {
    for (const expression of jobs[job].schedules) {
      const [, hour = "", days = ""] = /^cron\(\d+ (\d+) \? \* (\S+) \*\)$/.exec(expression) ?? [];
      const name = `${hour} ${days}`;
      const same = hours.get(name) ?? { days: daysOfMonth(days), jobs: new Set() };
      same.jobs.add(job);
      hours.set(name, same);
    }
  }
  const sent = [...hours.values()].map((hour) => hour.days * metricsOfHour([...hour.jobs], kept));
  return total(sent) / hoursOfMonth;
}

function daysOfMonth(days: string): number {
  if (days === "*") return weekdaysOfMonth + weekendDaysOfMonth;
  return days === "MON-FRI" ? weekdaysOfMonth : weekdaysOfMonth / 5;
}

/** Those of an hour in which these jobs run. */
export function metricsOfHour(started: readonly JobType[], kept: readonly Dataset[]): number {
  const by = (dimension: Dimension | undefined) =>
    Object.values<MetricSpec>(metrics).filter((metric) => metric.by === dimension).length;
  const fetched = kept.filter(({ name }) => started.some((job) => jobs[job].datasets.includes(name)));
  const interfaces = new Set(
    fetched.flatMap((dataset) => [...interfacesOf(dataset), dataset.explainedBy?.main ?? []].flat()),
  );
  return (
    by(undefined) +
    by("job") * started.length +
    by("interface") * interfaces.size +
    by("dataset") * kept.filter(isByTradingDay).length
  );
}

function egressOfMonth(egress: MonthOptions["egress"]): number {
  if (egress === "none") return 0;
  const address = prices.addressHour * hoursOfMonth;
  return egress === "gateway"
    ? address + prices.gatewayHour * hoursOfMonth
    : address + prices.natInstanceHour * hoursOfMonth + prices.natDiskMonth;
}

/** A plan's units and rows, divided among the datasets of its job as those of an evening are. */
function loadsOf({ job, units, rows }: Pick<PricedPlan, "job" | "units" | "rows">): Load[] {
  const all = jobs[job].datasets.map((name) => figuresOf(datasets[name]));
  const share = (of: "units" | "rows", figures: DatasetFigures) =>
    figures.evening[of] / total(all.map(({ evening }) => evening[of]));
  return all.map((figures) => ({
    figures,
    units: units * share("units", figures),
    rows: rows * share("rows", figures),
  }));
}

function total(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
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
