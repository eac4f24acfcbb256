// Financial indicators: history by stock and by period, increments in their order, versions and the current one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import { newestDuePeriod, newestPeriods } from "../shared/catalogue/periods.ts";
import { SyncError } from "../shared/errors.ts";
import { capturedRows, hasCaptured } from "./support/captured.ts";
import { stockCodes } from "./support/small-market.ts";
import { earlyFiler, lateFiler, newestDue, periods, reportOf } from "./support/small-reports.ts";
import { type Call, honest, makeWorld, type World } from "./support/world.ts";

let world: World;
let highTier: World;
beforeAll(async () => {
  world = await makeWorld();
  highTier = await makeWorld(undefined, { TUSHARE_CALLS_A_MINUTE: "500" });
});
afterAll(async () => {
  await world.close();
  await highTier.close();
});
beforeEach(async () => {
  await world.reset();
  await highTier.reset();
});

/** Runs a job until no work is left; returns its task and the calls made meanwhile. */
async function run(command: object, on = world) {
  const before = on.calls.length;
  const { tasks } = await on.dispatch(command);
  await on.runToEnd();
  const [task] = await on.sql("select * from sync_task where id = $1", [tasks[0]?.id]);
  return { task, calls: on.calls.slice(before) };
}

const storedReports = (on = world) =>
  on.sql(`select ts_code, to_char(end_date, 'YYYYMMDD') as end_date, to_char(ann_date, 'YYYYMMDD') as ann_date,
    update_flag, cast(eps as text) as eps, cast(fcff as text) as fcff
    from fina_indicator order by ts_code, fina_indicator.end_date, fina_indicator.ann_date, update_flag`);

const codesAsked = (calls: readonly Call[]) => calls.map(({ params }) => params.ts_code);
const companies = stockCodes.filter((code) => code !== "600005.SH");

describe("periods", () => {
  test.each([
    ["20240430", "20230930"],
    ["20240501", "20240331"],
    ["20240831", "20240331"],
    ["20240901", "20240630"],
    ["20241031", "20240630"],
    ["20241101", "20240930"],
    ["20250430", "20240930"],
    ["20250501", "20250331"],
  ])("on %s the newest reports that all have to be there are those of %s", (today, end) => {
    expect(newestDuePeriod(today).end).toBe(end);
  });

  test("ends with the last day before today", () => {
    expect(newestPeriods("20240401", 2).map(({ end }) => end)).toEqual(["20240331", "20231231"]);
    expect(newestPeriods("20240331", 2).map(({ end }) => end)).toEqual(["20231231", "20230930"]);
  });
});

