// The alarm catalogue: condition, meaning and first command of each alarm. Data only, so that tests can compare the
// runbook with it: each name is a heading of docs/runbook.md. monitoring.ts creates the alarms.
import type { Metric } from "../shared/catalogue/metrics.ts";

/** critical: data stops or is lost if nobody acts today. warning: look within a day. notice: good to know. */
export type Severity = "critical" | "warning" | "notice";

/** Each is read-only, answers within seconds, and names the next step. */
export type First = "status" | "failures" | "failures --person" | "doctor --no-calls";

/** Parts of the stack whose metrics AWS keeps. */
export type Part = "workQueue" | "deadLetters" | "missedRuns" | "functions" | "egress" | "database" | "api";

export type AlarmSpec = {
  readonly severity: Severity;
  /** One sentence for the person on call. */
  readonly means: string;
  /** The first command of its runbook section: of our command line, without the option for the stack. */
  readonly first: First;
  /** Our own metric, or AWS's for a part of the stack; for several functions their sum. */
  readonly of: Metric | { readonly part: Part; readonly metric: string };
  readonly statistic: "Sum" | "Maximum" | "Minimum" | "Average";
  readonly when: ">=" | ">" | "<";
  readonly threshold: number | "databaseMaxCapacity";
  readonly periodMinutes: number;
  /** Number of consecutive periods. */
  readonly periods: number;
  /** ignore keeps the state: for metrics sent only when a state begins and ends. */
  readonly missing: "ignore" | "notBreaching" | "breaching";
};

/** In normal operation no message waits longer: a whole history is processed within a few hours. */
const backlogSecondsMax = 6 * 3_600;

const once = { periodMinutes: 5, periods: 1 } as const;

