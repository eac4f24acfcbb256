// For every unit that is not settled somebody brings it on: a message, a schedule, or the sweep that the next command makes.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SyncError } from "../shared/errors.ts";
import { failTask } from "../shared/ledger/tasks.ts";
import { decodeUnit } from "../shared/unit.ts";
import { dailyTruth, firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
const oneDay = { job: "DAILY_HISTORY", from: "20240104", to: "20240104" };
const check = { check: "freshness" };
const hour = 3_600_000;
const start = async (command: object) => (await world.dispatch(command)).tasks[0]?.id ?? "";
const onlyTask = async () => (await world.tasks())[0];
const statuses = async () => (await world.units()).map(({ status }) => status);
const queued = () => world.work.bodies().map((body) => decodeUnit(body).unit_key);
const stalled = () => world.counted.get("Stalled");
const failing = (error: () => SyncError) => {
  world.state.onCall = () => {
    throw error();
  };
};
const heal = () => {
  world.state.onCall = (_call, reply) => reply;
};

/** What a schedule or a person does next, whatever it is. */
const nextCommands: [string, () => object][] = [
  ["the evening check", () => check],
  ["the next tick of the same job", () => oneDay],
  ["the start of another job", () => ({ job: "REFERENCE" })],
];

describe("a unit without a message and without a schedule is sent again", () => {
  test.each(nextCommands)("by %s, when its message was lost", async (_by, command) => {
    await start(oneDay);
    world.work.clear();
    await world.clock.sleep(hour);
    await world.dispatch(command());
    expect(stalled()).toBe(1);
    await world.runToEnd();
    expect((await world.tasks()).map(({ status }) => status)).not.toContain("RUNNING");
    expect(await statuses()).toContain("done");
    await world.dispatch(check);
    expect(stalled()).toBe(0);
  });

  test("when the schedule of its next attempt was lost, as that attempt", async () => {
    failing(() => new SyncError("transient", "HTTP 502"));
    await start(oneDay);
    await world.runQueuesToEnd();
    expect(await statuses()).toEqual(["failed"]);
    world.schedules.clear();
    heal();
    await world.dispatch(check);
    expect(world.work.bodies()).toEqual([]); // its attempt is still to come
    await world.clock.sleep(hour);
    await world.dispatch(check);
    expect(world.work.bodies().map((body) => decodeUnit(body).retry)).toEqual([1]);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
    expect(await world.failures()).toMatchObject([{ resolved_at: expect.any(Date) }]);
  });

  test("when the look for a day that was not published yet was lost", async () => {
    world.state.onCall = (call, reply) => (call.name === "daily" ? { ...reply, items: [] } : reply);
    await start({ job: "DAILY_HISTORY", from: lastDay, to: lastDay });
    await world.deliverNext();
    expect(await statuses()).toEqual(["not_due"]);
    world.schedules.clear();
    heal();
    await world.clock.sleep(2 * hour);
    await world.dispatch(check);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
  });

  test("when it failed in a task that has ended, and its attempt was lost", async () => {
    failing(() => new SyncError("permanent", "no"));
    await start(oneDay);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "FAILED" });
    failing(() => new SyncError("transient", "HTTP 502"));
    await world.dispatch({ retry: "all" });
    await world.runQueuesToEnd();
    world.schedules.clear();
    heal();
    await world.clock.sleep(24 * hour);
    await world.dispatch(check);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_failed: 0 });
  });

  test("when all messages of several tasks were lost, until everything is stored", async () => {
    await start(history);
    await start({ job: "REFERENCE" });
    world.work.clear();
    await world.clock.sleep(hour);
    await world.dispatch(check);
    await world.runToEnd();
    expect(new Set(await statuses())).toEqual(new Set(["done"]));
    expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));
  });

  test("also when only some messages were lost: no more than are missing in the queue", async () => {
    await start(history);
    const lost = world.work.receive();
    if (lost !== undefined) world.work.acknowledge(lost.handle);
    await world.clock.sleep(hour);
    await world.dispatch(check);
    expect(world.work.bodies()).toHaveLength(marketDays.length);
    expect(new Set(queued()).size).toBe(marketDays.length);
  });

  test("after the queue's retention, also when the queue has as many messages of other work", async () => {
    await start(oneDay);
    const [body = ""] = world.work.bodies();
    world.work.clear();
    await start({ job: "REFERENCE" });
    for (let copies = 0; copies < 20; copies += 1) world.work.put("another's");
    await world.clock.sleep(hour);
    await world.dispatch(check);
    expect(world.work.bodies()).not.toContain(body);
    await world.clock.sleep(9 * 24 * hour);
    await world.dispatch(check);
    expect(world.work.bodies()).toContain(body);
  });
});

