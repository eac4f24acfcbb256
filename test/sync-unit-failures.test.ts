// A unit that does not succeed: the kind of its error decides what happens. A worker that dies at any point loses
// nothing and stores nothing twice.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { slotSeconds } from "../shared/catalogue/slot.ts";
import { SyncError } from "../shared/errors.ts";
import { encodeUnit } from "../shared/unit.ts";
import { dailyTruth, firstDay, lastDay, type Reply } from "./support/small-market.ts";
import { atEveryDeath, type Break, type Call, makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const day = "20240104";
const oneDay = { job: "DAILY_HISTORY", from: day, to: day };
const today = { job: "DAILY_HISTORY", from: lastDay, to: lastDay };
const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };

const onlyUnit = async () => (await world.units())[0];
const onlyTask = async () => (await world.tasks())[0];
const truth = (...days: string[]) => dailyTruth(world.state.market, days);
const honest = (_call: Call, reply: Reply) => reply;
const failWith = (error: () => Error, name = "daily") => {
  world.state.onCall = (call, reply) => {
    if (call.name === name) throw error();
    return reply;
  };
};
const transient = () => new SyncError("transient", "daily 20240104: HTTP 502");
const tooFast = () => new SyncError("rate-limited", "200 calls a minute", { retryAfterSeconds: 61 });
/** As the adapter reads it: a used-up day lasts until five minutes past midnight in Shanghai. */
const usedUp = () => {
  const midnight = Date.parse("2024-01-18T00:00:00+08:00");
  const retryAfterSeconds = Math.ceil((midnight - world.clock.now().getTime()) / 1000) + 300;
  return new SyncError("rate-limited", "8000 calls a day", { scope: "task", retryAfterSeconds });
};
const noRight = () => new SyncError("permanent", "no right to daily_basic", { scope: "task" });
const badToken = () => new SyncError("permanent", "the token is wrong", { scope: "account" });
const unpublished = (call: Call, reply: Reply): Reply =>
  call.params.trade_date === lastDay ? { ...reply, items: [] } : reply;

describe("a transient error", () => {
  test("sends the message back with growing delay, and notes why", async () => {
    failWith(transient);
    await world.dispatch(oneDay);
    const waits: number[] = [];
    for (let receipt = 1; receipt <= 4; receipt += 1) {
      expect(await world.deliverNext()).toMatchObject({ outcome: "redeliver" });
      const wait = world.work.nextVisibleAt() - world.clock.now().getTime();
      waits.push(Math.round(wait / 1000) + slotSeconds(5, 0.35));
      expect(await onlyUnit()).toMatchObject({
        status: "sent",
        attempts: receipt,
        last_error: "daily 20240104: HTTP 502",
      });
      await world.clock.sleep(wait);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[3]).toBeGreaterThan(4 * (waits[0] ?? 0));
    world.state.onCall = honest;
    await world.runToEnd();
    expect(await world.storedDaily()).toEqual(truth(day));
    expect(await world.failures()).toEqual([]);
  });

  test("of one interface stores nothing of the others", async () => {
    failWith(transient, "daily_basic");
    await world.dispatch(oneDay);
    await world.deliverNext();
    expect(await world.storedDaily()).toEqual([]);
  });

  test("of an unknown kind has the same retry limit, and never ends the worker", async () => {
    failWith(() => new TypeError("undefined is not a function"));
    await world.dispatch(oneDay);
    expect(await world.deliverNext()).toMatchObject({ outcome: "redeliver" });
    expect((await onlyUnit())?.last_error).toMatch(/TypeError: undefined is not a function/);
  });
});

