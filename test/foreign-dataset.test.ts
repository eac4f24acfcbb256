// Invented datasets, with their own tables and members, are planned on a real engine like the catalogue's: no unit twice,
// none left out, whatever the kind of slice.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasMembersEachDay } from "../shared/catalogue/dataset.ts";
import type { Dataset } from "../shared/catalogue/datasets.ts";
import { daysOf, type Selector } from "../shared/catalogue/selector.ts";
import type { RunCommand } from "../shared/commands/command.ts";
import { openVerification } from "../shared/ledger/verifications.ts";
import type { Plan } from "../shared/plan/plan.ts";
import { planComparison, planDataset } from "../shared/plan/plan-job.ts";
import type { Verification } from "../shared/reads/verifications.ts";
import { unitKey } from "../shared/unit.ts";
import { verifyDataset } from "../shared/verify/verify.ts";
import {
  planned as invented,
  makePlannedTables,
  type PlannedName,
  plannedTables,
} from "./support/invented-datasets.ts";
import { firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

/** Listed from the first day, from the sixth on, and from the fourth to the eighth. */
const coins = ["AAA.XX", "BBB.XX", "CCC.XX"] as const;
const listings = [
  [coins[0], firstDay, null],
  [coins[1], marketDays[5], null],
  [coins[2], marketDays[3], marketDays[7]],
] as const;

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  for (const statement of makePlannedTables) await world.sql(statement);
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.reset();
  for (const table of plannedTables) await world.sql(`delete from ${table}`);
  for (const listing of listings)
    await world.sql("insert into coin (ts_code, listed, gone) values ($1, $2, $3)", [...listing]);
});

const plan = (dataset: Dataset, mode: "history" | "incremental", asked: Omit<RunCommand, "job"> = {}) =>
  planDataset(world.services, dataset, mode, { job: "DAILY_HISTORY", ...asked });

async function verify(dataset: Dataset, { from, to }: Omit<RunCommand, "job">): Promise<Verification> {
  const { database } = world.services;
  const days = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const begun = await openVerification(database, { dataset: dataset.name, ...days, repairs: false });
  return (await verifyDataset(world.services, dataset, begun)).verification;
}

