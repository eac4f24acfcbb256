// Whether a dataset is whole is proven from its rows: what was lost is named, a repair fetches exactly that, and a
// verification that is stopped continues where it was.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Dataset, type DatasetName, datasets } from "../shared/catalogue/datasets.ts";
import type { DispatchAnswer } from "../shared/dispatch/dispatch.ts";
import { SyncError } from "../shared/errors.ts";
import { readFindings, readVerification, type Verification } from "../shared/reads/verifications.ts";
import { jobThatFetches } from "../shared/verify/verify.ts";
import { firstDay, lastDay, marketDays, stockCodes } from "./support/small-market.ts";
import { type Call, honest, makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  world.setTime("20240201", 1);
});

const range = { from: firstDay, to: lastDay };

async function run(command: object): Promise<Call[]> {
  const before = world.calls.length;
  await world.dispatch(command);
  await world.runToEnd();
  return world.calls.slice(before);
}

/** By day up to the last day of the small market. */
async function verify(dataset: DatasetName, options: object = {}): Promise<Verification> {
  const isByDay = datasets[dataset].slices !== "lists" && datasets[dataset].slices !== "periods";
  return verificationOf(
    await world.dispatch({ verify: dataset, ...(isByDay && { to: lastDay }), ...options }),
  );
}

function verificationOf({ verification }: DispatchAnswer): Verification {
  if (verification === undefined) throw new Error("the answer has no verification");
  return verification;
}

/** Findings in words: what, where, and what part of it. Without failed checks: the indices of the tests fail many. */
async function named({ id }: Verification): Promise<string[]> {
  const findings = await readFindings(world.services.database, id, { limit: 1_000 });
  const absent = findings.filter(({ finding }) => ["missing", "unexplained"].includes(finding));
  return absent.map(({ finding, day, ts_code, part }) =>
    [finding, day, ts_code, part].filter((text) => text !== null).join(" "),
  );
}

/** The two days on which a stock of the small market is suspended. */
const suspend = () =>
  world.sql(
    `insert into suspend_d (ts_code, trade_date, suspend_type)
     values ('300750.SZ', '20240108', 'S'), ('300750.SZ', '20240109', 'S') on conflict do nothing`,
  );

/** The joined rows that the small market lacks. */
function completeMarket(): void {
  const { adj_factor, daily_basic } = world.state.market;
  const [basic] = daily_basic.filter(({ total_mv }) => total_mv !== null);
  daily_basic.push({ ...basic, ts_code: "000002.SZ", trade_date: "20240104" });
  adj_factor.push({ ...adj_factor[0], ts_code: "830799.BJ", trade_date: "20240105" });
}

async function storeStocks(): Promise<void> {
  completeMarket();
  await suspend();
  await run({ job: "DAILY_HISTORY", ...range });
}