describe("a unit over the rate limit", () => {
  test("waits in the slot while time is left, and is done in the same receipt", async () => {
    let refusals = 2;
    world.state.onCall = (call, reply) => {
      if (call.name === "daily" && refusals > 0) {
        refusals -= 1;
        throw new SyncError("rate-limited", "too fast", { retryAfterSeconds: 5 });
      }
      return reply;
    };
    await world.dispatch(oneDay);
    expect(await world.deliverNext()).toMatchObject({ outcome: "settled" });
    const times = world.calls.filter(({ name }) => name === "daily").map(({ at }) => at);
    expect(times.map((at, n) => at - (times[n - 1] ?? at) >= 5_000)).toEqual([false, true, true]);
    expect(await onlyUnit()).toMatchObject({ status: "done", attempts: 1 });
  });

  test("returns to the queue without using an attempt, even thirty times", async () => {
    failWith(tooFast);
    await world.dispatch(oneDay);
    for (let round = 0; round < 30; round += 1) {
      expect(await world.deliverNext({ remainingSeconds: 82 })).toMatchObject({ outcome: "settled" });
      await world.clock.sleep(61_000);
    }
    expect(await onlyUnit()).toMatchObject({ status: "sent", attempts: 0 });
    world.state.onCall = honest;
    await world.runToEnd();
    expect(await onlyUnit()).toMatchObject({ status: "done", attempts: 1 });
    expect(await world.failures()).toEqual([]);
  });

  test("is hidden for the wait that the upstream asked for", async () => {
    failWith(tooFast);
    await world.dispatch(oneDay);
    await world.deliverNext({ remainingSeconds: 82 });
    const waitSeconds = (world.work.nextVisibleAt() - world.clock.now().getTime()) / 1000;
    expect(waitSeconds).toBeGreaterThan(55);
    expect(waitSeconds).toBeLessThanOrEqual(61);
  });
});

describe("a used-up daily quota", () => {
  test("pauses the task with its reason and one schedule that resumes it after midnight", async () => {
    failWith(usedUp);
    await world.dispatch(history);
    while (world.work.bodies().length > 0) await world.deliverNext();
    expect(await onlyTask()).toMatchObject({ status: "PAUSED", reason: "8000 calls a day" });
    expect(world.calls.filter(({ name }) => name === "daily")).toHaveLength(1);
    const planned = world.schedules.planned();
    expect(planned).toMatchObject([{ target: { command: { resume: (await onlyTask())?.id } } }]);
    expect(planned[0]?.at.getTime()).toBeGreaterThanOrEqual(Date.parse("2024-01-18T00:05:00+08:00"));
    expect(planned[0]?.at.getTime()).toBeLessThanOrEqual(Date.parse("2024-01-18T00:10:00+08:00"));
    world.state.onCall = honest;
    await world.runToEnd();
    expect(await world.storedDaily()).toEqual(
      truth(...new Set(world.state.market.daily.map((row) => String(row.trade_date)))),
    );
    expect(await world.failures()).toEqual([]);
  });

  test("that several workers reach within two minutes creates only one schedule", async () => {
    await world.dispatch(history);
    failWith(usedUp);
    // The second worker meets it while the first is still waiting for another interface's answer.
    const meetLater = world.work.receive();
    world.state.onCall = async (call, reply) => {
      if (call.name === "adj_factor" && call.params.trade_date !== firstDay && meetLater !== undefined) {
        world.state.onCall = (inner, innerReply) => {
          if (inner.name === "daily") throw usedUp();
          return innerReply;
        };
        await world.deliver(meetLater);
        await world.clock.sleep(100_000);
      }
      if (call.name === "daily") throw usedUp();
      return reply;
    };
    await world.deliverNext();
    expect(world.calls.filter(({ name }) => name === "daily")).toHaveLength(2);
    expect(world.schedules.created).toHaveLength(1);
  });

  test("leaves the tasks of other jobs running", async () => {
    failWith(usedUp);
    await world.dispatch({ job: "REFERENCE" });
    await world.dispatch(oneDay);
    while (world.work.bodies().length > 0) await world.deliverNext();
    expect((await world.tasks()).map(({ status }) => status)).toEqual(["COMPLETED", "PAUSED"]);
  });
});

test("a missing permission pauses the task until a person acts: no schedule, no failure for each unit", async () => {
  failWith(noRight, "daily_basic");
  await world.dispatch(history);
  await world.runToEnd();
  expect(await onlyTask()).toMatchObject({ status: "PAUSED", reason: "no right to daily_basic" });
  expect(world.schedules.created).toEqual([]);
  expect(await world.failures()).toEqual([]);
});

