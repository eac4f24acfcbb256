// Checks of a dataset's file: each missing or contradictory field is reported with file and field, before anything is written.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { withoutRemoved } from "../schema/collection.ts";
import { collection, datasetFilesText, readDatasetFiles } from "../schema/dataset-files.ts";
import { problemsOf } from "../schema/problems.ts";
import type { DatasetFile } from "../schema/tables.ts";
import { inventedFile } from "./support/invented-dataset.ts";

const files = await readDatasetFiles();
const { spec, words } = inventedFile();
const { main } = spec;
const [code, day, ...figures] = main.columns;

test("the catalogue's files lack nothing", () => {
  expect(files.length).toBeGreaterThan(6);
  expect(problemsOf(files)).toEqual([]);
  expect(problemsOf([...files, inventedFile()])).toEqual([]);
});

test("the generated list of the datasets is up to date; if not, npm run datasets writes it again", () => {
  expect(datasetFilesText(files)).toBe(readFileSync(collection, "utf8").replaceAll("\r\n", "\n"));
});

test("a file that cannot be loaded is reported by name with its error", async () => {
  const folder = pathToFileURL(`${mkdtempSync(join(tmpdir(), "datasets-"))}/`);
  writeFileSync(new URL("half-written.ts", folder), "export const spec = {");
  await expect(readDatasetFiles(folder)).rejects.toThrow(/^shared\/catalogue\/datasets\/half-written\.ts: /);
  rmSync(folder, { recursive: true });
});

/** The invented file with another interface. */
function asking(change: object): DatasetFile {
  return inventedFile({ spec: { main: { ...main, ...change } } });
}

/** The invented file with an additional column, or with other columns. */
function holding(...columns: readonly object[]): DatasetFile {
  return asking({ columns: [...main.columns, ...columns] });
}

function saying(columns: object): DatasetFile {
  return inventedFile({ words: { columns: { ...words.columns, ...columns } } });
}

/** The file before its author has written that part. */
function without(field: string): DatasetFile {
  const { [field as "title"]: _, ...rest } = spec;
  return { ...inventedFile(), spec: rest as typeof spec }; // as: an incomplete file, which the compiler would refuse
}

