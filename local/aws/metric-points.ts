// The points of metrics that CloudWatch would keep, of the last hours: those that functions print in the embedded format.
import { printedMetrics } from "../emf.ts";

/** Points older than this are forgotten. CloudWatch keeps a minute's for 15 days. */
export const keptHours = 24;

const minuteMs = 60_000;
const keptMs = keptHours * 60 * minuteMs;

export type Dimensions = Readonly<Record<string, string>>;

export type Point = {
  readonly atMs: number;
  readonly SampleCount: number;
  readonly Sum: number;
  readonly Minimum: number;
  readonly Maximum: number;
  readonly Average: number;
};

export type Statistic = Exclude<keyof Point, "atMs">;

export type Series = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly unit: string;
};

type Minute = { count: number; sum: number; min: number; max: number };

export type MetricPoints = {
  /** Takes the points of a log line, if it holds any. */
  add(line: string): void;
  all(): Series[];
  /** Every period that has points, the oldest first; a series has exactly the dimensions that are asked for. */
  read(
    asked: Omit<Series, "unit"> & { readonly unit?: string | undefined },
    range: { readonly fromMs: number; readonly toMs: number; readonly periodMs: number },
  ): { readonly unit: string; readonly points: Point[] };
};

export function makeMetricPoints(): MetricPoints {
  const held = new Map<string, Series & { readonly minutes: Map<number, Minute> }>();

  function add(line: string): void {
    for (const { namespace, name, unit, values, dimensionSets, atMs } of printedMetrics(line) ?? []) {
      for (const dimensions of dimensionSets) {
        const key = keyOf({ namespace, name, dimensions });
        const series = held.get(key) ?? { namespace, name, dimensions, unit, minutes: new Map() };
        held.set(key, series);
        addTo(series.minutes, Math.floor(atMs / minuteMs) * minuteMs, values);
      }
    }
  }

  return {
    add,
    all: () => [...held.values()],
    read(asked, { fromMs, toMs, periodMs }) {
      const series = held.get(keyOf(asked));
      const unit = asked.unit ?? series?.unit ?? "None";
      const periods = new Map<number, Minute>();
      for (const [atMs, minute] of series?.unit === unit ? series.minutes : []) {
        if (atMs < fromMs || atMs >= toMs) continue;
        const start = fromMs + Math.floor((atMs - fromMs) / periodMs) * periodMs;
        merge(periods, start, minute);
      }
      const points = [...periods].map(([atMs, { count, sum, min, max }]) => ({
        ...{ atMs, SampleCount: count, Sum: sum, Minimum: min, Maximum: max, Average: sum / count },
      }));
      return { unit, points: points.toSorted((one, other) => one.atMs - other.atMs) };
    },
  };
}

function keyOf({ namespace, name, dimensions }: Omit<Series, "unit">): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

function addTo(minutes: Map<number, Minute>, atMs: number, values: readonly number[]): void {
  if (!minutes.has(atMs)) {
    for (const old of minutes.keys()) if (old < atMs - keptMs) minutes.delete(old);
  }
  for (const value of values) merge(minutes, atMs, { count: 1, sum: value, min: value, max: value });
}

function merge(into: Map<number, Minute>, atMs: number, { count, sum, min, max }: Minute): void {
  const held = into.get(atMs) ?? { count: 0, sum: 0, min, max };
  into.set(atMs, {
    count: held.count + count,
    sum: held.sum + sum,
    min: Math.min(held.min, min),
    max: Math.max(held.max, max),
  });
}
