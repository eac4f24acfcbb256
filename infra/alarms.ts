// The alarm catalogue: condition, meaning and first command of each alarm. Data only, so that tests can compare the
// runbook with it: each name is a heading of docs/runbook.md. monitoring.ts creates the alarms.
import type { Metric } from "../shared/catalogue/metrics.ts";
import { type Severity, writeAlarm } from "../shared/words/alarm.ts";
import type { Language } from "../shared/words/language.ts";

/** Each is read-only, answers within seconds, and names the next step. */
export type First = "status" | "failures" | "failures --person" | "doctor --no-calls";

/** Parts of the stack whose metrics AWS keeps. */
export type Part = "workQueue" | "deadLetters" | "missedRuns" | "functions" | "egress" | "database" | "api";

export type AlarmSpec = {
  readonly severity: Severity;
  /** One sentence for the person on call. */
  readonly means: string;
  readonly zh: { readonly name: string; readonly means: string };
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
    zh: { name: "数据迟到", means: "晚间检查发现：有一个应当到齐的交易日还不完整。" },
    first: "status",
    of: "DaysLate",
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Job not running": {
    severity: "critical",
    means: "The dispatcher has carried out no command for 26 hours, though a schedule starts it every day.",
    zh: { name: "作业没有运行", means: "dispatcher 已经 26 小时没有执行过任何命令，而定时每天都会启动它。" },
    first: "doctor --no-calls",
    of: "Heartbeat",
    ...{ statistic: "Sum", when: "<", threshold: 1, periodMinutes: 60, periods: 26, missing: "breaching" },
  },
  "Job start failed": {
    severity: "critical",
    means: "A schedule's start failed for good: the job did not run at that time.",
    zh: { name: "作业启动失败", means: "有一次定时启动最终失败：那个时刻的作业没有跑。" },
    first: "doctor --no-calls",
    of: { part: "missedRuns", metric: "ApproximateNumberOfMessagesVisible" },
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "notBreaching" },
  },
  "Failures parked": {
    severity: "warning",
    means: "Units failed for good or spent their retries; they wait for a person.",
    zh: { name: "失败待处理", means: "有单元彻底失败或重试次数用尽，正等人处理。" },
    first: "failures --person",
    of: "FailuresParked",
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Work stalled": {
    severity: "warning",
    means:
      "Units had no message and no schedule any more, or tasks or verifications no dispatcher; they were brought on.",
    zh: {
      name: "工作停滞",
      means: "有单元既没有消息也没有定时，或有任务、核对无人继续；系统已把它们接着跑起来。",
    },
    first: "status",
    of: "Stalled",
    ...{ statistic: "Maximum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Account refused": {
    severity: "critical",
    means: "TuShare refuses the token or the address it is used from; every task is paused.",
    zh: { name: "账户被拒", means: "TuShare 拒绝了 token 或其来源地址；所有任务都已暂停。" },
    first: "status",
    of: "AccountRefused",
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Interface refused": {
    severity: "warning",
    means: "The TuShare account has no right to an interface; the task that needs it is paused.",
    zh: { name: "接口无权限", means: "TuShare 账户没有某个接口的权限；需要它的任务已暂停。" },
    first: "status",
    of: "RightMissing",
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Quota used up": {
    severity: "notice",
    means:
      "The hour's or the day's calls to an interface are used up; the task goes on by itself when they are back.",
    zh: { name: "额度用完", means: "某个接口本小时或今天的调用次数已用完；额度恢复后任务会自己继续。" },
    first: "status",
    of: "QuotaUsed",
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "ignore" },
  },
  "Too many refusals": {
    severity: "warning",
    means: "TuShare says too fast again and again: the account allows fewer calls a minute than configured.",
    zh: { name: "频繁超限", means: "TuShare 反复提示调用太快：账户每分钟允许的次数比配置的少。" },
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
    zh: { name: "死信增多", means: "一刻钟内有许多单元失败了五次：TuShare、数据库或通往它们的网络不通。" },
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
    zh: { name: "死信滞留", means: "死信在队列里放了半小时：没有程序在记录和重试失败。" },
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
    zh: { name: "积压太久", means: "有单元在工作队列里等了六小时以上；一次完整的历史回补都用不了这么久。" },
    first: "status",
    of: { part: "workQueue", metric: "ApproximateAgeOfOldestMessage" },
    ...{ statistic: "Maximum", when: ">=", threshold: backlogSecondsMax, periodMinutes: 5, periods: 3 },
    missing: "notBreaching",
  },
  "Function errors": {
    severity: "warning",
    means: "Functions crashed or ran out of time; a unit's ordinary failure is not among these.",
    zh: { name: "函数报错", means: "函数崩溃或超时；单元的普通失败不算在内。" },
    first: "doctor --no-calls",
    of: { part: "functions", metric: "Errors" },
    ...{ statistic: "Sum", when: ">=", threshold: 3, periodMinutes: 15, periods: 1, missing: "notBreaching" },
  },
  Throttles: {
    severity: "warning",
    means:
      "Lambda refused to run functions: reserved concurrency, event source and account limit do not fit.",
    zh: { name: "被限流", means: "Lambda 拒绝运行函数：预留并发、事件源与账户上限互相不配。" },
    first: "doctor --no-calls",
    of: { part: "functions", metric: "Throttles" },
    ...{ statistic: "Sum", when: ">=", threshold: 5, periodMinutes: 15, periods: 1, missing: "notBreaching" },
  },
  "Way out down": {
    severity: "critical",
    means:
      "The machine by which the workers call out does not answer or is gone: nothing is fetched or stored.",
    zh: { name: "出口中断", means: "worker 访问外网的机器没有响应或已不在：什么都取不到、存不了。" },
    first: "doctor --no-calls",
    of: { part: "egress", metric: "StatusCheckFailed" },
    ...{ statistic: "Maximum", when: ">=", threshold: 1, periodMinutes: 5, periods: 3, missing: "breaching" },
  },
  "Recursion dropped": {
    severity: "critical",
    means:
      "Lambda took a chain of messages for an endless loop and cut it; units may have ended as dead letters.",
    zh: { name: "递归被切断", means: "Lambda 把一条消息链当成死循环切断了；可能有单元成了死信。" },
    first: "failures",
    of: { part: "functions", metric: "RecursiveInvocationsDropped" },
    ...{ statistic: "Sum", when: ">=", threshold: 1, ...once, missing: "notBreaching" },
  },
  "Database never pauses": {
    severity: "notice",
    means:
      "Aurora has not paused for a day: something queries it all the time, and it costs as if always on.",
    zh: { name: "数据库不休眠", means: "Aurora 一整天没有暂停：有程序一直在查询它，费用与常开相同。" },
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
    zh: { name: "数据库到顶", means: "Aurora 半小时来用满了允许的容量：语句在等待或超时。" },
    first: "status",
    of: { part: "database", metric: "ServerlessDatabaseCapacity" },
    ...{ statistic: "Average", when: ">=", threshold: "databaseMaxCapacity", periodMinutes: 5, periods: 6 },
    missing: "notBreaching",
  },
  "API errors": {
    severity: "warning",
    means: "The HTTP API answered with a 5xx status.",
    zh: { name: "API 报错", means: "HTTP API 返回了 5xx。" },
    first: "doctor --no-calls",
    of: { part: "api", metric: "5xx" },
    ...{ statistic: "Sum", when: ">=", threshold: 3, periodMinutes: 15, periods: 1, missing: "notBreaching" },
  },
  Drill: {
    severity: "notice",
    means: "Somebody tries whether alarms arrive: type the code below where the drill asks for it.",
    zh: { name: "告警演练", means: "有人在测试告警能否送达：请把下面的代码输入到演练询问的地方。" },
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
export function describeAlarm(
  name: string,
  spec: AlarmSpec,
  { runbookUrl, alarmLanguage }: { readonly runbookUrl: string; readonly alarmLanguage: Language },
  place: Place,
): string {
  const { severity, zh } = spec;
  const [command, runbook] = [firstCommand(spec, place), `${runbookUrl}#${runbookAnchor(name)}`];
  const words = alarmLanguage === "zh" ? zh : { means: spec.means };
  return writeAlarm({ severity, command, runbook, ...words }, alarmLanguage);
}
