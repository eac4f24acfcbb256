// Schemas of the answers: the OpenAPI description is made from them, and the tests check every answer against them.
import * as z from "zod/mini";
import { columnTypes, datasetSets } from "../catalogue/dataset.ts";
import { financeNumbers } from "../catalogue/datasets/finance.ts";
import { jobTypes, runOptions } from "../catalogue/jobs.ts";
import { nothings } from "../catalogue/nothing.ts";
import { originKinds } from "../catalogue/origin.ts";
import { taskStatuses, unitStatuses, verdicts, verificationStatuses } from "../catalogue/status.ts";
import { splitConfig } from "../commands/asked.ts";
import { absenceReasons, rangesMax } from "../coverage/names.ts";
import { coverageStates } from "../coverage/state.ts";
import { errorKinds } from "../errors.ts";
import { adjustedFigures, dailyFigures } from "../reads/daily.ts";
import { countedRowsMax } from "../reads/datasets.ts";
import type { FinanceRow } from "../reads/finance.ts";
import { detailColumns, listColumns } from "../reads/instruments.ts";
import type { FailureRecord, TaskProgress } from "../reads/progress.ts";
import type { Revision } from "../reads/revisions.ts";
import { findingsMax, type Verification } from "../reads/verifications.ts";
import { revisionClasses } from "../rows/revise.ts";

/** Schemas with a name in the description; other schemas are written out where they are used. */
export const named = z.registry<{ id: string }>();

function name<Schema extends z.ZodMiniType>(id: string, schema: Schema): Schema {
  named.add(schema, { id });
  return schema;
}

const about = <Schema extends z.ZodMiniType>(description: string, schema: Schema): Schema => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

const day = () => z.string().check(z.regex(/^\d{8}$/));
const instant = () => z.iso.datetime();
const count = () => z.int().check(z.nonnegative());
const exact = () => z.nullable(z.number());
const keyed = <Key extends string, Schema extends z.ZodMiniType>(
  columns: readonly Key[],
  make: () => Schema,
) => Object.fromEntries(columns.map((column) => [column, make()])) as Record<Key, Schema>;

/** Of every error, as RFC 9457 has them: `encode` adds them to the fields of the error's kind. */
const problemFields = {
  type: about("about:blank: `error` is the kind", z.literal("about:blank")),
  title: about("The HTTP status in words", z.string()),
  status: about("The HTTP status", z.int()),
  detail: about("The same text as message", z.string()),
};

export const ErrorAnswer = name(
  "Error",
  z.strictObject({
    ...problemFields,
    error: about(
      "Kind of error",
      z.enum(["bad_input", "not_found", "method_not_allowed", "conflict", "unavailable", "internal"]),
    ),
    message: about("What is wrong and what to do, as text for a person", z.string()),
    field: z.optional(about("The field that was refused", z.string())),
    value: z.optional(about("Its value; null when it was missing", z.unknown())),
    allowed: z.optional(about("What is allowed in the field", z.string())),
    suggestion: z.optional(about("What was probably meant", z.string())),
  }),
);

export const OriginAnswer = name(
  "Origin",
  z.strictObject({
    kind: about(
      "tushare: the real one; simulated: an invented market; captured: answers saved earlier; address: a server that is not TuShare's own",
      z.enum(originKinds),
    ),
    identity: about("Distinguishes origins of the same kind", z.string()),
    is_real: about("Whether the rows are real market data from TuShare", z.boolean()),
    warning: about("Warning to show with the data; null for real TuShare data", z.nullable(z.string())),
    recorded_at: instant(),
  }),
);

/** The answer of API Gateway itself, when it does not call the function. */
export const GatewayAnswer = name(
  "GatewayError",
  z.object({ message: about("API Gateway's message", z.string()) }),
);

