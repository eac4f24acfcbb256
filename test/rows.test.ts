// A reply's fields and items -> checked rows: columns by the header, numbers with their exact digits, or an error.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Column, columnsOf, type InterfaceSpec, text } from "../shared/catalogue/dataset.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { SyncError } from "../shared/errors.ts";
import type { Page } from "../shared/ports.ts";
import {
  ExactNumber,
  foldByKey,
  join,
  pick,
  type RowRule,
  readPages,
  type Table,
} from "../shared/rows/rows.ts";

const asked = { answers: ["date"], points: 0 } as const;
const spec: InterfaceSpec = {
  ...asked,
  name: "daily",
  columns: [
    { name: "ts_code", type: "code", required: true },
    { name: "trade_date", type: "day", required: true },
    { name: "close", type: "number", required: true },
    { name: "vol", type: "number" },
  ],
  rowCap: 6_000,
};
const fields = ["ts_code", "trade_date", "close", "vol"];
const row = ["600519.SH", "20240102", 1_685.01, 32_156.44];

function page(items: readonly (readonly unknown[])[], header: readonly string[] = fields): Page {
  return { fields: header, items, hasMore: false };
}

function read(pages: readonly Page[], rule?: RowRule): Table {
  return readPages(spec, pages, "daily 20240102", rule);
}

describe("columns are found by the header", () => {
  const expected = {
    ts_code: ["600519.SH"],
    trade_date: ["20240102"],
    close: [1685.01],
    vol: [32156.44],
  };

  test.each<[string, Page]>([
    ["in the requested order", page([row])],
    ["in another order", page([[...row].reverse()], [...fields].reverse())],
    ["among columns that were not requested", page([["x", ...row, null]], ["extra", ...fields, "more"])],
    ["at the first of two of one name", page([[...row, 9]], [...fields, "close"])],
  ])("%s", (_where, reply) => {
    expect(read([reply])).toEqual({ columns: expected, size: 1 });
  });

  test("of each page by itself", () => {
    const other = ["000001.SZ", "20240102", 9.21, null];
    const table = read([page([row]), page([], []), page([[...other].reverse()], [...fields].reverse())]);
    expect(table.size).toBe(2);
    expect(table.columns.close).toEqual([1685.01, 9.21]);
    expect(table.columns.vol).toEqual([32156.44, ""]);
  });

  test("and a reply without rows needs none", () => {
    const nothing = { columns: { ts_code: [], trade_date: [], close: [], vol: [] }, size: 0 };
    expect(read([])).toEqual(nothing);
    expect(read([page([], [])])).toEqual(nothing);
  });
});

/** [type, value as JSON gave it, what is stored; undefined: refused] */
const cells: [Column["type"], unknown, string | undefined][] = [
  ["number", 9.21, "9.21"],
  ["number", 0, "0"],
  ["number", -0, "0"],
  ["number", -3.5, "-3.5"],
  ["number", 1e-12, "1e-12"],
  ["number", 1e308, "1e+308"],
  ["number", 9_007_199_254_740_991, "9007199254740991"],
  ["number", new ExactNumber("9007199254740993"), "9007199254740993"],
  ["number", new ExactNumber("0.123456789012345678901234567890"), "0.123456789012345678901234567890"],
  ["number", null, ""],
  ["number", "", ""],
  ["number", Number.NaN, undefined],
  ["number", Number.POSITIVE_INFINITY, undefined],
  ["number", Number.NEGATIVE_INFINITY, undefined],
  ["number", "12.30", undefined],
  ["number", "NaN", undefined],
  ["number", "-", undefined],
  ["number", "--", undefined],
  ["number", "None", undefined],
  ["number", "1,234.5", undefined],
  ["number", " ", undefined],
  ["number", true, undefined],
  ["number", [1], undefined],
  ["number", { text: "1" }, undefined],
  ["day", "20240102", "20240102"],
  ["day", null, ""],
  ["day", "", ""],
  ["day", "0", undefined],
  ["day", "20240230", undefined],
  ["day", "2024-01-02", undefined],
  ["day", 20_240_102, undefined],
  ["code", "600519.SH", "600519.SH"],
  ["code", "4920017.BJ", "4920017.BJ"],
  ["code", "T00018.SH", "T00018.SH"],
  ["code", "600519", undefined],
  ["code", "600519.SH,000001.SZ", undefined],
  ["code", "'; drop table stock_daily; --", undefined],
  ["code", 600_519, undefined],
  ["text", "贵州茅台", "贵州茅台"],
  ["text", '*ST 某, "A" \'; --', '*ST 某, "A" \'; --'],
  ["text", "𠮷", "𠮷"],
  ["text", "", ""],
  ["text", null, ""],
  ["text", "a\u0000b", undefined],
  ["text", "a\u001fb", undefined],
  ["text", "a\nb\tc\r", "a\nb\tc\r"],
  ["text", "a\u0085b", undefined],
  ["text", "\ud842", undefined],
  ["text", 5, undefined],
  ["text", new ExactNumber("9007199254740993"), undefined],
  ["flag", 0, "0"],
  ["flag", 1, "1"],
  ["flag", "0", "0"],
  ["flag", "1", "1"],
  ["flag", 2, undefined],
  ["flag", true, undefined],
  ["flag", "Y", undefined],
  ["flag", null, ""],
];

