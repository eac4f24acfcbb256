// Reading a whole table through the Data API, in pages by its key, also when the key has nulls.
import { afterAll, beforeAll, expect, test } from "vitest";
import { marks } from "../cli/export-lines.ts";
import { countRows, exportableOf, exportables, readColumns, readLines } from "../cli/export-table.ts";
import { messagesFor } from "../cli/messages/choose.ts";
import { nextPageRows, openSql, type Sql } from "../cli/sql.ts";
import { parseCsv } from "../local/tushare/csv.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { simulatedOrigin } from "../shared/catalogue/origin.ts";
import { csvLine } from "../shared/reads/csv.ts";
import { linesOfDataset } from "../shared/reads/datasets.ts";
import { textCell } from "../shared/reads/lines.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";
import { testTarget } from "./support/target.ts";

const t = messagesFor({ LANG: "C" });
let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await migratedDatabase();
  sql = openSql(testTarget(simulatedOrigin({ seed: 1, stocks: 60 })), t, {
    stop: new AbortController().signal,
    timeoutSeconds: 30,
  });
});
afterAll(async () => {
  sql.close();
  await database.close();
});

/** The rows as a program reads them, in the chunks in which they came. */
async function readAll(table: string, more: { codes?: string[]; from?: string } = {}) {
  const columns = await readColumns(sql, table, t);
  const chunks: string[] = [];
  const selection = { table, from: more.from, to: undefined, codes: more.codes };
  const total = await countRows(sql, selection);
  let lines = 0;
  for await (const chunk of readLines(sql, selection, columns, "cells", total)) {
    chunks.push(chunk.text);
    lines += chunk.lines;
  }
  const rows = chunks
    .join("")
    .split(marks.row)
    .slice(0, -1)
    .map((row) => row.split(marks.cell).map((cell) => (cell === marks.none ? null : cell)));
  expect([lines, rows.length]).toEqual([total, total]);
  return { columns, chunks, rows };
}

test("each row comes once, in the order of a key that has nulls, over several pages", async () => {
  // Three versions of each report: one without an announcement date, then two with the same date.
  await database.run(`insert into fina_indicator (ts_code, end_date, ann_date, update_flag, eps)
select lpad(cast(code as text), 6, '0') || '.SZ', date '2023-12-31', ann_date, update_flag, code
from generate_series(1, 700) as code
cross join (values (cast(null as date), cast(null as text)), ('2024-03-01', null), ('2024-03-01', '1')) as version (ann_date, update_flag)`);
  const { chunks, rows, columns } = await readAll("fina_indicator");
  expect(chunks.length).toBeGreaterThan(2);
  expect(rows).toHaveLength(2_100);
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  const keys = rows.map((row) =>
    ["ts_code", "end_date", "ann_date", "update_flag"].map((name) => row[at(name)] ?? "").join(" "),
  );
  expect(new Set(keys).size).toBe(2_100);
  expect([...keys].sort()).toEqual(keys);

  const some = await readAll("fina_indicator", { codes: ["000007.SZ", "000009.SZ"], from: "20230101" });
  expect(some.rows).toHaveLength(6);
  expect((await readAll("fina_indicator", { from: "20240101" })).rows).toEqual([]);
});

test("a page that is too large because its rows are wide is read again in smaller pages", async () => {
  await database.run(`insert into trade_cal (exchange, cal_date, is_open)
select 'SSE', date '1990-12-19' + day, 1
from generate_series(1, 600) as day`);
  await database.run(`insert into stock_info (ts_code, name, fullname, is_etf)
select lpad(cast(code as text), 6, '0') || '.SZ', 'n', case when code > 450 then repeat('x', 30000) end, 'N'
from generate_series(1, 600) as code`);
  const { rows, chunks } = await readAll("stock_info");
  expect(new Set(rows.map(([code]) => code)).size).toBe(600);
  expect(Math.max(...chunks.map((text) => Buffer.byteLength(text)))).toBeLessThan(1024 * 1024);
  expect((await readAll("trade_cal")).rows).toHaveLength(600);
});

