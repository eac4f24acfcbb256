// The world of the use-case tests: a real database behind the local Data API, and around it a queue, schedules, an
// upstream and a clock in memory. It checks nothing itself: it moves the time and injects faults.
import pg from "pg";
import { keptPlans, sessionName, sessionOptions } from "../../local/data-api/server.ts";
import { withSettings } from "../../local/database/url.ts";
import { datasets } from "../../shared/catalogue/datasets.ts";
import { shanghaiInstant } from "../../shared/catalogue/dates.ts";
import { simulatedOrigin } from "../../shared/catalogue/origin.ts";
import { functionSeconds, receivesMax, visibilitySeconds } from "../../shared/catalogue/queue-limits.ts";
import { readSettings } from "../../shared/catalogue/settings.ts";
import { type DispatchAnswer, dispatch } from "../../shared/dispatch/dispatch.ts";
import { claimOrigin } from "../../shared/ledger/origin.ts";
import type {
  Clock,
  Database,
  Log,
  Meter,
  Outcome,
  Planner,
  SyncServices,
  Upstream,
  WorkQueue,
} from "../../shared/ports.ts";
import { makePacer } from "../../shared/sync/pacer.ts";
import { retryUnit } from "../../shared/sync/retry-unit.ts";
import { syncUnit } from "../../shared/sync/sync-unit.ts";
import { encodeUnit, type PlannedUnit, type Unit, unitKey } from "../../shared/unit.ts";
import { migratedDatabase, type TestDatabase } from "./database.ts";
import { makeMemoryQueue, makeMemorySchedules, type Receipt } from "./memory-queue.ts";
import { answer, type Market, makeMarket, type Params, type Reply, type Row } from "./small-market.ts";
import { rowsOfAny } from "./small-others.ts";

export type Call = { readonly name: string; readonly params: Params; readonly at: number };
export type Logged = { level: keyof Log; message: string; details: Record<string, unknown> };
type Target = { unit: Unit } | { command: object };
type Ports = Pick<SyncServices, "database" | "upstream" | "queue" | "planner">;

/** What happens at one call to a port: the process dies there, or only the call fails. */
export type Break = { call: number; when: "before" | "after"; fate: "dies" | "goes on" };

export type World = Awaited<ReturnType<typeof makeWorld>>;

/** After every day of the small market is published. */
const settledAt = "2024-02-01T00:00:00+08:00";

/** Filled by each reset, and rarely changed between two: 700 rows took longer than all else of it. */
const lists = ["trade_cal", "stock_info"];

/** Everything else. A unit refers to its task. */
const mirrored = new Set([
  ...[
    "sync_verification",
    "sync_absence",
    "sync_day",
    "sync_failure_record",
    "sync_failure_month",
    "sync_unit",
    "sync_task",
    "sync_list_answer",
    "data_revision",
  ],
  ...Object.values(datasets)
    .map(({ table }) => table)
    .filter((table) => !lists.includes(table)),
]);

/** Differs once a row was written or deleted. */
const markSql = `(select concat_ws(' ', ${lists.map(
  (list) => `(select concat_ws(' ', count(*), max(cast(cast(xmin as text) as bigint))) from ${list})`,
)}))`;

// Deleted, not truncated: for a few rows that takes a fifteenth of the time. A function keeps the plans of the deletes.
// Counting from one again with "restart" would make the database plan every statement on that table again.
const worldSql = `create table world_clock as select now() as at;
create function world_now() returns timestamptz language sql stable as 'select at from world_clock';
create table world_lists as select cast(null as text) as mark;
create function world_clear() returns boolean language plpgsql as $$ begin
  ${[...mirrored].map((table) => `delete from ${table};`).join("\n  ")}
  perform setval(pg_get_serial_sequence('sync_failure_record', 'id'), 1, false);
  if (select mark from world_lists) = ${markSql} then return true; end if;
  ${lists.map((list) => `delete from ${list};`).join("\n  ")}
  return false;
end $$`;

