// Queries of stock_info: which stocks and ETFs there are, and how many; one named function for each statement.
import type { Exchange } from "../catalogue/dataset.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database, SqlRow } from "../ports.ts";

export const listStatuses = ["L", "D", "P"] as const;
export type ListStatus = (typeof listStatuses)[number];

export type InstrumentFilter = {
  readonly is_etf?: "Y" | "N" | undefined;
  readonly exchange?: Exchange | undefined;
  readonly status?: ListStatus | undefined;
  /** Part of the code, the name, the full name or the name's pinyin initials; case does not matter. */
  readonly q?: string | undefined;
  /** Those listed on this day, with the codes they had then. The other columns are those of now. */
  readonly on?: Day | undefined;
};

/** Columns of a list, as text. */
export const listColumns = [
  "ts_code",
  "symbol",
  "name",
  "is_etf",
  "exchange",
  "market",
  "area",
  "industry",
  "list_status",
  "list_date",
  "delist_date",
  "index_code",
  "etf_type",
] as const;

/** Further columns of a single instrument. */
export const detailColumns = [
  "fullname",
  "enname",
  "cnspell",
  "curr_type",
  "is_hs",
  "act_name",
  "act_ent_type",
  "index_name",
  "setup_date",
  "mgr_name",
  "custod_name",
] as const;

export type InstrumentColumn = (typeof listColumns)[number] | (typeof detailColumns)[number];
export type Instrument = Readonly<Record<(typeof listColumns)[number], string | null>>;
export type InstrumentDetail = Readonly<Record<InstrumentColumn, string | null>> & {
  /** Management fee, percent a year, with all stored digits. */
  readonly mgt_fee: string | null;
  /** The newest day of stock_daily for this code. */
  readonly newest_trade_date: Day | null;
};

/** Instruments ordered by code, after a code, at most `limit`. */
export async function findInstruments(
  database: Database,
  filter: InstrumentFilter,
  page: { after?: string | undefined; limit: number },
): Promise<Instrument[]> {
  const rows = await database.run(filter.on === undefined ? listSql : listOnSql, {
    is_etf: filter.is_etf ?? null,
    exchange: filter.exchange ?? null,
    status: filter.status ?? null,
    q: filter.q ?? null,
    after: page.after ?? "",
    limit: page.limit,
    ...(filter.on !== undefined && { on: filter.on }),
  });
  return rows as Instrument[];
}

const listSql = listSqlFrom("stock_info");

/** The code of the day, beside the columns of the row that the list has now. */
const listOnSql = listSqlFrom(`(
  select on_day.ts_code collate "C" as ts_code, split_part(on_day.ts_code, '.', 1) as symbol,
    ${[...listColumns.slice(2), "fullname", "cnspell"].map((column) => `info.${column}`).join(", ")}
  from listed_on(to_date(:on, 'YYYYMMDD')) as on_day
  join stock_info as info on info.ts_code = on_day.ts_code_now
) as listed`);

function listSqlFrom(source: string): string {
  return `select ${selectColumns(listColumns)}
from ${source}
where (cast(:is_etf as text) is null or is_etf = :is_etf)
  and (cast(:exchange as text) is null or exchange = :exchange)
  and (cast(:status as text) is null or list_status = :status)
  and (
    cast(:q as text) is null
    or ${hasText("q")}
  )
  and ts_code > :after
order by ts_code
limit :limit`;
}

/** All columns of one code, and its newest stored trade date. Undefined when the code is not in the list. */
export async function readInstrument(
  database: Database,
  ts_code: string,
): Promise<InstrumentDetail | undefined> {
  const [row] = await database.run(
    `select ${selectColumns([...listColumns, ...detailColumns])}, cast(mgt_fee as text) as mgt_fee,
  (
    select to_char(max(trade_date), 'YYYYMMDD')
    from stock_daily
    where stock_daily.ts_code = stock_info.ts_code
  ) as newest_trade_date
from stock_info
where ts_code = :ts_code`,
    { ts_code },
  );
  return row as InstrumentDetail | undefined;
}

/** Whether a code is in the list or has stored prices. */
export async function isKnownCode(database: Database, ts_code: string): Promise<boolean> {
  const [row] = await database.run(
    `select exists (select 1 from stock_info where ts_code = :ts_code)
  or exists (select 1 from stock_daily where ts_code = :ts_code)
  or exists (select 1 from fina_indicator where ts_code = :ts_code) as known`,
    { ts_code },
  );
  return row?.known === true;
}

/** Number of ETFs in the list by exchange, and how many of them are listed now. */
export async function countEtfsByExchange(
  database: Database,
): Promise<{ exchange: string | null; etfs: number; listed: number }[]> {
  const rows = await database.run(
    `select exchange, count(*) as etfs,
  count(*) filter (where list_status = 'L') as listed
from stock_info
where is_etf = 'Y'
group by exchange
order by exchange`,
  );
  return rows.map((row: SqlRow) => ({
    exchange: row.exchange === null ? null : String(row.exchange),
    etfs: Number(row.etfs),
    listed: Number(row.listed),
  }));
}

function selectColumns(columns: readonly InstrumentColumn[]): string {
  return columns
    .map((column) => (column.endsWith("_date") ? `to_char(${column}, 'YYYYMMDD') as ${column}` : column))
    .join(", ");
}

/** Number of stocks and ETFs listed now. */
export async function countListed(database: Database): Promise<{ stocks: number; etfs: number }> {
  const [row] =
    await database.run(`select count(*) filter (where is_etf = 'N' and list_status = 'L') as stocks,
  count(*) filter (where is_etf = 'Y' and list_status = 'L') as etfs
from stock_info`);
  return { stocks: Number(row?.stocks), etfs: Number(row?.etfs) };
}

/** Whether a text is part of the code, the name, the full name or the name's pinyin initials. */
function hasText(parameter: string): string {
  return `strpos(lower(concat_ws(' ', ts_code, name, fullname, cnspell)), lower(:${parameter})) > 0`;
}

/**
 * Instruments with a text in their code, names or pinyin initials, the likeliest first: whose code, name or initials it is, then
 * those that begin with it, then those that are listed.
 */
export async function suggestCodes(
  database: Database,
  text: string,
): Promise<{ ts_code: string; name: string }[]> {
  const rows = await database.run(
    `select ts_code, concat_ws(' ', name, upper(cnspell)) as name
from stock_info
where ${hasText("text")}
order by
  (lower(:text) = any (array[lower(ts_code), symbol, lower(name), lower(cnspell)])) is not true,
  strpos(ts_code, upper(:text)) <> 1,
  (strpos(lower(name), lower(:text)) = 1 or strpos(lower(cnspell), lower(:text)) = 1) is not true,
  list_status <> 'L', is_etf, ts_code
limit 20`,
    { text: text.normalize("NFKC").trim().slice(0, 50) },
  );
  return rows.map((row) => ({ ts_code: String(row.ts_code), name: String(row.name) }));
}
