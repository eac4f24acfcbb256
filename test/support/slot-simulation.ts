// The worker's slots in virtual time around a pacer: environments that start cold, sit idle, take over from each
// other and die; calls that travel slowly or are given up. Gives back when each call reached the upstream.

import { slotSeconds } from "../../shared/catalogue/slot.ts";
import type { Clock, Pacer } from "../../shared/ports.ts";
import { randomFrom } from "./random.ts";

export type PacerMaker = (options: { slots: number; minIntervalSeconds: number; clock: Clock }) => Pacer;

export type Scenario = {
  readonly slots: number;
  readonly minIntervalSeconds: number;
  readonly minutes: number;
  readonly makePacer: PacerMaker;
  /** Seconds of a call on its way to the upstream, and from there until its answer is read. */
  readonly upload: (random: () => number) => number;
  readonly answer: (random: () => number) => number;
  /** A unit's calls to each interface, one after another; 0 for a unit that ends before its first. */
  readonly pages: (random: () => number) => number;
  /** Share of invocations that die, and seconds after their start: at any point, unless said. */
  readonly deathShare?: number;
  readonly deathSeconds?: (random: () => number) => number;
  /** Environments that may exist beside one for each slot: idle ones that can take over. */
  readonly spareEnvironments?: number;
  /** Spare environments start beside the slots, as Lambda may do, so that a slot never has to wait for one. */
  readonly startsAhead?: boolean;
};

export type Run = {
  /** Seconds at which calls reached the upstream, ascending, for each interface. */
  readonly arrivals: ReadonlyMap<string, readonly number[]>;
  /** Seconds at which an invocation died. */
  readonly deaths: readonly number[];
  /** Calls that were still on their way when their environment died or gave them up. */
  readonly strays: readonly Call[];
};

type Call = { readonly name: string; readonly arrivesAt: number; givenUpAt: number };

type Environment = { readonly clock: Clock; readonly pacer: Pacer; kill(): void };

/** The adapter's own timeout, and the function's. */
const callSecondsMax = 30;
const invocationSecondsMax = 60;

const interfaceNames = ["daily", "adj_factor", "daily_basic"];

/** Seconds, evenly spread. */
export const between = (low: number, high: number) => (random: () => number) => low + (high - low) * random();

