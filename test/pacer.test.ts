// The pace of one slot, call by call. rate.test.ts tests many slots together.
import { describe, expect, test } from "vitest";
import { makePacer } from "../shared/sync/pacer.ts";
import { makeVirtualTime } from "./support/slot-simulation.ts";

describe("a pacer", () => {
  /** T is 2 seconds here. */
  function onePacer() {
    const time = makeVirtualTime();
    const pacer = makePacer({ slots: 4, minIntervalSeconds: 0.5, clock: time.clock });
    const calls: string[] = [];
    const call = (name: string, seconds = 0) =>
      pacer.call(name, async () => {
        calls.push(`${name} ${time.now()}`);
        await time.wait(seconds);
      });
    return { time, pacer, calls, call };
  }

  test("of a fresh environment waits an interval before its first call", async () => {
    const { time, calls, call } = onePacer();
    void call("daily");
    await time.runUntil(10);
    expect(calls).toEqual(["daily 2"]);
  });

  test("calls at once when its environment has been idle", async () => {
    const { time, calls, call } = onePacer();
    time.after(7, () => void call("daily"));
    await time.runUntil(10);
    expect(calls).toEqual(["daily 7"]);
  });

  test("keeps calls to one interface an interval apart, however many ask at once", async () => {
    const { time, calls, call } = onePacer();
    for (let asked = 0; asked < 3; asked += 1) void call("daily");
    await time.runUntil(10);
    expect(calls).toEqual(["daily 2", "daily 4", "daily 6"]);
  });

  test("does not let interfaces wait for each other", async () => {
    const { time, calls, call } = onePacer();
    void call("daily").then(() => call("daily"));
    void call("adj_factor");
    await time.runUntil(10);
    expect(calls).toEqual(["daily 2", "adj_factor 2", "daily 4"]);
  });

  test("counts the interval from when a call was sent, also for a call that failed", async () => {
    const { time, pacer, calls, call } = onePacer();
    const failing = pacer.call("daily", async () => {
      await time.wait(1.5);
      throw new Error("reset");
    });
    const outcome = expect(failing).rejects.toThrow("reset");
    void failing.catch(() => call("daily", 3).then(() => call("daily")));
    await time.runUntil(20);
    await outcome;
    expect(calls).toEqual(["daily 4", "daily 7"]);
  });

  test.each([
    { after: "a quick call", seconds: 0.1, until: 3.9 },
    { after: "a call longer than the interval", seconds: 5, until: 7 },
  ])(
    "holds the slot until a moment before the interval has passed after $after",
    async ({ seconds, until }) => {
      const { time, pacer, call } = onePacer();
      let ended = 0;
      void call("daily", seconds)
        .then(() => pacer.hold())
        .then(() => {
          ended = time.now();
        });
      await time.runUntil(20);
      expect(ended).toBeCloseTo(until, 6);
    },
  );

  test("holds the slot for the last of the interfaces, and not at all without a call", async () => {
    const { time, pacer, call } = onePacer();
    const ends: number[] = [];
    void pacer.hold().then(() => ends.push(time.now()));
    void Promise.all([call("daily"), call("adj_factor").then(() => call("adj_factor"))])
      .then(() => pacer.hold())
      .then(() => ends.push(time.now()));
    await time.runUntil(20);
    expect(ends).toEqual([0, expect.closeTo(5.9, 6)]);
  });

  test("makes the next holder of the slot wait for the moment by which it was released early", async () => {
    const { time, pacer, calls, call } = onePacer();
    await time.runUntil(10);
    pacer.enter();
    void call("daily");
    await time.runUntil(20);
    expect(calls).toEqual(["daily 10.1"]);
  });

  test("slows an interface to the limit the upstream reports, and never speeds it up", async () => {
    const { time, pacer, calls, call } = onePacer();
    expect(pacer.learn("daily", 10_000)).toBeUndefined();
    const seconds = pacer.learn("daily", 6) ?? 0;
    expect(seconds).toBeGreaterThan(2);
    void Promise.all([
      call("daily").then(() => call("daily")),
      call("adj_factor").then(() => call("adj_factor")),
    ]);
    await time.runUntil(200);
    expect(calls).toEqual(["daily 2", "adj_factor 2", "adj_factor 4", expect.stringMatching(/^daily /)]);
    expect(Number(calls.at(-1)?.split(" ")[1])).toBeCloseTo(2 + seconds, 3);
  });

  test("keeps a resting interface quiet and lets the others go on", async () => {
    const { time, pacer, calls, call } = onePacer();
    void Promise.all([call("daily"), call("adj_factor")]).then(() => {
      pacer.rest("daily", 61);
      return Promise.all([call("daily"), call("adj_factor")]);
    });
    await time.runUntil(100);
    expect(calls).toEqual(["daily 2", "adj_factor 2", "adj_factor 4", "daily 63"]);
  });

  test("never lets a short rest end the interval early", async () => {
    const { time, pacer, calls, call } = onePacer();
    void call("daily").then(() => {
      pacer.rest("daily", 0.1);
      return call("daily");
    });
    await time.runUntil(20);
    expect(calls).toEqual(["daily 2", "daily 4"]);
  });

  test("after an environment died, an idle one that takes the slot makes one call too early, not two", async () => {
    const { time, calls, call } = onePacer();
    const sibling = makePacer({ slots: 4, minIntervalSeconds: 0.5, clock: time.clock });
    time.after(10, () => void call("daily"));
    const callSibling = () =>
      sibling.call("daily", async () => {
        calls.push(`sibling ${time.now()}`);
      });
    time.after(10.1, () => void callSibling().then(callSibling));
    await time.runUntil(20);
    expect(calls).toEqual(["daily 10", "sibling 10.1", "sibling 12.1"]);
  });
});
