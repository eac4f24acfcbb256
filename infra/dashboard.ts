// The dashboard, read from top to bottom: is today's data here, is something running, is something failing, are we
// inside the limits, what does it cost. Its progress widget asks the database only when the dashboard is opened.
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  Color,
  CustomWidget,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  Metric,
  PeriodOverride,
  SingleValueWidget,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import { Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { jobsAmong, readChoice } from "../shared/catalogue/chosen-datasets.ts";
import { calledFor, isByTradingDay } from "../shared/catalogue/dataset.ts";
import type { Dataset } from "../shared/catalogue/datasets.ts";
import { metrics, type Metric as OurMetric } from "../shared/catalogue/metrics.ts";
import type { Context } from "./context.ts";
import { capacityWidget, costText, dollarsWidget } from "./cost.ts";
import { type Monitoring, ourMetric, placeOf, type Watched } from "./monitoring.ts";
import { NodeFunction } from "./node-function.ts";

export type DashboardProps = Watched &
  Pick<Context, "datasets" | "callsAMinute" | "databaseMaxCapacity" | "runbookUrl"> & {
    readonly monitoring: Monitoring;
    readonly dispatcher: NodeFunction;
    readonly origin: string;
  };

const width = 24;

export class Dashboard extends Construct {
  readonly name: string;
  private readonly props: DashboardProps;
  /** What the schedules keep up to date. */
  private readonly chosen: readonly Dataset[];

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.props = props;
    this.chosen = readChoice(props.datasets, props.callsAMinute).datasets;
    const { stackName } = Stack.of(this);
    this.name = stackName;

    const [capacity] = this.aws("database", "ServerlessDatabaseCapacity", "Average", "capacity units");
    const durations = this.aws("functions", "Duration", "Sum");
    const memory = Object.values(props.functions).map(({ memoryMiB }) => memoryMiB);
    const cost = { capacity, maxCapacity: props.databaseMaxCapacity, durations, memory };
    new CloudWatchDashboard(this, "Board", {
      dashboardName: this.name,
      defaultInterval: Duration.days(3),
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        ...this.section("Is today's data here?", "Trading days behind: 0 is good. Holidays do not count.", [
          this.values(
            "Trading days behind",
            this.each("DaysBehind", "dataset", this.chosenByDay(), "Maximum"),
          ),
          this.values("At the last evening check", [this.ours("DaysLate", "Maximum")]),
          this.graph("Rows", ["RowsChanged", "RowsUnchanged", "AbsencesUnexplained"], "Sum", {
            ...{ stacked: true, width: 12 },
          }),
        ]),
        ...this.section(
          "Is a task running, how far is it, when will it end?",
          "The table reads the database when this page is opened, and not again by itself: the database may sleep.",
          [this.progress()],
        ),
        [
          this.series(
            "Progress of tasks",
            this.each("TaskProgress", "job", jobsAmong(this.chosen), "Maximum"),
            8,
          ),
          this.graph("Units", outcomes, "Sum", { stacked: true, width: 8 }),
          this.graph("Age of a unit when stored", ["UnitAge"], "p95", { width: 8 }),
        ],
        ...this.section("Is anything failing?", `What to do is in the runbook: ${link(props.runbookUrl)}`, [
          new AlarmStatusWidget({ title: "Alarms", alarms: [...props.monitoring.alarms], width, height: 4 }),
        ]),
        [
          this.values("Failures that need action, and work that stood still", [
            this.ours("FailuresParked", "Maximum"),
            this.ours("Stalled", "Maximum"),
          ]),
          this.graph(
            "Failed attempts",
            ["UnitsReturned", "DeadLetters", "UnitsFailed", "UnitsParked"],
            "Sum",
          ),
          this.series("Errors of functions", this.aws("functions", "Errors", "Sum"), 6),
          this.series(
            "Messages waiting",
            [
              ...this.aws("workQueue", "ApproximateNumberOfMessagesVisible", "Maximum", "work"),
              ...this.aws("deadLetters", "ApproximateNumberOfMessagesVisible", "Maximum", "dead letters"),
              ...this.aws("missedRuns", "ApproximateNumberOfMessagesVisible", "Maximum", "missed runs"),
            ],
            6,
          ),
        ],
        [this.errorLog()],
        ...this.section(
          "Are we inside the limits?",
          `TuShare allows ${props.callsAMinute} calls a minute to one interface, as configured.`,
          [
            this.callsAMinute(),
            this.series(
              "Too fast, said TuShare",
              this.each("RateLimited", "interface", this.interfaces(), "Sum"),
              6,
            ),
            this.graph("Waits for the slot's pace", ["SlotWait"], "Average"),
          ],
        ),
        [
          this.graph("Time of a unit", ["FetchTime", "StoreTime"], "p95"),
          this.series(
            "Functions running at once",
            this.aws("functions", "ConcurrentExecutions", "Maximum"),
            6,
          ),
          this.series("Throttles", this.aws("functions", "Throttles", "Sum"), 6),
          this.series(
            "Refused",
            [
              this.ours("AccountRefused", "Sum"),
              this.ours("RightMissing", "Sum"),
              this.ours("QuotaUsed", "Sum"),
            ],
            6,
          ),
        ],
        ...this.section("What does it cost?", costText(props.databaseMaxCapacity), [
          capacityWidget(cost),
          dollarsWidget(cost),
          this.series("Messages sent", this.aws("workQueue", "NumberOfMessagesSent", "Sum", "work"), 8),
        ]),
      ],
    });
  }

  private section(title: string, text: string, widgets: IWidget[]): IWidget[][] {
    return [[new TextWidget({ markdown: `## ${title}\n${text}`, width, height: 2 })], widgets];
  }

  private ours(name: OurMetric, statistic: string, label: string = metrics[name].about): Metric {
    return ourMetric(this, name, { statistic, label });
  }

  /** One metric for each value of its dimension. */
  private each<Name extends OurMetric>(
    name: Name,
    by: "interface" | "dataset" | "job",
    values: readonly string[],
    statistic: string,
    period = Duration.minutes(5),
  ): Metric[] {
    return values.map((value) => ourMetric(this, name, { statistic, label: value, period }, { [by]: value }));
  }

  private aws(
    part: Parameters<typeof placeOf>[0],
    metricName: string,
    statistic: string,
    label?: string,
  ): Metric[] {
    const { namespace, dimensions } = placeOf(part, this.props);
    const labels = part === "functions" ? Object.keys(this.props.functions) : [label];
    return dimensions.map((dimensionsMap, at) => {
      const name = labels[at];
      return new Metric({
        namespace,
        metricName,
        dimensionsMap,
        statistic,
        ...(name !== undefined && { label: name }),
      });
    });
  }

  private values(title: string, shown: Metric[]): IWidget {
    return new SingleValueWidget({ title, metrics: shown, width: 6, height: 6, setPeriodToTimeRange: false });
  }

  private series(title: string, left: IMetric[], columns: number): IWidget {
    return new GraphWidget({ title, left, width: columns, height: 6, leftYAxis: { min: 0 } });
  }

  private graph(
    title: string,
    names: readonly OurMetric[],
    statistic: string,
    options: { stacked?: boolean; width?: number } = {},
  ): IWidget {
    return new GraphWidget({
      title,
      left: names.map((name) => this.ours(name, statistic)),
      stacked: options.stacked ?? false,
      width: options.width ?? 6,
      height: 6,
      leftYAxis: { min: 0 },
    });
  }

  private progress(): IWidget {
    const { dispatcher, database, origin } = this.props;
    const widget = new NodeFunction(this, "ProgressWidget", {
      entry: "progress-widget",
      description: "Draws tasks, failures and coverage for the dashboard, when a person opens it",
      timeout: Duration.seconds(60),
      memoryMiB: 256,
      environment: { DISPATCHER_ARN: dispatcher.functionArn, MIRROR_ORIGIN: origin },
    });
    database.connectReader(widget);
    return new CustomWidget({
      functionArn: widget.functionArn,
      title: "Tasks, failures, coverage",
      width,
      height: 16,
      updateOnRefresh: false,
      updateOnResize: false,
      updateOnTimeRangeChange: false,
    });
  }

  private errorLog(): IWidget {
    return new LogQueryWidget({
      title: "What the functions said was wrong, newest first",
      logGroupNames: Object.values(this.props.functions).map(({ logGroup }) => logGroup.logGroupName),
      queryLines: [
        "fields @timestamp, message, unit, task, error.message",
        'filter level in ["WARN", "ERROR"]',
        "sort @timestamp desc",
        "limit 50",
      ],
      width,
      height: 6,
    });
  }

  private chosenByDay(): string[] {
    return this.chosen.filter(isByTradingDay).map(({ name }) => name);
  }

  /** Every interface a worker may call for the chosen datasets, fallbacks and those by period too. */
  private interfaces(): string[] {
    return [...new Set(this.chosen.flatMap(calledFor))].sort();
  }

  private callsAMinute(): IWidget {
    const { callsAMinute } = this.props;
    return new GraphWidget({
      title: "Calls a minute to each interface",
      left: this.each("Calls", "interface", this.interfaces(), "Sum", Duration.minutes(1)),
      leftAnnotations: [{ value: callsAMinute, label: "allowed", color: Color.RED }],
      leftYAxis: { min: 0 },
      width: 12,
      height: 6,
    });
  }
}

const outcomes = ["UnitsDone", "UnitsNotDue", "UnitsReturned", "UnitsFailed", "UnitsParked"] as const;

function link(runbookUrl: string): string {
  return runbookUrl.startsWith("https://") ? `[runbook](${runbookUrl})` : runbookUrl;
}