/** As `query --format csv` writes the same rows: a cell at a time, in this process. */
async function cellByCell(table: string, columns: Awaited<ReturnType<typeof readColumns>>, order: string) {
  const lines: string[] = [];
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  for await (const page of sql.readPages(`select ${names} from ${table} order by ${order}`))
    lines.push(...page.rows.map((row) => csvLine(row, columns)));
  return lines.join("");
}

async function asLines(table: string) {
  const columns = await readColumns(sql, table, t);
  const selection = { table, from: undefined, to: undefined, codes: undefined };
  const total = await countRows(sql, selection);
  let text = "";
  for await (const chunk of readLines(sql, selection, columns, "csv", total)) text += chunk.text;
  return { columns, text, total };
}

const nasty = [
  ...[
    "",
    " ",
    "=1+1",
    '=HYPERLINK("x","y")',
    "-",
    "--",
    "-1.5",
    "-1e-7",
    "+3",
    "-A1",
    "@SUM(A1)",
    "＝1",
    "－１",
    "'=1",
    "'quoted'",
  ],
  ...[
    'a "quoted" word',
    '"',
    "a,b",
    "line\nbreak",
    "carriage\rreturn",
    "tab\there",
    "\t=1",
    "*ST 海航",
    "𠮷野",
    "back\\slash",
    "\\N",
    "null",
  ],
];

test("the database writes the same bytes as this process, also for texts that are hard to write", async () => {
  await database.run("truncate stock_info");
  await database.run(
    `insert into stock_info (ts_code, name, fullname, is_etf)
select lpad(cast(place as text), 6, '0') || '.SZ', 'n', text, 'N'
from jsonb_array_elements_text(cast(:texts as jsonb)) with ordinality as given (text, place)`,
    {
      texts: JSON.stringify(nasty),
    },
  );
  await database.run(
    "insert into stock_info (ts_code, name, fullname, is_etf) values ('999999.SH', 'n', null, 'N')",
  );
  const { columns, text, total } = await asLines("stock_info");
  expect(total).toBe(nasty.length + 1);
  expect(text).toBe(await cellByCell("stock_info", columns, "ts_code"));

  await database.run(
    `update fina_indicator set eps = 1e-30, dt_eps = -123456789012345678901234567890.000001`,
  );
  const reports = await asLines("fina_indicator");
  expect(reports.columns.length).toBeGreaterThan(100);
  const order = "ts_code, end_date, ann_date nulls first, update_flag nulls first";
  expect(reports.text).toBe(await cellByCell("fina_indicator", reports.columns, order));
});

test("a table of many pages is read in several parts at once, and each row comes once and in order", async () => {
  await database.run(`insert into stock_daily (ts_code, trade_date, open, close, vol)
select lpad(cast(code * 7 as text), 6, '0') || '.SZ', date '2022-01-01' + day, code + 0.10, day, code * day
from generate_series(1, 90) as code cross join generate_series(1, 300) as day`);
  const { columns, text, total } = await asLines("stock_daily");
  expect(total).toBe(27_000);
  expect(text).toBe(await cellByCell("stock_daily", columns, "ts_code, trade_date"));
  const some = { table: "stock_daily", from: "20220601", to: "20220602", codes: ["000070.SZ", "000007.SZ"] };
  let chosen = "";
  for await (const chunk of readLines(sql, some, columns, "csv", await countRows(sql, some)))
    chosen += chunk.text;
  expect(chosen.split("\r\n").map((line) => line.slice(0, 20))).toEqual([
    ...["000007.SZ,2022-06-01", "000007.SZ,2022-06-02", "000070.SZ,2022-06-01", "000070.SZ,2022-06-02", ""],
  ]);
});

const columnsOf = (type: string) => [{ type }];

