// What a task consists of, as the content of the dialog: its units by status, a page at a time, and the history of a failure.
import { isUnitStatus, type UnitStatus, unitStatuses } from "../../shared/catalogue/status.ts";
import type { Database, SqlRow } from "../../shared/ports.ts";
import {
  type FailureRecord,
  readFailures,
  readTask,
  type TaskProgress,
} from "../../shared/reads/progress.ts";
import { retry } from "../../shared/widget/actions.ts";
import { formatNumber, formatTime } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { renderTable } from "../../shared/widget/table.ts";
import { button } from "./button.ts";
import type { PageWords } from "./words.ts";

/** Units in the dialog at once. */
const unitsShown = 100;

/** Earlier failures of the same unit in the dialog. */
const earlierShown = 20;

const taskPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const numberPattern = /^\d{1,15}$/;

/** Opens in the dialog, or without a script as a page of its own. */
export function taskLink({ id, job_type }: TaskProgress): Markup {
  return html`<a href="/units?task=${id}" data-names="" data-key="units-${id}">${job_type}</a>`;
}

export function failureLink({ id, unit_key }: Pick<FailureRecord, "id" | "unit_key">): Markup {
  return html`<a href="/failure?id=${id}" data-names="" data-key="failure-${id}"><code>${unit_key}</code></a>`;
}

type Unit = {
  readonly sequence: number;
  readonly unit_key: string;
  readonly status: string;
  readonly rows: number | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly settledAt: Date | undefined;
  /** Of its newest failure record. */
  readonly failure: number | null;
};

/** @param query task, and optionally a status and after which unit to begin */
export async function drawUnits(
  database: Database,
  query: URLSearchParams,
  now: Date,
  words: PageWords,
): Promise<string> {
  const { units: own, widget } = words;
  const id = query.get("task") ?? "";
  const task = taskPattern.test(id) ? await readTask(database, id) : undefined;
  if (task === undefined) return html`<p>${own.unknown}</p>`.markup;
  const status = unitStatuses.find((name) => name === query.get("status"));
  const after = query.get("after") ?? "";
  const found = await readUnits(database, task, status, numberPattern.test(after) ? Number(after) : 0);
  const units = found.slice(0, unitsShown);
  const table = renderTable<Unit>({
    columns: [
      { name: widget.unit, cell: (unit) => nameOf(unit) },
      {
        name: widget.status,
        cell: (unit) => (isUnitStatus(unit.status) ? own.statuses[unit.status] : unit.status),
      },
      { name: widget.rows, isNumber: true, cell: ({ rows }) => (rows === null ? "" : formatNumber(rows)) },
      { name: own.attempts, isNumber: true, cell: ({ attempts }) => formatNumber(attempts) },
      {
        name: own.settled,
        cell: ({ settledAt }) => (settledAt === undefined ? "" : formatTime(settledAt, now)),
      },
    ],
    rows: units,
    note: ({ error, status }) => (error === null || status === "done" ? undefined : widget.said(error)),
  });
  const last = units.at(-1);
  const more = found.length > units.length && last !== undefined;
  return html`<h3>${own.of(task.job_type, formatTime(task.startedAt, now))}</h3>
<p class="names-actions">${link(task, undefined, status, own.all(formatNumber(task.units.total)))} ${unitStatuses.map((name) => (task.units.byStatus[name] > 0 ? html`${link(task, name, status, `${own.statuses[name]} ${formatNumber(task.units.byStatus[name])}`)} ` : undefined))}</p>
${units.length === 0 ? html`<p class="ts-quiet">${own.none}</p>` : table}${more ? html`<p><a href="/units?${searchOf(task, status, last.sequence)}" data-names="" data-key="units-next">${own.next}</a></p>` : undefined}`
    .markup;
}

function nameOf({ failure, unit_key }: Unit): Markup {
  return failure === null ? html`<code>${unit_key}</code>` : failureLink({ id: failure, unit_key });
}

/** Shows only the units of a status, or all. */
function link(
  task: TaskProgress,
  status: UnitStatus | undefined,
  shown: UnitStatus | undefined,
  text: string,
): Markup {
  if (status === shown) return html`<strong>${text}</strong>`;
  return html`<a href="/units?${searchOf(task, status)}" data-names="" data-key="units-${status ?? "all"}">${text}</a>`;
}

function searchOf({ id }: TaskProgress, status: UnitStatus | undefined, after?: number): string {
  return String(
    new URLSearchParams({
      task: id,
      ...(status !== undefined && { status }),
      ...(after !== undefined && { after: String(after) }),
    }),
  );
}

