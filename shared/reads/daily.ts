// Queries of stock_daily and its adjusted views: prices of a code, prices of a day; one named function for each statement.

import { datasets } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import { isMember } from "../coverage/members.ts";
import type { Database, SqlRow } from "../ports.ts";
import { dailyRowsMax, figureMembersSql, figuresSql, splitFigures } from "./figures.ts";
import { csvLine, type Line, type Lines, runAsLines } from "./lines.ts";

const priceColumns = [
  "open",
  "high",
  "low",
  "close",
  "pre_close",
  "change",
  "pct_chg",
  "vol",
  "amount",
  "adj_factor",
] as const;

const valuationColumns = [
  "turnover_rate",
  "turnover_rate_f",
  "volume_ratio",
  "pe",
  "pe_ttm",
  "pb",
  "ps",
  "ps_ttm",
  "dv_ratio",
  "dv_ttm",
  "total_share",
  "float_share",
  "free_share",
  "total_mv",
  "circ_mv",
] as const;

/** Columns with the numbers of a row, as TuShare sends them. */
export const dailyFigures = [...priceColumns, ...valuationColumns] as const;

/** Columns with the numbers of an adjusted row. Valuation does not depend on adjustment; only unadjusted rows have it. */
export const adjustedFigures = priceColumns;

export const adjustments = ["none", "qfq", "hfq"] as const;
export type Adjustment = (typeof adjustments)[number];

/** Numbers are text with all stored digits. */
export type DailyRow = {
  readonly ts_code: string;
  readonly trade_date: Day;
  readonly figures: Readonly<Record<string, string | null>>;
  /** For adjusted rows: the factor is missing, and that of an earlier day was used. */
  readonly factor_carried?: boolean;
  /** For forward adjusted rows: the day whose prices are unchanged; null when the code has no factor. */
  readonly base_date?: Day | null;
};

export type DailySelection = {
  readonly adjust: Adjustment;
  /** The base day of forward adjustment; by default the code's newest stored day. */
  readonly base?: Day | undefined;
  /** Also the days under the other codes of the security, each day once; not with forward adjustment. */
  readonly otherCodes?: boolean | undefined;
};

type Range = { from?: Day | undefined; to?: Day | undefined };

/** Rows of one code in a range, ascending by day: at most `limit`, and at most dailyRowsMax. */
export async function dailyOfCode(
  database: Database,
  ts_code: string,
  range: Range,
  selection: DailySelection,
  limit: number,
): Promise<DailyRow[]> {
  const figures = selection.adjust === "none" ? dailyFigures : adjustedFigures;
  const { statement, parameters } = askOfCode(ts_code, range, selection, figuresSql);
  const rows = await database.run(statement, { ...parameters, limit: Math.min(limit, dailyRowsMax) });
  return rows.map((row) => asDailyRow(row, figures));
}

/** The same rows as lines of CSV with the cells of dailyColumns; as many as one answer holds. */
export function linesOfCode(
  database: Database,
  ts_code: string,
  range: Range,
  selection: DailySelection,
): Promise<Lines> {
  const ask = askOfCode(ts_code, range, selection, figuresSql);
  return runAsLines(database, ask, "trade_date", cellsOf(selection.adjust));
}

/** A page of the same rows as JSON objects. @param limit at most pageRowsMax */
export function pageOfCode(
  database: Database,
  ts_code: string,
  range: Range,
  selection: DailySelection,
  limit: number,
): Promise<Lines> {
  const ask = askOfCode(ts_code, range, selection, figureMembersSql);
  return runAsLines(database, ask, "trade_date", objectOf(selection.adjust), limit);
}

/** The columns of lines of CSV. */
export function dailyColumns(adjust: Adjustment): readonly string[] {
  const adjusted = [...adjustedFigures, "factor_carried", "base_date"];
  return ["ts_code", "trade_date", ...(adjust === "none" ? dailyFigures : adjusted)];
}