export const TaskAnswer = name(
  "Task",
  z.strictObject({
    id: z.uuid(),
    job_type: z.enum(jobTypes),
    status: z.enum(taskStatuses),
    reason: about("Why it is paused, failed or cancelled", z.nullable(z.string())),
    command: about("The command that opened it, as it was given", z.record(z.string(), z.unknown())),
    planned: about(
      "The planned days; null before planning, and for a plan that is not by day",
      z.nullable(z.strictObject({ from: day(), to: day() })),
    ),
    nothing: about("Why its plan has no unit; null when it has some", z.nullable(z.enum(nothings))),
    total_units: about("0 until it is planned", count()),
    units: about("Units by status", z.strictObject(keyed(unitStatuses, count))),
    rows: about("Rows of the answers that were proven whole", count()),
    progress: about("Share of units done or parked, from 0 to 1", z.number()),
    units_a_minute: about(
      "Recent for a live task, overall for one that has ended; null before the first unit",
      z.nullable(z.number()),
    ),
    started_at: instant(),
    updated_at: instant(),
    completed_at: z.nullable(instant()),
    estimated_end: about("null while unknown", z.nullable(instant())),
  }),
);
export type TaskAnswer = z.infer<typeof TaskAnswer>;

export const TaskConflict = name(
  "TaskConflict",
  z.strictObject({
    ...problemFields,
    error: z.literal("conflict"),
    message: z.string(),
    task: z.optional(
      about("The conflicting task; without one the conflict is the origin of the data", TaskAnswer),
    ),
    asked: z.optional(
      about("For a start: whether that task was opened by the same command", z.enum(["same", "other"])),
    ),
  }),
);

export const TasksAnswer = name(
  "Tasks",
  z.strictObject({ tasks: z.array(TaskAnswer), next_cursor: cursor() }),
);

export const JobAnswer = name(
  "Job",
  z.strictObject({
    job_type: z.enum(jobTypes),
    mode: z.enum(["reference", "history", "incremental"]),
    about: z.string(),
    datasets: z.array(z.string()),
    takes: about("Fields that a run of it accepts", z.array(z.enum(runOptions))),
    schedules: about(
      "EventBridge Scheduler expressions, read in Asia/Shanghai; none where its datasets are not chosen",
      z.array(z.string()),
    ),
    after: about("Jobs that fetch the data its plan needs", z.array(z.string())),
    last_task: about("Its newest task; null when it never ran", z.nullable(TaskAnswer)),
  }),
);
export type JobAnswer = z.infer<typeof JobAnswer>;

export const JobsAnswer = name("Jobs", z.strictObject({ jobs: z.array(JobAnswer) }));

const datasetFields = {
  dataset: z.string(),
  title: z.string(),
  set: z.enum(datasetSets),
  table: z.string(),
  jobs: about("The jobs that fetch it", z.array(z.enum(jobTypes))),
  kept: about(
    "yes: the schedules keep it up to date. points: it is chosen by a set, but the account has too few points. no: it is not chosen",
    z.enum(["yes", "points", "no"]),
  ),
  points: about("Points that an account needs", count()),
};

const datasetState = {
  rows: about("Null when the database has no estimate yet", z.nullable(count())),
  rows_are_counted: about(
    `Counted one by one, as far as ${countedRowsMax}; otherwise estimated by the database`,
    z.boolean(),
  ),
  first_day: about(
    "Of its rows; null for a list. Some datasets have months or quarters",
    z.nullable(z.string()),
  ),
  last_day: z.nullable(z.string()),
  newest_whole_day: about("Null where its days are not counted", z.nullable(day())),
  complete_through: about("The last day before the first one that is not whole", z.nullable(day())),
};

export const DatasetAnswer = name("Dataset", z.strictObject({ ...datasetFields, ...datasetState }));
export type DatasetAnswer = z.infer<typeof DatasetAnswer>;

export const DatasetsAnswer = name(
  "Datasets",
  z.strictObject({
    datasets: z.array(DatasetAnswer),
  }),
);

export const DatasetDetailAnswer = name(
  "DatasetDetail",
  z.strictObject({
    ...datasetFields,
    ...datasetState,
    key: about(
      "The columns of the key; not unique where an answer replaces all rows of its slice",
      z.array(z.string()),
    ),
    is_unique: z.boolean(),
    code_column: about("The column that `code` selects by", z.nullable(z.string())),
    day_column: about("The column that `from` and `to` select by", z.nullable(z.string())),
    columns: z.array(z.strictObject({ name: z.string(), type: z.enum(columnTypes) })),
  }),
);

export type DatasetDetailAnswer = z.infer<typeof DatasetDetailAnswer>;

export const DatasetRowsAnswer = name(
  "DatasetRows",
  z.strictObject({
    dataset: z.string(),
    rows: about(
      "By column, the columns as in /api/datasets/{dataset}; numbers with every stored digit",
      z.array(z.record(z.string(), z.nullable(z.union([z.string(), z.number()])))),
    ),
    next_cursor: cursor(),
  }),
);

