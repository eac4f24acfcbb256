// The rate promise: never over the limit, never idle below it. The real pacer, in virtual time.
import { describe, expect, test } from "vitest";
import { settingTable } from "../shared/catalogue/settings.ts";
import { callsAMinuteMax, slotSeconds, slotSecondsWithin } from "../shared/catalogue/slot.ts";
import type { Clock } from "../shared/ports.ts";
import { makePacer } from "../shared/sync/pacer.ts";
import { between, makeVirtualTime, type Run, type Scenario, simulate } from "./support/slot-simulation.ts";

const slots = settingTable.WORKER_SLOTS.default;
const minIntervalSeconds = settingTable.TUSHARE_MIN_INTERVAL.default;

// A failure names its seed: put it in the first list.
const seeds = [1, 7, 42, 285844877, ...Array.from({ length: 3 }, () => Math.floor(Math.random() * 2 ** 31))];

const noneToThree = (random: () => number) => Math.floor(4 * random());

const restless: Scenario = {
  slots,
  minIntervalSeconds,
  minutes: 12,
  makePacer,
  upload: between(0, 0.4),
  answer: between(0.05, 2.5),
  pages: noneToThree,
  spareEnvironments: 4,
};

const scenarios: Record<string, Scenario> = {
  "fast answers": { ...restless, answer: between(0.02, 0.3) },
  "answers far above the slot interval": { ...restless, answer: between(0, 15), minutes: 30 },
  "uploads as slow as the slot interval": { ...restless, upload: between(0, 2), answer: between(0, 0.1) },
  "one page a unit": { ...restless, pages: () => 1 },
  "two slots": { ...restless, slots: 2 },
  "one slot that calls ten times a second": { ...restless, slots: 1, minIntervalSeconds: 0.1, minutes: 3 },
  "twenty slots": { ...restless, slots: 20 },
};

/** Calls over the bound in the fullest minute, minus the extra calls that the run allows in it. */
function excess(run: Run, scenario: Scenario, allowed: typeof lost | (() => number) = () => 0): number {
  const most = callsAMinuteMax(scenario.slots, scenario.minIntervalSeconds);
  let worst = Number.NEGATIVE_INFINITY;
  for (const [name, times] of run.arrivals) {
    let end = 0;
    times.forEach((start, at) => {
      while ((times[end] ?? Number.POSITIVE_INFINITY) < start + 60) end += 1;
      worst = Math.max(worst, end - at - most - allowed(run, name, start));
    });
  }
  return worst;
}

/**
 * Calls that deaths may add to the minute from `start`. Whatever dies frees its slot at once, and an idle environment
 * may take it: the interval of one slot is broken once. A call given up before it arrived may arrive after the next.
 */
function lost({ deaths, strays }: Run, name: string, start: number): number {
  const isIn = (at: number) => at >= start && at < start + 60;
  const late = strays.filter((call) => call.name === name && call.givenUpAt < start && isIn(call.arrivesAt));
  return deaths.filter(isIn).length + late.length;
}

describe("the bound of slot pacing", () => {
  test.each([
    { slots: 5, minIntervalSeconds: 0.35, calls: 180 },
    { slots: 1, minIntervalSeconds: 0.35, calls: 173 },
    { slots: 2, minIntervalSeconds: 0.35, calls: 174 },
    { slots: 4, minIntervalSeconds: 0.5, calls: 128 },
    { slots: 10, minIntervalSeconds: 1.2, calls: 70 },
    { slots: 5, minIntervalSeconds: 60, calls: 10 },
  ])("$slots slots with a call every $minIntervalSeconds s make at most $calls calls in a minute", (row) => {
    expect(callsAMinuteMax(row.slots, row.minIntervalSeconds)).toBe(row.calls);
  });

  test("the default pace stays under the default limit", () => {
    expect(callsAMinuteMax(slots, minIntervalSeconds)).toBeLessThanOrEqual(
      settingTable.TUSHARE_CALLS_A_MINUTE.default,
    );
  });

  test("the bound is exact: it is reached when all slots call together and each has one delayed call", async () => {
    const time = makeVirtualTime();
    const arrivals: number[] = [];
    const interval = slotSeconds(slots, minIntervalSeconds);
    const runSlot = async () => {
      const pacer = makePacer({ slots, minIntervalSeconds, clock: time.clock });
      for (let calls = 0; calls < 60; calls += 1) {
        await pacer.call("daily", async () => {
          if (calls === 3) await time.wait(interval);
          arrivals.push(time.now());
        });
      }
    };
    for (let slot = 0; slot < slots; slot += 1) void runSlot();
    await time.runUntil(300);
    const run = { arrivals: new Map([["daily", arrivals]]), deaths: [], strays: [] };
    expect(excess(run, { ...restless, slots, minIntervalSeconds })).toBe(0);
  });
});