test("a refused token pauses every task at once, stops all calls, and records no failure for each unit", async () => {
  failWith(badToken, "daily");
  await world.dispatch(history);
  await world.dispatch({ job: "REFERENCE" });
  await world.runToEnd();
  expect((await world.tasks()).map(({ status, reason }) => `${status} ${reason}`)).toEqual([
    "PAUSED the token is wrong",
    "PAUSED the token is wrong",
  ]);
  expect(world.calls.filter(({ name }) => name === "daily")).toHaveLength(1);
  expect(world.logged.filter(({ level }) => level === "error")).toHaveLength(1);
  expect(await world.failures()).toEqual([]);
  world.state.onCall = honest;
  for (const { id } of await world.tasks()) await world.dispatch({ resume: id });
  await world.runToEnd();
  expect((await world.tasks()).map(({ status }) => status)).toEqual(["COMPLETED", "COMPLETED"]);
});

describe("a day that is not published yet", () => {
  const partly = (share: number) => (call: Call, reply: Reply) =>
    call.params.trade_date === lastDay && call.name === "daily"
      ? { ...reply, items: reply.items.slice(0, Math.floor(reply.items.length * share)) }
      : reply;

  test.each<[string, number, (call: Call, reply: Reply) => Reply]>([
    ["answers nothing", 0, unpublished],
    ["answers half of its stocks", 6, partly(0.5)],
    ["answers all but one of its stocks", 11, partly(0.95)],
    [
      "has its prices but not its valuations",
      12,
      (call, reply) => (call.name === "daily_basic" ? unpublished(call, reply) : reply),
    ],
  ])(
    "because it %s is neither done nor a failure, its %i rows are stored, and it is checked again until it is published",
    async (_what, rows, onCall) => {
      await world.dispatch({ ...today, from: "20240116" });
      await world.deliverNext();
      world.state.onCall = onCall;
      await world.deliverNext();
      expect((await world.units()).map(({ status }) => status)).toEqual(["done", "not_due"]);
      const stored = await world.storedDaily();
      expect(stored.filter(({ trade_date }) => trade_date !== lastDay)).toEqual(truth("20240116"));
      expect(stored.filter(({ trade_date }) => trade_date === lastDay)).toHaveLength(rows);
      expect(world.work.bodies()).toEqual([]);
      expect(world.schedules.planned().map(({ at }) => at)).toEqual([new Date("2024-01-17T18:30:00+08:00")]);
      for (let look = 0; look < 3; look += 1) await world.step();
      expect((await onlyTask())?.status).toBe("RUNNING");
      world.state.onCall = honest;
      await world.runToEnd();
      expect(await world.storedDaily()).toEqual(truth("20240116", lastDay));
      expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_failed: 0 });
      expect(await world.failures()).toEqual([]);
    },
  );

  test("is not taken as complete when the day before is not stored: the stock list gives the number of stocks", async () => {
    world.state.onCall = (call, reply) =>
      call.params.trade_date === lastDay ? { ...reply, items: reply.items.slice(0, 4) } : reply;
    await world.dispatch({ job: "DAILY_INCREMENTAL" });
    await world.deliverNext();
    expect(await onlyUnit()).toMatchObject({ status: "not_due" });
    expect(await world.storedDaily()).toHaveLength(4);
  });

  test("is checked every half hour without using an attempt, and becomes a failure after the last check", async () => {
    world.state.onCall = unpublished;
    await world.dispatch(today);
    await world.runToEnd();
    const looks = world.schedules.created.filter((name) => name.startsWith("look-"));
    expect(looks).toHaveLength(10);
    expect(await world.failures()).toMatchObject([
      {
        kind: "transient",
        error_message: "20240117: TuShare returned no rows for a trading day",
        retry_count: 3,
      },
    ]);
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_failed: 1 });
    world.state.onCall = honest;
    await world.dispatch({ retry: "all" });
    await world.runToEnd();
    expect(await world.storedDaily()).toEqual(truth(lastDay));
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_failed: 0 });
  });

  test("adds no more schedules when its message is delivered several times", async () => {
    world.state.onCall = unpublished;
    await world.dispatch(today);
    const receipt = world.work.receive();
    if (receipt === undefined) throw new Error("nothing was sent");
    for (let times = 0; times < 3; times += 1) await world.deliver(receipt);
    expect(world.schedules.planned()).toHaveLength(1);
  });

  test("long ago is a failure at once: it will not be published any more", async () => {
    world.state.onCall = (call, reply) => (call.name === "daily" ? { ...reply, items: [] } : reply);
    await world.dispatch(oneDay);
    expect(await world.deliverNext()).toMatchObject({ outcome: "redeliver" });
    expect(world.schedules.planned()).toEqual([]);
    expect((await onlyUnit())?.last_error).toBe("20240104: TuShare returned no rows for a trading day");
  });
});