describe("FINANCE_HISTORY", () => {
  test("asks for each stock once, from the configured start date, with the field update_flag", async () => {
    const { task, calls } = await run({ job: "FINANCE_HISTORY" });
    expect(task).toMatchObject({ status: "COMPLETED", total_units: stockCodes.length });
    expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(["fina_indicator"]));
    expect(codesAsked(calls).sort()).toEqual([...stockCodes].sort());
    expect(calls[0]?.params).toMatchObject({ start_date: "20220331", end_date: "20231231" });
    expect(datasets.finance.main.columns.map(({ name }) => name)).toContain("update_flag");
  });

  test("keeps every version, and stores exact duplicates once", async () => {
    await run({ job: "FINANCE_HISTORY" });
    const rows = await storedReports();
    expect(rows.filter(({ ts_code }) => ts_code === "600519.SH")).toHaveLength(2 * periods.length);
    expect(rows).toHaveLength(companies.length * periods.length - 1 + periods.length);
  });

  test("does not ask again for stored reports or for reports known not to exist", async () => {
    await run({ job: "FINANCE_HISTORY" });
    expect(await run({ job: "FINANCE_HISTORY" })).toMatchObject({
      task: { status: "COMPLETED", total_units: 0 },
      calls: [],
    });
    expect((await run({ job: "FINANCE_HISTORY", refresh: true })).calls).toHaveLength(stockCodes.length);
  });

  test("asks again for a stock when some of its reports were deleted", async () => {
    await run({ job: "FINANCE_HISTORY" });
    await world.sql("delete from fina_indicator where ts_code = '000001.SZ' and end_date = '2022-09-30'");
    const { calls } = await run({ job: "FINANCE_HISTORY" });
    expect(calls.map(({ params }) => params)).toEqual([
      { ts_code: "000001.SZ", start_date: "20220930", end_date: "20220930" },
    ]);
  });

  test("asks again for a stock when one of several versions of a report was deleted, until TuShare has it no more", async () => {
    await run({ job: "FINANCE_HISTORY" });
    const before = await storedReports();
    const versions = (reports: typeof before) =>
      [...Map.groupBy(reports, ({ ts_code, end_date }) => `${ts_code} ${end_date}`).values()].find(
        (of) => of.length > 1,
      );
    const [version] = versions(before) ?? [];
    const lose = () =>
      world.sql(
        "delete from fina_indicator where ts_code = $1 and end_date = $2::date and ann_date = $3::date and update_flag = $4 returning 1",
        [version?.ts_code, version?.end_date, version?.ann_date, version?.update_flag],
      );
    expect(await lose()).toHaveLength(1);
    expect(codesAsked((await run({ job: "FINANCE_HISTORY" })).calls)).toEqual([version?.ts_code]);
    expect(await storedReports()).toEqual(before);
    expect((await run({ job: "FINANCE_HISTORY" })).calls).toEqual([]);

    await lose();
    const isIt = (row: Record<string, unknown>) =>
      (["ts_code", "end_date", "ann_date", "update_flag"] as const).every(
        (name) => row[name] === version?.[name],
      );
    world.state.market.fina_indicator = world.state.market.fina_indicator.filter((row) => !isIt(row));
    expect((await run({ job: "FINANCE_HISTORY" })).calls).toHaveLength(1);
    expect((await run({ job: "FINANCE_HISTORY" })).calls).toEqual([]);
  });

  test("continues after a pause with the remaining units", async () => {
    const { tasks } = await world.dispatch({ job: "FINANCE_HISTORY" });
    for (let unit = 0; unit < 5; unit += 1) await world.deliverNext();
    await world.dispatch({ pause: tasks[0]?.id });
    await world.runToEnd();
    expect(world.calls).toHaveLength(5);
    await world.dispatch({ resume: tasks[0]?.id });
    await world.runToEnd();
    expect(codesAsked(world.calls).sort()).toEqual([...stockCodes].sort());
    expect(await world.tasks()).toMatchObject([{ status: "COMPLETED" }]);
  });

  test("splits a range in half until no reply is cut at the row cap", async () => {
    world.state.cap = 5;
    await run({ job: "FINANCE_HISTORY", codes: ["600519.SH"] });
    expect(await storedReports()).toHaveLength(2 * periods.length);
    expect(world.calls.length).toBeGreaterThan(2);
  });

  test("with a higher account tier asks by period: one or two calls each, however many stocks there are", async () => {
    const { task, calls } = await run({ job: "FINANCE_HISTORY" }, highTier);
    expect(task).toMatchObject({ status: "COMPLETED", total_units: periods.length + 1 });
    expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(["fina_indicator_vip"]));
    expect(calls).toHaveLength(periods.length + 1);
    await run({ job: "FINANCE_HISTORY" });
    expect(await storedReports(highTier)).toEqual(await storedReports());
    expect((await run({ job: "FINANCE_HISTORY" }, highTier)).calls).toEqual([]);
  });

  test("without access by period starts again by stock, and remembers it", async () => {
    highTier.state.onCall = (call, reply) => {
      if (call.name === "fina_indicator_vip")
        throw new SyncError("permanent", "no right to fina_indicator_vip", { scope: "task" });
      return reply;
    };
    await run({ job: "FINANCE_HISTORY" }, highTier);
    expect(await highTier.tasks()).toMatchObject([
      { status: "CANCELLED", reason: expect.stringContaining("started again by stock") },
      { status: "COMPLETED", total_units: stockCodes.length },
    ]);
    expect(highTier.calls.filter(({ name }) => name === "fina_indicator_vip")).toHaveLength(1);
    const { calls } = await run({ job: "FINANCE_HISTORY", refresh: true }, highTier);
    expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(["fina_indicator"]));
  });
});

