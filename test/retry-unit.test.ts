// Every failure is recorded, retried a limited number of times, and finally left to a person.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { receivesMax } from "../shared/catalogue/queue-limits.ts";
import { SyncError } from "../shared/errors.ts";
import { decodeUnit, encodeUnit } from "../shared/unit.ts";
import { dailyTruth, firstDay, lastDay } from "./support/small-market.ts";
import { atEveryDeath, makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const day = "20240104";
const oneDay = { job: "DAILY_HISTORY", from: day, to: day };
const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
const onlyUnit = async () => (await world.units())[0];
const onlyTask = async () => (await world.tasks())[0];
const onlyFailure = async () => (await world.failures())[0];

/** The upstream refuses one day, with a transient or a permanent error. */
const refuse = (kind: "transient" | "permanent" = "transient") => {
  world.state.onCall = (call, reply) => {
    if (call.params.trade_date === day) throw new SyncError(kind, `daily ${day}: HTTP 502`);
    return reply;
  };
};
const heal = () => {
  world.state.onCall = (_call, reply) => reply;
};
/** Delivers until the next dead letter, and returns it. */
async function nextLetter() {
  for (;;) {
    const receipt = world.work.receive();
    const letter = world.deadLetters.receive();
    if (letter !== undefined) return letter;
    if (receipt !== undefined) await world.deliver(receipt);
    else if (world.work.nextVisibleAt() < Number.POSITIVE_INFINITY)
      await world.clock.sleep(world.work.nextVisibleAt() - world.clock.now().getTime());
    else if (world.schedules.nextAt() < Number.POSITIVE_INFINITY) {
      await world.clock.sleep(world.schedules.nextAt() - world.clock.now().getTime());
      await world.fireSchedules();
    } else throw new Error("no message became a dead letter");
  }
}

describe("a dead letter", () => {
  test("becomes a failure record with the worker's reason, and a scheduled retry with its own name", async () => {
    refuse();
    await world.dispatch(oneDay);
    const letter = await nextLetter();
    await world.retryLetter(letter);
    const { id } = (await onlyTask()) ?? {};
    const [planned] = world.schedules.planned();
    expect(planned?.name).toBe(`retry-${id}-1-1`);
    expect(planned?.target).toMatchObject({ unit: { ...decodeUnit(letter.message.body), retry: 1 } });
    expect(await onlyFailure()).toMatchObject({
      unit_key: "stock_daily/20240104",
      kind: "transient",
      error_message: "daily 20240104: HTTP 502",
      retry_count: 0,
      resolved_at: null,
      next_attempt_at: planned?.at,
    });
    expect(await onlyUnit()).toMatchObject({ status: "failed" });
    expect(await onlyTask()).toMatchObject({ status: "RUNNING", total_failed: 0 });
    expect(world.deadLetters.bodies()).toEqual([]);
  });

  test("names the stock, where the unit is one stock", async () => {
    world.state.onCall = () => {
      throw new SyncError("transient", "no answer");
    };
    await world.dispatch({ ...history, codes: ["600519.SH"] });
    await world.retryLetter(await nextLetter());
    expect(await onlyFailure()).toMatchObject({ third_code: "600519.SH" });
  });

  test("delivered twice changes nothing the second time: one record, one schedule, the same time", async () => {
    refuse();
    await world.dispatch(oneDay);
    const letter = await nextLetter();
    await world.retryLetter(letter);
    const before = { failures: await world.failures(), schedules: world.schedules.planned() };
    await world.clock.sleep(60_000);
    await world.retryLetter(letter);
    const unchanged = { last_attempt_at: expect.anything() };
    expect({ failures: await world.failures(), schedules: world.schedules.planned() }).toEqual({
      ...before,
      failures: before.failures.map((failure) => ({ ...failure, ...unchanged })),
    });
  });

  test("waits longer before each retry, and no two units wait equally long", async () => {
    refuse();
    const waits: number[] = [];
    await world.dispatch(oneDay);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await world.retryLetter(await nextLetter());
      waits.push((world.schedules.planned()[0]?.at.getTime() ?? 0) - world.clock.now().getTime());
    }
    expect(waits.map((wait) => wait / 60_000)).toEqual([2.5, 12.5, 62.5]); // with a random share of a half
  });

  test("of a unit that is already done changes nothing", async () => {
    refuse();
    await world.dispatch(oneDay);
    const letter = await nextLetter();
    heal();
    world.work.put(letter.message.body);
    await world.deliverNext();
    await world.retryLetter(letter);
    expect(await world.failures()).toEqual([]);
    expect(world.schedules.created).toEqual([]);
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 1, total_failed: 0 });
  });

  test("delivered again after its unit was parked leaves it parked, and counted once", async () => {
    refuse();
    await world.dispatch({ ...history, to: day });
    const letter = await nextLetter();
    await world.retryLetter(letter);
    refuse("permanent"); // the scheduled retry gets a permanent error
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_processed: 2, total_failed: 1 });
    await world.retryLetter(letter);
    heal();
    await world.runToEnd();
    const task = await onlyTask();
    const units = (await world.units()).map(({ status }) => status);
    expect(task?.total_processed).toBe(units.filter((status) => status === "done").length);
    expect(task?.total_failed).toBe(units.filter((status) => status === "parked").length);
    expect(world.logged.filter(({ message }) => message === "unit could not be settled")).toEqual([]);
  });

  test("of a cancelled task is not tried again", async () => {
    refuse();
    await world.dispatch(oneDay);
    const letter = await nextLetter();
    await world.dispatch({ cancel: (await onlyTask())?.id });
    const calls = world.calls.length;
    await world.retryLetter(letter);
    await world.runToEnd();
    expect(world.calls).toHaveLength(calls);
  });

  test.each([
    ["is no JSON", "\u0000\u0001", /message of 2 characters is not JSON/],
    ["is no unit", '{"job":"x"}', /message is not a unit/],
    ["is of a later version", encodeLater(), /message is not a unit: version/],
  ])("that %s is parked with that reason, once", async (_what, body, reason) => {
    world.deadLetters.put(body);
    const letter = world.deadLetters.receive();
    if (letter === undefined) throw new Error("no letter");
    await world.retryLetter(letter);
    await world.retryLetter(letter);
    expect(await world.failures()).toMatchObject([
      { kind: "permanent", error_message: expect.stringMatching(reason), next_attempt_at: null },
    ]);
    expect(world.deadLetters.bodies()).toEqual([]);
    expect(world.schedules.created).toEqual([]);
  });
});