describe("without a call upstream", () => {
  test("whole days are explained where a suspension says why a row is not there", async () => {
    await storeStocks();
    const calls = world.calls.length;
    const { status, verdict, counts, from, to } = await verify("stock_daily");
    expect({ status, verdict, from, to }).toEqual({ status: "COMPLETED", verdict: "explained", ...range });
    expect(counts).toMatchObject({ explained: 2, unexplained: 0, missing: 0 });
    expect(counts.stored).toBe((counts.expected ?? 0) - 2);
    expect(world.calls.length).toBe(calls);
  });

  test("a dataset without any absence is complete", async () => {
    await storeStocks();
    expect(await verify("stock_daily", { from: "20240115" })).toMatchObject({ verdict: "complete" });
  });

  test("a kept day proves nothing: the rows are counted again", async () => {
    await storeStocks();
    await world.sql("alter table stock_daily disable trigger user");
    await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '20240104'");
    await world.sql("alter table stock_daily enable trigger user");
    const [{ kept }] = (await world.sql<{ kept: number }>(
      "select cast(count(*) as integer) as kept from sync_day where trade_date = '20240104'",
    )) as [{ kept: number }];
    expect(kept).toBeLessThanOrEqual(1);
    const lost = await verify("stock_daily");
    expect(lost).toMatchObject({ verdict: "missing", counts: { missing: 1 } });
    expect(await named(lost)).toEqual(["missing 20240104 600519.SH daily"]);
  });

  test("a day without any row is named once, and counted by its rows", async () => {
    await storeStocks();
    await world.sql("delete from stock_daily where trade_date = '20240104'");
    const lost = await verify("stock_daily");
    expect(await named(lost)).toEqual(["missing 20240104 daily"]);
    expect(lost.counts.missing).toBeGreaterThan(3);
  });

  test("an unexplained absence is reported, and the day is whole", async () => {
    await storeStocks();
    await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '20240104'");
    await world.sql(
      `insert into sync_absence (dataset, ts_code, trade_date, interface, reason, looks)
       values ('stock_daily', '600519.SH', '20240104', 'daily', 'unexplained', 3)`,
    );
    const found = await verify("stock_daily");
    expect(found).toMatchObject({ verdict: "explained", counts: { unexplained: 1, missing: 0 } });
    expect(await named(found)).toEqual(["unexplained 20240104 600519.SH daily"]);
  });

  test("rows that fail a check are reported and do not change the verdict", async () => {
    await storeStocks();
    const { counts: before } = await verify("stock_daily");
    await world.sql(
      "update stock_daily set high = low - 1 where ts_code = '600519.SH' and trade_date = '20240115'",
    );
    const found = await verify("stock_daily");
    expect(found.verdict).toBe("explained");
    expect(found.counts.failedChecks).toBeGreaterThan(before.failedChecks);
    const failed = await readFindings(world.services.database, found.id, { limit: 1_000 });
    expect(failed).toContainEqual(
      expect.objectContaining({ finding: "price_range", day: "20240115", ts_code: "600519.SH" }),
    );
  });

  test("what was never fetched is missing from the first day of the settings on", async () => {
    const found = await verify("stock_daily", { to: lastDay });
    expect(found).toMatchObject({ verdict: "missing", from: firstDay, to: lastDay, counts: { stored: 0 } });
    expect(await named(found)).toEqual(marketDays.map((day) => `missing ${day} daily`));
  });

  test("it fails and says why when nothing can be said", async () => {
    expect(await verify("stock_daily", { from: "20300101", to: "20300102" })).toMatchObject({
      ...{ status: "FAILED", verdict: null, counts: { expected: null } },
      reason: expect.stringMatching(/^20300101 is not due yet/),
    });
    await world.sql("delete from stock_info");
    expect((await verify("stock_daily", range)).reason).toMatch(/run the job REFERENCE/);
    await world.sql("delete from trade_cal");
    expect((await verify("stock_daily", range)).reason).toMatch(/the trading calendar is empty/);
    expect((await verify("finance", { from: "20231231" })).reason).toMatch(/not all due/);
  });

  test.each([
    [{ verify: "stock_list", from: firstDay }, /from is not an option of stock_list, which takes repair/],
    [{ verify: "stock_daily", from: lastDay, to: firstDay }, /from is .*20240117/],
    [{ verify: "stock_dayly" }, /did you mean .*stock_daily/],
    [{ verify: "stock_daily", codes: ["600519.SH"] }, /codes/],
    [{ verification: "00000000-0000-4000-8000-000000000000" }, /there is no verification/],
  ])("%o is refused", async (command, why) => {
    await expect(world.dispatch(command)).rejects.toThrow(why);
  });
});