describe("FINANCE_INCREMENTAL", () => {
  const incremental = { job: "FINANCE_INCREMENTAL" };

  beforeEach(async () => {
    await run({ job: "REFERENCE" });
    await run({ job: "FINANCE_HISTORY" });
    world.calls.length = 0;
  });

  test("asks first for what failed, then for new filings, then for missing reports", async () => {
    await failing("600036.SH");
    world.setTime("20240118", 21.5);
    const { calls } = await run(incremental);
    expect(codesAsked(calls)).toEqual(["600036.SH", earlyFiler.ts_code, lateFiler]);
  });

  test("a failed unit that succeeds is resolved; one that fails again has its count raised", async () => {
    await failing("600036.SH");
    expect(await world.failures()).toMatchObject([{ retry_count: 0, resolved_at: null }]);
    world.state.onCall = broken("600036.SH");
    await world.dispatch(incremental);
    await world.runQueuesToEnd();
    expect(await world.failures()).toMatchObject([{ retry_count: 1, resolved_at: null }]);
    world.state.onCall = honest;
    await world.runToEnd();
    await run(incremental);
    const [failure] = await world.failures();
    expect(failure?.resolved_at).not.toBeNull();
  });

  test("a failure at its retry limit is not retried automatically", async () => {
    await failing("600036.SH");
    await world.sql("update sync_failure_record set retry_count = max_retries");
    const { calls } = await run(incremental);
    expect(codesAsked(calls)).not.toContain("600036.SH");
    expect(await world.failures()).toMatchObject([{ retry_count: 3, resolved_at: null }]);
  });

  test("a filing is asked for from the day after it, until it has been fetched", async () => {
    const { ts_code, end_date, actual_date } = earlyFiler;
    world.state.market.fina_indicator.push(reportOf(ts_code, end_date, actual_date));
    expect(codesAsked((await run(incremental)).calls)).not.toContain(ts_code);
    world.setTime("20240118", 21.5);
    expect(codesAsked((await run(incremental)).calls)).toContain(ts_code);
    expect(await storedReports()).toContainEqual(expect.objectContaining({ ts_code, end_date, eps: "9.5" }));
    world.setTime("20240119", 21.5);
    expect(codesAsked((await run(incremental)).calls)).not.toContain(ts_code);
  });

  test("asks for stocks without the newest due report, least recently asked first, up to the limit", async () => {
    const limited = await makeWorld(undefined, { SYNC_INCREMENTAL_MISSING_LIMIT: "2" });
    try {
      await limited.reset();
      await limited.sql("insert into disclosure_date (ts_code, end_date) values ('600519.SH', '2023-09-30')");
      const asked = async () => codesAsked((await run(incremental, limited)).calls);
      limited.state.market.fina_indicator = [];
      const first = await asked();
      const second = await asked();
      expect(first).toHaveLength(2);
      expect(second).toHaveLength(2);
      expect(new Set([...first, ...second]).size).toBe(4);
    } finally {
      await limited.close();
    }
  });

  test("heals reports that were deleted by hand, of any age and any version", async () => {
    await run({ job: "FINANCE_HISTORY" });
    const before = await storedReports();
    await world.sql("delete from fina_indicator where ts_code = '000001.SZ' and end_date = '2022-09-30'");
    await world.sql(
      "delete from fina_indicator where ts_code = '600000.SH' and end_date = (select max(end_date) from fina_indicator)",
    );
    expect((await storedReports()).length).toBeLessThan(before.length);
    const { calls } = await run(incremental);
    expect(codesAsked(calls)).toEqual(expect.arrayContaining(["000001.SZ", "600000.SH"]));
    expect(await storedReports()).toEqual(before);
    expect(codesAsked((await run(incremental)).calls)).not.toContain("000001.SZ");
  });

  test("by period asks for the periods concerned, not for each stock", async () => {
    await run({ job: "REFERENCE" }, highTier);
    await run({ job: "FINANCE_HISTORY" }, highTier);
    highTier.setTime("20240118", 21.5);
    const { calls } = await run(incremental, highTier);
    expect(calls.map(({ params }) => params)).toEqual([
      { period: earlyFiler.end_date },
      { period: newestDue },
    ]);
  });

  /** Fails a stock of the job so often that its record is written. */
  async function failing(ts_code: string): Promise<void> {
    world.state.onCall = broken(ts_code);
    await world.sql("delete from fina_indicator where ts_code = $1 and end_date = '2023-09-30'", [ts_code]);
    await world.sql("delete from sync_unit where selector ->> 'ts_code' = $1", [ts_code]);
    await world.dispatch(incremental);
    await world.runQueuesToEnd();
    world.state.onCall = honest;
    // Retries of the old task are not tested here: its units have no schedule, and none is due to be sent again.
    world.schedules.clear();
    await world.sql("update sync_unit set delivery_at = 'infinity' where status = 'failed'");
    await world.sql("update sync_task set status = 'FAILED' where status = 'RUNNING'");
    world.calls.length = 0;
  }

  function broken(ts_code: string) {
    return (call: Call, reply: Awaited<ReturnType<typeof honest>>) => {
      if (call.params.ts_code === ts_code) throw new SyncError("transient", "this stock is broken");
      return reply;
    };
  }
});

