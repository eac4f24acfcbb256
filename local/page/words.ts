// What the page says: english.ts and chinese.ts have the texts. What the widget writes is in shared/widget/words.ts.

import type { Nothing } from "../../shared/catalogue/nothing.ts";
import type { UnitStatus, Verdict, VerificationStatus } from "../../shared/catalogue/status.ts";
import type { Adjustment } from "../../shared/reads/daily.ts";
import type { Verification } from "../../shared/reads/verifications.ts";
import type { TaskQuestions } from "../../shared/widget/actions.ts";
import type { Words } from "../../shared/widget/words.ts";
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
