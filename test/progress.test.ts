// Progress reports: how far a task is, when it will end, what needs action, what is stored for each day.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeCoverageReader } from "../local/page/coverage.ts";
import { type Dataset, datasets, datasetsByDay } from "../shared/catalogue/datasets.ts";
import { readCoverage, readFreshness } from "../shared/coverage/stored-days.ts";
import { SyncError } from "../shared/errors.ts";
import { countFailures, pageMax, readFailures, readTask, readTasks } from "../shared/reads/progress.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { firstDay, lastDay, marketDays, stockCodes } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const kinds = await databaseKinds();

describe.each(kinds)("on $engine", ({ missing, openMigrated }) => {
  let world: World;
  beforeAll(async () => {
    if (missing === undefined) world = await makeWorld(openMigrated);
  });
  afterAll(() => world?.close());
  beforeEach(async (context) => {
    if (missing !== undefined) context.skip(missing);
    await world.reset();
  });

  const backfill = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
  const database = () => world.services.database;

  /** Waits some seconds, then delivers one unit. */
  async function deliverAfter(seconds: number): Promise<void> {
    await world.clock.sleep(seconds * 1000);
    await world.deliverNext();
  }

  test("a task under way says how far it is, how fast, and when it will end", async () => {
    await world.dispatch(backfill);
    for (let unit = 0; unit < 4; unit += 1) await deliverAfter(60);
    const [task] = await readTasks(database(), { limit: 5 });
    expect(task).toMatchObject({ job_type: "DAILY_HISTORY", status: "RUNNING", reason: null });
    expect(JSON.parse(task?.config ?? "")).toMatchObject(backfill);
    expect(task?.units).toEqual({
      total: 12,
      done: 4,
      confirmed: 12,
      byStatus: { pending: 0, sent: 8, done: 4, not_due: 0, failed: 0, parked: 0 },
    });
    const stored = (await world.storedDaily()).length;
    expect([task?.rows, task?.share]).toEqual([stored, 4 / 12]);
    // Sixty seconds and the slot's hold for each unit: a little less than one a minute, eight left.
    expect(task?.unitsAMinute).toBeGreaterThan(0.9);
    expect(task?.unitsAMinute).toBeLessThan(1);
    const minutesLeft = (Number(task?.estimatedEnd) - world.clock.now().getTime()) / 60_000;
    expect(minutesLeft).toBeCloseTo(8 / (task?.unitsAMinute ?? 0), 2);
  });

  test("the rate is that of the last minutes: a night's pause does not slow the estimate", async () => {
    await world.dispatch(backfill);
    await deliverAfter(30);
    await world.clock.sleep(12 * 3_600_000);
    for (let unit = 0; unit < 5; unit += 1) await deliverAfter(100);
    const [task] = await readTasks(database(), { limit: 1 });
    expect(task?.unitsAMinute).toBeCloseTo(0.5, 5); // five in ten minutes
  });

  test("a task without a unit done has no rate and no end, one that is paused no end", async () => {
    const { tasks } = await world.dispatch(backfill);
    const id = tasks[0]?.id ?? "";
    expect(await readTask(database(), id)).toMatchObject({
      unitsAMinute: undefined,
      estimatedEnd: undefined,
    });
    await deliverAfter(10);
    expect((await readTask(database(), id))?.estimatedEnd).toBeInstanceOf(Date);
    await world.dispatch({ pause: id });
    expect(await readTask(database(), id)).toMatchObject({ status: "PAUSED", estimatedEnd: undefined });
  });

  test("a task that has ended reports its final share and its overall rate", async () => {
    await world.dispatch(backfill);
    await world.runToEnd();
    const [task] = await readTasks(database(), { limit: 1 });
    expect(task).toMatchObject({ status: "COMPLETED", share: 1, estimatedEnd: undefined });
    expect(task?.completedAt).toBeInstanceOf(Date);
    expect(task?.unitsAMinute).toBeGreaterThan(0);
  });

  test("the end is not before a retry that is planned", async () => {
    await world.dispatch(backfill);
    await deliverAfter(10);
    const retryAt = new Date(world.clock.now().getTime() + 5 * 3_600_000);
    await world.sql("update sync_unit set status = 'failed' where sequence = 12");
    await world.sql(
      `insert into sync_failure_record
         (job_type, unit_key, task_id, sequence, kind, error_message, max_retries, next_attempt_at)
       select job_type, 'x', id, 12, 'transient', 'x', 3, $1 from sync_task`,
      [retryAt],
    );
    expect((await readTasks(database(), { limit: 1 }))[0]?.estimatedEnd).toEqual(retryAt);
  });

  test("tasks come newest first, by status and job, page by page", async () => {
    for (const [at, status] of (["COMPLETED", "FAILED", "COMPLETED", "RUNNING"] as const).entries()) {
      await world.sql(
        `insert into sync_task (job_type, status, batch_size, config, started_at)
         values ($1, $2, 1, '{}', to_timestamp($3))`,
        [at === 2 ? "ETF_LIST" : "DAILY_HISTORY", status, 1_700_000_000 + at],
      );
    }
    const found = await readTasks(database(), { limit: 10 });
    expect(found.map(({ status }) => status)).toEqual(["RUNNING", "COMPLETED", "FAILED", "COMPLETED"]);
    const first = await readTasks(database(), { limit: 2 });
    const second = await readTasks(database(), { limit: 2, before: first[1]?.id });
    expect([...first, ...second]).toEqual(found);
    const ended = await readTasks(database(), { limit: 10, status: ["COMPLETED"], job: "ETF_LIST" });
    expect(ended.map(({ job_type }) => job_type)).toEqual(["ETF_LIST"]);
    expect(await readTask(database(), "00000000-0000-4000-8000-000000000000")).toBeUndefined();
  });

  test("a page of tasks that name two thousand codes each fits one answer", async () => {
    const codes = Array.from({ length: 2_000 }, (_, at) => `${String(600_000 + at)}.SH`);
    await world.sql(
      `insert into sync_task (job_type, status, batch_size, config)
       select 'DAILY_HISTORY', 'COMPLETED', 1, $1::jsonb from generate_series(1, $2::integer)`,
      [JSON.stringify({ job: "DAILY_HISTORY", codes }), pageMax],
    );
    const tasks = await readTasks(database(), { limit: pageMax });
    expect(tasks).toHaveLength(pageMax);
    expect(JSON.parse(tasks[0]?.config ?? "")).toEqual({ job: "DAILY_HISTORY" });
  });

  test("a next attempt is reported only when one is planned", async () => {
    const told = async () => {
      const [failure] = await readFailures(database(), { limit: 1 });
      const { planned, needPerson } = await countFailures(database());
      expect(planned).toBe(failure?.nextAttemptAt === undefined ? 0 : 1);
      expect(needPerson).toBe(failure?.needsPerson ? 1 : 0);
      return failure;
    };
    world.state.onCall = () => {
      throw new SyncError("transient", "no answer");
    };
    const { tasks } = await world.dispatch({ job: "DAILY_HISTORY", from: lastDay, to: lastDay });
    const id = tasks[0]?.id;
    await world.runQueuesToEnd();
    const [planned] = world.schedules.planned();
    expect((await told())?.nextAttemptAt).toEqual(planned?.at);

    await world.dispatch({ pause: id });
    expect(await told()).toMatchObject({ nextAttemptAt: undefined, needsPerson: false, isCancelled: false });
    await world.dispatch({ resume: id });
    expect((await told())?.nextAttemptAt).toBeUndefined(); // it is under way
    let again = await told();
    for (; again?.nextAttemptAt === undefined; again = await told()) await world.step();
    const wait = again.nextAttemptAt.getTime() - world.clock.now().getTime();
    await world.clock.sleep(wait);
    expect((await told())?.nextAttemptAt).toBeUndefined(); // its message is on its way
    await world.clock.sleep(-wait);
    expect((await told())?.nextAttemptAt).toEqual(again.nextAttemptAt);

    await world.dispatch({ cancel: id });
    expect(await told()).toMatchObject({ nextAttemptAt: undefined, needsPerson: false, isCancelled: true });
    expect((await told())?.resolvedAt).toEqual(world.clock.now()); // cancelling its task dismisses it
  });

  test("failures come newest first, and those that need action are distinguished from those being retried", async () => {
    const insert = (unit_key: string, more: { next?: string; resolved?: string; kind?: string }) =>
      world.sql(
        `insert into sync_failure_record
           (job_type, unit_key, kind, error_message, max_retries, next_attempt_at, resolved_at)
         values ('DAILY_HISTORY', $1, $2, repeat('错', 2000), 3, $3, $4)`,
        [unit_key, more.kind ?? "transient", more.next ?? null, more.resolved ?? null],
      );
    await insert("parked", { kind: "permanent" });
    await insert("retried", { next: "2024-01-18T00:00:00Z" });
    await world.dispatch({ job: "DAILY_HISTORY", from: lastDay, to: lastDay });
    await world.sql("update sync_unit set status = 'failed'");
    await world.sql(
      "update sync_failure_record set task_id = sync_task.id, sequence = 1 from sync_task where unit_key = 'retried'",
    );
    await insert("resolved", { resolved: "2024-01-17T00:00:00Z" });
    const keys = async (filter: object) =>
      (await readFailures(database(), { limit: 9, ...filter })).map(({ unit_key }) => unit_key);
    expect(await keys({})).toEqual(["resolved", "retried", "parked"]);
    expect(await keys({ needsPerson: true })).toEqual(["parked"]);
    expect(await keys({ resolved: true })).toEqual(["resolved"]);
    expect(await keys({ kind: "permanent" })).toEqual(["parked"]);
    expect(await keys({ job: "ETF_LIST" })).toEqual([]);
    expect(await keys({ limit: 1, before: 3 })).toEqual(["retried"]);
    expect(await keys({ id: 1 })).toEqual(["parked"]);
    expect(await countFailures(database())).toEqual({ needPerson: 1, planned: 1 });
    const [retried] = await readFailures(database(), { limit: 1, id: 2 });
    expect(retried?.nextAttemptAt).toEqual(new Date("2024-01-18T00:00:00Z"));
    await world.sql(
      "insert into sync_failure_record (job_type, unit_key, kind, error_message, max_retries) " +
        "select 'X', n::text, 'permanent', repeat('错', 2000), 3 from generate_series(1, 200) as n",
    );
    expect(await keys({ limit: 1_000 })).toHaveLength(pageMax); // 600 KB of messages in one answer
  });

  test("coverage compares the stored rows of each open day with the listed codes, and knows a whole day", async () => {
    await world.dispatch(backfill);
    await world.runToEnd();
    await world.sql("delete from stock_daily where trade_date = '2024-01-05' and ts_code = '600519.SH'");
    await world.sql(
      `insert into stock_daily (ts_code, trade_date, close)
       values ('510300.SH', '2024-01-03', 1), ('159915.SZ', '2024-01-03', 1)`,
    );
    await world.sql(
      "insert into stock_info (ts_code, name, is_etf, list_date) values ('510300.SH', 'x', 'Y', '2024-01-03')",
    );
    const range = { from: "20231201", to: "20240118" };
    const stocks = await readCoverage(database(), datasets.stock_daily, range);
    const etfs = await readCoverage(database(), datasets.etf_daily, range);
    expect(stocks.map(({ day }) => day)).toEqual([...marketDays, "20240118"]);
    const of = (day: string) => ({
      stocks: stocks.find((each) => each.day === day),
      etfs: etfs.find((each) => each.day === day),
    });
    const listedAt = (day: string) =>
      stockCodes
        .filter((code) => code !== "600005.SH") // suspended from listing
        .filter((code) => code !== "688981.SH" || day >= "20240110")
        .filter((code) => code !== "000003.SZ" || day < "20240110").length;
    const storedAt = (day: string) => world.state.market.daily.filter((row) => row.trade_date === day).length;
    for (const day of ["20240102", "20240108", "20240117"])
      expect(of(day).stocks).toEqual({
        day,
        stored: storedAt(day),
        expected: listedAt(day),
        explained: listedAt(day) - storedAt(day),
        ...{ unexplained: 0, missing: 0 },
        whole: true,
        asked: true,
      });
    expect(of("20240105").stocks).toMatchObject({ stored: storedAt("20240105") - 1, whole: false });
    expect(of("20240103").etfs).toMatchObject({
      stored: 1,
      expected: 1,
      whole: false,
      missing: 1,
      asked: false,
    });
    expect(of("20240102").etfs).toMatchObject({ stored: 0, expected: 0, whole: false, asked: false });
    expect(of("20240118").stocks).toMatchObject({ stored: 0, whole: false });
  });

  test("a day is asked for by a plan of its whole market, not by one of some codes, nor by a cancelled one", async () => {
    const asked = async (dataset: Dataset = datasets.stock_daily) => {
      const days = await readCoverage(database(), dataset, { from: firstDay, to: lastDay });
      return days.filter((day) => day.asked).map(({ day }) => day);
    };
    expect(await asked()).toEqual([]);
    await world.dispatch({ ...backfill, codes: ["600519.SH"] });
    await world.runToEnd();
    expect(await asked()).toEqual([]);
    const range = { from: "20240103", to: "20240105" };
    const { tasks } = await world.dispatch({ ...backfill, ...range });
    expect(await asked()).toEqual(["20240103", "20240104", "20240105"]);
    await world.dispatch({ cancel: tasks[0]?.id });
    expect(await asked()).toEqual([]);
    await expect(world.dispatch({ ...backfill, to: "20991231", from: "20990101" })).resolves.toBeDefined();
    expect(await asked()).toEqual([]);
    await world.dispatch({ ...backfill, ...range });
    await world.runToEnd();
    await world.dispatch({ job: "DAILY_INCREMENTAL" });
    expect(await asked()).toEqual(marketDays);
    expect(await asked(datasets.etf_daily)).toEqual([]);
  });

  test("the page's coverage shows what is asked for before any unit of it is settled", async () => {
    const reader = makeCoverageReader(database());
    const asked = async () => {
      const now = world.clock.now().getTime();
      let seen = await reader.read(new Date(now));
      for (let look = 1; look < 60; look += 1) seen = await reader.read(new Date(now + look * 60_000));
      expect(seen.map(({ dataset }) => dataset.name)).toEqual(["stock_daily"]);
      return seen.flatMap(({ days }) => days.filter(({ asked }) => asked)).map(({ day }) => day);
    };
    expect(await asked()).toEqual([]);
    const { tasks } = await world.dispatch({ ...backfill, to: "20240104" });
    expect(await asked()).toEqual(["20240102", "20240103", "20240104"]);
    await world.dispatch({ cancel: tasks[0]?.id });
    expect(await asked()).toEqual([]);
  });

  describe("days behind", () => {
    const behind = () => readFreshness(database(), world.clock.now(), datasetsByDay);

    test("are not counted for data that was never asked for", async () => {
      expect(await behind()).toEqual([]);
    });

    test("are 0 once the last due day is complete, on that day and over a weekend", async () => {
      await world.dispatch(backfill);
      await world.runToEnd();
      expect(await behind()).toEqual([{ dataset: "stock_daily", daysBehind: 0 }]);
      world.setTime("20240118", 12); // Thursday: its data is not due yet
      expect(await behind()).toEqual([{ dataset: "stock_daily", daysBehind: 0 }]);
      world.setTime("20240118", 22);
      expect(await behind()).toEqual([{ dataset: "stock_daily", daysBehind: 1 }]);
      world.setTime("20240121", 22); // Sunday: Thursday and Friday are missing, the weekend is not
      expect(await behind()).toEqual([{ dataset: "stock_daily", daysBehind: 2 }]);
    });

    test("count from the newest complete day: a gap before it does not count, rows deleted from it do", async () => {
      await world.dispatch(backfill);
      await world.runToEnd();
      await world.sql("delete from stock_daily where trade_date = '2024-01-10'");
      expect(await behind()).toMatchObject([{ daysBehind: 0 }]);
      await world.sql("delete from stock_daily where trade_date = '2024-01-17' and ts_code = '600519.SH'");
      expect(await behind()).toMatchObject([{ daysBehind: 1 }]);
    });
  });
});
