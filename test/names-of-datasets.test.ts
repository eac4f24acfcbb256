// A dataset is named in its own file, and elsewhere only in code about that dataset. Code that is not on this list works
// for every dataset.
import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";

const root = new URL("..", import.meta.url);

/** Files that may name a dataset or its table: which, and why. */
const places: readonly {
  readonly files: RegExp;
  readonly names: readonly string[] | "any";
  readonly why: string;
}[] = [
  {
    files: /^shared\/catalogue\/(datasets\/.*|dataset-files)\.ts$/,
    names: "any",
    why: "their own files, and the collection of these",
  },
  {
    files: /^shared\/catalogue\/dataset\.ts$/,
    names: ["finance"],
    why: "a set of datasets is called so too",
  },
  { files: /^shared\/reads\//, names: "any", why: "what people ask about prices, reports and lists" },
  { files: /^shared\/api\//, names: "any", why: "routes about prices, reports and lists" },
  {
    files: /^shared\/(coverage|ledger|rows)\//,
    names: ["trade_cal"],
    why: "open days, which every plan by day is made from",
  },
  {
    files: /^local\/tushare\//,
    names: "any",
    why: "the parts of a market must be consistent, so it is written by hand",
  },
  {
    files: /^cli\/commands\/(coverage|datasets|export|query|verify)\.ts$/,
    names: "any",
    why: "examples of the help",
  },
  { files: /^cli\/ways-in\.ts$/, names: ["stock_info"], why: "lines to copy, that work on any mirror" },
];

const tables = [...new Set(Object.values(datasets).map(({ table }) => table))];
const names = Object.keys(datasets).filter((name) => !tables.includes(name));
const files = globSync("{shared,functions,infra,local,cli}/**/*.{ts,js}", { cwd: root.pathname }).sort();

/** A table of one word, such as margin, is a word of English or CSS too: it counts in SQL and as a whole string. */
const [compound, words] = [
  tables.filter((table) => table.includes("_")),
  tables.filter((table) => !table.includes("_")),
];

/** A table wherever its name occurs; a dataset as a whole string or as an entry of the catalogue. */
function namedIn(file: string): string[] {
  const code = readFileSync(new URL(file, root), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$|(?<=[\s;{},])\/\/ .*$/gm, "")
    .replace(/\bfrom "[^"]*"/g, "");
  const table = new RegExp(`\\b(?:${compound.join("|")})\\b`, "g");
  const word = new RegExp(
    `(?:\\b(?:from|join|into|update|table) |(?<quote>["'\`]))(?<word>${words.join("|")})(?:\\k<quote>|\\b(?!["'\`]))`,
    "g",
  );
  const name = new RegExp(`(["'\`]|\\bdatasets\\.)(${names.join("|")})(?:\\1|\\b(?!["'\`]))`, "g");
  const found = [
    ...[...code.matchAll(table)].map(([name]) => name),
    ...[...code.matchAll(word)].map(({ groups }) => groups?.word ?? ""),
  ];
  return [...new Set([...found, ...[...code.matchAll(name)].map(([, , word = ""]) => word)])];
}

test.each(files)("%s names no dataset, or has a reason to", (file) => {
  const allowed = places.filter((place) => place.files.test(file)).flatMap((place) => place.names);
  expect(allowed.includes("any") ? [] : namedIn(file).filter((word) => !allowed.includes(word))).toEqual([]);
});

describe("the list of places", () => {
  test.each(places)("$files is still needed: $why", (place) => {
    const named = files.filter((file) => place.files.test(file)).flatMap(namedIn);
    expect(named.length).toBeGreaterThan(0);
    if (place.names !== "any") expect(named).toEqual(expect.arrayContaining([...place.names]));
  });
});

test("the names are found in files known to have them", () => {
  expect(namedIn("shared/api/coverage-routes.ts")).toEqual(
    expect.arrayContaining(["stock_daily", "etf_daily"]),
  );
  expect(namedIn("shared/reads/instruments.ts")).toContain("stock_info");
  expect(namedIn("shared/catalogue/datasets/margin.ts")).toContain("margin");
});
