// Adjusted prices: what the views and the function return, and how many rows of the table they read for it.
import { beforeEach, describe, expect, test } from "vitest";
import { databaseKinds, opened } from "./support/postgres-database.ts";

const prices = ["open", "high", "low", "close", "pre_close"];
const code = "600519.SH";
const monday = "2024-01-08";
const tuesday = "2024-01-09";
const wednesday = "2024-01-10";
const thursday = "2024-01-11";

/** A day, its close and its factor. */
type Bar = readonly [day: string, close: number, factor: number | null];

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(
    `adjusted prices on ${engine}${missing ? ` (${missing})` : ""}`,
    () => {
      const on = opened(openMigrated);
      beforeEach(async () => {
        await on.client.query("truncate stock_daily, stock_info");
      });

      /** Stores bars whose other prices are 1 and 2 above the close, 1 and 0.5 below it. */
      async function store(ts_code: string, bars: readonly Bar[]): Promise<void> {
        for (const [day, close, factor] of bars) {
          await on.client.query(
            `insert into stock_daily (ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount, adj_factor)
           values ($1, $2, $3::numeric + 1, $3::numeric + 2, $3::numeric - 1, $3, $3::numeric - 0.5, 0.5, 1.25, 300.5, 4000.125, $4)`,
            [ts_code, day, close, factor],
          );
        }
      }
      /** One row a day, through the production adapter: day, the columns asked for, all as text or boolean. */
      async function read(from: string, columns: readonly string[], ts_code = code): Promise<unknown[][]> {
        const rows = await on.database.run(
          `select cast(trade_date as text) as trade_date, ${columns
            .map((name) => (name === "factor_carried" ? name : `cast(${name} as text) as ${name}`))
            .join(", ")}
from ${from}
where ts_code = :ts_code
order by trade_date`,
          { ts_code },
        );
        return rows.map((row) => ["trade_date", ...columns].map((name) => row[name]));
      }

      test("hfq is each price times the factor of its day; volume, turnover and percent change stay as they are", async () => {
        await store(code, [[monday, 10, 2.5]]);
        const columns = [...prices, "change", "pct_chg", "vol", "amount", "adj_factor", "factor_carried"];
        const numbers = ["27.50000", "30.00000", "22.50000", "25.00000", "23.75000", "1.25000"];
        expect(await read("stock_daily_hfq", columns)).toEqual([
          [monday, ...numbers, "1.25", "300.5", "4000.125", "2.5", false],
        ]);
      });

      test("a day without a factor takes the latest before it and says so", async () => {
        await store(code, [
          [monday, 10, 2],
          [tuesday, 10, null],
          [wednesday, 10, null],
          [thursday, 10, 3],
        ]);
        expect(await read("stock_daily_hfq", ["close", "adj_factor", "factor_carried"])).toEqual([
          [monday, "20.00000", "2", false],
          [tuesday, "20.00000", "2", true],
          [wednesday, "20.00000", "2", true],
          [thursday, "30.00000", "3", false],
        ]);
      });

      test("before the first factor of a code there is no adjusted price: no later factor and no other code's factor is used", async () => {
        await store("600518.SH", [[monday, 10, 5]]);
        await store(code, [
          [tuesday, 10, null],
          [wednesday, 10, 2],
        ]);
        await store("600520.SH", [[monday, 10, 7]]);
        const columns = ["close", "change", "adj_factor", "factor_carried"];
        expect(await read("stock_daily_hfq", columns)).toEqual([
          [tuesday, null, null, null, false],
          [wednesday, "20.00000", "1.00000", "2", false],
        ]);
        expect(await read("stock_daily_qfq", columns)).toEqual([
          [tuesday, null, null, null, false],
          [wednesday, "10.00000", "0.50000", "2", false],
        ]);
      });

      test("a code without any factor keeps its days, without adjusted prices and without a base", async () => {
        await store("600518.SH", [[monday, 10, 5]]);
        await store(code, [[monday, 10, null]]);
        expect(await read("stock_daily_hfq", ["close", "vol"])).toEqual([[monday, null, "300.5"]]);
        const columns = ["close", "vol", "base_date", "base_factor"];
        expect(await read("stock_daily_qfq", columns)).toEqual([[monday, null, "300.5", null, null]]);
        expect(await read(`stock_daily_qfq_at('${thursday}')`, columns)).toEqual([
          [monday, null, "300.5", null, null],
        ]);
      });

      test("qfq leaves the prices of the newest day with a factor unchanged, and returns that day as the base", async () => {
        await store(code, [
          [monday, 30, 2],
          [tuesday, 20, 3],
          [wednesday, 21, null],
        ]);
        const columns = [...prices, "change", "adj_factor", "factor_carried", "base_date", "base_factor"];
        expect(await read("stock_daily_qfq", columns)).toEqual([
          [
            monday,
            "20.66667",
            "21.33333",
            "19.33333",
            "20.00000",
            "19.66667",
            "0.33333",
            "2",
            false,
            tuesday,
            "3",
          ],
          [
            tuesday,
            "21.00000",
            "22.00000",
            "19.00000",
            "20.00000",
            "19.50000",
            "0.50000",
            "3",
            false,
            tuesday,
            "3",
          ],
          [
            wednesday,
            "22.00000",
            "23.00000",
            "20.00000",
            "21.00000",
            "20.50000",
            "0.50000",
            "3",
            true,
            tuesday,
            "3",
          ],
        ]);
      });

      test("qfq at a given day uses that day as the base for earlier and later days", async () => {
        await store(code, [
          [monday, 30, 2],
          [tuesday, 20, 3],
          [thursday, 10, 6],
        ]);
        const at = (day: string) =>
          read(`stock_daily_qfq_at('${day}')`, ["close", "pre_close", "base_date", "base_factor"]);
        expect(await at(tuesday)).toEqual([
          [monday, "20.00000", "19.66667", tuesday, "3"],
          [tuesday, "20.00000", "19.50000", tuesday, "3"],
          [thursday, "20.00000", "19.00000", tuesday, "3"],
        ]);
        expect(await at(wednesday)).toEqual(await at(tuesday)); // no bar that day: the day before is the base
        expect(await at(monday)).toEqual([
          [monday, "30.00000", "29.50000", monday, "2"],
          [tuesday, "30.00000", "29.25000", monday, "2"],
          [thursday, "30.00000", "28.50000", monday, "2"],
        ]);
        expect(await at("2030-01-01")).toEqual(
          await read("stock_daily_qfq", ["close", "pre_close", "base_date", "base_factor"]),
        );
        expect((await at("2024-01-01")).map((row) => row.slice(1))).toEqual(
          Array.from({ length: 3 }, () => [null, null, null, null]),
        );
      });

      test("the base day of the function is a parameter like any other, and each code has its own base", async () => {
        await store(code, [[monday, 30, 2]]);
        await store("600520.SH", [[tuesday, 20, 3]]);
        const rows = await on.database.run(
          `select ts_code, cast(base_date as text) as base_date
from stock_daily_qfq_at(cast(:base_day as date))
order by ts_code`,
          { base_day: wednesday },
        );
        expect(rows).toEqual([
          { ts_code: code, base_date: monday },
          { ts_code: "600520.SH", base_date: tuesday },
        ]);
      });

      test("ETFs are adjusted like stocks, and the same join finds them", async () => {
        await store("510300.SH", [
          ["2024-01-17", 3.294, 1.182],
          ["2024-01-18", 3.273, 1.208],
        ]);
        await store(code, [["2024-01-17", 30, 2]]);
        await on.client.query(
          "insert into stock_info (ts_code, name, is_etf) values ('510300.SH', 'ETF', 'Y'), ($1, 'stock', 'N')",
          [code],
        );
        const { rows } = await on.client.query(
          `select hfq.close as hfq, qfq.close as qfq from stock_daily_hfq as hfq
         join stock_daily_qfq as qfq using (ts_code, trade_date) join stock_info using (ts_code)
         where is_etf = 'Y' order by trade_date`,
        );
        expect(rows).toEqual([
          { hfq: "3.89351", qfq: "3.22310" },
          { hfq: "3.95378", qfq: "3.27300" },
        ]);
      });

      test("a tie at the sixth decimal is rounded away from zero, as TuShare does", async () => {
        await store(code, [[monday, 1.23, 1.0005]]); // 1.230615
        expect(await read("stock_daily_hfq", ["close"])).toEqual([[monday, "1.23062"]]);
      });

      test("a factor of zero is never used as the base, so it cannot fail a query over the whole market", async () => {
        await store(code, [
          [monday, 30, 2],
          [tuesday, 20, 0],
        ]);
        const expected = [
          [monday, "30.00000", monday],
          [tuesday, "0.00000", monday],
        ];
        expect(await read("stock_daily_qfq", ["close", "base_date"])).toEqual(expected);
        expect(await read(`stock_daily_qfq_at('${tuesday}')`, ["close", "base_date"])).toEqual(expected);
      });

      describe("of twelve codes with 500 days each, one of them delisted long ago", () => {
        beforeEach(async () => {
          await on.client.query(
            `insert into stock_daily (ts_code, trade_date, close, adj_factor)
           select lpad(code::text, 6, '0') || '.SZ', date '2020-01-01' + day - case when code = 1 then 1000 else 0 end,
             10, nullif(1 + day % 25, 7)
           from generate_series(1, 500) as day, generate_series(1, 12) as code`,
          );
          await on.client.query("analyze stock_daily");
        });
        const between = "trade_date between '2020-02-01' and '2020-03-31'"; // 60 days
        const day = "trade_date = '2020-02-01'"; // none has a factor of its own

        test.each([
          ["one code", "ts_code = '000005.SZ'", 500, 1_100],
          ["the delisted code", "ts_code = '000001.SZ'", 500, 1_100],
          ["some codes", "ts_code in ('000003.SZ', '000005.SZ')", 1_000, 2_200],
          ["some days of one code", `ts_code = '000005.SZ' and ${between}`, 60, 800],
          ["one day of the market", day, 11, 60],
        ])(
          "%s is read by the indexes, without a look at the rest of the table",
          async (_what, where, rows, most) => {
            for (const from of ["stock_daily_hfq", "stock_daily_qfq", "stock_daily_qfq_at('2020-12-31')"]) {
              const plan = await rowsTouched(`select * from ${from} where ${where}`);
              expect(plan.rows, from).toBe(rows);
              expect(plan.touched, from).toBeLessThanOrEqual(most);
              expect(plan.scans, from).not.toContain("Seq Scan");
            }
            expect((await rowsTouched("select * from stock_daily_hfq")).touched).toBeGreaterThanOrEqual(
              6_000,
            );
          },
        );

        /** How many stored bars a query read, and with which kinds of scan, by its plan. */
        async function rowsTouched(sql: string) {
          const { rows } = await on.client.query(`explain (analyze, costs off, format json) ${sql}`);
          const top = rows[0]["QUERY PLAN"][0].Plan as PlanNode;
          const scans = nodesOf(top).filter((node) => node["Relation Name"] === "stock_daily");
          const touched = scans.map(
            (node) => node["Actual Loops"] * (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)),
          );
          return {
            rows: top["Actual Rows"],
            touched: touched.reduce((sum, count) => sum + count, 0),
            scans: scans.map((node) => node["Node Type"]),
          };
        }
      });
    },
  );
}

type PlanNode = {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
};

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