describe("rows that were deleted by hand are named, and a repair fetches exactly them:", () => {
  type Case = {
    readonly dataset: DatasetName;
    readonly fetch: object;
    readonly table: string;
    readonly lost: string;
    readonly names: readonly string[];
    /** The calls of the repair: interface and parameters. */
    readonly calls: readonly string[];
  };
  const cases: readonly Case[] = [
    {
      ...{ dataset: "stock_daily", fetch: { job: "DAILY_HISTORY", ...range }, table: "stock_daily" },
      lost: "ts_code = '600519.SH' and trade_date = '20240103'",
      names: ["missing 20240103 600519.SH daily"],
      calls: ["20240103"],
    },
    {
      ...{ dataset: "etf_daily", fetch: { job: "ETF_HISTORY", ...range }, table: "stock_daily" },
      lost: "ts_code = '510300.SH' and trade_date in ('20240103', '20240116')",
      names: ["missing 20240103 510300.SH fund_daily", "missing 20240116 510300.SH fund_daily"],
      calls: ["510300.SH 20240103-20240116"],
    },
    {
      ...{ dataset: "index_daily", fetch: { job: "INDEX_DAILY_HISTORY", ...range }, table: "index_daily" },
      lost: "ts_code = '000300.SH' and trade_date = '20240103'",
      names: ["missing 20240103 000300.SH index_daily"],
      calls: ["000300.SH 20240103-20240103"],
    },
    {
      ...{ dataset: "suspend_d", fetch: { job: "SUSPEND_D_HISTORY", ...range }, table: "suspend_d" },
      lost: "trade_date = '20240108'",
      names: ["missing 20240108 suspend_d/20240108"],
      calls: ["20240108"],
    },
    {
      dataset: "finance",
      fetch: { job: "FINANCE_HISTORY", from: "20220101", to: "20230930" },
      table: "fina_indicator",
      lost: "ts_code = '600519.SH' and end_date = '20220630'",
      names: ["missing 20220630 600519.SH finance/600519.SH/20220630-20220630"],
      calls: ["600519.SH 20220630-20220630"],
    },
  ];

  test.each(cases)("$dataset", async ({ dataset, fetch, table, lost, names, calls }) => {
    completeMarket();
    if (dataset === "stock_daily") await suspend();
    if (dataset === "etf_daily") await run({ job: "ETF_LIST" });
    await run(fetch);
    const whole = await verify(dataset);
    expect(await named(whole)).toEqual([]);
    const rows = () => world.sql(`select to_jsonb(${table}) - 'stored_at' as row from ${table} order by 1`);
    const before = await rows();
    expect((await world.sql(`delete from ${table} where ${lost} returning 1`)).length).toBeGreaterThan(0);

    const found = await verify(dataset);
    expect(found.verdict).toBe("missing");
    expect(await named(found)).toEqual(names);

    const sent = world.calls.length;
    const repaired = await verify(dataset, { repair: true });
    await world.runToEnd();
    expect(repaired).toMatchObject({ verdict: "missing", taskId: expect.any(String), reason: null });
    const asked = world.calls.slice(sent).map(({ params }) => paramsOf(params));
    expect([...new Set(asked)]).toEqual(calls);
    expect(await rows()).toEqual(before);

    expect(await verify(dataset)).toMatchObject({ verdict: whole.verdict, counts: { missing: 0 } });
    const again = world.calls.length;
    expect(await verify(dataset, { repair: true })).toMatchObject({ taskId: null });
    await world.runToEnd();
    expect(world.calls.length).toBe(again);
  });

  test("a list", async () => {
    await run({ job: "REFERENCE" });
    await storeStocks();
    expect(await verify("stock_list")).toMatchObject({ verdict: "complete", from: null, to: null });
    await world.sql("delete from stock_info where ts_code = '600519.SH'");
    const found = await verify("stock_list");
    expect(found).toMatchObject({ verdict: "missing", counts: { missing: 1 } });
    expect(await named(found)).toEqual(["missing stock_list/L", "missing 600519.SH"]);
    const sent = world.calls.length;
    expect(await verify("stock_list", { repair: true })).toMatchObject({ taskId: expect.any(String) });
    await world.runToEnd();
    const asked = world.calls.slice(sent).map(({ name }) => name);
    expect([...new Set(asked)]).toEqual(["stock_basic"]);
    expect(await verify("stock_list")).toMatchObject({ verdict: "complete" });
    const again = world.calls.length;
    await verify("stock_list", { repair: true });
    await world.runToEnd();
    expect(world.calls.length).toBe(again);
  });

  test("a list that was never fetched", async () => {
    const found = await verify("stock_list");
    expect(found.verdict).toBe("missing");
    expect((await named(found)).slice(0, 3)).toEqual(
      ["L", "D", "P"].map((status) => `missing stock_list/${status}`),
    );
  });
});

function paramsOf({ ts_code, start_date, end_date, trade_date }: Call["params"]): string {
  const days = trade_date ?? `${start_date}-${end_date}`;
  return ts_code === undefined ? String(days) : `${ts_code} ${days}`;
}

describe("a repair", () => {
  test("starts nothing beside another task of its job, and says so", async () => {
    await storeStocks();
    await world.sql("delete from stock_daily where trade_date = '20240104'");
    const { tasks } = await world.dispatch({ job: "DAILY_HISTORY", codes: ["600519.SH"], refresh: true });
    const found = await verify("stock_daily", { repair: true });
    expect(found).toMatchObject({ verdict: "missing", taskId: null });
    expect(found.reason).toBe(
      `not repaired: DAILY_HISTORY already has the task ${tasks[0]?.id}; repair again when it has ended`,
    );
  });

  test("that was lost between the verdict and its task is started when the verification is continued", async () => {
    await storeStocks();
    await world.sql("delete from stock_daily where trade_date = '20240104'");
    const { id } = await verify("stock_daily");
    await world.sql("update sync_verification set repairs = true");
    const { verification } = await world.dispatch({ verification: id });
    expect(verification).toMatchObject({ id, taskId: expect.any(String) });
    const again = await world.dispatch({ verification: id });
    expect(again.verification?.taskId).toBe(verification?.taskId);
    expect((await world.tasks()).length).toBe(2);
  });
});

