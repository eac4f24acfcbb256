// The metrics: every outcome, with zeros for what did not happen, and the values that start and clear alarms. On a real
// engine, through the real use cases.
import { globSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Metric, metrics } from "../shared/catalogue/metrics.ts";
import { dispatch } from "../shared/dispatch/dispatch.ts";
import { SyncError } from "../shared/errors.ts";
import type { Dimensions } from "../shared/ports.ts";
import { syncUnit } from "../shared/sync/sync-unit.ts";
import { firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

type Said = { metric: Metric; value: number; dimensions: Dimensions | undefined };

let world: World;
let said: Said[] = [];
beforeAll(async () => {
  world = await makeWorld();
  const note = (metric: Metric, value: number, dimensions?: Dimensions) =>
    void said.push({ metric, value, dimensions });
  Object.assign(world.services.meter, { count: note, measure: note });
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.reset();
  said = [];
});

const backfill = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
const values = (metric: Metric) => said.filter((each) => each.metric === metric).map(({ value }) => value);
const sum = (metric: Metric) => values(metric).reduce((a, b) => a + b, 0);
const refuse = (kind: "permanent" | "rate-limited", options: object) => () => {
  throw new SyncError(kind, "refused", options);
};

test("a run emits its units, rows, calls, times and progress, and zeros for what did not happen", async () => {
  await world.dispatch(backfill);
  await world.runToEnd();
  const stored = (await world.storedDaily()).length;
  expect(sum("UnitsDone")).toBe(12);
  expect([sum("RowsStored"), sum("RowsChanged"), sum("RowsUnchanged")]).toEqual([stored, stored, 0]);
  for (const none of ["UnitsNotDue", "UnitsReturned", "UnitsFailed", "UnitsParked", "TooFast"] as const)
    expect(values(none)).toEqual(Array.from({ length: 12 }, () => 0));
  for (const none of ["AccountRefused", "RightMissing", "QuotaUsed", "DeadLetters"] as const)
    expect(values(none)).toEqual(Array.from({ length: 12 }, () => 0));
  expect(values("FetchTime")).toHaveLength(12);
  expect(values("StoreTime")).toHaveLength(12);

  const interfaces = ["adj_factor", "daily", "daily_basic"];
  for (const name of interfaces) {
    const of = (metric: Metric) =>
      said
        .filter((each) => each.metric === metric && each.dimensions?.interface === name)
        .map(({ value }) => value);
    expect(of("Calls")).toEqual(Array.from({ length: 12 }, () => 1));
    expect(of("RateLimited")).toEqual(Array.from({ length: 12 }, () => 0));
  }
  expect(Math.max(...values("SlotWait"))).toBeGreaterThan(1_000); // a slot is 1.75 s

  const progress = said.filter(({ metric }) => metric === "TaskProgress");
  expect(progress.map(({ value }) => Math.round(value))).toEqual([
    8, 17, 25, 33, 42, 50, 58, 67, 75, 83, 92, 100,
  ]);
  expect(progress[0]?.dimensions).toEqual({ job: "DAILY_HISTORY" });
});

test("rows stored again are counted as unchanged", async () => {
  await world.dispatch(backfill);
  await world.runToEnd();
  said = [];
  await world.dispatch({ ...backfill, refresh: true });
  await world.runToEnd();
  expect([sum("RowsChanged"), sum("RowsUnchanged")]).toEqual([0, sum("RowsStored")]);
});

test("the age of a unit is counted from the sending of its message", async () => {
  await world.dispatch(backfill);
  await world.clock.sleep(90_000);
  const receipt = world.work.receive();
  await syncUnit(world.services, {
    body: receipt?.message.body ?? "",
    receiptHandle: receipt?.handle ?? "",
    receiveCount: 1,
    sentAt: new Date(world.clock.now().getTime() - 90_000),
    remainingMilliseconds: () => 150_000,
  });
  const [age = 0] = values("UnitAge");
  expect(age - sum("FetchTime")).toBeCloseTo(90_000, -1);
});

describe("what needs action", () => {
  const broken = () => {
    world.state.onCall = (call, reply) =>
      call.params.trade_date === marketDays[3] ? { ...reply, items: [[1]] } : reply;
  };

  test("is emitted when a unit is parked, and set back to 0 when it succeeds after all", async () => {
    broken();
    await world.dispatch(backfill);
    await world.runToEnd();
    expect(sum("UnitsParked")).toBe(1);
    expect(values("FailuresParked").at(-1)).toBe(1);
    world.state.onCall = (_, reply) => reply;
    await world.dispatch({ retry: "all" });
    await world.runToEnd();
    expect(values("FailuresParked").at(-1)).toBe(0);
  });

  test("is emitted again by each evening check while it lasts", async () => {
    broken();
    await world.dispatch(backfill);
    await world.runToEnd();
    said = [];
    await world.dispatch({ check: "freshness" });
    expect(values("FailuresParked")).toEqual([1]);
  });

  test("is emitted by the retry function too, with the dead letter, once the retries are used up", async () => {
    world.state.onCall = () => {
      throw new SyncError("transient", "no answer");
    };
    await world.dispatch({ ...backfill, to: firstDay });
    await world.runToEnd();
    expect(sum("DeadLetters")).toBe(4); // the first failure and three retries
    expect([sum("UnitsFailed"), sum("UnitsParked")]).toEqual([3, 1]);
    expect(sum("UnitsReturned")).toBe(20);
    expect(values("FailuresParked").at(-1)).toBe(1);
  });
});

describe("a refusal", () => {
  test.each([
    ["of the account", "AccountRefused", "permanent", { scope: "account" }],
    ["of an interface", "RightMissing", "permanent", { scope: "task" }],
    ["for the rest of the day", "QuotaUsed", "rate-limited", { scope: "task", retryAfterSeconds: 40_000 }],
  ] as const)(
    "%s is emitted when it pauses the work, and set back to 0 by the next stored unit",
    async (_, metric, kind, options) => {
      world.state.onCall = refuse(kind, options);
      const { tasks } = await world.dispatch(backfill);
      await world.deliverNext();
      expect(values(metric)).toEqual([1]);
      world.state.onCall = (_call, reply) => reply;
      await world.dispatch({ resume: tasks[0]?.id });
      await world.deliverNext();
      expect(values(metric)).toEqual([1, 0]);
    },
  );

  test("for calling too fast is counted per interface and in total", async () => {
    let refusals = 2;
    world.state.onCall = (call, reply) => {
      if (call.name === "daily" && refusals-- > 0)
        throw new SyncError("rate-limited", "too fast", { retryAfterSeconds: 5 });
      return reply;
    };
    await world.dispatch({ ...backfill, to: firstDay });
    await world.runToEnd();
    const limited = said.filter(({ metric, value }) => metric === "RateLimited" && value > 0);
    expect(limited.map(({ dimensions }) => dimensions?.interface)).toEqual(["daily", "daily"]);
    expect(sum("TooFast")).toBe(2);
  });
});

describe("lateness", () => {
  const check = () => world.dispatch({ check: "freshness" });
  const late = () => values("DaysLate").at(-1);

  test("is emitted only by the evening check", async () => {
    await world.dispatch(backfill);
    await world.runToEnd();
    expect(late()).toBe(0);

    world.setTime("20240118", 17.6); // the day is due and not stored
    said = [];
    world.state.onCall = (_, reply) => ({ ...reply, items: [] });
    await world.dispatch({ job: "DAILY_INCREMENTAL" });
    expect(values("DaysBehind")).toEqual([1]);
    expect(late()).toBeUndefined();

    world.setTime("20240118", 22);
    const answer = await check();
    expect(answer).toMatchObject({
      outcome: "checked",
      freshness: [{ dataset: "stock_daily", daysBehind: 1 }],
    });
    expect(late()).toBe(1);
  });

  test("ends when a task stores the day, without waiting for the next check", async () => {
    await world.dispatch({ ...backfill, to: marketDays.at(-2) });
    await world.runToEnd();
    await check();
    expect(late()).toBe(1); // the world's day is the market's last, at six in the evening
    await world.dispatch({ job: "DAILY_INCREMENTAL" });
    await world.runToEnd();
    expect(late()).toBe(0);
  });

  test("is 0 over a weekend and on a holiday", async () => {
    world.setTime("20240113", 22); // Saturday
    await world.dispatch({ ...backfill, to: "20240112" });
    await world.runToEnd();
    await check();
    expect(late()).toBe(0);
    await world.sql("update trade_cal set is_open = 0 where cal_date = '2024-01-15'");
    world.setTime("20240115", 22);
    await check();
    expect(late()).toBe(0);
    world.setTime("20240116", 22);
    await check();
    expect(late()).toBe(1);
  });

  test("of an empty database is 0: nothing was ever asked for", async () => {
    await check();
    expect(late()).toBe(0);
    expect(values("DaysBehind")).toEqual([]);
  });

  test("that cannot be read does not make a stored unit fail", async () => {
    const { database } = world.services;
    const run = database.run;
    Object.assign(database, {
      run: (sql: string, parameters?: Parameters<typeof run>[1]) =>
        sql.includes("need_person") ? Promise.reject(new Error("gone")) : run(sql, parameters),
    });
    try {
      await world.dispatch({ ...backfill, to: firstDay });
      expect(await world.deliverNext()).toMatchObject({ outcome: "settled" });
    } finally {
      Object.assign(database, { run });
    }
    expect(world.logged.filter(({ level }) => level === "warn")).toHaveLength(1);
    expect((await world.tasks())[0]?.status).toBe("COMPLETED");
  });
});

describe("the evening's digest", () => {
  const told: string[] = [];
  const send = async (line: string) => void told.push(line);
  type Asked = { interfaces: readonly string[]; from: string; to: string };
  const asked: Asked[] = [];
  /** The metric, read as CloudWatch answers. */
  const callsIn = async (interfaces: readonly string[], { from, to }: { from: Date; to: Date }) => {
    asked.push({ interfaces, from: from.toISOString(), to: to.toISOString() });
    return sum("Calls");
  };
  const check = async (language: "en" | "zh" = "en") => {
    told.length = 0;
    await dispatch({ ...world.services, digest: { language, send, callsIn } }, { check: "freshness" });
    return told;
  };
  const onTheLastDay = async () => {
    await world.dispatch(backfill);
    await world.runToEnd();
    world.setTime(lastDay, 22);
  };

  test("calls a day whole whose rows are all here, and names what failed", async () => {
    await onTheLastDay();
    const stored = (await world.storedDaily()).filter(({ trade_date }) => trade_date === lastDay).length;
    expect(stored).toBeGreaterThan(0);
    const calls = sum("Calls");
    expect(calls).toBeGreaterThan(10);
    expect(await check()).toEqual([
      `2024-01-17 whole: stock daily data ${stored}; 0 failures; ${calls} calls`,
    ]);
    expect(await check("zh")).toEqual([
      `2024-01-17 数据完整：股票日线 ${stored}；没有失败；调用 ${calls} 次`,
    ]);
    // Of the day in Shanghai, and of every interface that any worker may have called.
    expect(asked.at(-1)).toMatchObject({ from: "2024-01-16T16:00:00.000Z", to: "2024-01-17T14:00:00.000Z" });
    expect(asked.at(-1)?.interfaces).toEqual(expect.arrayContaining(["daily", "fund_basic", "suspend_d"]));
  });

  test("goes without the number of calls when that is not known", async () => {
    await onTheLastDay();
    told.length = 0;
    const unknown = () => Promise.reject(new Error("CloudWatch has not all figures"));
    const digest = { language: "en" as const, send, callsIn: unknown };
    await dispatch({ ...world.services, digest }, { check: "freshness" });
    expect(told).toEqual([expect.stringMatching(/; 0 failures$/)]);
    expect(world.logged.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  test("never calls a day whole that lacks a row", async () => {
    await onTheLastDay();
    await world.sql(
      `delete from stock_daily where ctid = (select ctid from stock_daily where trade_date = '2024-01-17' limit 1)`,
    );
    expect(await check()).toEqual([
      expect.stringMatching(/^2024-01-17 NOT WHOLE: stock daily data \d+ \(1 missing\)/),
    ]);
  });

  test("is not sent on a day without trading, of an empty database, or by a stack that wants none", async () => {
    expect(await check()).toEqual([]);
    await onTheLastDay();
    world.setTime("20240120", 22); // Saturday
    expect(await check()).toEqual([]);
    await world.dispatch({ check: "freshness" });
    expect(told).toEqual([]);
  });

  test("that cannot be sent does not fail the check, and is logged", async () => {
    await onTheLastDay();
    const digest = {
      language: "en" as const,
      send: () => Promise.reject(new Error("no such topic")),
      callsIn,
    };
    const answer = await dispatch({ ...world.services, digest }, { check: "freshness" });
    expect(answer.outcome).toBe("checked");
    expect(world.logged.filter(({ level }) => level === "error")).toHaveLength(1);
  });
});

test("every metric of the catalogue is emitted somewhere", () => {
  const sources = globSync("{shared,functions}/**/*.ts")
    .filter((file) => file !== "shared/catalogue/metrics.ts")
    .map((file) => readFileSync(file, "utf8"));
  const silent = Object.keys(metrics).filter((name) => !sources.some((text) => text.includes(`"${name}"`)));
  expect(silent).toEqual([]);
});

test("every metric has a unit and says what it counts, and a dimension of few values", () => {
  for (const spec of Object.values(metrics)) {
    expect(spec.about.length).toBeGreaterThan(10);
    if ("by" in spec) expect(["interface", "dataset", "job"]).toContain(spec.by);
  }
});