export const FailureAnswer = name(
  "Failure",
  z.strictObject({
    id: count(),
    job_type: about("UNKNOWN where the message could not be read", z.string()),
    unit_key: z.string(),
    task_id: z.nullable(z.uuid()),
    ts_code: about("The stock, where the unit is one stock", z.nullable(z.string())),
    kind: z.enum(errorKinds),
    error_message: z.string(),
    retry_count: count(),
    max_retries: count(),
    needs_person: about("Open, and not retried automatically", z.boolean()),
    cancelled: about("Its task was cancelled before a retry: run the job again", z.boolean()),
    created_at: instant(),
    last_attempt_at: instant(),
    next_attempt_at: about(
      "null when no attempt is planned, such as in a paused task",
      z.nullable(instant()),
    ),
    resolved_at: z.nullable(instant()),
    dismissed: about(
      "Why it was resolved although its unit did not succeed; null otherwise",
      z.nullable(z.string()),
    ),
  }),
);
export type FailureAnswer = z.infer<typeof FailureAnswer>;

export const FailuresAnswer = name(
  "Failures",
  z.strictObject({ failures: z.array(FailureAnswer), next_cursor: cursor() }),
);

export const RevisionAnswer = name(
  "Revision",
  z.strictObject({
    id: count(),
    dataset: z.string(),
    key: about(
      "The key of the row by column; the whole row, where rows have no unique key",
      z.record(z.string(), z.unknown()),
    ),
    ts_code: about("null where rows have no code", z.nullable(z.string())),
    day: about("The day of the row; null where rows have none", z.nullable(day())),
    column: about("null for a row that was removed or added", z.nullable(z.string())),
    old_value: about("The stored value, as text", z.nullable(z.string())),
    new_value: about("The value of TuShare, as text; null when it is empty", z.nullable(z.string())),
    class: about(
      "changed: a value other than the adjustment factor. Of the factor: last_digit for rounding, corporate_action for one ratio over all days before or since a day, restatement for anything else. emptied: TuShare has no value any more. removed, added: a row of an answer that replaces its slice",
      z.enum(revisionClasses),
    ),
    seen_at: instant(),
    believed_at: about(
      "When an emptied value was removed here: it must be empty on two days; null until then, and in other classes",
      z.nullable(instant()),
    ),
    task_id: about("The task that saw it", z.nullable(z.uuid())),
  }),
);
export type RevisionAnswer = z.infer<typeof RevisionAnswer>;

export const RevisionsAnswer = name(
  "Revisions",
  z.strictObject({ revisions: z.array(RevisionAnswer), next_cursor: cursor() }),
);

export const FailureConflict = name(
  "FailureConflict",
  z.strictObject({
    ...problemFields,
    error: z.literal("conflict"),
    message: z.string(),
    failure: FailureAnswer,
  }),
);

export const RetryAnswer = name(
  "Retry",
  z.strictObject({
    job_types: z.array(z.enum(jobTypes)),
    failures: about("Open failure records of these jobs, all of which are retried", count()),
  }),
);

const instrumentFields = () => ({
  ...keyed(listColumns, () => z.nullable(z.string())),
  ts_code: z.string(),
  name: z.string(),
  is_etf: z.enum(["Y", "N"]),
  exchange: about("Where it is listed: SSE, SZSE or BSE", z.nullable(z.string())),
  market: about("TuShare's market: the board of a stock, such as 主板; E for ETFs", z.nullable(z.string())),
  list_status: about("L listed, D delisted, P not trading", z.nullable(z.string())),
});

export const InstrumentAnswer = name("Instrument", z.strictObject(instrumentFields()));

export const InstrumentsAnswer = name(
  "Instruments",
  z.strictObject({ instruments: z.array(InstrumentAnswer), next_cursor: cursor() }),
);

export const InstrumentDetailAnswer = name(
  "InstrumentDetail",
  z.strictObject({
    ...instrumentFields(),
    ...keyed(detailColumns, () => z.nullable(z.string())),
    mgt_fee: about("Management fee, percent a year", exact()),
    newest_trade_date: about("The newest day of its stored prices", z.nullable(day())),
  }),
);