/** The keys of the units, without the dataset. */
function keys({ units }: Plan): string[] {
  return units.map((unit) => unitKey(unit).replace(/^\w+\//, ""));
}

/** What TuShare has: a row of each code for each of its days. */
type Truth = readonly (readonly [code: string, days: readonly string[]])[];

/** As a worker does: the rows of each unit are stored, the unit is done with so many, and what is absent is recorded. */
async function carryOut(dataset: Dataset, { units }: Plan, truth: Truth): Promise<void> {
  for (const { selector } of units) {
    const { from = "", to = "" } = daysOf(selector) ?? {};
    const codes = "ts_code" in selector ? [selector.ts_code] : undefined;
    const rows = truth.flatMap(([code, days]) =>
      codes?.includes(code) === false
        ? []
        : days.filter((day) => day >= from && day <= to).map((day) => [code, day]),
    );
    for (const row of rows) {
      const places = `(ts_code, ${dataset.dayColumn}) values ($1, $2) on conflict do nothing`;
      await world.sql(`insert into ${dataset.table} ${places}`, row);
    }
    await settle(dataset, selector, rows.length);
    if (codes !== undefined && hasMembersEachDay(dataset)) await recordAbsent(dataset, codes, { from, to });
  }
}

async function recordAbsent(
  { name, table, main }: Dataset,
  codes: readonly string[],
  { from, to }: { from: string; to: string },
): Promise<void> {
  await world.sql(
    `insert into sync_absence (dataset, trade_date, ts_code, interface, reason)
     select $1, cal_date, code, $2, 'no_data'
     from trade_cal
     cross join unnest($3::text[]) as code
     where exchange = 'SSE' and is_open = 1 and cal_date between to_date($4, 'YYYYMMDD') and to_date($5, 'YYYYMMDD')
       and not exists (select 1 from ${table} where ts_code = code and trade_date = cal_date)
     on conflict do nothing`,
    [name, main.name, codes, from, to],
  );
}

const settle = (dataset: Dataset, selector: Selector, rows: number, status = "done") =>
  world.settleUnit({ dataset: dataset.name, selector }, rows, { status, at: "2024-05-15T20:00:00+08:00" });

const listedDays: Truth = [
  [coins[0], marketDays],
  [coins[1], marketDays.slice(5)],
  [coins[2], marketDays.slice(3, 7)],
];
const range = { from: firstDay, to: lastDay };

type Kind = {
  readonly name: PlannedName;
  readonly truth: Truth;
  readonly asked: Omit<RunCommand, "job">;
  /** Of a history. */
  readonly units: readonly string[];
  /** Of a comparison, where they are others. */
  readonly compares?: readonly string[];
  /** A row that goes, and what is asked for again then. */
  readonly lost: readonly [code: string, day: string];
  readonly found: readonly string[];
};

const kinds: readonly Kind[] = [
  {
    ...{ name: "coin_bars", truth: listedDays, asked: { from: marketDays[10], to: lastDay } },
    units: marketDays.slice(10),
    ...{ lost: [coins[1], "20240117"], found: ["20240117"] },
  },
  {
    ...{
      name: "index_bars",
      truth: [
        ["III.XX", marketDays],
        ["JJJ.XX", marketDays.slice(4)],
      ],
      asked: range,
    },
    units: ["III.XX/20240102-20240117", "JJJ.XX/20240102-20240117"],
    ...{ lost: ["III.XX", "20240109"], found: ["III.XX/20240109-20240109"] },
  },
  {
    // Of a Saturday, of the Monday after it, and of two companies on one day.
    ...{
      name: "notices",
      truth: [
        ["KKK.XX", ["20240113", "20240115"]],
        ["LLL.XX", ["20240115"]],
      ],
    },
    asked: { from: "20240112", to: "20240116" },
    units: ["20240112", "20240113", "20240114", "20240115", "20240116"],
    ...{ lost: ["KKK.XX", "20240113"], found: ["20240113"] },
  },
  {
    ...{ name: "weights", truth: [["III.XX", ["20231130", "20231229"]]], asked: { from: "20231110" } },
    units: ["202311", "202312"],
    ...{ lost: ["III.XX", "20231130"], found: ["202311"] },
  },
  {
    ...{ name: "rates", truth: [["ON.XX", ["20240102", "20240106", "20240109", "20240117"]]] },
    asked: { from: "20240103" },
    units: ["20240101-20240107", "20240108-20240114", "20240115-20240117"],
    ...{ lost: ["ON.XX", "20240106"], found: ["20240101-20240107"] },
  },
  {
    ...{
      name: "reports",
      truth: [[coins[0], ["20230630", "20230930"]]],
      asked: { from: "20230601", to: "20230930" },
    },
    units: [
      `${coins[0]}/20230630-20230930`,
      `${coins[1]}/20230630-20230930`,
      `${coins[2]}/20230630-20230930`,
    ],
    ...{ lost: [coins[0], "20230930"], found: [`${coins[0]}/20230930-20230930`] },
    compares: coins.map((code) => `${code}/20230601-20230930`),
  },
  {
    ...{
      name: "holders",
      truth: [[coins[0], ["20230630", "20230930"]]],
      asked: { from: "20230601", to: "20230930" },
    },
    units: ["20230630", "20230930"],
    ...{ lost: [coins[0], "20230630"], found: ["20230630"] },
  },
];

describe.each(kinds)("$name", ({ name, truth, asked, units, lost, found, compares }) => {
  const dataset: Dataset = invented[name];

  test("a history asks for each slice once, and for nothing again", async () => {
    const first = await plan(dataset, "history", asked);
    expect(keys(first)).toEqual(units);
    await carryOut(dataset, first, truth);
    expect(await plan(dataset, "history", asked)).toMatchObject({ units: [], nothing: "stored" });
  });

  test("a row that was deleted is fetched again, once", async () => {
    await carryOut(dataset, await plan(dataset, "history", asked), truth);
    await world.sql(`delete from ${dataset.table} where ts_code = $1 and ${dataset.dayColumn} = $2`, [
      ...lost,
    ]);
    const healing = await plan(dataset, "history", asked);
    expect(keys(healing)).toEqual(found);
    await carryOut(dataset, healing, truth);
    expect((await plan(dataset, "history", asked)).units).toEqual([]);
  });

  test("it is verified from its rows, and what a comparison fetches is the same whether it is stored or not", async () => {
    await carryOut(dataset, await plan(dataset, "history", asked), truth);
    const compared = async () =>
      (await planComparison(world.services, dataset, { job: "DAILY_HISTORY", ...asked })).units;
    const before = await compared();
    expect(keys({ units: before, reason: null })).toEqual(
      (compares ?? units).map((unit) => `${name}/${unit}`),
    );
    const whole = await verify(dataset, asked);
    expect(["complete", "explained"]).toContain(whole.verdict);
    await world.sql(`delete from ${dataset.table} where ts_code = $1 and ${dataset.dayColumn} = $2`, [
      ...lost,
    ]);
    expect(await verify(dataset, asked)).toMatchObject({ verdict: "missing", counts: { missing: 1 } });
    expect(await compared()).toEqual(before);
  });

  test("a unit that is not done does not count as an answer", async () => {
    const first = await plan(dataset, "history", asked);
    for (const [at, { selector }] of first.units.entries()) {
      await settle(dataset, selector, 0, ["sent", "parked", "failed", "not_due", "pending"][at % 5]);
    }
    expect(keys(await plan(dataset, "history", asked))).toEqual(units);
  });

  test("refresh plans every unit again", async () => {
    const first = await plan(dataset, "history", asked);
    await carryOut(dataset, first, truth);
    const again = await plan(dataset, "history", { ...asked, refresh: true });
    expect(again.units.length).toBe(first.units.length);
  });

  test("units of another dataset do not count as answers", async () => {
    const { units: planned } = await plan(dataset, "history", asked);
    const other = { ...dataset, name: "stock_daily" } as const;
    for (const { selector } of planned) await settle(other, selector, 0);
    expect(keys(await plan(dataset, "history", asked))).toEqual(units);
  });
});

describe("a whole list", () => {
  const lists = () => planDataset(world.services, invented.coin_list, "reference", { job: "REFERENCE" });
  const settleList = () => settle(invented.coin_list, { by: "list_status", list_status: "L" }, coins.length);

  test("is asked for once a day, and again when a row of it has gone", async () => {
    expect(keys(await lists())).toEqual(["L"]);
    await settleList();
    expect(await lists()).toMatchObject({ units: [], nothing: "fresh" });
    await world.sql("delete from coin where ts_code = $1", [coins[0]]);
    expect(keys(await lists())).toEqual(["L"]);
  });

  test("is asked for again on the next day, and on refresh", async () => {
    await settleList();
    const again = { job: "REFERENCE", refresh: true } as const;
    expect(keys(await planDataset(world.services, invented.coin_list, "reference", again))).toEqual(["L"]);
    world.setTime("20240516", 1);
    expect(keys(await lists())).toEqual(["L"]);
  });
});

describe("increments", () => {
  const increment = (name: PlannedName) => plan(invented[name], "incremental");

  test.each<[PlannedName, string[]]>([
    ["coin_bars", ["20240117"]],
    ["index_bars", ["III.XX/20240117-20240117", "JJJ.XX/20240117-20240117"]],
    ["notices", ["20240117"]],
    ["weights", ["202312"]],
    ["rates", ["20240115-20240117"]],
  ])("of %s, when nothing is stored, ask for the newest slice and say so", async (name, units) => {
    const planned = await increment(name);
    expect(keys(planned)).toEqual(units);
    expect(planned.reason).toMatch(/run its history job for earlier days/);
    expect(world.logged.map(({ level }) => level)).toEqual(["warn"]);
  });

  test("go on from what is stored, and heal the days behind it", async () => {
    const { coin_bars, notices } = invented;
    await carryOut(coin_bars, await plan(coin_bars, "incremental", { to: "20240112" }), listedDays);
    await world.sql("delete from coin_bar where trade_date = '2024-01-04'");
    expect(keys(await increment("coin_bars"))).toEqual(["20240104", "20240115", "20240116", "20240117"]);
    const none: Truth = [];
    await carryOut(notices, await plan(notices, "history", { from: "20231101", to: "20240115" }), none);
    expect(keys(await increment("notices"))).toEqual(["20240116", "20240117"]);
  });

  test("by code are planned for each code separately, also for codes fetched by hand", async () => {
    const { index_bars } = invented;
    const truth: Truth = ["III.XX", "JJJ.XX", "HAND.XX"].map((code) => [code, marketDays]);
    await carryOut(index_bars, await plan(index_bars, "history", { to: "20240116" }), truth);
    const byHand = await plan(index_bars, "history", {
      codes: ["HAND.XX"],
      from: "20240110",
      to: "20240116",
    });
    expect(keys(byHand)).toEqual(["HAND.XX/20240110-20240116"]);
    await carryOut(index_bars, byHand, truth);
    const ends = ["HAND.XX", "III.XX", "JJJ.XX"];
    const next = await increment("index_bars");
    expect(next.units.map(({ selector }) => "ts_code" in selector && selector.ts_code)).toEqual(ends);
    await carryOut(index_bars, next, truth);
    expect(keys(await increment("index_bars"))).toEqual([]);
  });

  test("of months and ranges ask again for what has grown since", async () => {
    const { rates, weights } = invented;
    const truth: Truth = [["ON.XX", marketDays]];
    await carryOut(rates, await plan(rates, "history"), truth);
    await carryOut(weights, await plan(weights, "history", { from: "20231101" }), truth);
    expect(keys(await increment("rates"))).toEqual([]);
    world.setTime("20240131", 18);
    expect(keys(await increment("rates"))).toEqual([
      ...["20240115-20240121", "20240122-20240128", "20240129-20240131"],
    ]);
    expect(keys(await increment("weights"))).toEqual(["202401"]);
  });

  test("of reports ask for who has filed, then for who lacks the newest due report", async () => {
    const { reports } = invented;
    await settle(reports, { by: "code", ts_code: "ZZZ.XX", from: "20200331", to: "20200331" }, 0);
    await world.sql(
      "insert into filing (ts_code, end_date, actual_date) values ($1, '2023-12-31', '2024-01-16'), ('600519.SH', '2023-12-31', '2024-01-16')",
      [coins[1]],
    );
    await world.sql("update coin set listed = '2023-01-01' where ts_code = $1", [coins[0]]);
    expect(keys(await plan(reports, "incremental"))).toEqual([
      `${coins[1]}/20220331-20231231`,
      `${coins[0]}/20220331-20231231`,
    ]);
    const filed = await plan(reports, "incremental", { from: "20240116", to: "20240116" });
    expect(keys(filed)).toEqual([`${coins[1]}/20231231-20231231`]);
  });

  test("by period, where no list says who files, ask for each period until its deadline once a day", async () => {
    const { holders } = invented;
    const first = await plan(holders, "incremental");
    expect(keys(first)).toEqual([
      "20220331",
      "20220630",
      "20220930",
      "20221231",
      "20230331",
      "20230630",
      "20230930",
      "20231231",
    ]);
    await carryOut(holders, first, []);
    expect(keys(await plan(holders, "incremental"))).toEqual([]);
    world.setTime("20240516", 18); // the answers are of the day before, after the deadline of all but the new period
    expect(keys(await plan(holders, "incremental"))).toEqual(["20240331"]);
  });
});

describe("what is not due", () => {
  test.each<[PlannedName, number, string]>([
    ["coin_bars", 16.99, "20240116"],
    ["coin_bars", 17, "20240117"],
    ["notices", 16.99, "20240116"],
    ["notices", 17, "20240117"],
    ["rates", 16.99, "20240115-20240116"],
    ["rates", 17, "20240115-20240117"],
  ])("of %s at %d o'clock is left for later", async (name, hours, newest) => {
    world.setTime("20240117", hours);
    const planned = await plan(invented[name], "history", { from: "20240115" });
    expect(keys(planned).at(-1)).toBe(newest);
  });

  test("is today until tomorrow, for a dataset without a publication hour", async () => {
    const { publicationHour: _, ...anyHour } = invented.notices;
    world.setTime("20240117", 23.99);
    const asked = { from: "20240116" };
    expect(keys(await plan(anyHour, "history", asked))).toEqual(["20240116"]);
    expect((await plan(anyHour, "history", { from: "20240117" })).reason).toMatch(/until 2024-01-17 24:00/);
    world.setTime("20240118", 0);
    expect(keys(await plan(anyHour, "history", asked))).toEqual(["20240116", "20240117"]);
  });

  test("is a month until its last day is", async () => {
    world.setTime("20240131", 16.99);
    const { weights } = invented;
    expect(keys(await plan(weights, "history", { from: "20231201" }))).toEqual(["202312"]);
    expect(await plan(weights, "history", { from: "20240101", to: "20240131" })).toMatchObject({
      ...{
        units: [],
        nothing: "not_due",
        reason: "20240101 is not due yet, until 2024-01-31 17:00 in Shanghai",
      },
    });
    world.setTime("20240131", 17);
    expect(keys(await plan(weights, "history", { from: "20231201" }))).toEqual(["202312", "202401"]);
  });
});

describe("codes", () => {
  const history = (name: PlannedName, codes: string[]) =>
    plan(invented[name], "history", { ...range, codes });

  test("of a list are planned within their listing; unknown ones are refused", async () => {
    expect(keys(await history("coin_bars", [...coins]))).toEqual([
      `${coins[0]}/20240102-20240117`,
      `${coins[1]}/${marketDays[5]}-20240117`,
      `${coins[2]}/${marketDays[3]}-${marketDays[6]}`,
    ]);
    await expect(history("coin_bars", ["AAA.XX", "AB.XX"])).rejects.toThrow(
      "no stock AB.XX in coin: check them, or run the job the job of its list",
    );
    await world.sql("insert into coin_bar (ts_code, trade_date) values ('AB.XX', '2024-01-02')");
    expect(keys(await history("coin_bars", ["AB.XX"]))).toEqual(["AB.XX/20240103-20240117"]);
    await expect(history("coin_bars", ["600519.SH"])).rejects.toThrow("no stock 600519.SH in coin");
  });

  test("that were not listed then are named", async () => {
    const planned = await plan(invented.coin_bars, "history", {
      from: firstDay,
      to: "20240103",
      codes: ["CCC.XX"],
    });
    expect(planned).toMatchObject({ units: [], nothing: "not_listed" });
    expect(planned.reason).toMatch(/not listed from 20240102 to 20240103: CCC.XX/);
  });

  test("of a dataset that names its members may be any", async () => {
    expect(keys(await history("index_bars", ["ANY.XX"]))).toEqual(["ANY.XX/20240102-20240117"]);
  });

  test("are used for a whole market where that takes fewer calls", async () => {
    const all = await plan(invented.coin_bars, "history", range);
    expect(keys(all)).toEqual(keys(await history("coin_bars", [...coins])));
    await carryOut(invented.coin_bars, all, listedDays);
    // Stored by code, then asked by day: the rows are there, so nothing is fetched.
    expect((await plan(invented.coin_bars, "history", { from: lastDay, to: lastDay })).units).toEqual([]);
    expect((await plan(invented.coin_bars, "incremental")).units).toEqual([]);
    expect((await plan(invented.coin_bars, "history", range)).units).toEqual([]);
  });

  test("are used where one of them lacks several stored days, and the day is where it lacks one", async () => {
    const { coin_bars } = invented;
    await carryOut(
      coin_bars,
      await plan(coin_bars, "history", { from: marketDays[8], to: lastDay }),
      listedDays,
    );
    await world.sql("delete from coin_bar where ts_code = 'AAA.XX' and trade_date = '2024-01-16'");
    expect(keys(await plan(coin_bars, "incremental"))).toContain("20240116");
    await world.sql("delete from coin_bar where ts_code = 'AAA.XX' and trade_date = '2024-01-12'");
    const healing = keys(await plan(coin_bars, "incremental"));
    expect(healing).toEqual([...marketDays.slice(0, 8), "AAA.XX/20240112-20240116"]);
  });

  test("are not used for a whole range where no list has all codes", async () => {
    const { members: _, list: __, ...unlisted } = invented.coin_bars;
    await world.sql("insert into coin_bar (ts_code, trade_date) values ('AAA.XX', '2024-01-02')");
    expect(keys(await plan(unlisted, "history", range))).toEqual(marketDays);
    expect(keys(await plan(unlisted, "history", { ...range, codes: ["ANY.XX"] }))).toEqual([
      "ANY.XX/20240102-20240117",
    ]);
  });

  test("of reports begin and end with the list", async () => {
    await world.sql("update coin set gone = '2023-01-01' where ts_code = $1", [coins[2]]);
    const asked = { from: "20230601", to: "20230930" };
    expect(keys(await plan(invented.reports, "history", asked))).toEqual([
      ...coins.slice(0, 2).map((code) => `${code}/20230630-20230930`),
    ]);
    expect(await plan(invented.reports, "history", { ...asked, codes: [coins[2]] })).toMatchObject({
      ...{ units: [], nothing: "not_listed" },
    });
  });
});
