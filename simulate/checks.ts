// What must be true after a run, read from the database and the queues without the project's own code.
import { dailyColumns, dayOf, momentOf } from "./market.ts";
import type { World } from "./world.ts";

export type Violation = {
  /** The promise that is broken, in a few words; a shorter plan must break the same one. */
  readonly promise: string;
  readonly found: string;
};

/** At most this many lines of one kind. */
const shown = 3;

function violated(promise: string, rows: readonly unknown[]): Violation[] {
  if (rows.length === 0) return [];
  const texts = rows.slice(0, shown).map((row) => (typeof row === "string" ? row : JSON.stringify(row)));
  return [{ promise, found: `${rows.length}: ${texts.join("; ")}` }];
}

/** At every moment: counters, statuses and records agree. */
export async function expectSound({ engine }: World): Promise<Violation[]> {
  const counters = await engine.rows(
    `select left(cast(task.id as text), 4) as task, task.job_type, task.status, total_units, total_processed, total_failed,
       count(unit.task_id) as units, count(*) filter (where unit.status = 'done') as done,
       count(*) filter (where unit.status = 'parked') as parked
     from sync_task as task
     left join sync_unit as unit on unit.task_id = task.id
     group by task.id
     having total_units <> count(unit.task_id) or total_processed <> count(*) filter (where unit.status = 'done')
       or total_failed <> count(*) filter (where unit.status = 'parked')`,
  );
  const live = await engine.rows(
    "select job_type from sync_task where status in ('PENDING', 'RUNNING') group by job_type having count(*) > 1",
  );
  const both = await engine.rows(
    "select id, unit_key from sync_failure_record where resolved_at is not null and next_attempt_at is not null",
  );
  const twice = await engine.rows(
    "select job_type, unit_key from sync_failure_record where resolved_at is null group by 1, 2 having count(*) > 1",
  );
  const ended = await engine.rows(
    `select left(cast(id as text), 4) as task, job_type, status, total_units, total_processed, total_failed
     from sync_task
     where status = 'COMPLETED' and total_processed <> total_units
       or status in ('PENDING', 'RUNNING') and total_units > 0 and total_processed + total_failed = total_units
       or status in ('COMPLETED', 'FAILED', 'CANCELLED') <> (completed_at is not null)`,
  );
  const unmarked = await engine.rows(
    `select unit_key, status, rows from sync_unit where status = 'done' and (rows is null or settled_at is null)`,
  );
  return [
    ...violated("counters equal the units", counters),
    ...violated("a job has one live task", live),
    ...violated("no record is resolved and waiting", both),
    ...violated("a unit has one open record", twice),
    ...violated("a task ends with its last unit", ended),
    ...violated("a done unit says so", unmarked),
  ];
}

