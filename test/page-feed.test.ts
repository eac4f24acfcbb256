// What the local page reads, and when: without a browser.
import { afterEach, expect, test, vi } from "vitest";
import { sumMetrics } from "../local/emf.ts";
import { wordsFor } from "../local/page/choose-words.ts";
import { coverageWeeks, makeCoverageReader } from "../local/page/coverage.ts";
import { makeFeed, type Snapshot } from "../local/page/feed.ts";
import type { Database } from "../shared/ports.ts";

afterEach(() => vi.useRealTimers());

/** Counts the statements that are run. */
function counted(database: Database): { database: Database; statements(): number } {
  let statements = 0;
  return {
    database: {
      ...database,
      run(sql, parameters) {
        statements += 1;
        return database.run(sql, parameters);
      },
    },
    statements: () => statements,
  };
}

const empty: Database = { run: async () => [{}], transaction: (work) => work(async () => [{}]) };

test("the database is read while a browser is connected, and left alone when none is", async () => {
  vi.useFakeTimers();
  const { database, statements } = counted(empty);
  const feed = makeFeed({ database, rates: async () => [] });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(statements()).toBe(0);

  const leave = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(10_000);
  const read = statements();
  expect(read).toBeGreaterThan(10);
  leave();
  await vi.advanceTimersByTimeAsync(1_000);
  const last = statements();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(statements()).toBe(last);

  const back = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(statements()).toBeGreaterThan(last);
  back();
});

test("a ledger that does not change costs two small queries a second, and a third of them after a while, until it is woken", async () => {
  vi.useFakeTimers();
  const { database, statements } = counted(empty);
  const feed = makeFeed({ database, rates: async () => [] });
  const leave = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(14_000 + 100);
  const before = statements(); // by then every piece of the coverage has been read once
  vi.setSystemTime(Date.now() - 14_000); // no periodic read happens below
  await vi.advanceTimersByTimeAsync(5_000);
  expect(statements() - before).toBeLessThanOrEqual(2 * 5);
  expect(statements() - before).toBeGreaterThanOrEqual(2 * 4);

  await vi.advanceTimersByTimeAsync(15_000);
  const quiet = statements();
  await vi.advanceTimersByTimeAsync(12_000);
  const ofReading = 20; // the whole ledger once
  expect(statements() - quiet).toBeLessThanOrEqual(2 * 4 + ofReading);
  const beforeWaking = statements();
  feed.wake();
  await vi.advanceTimersByTimeAsync(1);
  expect(statements() - beforeWaking).toBeGreaterThanOrEqual(1);
  leave();
});

test("coverage is read again when other days are asked for, even if no unit was settled", async () => {
  let asked = "{}";
  let pieces = 0;
  const reader = makeCoverageReader({
    ...empty,
    async run(_sql, parameters) {
      if (parameters?.since !== undefined) return [{ dataset: "stock_daily", asked }];
      pieces += 1;
      return [];
    },
  });
  const at = Date.parse("2024-01-17T18:00:00+08:00");
  const look = async (times: number) => {
    const before = pieces;
    for (let second = 0; second < times; second += 1)
      await reader.read(new Date(at + (pieces + second) * 60_000));
    return pieces - before;
  };
  const everything = await look(2 * coverageWeeks);
  expect(everything).toBeGreaterThan(10);
  expect(await look(5)).toBe(0);
  asked = "{[2024-01-02,2024-01-18)}";
  expect(await look(2 * coverageWeeks)).toBe(everything);
});

test("a database that does not answer is reported, and read again later", async () => {
  vi.useFakeTimers();
  let isDown = true;
  const database: Database = {
    ...empty,
    run: async () => {
      if (isDown) throw new Error("connection refused");
      return [{}];
    },
  };
  const told: (Snapshot | undefined)[] = [];
  const leave = makeFeed({ database, rates: async () => [] }).subscribe((snapshot) => told.push(snapshot));
  await vi.advanceTimersByTimeAsync(1_500);
  expect(told).toEqual([undefined, undefined]);
  isDown = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.at(-1)).toBeDefined();
  leave();
});

test("calls of the last minute are those that the functions logged in that minute", () => {
  const metrics = sumMetrics();
  const printed = (interfaceName: string, atSeconds: number) =>
    metrics.add(
      JSON.stringify({
        _aws: {
          Timestamp: atSeconds * 1000,
          CloudWatchMetrics: [{ Dimensions: [["service", "interface"]], Metrics: [{ Name: "Calls" }] }],
        },
        interface: interfaceName,
        Calls: 1,
      }),
    );
  for (const atSeconds of [0, 30, 59, 61]) printed("daily", atSeconds);
  printed("adj_factor", 61);
  expect(metrics.lastMinute("Calls", 62_000)).toEqual({ adj_factor: 1, daily: 3 });
  printed("daily", 200);
  expect(metrics.lastMinute("Calls", 201_000)).toEqual({ daily: 1 });
  expect(metrics.byInterface("Calls")).toEqual({ adj_factor: 1, daily: 5 });
});

test.each([
  ["zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"],
  ["zh-TW", "zh-CN"],
  ["en-GB,en;q=0.9,zh;q=0.8", "en"],
  ["de-DE,de;q=0.9,zh;q=0.5", "zh-CN"],
  ["de", "en"],
  [undefined, "en"],
])("a browser that wants %s reads %s", (acceptLanguage, language) => {
  expect(wordsFor(acceptLanguage).language).toBe(language);
});