describe("is said by file and field:", () => {
  test.each<[what: string, file: DatasetFile, problem: RegExp]>([
    [
      "a file without a spec",
      { ...inventedFile(), spec: undefined } as unknown as DatasetFile,
      /exports no spec$/,
    ],
    [
      "a file without words",
      { ...inventedFile(), words: undefined } as unknown as DatasetFile,
      /exports no words/,
    ],
    ["a spec without a field", without("cadence"), /spec lacks cadence$/],
    ["a spec without its interface", without("main"), /spec lacks main$/],
    [
      "an interface without its cap",
      asking({ rowCap: undefined }),
      /the interface invented_daily lacks rowCap$/,
    ],
    ["a file's name", inventedFile({ file: "Invented_daily.ts" }), /named in small letters/],
    [
      "a title in one language",
      inventedFile({ spec: { title: { en: "Prices", zh: "Prices" } } }),
      /title has no Chinese$/,
    ],
    [
      "a table without words",
      inventedFile({ words: { about: { en: "", zh: "行情" } } }),
      /words\.about has no English$/,
    ],
    [
      "a set that is none",
      inventedFile({ spec: { set: "bonds" as "core" } }),
      /set is bonds, expected core, finance/,
    ],
    [
      "a cadence that is none",
      inventedFile({ spec: { cadence: "noon" as "night" } }),
      /cadence is noon, expected morning/,
    ],
    [
      "rules of completeness that are none",
      inventedFile({ spec: { expects: "all" as "some" } }),
      /expects is all, expected members/,
    ],
    [
      "a type that is none",
      holding({ name: "open", type: "numeric" }),
      /the column open is a numeric, expected code, text, day/,
    ],
    ["a page of TuShare's", inventedFile({ spec: { documentation: [] } }), /documentation names no page/],
    [
      "an interface without the key",
      asking({ columns: [code, ...figures] }),
      /lacks the key's column trade_date$/,
    ],
    [
      "an index on no column",
      inventedFile({ spec: { indexes: [["open"]] } }),
      /indexes names open, which is not a column$/,
    ],
    [
      "a day that is no column",
      inventedFile({ spec: { dayColumn: "day" } }),
      /dayColumn names day, which is not a column$/,
    ],
    [
      "a day that is no day",
      inventedFile({ spec: { dayColumn: "vol" } }),
      /dayColumn vol is a number, expected a day$/,
    ],
    [
      "days without a day",
      inventedFile({ spec: { dayColumn: undefined } as object }),
      /slices are days, and there is no dayColumn$/,
    ],
    [
      "codes of nobody",
      inventedFile({ spec: { slices: "codes", members: undefined } as object }),
      /slices are codes, and there are no members/,
    ],
    [
      "lists without lists",
      inventedFile({ spec: { slices: "lists" } }),
      /slices are lists, and there is no lists\(\)$/,
    ],
    ["ranges without a size", inventedFile({ spec: { slices: "ranges" } }), /there is no rangeDays$/],
    [
      "a slice that is not answered",
      asking({ answers: ["code"] }),
      /slices are days, and the interface invented_daily answers code only$/,
    ],
    [
      "slices of no kind",
      inventedFile({ spec: { slices: "weeks" as "days" } }),
      /slices is weeks, expected lists, days/,
    ],
    [
      "members of no list",
      inventedFile({ spec: { members: { list: "bond_list" } } }),
      /members name the list bond_list/,
    ],
    [
      "filings in no list",
      inventedFile({ spec: { filedIn: "filings" } }),
      /filedIn names filings, which is not a dataset$/,
    ],
    ["a column in it twice", holding(...figures), /the column close appears twice$/],
    [
      "a reserved word",
      holding({ name: "limit", type: "text" }),
      /limit is a reserved word in SQL: give the column another `name`, and `from: "limit"`$/,
    ],
    [
      "a name that begins with a digit",
      holding({ name: "1w", type: "number" }),
      /1w cannot be a name in SQL: give the column another `name`, and `from: "1w"`$/,
    ],
    [
      "a column without words",
      holding({ name: "amount", type: "number" }),
      /^invented_daily\.amount is described nowhere: give it \[measure, en, zh\] in words\.columns of invented-daily\.ts$/,
    ],
    [
      "words of no column",
      saying({ turnover: ["CNY", "Turnover", "成交额"] }),
      /words\.columns\.turnover describes no column$/,
    ],
    [
      "a number without a measure",
      saying({ vol: ["none", "Volume", "成交量"] }),
      /words\.columns\.vol is a number without a measure$/,
    ],
    [
      "a measure of no number",
      saying({ ts_code: ["lots", "Code", "代码"] }),
      /words\.columns\.ts_code has a measure but is not a number$/,
    ],
    [
      "a measure that is none",
      saying({ vol: ["barrels", "Volume", "成交量"] }),
      /has the measure barrels, expected one of/,
    ],
    [
      "a meaning without Chinese",
      saying({ vol: ["lots", "Volume", ""] }),
      /words\.columns\.vol has no Chinese$/,
    ],
    [
      "a day that is not said to be one",
      saying({ trade_date: ["none", "Date", "日期"] }),
      /trade_date does not say in English which day it is$/,
    ],
    [
      "a colon that looks like a parameter",
      saying({ vol: ["lots", "Volume :all", "成交量"] }),
      /has a colon before a letter/,
    ],
  ])("%s", (_what, file, problem) => {
    const problems = problemsOf([...files, file]);
    expect(problems).toContainEqual(expect.stringMatching(problem));
    expect(problems.filter((line) => !line.includes(file.file))).toEqual([]);
  });

  test("a column that two files of a table both describe or give different types, and a table with two keys", () => {
    const { spec: daily } = inventedFile();
    const twin = (change: object) =>
      inventedFile({ file: "twin.ts", spec: { ...daily, ...change }, words: { columns: {} } });
    const pair = (other: DatasetFile) => problemsOf([...files, inventedFile(), other]);
    expect(pair(twin({}))).toEqual([]);
    expect(pair({ ...twin({}), words })).toContain(
      "invented_daily.vol is described in each of invented-daily.ts, twin.ts: once is enough",
    );
    const retyped = { main: { ...main, columns: [code, day, { name: "vol", type: "text" }] } };
    expect(pair(twin(retyped))).toContain(
      "invented_daily.vol has two types, number and text: invented-daily.ts, twin.ts",
    );
    expect(pair(twin({ key: ["ts_code"] }))).toContain(
      "the table invented_daily has two keys: invented-daily.ts, twin.ts",
    );
  });
});

test("a file that is removed leaves the collection, so that what imports it still runs", () => {
  const before = readFileSync(collection, "utf8");
  const after = withoutRemoved(before, (file) => file !== "index-daily.ts");
  expect(after).not.toMatch(/index-daily\.ts|indexDaily\b/);
  expect(before.split("\n").length - after.split("\n").length).toBe(3);
  expect(withoutRemoved(before, () => true)).toBe(before);
});
