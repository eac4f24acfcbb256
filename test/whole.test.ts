// Whatever way the rows came, and whatever happened on the way, in the end the mirror equals the upstream row for row. What
// is missing before that is known by name, and nothing is called for what is there. One seed, one history.
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import { readDays } from "../shared/coverage/days.ts";
import { missingCells } from "../shared/coverage/missing.ts";
import { SyncError } from "../shared/errors.ts";
import { pruneTask } from "../shared/ledger/prune.ts";
import { randomFrom } from "./support/random.ts";
import {
  dailyTruth,
  firstDay,
  lastDay,
  type Market,
  marketDays,
  type Row,
  stockCodes,
} from "./support/small-market.ts";
import { honest, makeWorld, type World } from "./support/world.ts";

/** To run a seed that failed again, put it first. */
const seeds = process.env.CI
  ? [1, 2, 3, 4, 5, 6, 7, 8, randomInt(1e9), randomInt(1e9)]
  : [1, 2, 3, 4, randomInt(1e9)];

const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay } as const;
const range = { from: firstDay, to: lastDay };

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());

test.each(seeds)(
  "a mirror that was filled in parts, cut, shortened and broken equals the upstream (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    const choose = <One>(from: readonly One[]): One => from[Math.floor(random() * from.length)] as One;
    await world.reset();
    restated.clear();
    // Old enough for every absence to be believed, and nothing trades after the market's last day.
    await world.sql("update trade_cal set is_open = 0 where cal_date > to_date($1, 'YYYYMMDD')", [lastDay]);
    world.setTime("20240205", 12);
    const { market } = world.state;
    makeOdd(market, choose);

    for (let act = 0; act < 8; act += 1) await choose(acts)({ choose, random });
    world.state.onCall = honest;
    await settle();
    if (restated.size > 0) {
      // A changed value is no gap: it is found by fetching again, as the evenings do in turn.
      await run({ ...history, refresh: true, acceptChanges: true });
      await settle();
    }

    expect(await world.storedDaily()).toEqual(dailyTruth(market));
    expect((await days()).filter(({ wanted }) => wanted > 0)).toEqual([]);

    const lost = await loseRows(choose, 6);
    expect(await names()).toEqual(lost);
    await settle();
    expect(await world.storedDaily()).toEqual(dailyTruth(market));
    expect(await names()).toEqual([]);

    const calls = world.calls.length;
    await world.dispatch(history);
    await world.runToEnd();
    expect(world.calls.length).toBe(calls);
  },
);

/** Rows that upstream has changed since it first published them. */
const restated = new Set<string>();

type Choose = <One>(from: readonly One[]) => One;
type Act = (by: { choose: Choose; random: () => number }) => Promise<unknown>;

/** Some stocks are suspended; one bar is absent and nothing says why. */
function makeOdd(market: Market, choose: Choose): void {
  const remove = (table: "daily" | "daily_basic", ts_code: string, trade_date: string) => {
    market[table] = market[table].filter((row) => row.ts_code !== ts_code || row.trade_date !== trade_date);
  };
  for (const suspends of [true, true, true, false]) {
    const bar = choose(market.daily);
    const [ts_code, trade_date] = [String(bar.ts_code), String(bar.trade_date)];
    remove("daily", ts_code, trade_date);
    remove("daily_basic", ts_code, trade_date);
    if (suspends) market.suspend_d.push({ ts_code, trade_date, suspend_timing: null, suspend_type: "S" });
  }
}

