// A cancelled task stays CANCELLED, whatever messages are still in flight; and a repeated command has one effect.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SyncError } from "../shared/errors.ts";
import { pauseTask } from "../shared/ledger/tasks.ts";
import { countOpenFailures } from "../shared/reads/ledger.ts";
import { decodeUnit } from "../shared/unit.ts";
import { firstDay, lastDay } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const day = "20240104";
const oneDay = { job: "DAILY_HISTORY", from: day, to: day };
const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
const onlyTask = async () => (await world.tasks())[0];
const onlyUnit = async () => (await world.units())[0];
const start = async (command: object) => (await world.dispatch(command)).tasks[0]?.id;
const refuse = (kind: "transient" | "permanent") => {
  world.state.onCall = (call, reply) => {
    if (call.params.trade_date === day) throw new SyncError(kind, `daily ${day}: HTTP 502`);
    return reply;
  };
};
const heal = () => {
  world.state.onCall = (_call, reply) => reply;
};
/** The only unit fails five times, and its next attempt is scheduled. */
async function failOnce(): Promise<string | undefined> {
  refuse("transient");
  const id = await start(oneDay);
  await world.runQueuesToEnd();
  expect(await onlyUnit()).toMatchObject({ status: "failed" });
  heal();
  return id;
}

describe("a cancelled task", () => {
  test("stays CANCELLED when the last unit that was in hand is stored after all, and the rows stay", async () => {
    const id = await start(oneDay);
    world.state.onCall = async (_call, reply) => {
      await world.dispatch({ cancel: id });
      return reply;
    };
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "CANCELLED", total_processed: 1 });
    expect(await onlyUnit()).toMatchObject({ status: "done" });
    expect((await world.storedDaily()).length).toBeGreaterThan(0);
    heal();
    expect(await world.dispatch(oneDay)).toMatchObject({ outcome: "started", tasks: [{ total_units: 0 }] });
  });

  test("records no failure of a unit that was in hand", async () => {
    const id = await start(oneDay);
    world.state.onCall = async () => {
      await world.dispatch({ cancel: id });
      throw new SyncError("permanent", "no");
    };
    await world.runToEnd();
    expect(await world.failures()).toEqual([]);
    expect(await onlyTask()).toMatchObject({ status: "CANCELLED", total_failed: 0 });
  });

  test("makes none of its scheduled attempts, and retry all sends none of its units", async () => {
    await world.dispatch({ cancel: await failOnce() });
    expect(world.schedules.planned()).toHaveLength(1);
    const before = world.calls.length;
    expect(await world.dispatch({ retry: "all" })).toMatchObject({ sent: 0 });
    const [record] = await world.failures();
    expect(record).toMatchObject({ next_attempt_at: null, dismissed: "its task was cancelled" });
    await expect(world.dispatch({ retry: Number(record?.id) })).rejects.toThrow("its task was cancelled");
    await world.runToEnd();
    expect(world.calls).toHaveLength(before);
    expect(await onlyUnit()).toMatchObject({ status: "pending" });
  });

  test("does not check again for a day that was not due, also when a check was in progress", async () => {
    world.state.onCall = (call, reply) => (call.name === "daily" ? { ...reply, items: [] } : reply);
    world.setTime("20240117", 18);
    const id = await start({ job: "DAILY_HISTORY", from: lastDay, to: lastDay });
    await world.deliverNext();
    expect(await onlyUnit()).toMatchObject({ status: "not_due" });
    const empty = world.state.onCall;
    world.state.onCall = async (call, reply) => {
      await world.dispatch({ cancel: id });
      return await empty(call, reply);
    };
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "CANCELLED" });
    expect(await onlyUnit()).toMatchObject({ status: "pending" });
    expect(world.schedules.planned()).toEqual([]);
  });

  test("keeps the units that already needed action, and a retry of one is carried out", async () => {
    refuse("permanent");
    const id = await start(history);
    await world.deliverNext();
    while ((await onlyTask())?.total_failed === 0) await world.deliverNext();
    await world.dispatch({ cancel: id });
    await world.runToEnd();
    heal();
    expect(await world.dispatch({ retry: "all" })).toMatchObject({ sent: 1 });
    await world.runToEnd();
    const task = await onlyTask();
    expect(task).toMatchObject({ status: "CANCELLED", total_failed: 0 });
    expect(task?.total_processed).toBeLessThan(task?.total_units ?? 0);
    expect(await world.failures()).toMatchObject([{ resolved_at: expect.any(Date) }]);
  });

  test("schedules another attempt when a unit that a person retried fails with a transient error", async () => {
    refuse("permanent");
    const id = await start(history);
    while ((await onlyTask())?.total_failed === 0) await world.deliverNext();
    await world.dispatch({ cancel: id });
    await world.runToEnd();
    refuse("transient");
    await world.dispatch({ retry: "all" });
    await world.runQueuesToEnd();
    expect(world.schedules.planned()).toHaveLength(1);
    heal();
    await world.runToEnd();
    expect(await world.failures()).toMatchObject([{ resolved_at: expect.any(Date) }]);
    expect(await onlyTask()).toMatchObject({ status: "CANCELLED", total_failed: 0 });
  });

  test("does not block a new one, and leaves it no open failure", async () => {
    await world.dispatch({ cancel: await failOnce() });
    await world.dispatch(oneDay);
    await world.runToEnd();
    expect((await world.tasks()).map(({ status }) => status)).toEqual(["CANCELLED", "COMPLETED"]);
    expect(await world.failures()).toMatchObject([{ resolved_at: expect.any(Date) }]);
  });

  test("leaves alone the open failure of another task with the same unit", async () => {
    refuse("permanent");
    await start(oneDay);
    await world.runToEnd();
    const [record] = await world.failures();
    heal();
    await world.dispatch({ cancel: await start({ ...oneDay, refresh: true }) });
    expect(await world.failures()).toEqual([record]);
  });

  test("that was cancelled during its planning is not planned any further", async () => {
    await expect(world.dispatchBreaking(oneDay, { call: 2, when: "after", fate: "dies" })).rejects.toThrow();
    const { id } = (await onlyTask()) ?? {};
    await world.dispatch({ cancel: id });
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "CANCELLED", total_units: 0 });
    expect(await world.units()).toEqual([]);
  });

  test("is the answer to a repeated start with its key", async () => {
    const keyed = { ...oneDay, requestKey: "api/one" };
    await world.dispatch({ cancel: await start(keyed) });
    expect(await world.dispatch(keyed)).toMatchObject({
      outcome: "repeated",
      tasks: [{ status: "CANCELLED" }],
    });
  });

  test("is not started again when a unit in hand fails for lack of a right", async () => {
    const id = await start({ job: "FINANCE_HISTORY", from: "20230331", to: "20230331" });
    await world.sql("update sync_unit set dataset = 'finance', selector = $1", [
      { by: "period", period: "20230331" },
    ]);
    const unit = decodeUnit(world.work.bodies()[0] ?? "");
    world.work.clear();
    world.state.onCall = async () => {
      await world.dispatch({ cancel: id });
      throw new SyncError("permanent", "no right to fina_indicator_vip", { scope: "task" });
    };
    await world.services.queue.send([{ ...unit, selector: { by: "period", period: "20230331" } }]);
    await world.runToEnd();
    expect(world.calls).toHaveLength(1);
    expect(await world.tasks()).toMatchObject([{ status: "CANCELLED", reason: "cancelled by a command" }]);
    expect(world.schedules.created).toEqual([]);
  });
});

