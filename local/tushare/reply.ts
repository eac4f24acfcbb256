// A reply with rows: its shape, the text it becomes on the wire, and what faults do to its content.
import type { Strikes } from "./faults.ts";
import { mix, unit } from "./hash.ts";
import type { Cell, Field } from "./interfaces.ts";

export type Reply = {
  columns: { name: string; type: Field["type"] }[];
  items: Cell[][];
  hasMore: boolean | undefined;
};

/** The JSON of the reply's `data`. A text in a number column is sent unchanged, so captured digits stay exact. */
export function encodeReply({ columns, items, hasMore }: Reply): string {
  const isText = columns.map(({ type }) => type === "text");
  const encodeCell = (cell: Cell, at: number) =>
    cell === null ? "null" : isText[at] ? JSON.stringify(String(cell)) : cell;
  const rows = items.map((item) => `[${item.map(encodeCell).join(",")}]`).join(",");
  const names = JSON.stringify(columns.map(({ name }) => name));
  const tail = hasMore === undefined ? "" : `,"has_more":${hasMore},"count":-1`;
  return `{"fields":${names},"items":[${rows}]${tail}}`;
}

/** Applies the faults that change an answer's content; changes the reply in place. */
export function spoilReply(reply: Reply, strikes: Strikes): void {
  for (const [kind, { fault, luck }] of strikes) {
    const { columns, items } = reply;
    const seed = Math.floor(luck * 2 ** 31);
    const numbers = columns.flatMap(({ type }, at) => (type === "number" ? [at] : []));
    const column =
      fault.column === undefined ? (numbers[seed % numbers.length] ?? -1) : place(reply, fault.column);
    const name = columns[column]?.name ?? "";
    if (kind === "partial-day") {
      const code = place(reply, "ts_code");
      reply.items = items.filter((row, at) =>
        fault.code === undefined ? unit(seed, at) < (fault.value ?? 0.3) : row[code] !== fault.code,
      );
      reply.hasMore = false;
    } else if (kind === "empty-day") {
      reply.items = [];
      reply.hasMore = false;
    } else if (kind === "wrong-numbers" && column >= 0) {
      const wrong = ["NaN", '"--"', '"12,3x"'];
      for (let at = seed % 7; at < items.length; at += 97) {
        const row = items[at];
        if (row) row[column] = wrong[mix(seed, at) % wrong.length] ?? "NaN";
      }
    } else if (kind === "column-missing" && column >= 0) {
      columns.splice(column, 1);
      for (const row of items) row.splice(column, 1);
    } else if (kind === "column-renamed" && column >= 0) {
      columns[column] = {
        name: name === "pct_chg" ? "pct_change" : `${name}_new`,
        type: columns[column]?.type ?? "number",
      };
    } else if (kind === "column-added") {
      columns.push({ name: "extra_column", type: "number" });
      items.forEach((row, at) => void row.push(at));
    } else if (kind === "duplicate-key") {
      reply.items = items.flatMap((row, at) => (unit(seed, at) < 0.02 || at === 0 ? [row, [...row]] : [row]));
    } else if (kind === "has-more-absent") {
      reply.hasMore = undefined;
    } else if (kind === "has-more-lies") {
      reply.hasMore = !reply.hasMore;
    }
  }
}

function place({ columns }: Reply, wanted: string): number {
  return columns.findIndex(({ name }) => name === wanted);
}
