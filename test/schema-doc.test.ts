// The schema page: it says what the database says, whatever the engine, and a schema that does not explain itself is refused.
import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentationGaps, schemaDocument } from "../docs/schema-document.ts";
import { notes } from "../docs/schema-notes.ts";
import { type Catalog, readCatalog, type SchemaColumn } from "../schema/read-schema.ts";
import type { TestDatabase } from "./support/database.ts";
import { databaseKinds } from "./support/postgres-database.ts";

const page = readFileSync(new URL("../docs/schema.md", import.meta.url), "utf8").replaceAll("\r\n", "\n");

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(
    `the schema page, on ${engine}${missing ? ` (${missing})` : ""}`,
    () => {
      let database: TestDatabase;
      let client: pg.Client;
      const read = async (sql: string) => (await client.query(sql)).rows;
      beforeAll(async () => {
        database = await openMigrated();
        client = new pg.Client({ connectionString: database.url });
        await client.connect();
      });
      afterAll(async () => {
        await client?.end();
        await database?.close();
      });

      test("is what the migrations and their comments give; if not, `npm run docs` writes it again", async () => {
        expect(await schemaDocument(read)).toBe(page);
      });

      test.each(notes.map(({ name, sql }) => [name, sql]))("asks %s a query that runs", async (name, sql) => {
        expect(sql).toContain(name);
        await client.query(sql);
      });

      test("changes with a new column, and is refused while that column says nothing", async () => {
        await client.query("begin");
        await client.query("alter table trade_cal add column session_hours numeric");
        await expect(schemaDocument(read)).rejects.toThrow("trade_cal.session_hours: has no comment");
        await client.query("comment on column trade_cal.session_hours is 'How long it is open'");
        await expect(schemaDocument(read)).rejects.toThrow(
          /trade_cal\.session_hours: .* names no unit, expected/,
        );
        await client.query("comment on column trade_cal.session_hours is 'How long it is open, in days'");
        expect(await schemaDocument(read)).toContain(
          "| session_hours | numeric | null | How long it is open",
        );
        await client.query("rollback");
      });

      test("draws every table and view, and every one has its section", async () => {
        const { relations, functions } = await readCatalog(read);
        const [, drawn = ""] = /```mermaid\n([\s\S]*?)```/.exec(page) ?? [];
        expect(relations.length).toBeGreaterThan(10);
        for (const { name } of relations) {
          expect(drawn).toMatch(new RegExp(`^  ${name}( \\{)?$`, "m"));
          expect(page).toContain(`\n## ${name}\n`);
        }
        for (const { call } of functions) expect(page).toContain(`\n## ${call}\n`);
        const line =
          /^(erDiagram| {2}\w+( \{)?| {4}\w+ \w+ [PU]?K?(, )?(FK)?| {2}\}| {2}\w+ \S+ \w+ : "[\w, ]+"|)$/;
        expect(drawn.split("\n").filter((text) => !line.test(text))).toEqual([]);
      });
    },
  );
}

describe("a schema that does not explain itself", () => {
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
      ...{ comment, columns: [{ ...column, ...changes }], indexes: [], rules: [], foreignKeys: [] },
    };
    const catalog: Catalog = { relations: [relation], functions: [] };
    return documentationGaps(catalog).filter((gap) => gap.startsWith("thing"));
  };
  const noNote = "thing: has no note in docs/schema-notes.ts with a query";

  test.each<[what: string, changes: Partial<SchemaColumn>, gap: RegExp]>([
    ["a column without a comment", { comment: null }, /^thing\.close: has no comment$/],
    ["a column with an empty comment", { comment: "" }, /^thing\.close: has no comment$/],
    ["a number without a unit", { comment: "Price" }, /^thing\.close: 'Price' names no unit, expected CNY/],
    ["a date that is no day", { type: "date", comment: "Listing" }, /does not say which day it is$/],
    ["a time that is no moment", { type: "timestamptz", comment: "Stored" }, /does not say when$/],
  ])("is refused by name: %s", (_what, changes, gap) => {
    expect(gapsWith(changes)).toEqual([expect.stringMatching(gap), noNote]);
  });

  test("is refused for a table without a comment or without a query, and for a note on nothing", () => {
    expect(gapsWith({})).toEqual([noNote]);
    expect(gapsWith({}, null)).toEqual(["thing: has no comment", noNote]);
    expect(documentationGaps({ relations: [], functions: [] })).toContain(
      "stock_info: is in docs/schema-notes.ts but not in the schema",
    );
    expect(documentationGaps({ relations: [], functions: [] })).toContain(
      "stock_daily (trade_date): is referred to in docs/schema-notes.ts but not in the schema",
    );
  });
});