/** In the order of the task; one more than are shown, when there are more. */
async function readUnits(
  database: Database,
  task: TaskProgress,
  status: UnitStatus | undefined,
  after: number,
): Promise<Unit[]> {
  const rows = await database.run(
    `select unit.sequence, unit.unit_key, unit.status, unit.rows, unit.attempts, unit.last_error,
  extract(epoch from unit.settled_at) as settled_at, failure.id as failure
from sync_unit as unit
left join (
  select sequence, max(id) as id from sync_failure_record where task_id = cast(:task as uuid) group by sequence
) as failure on failure.sequence = unit.sequence
where unit.task_id = cast(:task as uuid) and unit.sequence > :after
  and (cast(:status as text) is null or unit.status = :status)
order by unit.sequence
limit :count`,
    { task: task.id, after, status: status ?? null, count: unitsShown + 1 },
  );
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    unit_key: String(row.unit_key),
    status: String(row.status),
    rows: numberOrNull(row.rows),
    attempts: Number(row.attempts),
    error: row.last_error === null || row.last_error === undefined ? null : String(row.last_error),
    settledAt: row.settled_at === null ? undefined : new Date(Number(row.settled_at) * 1_000),
    failure: numberOrNull(row.failure),
  }));
}

const numberOrNull = (value: SqlRow[string] | undefined) =>
  value === null || value === undefined ? null : Number(value);

/** @param query the failure's id */
export async function drawFailure(
  database: Database,
  query: URLSearchParams,
  now: Date,
  words: PageWords,
): Promise<string> {
  const { units: own, widget } = words;
  const id = query.get("id") ?? "";
  const [failure] = numberPattern.test(id) ? await readFailures(database, { id: Number(id), limit: 1 }) : [];
  if (failure === undefined) return html`<p>${own.unknownFailure}</p>`.markup;
  const { unit_key, kind, error_message, retry_count, max_retries, task_id } = failure;
  const task = task_id === null ? undefined : await readTask(database, task_id);
  const again = failure.resolvedAt === undefined ? retry(failure, widget) : undefined;
  const earlier = (await readEarlier(database, failure)).map((each) => Number(each.id));
  const records = await Promise.all(earlier.map((each) => readFailures(database, { id: each, limit: 1 })));
  const facts: (readonly [string, Markup | string])[] = [
    [widget.job, task === undefined ? failure.job_type : taskLink(task)],
    [widget.why, html`<span class="ts-kind">${widget.kinds[kind]}</span> ${widget.said(error_message)}`],
    [own.firstFailed, formatTime(failure.createdAt, now)],
    [widget.lastAttempt, formatTime(failure.lastAttemptAt, now)],
    [widget.retries, widget.of(String(retry_count), String(max_retries))],
    [own.now, becomesOf(failure, now, words)],
  ];
  return html`<h3><code>${unit_key}</code></h3>
<p class="names-actions">${again && button(again)}</p>
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${earlier.length === 0 ? undefined : earlierOf(records.flat(), now, words)}`.markup;
}

function becomesOf(
  { needsPerson, isCancelled, nextAttemptAt, resolvedAt, dismissed }: FailureRecord,
  now: Date,
  { units: own, widget }: PageWords,
): string {
  if (dismissed !== null && resolvedAt !== undefined) {
    return own.dismissed(formatTime(resolvedAt, now), widget.said(dismissed));
  }
  if (resolvedAt !== undefined) return own.resolved(formatTime(resolvedAt, now));
  if (isCancelled) return own.dropped;
  if (nextAttemptAt !== undefined) return own.triedAt(formatTime(nextAttemptAt, now));
  return needsPerson ? own.needsAction : own.underWay;
}

function earlierOf(records: readonly FailureRecord[], now: Date, words: PageWords): Markup {
  const { units: own, widget } = words;
  return html`<h4>${own.earlier}</h4>${renderTable<FailureRecord>({
    columns: [
      { name: widget.number, isNumber: true, cell: ({ id }) => id },
      { name: own.firstFailed, cell: ({ createdAt }) => formatTime(createdAt, now) },
      {
        name: widget.why,
        cell: ({ kind, error_message }) =>
          html`<span class="ts-kind">${widget.kinds[kind]}</span> ${widget.said(error_message)}`,
      },
      { name: own.now, cell: (record) => becomesOf(record, now, words) },
    ],
    rows: records,
  })}`;
}

/** Ids of the other records of the unit, the newest first. */
async function readEarlier(database: Database, { id, job_type, unit_key }: FailureRecord): Promise<SqlRow[]> {
  return await database.run(
    `select id
from sync_failure_record
where job_type = :job and unit_key = :unit and id <> :id
order by id desc
limit :count`,
    { id, job: job_type, unit: unit_key, count: earlierShown },
  );
}
