// Texts around the numbers, in English and Chinese. Jobs and units keep their names from the ledger and the commands.
import type { Bilingual } from "../catalogue/measures.ts";
import type { TaskStatus } from "../catalogue/status.ts";
import type { AbsenceReason } from "../coverage/names.ts";
import type { CoverageState } from "../coverage/state.ts";
import type { ErrorKind } from "../errors.ts";
import { translate } from "../words/translate.ts";

export type Words = {
  readonly job: string;
  readonly status: string;
  readonly progress: string;
  readonly units: string;
  readonly rows: string;
  readonly rate: string;
  readonly started: string;
  readonly end: string;
  readonly number: string;
  readonly unit: string;
  readonly why: string;
  readonly retries: string;
  readonly lastAttempt: string;
  readonly statuses: Readonly<Record<TaskStatus, string>>;
  readonly kinds: Readonly<Record<ErrorKind, string>>;
  /** The text before and after the command that starts a task. */
  readonly noTask: readonly [string, string];
  readonly noFailure: string;
  readonly noCalendar: string;
  readonly paused: string;
  /** Instead of the progress, for a task without units. */
  readonly nothingToDo: string;
  readonly endUnknown: string;
  /** What is known of a day. */
  readonly states: Readonly<Record<CoverageState, string>>;
  /** Why a row is absent. */
  readonly reasons: Readonly<Record<AbsenceReason, string>>;
  readonly code: string;
  readonly interface: string;
  /** How often an absent row was looked for. */
  readonly looks: string;
  readonly noNames: string;
  readonly latestPartial: string;
  readonly latestUnexplained: string;
  readonly otherDays: string;
  someRows(count: string): string;
  missing(count: string): string;
  notFound(count: string): string;
  readonly weekdays: readonly string[];
  readonly months: readonly string[];
  readonly actionNames: Readonly<Record<"pause" | "resume" | "cancel" | "retry" | "retryAll", string>>;
  readonly confirmRetry: (unit: string) => string;
  readonly confirmRetryAll: string;
  /** A dataset's title at the beginning of a sentence. */
  title(title: Bilingual): string;
  /** Translates a text from the ledger, such as a reason or why a unit failed. */
  said(text: string): string;
  of(count: string, total: string): string;
  needPerson(count: string): string;
  triedAgain(count: string): string;
  aMinute(count: string): string;
  settled(job: string, percent: string, parkedPercent: string): string;
  ended(at: string, took: string): string;
  willEnd(at: string, left: string): string;
  failures(count: string, isOne: boolean): string;
  more(count: string): string;
  coverage(what: string, first: string, last: string, whole: number, open: number): string;
  /** Continues the sentence of `coverage`. */
  unaskedDays(count: string): string;
  /** How far a dataset is whole; undefined where no day is, or where it is not known. */
  reach(newest: string | undefined, through: string | undefined, uncountedFrom: string | undefined): string;
  /** A figure is undefined when it is unknown, or 0. */
  day(
    of: Readonly<Record<"day" | "stored" | "state", string>> &
      Readonly<Record<"expected" | "explained" | "unexplained" | "missing", string | undefined>>,
  ): string;
  namesOf(what: string, day: string): string;
  firstNames(count: string): string;
  explainedBy(title: Bilingual): string;
  /** A duration of one or two parts, such as 3 h 20 min. */
  duration(parts: Readonly<Partial<Record<"days" | "hours" | "minutes" | "seconds", number>>>): string;
  between(first: string, last: string): string;
  noValues(name: string): string;
  course(name: string, first: string, last: string, low: string, high: string): string;
};