export const EtfCountAnswer = name(
  "EtfCount",
  z.strictObject({
    etfs: count(),
    listed: count(),
    exchanges: z.array(z.strictObject({ exchange: z.nullable(z.string()), etfs: count(), listed: count() })),
  }),
);

export const DailyRowAnswer = name(
  "DailyRow",
  z.strictObject({ ts_code: z.string(), trade_date: day(), ...keyed(dailyFigures, exact) }),
);

export const AdjustedRowAnswer = name(
  "AdjustedRow",
  z.strictObject({
    ts_code: z.string(),
    trade_date: day(),
    ...keyed(adjustedFigures, exact),
    factor_carried: about("The day has no factor, so the latest earlier one was used", z.boolean()),
    base_date: about("For qfq: the day with unchanged prices", z.nullable(day())),
  }),
);

export const DailyOfCodeAnswer = name(
  "DailyOfCode",
  z.strictObject({
    ts_code: z.string(),
    adjust: z.enum(["none", "qfq", "hfq"]),
    rows: z.union([z.array(DailyRowAnswer), z.array(AdjustedRowAnswer)]),
    next_cursor: cursor(),
  }),
);

export const DailyOfDayAnswer = name(
  "DailyOfDay",
  z.strictObject({
    trade_date: about(
      "The day asked for, or the newest stored; null in an empty database",
      z.nullable(day()),
    ),
    rows: z.array(DailyRowAnswer),
    next_cursor: cursor(),
  }),
);

export const FinanceRowAnswer = name(
  "FinanceRow",
  z.strictObject({
    ts_code: z.string(),
    end_date: day(),
    ann_date: z.nullable(day()),
    update_flag: z.nullable(z.string()),
    ...keyed(financeNumbers, exact),
  }),
);

export const FinanceAnswer = name(
  "Finance",
  z.strictObject({
    ts_code: z.string(),
    as_of: about("The day as of which the reports are shown; null for today", z.nullable(day())),
    rows: z.array(FinanceRowAnswer),
    next_cursor: cursor(),
  }),
);

const figure = (text: string) =>
  about(`${text}; null for a dataset that does not expect a row of each security`, z.nullable(count()));

const rowFields = () => ({
  stored: about("Securities with a row; the number of rows where `expected` is null", count()),
  expected: figure("Securities listed on that day"),
  explained: figure("Of these, known to have no row, such as suspended ones"),
  unexplained: figure("Rows, or values of a joined interface, that were looked for and not found"),
  missing: figure("Rows, or values of a joined interface, of which nothing is known"),
});

const dayRowFields = () => ({
  state: about(
    "whole: every row is stored or explained; whole_with_unexplained: nothing is to be fetched any more, but some rows were not found; partial: something is missing; not_due: not published yet; not_asked: no task covered the day",
    z.enum(coverageStates),
  ),
  ...rowFields(),
  whole: about("Nothing is to be fetched any more", z.boolean()),
  asked: about(
    "A task that was not cancelled covered the whole day: what is not stored is missing",
    z.boolean(),
  ),
});

const DayRows = name("DayRows", z.strictObject(dayRowFields()));

export const CoverageAnswer = name(
  "Coverage",
  z.strictObject({
    newest_trade_date: about("Newest day of the market; null in an empty database", z.nullable(day())),
    from: day(),
    to: day(),
    days: z.array(z.strictObject({ day: day(), stocks: DayRows, etfs: DayRows })),
  }),
);
export type CoverageAnswer = z.infer<typeof CoverageAnswer>;

export const DatasetCoverageAnswer = name(
  "DatasetCoverage",
  z.strictObject({
    dataset: z.string(),
    newest_whole_day: about("Its newest whole day; null when there is none", z.nullable(day())),
    complete_through: about(
      "The last day of the unbroken run of whole days from the first requested day on, as far as days were counted; null when that day is not whole",
      z.nullable(day()),
    ),
    uncounted_from: about(
      "The first day that was not counted yet: complete_through may be later, and the next request counts on from here; null when nothing is left to count",
      z.nullable(day()),
    ),
    from: day(),
    to: day(),
    days: z.optional(
      about(
        "By day: the trading days, ascending",
        z.array(z.strictObject({ day: day(), ...dayRowFields() })),
      ),
    ),
    months: z.optional(
      about(
        "By month, ascending: days that are due, and the sums of their rows",
        z.array(
          z.strictObject({
            month: about("YYYYMM", z.string().check(z.regex(/^\d{6}$/))),
            days: about("Trading days that are due", count()),
            whole_days: count(),
            ...rowFields(),
          }),
        ),
      ),
    ),
  }),
);
export type DatasetCoverageAnswer = z.infer<typeof DatasetCoverageAnswer>;

