// A dataset that no code names: its file is enough to show it in coverage, freshness, charts and the run's summary.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeStored } from "../local/summary.ts";
import type { Dataset } from "../shared/catalogue/datasets.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { readCoverages } from "../shared/coverage/dataset-coverage.ts";
import { readCoverage, readFreshness } from "../shared/coverage/stored-days.ts";
import { renderCoverages } from "../shared/widget/coverage.ts";
import { chinese } from "../shared/widget/words.ts";
import { translateKnown } from "../shared/words/translate.ts";
import { makePlannedTables, planned } from "./support/invented-datasets.ts";
import { firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const { index_bars: bars, events } = planned;
const [bar, other] = ["III.XX", "JJJ.XX"] as const;

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  for (const statement of makePlannedTables) await world.sql(statement);
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.reset();
  for (const { table } of [bars, events]) await world.sql(`delete from ${table}`);
});

const database = () => world.services.database;
const range = { from: firstDay, to: lastDay };

async function store({ table }: Dataset, codes: readonly string[], days: readonly string[]): Promise<void> {
  await world.sql(
    `insert into ${table} (ts_code, trade_date)
     select code, to_date(day, 'YYYYMMDD') from unnest($1::text[]) as code, unnest($2::text[]) as day`,
    [codes, days],
  );
}

const settle = ({ name }: Dataset, selector: Selector, rows: number, at?: string) =>
  world.settleUnit({ dataset: name, selector }, rows, { ...(at && { at }) });

describe("of named members, fetched one by one", () => {
  const whole = async () =>
    (await readCoverage(database(), bars, range)).filter((day) => day.whole).map(({ day }) => day);

  test("a day is whole when each has a row of it, or a recorded absence", async () => {
    await store(bars, [bar], marketDays);
    await store(bars, [other], marketDays.slice(0, 2));
    expect(await whole()).toEqual(marketDays.slice(0, 2));
    await world.sql(
      `insert into sync_absence (dataset, trade_date, ts_code, interface, reason)
       select 'index_bars', to_date(day, 'YYYYMMDD'), $1, 'x_index_bar', 'no_data' from unnest($2::text[]) as day`,
      [other, marketDays.slice(2)],
    );
    expect(await whole()).toEqual(marketDays);
    await world.sql("delete from index_bar where ts_code = $1 and trade_date = '2024-01-04'", [bar]);
    expect(await whole()).toEqual(marketDays.filter((day) => day !== "20240104"));
  });

  test("a code fetched by hand counts as a member from then on", async () => {
    await store(bars, [bar, other], marketDays);
    expect(await whole()).toEqual(marketDays);
    await store(bars, ["HAND.XX"], [firstDay]);
    expect(await whole()).toEqual([firstDay]);
  });

  test("each is expected on every day, and rows of other days are not counted", async () => {
    await store(bars, [bar], marketDays.slice(0, 1));
    const days = await readCoverage(database(), bars, range);
    expect(days.map(({ expected }) => expected)).toEqual(marketDays.map(() => 2));
    expect(days.map(({ stored }) => stored)).toEqual(marketDays.map((_, at) => (at === 0 ? 1 : 0)));
    expect(days.map(({ missing }) => missing)).toEqual(marketDays.map((_, at) => (at === 0 ? 1 : 2)));
  });
});

describe("of events by day", () => {
  const settleDay = (trade_date: string, rows: number) => settle(events, { by: "date", trade_date }, rows);

  test("a day without any is whole by its empty answer", async () => {
    await settleDay(firstDay, 0);
    const [first, second] = await readCoverage(database(), events, range);
    expect(first).toEqual({
      ...{ day: firstDay, stored: 0, whole: true, asked: false },
      ...{ expected: null, explained: null, unexplained: null, missing: null },
    });
    expect(second).toMatchObject({ stored: 0, whole: false });
  });

  test("a day is not whole once one of its rows was deleted", async () => {
    await store(events, ["000001.SZ", "600519.SH"], [firstDay]);
    await settleDay(firstDay, 2);
    expect((await readCoverage(database(), events, range))[0]).toMatchObject({ stored: 2, whole: true });
    await world.sql("delete from event where ts_code = '600519.SH'");
    expect((await readCoverage(database(), events, range))[0]).toMatchObject({ stored: 1, whole: false });
  });
});

test("its freshness is reported after its first fetch", async () => {
  const behind = () => readFreshness(database(), world.clock.now(), [bars, events]);
  expect(await behind()).toEqual([]);
  await store(bars, [bar, other], marketDays.slice(0, -2));
  await settle(bars, { by: "code", ts_code: bar, ...range }, 1);
  await settle(events, { by: "date", trade_date: lastDay }, 0);
  expect(await behind()).toEqual([
    { dataset: "index_bars", daysBehind: 2 },
    { dataset: "events", daysBehind: 0 },
  ]);
});

describe("the pictures of coverage", () => {
  const draw = async (words?: typeof chinese) =>
    renderCoverages(await readCoverages(database(), range, world.clock.now(), [bars, events]), words);

  test("show every fetched dataset, under its title in the reader's language", async () => {
    await settle(events, { by: "date", trade_date: firstDay }, 0);
    expect(await draw()).toContain("Invented events stored for each trading day");
    expect(await draw()).not.toContain("Invented bars");
    expect(await draw(chinese)).toContain("虚构事件：");
  });

  test("show the first dataset while nothing is stored", async () => {
    expect(await draw()).toContain("Invented bars stored for each trading day");
  });

  test("a whole day is shown as whole, whatever its number of rows, without a percentage", async () => {
    await settle(events, { by: "date", trade_date: firstDay }, 0);
    await store(events, ["600519.SH"], [marketDays[1] ?? ""]);
    const page = await draw();
    expect(page).toContain('<g class="ts-whole"><title>2024-01-02: 0 rows, whole</title>');
    expect(page).not.toMatch(/%|expected/);
    expect(await draw(chinese)).toContain("2024-01-02：入库 0 行，完整");
  });
});

test("the summary of a run says how much is stored of it, and from when to when", async () => {
  await store(bars, [bar, other], [firstDay, lastDay]);
  const said = await describeStored(world.sql, [bars, events]);
  expect(said).toEqual(["stored     invented bars: 4 rows, 2024-01-02 to 2024-01-17"]);
  expect(said.map((line) => translateKnown(line, "zh"))).toEqual([
    "库中       invented bars：4 行，2024-01-02 至 2024-01-17", // no catalogue has its title
  ]);
});

test("the summary of a run says in the reader's language what is stored of the catalogue's datasets", async () => {
  await world.insert("stock_daily", [
    { ts_code: "600519.SH", trade_date: firstDay, close: 1 },
    { ts_code: "510300.SH", trade_date: lastDay, close: 1 },
  ]);
  const said = await describeStored(world.sql);
  expect(said.map((line) => translateKnown(line, "zh"))).toEqual([
    expect.stringMatching(/^库中 {7}交易日历：\d+ 行，1990-12-19 至 /),
    expect.stringMatching(/^库中 {7}股票列表：\d+ 行$/),
    "库中       股票日线：1 行，2024-01-02 至 2024-01-02",
    "库中       ETF 日线：1 行，2024-01-17 至 2024-01-17",
  ]);
});