export const english: Words = {
  job: "job",
  status: "status",
  progress: "progress",
  units: "units",
  rows: "rows",
  rate: "rate",
  started: "started",
  end: "end",
  number: "no.",
  unit: "unit",
  why: "why",
  retries: "retries",
  lastAttempt: "last attempt",
  statuses: {
    PENDING: "PENDING",
    RUNNING: "RUNNING",
    COMPLETED: "COMPLETED",
    FAILED: "FAILED",
    CANCELLED: "CANCELLED",
    PAUSED: "PAUSED",
  },
  kinds: { transient: "transient", "rate-limited": "rate-limited", permanent: "permanent" },
  noTask: ["No task has run yet. A schedule or ", " starts one."],
  noFailure: "Nothing needs action.",
  noCalendar: "The trading calendar is empty for these days: run the job REFERENCE.",
  paused: "paused",
  nothingToDo: "nothing to do",
  endUnknown: "not known yet",
  states: {
    whole: "whole",
    whole_with_unexplained: "whole, but some rows were not found",
    partial: "partial",
    not_due: "not due yet",
    not_asked: "not requested",
  },
  reasons: {
    missing: "missing",
    unexplained: "looked for and not found",
    no_data: "no data: the interfaces agree",
    evidence: "explained",
  },
  code: "code",
  interface: "interface",
  looks: "times looked for",
  noNames: "Nothing is absent on this day.",
  latestPartial: "Latest partial:",
  latestUnexplained: "Latest with rows that were not found:",
  otherDays: "Other days with absent rows, by name",
  someRows: (count) => (count === "1" ? "1 row" : `${count} rows`),
  missing: (count) => `${count} missing`,
  notFound: (count) => `${count} not found`,
  weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri"],
  months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  actionNames: { pause: "Pause", resume: "Resume", cancel: "Cancel", retry: "Retry", retryAll: "Retry all" },
  confirmRetry: (unit) => `Send ${unit} again?`,
  confirmRetryAll: "Send every open failure again?",
  title: ({ en }) => en.charAt(0).toUpperCase() + en.slice(1),
  said: (text) => text,
  of: (count, total) => `${count} of ${total}`,
  needPerson: (count) => `${count} need action`,
  triedAgain: (count) => `${count} will be retried`,
  aMinute: (count) => `${count} a minute`,
  settled: (job, percent, parkedPercent) => `${job}: ${percent} % settled, ${parkedPercent} % need action`,
  ended: (at, took) => `${at}, took ${took}`,
  willEnd: (at, left) => `about ${at}, in ${left}`,
  failures: (count, isOne) => `${count} ${isOne ? "unit needs" : "units need"} action.`,
  more: (count) => `and ${count} more`,
  coverage: (what, first, last, whole, open) =>
    `${what} stored for each trading day from ${first} to ${last}: ${whole} of ${open} days whole`,
  unaskedDays: (count) => `, and ${count} not requested`,
  reach: (newest, through, uncountedFrom) => {
    if (newest === undefined) return "No day is whole yet.";
    const complete = through === undefined ? "" : `, complete through ${through}`;
    return `Newest whole day ${newest}${complete}${uncountedFrom === undefined ? "" : `, days from ${uncountedFrom} on are not counted yet`}.`;
  },
  day: ({ day, stored, expected, explained, unexplained, missing, state }) =>
    [
      `${day}: ${stored} rows${expected === undefined ? "" : ` of ${expected} expected`}`,
      ...(explained === undefined ? [] : [`${explained} explained`]),
      ...(unexplained === undefined ? [] : [english.notFound(unexplained)]),
      ...(missing === undefined ? [] : [english.missing(missing)]),
      state,
    ].join(", "),
  namesOf: (what, day) => `${what} on ${day}: what is absent`,
  firstNames: (count) => `The first ${count} are shown.`,
  explainedBy: ({ en }) => `explained by ${en}`,
  duration: ({ days, hours, minutes, seconds }) =>
    joined([days, "d"], [hours, "h"], [minutes, "min"], [seconds, "s"]),
  between: (first, last) => `${first} to ${last}`,
  noValues: (name) => `${name} has no values`,
  course: (name, first, last, low, high) =>
    `${name} from ${first} to ${last}, lowest ${low}, highest ${high}`,
};