describe("a verification of many years", () => {
  const years = { from: "20190101", to: "20211231" };
  beforeEach(async () => {
    await world.sql(
      `insert into trade_cal (exchange, cal_date, is_open, pretrade_date)
       select 'SSE', day, 1, day - 1
       from (select cast(generate_series(date '2018-12-31', date '2021-12-31', interval '1 day') as date)) as of (day)
       on conflict (exchange, cal_date) do update set is_open = 1, pretrade_date = excluded.pretrade_date`,
    );
    await world.sql("update stock_info set list_date = '20100104', list_status = 'L', delist_date = null");
    await world.sql(
      `insert into stock_daily (ts_code, trade_date, close, adj_factor, total_mv)
       select ts_code, cal_date, 1, 1, 1
       from stock_info
       cross join trade_cal
       where is_open = 1 and cal_date between '20190101' and '20211231'`,
    );
    await world.sql(
      "delete from stock_daily where ts_code = '600519.SH' and trade_date in ('20190102', '20211230')",
    );
  });
  const whole = stockCodes.length * (365 + 366 + 365);
  const expected = {
    ...{ status: "COMPLETED", verdict: "missing", ...years },
    counts: expect.objectContaining({ expected: whole, stored: whole - 2, missing: 2 }),
  };
  const names = ["missing 20190102 600519.SH daily", "missing 20211230 600519.SH daily"];

  test("finds in its steps what is missing in each of them", async () => {
    const found = await verify("stock_daily", years);
    expect(found).toMatchObject(expected);
    expect(await named(found)).toEqual(names);
  });

  test.each([
    ["before", 20],
    ["after", 20],
    ["before", 33],
    ["after", 40],
  ] as const)(
    "that dies %s its database call %i continues there, and counts nothing twice",
    async (when, call) => {
      await world
        .dispatchBreaking({ verify: "stock_daily", ...years }, { call, when, fate: "dies" })
        .catch(() => undefined);
      const [left] = await world.sql<{ id: string; status: string; next: string }>(
        "select id, status, to_char(next_day, 'YYYYMMDD') as next from sync_verification",
      );
      expect(left).toMatchObject({ status: "RUNNING" });
      expect(String(left?.next) > years.from).toBe(true);
      const done = await verify("stock_daily", years);
      expect(done).toMatchObject({ id: left?.id, ...expected });
      expect(await named(done)).toEqual(names);
    },
  );

  test("hands over to another invocation when its time is over", async () => {
    const commands: object[] = [];
    let remaining = 400_000;
    const services = {
      ...world.services,
      another: {
        // Each look at the clock costs a minute.
        remainingMilliseconds: () => {
          remaining -= 60_000;
          return remaining;
        },
        start: async (command: object) => void commands.push(command),
      },
    };
    const { dispatch } = await import("../shared/dispatch/dispatch.ts");
    let answer = await dispatch(services, { verify: "stock_daily", ...years });
    let handovers = 0;
    for (let next = commands.pop(); next !== undefined; next = commands.pop()) {
      expect(answer.outcome).toBe("verifying");
      remaining = 400_000;
      handovers += 1;
      answer = await dispatch(services, next);
    }
    expect(handovers).toBeGreaterThan(1);
    expect(answer.outcome).toBe("verified");
    expect(verificationOf(answer)).toMatchObject(expected);
  });

  test("is one for equal commands, and counted by one of two runs at the same time", async () => {
    const both = await Promise.all([verify("stock_daily", years), verify("stock_daily", years)]);
    expect(both[0]?.id).toBe(both[1]?.id);
    const [found] = await world.sql<{ missing: string }>("select * from sync_verification");
    expect(Number(found?.missing)).toBeLessThanOrEqual(2);
    const done = await world.dispatch({ verification: both[0]?.id });
    expect(verificationOf(done)).toMatchObject(expected);
  });
});

