// SQL for the members of a dataset: the securities that have rows in it. Made from the dataset's file.
import { type CodeRanges, columnsOf } from "../catalogue/dataset.ts";
import { type Dataset, listOf } from "../catalogue/datasets.ts";

/**
 * Whether a code can belong to a member. It compares code ranges, because an index can search them and because a newly
 * listed code is not in the list yet. True for all codes where the dataset's file names its members: rows of other codes
 * were requested by a person.
 */
export function isMember(dataset: Dataset, code: string): string {
  const rule = listOf(dataset)?.securities.codes;
  if (rule === undefined) return "true";
  return "within" in rule ? isInRanges(rule.within, code) : `not ${isInRanges(rule.outside, code)}`;
}

/** Whether a row of the table belongs to the dataset; decided by its code where two datasets share the table. */
export function isOwnRow(dataset: Dataset, row: string): string {
  return dataset.sharesTable ? isMember(dataset, `${row}.ts_code`) : "true";
}

/** The same as conditions of which each is one range of an index on the code: a row meets one of them. */
export function ownRanges(dataset: Dataset, row: string): string[] {
  const rule = listOf(dataset)?.securities.codes;
  if (!dataset.sharesTable || rule === undefined) return ["true"];
  const code = `${row}.ts_code`;
  if ("within" in rule) return rule.within.map((range) => isInRanges([range], code));
  const ranges = [...rule.outside].sort();
  return [undefined, ...ranges].map((range, at) => {
    const bounds = [range && `${code} >= '${range[1]}'`, ranges[at] && `${code} < '${ranges[at][0]}'`];
    return bounds.filter((bound) => bound !== undefined).join(" and ");
  });
}

/**
 * A query of the members: ts_code, listed_from and listed_to (days, null when unknown), and is_listed (now). Where the
 * dataset's file names its members, it includes the codes that a person requested.
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

/**
 * The same query, only for members in a list. A code that moved is listed up to the day of the move, and one that is in no
 * answer any more up to the day it was gone, whichever is earlier: the day of a move may be known only roughly. The new code
 * is listed from the first listing on, because TuShare then serves the whole history under it.
 */
export function listingSql(dataset: Dataset): string {
  const list = listOf(dataset);
  if (list === undefined) {
    return "select cast(null as text) as ts_code, cast(null as date) as listed_from, cast(null as date) as listed_to, true as is_listed where false";
  }
  const { listedFrom, listedTo, goneOn } = list.securities;
  const gone = goneOn === undefined ? "cast(null as date)" : `listed.${goneOn}`;
  const isListed = columnsOf(list).some(({ name }) => name === "list_status")
    ? "listed.list_status = 'L'"
    : `coalesce(listed.${listedTo}, 'infinity') > now()`;
  return `select listed.ts_code, listed.${listedFrom} as listed_from, least(listed.${listedTo}, alias.moved_on, ${gone}) as listed_to,
    ${isListed} and coalesce(alias.moved_on, 'infinity') > now() and ${gone} is null as is_listed
  from ${list.table} as listed
  left join code_alias as alias on alias.old_code = listed.ts_code
  where ${isMember(list, "listed.ts_code")}`;
}

/** The distinct codes of a table, each found by an index lookup after the previous one, without reading all rows. */
function storedCodesSql({ table }: Dataset): string {
  return `with recursive code as (
    (select min(ts_code) as ts_code from ${table})
    union all
    select (select min(ts_code) from ${table} where ts_code > code.ts_code) from code where code.ts_code is not null
  )
  select ts_code from code where ts_code is not null`;
}

/** Whether a code is in one of the ranges. */
export function isInRanges(ranges: CodeRanges, code: string): string {
  return `(${ranges.map(([from, before]) => `(${code} >= '${from}' and ${code} < '${before}')`).join(" or ")})`;
}
