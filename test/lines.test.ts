// Lines of CSV that the database writes: the same rows as the named queries, over as many answers as they need.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linesAsCsv } from "../shared/api/table.ts";
import type { Database } from "../shared/ports.ts";
import {
  type Adjustment,
  adjustments,
  type DailyRow,
  dailyColumns,
  dailyOfCode,
  dailyOfDay,
  linesOfCode,
  linesOfDay,
} from "../shared/reads/daily.ts";
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

/** Page by page, as for JSON. */
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
  const rows = await byPages((last) =>
    dailyOfDay(database, { trade_date, is_etf: undefined, after: last?.ts_code }, 1_000),
  );
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