describe("the current version of a report", () => {
  const current = (columns: string) =>
    world.sql(`select ${columns} from fina_indicator_current order by ts_code, end_date`);

  test.each<
    [string, [ann_date: string | null, flag: string | null, eps: number | null, roe: number | null][], number]
  >([
    [
      "is the corrected one",
      [
        ["20240420", "0", 1, 2],
        ["20240420", "1", 3, null],
      ],
      1,
    ],
    [
      "is the one announced last",
      [
        ["20240420", "1", 1, 2],
        ["20240803", "1", 3, 4],
      ],
      1,
    ],
    [
      "was not announced before its period ended",
      [
        ["20240420", "1", 1, 2],
        ["20231201", "1", 3, 4],
      ],
      0,
    ],
    [
      "is the one with more values of two without a flag",
      [
        ["20240420", null, 1, null],
        ["20240421", null, null, null],
      ],
      1,
    ],
    ["is the only one there is, though nobody knows when it was announced", [[null, "0", 1, null]], 0],
    [
      "is the one with more values of two announced on one day",
      [
        ["20240420", "0", 1, null],
        ["20240420", null, 1, 2],
      ],
      1,
    ],
  ])("%s", async (_what, versions, wanted) => {
    for (const [ann_date, update_flag, eps, roe] of versions) {
      await world.sql(
        "insert into fina_indicator (ts_code, end_date, ann_date, update_flag, eps, roe) values ('600519.SH', '2023-12-31', $1, $2, $3, $4)",
        [ann_date, update_flag, eps, roe],
      );
    }
    const [ann_date, update_flag, eps, roe] = versions[wanted] ?? [];
    expect(await current("to_char(ann_date, 'YYYYMMDD') as ann_date, update_flag, eps, roe")).toEqual([
      {
        ann_date,
        update_flag,
        eps: eps === null ? null : String(eps),
        roe: roe === null ? null : String(roe),
      },
    ]);
  });

  test.skipIf(!hasCaptured).each(["600519.SH", "002594.SZ"])(
    "of every captured report of %s is the row with more values, where a plain upsert keeps the last",
    async (code) => {
      const file = `fina_indicator__ts_code_${code}_20230331_20250630.csv`;
      const rows = capturedRows(file, datasets.finance.main);
      world.setTime("20250901", 12);
      world.state.market.fina_indicator = rows;
      await world.sql("insert into stock_info (ts_code, name) values ($1, $1) on conflict do nothing", [
        code,
      ]);
      await run({ job: "FINANCE_HISTORY", codes: [code], from: "20230331", to: "20250630" });
      const fullness = (row: object) => Object.values(row).filter((value) => value !== null).length;
      const byPeriod = Map.groupBy(rows, ({ end_date }) => String(end_date));
      const stored = await current(
        "to_char(end_date, 'YYYYMMDD') as end_date, cast(eps as text) as eps, num_nonnulls(fcff, roe, eps, bps) as filled, fcff",
      );
      expect(stored.map(({ end_date }) => end_date)).toEqual([...byPeriod.keys()].sort());
      for (const row of stored) {
        const versions = byPeriod.get(String(row.end_date)) ?? [];
        const fullest = versions.toSorted((a, b) => fullness(b) - fullness(a))[0];
        expect(Number(row.eps)).toBe(fullest?.eps);
        expect(row.fcff === null ? null : Number(row.fcff)).toBe(fullest?.fcff);
      }
    },
  );
});