describe("a command that is sent again after its answer was lost", () => {
  test.each([
    ["pause", "paused", "PAUSED"],
    ["cancel", "cancelled", "CANCELLED"],
  ])("%s succeeds, and leaves the task as it is", async (verb, outcome, status) => {
    const id = await start(history);
    await world.dispatch({ [verb]: id });
    const [before] = await world.sql("select * from sync_task");
    await world.clock.sleep(60_000);
    expect(await world.dispatch({ [verb]: id })).toMatchObject({ outcome, tasks: [{ id, status }] });
    expect(await world.sql("select * from sync_task")).toEqual([before]);
  });

  test.each(["pause", "cancel"])("%s from two callers at once succeeds for both", async (verb) => {
    const id = await start(history);
    const answers = await Promise.all([1, 2, 3].map(() => world.dispatch({ [verb]: id })));
    expect(new Set(answers.map(({ tasks }) => tasks[0]?.status)).size).toBe(1);
  });

  test("resume of a running task succeeds, and stores nothing twice", async () => {
    const id = await start(history);
    await world.dispatch({ pause: id });
    await world.dispatch({ resume: id });
    expect(await world.dispatch({ resume: id })).toMatchObject({
      outcome: "continued",
      tasks: [{ status: "RUNNING" }],
    });
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12 });
  });

  test("pause holds a task that waited for its quota: its schedule does not wake it", async () => {
    const id = (await start(history)) ?? "";
    await pauseTask(world.services.database, id, "the day's calls are used up");
    await world.dispatch({ pause: id });
    await world.dispatch({ resume: id, timed: true });
    expect(await onlyTask()).toMatchObject({ status: "PAUSED" });
  });
});

test("a retry of all counts only what it sends: what failed in a paused task goes with its resume", async () => {
  const id = await failOnce();
  await world.dispatch({ pause: id });
  world.schedules.clear(); // lost
  const before = world.calls.length;
  expect(await world.dispatch({ retry: "all" })).toMatchObject({ sent: 0 });
  expect(await countOpenFailures(world.services.database, ["DAILY_HISTORY"])).toBe(0);
  const [record] = await world.failures();
  await expect(world.dispatch({ retry: Number(record?.id) })).rejects.toThrow("is paused");
  await world.runToEnd();
  expect(world.calls).toHaveLength(before);
  expect(await world.dispatch({ resume: id })).toMatchObject({ sent: 1 });
  await world.runToEnd();
  expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
  expect(await world.failures()).toMatchObject([{ resolved_at: expect.any(Date) }]);
});

test("a retry sends a unit that needs action also while its task is paused, and the unit is stored", async () => {
  refuse("permanent");
  const id = await start(history);
  while ((await onlyTask())?.total_failed === 0) await world.deliverNext();
  await world.dispatch({ pause: id });
  await world.runToEnd();
  heal();
  expect(await world.dispatch({ retry: "all" })).toMatchObject({ sent: 1 });
  await world.runToEnd();
  expect(await world.failures()).toMatchObject([{ resolved_at: expect.any(Date) }]);
});

test.each(["pause", "resume"])("%s of a cancelled task says that it is CANCELLED", async (verb) => {
  const id = await start(history);
  await world.dispatch({ cancel: id });
  await expect(world.dispatch({ [verb]: id })).rejects.toThrow("it is CANCELLED");
});

test("a plan that cannot be made ends its task as FAILED: nobody cancelled it", async () => {
  await world.sql("truncate trade_cal");
  await expect(world.dispatch(history)).rejects.toThrow("the trading calendar is empty");
  expect(await onlyTask()).toMatchObject({ status: "FAILED" });
});