export async function simulate(scenario: Scenario, seed: number): Promise<Run> {
  const random = randomFrom(seed);
  const time = makeVirtualTime();
  const calls: Call[] = [];
  const deaths: number[] = [];
  const idle: Environment[] = [];
  const deathSeconds =
    scenario.deathSeconds ?? between(0, 1.5 * slotSeconds(scenario.slots, scenario.minIntervalSeconds));
  let environments = 0;

  function makeEnvironment(): Environment {
    let alive = true;
    const origin = -1e6 * random();
    const clock: Clock = {
      now: time.clock.now,
      monotonic: () => time.clock.monotonic() - origin,
      // Node's timers take at least a millisecond, and come late rather than early. A dead process never goes on.
      sleep: (milliseconds) =>
        new Promise((resolve) =>
          time.after(Math.max(1, milliseconds + 2 * random()) / 1000, () => {
            if (alive) resolve();
          }),
        ),
    };
    const { slots, minIntervalSeconds } = scenario;
    return {
      clock,
      pacer: scenario.makePacer({ slots, minIntervalSeconds, clock }),
      kill() {
        alive = false;
      },
    };
  }

  async function call(environment: Environment, name: string, own: Call[]): Promise<void> {
    const upload = scenario.upload(random);
    const seconds = Math.min(callSecondsMax, upload + scenario.answer(random));
    const arrivesAt = time.now() + upload;
    const sent: Call = { name, arrivesAt, givenUpAt: Number.POSITIVE_INFINITY };
    calls.push(sent);
    own.push(sent);
    await environment.clock.sleep(seconds * 1000);
    if (arrivesAt > time.now()) sent.givenUpAt = time.now();
  }

  /** What syncUnit does, as far as it affects the pace. */
  async function invoke(environment: Environment, own: Call[]): Promise<void> {
    const { clock, pacer } = environment;
    pacer.enter();
    await clock.sleep(5 + 30 * random()); // the claim in the ledger
    const pages = scenario.pages(random);
    await Promise.all(
      interfaceNames.map(async (name) => {
        for (let page = 0; page < pages; page += 1)
          await pacer.call(name, () => call(environment, name, own));
      }),
    );
    if (pages > 0) await clock.sleep(20 + 80 * random()); // the rows, stored
    await pacer.hold();
  }

  /** An idle environment, or a new one, which starts up on the slot's time. */
  async function environmentForSlot(): Promise<Environment> {
    const mayGrow = environments < scenario.slots + (scenario.spareEnvironments ?? 0);
    if (idle.length > 0 && (scenario.startsAhead || !(mayGrow && random() < 0.3))) {
      const [taken] = idle.splice(Math.floor(random() * idle.length), 1);
      if (taken !== undefined) return taken;
    }
    environments += 1;
    await time.wait(0.2 + 2 * random());
    return makeEnvironment();
  }

  async function runSlot(): Promise<never> {
    for (;;) {
      await time.wait(0.02 * random()); // the next message on its way to the free slot
      const environment = await environmentForSlot();
      const own: Call[] = [];
      const dies = random() < (scenario.deathShare ?? 0);
      const seconds = dies ? deathSeconds(random) : invocationSecondsMax;
      const ended = await Promise.race([
        invoke(environment, own).then(() => true),
        time.wait(seconds).then(() => false),
      ]);
      if (ended) {
        idle.push(environment);
        continue;
      }
      environment.kill();
      environments -= 1;
      if (scenario.startsAhead) startSpare();
      deaths.push(time.now());
      for (const sent of own) {
        if (sent.arrivesAt > time.now()) sent.givenUpAt = Math.min(sent.givenUpAt, time.now());
      }
    }
  }

  function startSpare(): void {
    environments += 1;
    idle.push(makeEnvironment());
  }

  for (let spare = 0; spare < (scenario.spareEnvironments ?? 0); spare += 1) startSpare();
  for (let slot = 0; slot < scenario.slots; slot += 1) void runSlot();
  await time.runUntil(scenario.minutes * 60);

  const arrived = calls.filter(({ arrivesAt }) => arrivesAt <= scenario.minutes * 60);
  return {
    arrivals: new Map(
      interfaceNames.map((name) => [
        name,
        arrived
          .filter((sent) => sent.name === name)
          .map(({ arrivesAt }) => arrivesAt)
          .sort((a, b) => a - b),
      ]),
    ),
    deaths,
    strays: arrived.filter(({ givenUpAt }) => givenUpAt < Number.POSITIVE_INFINITY),
  };
}

/** Seconds that pass only from event to event. Between two events every promise that can settle has settled. */
export function makeVirtualTime() {
  const events: { at: number; run: () => void }[] = [];
  let now = 0;

  function after(seconds: number, run: () => void): void {
    const at = now + seconds;
    let place = events.length;
    while (place > 0 && (events[place - 1]?.at ?? 0) > at) place -= 1;
    events.splice(place, 0, { at, run });
  }

  const wait = (seconds: number) => new Promise<void>((resolve) => after(seconds, resolve));
  const clock: Clock = {
    now: () => new Date(now * 1000),
    monotonic: () => now * 1000,
    sleep: (milliseconds) => wait(milliseconds / 1000),
  };

  return {
    now: () => now,
    clock,
    after,
    wait,
    async runUntil(end: number): Promise<void> {
      await promisesSettled();
      for (let event = events[0]; event !== undefined && event.at <= end; event = events[0]) {
        events.shift();
        now = event.at;
        event.run();
        await promisesSettled();
      }
      now = end;
    },
  };
}

function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