const reason = () =>
  about(
    "missing: nothing is known; unexplained: looked for and not found; no_data: the interfaces agree that there is none; evidence: another dataset says why, such as a suspension",
    z.enum(absenceReasons),
  );

export const DayNamesAnswer = name(
  "DayNames",
  z.strictObject({
    dataset: z.string(),
    day: day(),
    absent: z.array(
      z.strictObject({
        ts_code: z.string(),
        interface: about(
          "The interface without a row; the first one of the dataset where no row is stored",
          z.string(),
        ),
        reason: reason(),
        looks: about("Runs that looked for it and did not find it", count()),
      }),
    ),
    next_cursor: cursor(),
  }),
);
export type DayNamesAnswer = z.infer<typeof DayNamesAnswer>;

export const CodeCoverageAnswer = name(
  "CodeCoverage",
  z.strictObject({
    dataset: z.string(),
    ts_code: z.string(),
    from: day(),
    to: day(),
    first_stored: about("Its first stored day, of all days; null when nothing is stored", z.nullable(day())),
    last_stored: z.nullable(day()),
    expected: about("Trading days of the range on which it is listed", count()),
    stored: about("Of these, with a row", count()),
    explained: z.strictObject({
      no_data: about("Absences on which the interfaces agree", count()),
      evidence: about("Absences that another dataset explains, such as suspensions", count()),
    }),
    unexplained: about("Absences that were looked for, and nothing says why", count()),
    missing: about("Rows, or values of a joined interface, of which nothing is known", count()),
    missing_ranges: about(
      `Where they are, ascending; the first ${rangesMax}`,
      z.array(
        z.strictObject({
          interface: z.string(),
          from: day(),
          to: day(),
          days: about("Trading days", count()),
        }),
      ),
    ),
  }),
);
export type CodeCoverageAnswer = z.infer<typeof CodeCoverageAnswer>;

const verificationFields = () => ({
  id: z.uuid(),
  dataset: z.string(),
  how: about(
    "rows: counted from the stored rows, without a call; upstream: compared with TuShare",
    z.enum(["rows", "upstream"]),
  ),
  repair: about("Whether what is missing or different is fetched afterwards", z.boolean()),
  from: about("null until it is known, and for a whole list", z.nullable(day())),
  to: about("null until it is known, and for a whole list", z.nullable(day())),
  next_day: about("Where it goes on; null when it has ended", z.nullable(day())),
  status: about("FAILED when nothing could be said; `reason` says why", z.enum(verificationStatuses)),
  verdict: about(
    "complete; explained: whole, with absences that are recorded; missing; different: not as TuShare has it. null until it is COMPLETED",
    z.nullable(z.enum(verdicts)),
  ),
  reason: about("Why it failed, or why nothing was repaired", z.nullable(z.string())),
  counts: z.strictObject({
    expected: about(
      "Rows that the lists expect; null where no list says which rows a day must have, or, compared with TuShare, the rows it has",
      z.nullable(count()),
    ),
    stored: about("Of these, stored; null like `expected`", z.nullable(count())),
    explained: about("Of these, known to have no row, such as those of suspended stocks", count()),
    unexplained: about("Looked for and not found, and nothing says why", count()),
    missing: about("Rows or values; slices where no list says which rows must be there", count()),
    different: about("Rows that are not as TuShare has them, or only stored here", count()),
    failed_checks: about("Rows that fail a check; they do not change the verdict", count()),
  }),
  findings_kept: about(`Findings that can be read: at most ${findingsMax}`, count()),
  task_id: about(
    "The task that fetches what is missing or different; null without one",
    z.nullable(z.uuid()),
  ),
  comparison_task_id: about("The task that compares with TuShare; null without one", z.nullable(z.uuid())),
  started_at: instant(),
  updated_at: instant(),
  finished_at: z.nullable(instant()),
});

export const VerificationAnswer = name("Verification", z.strictObject(verificationFields()));
export type VerificationAnswer = z.infer<typeof VerificationAnswer>;