export const alarms = {
  "Data late": {
    severity: "critical",
    means: "The evening check found a trading day that is due and not complete.",
    first: "status",
    of: "DaysLate",
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Job not running": {
    severity: "critical",
    means: "The dispatcher has carried out no command for 26 hours, though a schedule starts it every day.",
    first: "doctor --no-calls",
    of: "Heartbeat",
    ...{ statistic: "Sum", when: "<", threshold: 1, periodMinutes: 60, periods: 26, missing: "breaching" },
  },
  "Job start failed": {
    severity: "critical",
    means: "A schedule's start failed for good: the job did not run at that time.",
    first: "doctor --no-calls",
    of: { part: "missedRuns", metric: "ApproximateNumberOfMessagesVisible" },
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "notBreaching" },
  },
  "Failures parked": {
    severity: "warning",
    means: "Units failed for good or spent their retries; they wait for a person.",
    first: "failures --person",
    of: "FailuresParked",
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Work stalled": {
    severity: "warning",
    means:
      "Units had no message and no schedule any more, or tasks or verifications no dispatcher; they were brought on.",
    first: "status",
    of: "Stalled",
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Account refused": {
    severity: "critical",
    means: "TuShare refuses the token or the address it is used from; every task is paused.",
    first: "status",
    of: "AccountRefused",
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Interface refused": {
    severity: "warning",
    means: "The TuShare account has no right to an interface; the task that needs it is paused.",
    first: "status",
    of: "RightMissing",
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Quota used up": {
    severity: "notice",
    means:
      "The hour's or the day's calls to an interface are used up; the task goes on by itself when they are back.",
    first: "status",
    of: "QuotaUsed",
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Too many refusals": {
    severity: "warning",
    means: "TuShare says too fast again and again: the account allows fewer calls a minute than configured.",
    first: "status",
    of: "TooFast",
    ...{
      statistic: "Sum",
      when: ">=",
      threshold: 20,
      periodMinutes: 15,
      periods: 1,
      missing: "notBreaching",
    },
  },
  "Dead letters arriving": {
    severity: "warning",
    means:
      "Many units failed five times in a quarter of an hour: TuShare, the database or the way to them is down.",
    first: "failures",
    of: "DeadLetters",
    ...{
      statistic: "Sum",
      when: ">=",
      threshold: 10,
      periodMinutes: 15,
      periods: 1,
      missing: "notBreaching",
    },
  },
  "Dead letters stuck": {
    severity: "critical",
    means: "Dead letters lie in their queue for half an hour: nothing records or retries what failed.",
    first: "doctor --no-calls",
    of: { part: "deadLetters", metric: "ApproximateNumberOfMessagesVisible" },
    ...{
      statistic: "Minimum",
      when: ">=",
      threshold: 1,
      periodMinutes: 5,
      periods: 6,
      missing: "notBreaching",
    },
  },
  "Backlog too old": {
    severity: "warning",
    means: "A unit has waited in the work queue for more than six hours; a whole history takes less.",
    first: "status",
    of: { part: "workQueue", metric: "ApproximateAgeOfOldestMessage" },
    ...{ statistic: "Maximum", when: ">=", threshold: backlogSecondsMax, periodMinutes: 5, periods: 3 },
    missing: "notBreaching",
  },
  "Function errors": {
    severity: "warning",
    means: "Functions crashed or ran out of time; a unit's ordinary failure is not among these.",
    first: "doctor --no-calls",
    of: { part: "functions", metric: "Errors" },
    ...{ statistic: "Sum", when: ">=", threshold: 3, periodMinutes: 15, periods: 1, missing: "notBreaching" },
  },
  Throttles: {
    severity: "warning",
    means:
      "Lambda refused to run functions: reserved concurrency, event source and account limit do not fit.",
    first: "doctor --no-calls",
    of: { part: "functions", metric: "Throttles" },
    ...{ statistic: "Sum", when: ">=", threshold: 5, periodMinutes: 15, periods: 1, missing: "notBreaching" },
  },
  "Way out down": {
    severity: "critical",
    means:
      "The machine by which the workers call out does not answer or is gone: nothing is fetched or stored.",
    first: "doctor --no-calls",
    of: { part: "egress", metric: "StatusCheckFailed" },
    ...{ statistic: "Maximum", when: ">=", threshold: 1, periodMinutes: 5, periods: 3, missing: "breaching" },
  },
  "Recursion dropped": {
    severity: "critical",
    means:
      "Lambda took a chain of messages for an endless loop and cut it; units may have ended as dead letters.",
    first: "failures",
    of: { part: "functions", metric: "RecursiveInvocationsDropped" },
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "notBreaching" },
  },
  "Database never pauses": {
    severity: "notice",
    means:
      "Aurora has not paused for a day: something queries it all the time, and it costs as if always on.",
    first: "status",
    of: { part: "database", metric: "ServerlessDatabaseCapacity" },
    ...{
      statistic: "Minimum",
      when: ">",
      threshold: 0,
      periodMinutes: 60,
      periods: 24,
      missing: "notBreaching",
    },
  },
  "Database at its ceiling": {
    severity: "warning",
    means: "Aurora has used all the capacity it may for half an hour: statements wait or time out.",
    first: "status",
    of: { part: "database", metric: "ServerlessDatabaseCapacity" },
    ...{ statistic: "Average", when: ">=", threshold: "databaseMaxCapacity", periodMinutes: 5, periods: 6 },
    missing: "notBreaching",
  },
  "API errors": {
    severity: "warning",
    means: "The HTTP API answered with a 5xx status.",
    first: "doctor --no-calls",
    of: { part: "api", metric: "5xx" },
    ...{ statistic: "Sum", when: ">=", threshold: 3, periodMinutes: 15, periods: 1, missing: "notBreaching" },
  },
  Drill: {
    severity: "notice",
    means: "Somebody tries whether alarms arrive: type the code below where the drill asks for it.",
    first: "status",
    of: "Heartbeat",
    // Never by itself: `drill` sets the state, and takes it back.
    ...{ statistic: "Sum", when: ">=", threshold: 1_000_000, ...once, missing: "ignore" },
  },
} as const satisfies Record<string, AlarmSpec>;

export type AlarmName = keyof typeof alarms;

/** The anchor of a runbook section, as GitHub makes it from the heading "Alarm: NAME". */
export function runbookAnchor(name: string): string {
  return `alarm-${name
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-")}`;
}

/** Stack and region of an alarm, which every command needs. */
export type Place = { readonly stack: string; readonly region: string };

/** The first command, to paste into a terminal in the project's folder. */
export function firstCommand({ first }: AlarmSpec, { stack, region }: Place): string {
  return `npx tushare-sync ${first} --stack ${stack} --region ${region}`;
}

/** The text of a mail or chat message: severity, meaning, first command and a link to the runbook. */
export function describeAlarm(name: string, spec: AlarmSpec, runbookUrl: string, place: Place): string {
  return [
    `${spec.severity}: ${spec.means}`,
    `Start with: ${firstCommand(spec, place)}`,
    `Runbook: ${runbookUrl}#${runbookAnchor(name)}`,
  ].join("\n");
}