describe("after the last retry", () => {
  test("the unit is parked, and the task ends FAILED with its counts and every other unit done", async () => {
    refuse();
    await world.dispatch(history);
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_processed: 11, total_failed: 1 });
    expect(await world.failures()).toMatchObject([{ retry_count: 3, max_retries: 3, next_attempt_at: null }]);
    expect(world.schedules.created.map((name) => name.slice(-1))).toEqual(["1", "2", "3"]);
    const callsForTheDay = world.calls.filter(
      ({ name, params }) => name === "daily" && params.trade_date === day,
    );
    expect(callsForTheDay).toHaveLength(4 * receivesMax * 3); // sendings, receipts of each, calls in each
  });

  test("a retry that succeeds resolves the record, and the task completes", async () => {
    refuse();
    await world.dispatch(history);
    await world.retryLetter(await nextLetter());
    heal();
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12, total_failed: 0 });
    expect(await onlyFailure()).toMatchObject({ resolved_at: expect.any(Date), next_attempt_at: null });
    expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));
  });

  test("the same unit failing in a later task adds to its open record", async () => {
    refuse();
    for (let times = 0; times < 2; times += 1) {
      await world.dispatch(oneDay);
      await world.runToEnd();
    }
    expect(await world.failures()).toMatchObject([{ retry_count: 3, resolved_at: null }]);
    expect((await world.tasks()).map(({ status }) => status)).toEqual(["FAILED", "FAILED"]);
  });
});

