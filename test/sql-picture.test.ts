// The picture of a statement's rows, without a browser.
import { expect, test } from "vitest";
import { wordsFor } from "../local/page/choose-words.ts";
import { drawResult } from "../local/page/picture.ts";

const [english, chinese] = [wordsFor("en"), wordsFor("zh-CN")];

/** Types and names of the columns as "date day, numeric close". */
function draw(head: string, rows: (string | null)[][], more: { isCut?: boolean } = {}, words = english) {
  const columns = head.split(", ").map((each) => {
    const [type = "", name = ""] = each.split(" ");
    return { type, name };
  });
  return drawResult({ columns, rows, isCut: false, width: 640, ...more }, words)?.markup;
}
const pathsOf = (markup = "") => [...markup.matchAll(/<path d="([^"]*)"/g)].map(([, path = ""]) => path);

test("numbers of days are lines from the oldest to the newest day, whatever the order of the rows", () => {
  const rows = [
    ["2024-01-05", "12.5"],
    ["2024-01-02", "10"],
    ["2024-01-03", "11"],
  ];
  const picture = draw("date trade_date, numeric close", rows);
  expect(pathsOf(picture)).toHaveLength(1);
  expect(pathsOf(picture)).toEqual(pathsOf(draw("date trade_date, numeric close", rows.toReversed())));
  expect(picture).toMatch(/aria-label="trade_date, 2024-01-02 to 2024-01-05: close from 10 to 12\.5/);
  expect(draw("date trade_date, numeric close", rows, {}, chinese)).toContain("close 从 10 到 12.5");
});

test("times with and without a zone are in their order", () => {
  for (const zone of ["", "+08", "+05:30", ".123456-03"]) {
    const rows = ["09:30:00", "10:30:00", "11:30:00"].map((clock, at) => [
      `2024-01-02 ${clock}${zone}`,
      `${at}`,
    ]);
    expect(pathsOf(draw("timestamptz at, int4 n", rows)), zone).toEqual(["M64 198L346 105L628 12"]);
  }
});

test("a null, NaN or Infinity interrupts the line, and a value alone is a dot", () => {
  const days = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"];
  for (const gap of [null, "NaN", "Infinity"]) {
    const values = ["1", "2", gap, "3", gap];
    const picture = draw(
      "date day, float8 value",
      days.map((day, at) => [day, values[at] ?? null]),
    );
    expect(pathsOf(picture)[0]?.match(/M/g)).toHaveLength(2);
    expect(picture?.match(/<circle/g)).toHaveLength(1);
  }
});

test("four columns are drawn at most, and those of another magnitude by themselves", () => {
  const rows = [
    ["1", "1", "2", "3e7", "4", "5"],
    ["2", "2", "3", "4e7", "5", "6"],
  ];
  const picture = draw("int4 n, numeric a, numeric b, numeric vol, numeric c, numeric d", rows);
  expect(picture?.match(/<svg class="ts-chart"/g)).toHaveLength(2);
  expect(pathsOf(picture)).toHaveLength(4);
  expect(picture).toContain("vol (millions) from 30 to 40");
  expect(picture).toContain("drawn: the first 4 of 5 number columns");
});

test.each([
  ["one row", "date day, numeric close", [["2024-01-02", "1"]]],
  ["nothing but nulls", "date day, numeric close", [[null, "1"], ["2024-01-02", null]]], // biome-ignore format: a table
  ["a day of several codes", "date day, text code, numeric close", [["2024-01-02", "a", "1"], ["2024-01-02", "b", "2"]]], // biome-ignore format: a table
  ["texts alone", "text name", [["a"], ["b"]]],
  ["a column of no number", "date day, text note", [["2024-01-02", "a"], ["2024-01-03", "b"]]], // biome-ignore format: a table
] as [string, string, (string | null)[][]][])("of %s there is no picture", (_, head, rows) => {
  expect(draw(head, rows)).toBeUndefined();
});

test("rows with names are bars, thirty at most, and below zero they end where the others begin", () => {
  const rows = Array.from({ length: 40 }, (_, at) => [`company ${at}`, "SSE", String(at - 10)]);
  const picture = draw("text name, text exchange, int8 gain", rows);
  expect(picture?.match(/class="sql-track"/g)).toHaveLength(30);
  expect(picture).toContain("company 29 · SSE");
  expect(picture).toContain("gain · drawn: the first 30 rows");
  expect(picture).toContain(
    'aria-label="gain of 30 rows: highest company 29 · SSE 19, lowest company 0 · SSE -10"',
  );
  const bars = [...(picture ?? "").matchAll(/class="sql-bar"( x="([\d.]+)")? width="([\d.]+)"/g)];
  const [lowest, , , , , , , , , , none, one] = bars.map(([, , x = "0", width]) => [
    Number(x),
    Number(width),
  ]);
  expect(lowest).toEqual([0, 34.48]);
  expect(none).toEqual([34.48, 0]);
  expect(one).toEqual([34.48, 3.45]);
});

test("bars are of the column that the rows are sorted by, of the first one where there is none", () => {
  const rows = [
    ["a", "5", "30", "1"],
    ["b", "9", "20", "1"],
    ["c", "7", "20", "1"],
  ];
  const head = "text name, numeric close, numeric total_mv, numeric same";
  expect(draw(head, rows)).toContain('aria-label="total_mv of 3 rows: highest a 30, lowest b 20"');
  expect(draw(head, [["z", "8", "25", "1"], ["y", "6", null, "1"], ...rows])).toContain(
    'aria-label="close of 5 rows',
  );
});

test("great numbers beside bars are counted in a unit that is named", () => {
  const rows = [
    ["a", "2345678901234.5"],
    ["b", null],
  ];
  const picture = draw("text name, numeric total_mv", rows);
  expect(picture).toContain("total_mv (billions) of 2 rows: highest a 2,345.68, lowest a 2,345.68");
  expect(draw("text name, numeric total_mv", rows, {}, chinese)).toContain("total_mv (亿)：最高 a 23,456.79");
});

test("rows that were cut are said to be", () => {
  const rows = [
    ["a", "1"],
    ["b", null],
  ];
  expect(draw("text name, numeric value", rows, { isCut: true })).toContain("drawn: the first 2 rows");
  expect(draw("text name, numeric value", rows)).not.toContain("drawn:");
});

test("names and columns are text, not markup", () => {
  const hostile = `<script>"'&`;
  for (const [head, first] of [
    ["text", [hostile, "b"]],
    ["date", ["2024-01-02", "2024-01-03"]],
  ] as const) {
    const columns = [
      { type: head, name: hostile },
      { type: "numeric", name: hostile },
    ];
    const rows = first.map((name, at) => [name, String(at)]);
    const picture = drawResult({ columns, rows, isCut: false, width: 300 }, english)?.markup;
    expect(picture).toContain("&lt;script&gt;&quot;&#39;&amp;");
    expect(picture).not.toContain("<script");
  }
});
