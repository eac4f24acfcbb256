// CloudWatch on this machine, as far as an operator reads metrics of the functions: get-metric-data,
// get-metric-statistics and list-metrics, in the JSON protocol of today's clients and in the Query protocol of older ones.
import { AwsError, type AwsRequest, type AwsService, jsonBody } from "./endpoint.ts";
import type { Dimensions, MetricPoints, Point, Statistic } from "./metric-points.ts";
import { actionOf, answerForm, formOf, structureOf, type Xml } from "./query-protocol.ts";

const target = "GraniteServiceVersion20100801.";
const statistics = ["SampleCount", "Sum", "Minimum", "Maximum", "Average"] as const;
/** Most points of one answer (API reference, GetMetricStatistics and GetMetricData). */
const pointsMax = { statistics: 1_440, data: 100_800 };

type Input = Readonly<Record<string, unknown>>;
/** A point in time, which each protocol writes in its own way. */
type Output = string | number | Date | readonly Output[] | { readonly [name: string]: Output };

export function makeMetricsApi(metrics: MetricPoints): AwsService {
  const actions: Readonly<Record<string, (input: Input) => Output>> = {
    GetMetricData(input) {
      const queries = listOf(input, "MetricDataQueries");
      const range = { from: timeOf(input, "StartTime"), to: timeOf(input, "EndTime") };
      const shown = queries.filter(({ ReturnData }) => String(ReturnData ?? true) !== "false");
      return { MetricDataResults: shown.map((query) => resultOf(query, range, input)), Messages: [] };
    },
    GetMetricStatistics(input) {
      refuse(input, "ExtendedStatistics");
      const wanted = (input.Statistics as unknown[] | undefined)?.map(statisticOf) ?? [];
      if (wanted.length === 0) throw missing("Statistics");
      const range = { from: timeOf(input, "StartTime"), to: timeOf(input, "EndTime") };
      const { unit, points } = read(input, periodOf(input), range);
      if (points.length > pointsMax.statistics) {
        throw invalid(`You have requested up to ${points.length} datapoints, more than 1,440.`);
      }
      const Datapoints = points.map((point) => ({
        Timestamp: new Date(point.atMs),
        ...Object.fromEntries(wanted.map((name) => [name, point[name]])),
        Unit: unit,
      }));
      return { Label: String(input.MetricName), Datapoints };
    },
    ListMetrics(input) {
      const asked = listOf(input, "Dimensions", []);
      const found = metrics.all().filter(({ namespace, name, dimensions }) => {
        if (input.Namespace !== undefined && input.Namespace !== namespace) return false;
        if (input.MetricName !== undefined && input.MetricName !== name) return false;
        return asked.every(({ Name, Value }) => {
          const value = dimensions[String(Name)];
          return value !== undefined && (Value === undefined || Value === value);
        });
      });
      const Metrics = found.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      }));
      return { Metrics };
    },
  };

  function resultOf(query: Input, range: Range, { ScanBy, MaxDatapoints }: Input): Output {
    refuse(query, "Expression");
    const stat = query.MetricStat as Input | undefined;
    if (stat === undefined) throw missing("MetricStat");
    const metric = (stat.Metric ?? {}) as Input;
    const statistic = statisticOf(stat.Stat);
    const { points } = read({ ...metric, Unit: stat.Unit }, periodOf(stat), range);
    const ordered = ScanBy === "TimestampAscending" ? points : points.toReversed();
    const most = Math.min(Number(MaxDatapoints ?? pointsMax.data), pointsMax.data);
    if (ordered.length > most) throw invalid(`More than ${most} data points: ask for a shorter range.`);
    return {
      Id: String(query.Id),
      Label: String(query.Label ?? metric.MetricName),
      Timestamps: ordered.map(({ atMs }) => new Date(atMs)),
      Values: ordered.map((point) => point[statistic]),
      StatusCode: "Complete",
    };
  }

  function read(
    metric: Input,
    periodSeconds: number,
    { from, to }: Range,
  ): { unit: string; points: Point[] } {
    const namespace = String(metric.Namespace ?? "");
    const name = String(metric.MetricName ?? "");
    if (namespace === "") throw missing("Namespace");
    if (name === "") throw missing("MetricName");
    if (to <= from) throw invalid("The parameter StartTime must be less than the parameter EndTime.");
    const dimensions: Dimensions = Object.fromEntries(
      listOf(metric, "Dimensions", []).map(({ Name, Value }) => [String(Name), String(Value)]),
    );
    const unit = metric.Unit === undefined ? undefined : String(metric.Unit);
    return metrics.read(
      { namespace, name, dimensions, unit },
      { fromMs: Math.floor(from / 60_000) * 60_000, toMs: to, periodMs: periodSeconds * 1_000 },
    );
  }

  const actionIn = (request: AwsRequest) => {
    const header = request.headers["x-amz-target"];
    return typeof header === "string" && header.startsWith(target)
      ? header.slice(target.length)
      : actionOf(request);
  };

  return {
    name: "cloudwatch",
    accepts: (request) => Object.hasOwn(actions, actionIn(request)),
    async handle(request) {
      const action = actionIn(request);
      const isForm = actionOf(request) !== "";
      const answer = actions[action]?.(isForm ? structureOf(formOf(request)) : jsonBody(request)) ?? {};
      if (isForm) return answerForm(action, asXml(answer));
      const headers = { "content-type": "application/x-amz-json-1.0" };
      return { status: 200, headers, body: JSON.stringify(asJson(answer)) };
    },
  };
}

type Range = { readonly from: number; readonly to: number };

/** In JSON a time is seconds since 1970, in a form ISO 8601. */
function timeOf(input: Input, name: string): number {
  const value = input[name];
  if (value === undefined) throw missing(name);
  const time = typeof value === "number" ? value * 1_000 : Date.parse(String(value));
  if (!Number.isFinite(time)) throw invalid(`The parameter ${name} is not a time.`);
  return time;
}

function periodOf({ Period }: Input): number {
  const seconds = Number(Period);
  if (!(seconds > 0) || seconds % 60 !== 0) {
    throw invalid("The parameter Period must be a multiple of 60: here are no points of less than a minute.");
  }
  return seconds;
}

function statisticOf(value: unknown): Statistic {
  const found = statistics.find((name) => name === value);
  if (found === undefined) {
    throw invalid(`The local stack has ${statistics.join(", ")}, and no statistic ${String(value)}.`);
  }
  return found;
}

function listOf(input: Input, name: string, otherwise?: readonly Input[]): readonly Input[] {
  const value = input[name] === "" ? [] : (input[name] ?? otherwise);
  if (!Array.isArray(value)) throw missing(name);
  return value as Input[];
}

function refuse(input: Input, name: string): void {
  if (input[name] !== undefined) throw invalid(`The local stack does not evaluate ${name}.`);
}

function missing(name: string): AwsError {
  return failure("MissingParameter", "MissingRequiredParameterException", `${name} is required.`);
}

function invalid(message: string): AwsError {
  return failure("InvalidParameterValue", "InvalidParameterValueException", message);
}

/** The service has two names for an error: one of its old protocol, which newer clients still show. */
function failure(queryCode: string, code: string, message: string): AwsError {
  return new AwsError(code, message, { headers: { "x-amzn-query-error": `${queryCode};Sender` } });
}

function asXml(value: Output): Xml {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asXml);
  if (typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asXml(inner)]));
}

function asJson(value: Output): unknown {
  if (value instanceof Date) return value.getTime() / 1_000;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asJson(inner)]));
}
