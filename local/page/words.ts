// The page in two languages. What the widget writes is in shared/widget/words.ts.

import type { Nothing } from "../../shared/catalogue/nothing.ts";
import type { UnitStatus, Verdict, VerificationStatus } from "../../shared/catalogue/status.ts";
import type { Adjustment } from "../../shared/reads/daily.ts";
import type { Verification } from "../../shared/reads/verifications.ts";
import type { TaskQuestions } from "../../shared/widget/actions.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { chinese as chineseWidget, english as englishWidget, type Words } from "../../shared/widget/words.ts";
import type { Range } from "./range.ts";

export type PageWords = {
  readonly language: "en" | "zh-CN";
  readonly widget: Words;
  readonly about: string;
  readonly skip: string;
  /** The landmark of the warning about rows that are not TuShare's. */
  readonly origin: string;
  readonly waiting: string;
  readonly live: string;
  readonly lost: string;
  readonly silent: string;
  readonly sections: Readonly<
    Record<
      "now" | "tasks" | "start" | "rates" | "failures" | "coverage" | "prices" | "sql" | "verifications",
      string
    >
  >;
  readonly tiles: Readonly<Record<"newest" | "instruments" | "needPerson" | "left", string>>;
  readonly none: string;
  readonly retriedLater: (count: string) => string;
  readonly stocks: (count: string) => string;
  readonly etfs: (count: string) => string;
  readonly interface: string;
  readonly lastMinute: string;
  readonly leftThisMinute: string;
  readonly noCalls: string;
  readonly noCallsNow: string;
  /** Interfaces that were called before, but not in the last minute. */
  readonly idle: (count: string) => string;
  readonly busiest: (name: string) => string;
  readonly ask: TaskQuestions;
  readonly yes: string;
  readonly no: string;
  readonly job: string;
  readonly from: string;
  readonly to: string;
  readonly codes: string;
  readonly codesHint: string;
  readonly refresh: string;
  readonly startButton: string;
  readonly planned: (job: string, units: string, calls: string, minutes: string) => string;
  readonly plannedRange: (from: string, to: string) => string;
  readonly nothing: (job: string, why: string) => string;
  readonly whyNothing: Readonly<Record<Nothing, string>>;
  /** Why a start is refused: a task of the same job with another request. */
  readonly busy: (job: string, asked: string, isPaused: boolean) => string;
  readonly outcomes: Readonly<Record<string, (job: string) => string>>;
  readonly taskIs: (job: string, status: string) => string;
  readonly taskAt: (job: string, percent: number) => string;
  readonly code: string;
  /** The field of a second code. */
  readonly compare: string;
  readonly adjustment: string;
  readonly adjustments: Readonly<Record<Adjustment, string>>;
  readonly range: string;
  readonly ranges: Readonly<Record<Range, string>>;
  readonly nothingStored: string;
  readonly noPrices: (code: string) => string;
  readonly noPricesThen: (code: string) => string;
  readonly noMatch: (typed: string) => string;
  readonly close: string;
  /** The dialog with the names of what is absent of a day, what a verification found, or all datasets. */
  readonly names: string;
  readonly noNames: string;
  /** A button: the rows of this day, also of codes that were looked for and not found. */
  readonly fetchAgain: (day: string) => string;
  readonly closeNames: string;
  readonly day: string;
  readonly columns: Readonly<Record<"open" | "high" | "low" | "close" | "vol", string>>;
  readonly priceOn: (day: string, moved: string) => string;
  readonly dragHint: string;
  /** The slider over a chart. */
  readonly crosshair: string;
  /** The greatest volume, short. */
  readonly lots: (count: number) => string;
  readonly rebased: (day: string) => string;
  readonly noCommonDay: string;
  /** What one candle is of, where it is no day. */
  readonly steps: Readonly<Record<"week" | "month", string>>;
  readonly asTable: (rows: number) => string;
  readonly datasetTable: DatasetWords;
  readonly marks: {
    readonly column: string;
    readonly stepSign: string;
    readonly step: (factor: string) => string;
  };
  readonly units: UnitWords;
  readonly verify: VerifyWords;
  readonly sql: SqlWords;
};