describe("a person's retry", () => {
  beforeEach(async () => {
    world.state.onCall = (call, reply) => {
      if (["20240104", "20240110"].includes(String(call.params.trade_date)))
        throw new SyncError("permanent", "no");
      return reply;
    };
    await world.dispatch(history);
    await world.runToEnd();
  });

  test("of all records sends every unit at once; success resolves them and completes the task", async () => {
    heal();
    expect(await world.dispatch({ retry: "all" })).toMatchObject({ outcome: "retried", sent: 2 });
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12, total_failed: 0 });
    expect((await world.failures()).every(({ resolved_at }) => resolved_at !== null)).toBe(true);
    expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));
  });

  test("of one record sends that unit only", async () => {
    heal();
    const [first] = await world.failures();
    expect(await world.dispatch({ retry: Number(first?.id) })).toMatchObject({ sent: 1 });
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_processed: 11, total_failed: 1 });
    expect((await world.failures()).map(({ resolved_at }) => resolved_at !== null)).toEqual([true, false]);
  });

  test("that fails again raises the count and parks the unit again, counted once", async () => {
    await world.dispatch({ retry: "all" });
    refuse("transient");
    await world.runToEnd();
    heal();
    expect(await world.failures()).toMatchObject([{ retry_count: 3 }, { resolved_at: expect.any(Date) }]);
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_processed: 11, total_failed: 1 });
    expect(await world.dispatch({ retry: "all" })).toMatchObject({ sent: 1 });
  });

  test("given twice sends the unit again and does no harm", async () => {
    heal();
    await world.dispatch({ retry: "all" });
    await world.dispatch({ retry: "all" });
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12, total_failed: 0 });
  });

  test("that dies after the ledger write and before the send can be repeated", async () => {
    heal();
    world.state.accepts = 1;
    await expect(world.dispatch({ retry: "all" })).rejects.toThrow("not reachable");
    world.state.accepts = Number.POSITIVE_INFINITY;
    await world.dispatch({ retry: "all" });
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12, total_failed: 0 });
  });

  test("that dies there leaves no unit unfinished when another task fetches the day first", async () => {
    heal();
    world.state.accepts = 0;
    await expect(world.dispatch({ retry: "all" })).rejects.toThrow("not reachable");
    world.state.accepts = Number.POSITIVE_INFINITY;
    await world.dispatch(history);
    await world.runToEnd();
    const [first] = await world.tasks();
    expect([first?.total_processed, first?.total_failed]).toEqual([10, 2]);
    const [unsettled] = await world.sql(
      "select count(*) from sync_unit where status not in ('done', 'parked')",
    );
    expect(unsettled).toEqual({ count: "0" });
  });

  test("of a record that does not exist or is resolved reports that", async () => {
    heal();
    await expect(world.dispatch({ retry: 99 })).rejects.toThrow(/failure record 99 is not open/);
    const [first] = await world.failures();
    await world.dispatch({ retry: Number(first?.id) });
    await world.runToEnd();
    await expect(world.dispatch({ retry: Number(first?.id) })).rejects.toThrow(/is not open/);
  });

  test("with nothing open sends nothing", async () => {
    await world.sql("update sync_failure_record set resolved_at = now()");
    expect(await world.dispatch({ retry: "all" })).toMatchObject({ outcome: "retried", sent: 0 });
  });
});

describe("a retry of a unit whose task has FAILED", () => {
  const refusals = {
    quota: new SyncError("rate-limited", "8000 calls a day", { scope: "task", retryAfterSeconds: 21_900 }),
    right: new SyncError("permanent", "no right to daily", { scope: "task" }),
    account: new SyncError("permanent", "the token is wrong", { scope: "account" }),
  };
  /** One unit is parked, a person retries it, and it gets a transient error: its next retry is scheduled. */
  async function awaitRetry(): Promise<void> {
    refuse("permanent");
    await world.dispatch(oneDay);
    await world.runToEnd();
    refuse("transient");
    await world.dispatch({ retry: "all" });
    await world.runQueuesToEnd();
    expect(await onlyTask()).toMatchObject({ status: "FAILED" });
    expect(await onlyUnit()).toMatchObject({ status: "failed" });
  }
  const meet = (error: SyncError) => {
    world.state.onCall = () => {
      throw error;
    };
  };
  async function nextAttempt(): Promise<void> {
    await world.step(); // its schedule fires
    await world.deliverNext();
  }

  test("that reaches the daily quota is retried when the day is over", async () => {
    await awaitRetry();
    meet(refusals.quota);
    await nextAttempt();
    const [, planned] = world.schedules.planned().sort((a, b) => a.name.localeCompare(b.name));
    expect(planned?.target).toMatchObject({ unit: { retry: 3 } });
    expect(await onlyFailure()).toMatchObject({ error_message: "8000 calls a day", retry_count: 2 });
    const wait = ((await onlyFailure())?.next_attempt_at?.getTime() ?? 0) - world.clock.now().getTime();
    expect(wait).toBeGreaterThan(21_800_000);
    heal();
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 1, total_failed: 0 });
    expect(await onlyFailure()).toMatchObject({ resolved_at: expect.any(Date) });
  });

  test("that reaches the daily quota each time is left to a person in the end", async () => {
    await awaitRetry();
    meet(refusals.quota);
    await world.runToEnd();
    expect(await onlyUnit()).toMatchObject({ status: "parked" });
    expect(await onlyFailure()).toMatchObject({ retry_count: 3, next_attempt_at: null });
    expect(world.counted.get("FailuresParked")).toBe(1);
  });

  test.each(["right", "account"] as const)("that is refused for its %s needs action", async (refusal) => {
    await awaitRetry();
    meet(refusals[refusal]);
    await nextAttempt();
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_failed: 1 });
    expect(await onlyUnit()).toMatchObject({ status: "parked" });
    expect(await onlyFailure()).toMatchObject({
      kind: "permanent",
      next_attempt_at: null,
      resolved_at: null,
    });
    expect(world.counted.get("FailuresParked")).toBe(1);
  });

  test("is never forgotten, wherever its worker dies", async () => {
    await atEveryDeath(async (breakAt) => {
      await world.reset();
      await awaitRetry();
      meet(refusals.quota);
      await world.step();
      const { portCalls } = await world.deliverNext({ breakAt });
      heal();
      await world.runToEnd();
      expect(await onlyUnit()).toMatchObject({ status: "done" });
      expect(await onlyFailure()).toMatchObject({ resolved_at: expect.any(Date) });
      return portCalls >= breakAt.call;
    });
  });
});

