// A slot of the baselines for the production worker: the same fetch, checks and join, then another way to store a day.
// It connects to PostgreSQL directly and writes no ledger. Argument: copy, rows or orm.
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { date, numeric, type PgColumn, pgTable, text } from "drizzle-orm/pg-core";
import pg, { type Connection, type Submittable } from "pg";
import { makeTushare } from "../shared/adapters/tushare.ts";
import { type Column, columnsOf, type InterfaceSpec, interfacesOf } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { foldByKey, join, type RowRule, readPages, type Table } from "../shared/rows/rows.ts";
import { fetchWhole } from "../shared/sync/fetch-whole.ts";
import { serveSlot } from "./slot-loop.ts";

const dataset = datasets.stock_daily;
const names = columnsOf(dataset).map(({ name }) => name);
const upstream = makeTushare({
  url: String(process.env.TUSHARE_URL),
  token: async () => "token-of-the-bench",
  clock: {
    now: () => new Date(),
    monotonic: () => performance.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  },
});
const client = new pg.Client({ connectionString: String(process.env.DATABASE_URL) });
await client.connect();

const ways: Readonly<Record<string, (table: Table) => Promise<void>>> = {
  copy: copyDay,
  rows: upsertRows,
  orm: saveObjects,
};
const store = ways[String(process.argv[2])];
if (store === undefined) throw new Error(`unknown baseline: ${process.argv[2]}`);
serveSlot(async (day) => await store(await fetchDay(day)));

async function fetchDay(day: string): Promise<Table> {
  const rule: RowRule = (cell) => (cell("trade_date") === day ? undefined : `not of ${day}`);
  const fetchTable = async (spec: InterfaceSpec) => {
    const selector = { by: "date", trade_date: day } as const;
    const pages = await fetchWhole(spec, selector, (params) => upstream.fetchPage(spec, params));
    return foldByKey(readPages(spec, pages, `${spec.name} ${day}`, rule), dataset.key);
  };
  const [main, ...details] = await Promise.all(interfacesOf(dataset).map(fetchTable));
  if (main === undefined) throw new Error(`${day} has no rows`);
  return join(dataset, main, details);
}

/** The text form of COPY. No cell of this dataset holds a character that needs an escape. */
async function copyDay(table: Table): Promise<void> {
  const columns = names.map((name) => table.columns[name] ?? []);
  let text = "";
  for (let row = 0; row < table.size; row += 1) {
    text += `${columns.map((cells) => (cells[row] === "" ? "\\N" : cells[row])).join("\t")}\n`;
  }
  await copyIn(`copy ${dataset.table} (${names.join(", ")}) from stdin`, Buffer.from(text));
}

/** pg has no COPY; this uses its documented extension point, and sends the whole text in one message. */
function copyIn(sql: string, bytes: Buffer): Promise<void> {
  type CopyConnection = {
    query(sql: string): void;
    sendCopyFromChunk(bytes: Buffer): void;
    endCopyFrom(): void;
  };
  return new Promise((resolve, reject) => {
    const query = {
      submit: (connection: Connection) => (connection as unknown as CopyConnection).query(sql),
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(bytes);
        connection.endCopyFrom();
      },
      handleCommandComplete() {},
      handleError: reject,
      handleReadyForQuery: () => resolve(),
    };
    client.query(query as Submittable);
  });
}

/** A statement and a round trip for each row, in one transaction a day, without a library in between. */
async function upsertRows(table: Table): Promise<void> {
  const values = names.filter((name) => !dataset.key.includes(name));
  const statement = `insert into ${dataset.table} (${names.join(", ")})
values (${names.map((_, at) => `$${at + 1}`).join(", ")})
on conflict (${dataset.key.join(", ")}) do update
set ${values.map((name) => `${name} = excluded.${name}`).join(", ")}, stored_at = now()`;
  const columns = names.map((name) => table.columns[name] ?? []);
  await client.query("begin");
  for (let row = 0; row < table.size; row += 1) {
    await client.query(
      statement,
      columns.map((cells) => (cells[row] === "" ? null : cells[row])),
    );
  }
  await client.query("commit");
}

/** The same through an object-relational mapper, as its documentation says to upsert an object. */
async function saveObjects(table: Table): Promise<void> {
  const asColumn = ({ name, type }: Column) =>
    type === "number" ? numeric(name) : type === "day" ? date(name) : text(name);
  const model = pgTable(
    dataset.table,
    Object.fromEntries(columnsOf(dataset).map((column) => [column.name, asColumn(column)])),
  );
  const values = names.filter((name) => !dataset.key.includes(name));
  const set = Object.fromEntries(values.map((name) => [name, sql.raw(`excluded.${name}`)]));
  const target = dataset.key.map((name) => model[name] as PgColumn);
  await drizzle({ client }).transaction(async (transaction) => {
    for (let row = 0; row < table.size; row += 1) {
      const cells = names.map((name) => [name, String(table.columns[name]?.[row] ?? "") || null]);
      const object: Record<string, string | null> = Object.fromEntries(cells);
      await transaction.insert(model).values(object).onConflictDoUpdate({ target, set });
    }
  });
}