describe("a unit that somebody brings on is left alone", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["that waits in the queue, however long", () => world.clock.sleep(48 * hour)],
    ["that was sent a moment ago", async () => world.work.clear()],
    [
      "whose task is paused",
      async () => {
        await world.dispatch({ pause: (await onlyTask())?.id });
        world.work.clear();
        await world.clock.sleep(hour);
      },
    ],
    [
      "whose task is cancelled",
      async () => {
        await world.dispatch({ cancel: (await onlyTask())?.id });
        world.work.clear();
        await world.clock.sleep(hour);
      },
    ],
    [
      "that is done",
      async () => {
        await world.runToEnd();
        await world.clock.sleep(hour);
      },
    ],
  ])("%s", async (_which, act) => {
    await start(history);
    await act();
    const before = world.work.bodies().length;
    await world.dispatch(check);
    expect(world.work.bodies()).toHaveLength(before);
    expect(stalled()).toBe(0);
  });

  test("a unit that was sent twice is stored once, and the sweep does not send it a third time", async () => {
    await start(oneDay);
    const [body = ""] = world.work.bodies();
    world.work.clear();
    await world.clock.sleep(hour);
    await Promise.all([world.dispatch(check), world.dispatch(check)]);
    world.work.put(body); // the lost message was only late
    await world.dispatch(check);
    const calls = () => world.calls.filter(({ name }) => name === "daily").length;
    await world.runToEnd();
    expect(calls()).toBe(1);
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 1 });
  });

  test("a sweep that breaks does not break its command, and the next one makes up for it", async () => {
    await start(oneDay);
    world.work.clear();
    await world.clock.sleep(hour);
    world.state.accepts = 0;
    await expect(world.dispatch(check)).resolves.toMatchObject({ outcome: "checked" });
    expect(world.logged).toContainEqual(expect.objectContaining({ level: "error" }));
    world.state.accepts = Number.POSITIVE_INFINITY;
    await world.dispatch(check);
    expect(queued()).toEqual(["stock_daily/20240104"]);
  });
});