export type SqlWords = Readonly<
  Record<
    | "statement"
    | "questions"
    | "examples"
    | "own"
    | "choose"
    | "run"
    | "running"
    | "save"
    | "result"
    | "empty"
    | "tooLong"
    | "saveQuestion"
    | "deleteQuestion"
    | "name"
    | "nameHint"
    | "nameMissing"
    | "nameUnshowable"
    | "diskFull",
    string
  >
> & {
  readonly nameTooLong: (most: string) => string;
  readonly questionTooLong: (most: string) => string;
  readonly questionsFull: (most: string) => string;
  readonly questionSaved: (name: string, isReplaced: boolean) => string;
  readonly questionDeleted: (name: string) => string;
  readonly noQuestion: (name: string) => string;
  readonly askDelete: (name: string) => string;
  readonly questionsUnread: (file: string, reason: string) => string;
  readonly questionsDamaged: (file: string) => string;
  readonly questionsNotSaved: (file: string, reason: string) => string;
  readonly hint: (rows: string, seconds: string) => string;
  readonly shown: (rows: string, seconds: string, isCut: boolean) => string;
  readonly saved: (rows: string, isCut: boolean) => string;
  readonly readsOnly: (word: string) => string;
  readonly timedOut: (seconds: string) => string;
  readonly position: (character: string) => string;
  /** What the numbers beside a drawing are counted in, greatest first. */
  readonly units: readonly { readonly size: number; readonly name: string }[];
  readonly drawnRows: (rows: string) => string;
  readonly drawnColumns: (drawn: string, all: string) => string;
  /** Bars as text. */
  readonly bars: (column: string, rows: string, highest: string, lowest: string) => string;
};

export type UnitWords = Readonly<
  Record<
    | "unknown"
    | "none"
    | "attempts"
    | "settled"
    | "next"
    | "unknownFailure"
    | "firstFailed"
    | "now"
    | "earlier"
    | "dropped"
    | "needsAction"
    | "underWay",
    string
  >
> & {
  readonly of: (job: string, started: string) => string;
  readonly all: (count: string) => string;
  readonly statuses: Readonly<Record<UnitStatus, string>>;
  readonly resolved: (at: string) => string;
  readonly dismissed: (at: string, reason: string) => string;
  readonly triedAt: (at: string) => string;
};

type CountName = "explained" | "unexplained" | "missing" | "different" | "failedChecks";

export type VerifyWords = Readonly<
  Record<
    | "none"
    | "unknown"
    | "dataset"
    | "days"
    | "how"
    | "verdict"
    | "found"
    | "finding"
    | "part"
    | "storedValue"
    | "upstreamValue"
    | "upstream"
    | "repair"
    | "button",
    string
  >
> & {
  readonly hows: Readonly<Record<Verification["how"], string>>;
  readonly statuses: Readonly<Record<VerificationStatus, string>>;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly counts: Readonly<Record<CountName, (count: string) => string>>;
  /** The checks of data_check keep their names. */
  readonly findings: Readonly<Record<string, string>>;
  readonly stored: (stored: string, expected: string) => string;
  readonly first: (shown: string, kept: string) => string;
  /** Asks before the calls of a comparison are made. */
  readonly planned: (job: string, units: string, calls: string, minutes: string) => string;
};

type DatasetWords = Readonly<
  Record<"title" | "about" | "dataset" | "kept" | "rows" | "first" | "last" | "through", string>
> & { readonly keptAs: Readonly<Record<"yes" | "points" | "no", string>> };

const some = (count: string, one: string) => `${count} ${one}${count === "1" ? "" : "s"}`;