describe("a unit with a permanent error", () => {
  test("is parked at once, and its task ends FAILED with the other units done", async () => {
    world.state.onCall = (call, reply) => {
      if (call.params.trade_date === day) throw new SyncError("permanent", "trade_date is not a parameter");
      return reply;
    };
    await world.dispatch(history);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_processed: 11, total_failed: 1 });
    expect(await world.failures()).toMatchObject([
      {
        unit_key: "stock_daily/20240104",
        kind: "permanent",
        retry_count: 0,
        next_attempt_at: null,
        third_code: null,
      },
    ]);
    expect(world.schedules.created).toEqual([]);
  });

  test("that is not in the ledger is recorded, not forgotten", async () => {
    await world.dispatch(oneDay);
    await world.sql("truncate sync_task, sync_unit");
    await world.runToEnd();
    expect(world.calls).toEqual([]);
    expect(await world.failures()).toMatchObject([
      { error_message: expect.stringMatching(/not in the ledger/) },
    ]);
  });
});

test("the slot is held until its interval has passed, however the unit ends", async () => {
  const endings: [string, (call: Call, reply: Reply) => Reply, string][] = [
    ["done", honest, "settled"],
    ["passing error", () => fail(transient()), "redeliver"],
    ["too fast", () => fail(tooFast()), "settled"],
    ["wrong for good", () => fail(new SyncError("permanent", "no")), "settled"],
    ["used-up day", () => fail(usedUp()), "settled"],
    ["bad token", () => fail(badToken()), "settled"],
    ["not published", (_call, reply) => ({ ...reply, items: [] }), "settled"],
  ];
  // The last tenth of a second is the next holder's, who waits for it before calling.
  const held = slotSeconds(world.settings.WORKER_SLOTS, world.settings.TUSHARE_MIN_INTERVAL) * 1000 - 100;
  for (const [ending, onCall, outcome] of endings) {
    await world.reset();
    await world.clock.sleep(120_000); // an interface that was called too fast rests
    world.state.onCall = onCall;
    await world.dispatch(today);
    expect(await world.deliverNext({ remainingSeconds: 82 }), ending).toMatchObject({ outcome });
    const lastCall = Math.max(...world.calls.map(({ at }) => at));
    expect(world.clock.now().getTime() - lastCall, ending).toBeGreaterThanOrEqual(held);
  }
});

