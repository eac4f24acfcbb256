// Which securities the rows of a dataset are about, in SQL made from its file.
import { type CodeRanges, columnsOf } from "../catalogue/dataset.ts";
import { type Dataset, listOf } from "../catalogue/datasets.ts";

/**
 * Whether a code can be that of a member. By its first characters, since a code that trades since yesterday is in no list
 * yet, and as ranges, which an index can look up. True of all where the dataset's file names its members: rows of others
 * were asked for by hand.
 */
export function isMember(dataset: Dataset, code: string): string {
  const rule = listOf(dataset)?.securities.codes;
  if (rule === undefined) return "true";
  return "within" in rule ? beginsWithin(rule.within, code) : `not ${beginsWithin(rule.outside, code)}`;
}

/** Whether a row of the dataset's table is the dataset's. Told by its code, where another dataset stores there too. */
export function isOwnRow(dataset: Dataset, row: string): string {
  return dataset.sharesTable ? isMember(dataset, `${row}.ts_code`) : "true";
}

/**
 * A query of the members: ts_code, listed_from and listed_to, days or null where nothing says, and is_listed: now. Of a
 * dataset that names its members, also those whose rows were asked for by hand.
 */
export function membersSql(dataset: Dataset): string {
  const { members } = dataset;
  if (listOf(dataset) !== undefined) return listingSql(dataset);
  const named = members !== undefined && "codes" in members ? members.codes : [];
  return `select ts_code, cast(null as date) as listed_from, cast(null as date) as listed_to, true as is_listed
  from unnest(string_to_array('${named.join(",")}', ',')) as named (ts_code)
  union
  select ts_code, null, null, true
  from (${storedCodesSql(dataset)}) as stored`;
}

/** The same query, of those members alone that a list says something about. */
export function listingSql(dataset: Dataset): string {
  const list = listOf(dataset);
  if (list === undefined) {
    return "select cast(null as text) as ts_code, cast(null as date) as listed_from, cast(null as date) as listed_to, true as is_listed where false";
  }
  const { listedFrom, listedTo } = list.securities;
  const isListed = columnsOf(list).some(({ name }) => name === "list_status")
    ? "list_status = 'L'"
    : `coalesce(${listedTo}, 'infinity') > now()`;
  return `select ts_code, ${listedFrom} as listed_from, ${listedTo} as listed_to, ${isListed} as is_listed from ${list.table} where ${isMember(list, "ts_code")}`;
}

/** The codes of a table, each looked up after the one before: the rows between are not read. */
function storedCodesSql({ table }: Dataset): string {
  return `with recursive code as (
    (select min(ts_code) as ts_code from ${table})
    union all
    select (select min(ts_code) from ${table} where ts_code > code.ts_code) from code where code.ts_code is not null
  )
  select ts_code from code where ts_code is not null`;
}

function beginsWithin(ranges: CodeRanges, code: string): string {
  return `(${ranges.map(([from, before]) => `(${code} >= '${from}' and ${code} < '${before}')`).join(" or ")})`;
}
