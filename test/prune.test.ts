// What the ledger no longer needs is removed after SYNC_LEDGER_DAYS, and nothing that anybody asks gets another answer.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { fetchedDays } from "../shared/coverage/fetched.ts";
import { SyncError } from "../shared/errors.ts";
import { pruneTask } from "../shared/ledger/prune.ts";
import { readTasks } from "../shared/reads/progress.ts";
import { firstDay, lastDay } from "./support/small-market.ts";
import { honest, makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
const oneDay = { job: "DAILY_HISTORY", from: "20240104", to: "20240104" };
const day = 24 * 3_600_000;
const check = { check: "freshness" };
const now = () => world.clock.now().toISOString();
const run = async (command: object) => {
  const { tasks } = await world.dispatch(command);
  await world.runToEnd();
  return tasks[0]?.id ?? "";
};
const failing = (kind: "transient" | "permanent") => {
  world.state.onCall = () => {
    throw new SyncError(kind, "HTTP 502");
  };
};
const heal = () => {
  world.state.onCall = honest;
};
const keys = async () => (await world.units()).map(({ unit_key }) => unit_key).sort();
const prunedAfter = async (days: number) => {
  await world.clock.sleep(days * day);
  await world.dispatch(check);
};
const prunedUnits = async () =>
  await world.sql(
    "select sum(pruned_units)::int as pruned, (select count(*)::int from sync_unit) as kept from sync_task",
  );

describe("what is answered does not change", () => {
  /** What every job would fetch now, how whole the data is, and what is said of the tasks. */
  async function answers(): Promise<unknown> {
    const plans = [];
    for (const job of jobTypes) {
      const answer = await world.dispatch({ plan: { job } }).catch((error: unknown) => String(error));
      plans.push([job, typeof answer === "string" ? answer : answer.plan]);
    }
    const tasks = await readTasks(world.services.database, { limit: 50 });
    return { plans, freshness: (await world.dispatch(check)).freshness, tasks };
  }

  test("by any plan or check, whichever way and however often the rows came", async () => {
    for (const job of ["REFERENCE", "FINANCE_HISTORY", "ETF_REFERENCE", "INDEX_HISTORY"].filter((name) =>
      jobTypes.some((known) => known === name),
    )) {
      await run({ job });
    }
    await run(history);
    await run({ ...history, codes: ["000001.SZ", "600519.SH"], refresh: true });
    await run({ ...history, from: "20240110", refresh: true });
    await run({ job: "FINANCE_HISTORY", codes: ["000001.SZ"], refresh: true });
    failing("permanent");
    await run({ ...oneDay, refresh: true });
    heal();
    await world.clock.sleep(89 * day);
    const before = await answers();
    expect(await prunedUnits()).toMatchObject([{ pruned: 0 }]);
    for (const { id } of await world.tasks()) await pruneTask(world.services.database, id);
    const [{ pruned = 0 } = {}] = (await prunedUnits()) as { pruned: number }[];
    expect(pruned).toBeGreaterThan(15);
    expect(await answers()).toEqual(before);
  });

  test("when the days of a mirror were fetched is remembered by the days that are whole", async () => {
    await run(history);
    await world.sql("update sync_day set checked_at = '2024-01-01T00:00:00Z'");
    const { database, datasets } = world.services;
    const stockDaily = datasets.stock_daily;
    if (stockDaily === undefined) throw new Error("no stock_daily");
    const before = await fetchedDays(database, stockDaily, lastDay);
    expect(before.size).toBe(12);
    await prunedAfter(91);
    expect(await keys()).toEqual([]);
    expect(await fetchedDays(database, stockDaily, lastDay)).toEqual(before);
    await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '2024-01-09'");
    expect((await world.dispatch(history)).tasks).toMatchObject([{ total_units: 1 }]);
  });
});

describe("removed", () => {
  test("is nothing before SYNC_LEDGER_DAYS are over, and then what whole days say; the task keeps its counts", async () => {
    await run(history);
    await prunedAfter(89);
    expect(await keys()).toHaveLength(12);
    await prunedAfter(2);
    expect(await keys()).toEqual([]);
    expect(await world.tasks()).toMatchObject([
      { status: "COMPLETED", total_units: 12, total_processed: 12, pruned_units: 12 },
    ]);
  });

  test("are ranges that a later answer contains, and the last answer of each slice stays", async () => {
    const job = "FINANCE_HISTORY";
    await run({ job, codes: ["000001.SZ"], from: "20230101" });
    await run({ job, codes: ["000001.SZ"], refresh: true });
    await run({ job, codes: ["600519.SH"], refresh: true });
    await prunedAfter(91);
    const kept = (await keys()).filter((key) => key.startsWith("finance/"));
    expect(kept).toEqual([
      expect.stringMatching(/^finance\/000001\.SZ\/20220/),
      expect.stringMatching(/^finance\/600519\.SH\//),
    ]);
  });

  test("is not an answer with more rows than the later one: rows may be gone", async () => {
    const job = "FINANCE_HISTORY";
    await run({ job, codes: ["000001.SZ"], refresh: true });
    world.state.market.fina_indicator = world.state.market.fina_indicator.slice(1);
    await world.sql("update sync_unit set rows = rows + 1");
    await run({ job, codes: ["000001.SZ"], refresh: true });
    const before = await keys();
    await prunedAfter(91);
    expect(await keys()).toEqual(before);
  });

  test("is no unit of a task that can still go on", async () => {
    await world.dispatch(history);
    await world.deliverNext();
    const [task] = await world.tasks();
    await world.dispatch({ pause: task?.id });
    await prunedAfter(200);
    expect(await keys()).toHaveLength(12);
  });

  test("is no unit that needs action; once its failure is dismissed, it goes", async () => {
    failing("permanent");
    await run(oneDay);
    heal();
    await prunedAfter(91);
    expect(await keys()).toHaveLength(1);
    await world.sql("update sync_failure_record set resolved_at = $1::timestamptz, dismissed = 'known'", [
      now(),
    ]);
    await prunedAfter(91);
    expect(await keys()).toEqual([]);
  });

  test("are units that were cancelled with their task, which keeps its counts", async () => {
    await world.dispatch(history);
    await world.deliverNext();
    const [task] = await world.tasks();
    await world.dispatch({ cancel: task?.id });
    const shown = async () => {
      const [{ units, rows, share } = {}] = await readTasks(world.services.database, { limit: 1 });
      return { units, rows, share };
    };
    const before = await shown();
    await prunedAfter(91);
    expect(await keys()).toEqual([]);
    expect(await shown()).toEqual(before);
    expect(before).toMatchObject({ units: { total: 12, done: 1 }, share: 1 / 12 });
  });

  test("are failures that are over, and their months keep the number", async () => {
    failing("transient");
    await world.dispatch(oneDay);
    await world.runQueuesToEnd();
    heal();
    await world.runToEnd();
    expect(await world.failures()).toMatchObject([{ resolved_at: expect.any(Date) }]);
    const [{ retry_count } = { retry_count: 0 }] = await world.failures();
    await world.sql("update sync_failure_record set resolved_at = $1::timestamptz", [now()]);
    await prunedAfter(91);
    expect(await world.failures()).toEqual([]);
    const months = "select job_type, kind, failures, retries, dismissed from sync_failure_month";
    expect(await world.sql(months)).toEqual([
      { job_type: "DAILY_HISTORY", kind: "transient", failures: 1, retries: retry_count, dismissed: 0 },
    ]);
  });
});

describe("a removal does no harm", () => {
  test("when it is repeated, or made by two at once", async () => {
    for (let time = 0; time < 4; time += 1) await run({ ...history, refresh: true });
    const ids = (await world.tasks()).map(({ id }) => id);
    const { database } = world.services;
    await Promise.all([...ids, ...ids.toReversed()].map((id) => pruneTask(database, id)));
    expect(await prunedUnits()).toEqual([{ pruned: 48, kept: 0 }]);
    for (const id of ids) expect(await pruneTask(database, id)).toBe(0);
  });

  test("to a message that comes months late", async () => {
    await world.dispatch(oneDay);
    const [late = ""] = world.work.bodies();
    await world.runToEnd();
    await prunedAfter(91);
    expect(await keys()).toEqual([]);
    const calls = world.calls.length;
    world.work.put(late);
    await world.runToEnd();
    expect(world.calls.length).toBe(calls);
    expect(world.deadLetters.bodies()).toEqual([]);
  });

  test("to the command it follows, when it fails", async () => {
    await run(oneDay);
    await world.clock.sleep(91 * day);
    const { database } = world.services;
    const broken = {
      ...database,
      run: (sql: string, parameters?: Parameters<typeof database.run>[1]) =>
        sql.includes("pruned_at") ? Promise.reject(new Error("away")) : database.run(sql, parameters),
    };
    Object.assign(world.services, { database: broken });
    expect(await world.dispatch(check)).toMatchObject({ outcome: "checked" });
    Object.assign(world.services, { database });
    expect(world.logged.filter(({ level }) => level === "error")).toHaveLength(1);
  });
});
