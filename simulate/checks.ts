// What must be true after a run, read from the database and the queues without the project's own code.

import type { Engine } from "./engine.ts";
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

/** Jobs with two live tasks; looked for after every command. */
export async function liveTwice(engine: Engine): Promise<unknown[]> {
  return await engine.rows(
    "select job_type from sync_task where status in ('PENDING', 'RUNNING') group by job_type having count(*) > 1",
  );
}

/** When nothing runs: counters, statuses and records agree. */
export async function expectSound({ engine, conditions }: World): Promise<Violation[]> {
  const counters = await engine.rows(
    `select left(cast(task.id as text), 4) as task, task.job_type, task.status, total_units, total_processed, total_failed,
       count(unit.task_id) as units, count(*) filter (where unit.status in ('done', 'compared')) as done,
       count(*) filter (where unit.status = 'parked') as parked
     from sync_task as task
     left join sync_unit as unit on unit.task_id = task.id
     group by task.id
     having total_units <> count(unit.task_id) or total_processed <> count(*) filter (where unit.status in ('done', 'compared'))
       or total_failed <> count(*) filter (where unit.status = 'parked')`,
  );
  const live = await liveTwice(engine);
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
  const keys = await engine.rows(
    "select request_key from sync_task where request_key is not null group by 1 having count(*) > 1",
  );
  const endless = await engine.rows(
    `select left(cast(verification.id as text), 4) as verification, task.status
     from sync_verification as verification join sync_task as task on task.id = verification.compared_by
     where verification.status = 'RUNNING' and task.status in ('COMPLETED', 'FAILED', 'CANCELLED')`,
  );
  const unmarked = await engine.rows(
    `select unit_key, status, rows from sync_unit where status = 'done' and (rows is null or settled_at is null)`,
  );
  return [
    ...violated("counters equal the units", counters),
    ...violated("a job has one live task", [...live, ...conditions.doubles]),
    ...violated("no record is resolved and waiting", both),
    ...violated("a unit has one open record", twice),
    ...violated("a task ends with its last unit", ended),
    ...violated("a done unit says so", unmarked),
    ...violated("a key starts once", keys),
    ...violated("a verification ends with its task", endless),
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
     where unit.status not in ('done', 'compared', 'parked') and not (task.status = 'CANCELLED' and unit.status = 'pending')
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
       -- a person has said that it may rest; a later task with the same unit has the same record
       and not exists (select 1 from sync_failure_record as record
         where record.job_type = task.job_type and record.unit_key = unit.unit_key and record.dismissed is not null
           and record.resolved_at >= unit.settled_at)
       -- another task of the job has done it since
       and not exists (select 1 from sync_unit as later join sync_task as other on other.id = later.task_id
         where other.job_type = task.job_type and later.unit_key = unit.unit_key
           and later.status in ('done', 'compared')
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
      "a cancelled task leaves no failure open",
      records.filter(({ status, task }) => task === "CANCELLED" && status === "pending"),
    ),
    ...violated(
      "a record that waits for nothing needs action",
      parked.filter(({ status, task }) => status !== "parked" && task !== "CANCELLED" && task !== "PAUSED"),
    ),
    ...violated("a parked unit has a record", unrecorded),
  ];
}

/** Nobody is asked for what passes, nothing is sent again that was not lost, and what says done has its rows. */
export async function expectJust(world: World): Promise<Violation[]> {
  const { engine, market, conditions, plan } = world;
  const rate = await engine.rows(
    "select unit_key, error_message from sync_failure_record where kind <> 'rate-limited' and error_message ~ '次/|最多访问该接口'",
  );
  const passing = await engine.rows(
    `select unit_key, error_message from sync_failure_record
     where kind = 'permanent' and error_message ~ '40P01|TimeoutError|TimeoutException|Unavailable|InternalServer|Throttling|resuming|HTTP 502|ECONN|系统内部错误|查询数据失败'`,
  );
  const done = await engine.rows(
    `select unit_key, selector ->> 'trade_date' as day, extract(epoch from settled_at) * 1000 as settled,
       (select count(*) from stock_daily
          where to_char(trade_date, 'YYYYMMDD') = selector ->> 'trade_date' and stored_at <= settled_at) as rows,
       (select count(*) from sync_absence where dataset = 'stock_daily' and interface = 'daily'
          and to_char(trade_date, 'YYYYMMDD') = selector ->> 'trade_date') as absent
     from sync_unit where status = 'done' and dataset = 'stock_daily' and selector ->> 'by' = 'date'`,
  );
  // A corrected row was stored later. Else the answer came at most a worker's time before.
  const isRestated = plan.troubles.some(({ what }) => what === "day restated");
  const short = (isRestated ? [] : done).filter(({ day, rows, settled, absent }) => {
    const there = market.daily([String(day)], Number(settled) - 200_000).length;
    return Number(rows) + Number(absent) < there;
  });
  return [
    ...violated("a call limit parks nothing", rate),
    ...violated("a passing fault is not permanent", passing),
    ...violated("a done unit has its rows", short),
    ...violated("nothing stands still unless it was lost", conditions.stalls),
  ];
}

/** The table holds what the upstream has, no more and no less. */
export async function expectEqualRows({ engine, market, loop, plan }: World): Promise<Violation[]> {
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
  const suspended = market
    .rowsAt("suspend_d", loop.now())
    .filter(({ trade_date }) => due.includes(String(trade_date)))
    .map((row) => `${row.ts_code} ${row.trade_date}`);
  const suspensions = await engine.rows(
    "select ts_code, to_char(trade_date, 'YYYYMMDD') as trade_date from suspend_d",
  );
  const listed = market
    .rowsAt("stock_basic", loop.now())
    .map((row) => `${row.ts_code} ${row.list_status} ${row.list_date} ${row.delist_date ?? ""}`);
  const list = await engine.rows(
    `select concat_ws(' ', ts_code, list_status, to_char(list_date, 'YYYYMMDD'), coalesce(to_char(delist_date, 'YYYYMMDD'), '')) as stock
     from stock_info where is_etf = 'N'`,
  );
  return [
    ...violated(
      "suspensions are equal",
      plan.fetchesSuspensions ? differing(suspended, suspensions.map(keyOf)) : [],
    ),
    ...violated(
      "the list is equal",
      differing(
        listed,
        list.map(({ stock }) => String(stock)),
      ),
    ),
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

/** What only one of two lists has. */
function differing(ours: readonly string[], theirs: readonly string[]): string[] {
  return [
    ...ours.filter((each) => !theirs.includes(each)).map((each) => `lacks ${each}`),
    ...theirs.filter((each) => !ours.includes(each)).map((each) => `has ${each}`),
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