describe("a worker", () => {
  const breakable: [string, object, (call: Call, reply: Reply) => Reply, string][] = [
    ["stores", oneDay, honest, "done"],
    ["returns its message", oneDay, () => fail(transient()), "parked"],
    ["parks its unit", oneDay, () => fail(new SyncError("permanent", "no")), "parked"],
    ["puts its unit back", oneDay, onceTooFast(), "done"],
    ["pauses its task", oneDay, untilMidnight(), "done"],
    ["plans another look", today, untilPublished(), "done"],
  ];
  describe.each(breakable)("that %s", (_what, command, onCall, status) => {
    /** Returns whether there was such a call. */
    async function breakAndCheck(breakAt: Break): Promise<boolean> {
      await world.reset();
      world.state.onCall = onCall;
      await world.dispatch(command);
      const { portCalls } = await world.deliverNext({ remainingSeconds: 82, breakAt });
      await world.runToEnd();
      const at = `${breakAt.fate} ${breakAt.when} call ${breakAt.call}`;
      expect(
        (await world.units()).map((unit) => unit.status),
        at,
      ).toEqual([status]);
      const isDone = status === "done";
      const days = world.state.market.daily.map((row) => String(row.trade_date));
      const asked = "from" in command ? days.filter((each) => each === command.from) : [];
      expect(await world.storedDaily(), at).toEqual(isDone ? truth(...asked) : []);
      expect(await onlyTask(), at).toMatchObject({
        status: isDone ? "COMPLETED" : "FAILED",
        total_processed: isDone ? 1 : 0,
        total_failed: isDone ? 0 : 1,
      });
      const open = (await world.failures()).filter(({ resolved_at }) => resolved_at === null);
      expect(open, at).toHaveLength(isDone ? 0 : 1);
      return portCalls >= breakAt.call;
    }

    test("and dies at any call loses and doubles nothing", async () => {
      expect(await atEveryDeath(breakAndCheck)).toBeGreaterThan(5);
    });

    test.each(["before", "after"] as const)(
      "and goes on %s any call that failed loses and doubles nothing",
      async (when) => {
        for (let call = 1; await breakAndCheck({ call, when, fate: "goes on" }); call += 1);
      },
    );
  });

  test("that receives an old message of a cancelled task does nothing", async () => {
    const { tasks } = await world.dispatch(oneDay);
    const receipt = world.work.receive();
    if (receipt === undefined) throw new Error("nothing was sent");
    await world.dispatch({ cancel: tasks[0]?.id });
    expect(await world.deliver(receipt)).toMatchObject({ outcome: "settled" });
    expect(world.calls).toEqual([]);
  });

  test.each([
    ["is not JSON", "hello"],
    ["is empty", ""],
    ["is a megabyte of text", "x".repeat(1_048_576)],
    ["is of an unknown version", '{"version":2}'],
  ])("leaves a message that %s to the dead-letter queue, and the others are done", async (_what, body) => {
    world.work.put(body);
    await world.dispatch(oneDay);
    await world.runToEnd();
    expect(await world.storedDaily()).toEqual(truth(day));
    expect(await world.failures()).toMatchObject([
      { kind: "permanent", unit_key: expect.stringMatching(/^message\/message-\d+$/) },
    ]);
    expect(JSON.stringify(world.logged).includes("x".repeat(100))).toBe(false);
  });

  test("does nothing for a unit that a person's SQL might hide in its key or stock", async () => {
    const { tasks } = await world.dispatch(oneDay);
    world.work.clear();
    const unit = {
      version: 1,
      task_id: tasks[0]?.id ?? "",
      sequence: 1,
      job_type: "DAILY_HISTORY",
      retry: 0,
    } as const;
    world.work.put(
      encodeUnit({
        ...unit,
        dataset: "stock_daily",
        unit_key: "'; drop table stock_daily; --",
        selector: { by: "date", trade_date: day },
      }),
    );
    await world.runToEnd();
    expect(await world.storedDaily()).toEqual(truth(day));
  });
});

function fail(error: Error): never {
  throw error;
}

/** Refuses calls as over the rate limit in the first minute of the evening. */
function onceTooFast() {
  const end = Date.parse("2024-01-17T18:01:00+08:00");
  return (_call: Call, reply: Reply) => (world.clock.now().getTime() < end ? fail(tooFast()) : reply);
}

function untilMidnight() {
  const end = Date.parse("2024-01-18T00:00:00+08:00");
  return (_call: Call, reply: Reply) => (world.clock.now().getTime() < end ? fail(usedUp()) : reply);
}

function untilPublished() {
  const end = Date.parse("2024-01-17T20:00:00+08:00");
  return (call: Call, reply: Reply) => (world.clock.now().getTime() < end ? unpublished(call, reply) : reply);
}