test.each(cells)("a %s that is %j is stored as %j, or refused", (type, value, stored) => {
  const one: InterfaceSpec = { ...asked, name: "any", columns: [{ name: "cell", type }], rowCap: 10 };
  const readOne = () => readPages(one, [page([[value]], ["cell"])], "any");
  if (stored !== undefined) expect(readOne().columns.cell?.map(String)).toEqual([stored]);
  else expect(readOne).toThrow(/any row 1 \(\): cell is .*, expected /);
});

test("every number of up to 15 digits is stored with its own digits", () => {
  const digits = fc.tuple(fc.bigInt({ min: -999_999_999_999_999n, max: 999_999_999_999_999n }), fc.nat(20));
  fc.assert(
    fc.property(digits, ([whole, places]) => {
      const text = `${whole}e-${places}`;
      const table = read([page([["600519.SH", "20240102", JSON.parse(text), null]])]);
      expect(decimal(String(table.columns.close?.[0]))).toBe(decimal(text));
    }),
  );
});

test.each<[string, Page[], string]>([
  [
    "a wanted column missing",
    [page([["600519.SH", "20240102", 9]], ["ts_code", "trade_date", "close"])],
    "daily 20240102: reply has no column vol, only ts_code,trade_date,close",
  ],
  [
    "a column renamed",
    [page([row], ["ts_code", "trade_date", "close", "volume"])],
    "daily 20240102: reply has no column vol, only ts_code,trade_date,close,volume",
  ],
  [
    "a row shorter than the header",
    [page([row, row.slice(0, 3)])],
    "daily 20240102 row 2: 3 values, expected 4",
  ],
  ["a row longer than the header", [page([[...row, 1]])], "daily 20240102 row 1: 5 values, expected 4"],
  [
    "a required value missing",
    [page([row, ["000001.SZ", "20240102", null, 1]])],
    'daily 20240102 row 2 ("000001.SZ" "20240102"): close is missing',
  ],
  [
    "a required value empty",
    [page([["", "20240102", 9, 1]])],
    'daily 20240102 row 1 ("" "20240102"): ts_code is missing',
  ],
  [
    "a value of another kind, on the second page",
    [page([row]), page([["000001.SZ", "20240102", "--", 1]])],
    'daily 20240102 row 2 ("000001.SZ" "20240102"): close is "--", expected a JSON number or null',
  ],
  [
    "a value of a megabyte",
    [page([["000001.SZ", "20240102", "x".repeat(1_000_000), 1]])],
    `daily 20240102 row 1 ("000001.SZ" "20240102"): close is "${"x".repeat(59)}, expected a JSON number or null`,
  ],
])("%s refuses the whole answer for good, naming the row and what was expected", (_what, pages, message) => {
  expect(errorOf(() => read(pages))).toMatchObject({ kind: "permanent", scope: "unit", message });
});

test("a rule sees the checked row, and its reason refuses the answer", () => {
  const rule: RowRule = (cell) =>
    cell("ts_code") === "000001.SZ" ? `vol ${cell("vol")} is not his` : undefined;
  expect(read([page([row])], rule).size).toBe(1);
  const other = page([row, ["000001.SZ", "20240102", 9, 77]]);
  expect(errorOf(() => read([other], rule)).message).toBe(
    'daily 20240102 row 2 ("000001.SZ" "20240102"): vol 77 is not his',
  );
});

describe("rows of one key", () => {
  const table = (...rows: [string, string, string, string][]): Table => ({
    columns: Object.fromEntries(
      fields.map((name, at) => [name, rows.map((cellsOfRow) => cellsOfRow[at] ?? "")]),
    ),
    size: rows.length,
  });

  test("become the row with the most values, in the place of the first", () => {
    const folded = foldByKey(
      table(["A.SH", "20240102", "1", ""], ["B.SH", "20240102", "2", "5"], ["A.SH", "20240102", "3", "7"]),
      ["ts_code", "trade_date"],
    );
    expect(folded).toEqual(table(["A.SH", "20240102", "3", "7"], ["B.SH", "20240102", "2", "5"]));
  });

  test("become the first row when all have equally many values", () => {
    const twice = table(["A.SH", "20240102", "1", ""], ["A.SH", "20240102", "2", ""]);
    expect(foldByKey(twice, ["ts_code", "trade_date"])).toEqual(table(["A.SH", "20240102", "1", ""]));
  });

  test("are distinguished by every column of the key", () => {
    const apart = table(
      ["A.SH", "20240102", "1", ""],
      ["A.SH", "20240103", "1", ""],
      ["B.SH", "20240102", "1", ""],
    );
    expect(foldByKey(apart, ["ts_code", "trade_date"])).toBe(apart);
  });
});