const english: PageWords = {
  language: "en",
  widget: englishWidget,
  about: "China A-share data, mirrored into PostgreSQL on this machine",
  skip: "Skip to the tasks",
  origin: "Origin of the data",
  waiting: "Connecting …",
  live: "Live",
  lost: "Not connected: is it still running? Trying again.",
  silent: "The database does not answer. Trying again.",
  sections: {
    now: "At a glance",
    tasks: "Tasks",
    start: "Start a job",
    rates: "Calls to TuShare",
    failures: "Needs action",
    coverage: "Coverage",
    prices: "Prices",
    sql: "SQL",
    verifications: "Verifications",
  },
  tiles: {
    newest: "Newest stored day",
    instruments: "Listed",
    needPerson: "Units that need action",
    left: "Calls left this minute",
  },
  none: "none yet",
  retriedLater: (count) => `${count} more tried again by itself`,
  stocks: (count) => some(count, "stock"),
  etfs: (count) => `and ${some(count, "ETF")}`,
  interface: "interface",
  lastMinute: "last 60 s",
  leftThisMinute: "left this minute",
  noCalls: "No calls yet.",
  noCallsNow: "No calls in the last 60 s.",
  idle: (count) => `Idle interfaces: ${count}`,
  busiest: (name) => `for ${name}, the busiest`,
  ask: {
    pause: (job) => `Pause ${job}? Units in progress are finished; the rest waits until you resume it.`,
    resume: (job) => `Resume ${job}? It fetches what is not stored yet.`,
    cancel: (job) => `Cancel ${job}? It ends as CANCELLED; stored data is kept.`,
  },
  yes: "Yes",
  no: "No",
  job: "Job",
  from: "From",
  to: "To",
  codes: "Only these codes",
  codesHint: "such as 600519.SH,000001.SZ; empty for all",
  refresh: "Fetch stored data again",
  startButton: "Start …",
  planned: (job, units, calls, minutes) =>
    `Start ${job}? It plans ${some(units, "unit")}: ${calls}, about ${minutes} min.`,
  plannedRange: (from, to) => `Days ${from} to ${to}.`,
  nothing: (job, why) => `Start ${job}? ${why}: it will have no unit to fetch.`,
  whyNothing: {
    stored: "Nothing is missing",
    stored_so_far: "All that is due is stored",
    fresh: "It was fetched today",
    not_due: "Nothing is due yet",
    before_first_day: "The market did not exist yet",
    no_open_day: "The range holds no trading day",
    not_listed: "These codes were not listed then",
    no_period: "No report period ended in the range",
    no_filing: "The reporting schedule has no filing on these days",
  },
  busy: (job, asked, isPaused) =>
    `Nothing was started: a task of ${job} for something else (${asked || "its default"}) is ${isPaused ? "paused: resume or cancel it first" : "live: wait for its end, or cancel it"}.`,
  outcomes: {
    started: (job) => `${job} is started.`,
    continued: (job) => `${job} continues.`,
    running: (job) => `${job} is running already.`,
    paused: (job) => `${job} is paused.`,
    cancelled: (job) => `${job} is cancelled.`,
    retried: () => "Failed units were sent again.",
  },
  taskIs: (job, status) => `${job}: ${status}`,
  taskAt: (job, percent) => `${job}: ${percent} %`,
  code: "Code, name or pinyin",
  compare: "Compare with",
  adjustment: "Adjustment",
  adjustments: { none: "unadjusted", qfq: "qfq, forward adjusted", hfq: "hfq, backward adjusted" },
  range: "Range",
  ranges: { "1m": "1 m", "3m": "3 m", "1y": "1 y", "5y": "5 y", all: "all" },
  nothingStored: "No prices are stored yet. They appear here when the first days are in.",
  noPrices: (code) => `No prices of ${code} are stored.`,
  noPricesThen: (code) => `No prices of ${code} are stored for these days.`,
  noMatch: (typed) => `No code, name or pinyin initials contain '${typed}'.`,
  close: "close",
  names: "Details",
  noNames: "No names are known of this day.",
  fetchAgain: (day) => `Fetch ${day} again …`,
  closeNames: "Close",
  day: "day",
  columns: { open: "open", high: "high", low: "low", close: "close", vol: "volume, lots" },
  priceOn: (day, moved) => `on ${day}, ${moved} over the range`,
  dragHint: "Drag over the chart with the mouse to choose its days, or type them.",
  crosshair: "Day of the chart",
  lots: (count) =>
    count < 1_000 ? `${formatNumber(count, 0)} lots` : `${formatNumber(count / 1_000, 0)}k lots`,
  rebased: (day) => `Close, ${day} is 100.`,
  noCommonDay: "The two codes have no common day in this range.",
  steps: { week: "each candle is a week", month: "each candle is a month" },
  asTable: (rows) => `As a table, newest ${some(String(rows), "day")}`,
  datasetTable: {
    title: "All datasets",
    about:
      "Chosen by `npm start -- --datasets core,index`; `npx tushare-sync plan core,index` tells the price first. The job of any dataset can be started by hand.",
    dataset: "dataset",
    kept: "kept up to date",
    rows: "rows",
    first: "first day",
    last: "last day",
    through: "complete through",
    keptAs: { yes: "yes", points: "too few points", no: "no" },
  },
  marks: { column: "events", stepSign: "X", step: (factor) => `ex-rights, factor × ${factor}` },
  units: {
    unknown: "There is no such task.",
    none: "No units of this kind.",
    attempts: "attempts",
    settled: "settled",
    next: "The next ones",
    unknownFailure: "There is no such failure.",
    firstFailed: "first failed",
    now: "now",
    earlier: "Earlier failures of this unit",
    dropped: "dropped with its cancelled task; a new task fetches it",
    needsAction: "needs action: no further attempt is planned",
    underWay: "another attempt is under way",
    of: (job, started) => `Units of ${job}, started ${started}`,
    all: (count) => `all ${count}`,
    statuses: {
      pending: "not sent yet",
      sent: "in the queue",
      done: "done",
      not_due: "not published yet",
      failed: "failed, tried again",
      parked: "needs action",
    },
    resolved: (at) => `succeeded at ${at}`,
    dismissed: (at, reason) => `dismissed at ${at}: ${reason}`,
    triedAt: (at) => `tried again at ${at}`,
  },
  verify: {
    none: "Nothing was verified yet.",
    unknown: "There is no such verification.",
    dataset: "Dataset",
    days: "days",
    how: "how",
    verdict: "verdict",
    found: "found",
    finding: "finding",
    part: "part",
    storedValue: "stored",
    upstreamValue: "expected",
    upstream: "Compare with TuShare, which takes calls",
    repair: "Then fetch what is missing or different",
    button: "Verify …",
    hows: { rows: "stored rows", upstream: "TuShare" },
    statuses: { RUNNING: "RUNNING", COMPLETED: "COMPLETED", FAILED: "NOT VERIFIED" },
    verdicts: {
      complete: "complete",
      explained: "whole, absences are explained",
      missing: "MISSING",
      different: "DIFFERENT from TuShare",
    },
    counts: {
      explained: (count) => `${count} explained`,
      unexplained: (count) => `${count} unexplained`,
      missing: (count) => `${count} missing`,
      different: (count) => `${count} different`,
      failedChecks: (count) => `${count} failed checks`,
    },
    findings: { missing: "missing", unexplained: "unexplained", different: "different" },
    stored: (stored, expected) => `${stored} of ${expected} rows stored`,
    first: (shown, kept) => `The first ${shown} of ${kept}; all are in the table sync_finding.`,
    planned: (job, units, calls, minutes) =>
      `Compare with TuShare? A task of ${job} makes calls for ${some(units, "unit")} (${calls}), about ${minutes} min, and stores nothing.`,
  },
  sql: {
    statement: "Statement",
    questions: "Questions",
    examples: "Examples",
    own: "Saved",
    choose: "Choose a question …",
    saveQuestion: "Save question",
    deleteQuestion: "Delete question",
    name: "Name of the question",
    nameHint: "A saved question of the same name is replaced.",
    nameMissing: "Nothing was saved: the question needs a name.",
    nameUnshowable: "Nothing was saved: the name has characters that cannot be shown.",
    nameTooLong: (most) => `Nothing was saved: a name has ${most} characters at most.`,
    questionTooLong: (most) =>
      `Nothing was saved: the statement of a question has ${most} characters at most.`,
    questionsFull: (most) => `Nothing was saved: ${most} questions are saved already; delete one first.`,
    questionSaved: (name, isReplaced) => (isReplaced ? `Replaced '${name}'.` : `Saved '${name}'.`),
    questionDeleted: (name) => `Deleted '${name}'.`,
    askDelete: (name) => `Delete the saved question '${name}'?`,
    noQuestion: (name) => `There is no saved question '${name}'.`,
    diskFull: "the disk is full",
    questionsUnread: (file, reason) => `The saved questions cannot be read: ${file} (${reason}).`,
    questionsDamaged: (file) =>
      `The saved questions cannot be read, and none can be saved: ${file} is damaged. Mend it, or move it away to begin anew.`,
    questionsNotSaved: (file, reason) => `Nothing was changed: ${file} could not be written (${reason}).`,
    run: "Run",
    running: "Running …",
    save: "Save as CSV",
    result: "Rows of the statement",
    empty: "The statement is empty.",
    tooLong: "The statement is too long.",
    hint: (rows, seconds) =>
      `One statement that reads. Shows ${rows} rows at most, and stops after ${seconds} s. Ctrl+Enter runs it.`,
    shown: (rows, seconds, isCut) =>
      isCut
        ? `The first ${rows} rows, in ${seconds} s. The CSV has the others.`
        : `${some(rows, "row")}, in ${seconds} s.`,
    saved: (rows, isCut) =>
      isCut
        ? `Saved the first ${rows} rows only: npx tushare-sync query --format csv has no limit.`
        : `Saved ${some(rows, "row")}.`,
    readsOnly: (word) =>
      `Nothing was run: a statement here only reads, so it begins with select, with, values, table, explain or show, not with ${word}.`,
    timedOut: (seconds) =>
      `The statement took longer than ${seconds} s and was stopped: ask for fewer rows or days.`,
    position: (character) => `at character ${character}`,
    units: [
      { size: 1e12, name: "trillions" },
      { size: 1e9, name: "billions" },
      { size: 1e6, name: "millions" },
    ],
    drawnRows: (rows) => `drawn: the first ${rows} rows`,
    drawnColumns: (drawn, all) => `drawn: the first ${drawn} of ${all} number columns`,
    bars: (column, rows, highest, lowest) =>
      `${column} of ${some(rows, "row")}: highest ${highest}, lowest ${lowest}`,
  },
};

