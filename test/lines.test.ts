// Lines of CSV that the database writes: the same rows as the named queries, over as many answers as they need.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exactNumber } from "../shared/api/answers.ts";
import { linesAsCsv, pageAsJson } from "../shared/api/table.ts";
import type { Database } from "../shared/ports.ts";
import {
  type Adjustment,
  adjustments,
  type DailyRow,
  dailyColumns,
  dailyFigures,
  dailyOfCode,
  linesOfCode,
  linesOfDay,
  pageOfCode,
  pageOfDay,
} from "../shared/reads/daily.ts";
import { figuresSql, splitFigures } from "../shared/reads/figures.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";

let database: TestDatabase;
let asked = 0;
let counted: Pick<Database, "run">;
const trade_date = "20240105";

beforeAll(async () => {
  database = await migratedDatabase();
  counted = {
    run: (sql, parameters) => {
      asked += 1;
      return database.run(sql, parameters);
    },
  };
  // A whole market, with nulls, long numbers and negative ones; and one code of many days, some without a factor.
  await database.run(`insert into stock_daily (ts_code, trade_date, open, close, change, vol, adj_factor, pe, total_mv, circ_mv)
select lpad(cast(code as text), 6, '0') || '.SZ', date '2024-01-05', null, code / 7.0, -0.10, 1e15 + code, 1.5, code / 3.0, code * 1e9, null
from generate_series(1, 9000) as code`);
  await database.run(`insert into stock_daily (ts_code, trade_date, open, high, low, close, adj_factor, amount)
select '600519.SH', date '2000-01-01' + day, day + 0.5, day + 1, day, day + 0.25, case when day % 5 > 0 then 1 + day / 100.0 end, day / 3.0
from generate_series(1, 8000) as day`);
});
afterAll(() => database.close());

const csvOf = (adjust: Adjustment, rows: readonly DailyRow[]) =>
  rows
    .map(({ figures, ...row }) => {
      const cells = { ...row, ...figures } as Record<string, unknown>;
      return `${dailyColumns(adjust)
        .map((column) => cells[column] ?? "")
        .join(",")}\n`;
    })
    .join("");

/** The rows as JSON.stringify writes them, with every digit. */
const jsonOf = (rows: readonly DailyRow[]) =>
  JSON.stringify(
    rows.map(({ ts_code, trade_date, figures, ...adjusted }) => ({
      ...{ ts_code, trade_date },
      ...Object.fromEntries(Object.entries(figures).map(([column, digits]) => [column, exactNumber(digits)])),
      ...adjusted,
    })),
  );

/** Rows of the day after a code, by a plain statement. */
async function dailyOfDay(after: string, limit = 1_000): Promise<DailyRow[]> {
  const rows = await database.run(
    `select ts_code, ${figuresSql(dailyFigures, "bar")} from stock_daily_current as bar
where trade_date = to_date(:trade_date, 'YYYYMMDD') and ts_code > :after order by ts_code limit :limit`,
    { trade_date, after, limit },
  );
  return rows.map(({ ts_code, figures }) => ({
    ts_code: String(ts_code),
    trade_date,
    figures: splitFigures(dailyFigures, figures),
  }));
}

/** Page by page. */
async function byPages(read: (after: DailyRow | undefined) => Promise<DailyRow[]>): Promise<DailyRow[]> {
  const rows: DailyRow[] = [];
  for (;;) {
    const page = await read(rows.at(-1));
    rows.push(...page);
    if (page.length < 1_000) return rows;
  }
}

test("a market's day is the same as its pages, in several answers of less than 1 MiB", async () => {
  asked = 0;
  const { csv, count } = await linesAsCsv(dailyColumns("none"), (after) =>
    linesOfDay(counted as Database, { trade_date, is_etf: undefined, after }),
  );
  expect(asked).toBeGreaterThan(1);
  const rows = await byPages((last) => dailyOfDay(last?.ts_code ?? ""));
  expect(count).toBe(rows.length);
  expect(rows.length).toBeGreaterThan(8_900); // old codes of a security stand aside
  expect(csv).toBe(`${dailyColumns("none").join(",")}\n${csvOf("none", rows)}`);
});

describe.each(adjustments)("a code's whole life, adjusted %s", (adjust) => {
  test("is the same as its pages", async () => {
    const from = (day: string | undefined) => (day === undefined ? {} : { from: next(day) });
    const { csv } = await linesAsCsv(dailyColumns(adjust), (after) =>
      linesOfCode(database, "600519.SH", from(after), { adjust }),
    );
    const rows = await byPages((last) =>
      dailyOfCode(database, "600519.SH", from(last?.trade_date), { adjust }, 1_000),
    );
    expect(rows.length).toBe(8_000);
    expect(csv).toBe(`${dailyColumns(adjust).join(",")}\n${csvOf(adjust, rows)}`);
  });
});

function next(day: string): string {
  const date = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10).replaceAll("-", "");
}

test("nothing is only the head, and more answers than a response holds are an error", async () => {
  const nothing = await linesAsCsv(dailyColumns("none"), (after) =>
    linesOfDay(database, { trade_date: "20200101", is_etf: "Y", after }),
  );
  expect(nothing).toEqual({ csv: `${dailyColumns("none").join(",")}\n`, count: 0 });
  const endless = linesAsCsv(["a"], () => Promise.resolve({ text: "1\n", count: 1, last: "1" }));
  await expect(endless).rejects.toThrow("more than 7 rows");
});

describe("a page that the database writes as JSON", () => {
  test("of a market's day is what the rows are as objects, and its cursor leads to the rest", async () => {
    const rows = await dailyOfDay("", 500);
    const page = await pageOfDay(database, { trade_date, is_etf: undefined }, 500);
    expect(page.text).toBe(jsonOf(rows).slice(1, -1));
    expect(page.last).toBe(rows.at(-1)?.ts_code);
    const last = await pageOfDay(database, { trade_date, is_etf: undefined, after: "008990.SZ" }, 500);
    expect(JSON.parse(pageAsJson({ trade_date }, last))).toMatchObject({ trade_date, next_cursor: null });
    expect(last.count).toBe(10);
  });

  test.each([...adjustments.map((adjust) => ({ adjust })), { adjust: "qfq", base: "20000615" } as const])(
    "of a code is too, with factors that were carried and missing: %o",
    async (selection) => {
      const range = { from: "20000101", to: "20010101" };
      const rows = await dailyOfCode(database, "600519.SH", range, selection, 1_000);
      const page = await pageOfCode(database, "600519.SH", range, selection, 1_000);
      expect(page.text).toBe(jsonOf(rows).slice(1, -1));
      expect(page).toMatchObject({ count: 366, last: undefined });
    },
  );

  test("of a code without prices has no rows", async () => {
    const page = await pageOfCode(database, "600000.SH", {}, { adjust: "none" }, 10);
    expect(pageAsJson({ ts_code: "600000.SH" }, page)).toBe(
      '{"ts_code":"600000.SH","rows":[],"next_cursor":null}',
    );
  });
});