/** `figures` are cells already, joined by commas. */
function cellsOf(adjust: Adjustment): Line {
  const cells = ["row.ts_code", "row.trade_date", "row.figures"];
  return csvLine(adjust === "none" ? cells : [...cells, "cast(row.factor_carried as text)", "row.base_date"]);
}

/** `figures` are members already, each after a comma. Codes and days need no escapes. */
function objectOf(adjust: Adjustment): Line {
  const factor = `',"factor_carried":', coalesce(cast(row.factor_carried as text), 'null')`;
  const base = `',"base_date":', coalesce('"' || row.base_date || '"', 'null')`;
  const adjusted = adjust === "none" ? "" : `${factor}, ${base}, `;
  const sql = `concat('{"ts_code":"', row.ts_code, '","trade_date":"', row.trade_date, '"', row.figures, ${adjusted}'},')`;
  return { sql, end: "comma" };
}

/** How a statement returns the numbers of a row. */
type FiguresSql = (columns: readonly string[], from: string) => string;

function askOfCode(
  ts_code: string,
  range: Range,
  { adjust, base, otherCodes = false }: DailySelection,
  figures: FiguresSql,
) {
  const isBased = adjust === "qfq" && base !== undefined;
  const statement = isBased
    ? qfqOfCodeAtBaseSql(figures)
    : otherCodes && adjust !== "qfq"
      ? ofCodesSql[adjust](figures)
      : ofCodeSql[adjust](figures);
  const parameters = {
    ...{ ts_code, from: range.from ?? firstDay, to: range.to ?? lastDay },
    ...(isBased && { base }),
  };
  return { statement, parameters };
}

const ofCodeSql: Readonly<Record<Adjustment, (figures: FiguresSql) => string>> = {
  none: (
    figures,
  ) => `select bar.ts_code, to_char(bar.trade_date, 'YYYYMMDD') as trade_date, ${figures(dailyFigures, "bar")}
from stock_daily as bar
where bar.ts_code = :ts_code
  and bar.trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by bar.trade_date
limit :limit`,
  hfq: (
    figures,
  ) => `select bar.ts_code, to_char(bar.trade_date, 'YYYYMMDD') as trade_date, ${figures(adjustedFigures, "bar")},
  bar.factor_carried, cast(null as text) as base_date
from stock_daily_hfq as bar
where bar.ts_code = :ts_code
  and bar.trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by bar.trade_date
limit :limit`,
  qfq: (
    figures,
  ) => `select bar.ts_code, to_char(bar.trade_date, 'YYYYMMDD') as trade_date, ${figures(adjustedFigures, "bar")},
  bar.factor_carried, to_char(bar.base_date, 'YYYYMMDD') as base_date
from stock_daily_qfq as bar
where bar.ts_code = :ts_code
  and bar.trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by bar.trade_date
limit :limit`,
};

/** The same for a security that had several codes. */
const ofCodesSql: Readonly<Record<Exclude<Adjustment, "qfq">, (figures: FiguresSql) => string>> = {
  none: (
    figures,
  ) => `select bar.ts_code, to_char(bar.trade_date, 'YYYYMMDD') as trade_date, ${figures(dailyFigures, "bar")}
from stock_daily_of(:ts_code) as bar
where bar.trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by bar.trade_date
limit :limit`,
  hfq: (
    figures,
  ) => `select bar.ts_code, to_char(bar.trade_date, 'YYYYMMDD') as trade_date, ${figures(adjustedFigures, "bar")},
  bar.factor_carried, cast(null as text) as base_date
from stock_daily_hfq as bar
where bar.ts_code = any (codes_of(:ts_code))
  and bar.trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by bar.trade_date
limit :limit`,
};