const chinese: PageWords = {
  language: "zh-CN",
  widget: chineseWidget,
  about: "把 A 股数据镜像到本机的 PostgreSQL",
  skip: "跳到任务",
  origin: "数据来源",
  waiting: "正在连接……",
  live: "实时",
  lost: "连接已断开：程序还在运行吗？正在重试。",
  silent: "数据库没有响应，正在重试。",
  sections: {
    now: "概览",
    tasks: "任务",
    start: "启动作业",
    rates: "TuShare 调用",
    failures: "需要人工处理",
    coverage: "数据覆盖",
    prices: "价格",
    sql: "SQL 查询",
    verifications: "核对",
  },
  tiles: {
    newest: "最新入库交易日",
    instruments: "上市中",
    needPerson: "需要人工处理的单元",
    left: "本分钟剩余调用",
  },
  none: "还没有",
  retriedLater: (count) => `另有 ${count} 个会自动重试`,
  stocks: (count) => `${count} 只股票`,
  etfs: (count) => `以及 ${count} 只 ETF`,
  interface: "接口",
  lastMinute: "最近 60 秒",
  leftThisMinute: "本分钟剩余",
  noCalls: "还没有调用。",
  noCallsNow: "最近 60 秒没有调用。",
  idle: (count) => `空闲接口：${count}`,
  busiest: (name) => `最忙的接口 ${name}`,
  ask: {
    pause: (job) => `暂停 ${job}？正在处理的会做完，其余等待继续。`,
    resume: (job) => `继续 ${job}？将获取尚未入库的部分。`,
    cancel: (job) => `取消 ${job}？任务以“已取消”结束，已入库的数据保留。`,
  },
  yes: "是",
  no: "否",
  job: "作业",
  from: "起始日",
  to: "截止日",
  codes: "仅这些代码",
  codesHint: "例如 600519.SH,000001.SZ；留空为全部",
  refresh: "已入库的也重新获取",
  startButton: "启动……",
  planned: (job, units, calls, minutes) =>
    `启动 ${job}？计划 ${units} 个单元：${calls}，约 ${minutes} 分钟。`,
  plannedRange: (from, to) => `日期 ${from} 至 ${to}。`,
  nothing: (job, why) => `启动 ${job}？${why}，不会获取任何单元。`,
  whyNothing: {
    stored: "没有缺失的数据",
    stored_so_far: "其中已到期的都已入库",
    fresh: "今天已经获取过",
    not_due: "所要的都还没有到期",
    before_first_day: "当时还没有开市",
    no_open_day: "该区间没有交易日",
    not_listed: "这些代码在该区间没有上市",
    no_period: "该区间没有报告期结束",
    no_filing: "披露计划里这些天没有披露",
  },
  busy: (job, asked, isPaused) =>
    `没有启动：${job} 已有另一个任务（${asked || "作业的默认范围"}）${isPaused ? "处于暂停状态，请先继续或取消它" : "正在运行，请等它结束或取消它"}。`,
  outcomes: {
    started: (job) => `${job} 已启动。`,
    continued: (job) => `${job} 继续运行。`,
    running: (job) => `${job} 已在运行。`,
    paused: (job) => `${job} 已暂停。`,
    cancelled: (job) => `${job} 已取消。`,
    retried: () => "失败的单元已重新发送。",
  },
  taskIs: (job, status) => `${job}：${status}`,
  taskAt: (job, percent) => `${job}：${percent} %`,
  code: "代码、名称或拼音",
  compare: "对比",
  adjustment: "复权",
  adjustments: { none: "不复权", qfq: "前复权 qfq", hfq: "后复权 hfq" },
  range: "范围",
  ranges: { "1m": "1 月", "3m": "3 月", "1y": "1 年", "5y": "5 年", all: "全部" },
  nothingStored: "还没有价格入库。首批数据入库后会显示在这里。",
  noPrices: (code) => `没有 ${code} 的价格。`,
  noPricesThen: (code) => `${code} 在这段时间没有已入库的价格。`,
  noMatch: (typed) => `没有代码、名称或拼音首字母包含“${typed}”。`,
  close: "收盘价",
  names: "详情",
  noNames: "没有这一天的明细。",
  fetchAgain: (day) => `重新获取 ${day} ……`,
  closeNames: "关闭",
  day: "日期",
  columns: { open: "开盘", high: "最高", low: "最低", close: "收盘", vol: "成交量（手）" },
  priceOn: (day, moved) => `${day}，区间涨跌 ${moved}`,
  dragHint: "用鼠标在图上拖动即可选择区间，也可直接填写日期。",
  crosshair: "图上的日期",
  lots: (count) => (count < 10_000 ? `${formatNumber(count, 0)} 手` : `${formatNumber(count / 10_000)} 万手`),
  rebased: (day) => `收盘价，以 ${day} 为 100。`,
  noCommonDay: "两个代码在该区间没有共同的交易日。",
  steps: { week: "每根 K 线为一周", month: "每根 K 线为一月" },
  asTable: (rows) => `表格，最近 ${rows} 天`,
  datasetTable: {
    title: "全部数据集",
    about:
      "用 `npm start -- --datasets core,index` 选择；`npx tushare-sync plan core,index` 先给出用量和费用。任何数据集的作业都可以手动启动。",
    dataset: "数据集",
    kept: "定时更新",
    rows: "行数",
    first: "最早",
    last: "最新",
    through: "连续完整到",
    keptAs: { yes: "是", points: "积分不足", no: "否" },
  },
  marks: { column: "事件", stepSign: "权", step: (factor) => `除权除息，复权因子 × ${factor}` },
  units: {
    unknown: "没有这个任务。",
    none: "没有这类单元。",
    attempts: "尝试次数",
    settled: "完成时间",
    next: "下一页",
    unknownFailure: "没有这条失败记录。",
    firstFailed: "首次失败",
    now: "当前状态",
    earlier: "该单元以前的失败",
    dropped: "已随任务取消；由新任务重新获取",
    needsAction: "需要人工处理：不会再自动重试",
    underWay: "正在重试",
    of: (job, started) => `${job} 的单元（${started} 开始）`,
    all: (count) => `全部 ${count}`,
    statuses: {
      pending: "未发送",
      sent: "排队中",
      done: "完成",
      not_due: "尚未发布",
      failed: "失败，待重试",
      parked: "需要人工处理",
    },
    resolved: (at) => `${at} 成功`,
    dismissed: (at, reason) => `${at} 忽略：${reason}`,
    triedAt: (at) => `${at} 重试`,
  },
  verify: {
    none: "还没有核对过。",
    unknown: "没有这次核对。",
    dataset: "数据集",
    days: "日期",
    how: "方式",
    verdict: "结论",
    found: "结果",
    finding: "结果",
    part: "部分",
    storedValue: "已存",
    upstreamValue: "应为",
    upstream: "与 TuShare 比较，需要调用接口",
    repair: "然后获取缺少或不一致的数据",
    button: "核对……",
    hows: { rows: "已存的行", upstream: "TuShare" },
    statuses: { RUNNING: "进行中", COMPLETED: "已完成", FAILED: "未能核对" },
    verdicts: {
      complete: "完整",
      explained: "完整，缺失均有解释",
      missing: "有缺失",
      different: "与 TuShare 不一致",
    },
    counts: {
      explained: (count) => `${count} 项有解释`,
      unexplained: (count) => `${count} 项原因不明`,
      missing: (count) => `${count} 项缺失`,
      different: (count) => `${count} 项不一致`,
      failedChecks: (count) => `${count} 项未通过检查`,
    },
    findings: { missing: "缺失", unexplained: "原因不明", different: "不一致" },
    stored: (stored, expected) => `应有 ${expected} 行，已存 ${stored} 行`,
    first: (shown, kept) => `共 ${kept} 项，显示前 ${shown} 项；全部在表 sync_finding 中。`,
    planned: (job, units, calls, minutes) =>
      `与 TuShare 比较？${job} 的任务将为 ${units} 个单元调用接口（${calls}），约 ${minutes} 分钟，不存储任何数据。`,
  },
  sql: {
    statement: "语句",
    questions: "常用查询",
    examples: "示例",
    own: "我保存的",
    choose: "选择一个查询……",
    saveQuestion: "保存查询",
    deleteQuestion: "删除查询",
    name: "查询名称",
    nameHint: "同名的已存查询会被替换。",
    nameMissing: "没有保存：请填写名称。",
    nameUnshowable: "没有保存：名称含有无法显示的字符。",
    nameTooLong: (most) => `没有保存：名称最多 ${most} 个字符。`,
    questionTooLong: (most) => `没有保存：语句最多 ${most} 个字符。`,
    questionsFull: (most) => `没有保存：已有 ${most} 条查询，请先删除一条。`,
    questionSaved: (name, isReplaced) => (isReplaced ? `已替换“${name}”。` : `已保存“${name}”。`),
    questionDeleted: (name) => `已删除“${name}”。`,
    askDelete: (name) => `删除已存的查询“${name}”？`,
    noQuestion: (name) => `没有名为“${name}”的查询。`,
    diskFull: "磁盘已满",
    questionsUnread: (file, reason) => `无法读取已存的查询：${file}（${reason}）。`,
    questionsDamaged: (file) =>
      `已存的查询无法读取，也不能再保存：文件 ${file} 已损坏。请修复它，或移走后重新开始。`,
    questionsNotSaved: (file, reason) => `没有改动：${file} 无法写入（${reason}）。`,
    run: "运行",
    running: "正在运行……",
    save: "下载 CSV",
    result: "查询结果",
    empty: "语句为空。",
    tooLong: "语句太长。",
    hint: (rows, seconds) => `一条只读语句；最多显示 ${rows} 行，超过 ${seconds} 秒停止。Ctrl+Enter 运行。`,
    shown: (rows, seconds, isCut) =>
      isCut ? `前 ${rows} 行，用时 ${seconds} 秒；其余的在 CSV 中。` : `${rows} 行，用时 ${seconds} 秒。`,
    saved: (rows, isCut) =>
      isCut
        ? `只保存了前 ${rows} 行；npx tushare-sync query --format csv 没有行数限制。`
        : `已保存 ${rows} 行。`,
    readsOnly: (word) =>
      `没有运行：这里只能读，语句应以 select、with、values、table、explain 或 show 开头，而不是 ${word}。`,
    timedOut: (seconds) => `语句超过 ${seconds} 秒，已停止：请减少行数或缩短日期范围。`,
    position: (character) => `第 ${character} 个字符`,
    units: [
      { size: 1e12, name: "万亿" },
      { size: 1e8, name: "亿" },
      { size: 1e4, name: "万" },
    ],
    drawnRows: (rows) => `图中只有前 ${rows} 行`,
    drawnColumns: (drawn, all) => `共 ${all} 个数值列，图中只有前 ${drawn} 列`,
    bars: (column, rows, highest, lowest) => `${rows} 行的 ${column}：最高 ${highest}，最低 ${lowest}`,
  },
};

/** By the first of the browser's languages that is supported; otherwise English. */
export function wordsFor(acceptLanguage: string | undefined): PageWords {
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((entry) => {
      const [tag = "", quality = "q=1"] = entry.trim().toLowerCase().split(";");
      return { tag, quality: Number(quality.trim().replace(/^q=/, "")) || 0 };
    })
    .filter(({ tag }) => /^(zh|en)\b/.test(tag))
    .sort((a, b) => b.quality - a.quality);
  return wanted[0]?.tag.startsWith("zh") ? chinese : english;
}
