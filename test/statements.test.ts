// Every statement the functions run reaches an index of the large tables: none of them is scanned, and none is sorted.
// `npm run bench -- --only statements` asks the same of twenty million rows and a million units.
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestDatabase, throughDataApi } from "./support/database.ts";
import { fillLargeMirror } from "./support/large-mirror.ts";
import { countRows, type Explained, explaining } from "./support/plans.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { statementsOf } from "./support/statements.ts";

const size = {
  ...{ stocks: 60, etfs: 20, days: 700, periods: 60 },
  runs: { finance: 80, stocks: 40, days: 6 },
};

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let database: TestDatabase;
    let sizes: ReadonlyMap<string, number>;
    beforeAll(async () => {
      const migrated = await openMigrated();
      // A plan is one row, longer than the service would return.
      database = await throughDataApi(migrated.url, () => migrated.close(), { rowBytes: 1_000_000 });
      await fillLargeMirror(database.url, size);
      sizes = await countRows(database);
    });
    afterAll(() => database?.close());

    const calledFrom = new Set<string>();

    test.each(statementsOf({ stocks: size.stocks, codesMax: 3 }))("$name", async ({ ask, readsMuch }) => {
      const plans: Explained[] = [];
      await ask(explaining(database, sizes, (explained) => plans.push(explained)));
      expect(plans).not.toEqual([]);
      for (const plan of plans) {
        expect(plan.faults, plan.sql).toEqual([]);
        if (readsMuch === undefined) expect(plan.muchRead, plan.sql).toEqual([]);
        calledFrom.add(plan.calledFrom);
      }
    });

    test("the list has every statement of shared/, each with its file and line", () => {
      expect([...calledFrom].sort()).toEqual(statementsInSource());
    });

    test("a query that needs a whole table is detected", async () => {
      const plans: Explained[] = [];
      const port = explaining(database, sizes, (explained) => plans.push(explained));
      await port.run("select sum(close) from stock_daily");
      await port.run("select unit_key from sync_unit order by attempts, selector limit 5");
      expect(plans.map(({ faults }) => faults)).toEqual([
        expect.arrayContaining(["scans stock_daily"]),
        expect.arrayContaining(["scans sync_unit", expect.stringMatching(/^sorts \d+ rows$/)]),
      ]);
    });
  });
}

/** The calls that run a statement, as `file:line`; but not those that migrate, and let the reader in, at a deployment. */
function statementsInSource(): string[] {
  const folder = new URL("../shared/", import.meta.url);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts") && !/^adapters\/|^ledger\/(migrate|reader)\.ts$/.test(name))
    .flatMap((name) =>
      readFileSync(new URL(name, folder), "utf8")
        .split("\n")
        .flatMap((line, at) =>
          /\b(database\.|await )run\((?!services)/.test(line) ? [`shared/${name}:${at + 1}`] : [],
        ),
    )
    .sort();
}
