// What the database does for each statement that goes through a port: the plan it was run by, the rows it read of the
// large tables, and what is wrong with that.
import type { Database, SqlParameters } from "../../shared/ports.ts";
import { lockFaults } from "./lock-order.ts";

/** Tables that grow with every day or every run. The others hold a market's list, a calendar, the tasks. */
export const largeTables = [
  "stock_daily",
  "fina_indicator",
  "disclosure_date",
  "sync_unit",
  "sync_failure_record",
] as const;

export type Explained = {
  readonly sql: string;
  readonly milliseconds: number;
  /** Of each large table, rows that were looked at, also those then left out. */
  readonly rowsRead: ReadonlyMap<string, number>;
  /** Scans and sorts of a large table, and locks out of order, each in words; none in a good plan. */
  readonly faults: readonly string[];
  /** Large tables of which it read more than a tenth, by whatever way, in words. */
  readonly muchRead: readonly string[];
  /** The call that ran it: a file of shared/ and its line. */
  readonly calledFrom: string;
};

/** Rows a statement may sort at once, when they come from a large table: two days of a whole market. */
const rowsSortedMax = 15_000;

/** Share of a large table that a statement may read. */
const shareMax = 0.1;

/** Rows of each large table. */
export async function countRows(database: Database): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const table of largeTables) {
    const [row] = await database.run(`select count(*) as rows from ${table}`);
    sizes.set(table, Number(row?.rows));
  }
  return sizes;
}

/** A port that explains each statement while running it, and then runs it as asked: all of ours may be repeated. */
export function explaining(
  database: Database,
  sizes: ReadonlyMap<string, number>,
  found: (explained: Explained) => void,
): Database {
  const explain = (run: Database["run"]) => async (sql: string, parameters?: SqlParameters) => {
    const calledFrom = callOf(new Error().stack ?? "");
    const [row] = await run(`explain (analyze, costs off, timing off, format json) ${sql}`, parameters);
    const [{ Plan: plan, "Execution Time": milliseconds }] = JSON.parse(String(row?.["QUERY PLAN"]));
    found({
      ...{ sql, milliseconds, calledFrom },
      rowsRead: rowsRead(plan),
      faults: [...faultsOf(plan), ...lockFaults(sql)],
      muchRead: muchRead(plan, sizes),
    });
    return await run(sql, parameters);
  };
  return {
    run: explain(database.run),
    transaction: (work) => database.transaction((run) => work(explain(run))),
  };
}

type Plan = {
  readonly "Node Type": string;
  readonly "Parent Relationship"?: string;
  readonly Command?: string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Filter?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Rows Removed by Join Filter"?: number;
  readonly Plans?: readonly Plan[];
};

function muchRead(plan: Plan, sizes: ReadonlyMap<string, number>): string[] {
  return [...rowsRead(plan)].flatMap(([table, rows]) => {
    const size = sizes.get(table) ?? 0;
    return rows > size * shareMax ? [`reads ${rows} of ${size} rows of ${table}`] : [];
  });
}

function faultsOf(plan: Plan): string[] {
  const faults: string[] = [];
  for (const node of nodesOf(plan)) {
    const table = largeTableOf(node);
    const type = node["Node Type"];
    if (table !== undefined) {
      const rows = rowsReadBy(node);
      // Without a filter it stops at the first row when only one is needed; with a filter it depends on the data.
      if (type === "Seq Scan" && (node.Filter !== undefined || rows > 1)) faults.push(`scans ${table}`);
      if (type.startsWith("Index") && node["Index Cond"] === undefined && rows > rowsWalkedMax) {
        faults.push(`walks ${node["Index Name"]}, ${rows} rows`);
      }
    }
    const sorted = inputsOf(node)[0]?.["Actual Rows"] ?? 0;
    if (type.endsWith("Sort") && sorted > rowsSortedMax && inputsOf(node).some(flowsFromLarge)) {
      faults.push(`sorts ${sorted} rows`);
    }
  }
  return faults;
}

/** Rows of an index that may be walked in its order: a page of an answer. */
const rowsWalkedMax = 1_400;

function rowsRead(plan: Plan): Map<string, number> {
  const read = new Map<string, number>();
  for (const node of nodesOf(plan)) {
    const table = largeTableOf(node);
    if (table !== undefined) read.set(table, (read.get(table) ?? 0) + rowsReadBy(node));
  }
  return read;
}

function rowsReadBy(node: Plan): number {
  const left = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return Math.round((node["Actual Rows"] + left) * node["Actual Loops"]); // an average of the loops
}

function largeTableOf(node: Plan): string | undefined {
  return node["Node Type"].endsWith("Scan")
    ? largeTables.find((table) => table === node["Relation Name"])
    : undefined;
}

/** What hands its rows to a node; what only answers a condition of it is left out. */
function inputsOf({ Plans = [] }: Plan): Plan[] {
  return Plans.filter((from) => !/Plan$/.test(from["Parent Relationship"] ?? ""));
}

/**
 * Whether many rows of a large table reach a node. The rows of EXCEPT are those of its first query: what is missing in a
 * large table may be sorted.
 */
function flowsFromLarge(node: Plan): boolean {
  if (node["Actual Rows"] * node["Actual Loops"] <= rowsSortedMax) return false;
  const inputs = node.Command?.startsWith("Except") ? firstQueryOf(node) : inputsOf(node);
  return largeTableOf(node) !== undefined || inputs.some(flowsFromLarge);
}

function firstQueryOf(setOperation: Plan): Plan[] {
  const both = nodesOf(setOperation).find((node) => node["Node Type"] === "Append");
  return both === undefined ? inputsOf(setOperation) : inputsOf(both).slice(0, 1);
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** The innermost call in shared/: the place of the statement. */
function callOf(stack: string): string {
  return /shared\/[\w/-]+\.ts:\d+/.exec(stack)?.[0] ?? "nowhere in shared/";
}
