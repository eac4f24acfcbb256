// A dataset's table follows from its file: the migrations create what the catalogue declares, and the next migration
// is generated from the difference.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differenceOf } from "../schema/changes.ts";
import { inOrder, readDatasetFiles } from "../schema/dataset-files.ts";
import { migrationOf } from "../schema/migration.ts";
import { type Catalog, readCatalog } from "../schema/read-schema.ts";
import { type DatasetFile, tablesOf } from "../schema/tables.ts";
import { statementsOf } from "../shared/ledger/migrate.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";
import { inventedFile } from "./support/invented-dataset.ts";
import { databaseKinds } from "./support/postgres-database.ts";

const files = inOrder(await readDatasetFiles());
const nothing = { changes: [], refusals: [] };

/** Its rows have no key of their own, and every kind of column. */
const events = inventedFile({
  file: "invented-events.ts",
  spec: {
    table: "invented_events",
    key: ["ts_code", "trade_date", "reason"],
    replacesSlice: true,
    main: {
      name: "invented_events",
      columns: [
        { name: "ts_code", type: "code", required: true },
        { name: "trade_date", type: "day", required: true },
        { name: "suspended", type: "flag" },
        { name: "reason", type: "text" },
      ],
      answers: ["date"],
      points: 120,
      rowCap: 5_000,
    },
    constants: { kind: "S" },
    indexes: [["kind", "trade_date"]],
  },
  words: {
    columns: {
      ts_code: ["none", "TuShare code", "代码"],
      trade_date: ["none", "Trading day", "交易日"],
      suspended: ["none", "1 while it is suspended", "停牌为 1"],
      reason: ["none", "Why; null when nobody says", "原因；未说明时为空"],
      kind: ["none", "Always S", "恒为 S"],
    },
  },
});

/** Part of its key may be null. */
const reports = inventedFile({
  file: "invented-reports.ts",
  spec: {
    table: "invented_reports",
    main: {
      ...inventedFile().spec.main,
      columns: [
        { name: "ts_code", type: "code", required: true },
        { name: "trade_date", type: "day" },
      ],
    },
  },
  words: {
    columns: { ts_code: ["none", "TuShare code", "代码"], trade_date: ["none", "Trading day", "交易日"] },
  },
});

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let database: TestDatabase;
    let client: pg.Client;
    beforeAll(async () => {
      database = await openMigrated();
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
    });
    afterAll(async () => {
      await client?.end();
      await database?.close();
    });
    const catalog = () => readCatalog(async (sql) => (await client.query(sql)).rows);
    const run = async (text: string) => {
      for (const statement of statementsOf(text)) await database.run(statement);
    };

    test("the migrations give every table, column, key, index and comment of the catalogue, and no others; if not, npm run make-migration", async () => {
      expect(differenceOf(tablesOf(files), await catalog())).toEqual(nothing);
    });

    test("new datasets get the tables they declare; the down migration removes them, and the up can be applied again", async () => {
      const wanted = tablesOf([...files, inventedFile(), events, reports]);
      const before = await catalog();
      const { changes, refusals } = differenceOf(wanted, before);
      expect(refusals).toEqual([]);
      const { up, down } = migrationOf("add_invented", changes, []);
      await run(up.text);
      expect(differenceOf(wanted, await catalog())).toEqual(nothing);
      await run(down.text);
      expect(await catalog()).toEqual(before);
      await run(up.text);
      expect(differenceOf(wanted, await catalog())).toEqual(nothing);
      await run(down.text);
    });

    test("a table grows: columns, indexes, comments of the table and of the views that repeat them", async () => {
      const grown = files.map((file): DatasetFile => {
        if (file.file !== "stock-daily.ts") return file;
        const { spec, words } = file;
        const main = {
          ...spec.main,
          columns: [...spec.main.columns, { name: "swing", type: "number" as const }],
        };
        const columns = {
          ...words.columns,
          swing: ["percent", "How far the author's price swung", "振幅"] as const,
          close: ["CNY", "Last price", "收盘价"] as const,
        };
        return {
          file: file.file,
          spec: { ...spec, main, indexes: [...(spec.indexes ?? []), ["swing"]] },
          words: { ...words, about: { en: "Prices", zh: "行情" }, columns },
        };
      });
      const before = await catalog();
      const { changes, refusals } = differenceOf(tablesOf(grown), before);
      expect(refusals).toEqual([]);
      const { up, down } = migrationOf("add_swing", changes, []);
      expect(statementsOf(up.text)).toEqual([
        "comment on table stock_daily is 'Prices'",
        "comment on column stock_daily.close is 'Last price, CNY'",
        "comment on column stock_daily_current.close is 'Last price, CNY'",
        "comment on column stock_daily_with_factor.close is 'Last price, CNY'",
        "alter table stock_daily add column swing numeric",
        "comment on column stock_daily.swing is 'How far the author''s price swung, percent'",
        "create index stock_daily_by_swing on stock_daily (swing)",
      ]);
      await run(up.text);
      expect(differenceOf(tablesOf(grown), await catalog())).toEqual(nothing);
      await run(down.text);
      expect(await catalog()).toEqual(before);
    });
  });
}