describe.each(seeds)("seed %i", (seed) => {
  test.each(Object.entries(scenarios))("no minute exceeds the bound with %s", async (_name, scenario) => {
    const run = await simulate(scenario, seed);
    expect(run.deaths).toEqual([]);
    expect(excess(run, scenario)).toBeLessThanOrEqual(0);
  });

  test("a death or timeout adds at most one call to the minute, whenever it comes", async () => {
    const scenario: Scenario = {
      ...restless,
      minutes: 30,
      deathShare: 0.2,
      upload: (random) => (random() < 0.05 ? 40 * random() : random()),
      answer: (random) => (random() < 0.05 ? 60 * random() : 2 * random()),
    };
    const run = await simulate(scenario, seed);
    expect(run.deaths.length).toBeGreaterThan(20);
    expect(run.strays.length).toBeGreaterThan(20);
    expect(excess(run, scenario, lost)).toBeLessThanOrEqual(0);
  });

  test("deaths right after a call, with idle environments at hand, do add calls: one each, not two", async () => {
    const scenario: Scenario = {
      ...restless,
      deathShare: 0.3,
      deathSeconds: between(0.04, 0.15),
      spareEnvironments: 30,
      startsAhead: true,
      answer: between(0.02, 0.2),
      pages: () => 1,
    };
    const run = await simulate(scenario, seed);
    expect(excess(run, scenario)).toBeGreaterThan(0);
    expect(excess(run, scenario, lost)).toBeLessThanOrEqual(0);
  });

  test("a death adds no call when only a fresh environment can take the slot", async () => {
    const scenario = { ...restless, deathShare: 0.2, spareEnvironments: 0 };
    const run = await simulate(scenario, seed);
    expect(run.deaths.length).toBeGreaterThan(20);
    expect(excess(run, scenario)).toBeLessThanOrEqual(0);
  });

  // Between two calls of a slot lie its interval and, until the next unit has its claim, some 30 ms on average here.
  test.each([
    { units: "one page", pages: () => 1 },
    { units: "one to three pages", pages: (random: () => number) => 1 + Math.floor(3 * random()) },
  ])("97 % of the pace is used by units of $units when answers take less than the interval", async (row) => {
    const answer = between(0.05, 0.6 * slotSeconds(slots, minIntervalSeconds));
    const scenario = { ...restless, minutes: 40, upload: between(0, 0.2), answer, pages: row.pages };
    const run = await simulate(scenario, seed);
    for (const times of run.arrivals.values()) {
      const share = times.length / (scenario.minutes * (60 / minIntervalSeconds));
      expect(share).toBeGreaterThan(0.97);
      expect(share).toBeLessThanOrEqual(1.01);
    }
  });

  test("without the hold idle environments break the bound, so the simulation can tell", async () => {
    const holdless: Scenario = {
      ...restless,
      answer: between(0.02, 0.3),
      pages: () => 1,
      makePacer: (options) => ({ ...makePacer(options), hold: async () => {} }),
    };
    expect(excess(await simulate(holdless, seed), holdless)).toBeGreaterThan(0);
  });

  test("without the wait of a fresh environment deaths break it, so the simulation can tell", async () => {
    const waitless: Scenario = {
      ...restless,
      spareEnvironments: 0,
      pages: () => 1,
      deathShare: 1,
      deathSeconds: between(0.14, 0.4), // soon after the call, which waits out the lead first
      makePacer: (options) => makePacer({ ...options, clock: startedEarlier(options) }),
    };
    expect(excess(await simulate(waitless, seed), waitless)).toBeGreaterThan(0);
    const real = { ...waitless, makePacer };
    expect(excess(await simulate(real, seed), real)).toBeLessThanOrEqual(0);
  });
});

test("one seed replays one run", async () => {
  const scenario = { ...restless, minutes: 3, deathShare: 0.1 };
  expect(await simulate(scenario, 5)).toEqual(await simulate(scenario, 5));
  expect(await simulate(scenario, 5)).not.toEqual(await simulate(scenario, 6));
});

/** A clock that makes a fresh environment skip its first interval. */
function startedEarlier({
  clock,
  ...pace
}: {
  slots: number;
  minIntervalSeconds: number;
  clock: Clock;
}): Clock {
  let reads = 0;
  const early = slotSeconds(pace.slots, pace.minIntervalSeconds) * 1000;
  return { ...clock, monotonic: () => clock.monotonic() - (reads++ === 0 ? early : 0) };
}

test.each([
  [200, 5],
  [50, 5],
  [20, 5],
  [10, 5],
  [7, 2],
  [400, 40],
])("a learned limit of %i calls a minute is kept to by %i slots together", (limit, slots) => {
  const seconds = slotSecondsWithin(limit, slots);
  expect(callsAMinuteMax(slots, seconds / slots)).toBeLessThanOrEqual(limit);
});

test("a limit below two calls a minute for each slot holds on average", () => {
  expect((5 * 60) / slotSecondsWithin(4, 5)).toBeLessThanOrEqual(4);
});
