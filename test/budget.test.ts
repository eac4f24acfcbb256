// Time inside an invocation is budgeted: what does not fit is handed on, and nothing is cut by the function's timeout.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { functionSeconds, queueDelaySecondsMax } from "../shared/catalogue/queue-limits.ts";
import { settingTable } from "../shared/catalogue/settings.ts";
import { slotSeconds, slotSecondsMax, slotSecondsWithin, workerSeconds } from "../shared/catalogue/slot.ts";
import { SyncError } from "../shared/errors.ts";
import { makePacer } from "../shared/sync/pacer.ts";
import { makeWorld, type World } from "./support/world.ts";

const { claim, call, store } = workerSeconds;

test("the longest allowed interval, one call, its storing and the hold fit into an invocation of the worker", () => {
  const worst = claim + slotSecondsMax + call + store + slotSecondsMax;
  expect(worst).toBeLessThanOrEqual(functionSeconds.worker);
});

test("with the default settings there is time for three calls to each interface of a unit, which are made side by side", () => {
  const interval = slotSeconds(settingTable.WORKER_SLOTS.default, settingTable.TUSHARE_MIN_INTERVAL.default);
  expect(claim + 3 * interval + call + store + interval).toBeLessThan(functionSeconds.worker);
});

describe("a worker", () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    await world.reset();
    const { WORKER_SLOTS: slots, TUSHARE_MIN_INTERVAL: minIntervalSeconds } = world.settings;
    const pacer = makePacer({ slots, minIntervalSeconds, clock: world.clock });
    Object.assign(world.services, { pacer });
  });

  const oneDay = { job: "DAILY_HISTORY", from: "20240104", to: "20240104" };
  const onlyUnit = async () => (await world.units())[0];
  /** Seconds that one delivery takes, its hold included. */
  async function secondsOf(act: () => Promise<unknown>): Promise<number> {
    const before = world.clock.monotonic();
    await act();
    return (world.clock.monotonic() - before) / 1000;
  }

  test.each([1, 4, 10, 60])(
    "ends in time when TuShare allows only %i calls a minute, and the unit is stored in the end",
    async (callsAMinute) => {
      let refused = 0;
      world.state.onCall = (_call, reply) => {
        refused += 1;
        if (refused > 1) return reply;
        throw new SyncError("rate-limited", "too fast", { retryAfterSeconds: 61, callsAMinute });
      };
      await world.dispatch(oneDay);
      for (let deliveries = 0; (await onlyUnit())?.status !== "done"; deliveries += 1) {
        if (world.work.nextVisibleAt() > world.clock.now().getTime())
          await world.clock.sleep(world.work.nextVisibleAt() - world.clock.now().getTime());
        const seconds = await secondsOf(() => world.deliverNext());
        expect(seconds).toBeLessThanOrEqual(functionSeconds.worker);
        expect(deliveries).toBeLessThan(20);
      }
      expect(await onlyUnit()).toMatchObject({ attempts: 1 });
      const slots = world.settings.WORKER_SLOTS;
      expect(slotSecondsWithin(callsAMinute, slots)).toBeGreaterThan(slotSeconds(slots, 0.35));
    },
  );

  test("hands a unit on without spending an attempt when its interface rests for longer than the worker can wait", async () => {
    world.services.pacer.rest("daily", 600);
    await world.dispatch(oneDay);
    expect(await world.deliverNext()).toMatchObject({ outcome: "settled" });
    expect(world.calls.filter(({ name }) => name === "daily")).toEqual([]);
    const waits = (world.work.nextVisibleAt() - world.clock.now().getTime()) / 1000;
    expect(waits).toBeGreaterThan(400);
    expect(waits).toBeLessThanOrEqual(queueDelaySecondsMax);
    expect(await onlyUnit()).toMatchObject({ status: "sent", attempts: 0 });
  });

  test("begins no call that it could not store any more, and the next delivery makes it", async () => {
    await world.dispatch(oneDay);
    expect(await world.deliverNext({ remainingSeconds: call + store - 1 })).toMatchObject({
      outcome: "redeliver",
    });
    expect(world.calls).toEqual([]);
    await world.runToEnd();
    expect(await onlyUnit()).toMatchObject({ status: "done" });
  });

  test("parks a unit whose pages are further apart than the worker can wait, and says what to change", async () => {
    world.state.cap = 1;
    world.state.onCall = ({ name }, reply) => {
      world.services.pacer.rest(name, 100);
      return reply;
    };
    await world.dispatch(oneDay);
    const seconds = await secondsOf(() => world.deliverNext());
    expect(seconds).toBeLessThanOrEqual(functionSeconds.worker);
    expect(await world.failures()).toMatchObject([
      { next_attempt_at: null, error_message: expect.stringContaining("lower WORKER_SLOTS") },
    ]);
  });
});