describe("a task that nobody continues is continued by the next command", () => {
  test.each([2, 3, 5, 6, 7, 8])(
    "when its dispatcher died after its call %i, and nobody repeats the command",
    async (call) => {
      await expect(world.dispatchBreaking(history, { call, when: "after", fate: "dies" })).rejects.toThrow();
      await world.clock.sleep(hour);
      await world.dispatch(check);
      await world.runToEnd();
      expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12 });
    },
  );

  const dayUsedUp = () =>
    new SyncError("rate-limited", "too much today", { scope: "task", retryAfterSeconds: 6 * 3_600 });

  test("when the schedule that ends its pause was lost", async () => {
    failing(dayUsedUp);
    await start(oneDay);
    await world.deliverNext();
    expect(await onlyTask()).toMatchObject({ status: "PAUSED" });
    world.schedules.clear();
    heal();
    await world.dispatch(check);
    expect(await onlyTask()).toMatchObject({ status: "PAUSED" });
    await world.clock.sleep(7 * hour);
    await world.dispatch(check);
    expect(stalled()).toBe(1);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
  });

  test("when its wake-up died after it had made the task live", async () => {
    failing(dayUsedUp);
    const id = await start(history);
    await world.deliverNext();
    world.schedules.clear();
    world.work.clear();
    heal();
    await world.clock.sleep(7 * hour);
    const dying = { resume: id, timed: true };
    await world.dispatchBreaking(dying, { call: 2, when: "after", fate: "dies" }).catch(() => undefined);
    expect(await onlyTask()).toMatchObject({ status: "RUNNING", current_offset: 0 });
    await world.clock.sleep(hour);
    await world.dispatch(check);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
  });

  test("but not when a person has paused it since", async () => {
    failing(dayUsedUp);
    const id = await start(oneDay);
    await world.deliverNext();
    await world.dispatch({ pause: id });
    world.schedules.clear();
    await world.clock.sleep(7 * hour);
    await world.dispatch(check);
    expect(await onlyTask()).toMatchObject({ status: "PAUSED" });
    expect(stalled()).toBe(0);
  });

  test("a dispatcher that cannot plan does not end a task that another has started", async () => {
    const id = await start(history);
    expect(await failTask(world.services.database, id, "the calendar is empty")).toBeUndefined();
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
  });

  test("a task that cannot be planned fails alone: the command and the other tasks go on", async () => {
    const unknown = { ...history, codes: ["999999.SZ"] };
    await expect(world.dispatchBreaking(unknown, { call: 2, when: "after", fate: "dies" })).rejects.toThrow();
    await start({ job: "REFERENCE" });
    world.work.clear();
    await world.clock.sleep(hour);
    await expect(world.dispatch(check)).resolves.toMatchObject({ outcome: "checked" });
    expect((await world.tasks()).map(({ status }) => status).sort()).toEqual(["FAILED", "RUNNING"]);
    await world.runToEnd();
    expect((await world.tasks()).map(({ status }) => status).sort()).toEqual(["COMPLETED", "FAILED"]);
  });
});

describe("a verification that nobody continues is continued by the next command", () => {
  const days = { from: firstDay, to: lastDay };
  const verification = async () =>
    (
      await world.sql<{ status: string; task_id: string | null }>(
        "select status, task_id from sync_verification",
      )
    )[0];

  test("when the schedule of its repair was lost", async () => {
    await world.dispatch({ verify: "stock_daily", upstream: true, repair: true, ...days });
    await world.runQueuesToEnd();
    world.schedules.clear();
    expect(await verification()).toEqual({ status: "COMPLETED", task_id: null });
    await world.dispatch(check);
    expect(stalled()).toBe(0); // its schedule may still come
    await world.clock.sleep(hour);
    await world.dispatch(check);
    expect(stalled()).toBe(1);
    expect(await verification()).toMatchObject({ task_id: expect.any(String) });
    await world.runToEnd();
    expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));
    await world.clock.sleep(hour);
    await world.dispatch(check);
    expect(stalled()).toBe(0);
  });

  test.each([3, 4, 6, 8])("when its dispatcher died after its call %i", async (call) => {
    const command = { verify: "stock_daily", repair: true, ...days };
    await expect(world.dispatchBreaking(command, { call, when: "after", fate: "dies" })).rejects.toThrow();
    await world.clock.sleep(hour);
    await world.dispatch(check);
    await world.runToEnd();
    expect(await verification()).toEqual({ status: "COMPLETED", task_id: expect.any(String) });
    expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));
  });

  test("but not one that a person asked for long ago", async () => {
    await world.dispatch({ verify: "stock_daily", upstream: true, repair: true, ...days });
    await world.runQueuesToEnd();
    world.schedules.clear();
    await world.clock.sleep(8 * 24 * hour);
    await world.dispatch(check);
    expect(await verification()).toEqual({ status: "COMPLETED", task_id: null });
  });
});