describe("what a new dataset's migration says", () => {
  const none: Catalog = { relations: [], functions: [] };
  const upsOf = (file: DatasetFile) => differenceOf(tablesOf([file]), none).changes.map(({ up }) => up);

  test("codes byte by byte, a primary key, an index that begins with the day, and every comment with its measure", () => {
    expect(upsOf(inventedFile())).toEqual([
      `create table invented_daily (
  ts_code text collate "C" not null,
  trade_date date not null,
  close numeric not null,
  vol numeric,
  stored_at timestamptz not null default now(),
  constraint invented_daily_key primary key (ts_code, trade_date)
)`,
      "create index invented_daily_by_trade_date_ts_code on invented_daily (trade_date, ts_code)",
      "comment on table invented_daily is 'Prices of nothing'",
      "comment on column invented_daily.ts_code is 'TuShare code of the author''s own'",
      "comment on column invented_daily.trade_date is 'Trading day'",
      "comment on column invented_daily.close is 'Closing level, index points'",
      "comment on column invented_daily.vol is 'Volume, lots of 100 shares; null when nothing was traded'",
      "comment on column invented_daily.stored_at is 'When this row was stored or last changed here'",
    ]);
  });

  test("no unique key where an answer replaces its slice, and a rule for a flag", () => {
    const [table, ...others] = upsOf(events);
    expect(table).toContain("suspended smallint,\n");
    expect(table).toContain("kind text not null,\n");
    expect(table).toContain("constraint invented_events_suspended check (suspended in (0, 1))");
    expect(table).not.toContain("invented_events_key");
    expect(others.filter((up) => up.startsWith("create index"))).toEqual([
      "create index invented_events_by_kind_trade_date on invented_events (kind, trade_date)",
      "create index invented_events_by_ts_code_trade_date on invented_events (ts_code, trade_date)",
      "create index invented_events_by_trade_date_ts_code on invented_events (trade_date, ts_code)",
    ]);
  });

  test("a key that treats nulls as equal, where a part of it may be null", () => {
    expect(upsOf(reports)[0]).toContain(
      "constraint invented_reports_key unique nulls not distinct (ts_code, trade_date)",
    );
  });
});

describe("a difference that a person has to decide on is refused with its reason, and no migration is written", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    const database = await migratedDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    catalog = await readCatalog(async (sql) => (await client.query(sql)).rows);
    await client.end();
    await database.close();
  });

  const changed = (change: (spec: DatasetFile["spec"]) => Partial<DatasetFile["spec"]>) =>
    files.map((file) =>
      file.file === "disclosure.ts" ? { ...file, spec: { ...file.spec, ...change(file.spec) } } : file,
    );
  const columns = (change: (column: DatasetFile["spec"]["main"]["columns"][number]) => object) =>
    changed(({ main }) => ({
      main: { ...main, columns: main.columns.map((column) => ({ ...column, ...change(column) })) },
    }));

  test.each<[what: string, files: DatasetFile[], refusal: RegExp]>([
    [
      "a column that went",
      changed(({ main }) => ({ main: { ...main, columns: main.columns.slice(0, -1) } })),
      /^the column disclosure_date\.modify_date is in no dataset's file: its rows would be lost$/,
    ],
    [
      "a column of another type",
      columns(({ name }) => (name === "pre_date" ? { type: "text" } : {})),
      /^disclosure_date\.pre_date is date in the database and text in the catalogue$/,
    ],
    [
      "a column that becomes required",
      columns(({ name }) => (name === "pre_date" ? { required: true } : {})),
      /^disclosure_date\.pre_date may be null in the database/,
    ],
    [
      "a new column that is required",
      changed(({ main }) => ({
        main: { ...main, columns: [...main.columns, { name: "more", type: "text", required: true }] },
      })),
      /^disclosure_date\.more is required, but stored rows have no value/,
    ],
    [
      "another key",
      changed(() => ({ key: ["ts_code", "end_date", "ann_date"] })),
      /^disclosure_date has the key \(ts_code, end_date\) in the database and the key \(ts_code, end_date, ann_date\)/,
    ],
    [
      "a key given up",
      changed(() => ({ replacesSlice: true })),
      /^disclosure_date has the key \(ts_code, end_date\) in the database and no key/,
    ],
    [
      "an index that went",
      changed(() => ({ indexes: [["end_date"]] })),
      /^the index disclosure_date_by_actual_date \(actual_date\) of disclosure_date is in no dataset's/,
    ],
    [
      "a file that went",
      files.filter(({ file }) => file !== "disclosure.ts"),
      /^the table disclosure_date belongs to no dataset/,
    ],
    [
      "a table of the ledger's name",
      [...files, inventedFile({ spec: { table: "sync_task" } })],
      /^sync_task is a table of the ledger$/,
    ],
  ])("%s", (_what, given, refusal) => {
    expect(differenceOf(tablesOf(given), catalog).refusals).toContainEqual(expect.stringMatching(refusal));
  });

  test("a column that is no longer required loses its rule, and the down migration restores the rule", () => {
    const loosened = files.map((file) =>
      file.file === "stock-list.ts" || file.file === "etf-list.ts"
        ? { ...file, spec: withoutRequired(file.spec, "name") }
        : file,
    );
    expect(differenceOf(tablesOf(loosened), catalog)).toEqual({
      changes: [
        {
          up: "alter table stock_info alter column name drop not null",
          down: "alter table stock_info alter column name set not null",
        },
      ],
      refusals: [],
    });
  });
});

function withoutRequired(spec: DatasetFile["spec"], name: string): DatasetFile["spec"] {
  const columns = spec.main.columns.map((column) => {
    const { required: _, ...optional } = column;
    return column.name === name ? optional : column;
  });
  return { ...spec, main: { ...spec.main, columns } };
}