/** Forward adjustment with a given base day uses the SQL function of that day, not the view. */
const qfqOfCodeAtBaseSql = (
  figures: FiguresSql,
) => `select bar.ts_code, to_char(bar.trade_date, 'YYYYMMDD') as trade_date,
  ${figures(adjustedFigures, "bar")},
  bar.factor_carried, to_char(bar.base_date, 'YYYYMMDD') as base_date
from stock_daily_qfq_at(to_date(:base, 'YYYYMMDD')) as bar
where bar.ts_code = :ts_code
  and bar.trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by bar.trade_date
limit :limit`;

type DaySelection = {
  readonly trade_date: Day;
  readonly is_etf: "Y" | "N" | undefined;
  /** Codes after this one. */
  readonly after?: string | undefined;
};

/**
 * Unadjusted rows of one day, each security once, of stocks, ETFs or both, ordered by code: as lines of CSV with the cells of
 * dailyColumns, as many as one answer holds.
 */
export function linesOfDay(database: Database, selection: DaySelection): Promise<Lines> {
  return runAsLines(database, askOfDay(selection, figuresSql), "ts_code", cellsOf("none"));
}

/** A page of the same rows as JSON objects. @param limit at most pageRowsMax */
export function pageOfDay(database: Database, selection: DaySelection, limit: number): Promise<Lines> {
  return runAsLines(database, askOfDay(selection, figureMembersSql), "ts_code", objectOf("none"), limit);
}

function askOfDay({ trade_date, is_etf, after }: DaySelection, figures: FiguresSql) {
  return {
    statement: ofDaySql(figures),
    parameters: { trade_date, is_etf: is_etf ?? null, after: after ?? "" },
  };
}

const ofDaySql = (
  figures: FiguresSql,
) => `select ts_code, to_char(trade_date, 'YYYYMMDD') as trade_date, ${figures(dailyFigures, "day")}
from stock_daily_current as day
where trade_date = to_date(:trade_date, 'YYYYMMDD') and ts_code > :after
  and (cast(:is_etf as text) is null or (${isMember(datasets.etf_daily, "ts_code")}) = (cast(:is_etf as text) = 'Y'))
order by ts_code
limit :limit`;

/** The newest day with any row; undefined in an empty database. */
export async function newestTradeDate(database: Database): Promise<Day | undefined> {
  const [row] = await database.run("select to_char(max(trade_date), 'YYYYMMDD') as day from stock_daily");
  return typeof row?.day === "string" ? row.day : undefined;
}

/** The code to draw: the requested one, or else a stored one. Undefined when it has no prices. */
export async function chartedCode(
  database: Database,
  asked: string,
): Promise<{ code: string; name: string; newest: Day } | undefined> {
  const [row] = await database.run(
    `with chosen as (
  select coalesce(
    nullif(:asked, ''),
    (select ts_code from stock_daily where ts_code = :preferred limit 1),
    (select min(ts_code) from stock_daily)
  ) as ts_code
)
select chosen.ts_code, coalesce(stock_info.name, '') as name, (
    select to_char(max(trade_date), 'YYYYMMDD')
    from stock_daily
    where stock_daily.ts_code = chosen.ts_code
  ) as newest
from chosen
left join stock_info on stock_info.ts_code = chosen.ts_code`,
    { asked, preferred: preferredCode },
  );
  if (typeof row?.newest !== "string") return undefined;
  return { code: String(row.ts_code), name: String(row.name), newest: row.newest };
}

/** Drawn by default: Kweichow Moutai. */
const preferredCode = "600519.SH";

/** Rows of JSON in one answer: with names and numbers of full length each has at most 900 bytes. */
export const pageRowsMax = 1_000;

/** A range without an end. */
const firstDay: Day = "19000101";
const lastDay: Day = "99991231";

function asDailyRow(row: SqlRow, figures: readonly string[]): DailyRow {
  return {
    ts_code: String(row.ts_code),
    trade_date: String(row.trade_date),
    figures: splitFigures(figures, row.figures),
    ...(typeof row.factor_carried === "boolean" && {
      factor_carried: row.factor_carried,
      base_date: row.base_date === null || row.base_date === undefined ? null : String(row.base_date),
    }),
  };
}