export async function makeWorld(
  open: () => Promise<TestDatabase> = migratedDatabase,
  environment: Record<string, string> = {},
) {
  const engine = await open();
  const origin = simulatedOrigin({ seed: 1, stocks: 4 });
  await claimOrigin(engine, origin);
  // The settings of the Data API's connections: the embedded database changes between equal ones without a query.
  // One connection for all, which takes statements one after another.
  const client = new pg.Pool({
    connectionString: withSettings(engine.url, `${sessionOptions} ${keptPlans}`),
    application_name: sessionName,
    max: 1,
    idleTimeoutMillis: 0,
  });
  // Ending it does not wait until the connection is closed, and a server that stops then ends it.
  client.on("error", () => undefined);

  let dailyColumns: { name: string }[] | undefined;
  let milliseconds = 0;
  let setBack = 0; // the wall clock may be set; the monotonic one only passes
  const now = () => milliseconds;
  const clock: Clock = {
    now: () => new Date(milliseconds),
    monotonic: () => milliseconds - setBack,
    async sleep(passed) {
      milliseconds += passed;
    },
  };
  const settings = readSettings({
    SYNC_DAILY_HISTORY_BATCH_SIZE: "5",
    SYNC_DAILY_HISTORY_START_DATE: "20240102",
    // What is fetched again is asked for where it is tested.
    ...{ SYNC_REREAD_DAYS: "0", SYNC_REREAD_OLD_DAYS: "0", SYNC_REREAD_PERIODS: "0" },
    SYNC_FINANCE_HISTORY_START_DATE: "20220101",
    ...environment,
  });

  const deadLetters = makeMemoryQueue({ now, visibilitySeconds: visibilitySeconds("retry") });
  const onDead = deadLetters.take;
  const visible = visibilitySeconds("worker");
  const work = makeMemoryQueue({ now, visibilitySeconds: visible, receivesMax, onDead });
  const schedules = makeMemorySchedules<Target>();
  const logged: Logged[] = [];
  const counted = new Map<string, number>();
  const calls: Call[] = [];

  const state = {
    market: makeMarket(),
    /** Rows a reply of the upstream holds at most. */
    cap: 6_000,
    /** Called between the upstream and the worker: may change a reply, throw, or do something meanwhile. */
    onCall: honest as (call: Call, reply: Reply) => Reply | Promise<Reply>,
    /** Runs after the queue has accepted a send. */
    onSent: async (_units: readonly Unit[]): Promise<void> => {},
    /** Units the queue still accepts before a send fails. */
    accepts: Number.POSITIVE_INFINITY,
  };

  // The database's clock is the world's too, or days settled in the world would be days of today. The time is a row, not
  // a part of each statement: the database need not plan the same statement again.
  await client.query(worldSql);
  let databaseTime: number | undefined;
  let timeIsSet: Promise<unknown> = Promise.resolve();
  const setDatabaseTime = async () => {
    if (databaseTime !== milliseconds) {
      databaseTime = milliseconds;
      timeIsSet = client.query(`update world_clock set at = to_timestamp(${milliseconds / 1000})`);
    }
    await timeIsSet;
  };
  const worldTime = (sql: string) => sql.replaceAll("now()", "world_now()");
  const database: Database = {
    async run(sql, parameters) {
      await setDatabaseTime();
      return await engine.run(worldTime(sql), parameters);
    },
    async transaction(act) {
      await setDatabaseTime();
      return await engine.transaction((run) => act((sql, parameters) => run(worldTime(sql), parameters)));
    },
  };
  const upstream: Upstream = {
    async fetchPage(spec, params) {
      const call = { name: spec.name, params, at: milliseconds };
      calls.push(call);
      const rows = state.market[spec.name as keyof Market] ?? rowsOfAny(spec, params);
      const columns = [...new Set(spec.columns.map(({ name, from }) => from ?? name))];
      return await state.onCall(call, answer(rows, columns, params, state.cap));
    },
  };
  const queue: WorkQueue = {
    async send(units, delaySeconds) {
      for (const unit of units) {
        if (state.accepts <= 0) throw new Error("the queue is not reachable");
        state.accepts -= 1;
        work.put(encodeUnit(unit), delaySeconds);
      }
      await state.onSent(units);
    },
    returnAfter: async (handle, seconds) => work.returnAfter(handle, seconds),
    count: async () => work.bodies().length,
  };
  const planner: Planner = {
    sendUnitAt: async (name, at, unit) => schedules.create(name, at, { unit }),
    invokeDispatcherAt: async (name, at, command) => schedules.create(name, at, { command }),
  };
  const log: Log = {
    info: (message, details = {}) => logged.push({ level: "info", message, details: { ...details } }),
    warn: (message, details = {}) => logged.push({ level: "warn", message, details: { ...details } }),
    error: (message, details = {}) => logged.push({ level: "error", message, details: { ...details } }),
  };
  const meter: Meter = {
    count: (metric, value) => counted.set(metric, (counted.get(metric) ?? 0) + value),
    measure: (metric, value) => counted.set(metric, value),
  };
  const newPacer = () =>
    makePacer({ slots: settings.WORKER_SLOTS, minIntervalSeconds: settings.TUSHARE_MIN_INTERVAL, clock });
  const services: SyncServices = {
    ...{ datasets, database, upstream, origin, queue, planner, clock, settings, log, meter },
    random: () => 0.5,
    pacer: newPacer(),
  };

  const world = {
    ...{ services, clock, work, deadLetters, schedules, logged, counted, calls, state, settings },
    url: engine.url,

    /** Everything as on the evening of the market's last day, with the calendar and the stock list stored. */
    async reset(): Promise<void> {
      const [cleared] = await world.sql<{ has_lists: boolean }>("select world_clear() as has_lists");
      for (const clearable of [work, deadLetters, schedules, counted]) clearable.clear();
      logged.length = 0;
      calls.length = 0;
      Object.assign(state, { market: makeMarket(), cap: 6_000, onCall: honest, onSent: async () => {} });
      state.accepts = Number.POSITIVE_INFINITY;
      world.setTime("20240117", 18);
      if (cleared?.has_lists) return;
      await world.insert("trade_cal", state.market.trade_cal);
      await world.insert("stock_info", state.market.stock_basic);
      await world.sql(`update world_lists set mark = ${markSql}`);
    },

    /** Hours since midnight in Shanghai. */
    setTime(day: string, hours: number): void {
      const to = shanghaiInstant(day, hours).getTime();
      setBack += to - milliseconds;
      milliseconds = to;
    },

    async sql<Found extends object = Record<string, unknown>>(text: string, values: unknown[] = []) {
      return (await client.query<Found>(text, values)).rows;
    },
    async insert(table: string, rows: readonly Row[]): Promise<void> {
      await client.query(
        `insert into ${table} (${Object.keys(rows[0] ?? {})})
         select ${Object.keys(rows[0] ?? {})} from json_populate_recordset(null::${table}, $1)`,
        [JSON.stringify(rows.map((row) => Object.fromEntries(Object.entries(row).map(emptyIsNull))))],
      );
    },
    /** A unit of a task that has ended, with so many rows. */
    async settleUnit(unit: PlannedUnit, rows: number, { status = "done", at = settledAt } = {}) {
      await world.sql(
        `with task as (
           insert into sync_task (job_type, status, batch_size, config) values ('INVENTED', 'FAILED', 1, '{}')
           returning id
         )
         insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status, rows, settled_at)
         select id, 1, $1, $2, $3::jsonb, $4, $5, $6::timestamptz from task`,
        [unit.dataset, unitKey(unit), JSON.stringify(unit.selector), status, rows, at],
      );
    },
    /** Rows of stock_daily by key, each value as text. */
    async storedDaily(): Promise<Record<string, unknown>[]> {
      // Asked once: the answer takes longer than most other statements.
      dailyColumns ??= await world.sql<{ name: string }>(
        `select column_name as name from information_schema.columns
         where table_name = 'stock_daily' and column_name not in ('trade_date', 'stored_at')`,
      );
      const values = dailyColumns.map(({ name }) => `cast(${name} as text) as ${name}`);
      return await world.sql(
        `select ${values}, to_char(trade_date, 'YYYYMMDD') as trade_date
         from stock_daily order by ts_code collate "C", stock_daily.trade_date`,
      );
    },
    /** The physical place of each row and when it was stored: the same only when nothing was written. */
    footprint: () =>
      world.sql("select ts_code, trade_date, cast(ctid as text), stored_at from stock_daily order by 1, 2"),
    tasks: () =>
      world.sql<{
        id: string;
        status: string;
        reason: string;
        current_offset: number;
        total_units: number;
        total_processed: number;
        total_failed: number;
      }>("select * from sync_task order by started_at, id"),
    units: () =>
      world.sql<{
        unit_key: string;
        status: string;
        rows: number;
        attempts: number;
        last_error: string | null;
      }>("select unit_key, status, rows, attempts, last_error from sync_unit order by task_id, sequence"),
    failures: () =>
      world.sql<{
        id: string;
        unit_key: string;
        kind: string;
        error_message: string;
        retry_count: number;
        third_code: string | null;
        next_attempt_at: Date | null;
        resolved_at: Date | null;
        dismissed: string | null;
      }>("select * from sync_failure_record order by id"),

    dispatch: (command: unknown): Promise<DispatchAnswer> => dispatch(services, command),
    /** A command to a dispatcher of which one call to a port breaks. */
    dispatchBreaking: (command: unknown, at: Break): Promise<DispatchAnswer> =>
      dispatch({ ...services, ...breaking(services, at).ports }, command),

    /** Gives one message to a worker, in an execution environment that is warm. */
    async deliver(receipt: Receipt, options: { remainingSeconds?: number; breakAt?: Break } = {}) {
      const { remainingSeconds = functionSeconds.worker, breakAt } = options;
      const { ports, isDead, count } = breaking(services, breakAt);
      const endsAt = clock.monotonic() + remainingSeconds * 1000;
      const outcome: Outcome = await syncUnit(
        { ...services, ...ports },
        {
          body: receipt.message.body,
          receiptHandle: receipt.handle,
          receiveCount: receipt.message.receiveCount,
          remainingMilliseconds: () => endsAt - clock.monotonic(),
        },
      );
      if (outcome === "settled" && !isDead()) work.acknowledge(receipt.handle);
      return { outcome, portCalls: count() };
    },
    /** Receives one message and delivers it. */
    async deliverNext(options: { remainingSeconds?: number; breakAt?: Break } = {}) {
      const receipt = work.receive();
      if (receipt === undefined) throw new Error("the work queue has nothing to deliver");
      return await world.deliver(receipt, options);
    },
    /** Gives a dead letter to the retry function; a failure leaves it in its queue. */
    async retryLetter(receipt: Receipt, breakAt?: Break): Promise<void> {
      const { ports, isDead } = breaking(services, breakAt);
      const { id: messageId, body, receiveCount } = receipt.message;
      try {
        await retryUnit({ ...services, ...ports }, { messageId, body, receiveCount });
        if (!isDead()) deadLetters.acknowledge(receipt.handle);
      } catch (error) {
        logged.push({ level: "error", message: "letter stays", details: { error } });
      }
    },
    /** Lets the schedules that are due fire. */
    async fireSchedules(): Promise<void> {
      for (const target of schedules.fire(milliseconds)) {
        if ("unit" in target) work.put(encodeUnit(target.unit));
        else
          await world
            .dispatch(target.command)
            .catch((error) => log.error("scheduled command failed", { error }));
      }
    },
    /** Does the next thing there is to do, passing the time until it; false when there is nothing left. */
    async step(choose?: (count: number) => number): Promise<boolean> {
      const receipt = work.receive(choose);
      if (receipt !== undefined) {
        await world.deliver(receipt);
        return true;
      }
      const letter = deadLetters.receive(choose);
      if (letter !== undefined) {
        await world.retryLetter(letter);
        return true;
      }
      const next = Math.min(work.nextVisibleAt(), deadLetters.nextVisibleAt(), schedules.nextAt());
      if (next === Number.POSITIVE_INFINITY) return false;
      milliseconds = Math.max(milliseconds, next);
      await world.fireSchedules();
      return true;
    },
    /** Until the queues are empty, whatever is scheduled for later. */
    async runQueuesToEnd(): Promise<void> {
      for (let steps = 0; steps < 1_000; steps += 1) {
        const next = Math.min(work.nextVisibleAt(), deadLetters.nextVisibleAt());
        if (work.bodies().length === 0 && next === Number.POSITIVE_INFINITY) return;
        if (schedules.nextAt() < next) throw new Error("a schedule would fire before the queues are empty");
        await world.step();
      }
      throw new Error("the queues do not become empty");
    },
    /** Until queues and schedules are empty. */
    async runToEnd(): Promise<void> {
      for (let steps = 0; steps < 3_000; steps += 1) if (!(await world.step())) return;
      throw new Error("the queues and schedules do not become empty");
    },

    async close(): Promise<void> {
      await client.query("drop function world_now, world_clear; drop table world_clock, world_lists"); // another file takes the engine
      await client.end();
      await engine.close();
    },
  };
  return world;
}

