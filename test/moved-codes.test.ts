// Stocks that get another code, and stocks that leave every list.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { beijingMovedOn, knownMoves } from "../shared/catalogue/code-moves.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { membersSql } from "../shared/coverage/members.ts";
import { SyncError } from "../shared/errors.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

async function run(job: "REFERENCE" | "ETF_LIST", more: object = {}): Promise<void> {
  await world.dispatch({ job, ...more });
  await world.runToEnd();
}
const newestTask = async () => (await world.tasks()).at(-1);

describe("the mapping of Beijing's codes", () => {
  const mapping = { o_code: "430047.BJ", n_code: "830799.BJ", name: "艾融软件", list_date: "20200727" };

  test("is stored with REFERENCE", async () => {
    world.state.market.bse_mapping = [mapping];
    await run("REFERENCE");
    expect(await world.sql("select o_code, n_code from bse_mapping")).toEqual([
      { o_code: mapping.o_code, n_code: mapping.n_code },
    ]);
  });

  test.each(["抱歉，您没有接口(bse_mapping)访问权限", "请指定正确的接口名"])(
    "is left out when TuShare says %s: REFERENCE succeeds, and what is stored stays",
    async (said) => {
      world.state.market.bse_mapping = [mapping];
      await run("REFERENCE");
      world.state.onCall = ({ name }, reply) => {
        if (name === "bse_mapping") throw new SyncError("permanent", said, { scope: "task" });
        return reply;
      };
      await run("REFERENCE", { refresh: true });
      expect(await newestTask()).toMatchObject({ status: "COMPLETED", total_failed: 0 });
      expect(await world.sql("select o_code from bse_mapping")).toHaveLength(1);
    },
  );
});

describe("a code that moved", () => {
  const asText = (day: string) => day.replace(/^(....)(..)(..)$/, "$1-$2-$3");

  test("is known from the mapping and from the catalogue, with the day of the move", async () => {
    world.state.market.bse_mapping = [
      { o_code: "430047.BJ", n_code: "920047.BJ", name: "诺思兰德", list_date: "20201124" },
      // TuShare may come to know these moves too: each old code is there once.
      { o_code: "300114.SZ", n_code: "302132.SZ", name: "中航成飞", list_date: "20100827" },
      { o_code: "920002.BJ", n_code: "920002.BJ", name: "万达轴承", list_date: "20240530" },
    ];
    await run("REFERENCE");
    expect(
      await world.sql(
        "select old_code, new_code, cast(moved_on as text) as day, source from code_alias order by moved_on",
      ),
    ).toEqual([
      ...knownMoves.map(({ from, to, on }) => ({
        old_code: from,
        new_code: to,
        day: asText(on),
        source: "known",
      })),
      { old_code: "430047.BJ", new_code: "920047.BJ", day: asText(beijingMovedOn), source: "bse_mapping" },
    ]);
  });

  test("no stock moves twice: the new code of a known move has no other new code", () => {
    const old = new Set(knownMoves.map(({ from }) => from));
    expect(old.size).toBe(knownMoves.length);
    expect(knownMoves.filter(({ to }) => old.has(to))).toEqual([]);
  });

  test("is expected up to the move, and the new code since the listing", async () => {
    const list = "insert into stock_info (ts_code, name, list_status, list_date) values";
    await world.sql(
      `${list} ('300114.SZ', 'old', 'L', '2010-08-27'), ('302132.SZ', 'new', 'L', '2010-08-27')`,
    );
    const listed = async () =>
      await world.sql(
        `select ts_code, cast(listed_from as text) as listed_from, cast(listed_to as text) as listed_to, is_listed
         from (${membersSql(datasets.stock_daily).replaceAll("now()", "date '2025-02-16'")}) as member
         where ts_code in ('300114.SZ', '302132.SZ') order by 1`,
      );
    const days = { listed_from: "2010-08-27" };
    expect(await listed()).toEqual([
      { ts_code: "300114.SZ", ...days, listed_to: "2025-02-17", is_listed: true },
      { ts_code: "302132.SZ", ...days, listed_to: null, is_listed: true },
    ]);
    await world.sql("update stock_info set delist_date = '2025-02-14' where ts_code = '300114.SZ'");
    expect((await listed())[0]).toMatchObject({ listed_to: "2025-02-14" });
  });
});