describe("the interfaces of a dataset", () => {
  const dataset: Dataset = {
    ...datasets.stock_daily,
    main: spec,
    details: [
      {
        ...asked,
        name: "adj_factor",
        columns: [...spec.columns.slice(0, 2), number("adj_factor")],
        rowCap: 6_000,
      },
      {
        ...asked,
        name: "daily_basic",
        columns: [...spec.columns.slice(0, 2), number("pe"), number("pb")],
        rowCap: 6_000,
      },
    ],
  };
  const main = read([page([row, ["000001.SZ", "20240102", 9.21, null]])]);
  const factors: Table = {
    columns: {
      ts_code: ["000001.SZ", "430139.BJ", "600519.SH"],
      trade_date: ["20240102", "20240102", "20240103"],
      adj_factor: ["116.7", "1", "7.9"],
    },
    size: 3,
  };

  test("are joined by key, with nulls where a detail has no such row, and only the rows of the main interface", () => {
    const values: Table = {
      columns: { ts_code: ["600519.SH"], trade_date: ["20240102"], pe: ["33.7"], pb: [""] },
      size: 1,
    };
    expect(join(dataset, main, [factors, values])).toEqual({
      columns: {
        ...main.columns,
        adj_factor: ["", "116.7"],
        pe: ["33.7", ""],
        pb: ["", ""],
      },
      size: 2,
      // Each row lacks one of the interfaces, and the second of them has too few rows.
      unsaid: { columns: ["pe", "pb"], rows: new Set([0, 1]) },
    });
  });

  test("fill every stored column, also when a detail has no rows", () => {
    const table = join(dataset, main, [factors]);
    expect(Object.keys(table.columns).sort()).toEqual(
      columnsOf(dataset)
        .map(({ name }) => name)
        .sort(),
    );
    for (const column of Object.values(table.columns)) expect(column).toHaveLength(2);
  });

  test("join to nothing when the main one has no rows", () => {
    const table = join(dataset, read([]), [factors]);
    expect(table.size).toBe(0);
    for (const column of Object.values(table.columns)) expect(column).toEqual([]);
  });
});

test("some rows of a table are picked in the requested order", () => {
  const table: Table = { columns: { a: ["1", "2", "3"], b: ["x", "y", "z"] }, size: 3 };
  expect(pick(table, [2, 0])).toEqual({ columns: { a: ["3", "1"], b: ["z", "x"] }, size: 2 });
});

function number(name: string): Column {
  return { name, type: "number" };
}

/** A decimal as its digits and the place of the last, without leading and trailing zeros. */
function decimal(text: string): string {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  let digits = BigInt(whole + fraction);
  let place = Number(exponent) - fraction.length;
  if (digits === 0n) return "0";
  while (digits % 10n === 0n) {
    digits /= 10n;
    place += 1;
  }
  return `${digits}e${place}`;
}

function errorOf(act: () => unknown): SyncError {
  try {
    act();
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test.each([
  ["2002-06-28", "20020628"],
  ["20020628", "20020628"],
  [null, ""],
])("a day that may have dashes is stored as a day: %s", (value, stored) => {
  const columns = [{ name: "cell", type: "day", dashes: true }] as const;
  const one: InterfaceSpec = { ...asked, name: "any", columns, rowCap: 10 };
  expect(readPages(one, [page([[value]], ["cell"])], "any").columns.cell).toEqual([stored]);
  expect(() => readPages(one, [page([["2002-6-28"]], ["cell"])], "any")).toThrow(/cell is/);
});

test("a column that an answer may lack is null, and any other one is missed", () => {
  const columns = [{ name: "old", type: "text", mayLack: true }, ...text("new")] as const;
  const one: InterfaceSpec = { ...asked, name: "any", columns, rowCap: 10 };
  expect(readPages(one, [page([["x"], ["y"]], ["new"])], "any").columns).toEqual({
    old: ["", ""],
    new: ["x", "y"],
  });
  expect(() => readPages(one, [page([["x"]], ["old"])], "any")).toThrow(/new/);
});