export const VerificationsAnswer = name(
  "Verifications",
  z.strictObject({ verifications: z.array(VerificationAnswer) }),
);

export const VerificationConflict = name(
  "VerificationConflict",
  z.strictObject({ ...problemFields, error: z.literal("conflict"), message: z.string() }),
);

export const VerificationFindingsAnswer = name(
  "VerificationFindings",
  z.strictObject({
    ...verificationFields(),
    findings: z.array(
      z.strictObject({
        finding: about("missing, unexplained, different, or the name of a check", z.string()),
        day: about(
          "Trading day, end of the report period, or first day of the slice; null for a list",
          z.nullable(day()),
        ),
        ts_code: about("null when it is about a whole day or slice", z.nullable(z.string())),
        part: about(
          "The interface without a row, the column, or the slice; null when the row is only stored here",
          z.nullable(z.string()),
        ),
        stored: about("What is stored; null when nothing is", z.nullable(z.string())),
        upstream: about("What was expected; null when it is not known", z.nullable(z.string())),
        key: about(
          "The key of the row, when it was compared with TuShare; null otherwise",
          z.nullable(z.record(z.string(), z.unknown())),
        ),
      }),
    ),
    next_cursor: cursor(),
  }),
);
export type VerificationFindingsAnswer = z.infer<typeof VerificationFindingsAnswer>;

/** The cursor of the next page; null on the last page. */
function cursor() {
  return about("Pass it as `cursor` to get the next page; null on the last page", z.nullable(z.string()));
}

export function asTask(task: TaskProgress): object {
  const { asked, plan } = splitConfig(task.config);
  return {
    id: task.id,
    job_type: task.job_type,
    status: task.status,
    reason: task.reason,
    command: asked,
    planned: plan.planned ?? null,
    nothing: plan.nothing ?? null,
    total_units: task.units.total,
    units: task.units.byStatus,
    rows: task.rows,
    progress: Math.round(task.share * 10_000) / 10_000,
    units_a_minute: task.unitsAMinute === undefined ? null : Math.round(task.unitsAMinute * 100) / 100,
    started_at: task.startedAt,
    updated_at: task.updatedAt,
    completed_at: task.completedAt ?? null,
    estimated_end: task.estimatedEnd ?? null,
  };
}

export function asVerification(verification: Verification): VerificationAnswer {
  const { counts, startedAt, updatedAt, finishedAt, repairs, next, taskId, comparedBy, findings } =
    verification;
  const { id, dataset, how, from, to, status, verdict, reason } = verification;
  const { failedChecks: failed_checks, ...others } = counts;
  return {
    ...{ id, dataset, how, repair: repairs, from, to, next_day: next, status, verdict, reason },
    counts: { ...others, failed_checks },
    ...{ findings_kept: findings, task_id: taskId, comparison_task_id: comparedBy },
    started_at: startedAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
  };
}

export function asFailure(record: FailureRecord): object {
  return {
    id: record.id,
    job_type: record.job_type,
    unit_key: record.unit_key,
    task_id: record.task_id,
    ts_code: record.third_code,
    kind: record.kind,
    error_message: record.error_message,
    retry_count: record.retry_count,
    max_retries: record.max_retries,
    needs_person: record.needsPerson,
    cancelled: record.isCancelled,
    created_at: record.createdAt,
    last_attempt_at: record.lastAttemptAt,
    next_attempt_at: record.nextAttemptAt ?? null,
    resolved_at: record.resolvedAt ?? null,
    dismissed: record.dismissed,
  };
}

export function asRevision({ column_name, key, seenAt, believedAt, ...revision }: Revision): object {
  return {
    ...revision,
    key: JSON.parse(key),
    column: column_name,
    seen_at: seenAt,
    believed_at: believedAt,
  };
}

export function asReport({ figures, ...report }: FinanceRow): object {
  return { ...report, ...exactNumbers(figures) };
}

function exactNumbers(figures: Readonly<Record<string, string | null>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(figures).map(([column, digits]) => [column, exactNumber(digits)]));
}

/** A JSON number with all stored digits: a double would round a long number. */
export function exactNumber(digits: string | null): unknown {
  return digits === null ? null : rawJson(digits);
}

/** JSON.rawJSON exists in every engine we run on, but not yet in TypeScript's library. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