export const chinese: Words = {
  job: "作业",
  status: "状态",
  progress: "进度",
  units: "单元",
  rows: "行数",
  rate: "速率",
  started: "开始",
  end: "结束",
  number: "编号",
  unit: "单元",
  why: "原因",
  retries: "重试",
  lastAttempt: "最近一次",
  statuses: {
    PENDING: "等待中",
    RUNNING: "运行中",
    COMPLETED: "已完成",
    FAILED: "失败",
    CANCELLED: "已取消",
    PAUSED: "已暂停",
  },
  kinds: { transient: "暂时", "rate-limited": "限流", permanent: "永久" },
  noTask: ["还没有任务运行过。定时计划或 ", " 会启动任务。"],
  noFailure: "没有需要人工处理的单元。",
  noCalendar: "这段时间没有交易日历：请先运行作业 REFERENCE。",
  paused: "已暂停",
  nothingToDo: "无需处理",
  endUnknown: "未知",
  states: {
    whole: "完整",
    whole_with_unexplained: "完整，但有的行没有找到",
    partial: "不完整",
    not_due: "尚未发布",
    not_asked: "未请求过",
  },
  reasons: {
    missing: "缺失",
    unexplained: "查过，没有找到",
    no_data: "各接口均无数据",
    evidence: "有说明",
  },
  code: "代码",
  interface: "接口",
  looks: "查找次数",
  noNames: "这一天没有缺失。",
  latestPartial: "最近不完整的交易日：",
  latestUnexplained: "最近有行没有找到的交易日：",
  otherDays: "其他有缺行的交易日，可看代码",
  someRows: (count) => `${count} 行`,
  missing: (count) => `缺失 ${count}`,
  notFound: (count) => `没有找到 ${count}`,
  weekdays: ["周一", "周二", "周三", "周四", "周五"],
  months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
  actionNames: { pause: "暂停", resume: "继续", cancel: "取消", retry: "重试", retryAll: "全部重试" },
  confirmRetry: (unit) => `重新发送 ${unit}？`,
  confirmRetryAll: "重新发送所有未解决的失败单元？",
  title: ({ zh }) => zh,
  said: (text) => translate(text, "zh"),
  of: (count, total) => `${count} / ${total}`,
  needPerson: (count) => `${count} 个需要人工处理`,
  triedAgain: (count) => `${count} 个稍后重试`,
  aMinute: (count) => `每分钟 ${count}`,
  settled: (job, percent, parkedPercent) => `${job}：已处理 ${percent} %，需要人工处理 ${parkedPercent} %`,
  ended: (at, took) => `${at}，用时 ${took}`,
  willEnd: (at, left) => `约 ${at}，还需 ${left}`,
  failures: (count) => `${count} 个单元需要人工处理。`,
  more: (count) => `另有 ${count} 个`,
  coverage: (what, first, last, whole, open) =>
    `${what}：${first} 至 ${last} 每个交易日的入库情况，${open} 个交易日中 ${whole} 个完整`,
  unaskedDays: (count) => `，另有 ${count} 个交易日未请求过`,
  reach: (newest, through, uncountedFrom) => {
    if (newest === undefined) return "还没有完整的交易日。";
    const complete = through === undefined ? "" : `，连续完整至 ${through}`;
    return `最新的完整交易日 ${newest}${complete}${uncountedFrom === undefined ? "" : `，${uncountedFrom} 起尚未统计`}。`;
  },
  day: ({ day, stored, expected, explained, unexplained, missing, state }) =>
    [
      `${day}：入库 ${stored} 行`,
      ...(expected === undefined ? [] : [`应有 ${expected} 行`]),
      ...(explained === undefined ? [] : [`有说明 ${explained}`]),
      ...(unexplained === undefined ? [] : [chinese.notFound(unexplained)]),
      ...(missing === undefined ? [] : [chinese.missing(missing)]),
      state,
    ].join("，"),
  namesOf: (what, day) => `${what} ${day} 没有的数据`,
  firstNames: (count) => `只显示前 ${count} 条。`,
  explainedBy: ({ zh }) => `由${zh}说明`,
  duration: ({ days, hours, minutes, seconds }) =>
    joined([days, "天"], [hours, "小时"], [minutes, "分"], [seconds, "秒"]),
  between: (first, last) => `${first} 至 ${last}`,
  noValues: (name) => `${name} 没有数据`,
  course: (name, first, last, low, high) => `${name} 从 ${first} 到 ${last}，最低 ${low}，最高 ${high}`,
};

function joined(...parts: readonly (readonly [number | undefined, string])[]): string {
  return parts
    .filter(([count]) => count !== undefined)
    .map(([count, name]) => `${count} ${name}`)
    .join(" ");
}