test("a retry of thousands of records passes the limits of the Data API", async () => {
  const id = "7d6f0c1e-3a52-4b7e-9f0a-0c9d8e7f6a5b";
  await world.sql(
    `insert into sync_task (id, job_type, status, batch_size, config, total_units, total_failed)
     values ($1, 'DAILY_HISTORY', 'FAILED', 50, '{}', 5000, 5000)`,
    [id],
  );
  await world.sql(
    `insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status)
     select $1, at, 'stock_daily', 'stock_daily/' || code || '/20100101-20240117',
       jsonb_build_object('by', 'code', 'ts_code', code, 'from', '20100101', 'to', '20240117'), 'parked'
     from generate_series(1, 5000) as at, lateral (select lpad(cast(at as text), 6, '0') || '.SZ' as code) as each`,
    [id],
  );
  await world.sql(
    `insert into sync_failure_record (job_type, unit_key, task_id, sequence, kind, error_message, max_retries)
     select 'DAILY_HISTORY', unit_key, task_id, sequence, 'permanent', 'no', 3 from sync_unit`,
  );
  expect(await world.dispatch({ retry: "all" })).toMatchObject({ sent: 5000 });
  expect(new Set(world.work.bodies()).size).toBe(5000);
});

describe("the retry function", () => {
  test.each([
    ["before", 1],
    ["after", 1],
    ["before", 2],
    ["after", 2],
  ] as const)(
    "dying %s its call %i leaves at least the record, and the next delivery of the letter completes the work",
    async (when, call) => {
      refuse();
      await world.dispatch(oneDay);
      const letter = await nextLetter();
      await world.retryLetter(letter, { call, when, fate: "dies" });
      expect(world.deadLetters.bodies()).toHaveLength(1);
      expect(world.schedules.planned().length).toBeLessThanOrEqual((await world.failures()).length);
      await world.retryLetter(letter);
      expect(world.deadLetters.bodies()).toEqual([]);
      expect(world.schedules.created).toHaveLength(1);
      heal();
      await world.runToEnd();
      expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 1, total_failed: 0 });
      expect((await world.failures()).map(({ resolved_at }) => resolved_at !== null)).toEqual([true]);
    },
  );

  test("leaves the letter in its queue when the database does not answer", async () => {
    refuse();
    await world.dispatch(oneDay);
    const letter = await nextLetter();
    await world.retryLetter(letter, { call: 1, when: "before", fate: "goes on" });
    expect(world.deadLetters.bodies()).toHaveLength(1);
    heal();
    await world.runToEnd();
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
  });
});

function encodeLater(): string {
  const unit = {
    version: 1,
    task_id: "7d6f0c1e-3a52-4b7e-9f0a-0c9d8e7f6a5b",
    sequence: 1,
    job_type: "DAILY_HISTORY",
    dataset: "stock_daily",
    unit_key: "stock_daily/20240104",
    selector: { by: "date", trade_date: "20240104" },
    retry: 0,
  } as const;
  return encodeUnit(unit).replace('"version":1', '"version":9');
}
