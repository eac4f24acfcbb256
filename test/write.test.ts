// How an answer is written: in statements that fit the Data API's limits, in the same row order for every writer.
import { expect, test } from "vitest";
import type { Dataset } from "../shared/catalogue/datasets.ts";
import { writesOf } from "../shared/rows/write.ts";
import { stored } from "./support/invented-datasets.ts";

const selector = { by: "date", trade_date: "20240117" } as const;
const reviser = { taskId: "00000000-0000-4000-8000-000000000001", shareMax: 50 };

/** Rows in no order, of which every third lacks a timing, with enough text for several statements. */
function shuffled(count: number) {
  const at = Array.from({ length: count }, (_, row) => (row * 7_919) % count);
  const long = "時間".repeat(2_000);
  return {
    size: count,
    columns: {
      ts_code: at.map((row) => `${String(900_000 + Math.floor(row / 4))}.SH`),
      bar_day: at.map(() => "20240117"),
      timing: at.map((row) => (row % 4 === 0 ? "" : `${row % 4}${long}`)),
    },
  };
}

/** The keys of the rows that are written, in the order of the statements. */
function keysWritten(dataset: Dataset, count: number): string[][] {
  const { before, last } = writesOf(dataset, selector, shuffled(count), reviser);
  return [...before, last].map(({ parameters }) => {
    const [codes = [], timings = []] = [
      String(parameters.cells_ts_code).split(","),
      String(parameters.cells_timing).split("\u001f"),
    ];
    return codes.map((code, row) => `${code} ${timings[row]?.slice(0, 1)}`);
  });
}

test("the statements of a large answer lock its rows in the order of the key, nulls first", () => {
  const written = keysWritten(stored.foreign_pauses, 2_000);
  expect(written.length).toBeGreaterThan(2);
  expect(written.flat()).toHaveLength(2_000);
  expect(written.flat()).toEqual(written.flat().toSorted());
  const { sql } = writesOf(stored.foreign_pauses, selector, shuffled(8), reviser).last;
  expect(sql).toContain('order by ts_code collate "C", bar_day, timing collate "C" nulls first');
});

test("an answer that fits one statement is written in its own order", () => {
  const { before, last } = writesOf(stored.foreign_pauses, selector, shuffled(8), reviser);
  expect(before).toEqual([]);
  expect(String(last.parameters.cells_ts_code).split(",")).toEqual(shuffled(8).columns.ts_code);
});

test("rows of a slice that has none stored are inserted without looking for others", () => {
  const { sql } = writesOf(stored.foreign_pauses, selector, shuffled(8), reviser, true).last;
  expect(sql).not.toMatch(/on conflict|returning case/);
  expect(sql).toContain('order by ts_code collate "C", bar_day, timing collate "C" nulls first');
});