/** When all is quiet: each unit is done, parked for a person, dropped, or waits for an attempt that will come. */
export async function expectSettled(world: World): Promise<Violation[]> {
  const { engine } = world;
  const messages = [...world.work.messages(), ...world.deadLetters.messages()].map(({ body }) => body);
  const planned = [...world.schedules.values()].flatMap(({ message = [] }) => message);
  const coming = new Set(
    [...messages, ...planned].map((body) => {
      const { task_id, sequence } = JSON.parse(body) as { task_id: string; sequence: number };
      return `${task_id} ${sequence}`;
    }),
  );
  const resumed = new Set(
    [...world.schedules.values()].flatMap(({ command }) => (command as { resume?: string })?.resume ?? []),
  );
  const units = await engine.rows(
    `select cast(unit.task_id as text) as task_id, unit.sequence, unit.unit_key, unit.status, task.job_type, task.status as task
     from sync_unit as unit
     join sync_task as task on task.id = unit.task_id
     where unit.status not in ('done', 'parked') and not (task.status = 'CANCELLED' and unit.status = 'pending')
       and task.status <> 'PAUSED'
     order by unit.task_id, unit.sequence`,
  );
  const stuck = units.filter(({ task_id, sequence }) => !coming.has(`${task_id} ${sequence}`));
  const pending = await engine.rows("select job_type from sync_task where status = 'PENDING'");
  const quota = await engine.rows(
    "select cast(id as text) as id, job_type, reason from sync_task where status = 'PAUSED' and reason ~ '次/天|每天|次/小时|每小时'",
  );
  const records = await engine.rows(
    `select record.id, record.unit_key, cast(record.task_id as text) as task_id, record.sequence, unit.status, task.status as task,
       record.next_attempt_at
     from sync_failure_record as record
     left join sync_unit as unit on unit.task_id = record.task_id and unit.sequence = record.sequence
     left join sync_task as task on task.id = record.task_id
     where record.resolved_at is null and record.task_id is not null
     order by record.id`,
  );
  const waiting = records.filter(({ next_attempt_at }) => next_attempt_at !== null);
  const parked = records.filter(({ next_attempt_at }) => next_attempt_at === null);
  const unrecorded = await engine.rows(
    `select unit.unit_key, task.job_type
     from sync_unit as unit
     join sync_task as task on task.id = unit.task_id
     where unit.status = 'parked'
       and not exists (select 1 from sync_failure_record as record
         where record.job_type = task.job_type and record.unit_key = unit.unit_key and record.resolved_at is null)
       -- another task of the job has done it since
       and not exists (select 1 from sync_unit as later join sync_task as other on other.id = later.task_id
         where other.job_type = task.job_type and later.unit_key = unit.unit_key and later.status = 'done'
           and later.settled_at >= unit.settled_at)`,
  );
  return [
    ...violated(
      "each unit is settled or will be delivered",
      stuck.map(({ unit_key, status, job_type, task }) => `${unit_key} is ${status} in ${job_type} ${task}`),
    ),
    ...violated("a task is planned", pending),
    ...violated(
      "a used-up quota resumes",
      quota.filter(({ id }) => !resumed.has(String(id))),
    ),
    ...violated(
      "a waiting record has an attempt",
      waiting.filter(
        ({ task_id, sequence, task }) => task !== "PAUSED" && !coming.has(`${task_id} ${sequence}`),
      ),
    ),
    ...violated(
      "a record that waits for nothing needs a person",
      parked.filter(({ status, task }) => status !== "parked" && task !== "CANCELLED" && task !== "PAUSED"),
    ),
    ...violated("a parked unit has a record", unrecorded),
  ];
}

/** The table holds what the upstream has, no more and no less. */
export async function expectEqualRows({ engine, market, loop }: World): Promise<Violation[]> {
  const due = market.days.filter((day) => momentOf(day, 17) <= loop.now() && day >= market.firstDay);
  const truth = market.daily(due, loop.now());
  const columns = dailyColumns.map((name) =>
    name === "trade_date" ? "to_char(trade_date, 'YYYYMMDD') as trade_date" : name,
  );
  const stored = await engine.rows(
    `select ${columns.join(", ")} from stock_daily order by ts_code collate "C", stock_daily.trade_date`,
  );
  const keyOf = (row: Record<string, string | null>) => `${row.ts_code} ${row.trade_date}`;
  const there = new Map(stored.map((row) => [keyOf(row), row]));
  const wanted = new Map(truth.map((row) => [keyOf(row), row]));
  const bent = truth.flatMap((row) => {
    const found = there.get(keyOf(row));
    const name = found && dailyColumns.find((each) => found[each] !== row[each]);
    return name === undefined ? [] : [`${keyOf(row)} ${name} is ${found?.[name]}, upstream ${row[name]}`];
  });
  return [
    ...violated(
      "no row is lost",
      [...wanted.keys()].filter((key) => !there.has(key)),
    ),
    ...violated(
      "no row is invented",
      [...there.keys()].filter((key) => !wanted.has(key)),
    ),
    ...violated("no value is bent", bent),
  ];
}

/** In every sixty seconds at most the configured calls to each interface. */
export function expectLimits({ upstream, plan }: World): Violation[] {
  const over: string[] = [];
  for (const [name, calls] of upstream.calls) {
    for (let at = plan.callsAMinute; at < calls.length; at += 1) {
      const span = (calls[at] ?? 0) - (calls[at - plan.callsAMinute] ?? 0);
      if (span < 60_000)
        over.push(
          `${name}: ${plan.callsAMinute + 1} calls in ${(span / 1000).toFixed(1)} s on ${dayOf(calls[at] ?? 0)}`,
        );
    }
  }
  return violated("the call limit holds", over);
}
