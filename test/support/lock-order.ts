// Whether a statement follows the lock order of the ledger, read from its text: what locks a later table must depend on what
// locks the earlier ones, because PostgreSQL runs CTEs when their rows are needed, not in the order of the text.
import { datasets } from "../../shared/catalogue/datasets.ts";

/** Tables in the order in which their rows are locked; all tables of data come first. */
const order = ["data", "sync_unit", "sync_task", "sync_failure_record", "sync_verification"] as const;

const dataTables = new Set(Object.values(datasets).map(({ table }) => table));

type Part = { readonly name: string; readonly body: string };

/** What is wrong with a statement's locks, in words. */
export function lockFaults(sql: string): string[] {
  const parts = partsOf(sql.replace(/--[^\n]*/g, "").replace(/'[^']*'/g, "''"));
  const locks = parts.flatMap((part) => locksOf(part).map((rank) => ({ part, rank })));
  const needs = (from: Part, on: Part) => from === on || reached(from, parts).has(on.name);
  const faults = locks.flatMap(({ part, rank }) =>
    [...new Set(locks.map((lock) => lock.rank))]
      .filter((earlier) => earlier < rank)
      .flatMap((earlier) => {
        const earlierParts = locks.filter((lock) => lock.rank === earlier).map((lock) => lock.part);
        const first = earlierParts.find((one) => earlierParts.every((other) => needs(other, one)));
        return first !== undefined && needs(part, first)
          ? []
          : [`${part.name} may lock ${order[rank]} before ${order[earlier]} is locked`];
      }),
  );
  return [...new Set([...faults, ...parts.flatMap(unordered)])];
}

/** The CTEs and the rest. */
function partsOf(sql: string): Part[] {
  const parts: Part[] = [];
  const start = /^\s*with\s+(recursive\s+)?/.exec(sql);
  let at = start?.[0].length ?? 0;
  while (start !== null) {
    const head = /^\s*(\w+)\s*(\([^)]*\))?\s+as\s+(materialized\s+)?\(/.exec(sql.slice(at));
    if (head === null) break;
    const from = at + head[0].length;
    let end = from;
    for (let depth = 1; depth > 0 && end < sql.length; end += 1) {
      depth += sql[end] === "(" ? 1 : sql[end] === ")" ? -1 : 0;
    }
    parts.push({ name: head[1] ?? "", body: sql.slice(from, end - 1) });
    at = end;
    const comma = /^\s*,/.exec(sql.slice(at));
    if (comma === null) break;
    at += comma[0].length;
  }
  return [...parts, { name: "the statement", body: sql.slice(at) }];
}

function rankOf(table: string): number {
  return dataTables.has(table) ? 0 : (order as readonly string[]).indexOf(table);
}

/** Ranks of the tables of which a part locks rows that exist, in the order of its text. */
function locksOf({ body }: Part): number[] {
  const written = [...body.matchAll(/\b(update|delete from|insert into)\s+(\w+)/g)]
    .filter(([, verb, table]) => verb !== "insert into" || table !== "sync_unit") // a new task's, which nobody else has
    .map(([, , table = ""]) => rankOf(table));
  return [...lockedTables(body).map(rankOf), ...written].filter((rank) => rank >= 0);
}

/** Tables of `for update` and `for no key update`, by name. */
function lockedTables(body: string): string[] {
  const sources = [...body.matchAll(/\b(?:from|join)\s+(\w+)(?:\s+as\s+(\w+))?/g)];
  return [...body.matchAll(/\bfor (?:no key )?update(?: of (\w+))?/g)].map(
    ([, alias]) =>
      sources.find(([, table, as]) => alias === undefined || as === alias || table === alias)?.[1] ?? "",
  );
}

/** Names of all parts that a part needs. */
function reached(part: Part, parts: readonly Part[], seen = new Set<string>()): Set<string> {
  for (const other of parts) {
    if (seen.has(other.name) || other === part || !new RegExp(`\\b${other.name}\\b`).test(part.body))
      continue;
    seen.add(other.name);
    reached(other, parts, seen);
  }
  return seen;
}

/** Units of several rows must be locked in the order of their key. */
function unordered({ name, body }: Part): string[] {
  const isOne = /sequence = :sequence|sequence = (locked|before|record)\.sequence/.test(body);
  const touches = lockedTables(body).includes("sync_unit") || /\bupdate\s+sync_unit\b/.test(body);
  if (!touches || isOne || /order by (\w+\.task_id, )?(\w+\.)?sequence/.test(body)) return [];
  return [`${name} locks units in no order`];
}
