// The stack's cost from its metrics: the database's by capacity, the functions' by duration.
import {
  Color,
  GraphWidget,
  GraphWidgetView,
  type IMetric,
  MathExpression,
} from "aws-cdk-lib/aws-cloudwatch";
import { Duration } from "aws-cdk-lib/core";
import { prices } from "../shared/catalogue/prices.ts";

export type Cost = {
  /** Capacity units of the database, averaged. */
  readonly capacity: IMetric | undefined;
  readonly maxCapacity: number;
  /** Milliseconds that each function ran, summed, and its memory in MiB, in the same order. */
  readonly durations: readonly IMetric[];
  readonly memory: readonly number[];
};

const size = { width: 8, height: 6, leftYAxis: { min: 0 } };

export function capacityWidget({ capacity, maxCapacity }: Cost): GraphWidget {
  return new GraphWidget({
    title: "Capacity of the database (0: paused)",
    left: capacity === undefined ? [] : [capacity],
    leftAnnotations: [{ value: maxCapacity, label: "ceiling", color: Color.RED }],
    ...size,
  });
}

export function dollarsWidget({ capacity, durations, memory }: Cost): GraphWidget {
  const gigabyteSeconds = memory.map((mebibytes, at) => `FILL(d${at}, 0) / 1000 * ${mebibytes / 1024}`);
  const period = Duration.days(1);
  return new GraphWidget({
    title: "Dollars a day, about",
    view: GraphWidgetView.BAR,
    left: [
      new MathExpression({
        expression: `FILL(c, 0) * 24 * ${prices.capacityUnitHour}`,
        usingMetrics: { ...(capacity && { c: capacity }) },
        label: "database",
        period,
      }),
      new MathExpression({
        expression: `(${gigabyteSeconds.join(" + ")}) * ${prices.lambdaGigabyteSecond}`,
        usingMetrics: Object.fromEntries(durations.map((metric, at) => [`d${at}`, metric])),
        label: "functions",
        period,
      }),
    ],
    ...size,
  });
}

export function costText(maxCapacity: number): string {
  return (
    "A month of daily runs is about $10 to $20 in us-east-1, most of it monitoring and the way out to TuShare. " +
    `The database costs $${prices.capacityUnitHour} for each capacity unit and hour it is awake (at most ` +
    `${maxCapacity} units), nothing while it sleeps, and $${prices.storageGigabyteMonth} a gigabyte and month. ` +
    "[Bill](https://console.aws.amazon.com/costmanagement/home#/cost-explorer)"
  );
}
