// Stocks that get another code, and stocks that leave every list.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