const acts: readonly Act[] = [
  // By day, by code, an increment over a range: whatever is started is run as far as it goes.
  ({ choose }) => run({ ...history, from: choose(marketDays.slice(0, 6)), to: choose(marketDays.slice(6)) }),
  ({ choose }) => run({ ...history, codes: [choose(stockCodes), choose(stockCodes)] }),
  ({ choose }) => run({ job: "DAILY_INCREMENTAL", from: choose(marketDays.slice(0, 6)), to: lastDay }),
  ({ choose }) => run({ ...history, from: choose(marketDays), refresh: true }),
  ({ choose }) => loseRows(choose, 4),
  // The next answers hold part of their rows, or none.
  async ({ choose, random }) => {
    const name = choose(["daily", "adj_factor", "daily_basic"]);
    const share = choose([0, 0.01, 0.6, 0.95]);
    let left = choose([1, 2, 4]);
    world.state.onCall = (call, reply) => {
      if (call.name !== name || left-- <= 0) return reply;
      return { ...reply, items: reply.items.filter(() => random() < share) };
    };
  },
  // The next calls are refused.
  async ({ choose }) => {
    let left = choose([1, 5, 20]);
    world.state.onCall = (_call, reply) => {
      if (left-- > 0) throw new SyncError("transient", "the upstream is away");
      return reply;
    };
  },
  // Answers come in more pages, or in fewer again.
  async ({ choose }) => {
    world.state.cap = choose([3, 7, 6_000]);
  },
  // Upstream corrects a bar, and restates the factors of a stock.
  async ({ choose }) => {
    const { market } = world.state;
    const bar = choose(market.daily);
    bar.close = Number(bar.close) + 0.01;
    restated.add(`${bar.ts_code} ${bar.trade_date}`);
    const code = choose(stockCodes);
    for (const row of market.adj_factor.filter(({ ts_code }) => ts_code === code)) {
      row.adj_factor = Number((Number(row.adj_factor) * 1.25).toFixed(4));
      restated.add(`${row.ts_code} ${row.trade_date}`);
    }
  },
  // A stock is delisted after its last stored day: the lists change, and what is expected with them.
  async ({ choose }) => {
    const { market } = world.state;
    const stock = choose(market.stock_basic.filter(({ list_status }) => list_status === "L"));
    const stored = (await world.storedDaily()).filter(({ ts_code }) => ts_code === stock.ts_code);
    const newest = String(stored.at(-1)?.trade_date ?? "20240105");
    const day = marketDays.find((open) => open > newest && open > String(stock.list_date));
    if (day === undefined) return;
    const isOver = (row: Row) => row.ts_code === stock.ts_code && String(row.trade_date) >= day;
    for (const table of ["daily", "adj_factor", "daily_basic", "suspend_d"] as const) {
      market[table] = market[table].filter((row) => !isOver(row));
    }
    Object.assign(stock, { list_status: "D", delist_date: day });
    await run({ job: "REFERENCE", refresh: true });
  },
  // The ledger forgets what it need not know.
  async () => {
    for (const { id } of await world.tasks()) await pruneTask(world.services.database, id);
  },
  // A dispatcher dies while it plans or sends.
  async ({ choose }) => {
    const at = {
      call: choose([2, 4, 6, 8]),
      when: choose(["before", "after"] as const),
      fate: "dies" as const,
    };
    await world.dispatchBreaking(history, at).catch(() => {});
  },
];

/** A command that another task stands in the way of is as good as any other. */
async function run(command: object): Promise<void> {
  await world.dispatch(command).catch(() => {});
  await world.runToEnd();
}

/** Runs until nothing is planned any more. */
async function settle(): Promise<void> {
  for (let runs = 0; runs < 6; runs += 1) {
    await world.dispatch({ resume: "all" });
    await world.dispatch({ retry: "all" });
    await world.runToEnd();
    const before = (await world.tasks()).length;
    const { outcome, tasks } = await world.dispatch(history);
    await world.runToEnd();
    const [task] = tasks;
    if (outcome === "started" && (await world.tasks()).length > before && (await sizeOf(task?.id)) === 0)
      return;
  }
  throw new Error("the history always plans something");
}

async function sizeOf(id: string | undefined): Promise<number | undefined> {
  return (await world.tasks()).find((task) => task.id === id)?.total_units;
}

const days = () => readDays(world.services.database, datasets.stock_daily, range, false);
/** What is missing, by name, without what was looked for often enough. */
const names = async () =>
  (await missingCells(world.services.database, datasets.stock_daily, marketDays, 1_000))
    .filter(({ isUnexplained }) => !isUnexplained)
    .map(({ day, ts_code }) => `${day} ${ts_code}`);

/** Deletes some rows by hand. */
async function loseRows(choose: Choose, count: number): Promise<string[]> {
  const stored = await world.storedDaily();
  if (stored.length === 0) return [];
  const lost = new Set(
    Array.from({ length: count }, () => choose(stored)).map((row) => `${row.trade_date} ${row.ts_code}`),
  );
  for (const key of lost) {
    const [day, code] = key.split(" ");
    await world.sql("delete from stock_daily where ts_code = $2 and trade_date = to_date($1, 'YYYYMMDD')", [
      day,
      code,
    ]);
  }
  return [...lost].sort();
}
