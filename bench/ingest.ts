// The rounds on one engine: the production worker with one slot and with four, a COPY of the same rows at the end of
// the same pipeline, and one row at a time, with and without an object-relational mapper. Rounds alternate, so that a
// slow minute of the machine affects all of them.
import type { Engine } from "./engines.ts";
import { type SlotOptions, type Slots, startSlots } from "./slots.ts";
import type { ReadyUpstream } from "./upstream.ts";

export type Phase = "first insert" | "nothing changed" | "full update";

export type Way =
  | "worker, 1 slot"
  | "worker, 4 slots"
  | "COPY, 1 slot"
  | "COPY, 4 slots"
  | "row at a time"
  | "ORM";

/** Each list has one number for each round. */
export type Measurement = {
  readonly way: Way;
  readonly phase: Phase;
  readonly rowsPerSecond: number[];
  /** CPU seconds for a million rows: of the slots' threads, and of the Data API's. */
  readonly slotCpu: number[];
  readonly dataApiCpu: number[];
};

export type IngestOptions = {
  readonly upstream: ReadyUpstream;
  readonly worker: SlotOptions;
  readonly rounds: number;
  /** Number of days for the slow ways, and for a full update; a few are enough. */
  readonly rowAtATimeDays: number;
};

export const slotsMax = 4;

export async function measureIngest(engine: Engine, options: IngestOptions): Promise<Measurement[]> {
  const { upstream, rounds } = options;
  const measurements = new Map<string, Measurement>();
  const environment = { TUSHARE_URL: upstream.url, DATABASE_URL: engine.databaseUrl };
  const baseline = (argument: string) => ({ entry: "baseline-slot.ts", argument, environment }) as const;
  const worker = await startSlots(slotsMax, options.worker);
  const copy = await startSlots(slotsMax, baseline("copy"));
  const rows = await startSlots(1, baseline("rows"));
  const orm = await startSlots(1, baseline("orm"));
  const fewDays = upstream.days.slice(-options.rowAtATimeDays);

  const planned = async (days: readonly string[]) => ({ days, items: await engine.plan(days) });
  const itself = (days: readonly string[]) => ({ days, items: days });

  /** Runs one round and checks the number of changed rows that its phase expects. */
  async function measure(
    way: Way,
    phase: Phase,
    slots: Slots,
    count: number,
    { days, items }: { readonly days: readonly string[]; readonly items: readonly string[] },
  ) {
    const before = await engine.dataApiCpuSeconds();
    const { seconds, cpuSeconds } = await slots.run(items, count);
    const dataApiSeconds = (await engine.dataApiCpuSeconds()) - before;
    const { rows: stored, changed } = await engine.counts(days);
    const expected = phase === "nothing changed" ? 0 : stored;
    if (changed !== expected || stored === 0)
      throw new Error(`${way}, ${phase}: ${changed} of ${stored} rows were stored, expected ${expected}`);
    const name = `${way} ${phase}`;
    const found = measurements.get(name) ?? { way, phase, rowsPerSecond: [], slotCpu: [], dataApiCpu: [] };
    measurements.set(name, found);
    found.rowsPerSecond.push(stored / seconds);
    found.slotCpu.push((cpuSeconds / stored) * 1e6);
    found.dataApiCpu.push((dataApiSeconds / stored) * 1e6);
  }

  for (let round = 0; round < rounds; round += 1) {
    for (const [way, count] of [
      ["worker, 1 slot", 1],
      ["worker, 4 slots", slotsMax],
    ] as const) {
      await engine.empty();
      await measure(way, "first insert", worker, count, await planned(upstream.days));
      await measure(way, "nothing changed", worker, count, await planned(upstream.days));
      await upstream.serve("changed");
      // With a revision for each value: a second or two a day.
      await measure(way, "full update", worker, count, await planned(fewDays));
      await upstream.serve("first");
    }
    await engine.empty();
    await measure("COPY, 1 slot", "first insert", copy, 1, itself(upstream.days));
    await engine.empty();
    await measure("COPY, 4 slots", "first insert", copy, slotsMax, itself(upstream.days));
    await engine.empty();
    await measure("row at a time", "first insert", rows, 1, itself(fewDays));
    await engine.empty();
    await measure("ORM", "first insert", orm, 1, itself(fewDays));
  }
  for (const slots of [worker, copy, rows, orm]) await slots.close();
  return [...measurements.values()];
}