/**
 * Acts once for each place where a process can die: before each of its calls, and after the last. Dying after a call
 * leaves what dying before the next one leaves.
 * @param act returns whether the process died there
 * @returns the number of deaths
 */
export async function atEveryDeath(act: (at: Break) => Promise<boolean>): Promise<number> {
  let call = 1;
  while (await act({ call, when: "before", fate: "dies" })) call += 1;
  if (!(await act({ call: call - 1, when: "after", fate: "dies" })))
    throw new Error("the last call was another one");
  return call;
}

export function honest(_call: Call, reply: Reply): Reply {
  return reply;
}

/** The ports of one process, of which one call breaks. A dead process reaches nothing any more. */
function breaking(services: SyncServices, at?: Break) {
  let calls = 0;
  let isDead = false;
  const pass = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    if (isDead) throw new Error("the process is dead");
    calls += 1;
    const isHere = calls === at?.call;
    const snap = () => {
      if (isHere) isDead = at.fate === "dies";
      if (isHere || isDead) throw new Error(`broken ${at?.when} call ${at?.call}`);
    };
    if (at?.when === "before") snap();
    const result = await act();
    snap();
    return result;
  };
  const { database, upstream, queue, planner } = services;
  const ports: Ports = {
    database: {
      run: (...call) => pass(() => database.run(...call)),
      transaction: (act) => pass(() => database.transaction(act)),
    },
    upstream: { fetchPage: (...call) => pass(() => upstream.fetchPage(...call)) },
    queue: {
      send: (...call) => pass(() => queue.send(...call)),
      returnAfter: (...call) => pass(() => queue.returnAfter(...call)),
      count: (...call) => pass(() => queue.count(...call)),
    },
    planner: {
      sendUnitAt: (...call) => pass(() => planner.sendUnitAt(...call)),
      invokeDispatcherAt: (...call) => pass(() => planner.invokeDispatcherAt(...call)),
    },
  };
  return { ports, isDead: () => isDead, count: () => calls };
}

function emptyIsNull([name, value]: [string, Row[string] | undefined]): [string, Row[string]] {
  return [name, value === "" ? null : (value ?? null)];
}