describe("compared with TuShare", () => {
  /** Compares to the end. */
  async function compare(dataset: DatasetName, options: object = {}): Promise<Verification> {
    const { id } = await verify(dataset, { upstream: true, ...options });
    await world.runToEnd();
    return await read(id);
  }
  async function read(id: string): Promise<Verification> {
    const found = await readVerification(world.services.database, id);
    if (found === undefined) throw new Error("the verification is gone");
    return found;
  }
  /** Findings in words, with the values. */
  async function found({ id }: Verification): Promise<string[]> {
    const findings = await readFindings(world.services.database, id, { limit: 1_000 });
    return findings
      .map(({ finding, day, ts_code, part, stored, upstream }) =>
        [finding, day, ts_code, part, ...(part && finding === "different" ? [stored, "->", upstream] : [])]
          .filter((text) => text !== null)
          .join(" "),
      )
      .sort();
  }
  /** Everything that is mirrored, and what is known of it: the same only when nothing was written. */
  const mirror = () =>
    Promise.all(
      [
        "stock_daily",
        "stock_info",
        "suspend_d",
        "fina_indicator",
        "sync_absence",
        "sync_day",
        "data_revision",
      ].map((table) =>
        world.sql(`select cast(ctid as text), t.* from ${table} as t order by cast(ctid as text)`),
      ),
    );

  test("rows that are as TuShare has them are explained or complete, and nothing is written", async () => {
    await storeStocks();
    const before = await mirror();
    const calls = world.calls.length;
    const compared = await compare("stock_daily");
    expect(compared).toMatchObject({
      ...{ status: "COMPLETED", verdict: "explained", how: "upstream", ...range },
      counts: { explained: 2, unexplained: 0, missing: 0, different: 0 },
    });
    expect(world.calls.length).toBeGreaterThan(calls);
    expect(await mirror()).toEqual(before);
    expect(compared.counts).toEqual({ ...(await verify("stock_daily")).counts, failedChecks: 0 });
    expect(await compare("stock_daily", { from: "20240115" })).toMatchObject({ verdict: "complete" });
  });

  test("rows and values are named that are missing, different or only here", async () => {
    await storeStocks();
    await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '20240104'");
    await world.sql(
      "update stock_daily set close = 1.5, vol = null where ts_code = '600036.SH' and trade_date = '20240105'",
    );
    await world.sql(
      "insert into stock_daily (ts_code, trade_date, close) values ('600999.SH', '2024-01-15', 1), ('300750.SZ', '2024-01-08', 2)",
    );
    await world.sql(
      "insert into stock_daily (ts_code, trade_date, close) values ('510300.SH', '2024-01-15', 1)", // a fund's
    );
    const before = await mirror();
    const compared = await compare("stock_daily");
    expect(compared).toMatchObject({ verdict: "missing", counts: { missing: 1, different: 3 } });
    const upstream = world.state.market.daily.find(
      ({ ts_code, trade_date }) => ts_code === "600036.SH" && trade_date === "20240105",
    );
    expect(await found(compared)).toEqual([
      "different 20240105 600036.SH close 1.5 -> ".concat(String(upstream?.close)),
      "different 20240105 600036.SH vol -> ".concat(String(upstream?.vol)),
      "different 20240108 300750.SZ",
      "different 20240115 600999.SH",
      "missing 20240104 600519.SH daily",
    ]);
    const [first] = await readFindings(world.services.database, compared.id, { limit: 1 });
    expect(first?.key).toMatchObject({ trade_date: expect.any(String), ts_code: expect.any(String) });
    expect(await mirror()).toEqual(before);
  });

  test("numbers are equal whatever their digits behind the point, and texts are not", async () => {
    await storeStocks();
    await run({ job: "REFERENCE" });
    await world.sql("update stock_daily set close = close * 1.00, adj_factor = adj_factor * 1.000");
    await world.sql("update stock_info set name = name || ' ' where ts_code = '600519.SH'");
    expect(await compare("stock_daily")).toMatchObject({ counts: { different: 0 } });
    const list = await compare("stock_list");
    expect(list).toMatchObject({ verdict: "different", from: null, to: null, counts: { different: 1 } });
    expect(await found(list)).toEqual([expect.stringMatching(/^different 600519.SH name .+ {2}-> /)]);
  });

  test("a comparison proves nothing: what it fetched is fetched again where it is missing", async () => {
    await run({ job: "INDEX_DAILY_HISTORY", ...range });
    const settledOf = () =>
      world.sql("select * from sync_unit where status = 'done' order by task_id, sequence");
    for (const [dataset, job, table] of [
      ["stock_daily", "DAILY_HISTORY", "stock_daily"],
      ["suspend_d", "SUSPEND_D_HISTORY", "suspend_d"],
      ["index_daily", "INDEX_DAILY_HISTORY", "index_daily"],
      ["finance", "FINANCE_HISTORY", "fina_indicator"],
      ["stock_list", "REFERENCE", ""],
    ] as const) {
      const isList = table === "";
      const options = isList ? {} : dataset === "finance" ? { from: "20220101" } : range;
      if (!isList) await world.sql(`delete from ${table}`);
      const done = await settledOf();
      const price = async () => (await world.dispatch({ plan: { job, ...options } })).plan?.first;
      const before = await price();
      expect(await compare(dataset, options)).toMatchObject({ status: "COMPLETED" });
      expect(await settledOf()).toEqual(done);
      expect(await price()).toEqual(before);
    }
    expect(await world.failures()).toEqual([]);
  });

  type Case = {
    readonly dataset: DatasetName;
    readonly fetch: object;
    readonly changes: readonly string[];
    readonly finds: readonly string[];
    /** The calls of the repair, without those to the interfaces of evidence. */
    readonly repairs: readonly string[];
  };
  const cases: readonly Case[] = [
    {
      ...{ dataset: "stock_daily", fetch: { job: "DAILY_HISTORY", ...range } },
      changes: [
        "delete from stock_daily where ts_code = '600519.SH' and trade_date = '20240103'",
        "update stock_daily set pe = 7 where ts_code = '600036.SH' and trade_date = '20240116'",
      ],
      finds: ["different 20240116 600036.SH pe", "missing 20240103 600519.SH daily"],
      repairs: ["20240103", "20240116"],
    },
    {
      ...{ dataset: "etf_daily", fetch: { job: "ETF_HISTORY", ...range } },
      changes: ["update stock_daily set close = 7 where ts_code = '510300.SH' and trade_date = '20240103'"],
      finds: ["different 20240103 510300.SH close"],
      repairs: ["20240103"],
    },
    {
      ...{ dataset: "index_daily", fetch: { job: "INDEX_DAILY_HISTORY", ...range } },
      changes: ["update index_daily set close = 7 where ts_code = '000300.SH' and trade_date = '20240103'"],
      finds: ["different 20240103 000300.SH close"],
      repairs: ["000300.SH 20240102-20240117"],
    },
    {
      ...{ dataset: "finance", fetch: { job: "FINANCE_HISTORY", from: "20220101", to: "20230930" } },
      changes: [
        "update fina_indicator set eps = 7 where ts_code = '600519.SH' and end_date = '20220630' and update_flag = '1'",
      ],
      finds: ["different 20220630 600519.SH eps"],
      repairs: ["600519.SH 20220101-20230930"],
    },
  ];
  test.each(cases)(
    "$dataset with --repair fetches the slices that differ, and then nothing differs",
    async (one) => {
      const { dataset, fetch, changes, finds, repairs } = one;
      completeMarket();
      if (dataset === "stock_daily") await suspend();
      if (dataset === "etf_daily") await run({ job: "ETF_LIST" });
      await run(fetch);
      const { job: _, ...days } = fetch as { job: string };
      const whole = await compare(dataset, days);
      expect(whole).toMatchObject({ counts: { missing: 0, different: 0 } });
      for (const change of changes)
        expect((await world.sql(`${change} returning 1`)).length).toBeGreaterThan(0);

      const { id } = await verify(dataset, { upstream: true, repair: true, ...days });
      await world.runQueuesToEnd();
      expect((await found(await read(id))).map((text) => text.replace(/ \S* -> .*$/, ""))).toEqual(finds);
      const sent = world.calls.length;
      await world.runToEnd();
      const asked = world.calls.slice(sent).map(({ params }) => paramsOf(params));
      expect([...new Set(asked)]).toEqual(repairs);
      expect(await read(id)).toMatchObject({ taskId: expect.any(String), reason: null });
      expect(await compare(dataset, days)).toMatchObject({ verdict: whole.verdict });
    },
  );

  test("a comparison shares its job: it waits for nobody, and says who is in the way", async () => {
    await storeStocks();
    const { tasks } = await world.dispatch({ job: "DAILY_HISTORY", codes: ["600519.SH"], refresh: true });
    expect(await verify("stock_daily", { upstream: true })).toMatchObject({
      ...{ status: "FAILED", verdict: null },
      reason: `not compared: DAILY_HISTORY already has the task ${tasks[0]?.id}; verify again when it has ended`,
    });
    await world.runToEnd();
    const { id, comparedBy } = await verify("stock_daily", { upstream: true });
    const other = await world.dispatch({ job: "DAILY_HISTORY", ...range });
    expect(other).toMatchObject({ outcome: "busy", inTheWay: { compares: id } });
    expect(other.tasks[0]?.id).toBe(comparedBy);
  });

  describe("on one day with a missing, a different and an extra row,", () => {
    const day = "20240104";
    const ofDay = { from: day, to: day };
    const counts = expect.objectContaining({ missing: 1, different: 2 });
    beforeEach(async () => {
      completeMarket();
      await run({ job: "DAILY_HISTORY", ...ofDay });
    });
    const spoil = () =>
      world.sql(
        `with gone as (delete from stock_daily where ts_code = '600519.SH' and trade_date = '${day}'),
           extra as (insert into stock_daily (ts_code, trade_date, close) values ('600999.SH', '${day}', 1) on conflict do nothing)
         update stock_daily set close = 1 where ts_code = '600036.SH' and trade_date = '${day}'`,
      );

    test("a worker that dies after any of its calls counts nothing twice, and its repair is started once", async () => {
      let call = 6; // after the claim and the four fetches
      for (let hasCall = true; hasCall; call += 1) {
        await world.sql("delete from sync_verification");
        await spoil();
        const { id } = await verify("stock_daily", { ...ofDay, upstream: true, repair: true });
        const dead = { call, when: "after", fate: "dies" } as const;
        hasCall = (await world.deliverNext({ breakAt: dead })).portCalls >= call;
        await world.runToEnd();
        const done = await read(id);
        expect(done, `call ${call}`).toMatchObject({ status: "COMPLETED", verdict: "missing", counts });
        expect((await found(done)).length, `call ${call}`).toBe(3);
        const repairs = await world.sql("select 1 from sync_task where config ->> 'repairs' = $1", [id]);
        expect([repairs.length, done.taskId !== null], `call ${call}`).toEqual([1, true]);
      }
      expect(call).toBeGreaterThan(9); // two comparisons, the outcome, the schedule
      expect(await compare("stock_daily", ofDay)).toMatchObject({ counts: { missing: 0, different: 1 } });
    });

    test("half an answer is not compared: it fails, and a retry ends it", async () => {
      world.state.onCall = ({ name }, reply) => {
        if (name === "daily") throw new SyncError("permanent", "a failure of the unit that stores");
        return reply;
      };
      await run({ job: "DAILY_HISTORY", ...ofDay, refresh: true });
      await spoil();
      world.state.onCall = ({ name }, reply) =>
        name === "daily" ? { ...reply, items: reply.items.slice(0, 5) } : reply;
      const failed = await compare("stock_daily", ofDay);
      const comparing = failed.comparedBy ?? "";
      expect(failed).toMatchObject({
        ...{ status: "FAILED", verdict: null, counts: { missing: 0, different: 0 } },
        reason: `units of the comparing task ${comparing} failed: retry them, or verify again`,
      });
      const open = async () =>
        (await world.failures()).flatMap(({ unit_key, resolved_at }) =>
          resolved_at === null ? [unit_key] : [],
        );
      expect(await open()).toEqual([`stock_daily/${day}`, `compare/stock_daily/${day}`]);
      world.state.onCall = honest;
      const record = (await world.failures()).find(({ unit_key }) => unit_key.startsWith("compare/"));
      await world.dispatch({ retry: Number(record?.id) });
      await world.runToEnd();
      expect(await read(failed.id)).toMatchObject({
        status: "COMPLETED",
        verdict: "missing",
        reason: null,
        counts,
      });
      expect(await open()).toEqual([`stock_daily/${day}`]);
    });

    test("a row that TuShare does not have any more is only here, once it was looked for three times", async () => {
      const { daily, daily_basic } = world.state.market;
      for (const rows of [daily, daily_basic]) {
        const at = rows.findIndex(({ ts_code, trade_date }) => ts_code === "600519.SH" && trade_date === day);
        rows.splice(at, 1);
      }
      const compared = await compare("stock_daily", ofDay);
      expect(await found(compared)).toEqual(["different 20240104 600519.SH"]);
      expect(compared).toMatchObject({ verdict: "different", counts: { missing: 0, different: 1 } });
      const unit = (await world.units()).find(({ unit_key }) => unit_key.startsWith("compare/"));
      expect(unit).toMatchObject({ attempts: 3, status: "compared" });
    });

    test("a used-up quota pauses it until midnight, and a cancelled task ends it", async () => {
      await spoil();
      world.state.onCall = ({ name }, reply) => {
        if (name !== "daily") return reply;
        world.state.onCall = honest;
        throw new SyncError("rate-limited", "8000 calls a day", { scope: "task", retryAfterSeconds: 20_000 });
      };
      const { id } = await verify("stock_daily", { ...ofDay, upstream: true });
      await world.deliverNext();
      expect((await world.tasks()).at(-1)).toMatchObject({ status: "PAUSED" });
      expect(await read(id)).toMatchObject({ status: "RUNNING" });
      expect(await verify("stock_daily", { ...ofDay, upstream: true })).toMatchObject({ id });
      await world.runToEnd();
      expect(await read(id)).toMatchObject({ status: "COMPLETED", verdict: "missing", counts });

      const next = await verify("stock_daily", { ...ofDay, upstream: true });
      await world.dispatch({ cancel: next.comparedBy });
      await world.runToEnd();
      expect(await read(next.id)).toMatchObject({
        ...{ status: "FAILED", verdict: null, counts: { missing: 0 } },
        reason: `the comparing task ${next.comparedBy} is CANCELLED: cancelled by a command`,
      });
    });
  });

  test("reports are compared by stock when the account has no right to whole periods", async () => {
    const asked = { from: "20230101", to: "20230930" };
    await run({ job: "FINANCE_HISTORY", ...asked, byPeriod: false });
    await world.sql(
      "update fina_indicator set eps = 7 where ts_code = '600519.SH' and end_date = '20230630'",
    );
    world.state.onCall = ({ name }, reply) => {
      if (name === "fina_indicator_vip")
        throw new SyncError("permanent", "no right to fina_indicator_vip", { scope: "task" });
      return reply;
    };
    const settings = { ...world.services.settings, SYNC_FINANCE_BY_PERIOD: "always" as const };
    const { dispatch } = await import("../shared/dispatch/dispatch.ts");
    const begun = verificationOf(
      await dispatch({ ...world.services, settings }, { verify: "finance", upstream: true, ...asked }),
    );
    await world.runToEnd();
    const compared = await read(begun.id);
    expect(compared).toMatchObject({ status: "COMPLETED", verdict: "different" });
    expect(compared.comparedBy).not.toBe(begun.comparedBy);
    expect((await world.tasks()).map(({ status }) => status)).toEqual([
      "COMPLETED",
      "CANCELLED",
      "COMPLETED",
    ]);
  });

  test("every other dataset of the catalogue is as it was fetched, whatever its slices are", async () => {
    const others = Object.values(datasets).filter(
      ({ name }) => !cases.some(({ dataset }) => dataset === name),
    );
    const ended = { from: "20230101", to: "20230930" }; // report periods
    const days = { from: marketDays.at(-4), to: lastDay }; // with a Friday
    const rangeOf = ({ slices }: Dataset) => (slices === "lists" ? {} : slices === "periods" ? ended : days);
    const jobsOfOthers = new Map(others.map((dataset) => [jobThatFetches(dataset), dataset]));
    for (const [job, dataset] of jobsOfOthers) await run({ job, ...rangeOf(dataset) });
    for (const dataset of others) {
      const { name } = dataset;
      const compared = await compare(name, rangeOf(dataset));
      const { status, verdict, counts } = compared;
      const whole = { verdict: "complete", missing: 0, different: 0 };
      expect({ name, status, verdict, ...counts }).toMatchObject({ name, status: "COMPLETED", ...whole });
    }
  });

  test("its calls are known before, and nothing is started for that", async () => {
    const { plan } = await world.dispatch({ plan: { verify: "stock_daily", ...range, upstream: true } });
    expect(plan).toMatchObject({ job: "DAILY_HISTORY", units: 12, calls: { daily: 12 }, range });
    const lists = await world.dispatch({ plan: { verify: "stock_list", upstream: true } });
    expect(lists.plan).toMatchObject({ job: "REFERENCE", calls: { stock_basic: 3 } });
    await expect(world.dispatch({ plan: { verify: "stock_dayly" } })).rejects.toThrow(/did you mean/);
    expect([await world.tasks(), await world.sql("select 1 from sync_verification")]).toEqual([[], []]);
  });

  test.each([
    [{ job: "DAILY_HISTORY", compares: "00000000-0000-4000-8000-000000000000" }],
    [{ job: "DAILY_HISTORY", repairs: "00000000-0000-4000-8000-000000000000" }],
  ])("%o of no verification is refused", async (command) => {
    await expect(world.dispatch(command)).rejects.toThrow(/does not compare, or has ended/);
  });
});
