// The schema page: it agrees with the database on every engine, and a schema without comments is refused.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { schemaDocument } from "../docs/schema-document.ts";
import { documentationGaps } from "../docs/schema-gaps.ts";
import { notes } from "../docs/schema-notes.ts";
import { referencesOf } from "../docs/schema-references.ts";
import { inOrder, readDatasetFiles } from "../schema/dataset-files.ts";
import { type Catalog, readCatalog, type SchemaColumn } from "../schema/read-schema.ts";
import type { DatasetFile } from "../schema/tables.ts";
import { inventedFile } from "./support/invented-dataset.ts";
import { databaseKinds, opened } from "./support/postgres-database.ts";

const pageOf = (name: string) =>
  readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8").replaceAll("\r\n", "\n");
const pages = { en: pageOf("schema.md"), zh: pageOf("schema.zh.md") };
const files = inOrder(await readDatasetFiles());
const examples = files.flatMap(({ spec, words }) => (words.example ? [[spec.table, words.example.sql]] : []));

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(
    `the schema page, on ${engine}${missing ? ` (${missing})` : ""}`,
    () => {
      const on = opened(openMigrated);
      const read = async (sql: string) => (await on.client.query(sql)).rows;

      test("is generated from the migrations and their comments; if it is out of date, run `npm run docs`", async () => {
        expect(await schemaDocument(read, files, "en")).toBe(pages.en);
        expect(await schemaDocument(read, files, "zh")).toBe(pages.zh);
      });

      test.each([...examples, ...notes.map(({ name, sql }) => [name, sql])])(
        "asks %s a query that runs",
        async (name, sql) => {
          expect(sql).toContain(name);
          await on.client.query(sql);
        },
      );

      test("changes with a new column, and is refused while that column has no comment", async () => {
        await on.client.query("begin");
        await on.client.query("alter table trade_cal add column session_hours numeric");
        await expect(schemaDocument(read, files, "en")).rejects.toThrow(
          "trade_cal.session_hours: has no comment",
        );
        await on.client.query("comment on column trade_cal.session_hours is 'How long it is open'");
        await expect(schemaDocument(read, files, "en")).rejects.toThrow(
          /trade_cal\.session_hours: .* names no unit, expected/,
        );
        await on.client.query("comment on column trade_cal.session_hours is 'How long it is open, in days'");
        await expect(schemaDocument(read, files, "en")).rejects.toThrow(
          "'How long it is open, in days': has no Chinese in docs/schema-chinese.ts",
        );
        await on.client.query("comment on column trade_cal.session_hours is 'Operating cycle, days'"); // known elsewhere
        expect(await schemaDocument(read, files, "zh")).toContain(
          "| session_hours | numeric | 可空 |  | 营业周期（天） |",
        );
        await on.client.query("rollback");
      });

      test("draws every table and view, and each has a section", async () => {
        const { relations, functions } = await readCatalog(read);
        expect(relations.length).toBeGreaterThan(10);
        const line =
          /^(erDiagram| {2}\w+( \{)?| {4}\w+ \w+ [PU]?K?(, )?(FK)?| {2}\}| {2}\w+ \S+ \w+ : "[\p{L}_, ]+"|)$/u;
        for (const page of Object.values(pages)) {
          const [, drawn = ""] = /```mermaid\n([\s\S]*?)```/.exec(page) ?? [];
          for (const { name } of relations) {
            expect(drawn).toMatch(new RegExp(`^  ${name}( \\{)?$`, "m"));
            expect(page).toContain(`\n## ${name}\n`);
          }
          for (const { call } of functions) expect(page).toContain(`\n## ${call}\n`);
          expect(drawn.split("\n").filter((text) => !line.test(text))).toEqual([]);
        }
      });
    },
  );
}

describe("a schema with missing comments or notes", () => {
  const column: SchemaColumn = {
    name: "close",
    type: "numeric",
    collation: null,
    nullable: true,
    default: null,
    comment: "Price, CNY",
  };
  const gapsWith = (changes: Partial<SchemaColumn>, comment: string | null = "Things") => {
    const relation = {
      ...{ name: "thing", kind: "table" as const, key: [], keyKind: "PK" as const, reads: [] },
      ...{
        comment,
        columns: [{ ...column, ...changes }],
        indexes: [],
        rules: [],
        triggers: [],
        foreignKeys: [],
      },
    };
    const catalog: Catalog = { relations: [relation], functions: [] };
    return documentationGaps(catalog, []).filter((gap) => gap.startsWith("thing"));
  };
  const noNote = "thing: has no note in docs/schema-notes.ts with a query";

  test.each<[what: string, changes: Partial<SchemaColumn>, gap: RegExp]>([
    ["a column without a comment", { comment: null }, /^thing\.close: has no comment$/],
    ["a column with an empty comment", { comment: "" }, /^thing\.close: has no comment$/],
    ["a number without a unit", { comment: "Price" }, /^thing\.close: 'Price' names no unit, expected .*CNY/],
    ["a date that is no day", { type: "date", comment: "Listing" }, /does not say which day it is$/],
    ["a time that is no moment", { type: "timestamptz", comment: "Stored" }, /does not say when$/],
  ])("is refused by name: %s", (_what, changes, gap) => {
    expect(gapsWith(changes)).toEqual([expect.stringMatching(gap), noNote]);
  });

  test("is refused for a table without a comment or without a query, and for a note on nothing", () => {
    expect(gapsWith({})).toEqual([noNote]);
    expect(gapsWith({}, null)).toEqual(["thing: has no comment", noNote]);
    expect(documentationGaps({ relations: [], functions: [] }, [])).toContain(
      "sync_task: is in docs/schema-notes.ts but not in the schema",
    );
  });

  test("is refused while a comment has no Chinese", () => {
    const catalog = {
      relations: [],
      functions: [{ name: "f", call: "f()", returns: "date", body: "", comment: "New" }],
    };
    expect(documentationGaps(catalog, [])).toContain("'New': has no Chinese in docs/schema-chinese.ts");
  });
});

describe("rows that belong together", () => {
  const lines = (given: readonly DatasetFile[]) =>
    referencesOf(given).map(
      ({ table, columns, to }) => `${table} (${columns}) -> ${to.table} (${to.columns})`,
    );

  test("are identified by members, by the day for data by day, and by the list of filings", () => {
    const core = files.filter(({ spec }) => spec.place !== undefined); // the first ones of the catalogue
    expect(lines(core)).toEqual([
      "disclosure_date (ts_code) -> stock_info (ts_code)",
      "stock_daily (ts_code) -> stock_info (ts_code)",
      "stock_daily (trade_date) -> trade_cal (cal_date)",
      "fina_indicator (ts_code) -> stock_info (ts_code)",
      "fina_indicator (ts_code,end_date) -> disclosure_date (ts_code,end_date)",
      "sync_failure_record (task_id,sequence) -> sync_unit (task_id,sequence)",
    ]);
  });

  test("of a dataset without members are those of its day", () => {
    expect(lines([...files, inventedFile()])).toContain(
      "invented_daily (trade_date) -> trade_cal (cal_date)",
    );
  });
});
