// Reads metrics from the functions' logs, as CloudWatch does: those printed in the embedded metric format.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

export type MetricSums = {
  /** Adds one log line; false when it holds no metric and belongs in the log. */
  add(line: string): boolean;
  /** Sums of a metric by the value of its `interface` dimension. */
  byInterface(metric: string): Record<string, number>;
  /** The same for the 60 seconds before `nowMs`. */
  lastMinute(metric: string, nowMs: number): Record<string, number>;
};

/** What one line says of one metric. */
export type PrintedMetric = {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** Each set is a series of its own. */
  readonly dimensionSets: readonly Readonly<Record<string, string>>[];
  readonly atMs: number;
};

const windowMs = 60_000;

export function sumMetrics(): MetricSums {
  const sums = new Map<string, Map<string, number>>();
  let recent: { metric: string; name: string; value: number; atMs: number }[] = [];

  function add(line: string): boolean {
    const printed = printedMetrics(line);
    for (const { name: metric, values, dimensionSets, atMs } of printed ?? []) {
      const value = values.reduce((sum, part) => sum + part, 0);
      const byInterface = sums.get(metric) ?? new Map<string, number>();
      const name = dimensionSets.find((set) => set.interface !== undefined)?.interface ?? "";
      sums.set(metric, byInterface.set(name, (byInterface.get(name) ?? 0) + value));
      if (name === "") continue;
      // Remove old entries now and then, not at every call.
      if ((recent[0]?.atMs ?? atMs) < atMs - 2 * windowMs)
        recent = recent.filter((each) => each.atMs > atMs - windowMs);
      recent.push({ metric, name, value, atMs });
    }
    return printed !== undefined;
  }

  return {
    add,
    byInterface: (metric) => Object.fromEntries([...(sums.get(metric) ?? [])].sort()),
    lastMinute(metric, nowMs) {
      const counts = new Map<string, number>();
      for (const each of recent) {
        if (each.metric !== metric || each.atMs <= nowMs - windowMs) continue;
        counts.set(each.name, (counts.get(each.name) ?? 0) + each.value);
      }
      return Object.fromEntries([...counts].sort());
    },
  };
}

/** The metrics of a log line; undefined for a line that holds none and belongs in the log. */
export function printedMetrics(line: string): PrintedMetric[] | undefined {
  const entry = line.includes('"_aws"') ? parse(line) : undefined;
  if (entry?._aws === undefined) return undefined;
  const { Timestamp: atMs = 0, CloudWatchMetrics: directives = [] } = entry._aws;
  return directives.flatMap(({ Namespace: namespace = "", Dimensions = [[]], Metrics = [] }) => {
    const dimensionSets = Dimensions.map((names) =>
      Object.fromEntries(names.map((name) => [name, String(entry[name] ?? "")])),
    );
    return Metrics.map(({ Name: name, Unit: unit = "None" }) => {
      const values = [entry[name]].flat().map(Number).filter(Number.isFinite);
      return { namespace, name, unit, values, dimensionSets, atMs };
    });
  });
}

type Entry = {
  _aws?: {
    Timestamp?: number;
    CloudWatchMetrics?: {
      Namespace?: string;
      Dimensions?: string[][];
      Metrics?: { Name: string; Unit?: string }[];
    }[];
  };
} & Record<string, unknown>;

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
