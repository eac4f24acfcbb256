// The daily increment during a running backfill, on the whole local stack: it waits for a few units, not for the backlog.
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Run, referenceDataDir, startMirror } from "./support/npm-start.ts";
import { until } from "./support/until.ts";

/** Each slot is held a second for a unit: five units a second. */
const slots = 5;
const secondsBetweenCalls = 0.2;
/** Open days of the backfill, half a minute of work, and newer ones for the increment. */
const backfillDays = 150;
const newDays = 3;

const dataDir = await referenceDataDir(200);
let run: Run;
let database: pg.Client;
let invokeUrl: string;

beforeAll(async () => {
  // More stocks than days, so that a day is the unit.
  run = startMirror(["--data-dir", dataDir.path, "--stocks", "200", "--job", "REFERENCE"], {
    WORKER_SLOTS: String(slots),
    TUSHARE_MIN_INTERVAL: String(secondsBetweenCalls),
    TUSHARE_CALLS_A_MINUTE: "320",
    SYNC_DAILY_LOOKBACK_DAYS: String(newDays),
  });
  await run.printed("Still up");
  database = new pg.Client({ connectionString: /psql (postgres:\/\/\S+)/.exec(run.output())?.[1] });
  await database.connect();
  const [, endpoint, name] = /--endpoint-url (\S+) --function-name (\S+)/.exec(run.output()) ?? [];
  invokeUrl = `${endpoint}/2015-03-31/functions/${name}/invocations`;
});

afterAll(async () => {
  await database?.end();
  run.signal("SIGINT");
  await run.ended;
  dataDir.remove();
});

test("a daily increment started during a backfill waits for no more than two units of each slot", async () => {
  const days = await openDays(newDays + 1 + backfillDays);
  const stored = days[newDays];
  const first = await dispatch({ job: "DAILY_HISTORY", from: stored, to: stored });
  await until(async () => (await task(first)).status === "COMPLETED");
  const backfill = await dispatch({ job: "DAILY_HISTORY", from: days.at(-1), to: days[newDays + 1] });
  await until(async () => (await task(backfill)).done >= 2 * slots);

  const increment = await dispatch({ job: "DAILY_INCREMENTAL" });
  await until(async () => (await task(increment)).status === "COMPLETED");
  expect((await task(increment)).units).toBeGreaterThanOrEqual(newDays);

  // Units of the backfill fetched before the increment's first unit and before its last one were stored.
  expect(await fetchedMeanwhile(backfill, increment, "min")).toBeLessThanOrEqual(2 * slots);
  expect(await fetchedMeanwhile(backfill, increment, "max")).toBeLessThanOrEqual(3 * slots);
  // In the order of sending it would have waited for all of these, half a minute.
  expect(await aheadOf(increment, backfill)).toBeGreaterThan(backfillDays / 2);
  expect(await task(backfill)).toMatchObject({ status: "RUNNING" });
}, 120_000);

async function dispatch(command: object): Promise<string> {
  const response = await fetch(invokeUrl, { method: "POST", body: JSON.stringify(command) });
  const { tasks } = (await response.json()) as { tasks?: { id: string }[] };
  const [opened] = tasks ?? [];
  if (opened === undefined) throw new Error(`${JSON.stringify(command)} opened no task`);
  return opened.id;
}

async function task(id: string): Promise<{ status: string; units: number; done: number }> {
  const { rows } = await database.query(
    "select status, total_units as units, total_processed as done from sync_task where id = $1",
    [id],
  );
  return rows[0];
}

/** The newest open days before today, the newest first. */
async function openDays(count: number): Promise<string[]> {
  const { rows } = await database.query<{ day: string }>(
    `select to_char(cal_date, 'YYYYMMDD') as day
from trade_cal
where is_open = 1 and cal_date < (now() at time zone 'Asia/Shanghai')::date
order by cal_date desc
limit $1`,
    [count],
  );
  return rows.map(({ day }) => day);
}

/** Units of `backfill` that were done from when `increment` was sent until its first or last unit was done. */
async function fetchedMeanwhile(backfill: string, increment: string, which: "min" | "max"): Promise<number> {
  const { rows } = await database.query<{ units: number }>(
    `select count(*)::int as units
from sync_unit
where task_id = $1
  and settled_at > (select min(sent_at) from sync_unit where task_id = $2)
  and settled_at < (select ${which}(settled_at) from sync_unit where task_id = $2)`,
    [backfill, increment],
  );
  return rows[0]?.units ?? Number.NaN;
}

/** Units of `backfill` that were sent before `increment` and not done when its last unit was. */
async function aheadOf(increment: string, backfill: string): Promise<number> {
  const { rows } = await database.query<{ units: number }>(
    `select count(*)::int as units
from sync_unit
where task_id = $1
  and sent_at < (select min(sent_at) from sync_unit where task_id = $2)
  and (settled_at is null or settled_at > (select max(settled_at) from sync_unit where task_id = $2))`,
    [backfill, increment],
  );
  return rows[0]?.units ?? Number.NaN;
}
