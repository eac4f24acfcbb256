// What CloudWatch would make of the functions' logs: sums of the metrics they print in the embedded metric format.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

export type MetricSums = {
  /** Feeds one log line; lines that carry no metric are passed over. */
  add(line: string): void;
  /** Sums of a metric by the value of its `interface` dimension. */
  byInterface(metric: string): Record<string, number>;
};

export function sumMetrics(): MetricSums {
  const sums = new Map<string, Map<string, number>>();

  function add(line: string): void {
    if (!line.includes('"_aws"')) return;
    const entry = parse(line);
    for (const { Metrics = [] } of entry?._aws?.CloudWatchMetrics ?? []) {
      for (const { Name } of Metrics) {
        const value = [entry?.[Name]].flat().reduce<number>((sum, part) => sum + (Number(part) || 0), 0);
        const byInterface = sums.get(Name) ?? new Map<string, number>();
        const name = String(entry?.interface ?? "");
        sums.set(Name, byInterface.set(name, (byInterface.get(name) ?? 0) + value));
      }
    }
  }

  return {
    add,
    byInterface: (metric) => Object.fromEntries([...(sums.get(metric) ?? [])].sort()),
  };
}

type Entry = { _aws?: { CloudWatchMetrics?: { Metrics?: { Name: string }[] }[] } } & Record<string, unknown>;

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
