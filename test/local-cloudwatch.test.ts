// CloudWatch on the local stack: the metrics that functions print can be read as `aws cloudwatch` asks for them, in the
// protocols of its older and its newer versions.
import { expect, test } from "vitest";
import type { AwsError, AwsRequest } from "../local/aws/endpoint.ts";
import { keptHours, makeMetricPoints } from "../local/aws/metric-points.ts";
import { makeMetricsApi } from "../local/aws/metrics-api.ts";
import { sumOfMetric } from "../shared/adapters/query-api.ts";

const midnight = Date.UTC(2026, 10, 20);
const service = { Name: "service", Value: "TushareSync" };

/** One line of a function's log, some seconds after midnight. */
function line(name: string, values: number | number[], seconds: number, by: Record<string, string> = {}) {
  const dimensions = { service: "TushareSync", ...by };
  const CloudWatchMetrics = [
    {
      Namespace: "TushareSync",
      Dimensions: [Object.keys(dimensions)],
      Metrics: [{ Name: name, Unit: "Count" }],
    },
  ];
  return JSON.stringify({
    ...{ _aws: { Timestamp: midnight + seconds * 1_000, CloudWatchMetrics } },
    ...{ ...dimensions, [name]: values },
  });
}

function cloudwatch(...lines: string[]) {
  const points = makeMetricPoints();
  for (const each of lines) points.add(each);
  const { accepts, handle } = makeMetricsApi(points);
  const send = async (headers: AwsRequest["headers"], body: string) => {
    const request = {
      method: "POST",
      path: "/",
      query: new URLSearchParams(),
      headers,
      body: Buffer.from(body),
    };
    expect(accepts(request)).toBe(true);
    return String((await handle(request)).body);
  };
  return {
    ask: async (action: string, input: object) => {
      const headers = { "x-amz-target": `GraniteServiceVersion20100801.${action}` };
      return JSON.parse(await send(headers, JSON.stringify(input)));
    },
    askByForm: (action: string, form: Record<string, string>) =>
      send(
        { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
        new URLSearchParams({ Action: action, Version: "2010-08-01", ...form }).toString(),
      ),
  };
}

const hour = { StartTime: midnight / 1_000, EndTime: midnight / 1_000 + 3_600 };

/** A query of get-metric-data for the values of five minutes. */
const query = (MetricName: string, Stat: string, more: object = {}, by: object[] = []) => ({
  ...{ Id: Stat.toLowerCase(), ...more },
  MetricStat: {
    Metric: { Namespace: "TushareSync", MetricName, Dimensions: [service, ...by] },
    Period: 300,
    Stat,
  },
});

test("a period has the sum, the least, the greatest, the mean and the number of the values printed in it", async () => {
  const { ask } = cloudwatch(
    line("UnitsDone", 1, 0),
    line("UnitsDone", [2, 6], 299),
    line("UnitsDone", 5, 600),
  );
  const stats = ["Sum", "Minimum", "Maximum", "Average", "SampleCount"];
  const asked = { MetricDataQueries: stats.map((stat) => query("UnitsDone", stat)), ...hour };
  const { MetricDataResults } = await ask("GetMetricData", asked);
  expect(
    MetricDataResults.map(({ Id, Values }: { Id: string; Values: number[] }) => [Id, ...Values]),
  ).toEqual([
    ["sum", 5, 9], // the newest first
    ["minimum", 5, 1],
    ["maximum", 5, 6],
    ["average", 5, 3],
    ["samplecount", 1, 3],
  ]);
  expect(MetricDataResults[0].Timestamps).toEqual([midnight / 1_000 + 600, midnight / 1_000]);
  expect(
    (await ask("GetMetricData", { ...asked, ScanBy: "TimestampAscending" })).MetricDataResults[0].Values,
  ).toEqual([9, 5]);
});

test("a range begins at its first minute and ends before its last", async () => {
  const { ask } = cloudwatch(...[0, 60, 120].map((seconds) => line("UnitsDone", 1, seconds)));
  const range = { StartTime: midnight / 1_000 + 90, EndTime: midnight / 1_000 + 120 };
  const { MetricDataResults } = await ask("GetMetricData", {
    ...{ MetricDataQueries: [query("UnitsDone", "Sum")], ...range },
  });
  expect(MetricDataResults[0]).toMatchObject({ Timestamps: [midnight / 1_000 + 60], Values: [1] });
});

test("a series is found by exactly its dimensions and its unit", async () => {
  const byInterface = [{ Name: "interface", Value: "daily" }];
  const { ask } = cloudwatch(
    line("Calls", 3, 0, { interface: "daily" }),
    line("Calls", 4, 0, { interface: "fund" }),
  );
  const sums = async (...queries: object[]) => {
    const { MetricDataResults } = await ask("GetMetricData", { MetricDataQueries: queries, ...hour });
    return MetricDataResults.map(({ Values }: { Values: number[] }) => Values);
  };
  const ofUnit = query("Calls", "Sum", {}, byInterface);
  expect(
    await sums(
      query("Calls", "Sum", {}, byInterface),
      query("Calls", "Sum"), // AWS adds no series up either
      { ...ofUnit, MetricStat: { ...ofUnit.MetricStat, Unit: "Count" } },
      { ...ofUnit, MetricStat: { ...ofUnit.MetricStat, Unit: "Percent" } },
      query("Calls", "Sum", { ReturnData: false }, byInterface),
    ),
  ).toEqual([[3], [], [3], []]);
  const { Metrics } = await ask("ListMetrics", { Dimensions: [{ Name: "interface" }], MetricName: "Calls" });
  expect(Metrics).toEqual(
    ["daily", "fund"].map((Value) => ({
      ...{ Namespace: "TushareSync", MetricName: "Calls" },
      Dimensions: [service, { Name: "interface", Value }],
    })),
  );
  expect(await ask("ListMetrics", { Namespace: "AWS/Lambda" })).toEqual({ Metrics: [] });
});

test("the day's calls are summed over their interfaces, in as many requests as are needed", async () => {
  const names = Array.from({ length: 120 }, (_, at) => `interface_${at}`);
  const { askByForm } = cloudwatch(
    ...names.map((name, at) => line("Calls", 1, at * 60, { interface: name })),
    line("Calls", [3, 4], 7_200, { interface: "interface_7" }),
    line("Calls", 1_000, 0, { interface: "another" }),
    line("Calls", 1_000, 85_000, { interface: "interface_7" }), // later
  );
  const metric = { namespace: "TushareSync", service: "TushareSync", name: "Calls", by: "interface" };
  const day = { from: new Date(midnight), to: new Date(midnight + 80_000_000) };
  let requests = 0;
  const monitoring = async (action: string, parameters: Readonly<Record<string, string>>) => {
    requests += 1;
    return await askByForm(action, { ...parameters });
  };
  expect(await sumOfMetric(monitoring, metric, names, day)).toBe(127);
  expect(requests).toBe(3);
  expect(await sumOfMetric(monitoring, { ...metric, service: "Other" }, names, day)).toBe(0);
});

test("a sum of which CloudWatch has a part only is none", async () => {
  const metric = { namespace: "N", service: "S", name: "Calls", by: "interface" };
  const day = { from: new Date(midnight), to: new Date(midnight + 3_600_000) };
  const part = async () => "<Values><member>3</member></Values><StatusCode>PartialData</StatusCode>";
  await expect(sumOfMetric(part, metric, ["daily"], day)).rejects.toThrow("PartialData");
  await expect(sumOfMetric(async () => "<html/>", metric, ["daily"], day)).rejects.toThrow("no answer");
});

test("statistics of a metric are its data points, each with what was asked for", async () => {
  const { ask } = cloudwatch(line("DaysLate", 2, 30), line("DaysLate", 0, 90));
  const asked = {
    Namespace: "TushareSync",
    MetricName: "DaysLate",
    Dimensions: [service],
    Period: 60,
    ...hour,
  };
  expect(await ask("GetMetricStatistics", { ...asked, Statistics: ["Maximum", "SampleCount"] })).toEqual({
    Label: "DaysLate",
    Datapoints: [
      { Timestamp: midnight / 1_000, Maximum: 2, SampleCount: 1, Unit: "Count" },
      { Timestamp: midnight / 1_000 + 60, Maximum: 0, SampleCount: 1, Unit: "Count" },
    ],
  });
});

test("older clients ask with a form and get the same figures as XML", async () => {
  const { askByForm } = cloudwatch(line("UnitsDone", 1, 0), line("UnitsDone", [2, 6], 299));
  const range = { StartTime: "2026-11-20T00:00:00Z", EndTime: "2026-11-20T01:00:00Z" };
  const metric = (prefix: string) => ({
    [`${prefix}Namespace`]: "TushareSync",
    [`${prefix}MetricName`]: "UnitsDone",
    [`${prefix}Dimensions.member.1.Name`]: "service",
    [`${prefix}Dimensions.member.1.Value`]: "TushareSync",
  });
  const first = "MetricDataQueries.member.1.";
  const data = await askByForm("GetMetricData", {
    ...metric(`${first}MetricStat.Metric.`),
    ...{
      [`${first}Id`]: "a",
      [`${first}MetricStat.Stat`]: "Sum",
      [`${first}MetricStat.Period`]: "300",
      ...range,
    },
  });
  expect(data).toContain("<Values><member>9</member></Values>");
  expect(data).toContain("<Timestamps><member>2026-11-20T00:00:00.000Z</member></Timestamps>");
  const statistics = await askByForm("GetMetricStatistics", {
    ...metric(""),
    ...{ "Statistics.member.1": "Sum", "Statistics.member.2": "Average", Period: "300", ...range },
  });
  expect(statistics).toContain("<Sum>9</Sum><Average>3</Average><Unit>Count</Unit>");
  expect(await askByForm("ListMetrics", {})).toContain("<MetricName>UnitsDone</MetricName>");
});

test("points are kept for a day, however many come", async () => {
  const minutes = Array.from({ length: 3 * keptHours * 60 }, (_, minute) =>
    line("UnitsDone", 1, minute * 60),
  );
  const { ask } = cloudwatch(...minutes);
  const { MetricDataResults } = await ask("GetMetricData", {
    MetricDataQueries: [query("UnitsDone", "Sum")],
    ...{ StartTime: 0, EndTime: midnight / 1_000 + 10 * 86_400 },
  });
  const sum = MetricDataResults[0].Values.reduce((all: number, value: number) => all + value, 0);
  expect(sum).toBe(keptHours * 60 + 1);
});

test.each<[string, string, object]>([
  ["Expression", "GetMetricData", { MetricDataQueries: [{ Id: "e", Expression: "SUM(METRICS())" }] }],
  ["no statistic p99", "GetMetricData", { MetricDataQueries: [query("UnitsDone", "p99")] }],
  ["MetricStat is required", "GetMetricData", { MetricDataQueries: [{ Id: "none" }] }],
  [
    "StartTime is required",
    "GetMetricData",
    { MetricDataQueries: [query("UnitsDone", "Sum")], StartTime: undefined },
  ],
  ["ExtendedStatistics", "GetMetricStatistics", { ExtendedStatistics: ["p99"] }],
  ["multiple of 60", "GetMetricStatistics", { MetricName: "UnitsDone", Statistics: ["Sum"], Period: 30 }],
])("what is not evaluated here is refused by its name: %s", async (words, action, input) => {
  const { ask } = cloudwatch(line("UnitsDone", 1, 0));
  const error = await ask(action, { Namespace: "TushareSync", ...hour, ...input }).then(
    () => undefined,
    (refused: AwsError) => refused,
  );
  expect(error?.message).toContain(words);
  expect(error?.headers["x-amzn-query-error"]).toMatch(/^(InvalidParameterValue|MissingParameter);Sender$/);
});
