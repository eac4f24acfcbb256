// Adjusted prices beside TuShare's own, where captured answers are available: every price of every row, to five decimals.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { databaseKinds, opened } from "./support/postgres-database.ts";

const captured = join(import.meta.dirname, "..", "..", "shared", "data");
const isHere = existsSync(join(captured, "stk_factor_prices__63_SZ_stocks_2024.csv.gz"));
if (!isHere) console.warn("skipped: the captured answers are not beside the project");

const prices = ["open", "high", "low", "close", "pre_close"];
const days500 = "20230925_20251023.csv";
/** The base day: any day after the last bar, in place of the day on which the 63 stocks were captured. */
const captureDay = "2026-01-05";

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined || !isHere)(
    `adjusted prices beside TuShare's, on ${engine}${missing ? ` (${missing})` : ""}`,
    () => {
      const on = opened(openMigrated);
      beforeEach(async () => {
        // Compiling the comparison takes a server ten times as long as comparing 500 rows.
        await on.client.query("set jit = off");
        await on.client.query("truncate stock_daily");
        await on.client.query("drop table if exists theirs");
      });

      test.each([
        ["600519.SH", `ts_code_600519.SH_${days500}`],
        ["002594.SZ", `ts_code_002594.SZ_${days500}`],
      ])("hfq and qfq of %s equal TuShare's on all 500 days", async (_code, slice) => {
        await storeBars(`daily__${slice}`, `adj_factor__${slice}`);
        await storeTheirs(`stk_factor_prices__${slice}`);
        expect(await compare("stock_daily_qfq")).toEqual(equalOn(500));
        expect(await compare("stock_daily_qfq_at('2025-10-23')")).toEqual(equalOn(500));
        expect((await compare("stock_daily_qfq_at('2023-09-25')")).different).not.toBeNull();
      });

      test("hfq and qfq of 63 stocks equal TuShare's on all 15,054 rows of 2024, the base after the last of them", async () => {
        const slice = "63_SZ_stocks_2024.csv";
        await storeBars(`daily__${slice}.gz`, `adj_factor__${slice}`);
        await storeTheirs(`stk_factor_prices__${slice}.gz`);
        await storeBaseDay();
        expect(await compare("stock_daily_qfq")).toEqual(equalOn(15_054));
        expect(await compare(`stock_daily_qfq_at('${captureDay}')`)).toEqual(equalOn(15_054));
        expect((await compare("stock_daily_qfq_at('2024-12-31')")).different).not.toBeNull();
      });

      test("the adjusted prices of an ETF do not jump at a distribution, where the unadjusted ones do", async () => {
        await storeBars(`fund_daily__ts_code_510300.SH_${days500}`, `fund_adj__ts_code_510300.SH_${days500}`);
        const { rows } = await on.client.query(
          `select count(*)::int as days,
             (max(abs(adjusted / adjusted_before - 1)) < 0.001) as adjusted_goes_on,
             (max(abs(unadjusted / unadjusted_before - 1)) > 0.02) as unadjusted_jumps
           from (
             select hfq.pre_close as adjusted, lag(hfq.close) over day as adjusted_before,
               bar.pre_close as unadjusted, lag(bar.close) over day as unadjusted_before
             from stock_daily_hfq as hfq join stock_daily as bar using (ts_code, trade_date)
             window day as (order by trade_date)
           ) as pair`,
        );
        expect(rows).toEqual([{ days: 500, adjusted_goes_on: true, unadjusted_jumps: true }]);
      });

      async function storeBars(daily: string, factors: string): Promise<void> {
        await on.client.query(
          `insert into stock_daily (ts_code, trade_date, open, high, low, close, pre_close, adj_factor)
           select ts_code, to_date(trade_date, 'YYYYMMDD'), ${prices.map((price) => `${price}::numeric`).join(", ")},
             factor.adj_factor::numeric
           from ${rowsOf(daily)} join ${rowsOf(factors, "factor")} using (ts_code, trade_date)`,
        );
      }

      async function storeTheirs(file: string): Promise<void> {
        await on.client.query(
          `create temporary table theirs as
           select ts_code, to_date(trade_date, 'YYYYMMDD') as trade_date,
             ${prices.map((price) => `${price}_hfq::numeric, ${price}_qfq::numeric`).join(", ")}
           from ${rowsOf(file)}`,
        );
      }

      /** `different` is the first row in which any of the ten prices differs. */
      async function compare(qfq: string): Promise<{ compared: number; different: string | null }> {
        // Without statistics of rows just stored, a server compares every row with every other.
        await on.client.query("analyze stock_daily, theirs");
        const { rows } = await on.client.query(
          `select count(*)::int as compared,
             min(theirs.ts_code || ' ' || theirs.trade_date) filter (where
               (${prices.map((price) => `hfq.${price}, qfq.${price}`).join(", ")}) is distinct from
               (${prices.map((price) => `theirs.${price}_hfq, theirs.${price}_qfq`).join(", ")})) as different
           from theirs
           left join stock_daily_hfq as hfq using (ts_code, trade_date)
           left join ${qfq} as qfq using (ts_code, trade_date)`,
        );
        return rows[0];
      }

      /**
       * Their base is the factor of a day that no file holds. It is the one number of four decimals that puts every
       * close of a stock within half of its fifth decimal; the other four prices then check it.
       */
      async function storeBaseDay(): Promise<void> {
        const { rowCount } = await on.client.query(
          `insert into stock_daily (ts_code, trade_date, close, adj_factor)
           select ts_code, $1, 1, ceil(lowest * 10000) / 10000
           from (
             select ts_code,
               max(bar.close * bar.adj_factor / (close_qfq + 0.000005)) as lowest,
               min(bar.close * bar.adj_factor / (close_qfq - 0.000005)) as highest
             from theirs join stock_daily as bar using (ts_code, trade_date)
             group by ts_code
           ) as base
           where ceil(lowest * 10000) = floor(highest * 10000)`,
          [captureDay],
        );
        expect(rowCount).toBe(63);
      }
    },
  );
}

function equalOn(rows: number) {
  return { compared: rows, different: null };
}

/** A captured file as rows of text. These files have no quoted cell and no character that SQL must escape. */
function rowsOf(file: string, alias = "cells"): string {
  const bytes = readFileSync(join(captured, file));
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trim();
  const [header = "", ...lines] = text.split("\n");
  const names = header.split(",");
  const columns = names.map(
    (_name, at) => `'{${lines.map((line) => line.split(",")[at]).join(",")}}'::text[]`,
  );
  return `unnest(${columns.join(", ")}) as ${alias} (${names.join(", ")})`;
}