test.each([
  ["=1+1"],
  ['=HYPERLINK("http://x","y")'],
  ["+cmd|' /C calc'!A0"],
  ["-2+3+cmd|' /C calc'!A0"],
  ["-A1"],
  ["@SUM(A1)"],
  ["\t=1"],
  ["\r=1"],
  ["＝1+1"],
  ["－1+1"],
  ["'=1"],
])("the text %j is shown by a spreadsheet, not run, in CSV", async (text) => {
  for (const line of [csvLine([text], columnsOf("text")), await written(text)]) {
    expect(line.trimEnd().replace(/^"/, "")[0]).toBe("'");
    expect(parseCell(line)).toBe(`'${text}`);
  }
});

test.each([
  ["-1.5", "numeric"],
  ["-1.5", "text"],
  ["+3", "text"],
  ["-1e-7", "float8"],
  ["-Infinity", "double precision"],
  ["-1 days", "interval"],
  ["2024-01-31", "date"],
  ["-", "text"],
  ["--", "text"],
  ["*ST 海航", "text"],
  ["600519.SH", "text"],
  ["'quoted'", "text"],
])("%j of type %s is the same in CSV, and when it is read again", async (text, type) => {
  expect(parseCell(csvLine([text], columnsOf(type)))).toBe(text);
  if (type === "text") expect(parseCell(await written(text))).toBe(text);
});

/** The cell as the database writes it. */
async function written(text: string): Promise<string> {
  const [row] = await database.run(
    `select ${textCell("given.text")} as cell from (select cast(:text as text) as text) as given`,
    { text },
  );
  return String(row?.cell);
}

/** As a reader of RFC 4180 sees it; the lines of the project's own reader do not hold a bare carriage return. */
function parseCell(line: string): string | undefined {
  const text = line.replace(/\r?\n$/, "");
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : parseCsv(line)[0]?.[0];
}

test("every table of the catalogue, and every view made of them, can be exported", async () => {
  for (const { table } of Object.values(datasets)) expect(Object.keys(exportables)).toContain(table);
  for (const [table, { key, day, codes }] of Object.entries(exportables)) {
    const { columns } = await readAll(table, codes === undefined ? {} : { codes: ["000001.SZ"] });
    const names = columns.map(({ name }) => name);
    const own = key.filter((name) => name !== "ctid"); // the place of a row, where no key is unique
    expect(names).toEqual(expect.arrayContaining([...own, ...(day === undefined ? [] : [day])]));
  }
});

test.each([
  [10, 1_000, 10, 100],
  [100, 800_000, 100, 50],
  [5_000, 100, 5_000, 5_000],
  [1, 900_000, 1, 1],
  [10, 2, 0, 100],
])("%i rows asked for, %i bytes in %i rows: next %i", (asked, bytes, rows, next) => {
  expect(nextPageRows(asked, { bytes, rows: Array.from({ length: rows }) })).toBe(next);
});

test("rows with the same key are read once each over all pages, where no key is unique", async () => {
  const trades: Dataset = {
    ...datasets.suspend_d,
    ...{ table: "trades", key: ["ts_code", "trade_date"], replacesSlice: true },
  };
  Object.assign(exportables, { trades: exportableOf(trades) });
  await database.run("create table trades (like suspend_d including defaults)");
  await database.run(`insert into trades (ts_code, trade_date, suspend_type, suspend_timing)
select '000001.SZ', date '2024-01-05', 'S', case when place % 2 = 0 then cast(place as text) end
from generate_series(1, 3000) as place`);
  await database.run("insert into trades select * from trades"); // equal in every column
  try {
    const { rows } = await readAll("trades");
    expect(rows).toHaveLength(6_000);
    expect(new Set(rows.map((row) => row.join())).size).toBe(1_501);
    const wanted = { offset: 0 };
    const seen: string[] = [];
    for (let page = await linesOfDataset(database, trades, wanted, "csv", 700); ; ) {
      seen.push(page.text);
      if (page.last === undefined) break;
      page = await linesOfDataset(database, trades, { offset: Number(page.last) }, "csv", 700);
    }
    expect(seen.join("").trim().split("\n")).toHaveLength(6_000);
  } finally {
    delete (exportables as Record<string, unknown>).trades; // other files share this process
    await database.run("drop table trades");
  }
});
