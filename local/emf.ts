// Reads metrics from the functions' logs, as CloudWatch does: sums of those printed in the embedded metric format.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

export type MetricSums = {
  /** Adds one log line; false when it holds no metric and belongs in the log. */
  add(line: string): boolean;
  /** Sums of a metric by the value of its `interface` dimension. */
  byInterface(metric: string): Record<string, number>;
  /** The same for the 60 seconds before `nowMs`. */
  lastMinute(metric: string, nowMs: number): Record<string, number>;
};

const windowMs = 60_000;

export function sumMetrics(): MetricSums {
  const sums = new Map<string, Map<string, number>>();
  let recent: { metric: string; name: string; value: number; atMs: number }[] = [];

  function add(line: string): boolean {
    const entry = line.includes('"_aws"') ? parse(line) : undefined;
    if (entry?._aws === undefined) return false;
    for (const { Metrics = [] } of entry._aws.CloudWatchMetrics ?? []) {
      for (const { Name } of Metrics) {
        const value = [entry?.[Name]].flat().reduce<number>((sum, part) => sum + (Number(part) || 0), 0);
        const byInterface = sums.get(Name) ?? new Map<string, number>();
        const name = String(entry?.interface ?? "");
        sums.set(Name, byInterface.set(name, (byInterface.get(name) ?? 0) + value));
        if (name === "") continue;
        const atMs = entry?._aws?.Timestamp ?? 0;
        // Remove old entries now and then, not at every call.
        if ((recent[0]?.atMs ?? atMs) < atMs - 2 * windowMs)
          recent = recent.filter((each) => each.atMs > atMs - windowMs);
        recent.push({ metric: Name, name, value, atMs });
      }
    }
    return true;
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

type Entry = {
  _aws?: { Timestamp?: number; CloudWatchMetrics?: { Metrics?: { Name: string }[] }[] };
} & Record<string, unknown>;

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
