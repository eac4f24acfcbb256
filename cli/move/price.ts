// What a move is expected to take, before it is begun: from the rows that differ and figures measured on the local stack.
import { costOfMove, type MoveLoad, type RunCost } from "../cost.ts";
import type { Comparison } from "./difference.ts";
import type { Sizes } from "./layout.ts";
import { pageBytes } from "./rows.ts";

export type MovePrice = {
  readonly slices: number;
  readonly rows: number;
  /** Of the rows as text. */
  readonly bytes: number;
  readonly minutes: number;
  /** Of the Data API of deployed stacks, with the last comparison. */
  readonly dataApiCalls: number;
  readonly cost: RunCost;
};

/** Bytes of rows that one side of a comparison reads in a second, and that a move copies (docs/benchmarks.md). */
const comparedBytesASecond = 40_000_000;
const movedBytesASecond = { directly: 10_000_000, throughDataApi: 2_000_000 } as const;

/** An answer of a deployed Data API. */
const answerSeconds = 0.06;

/** @param onDisk of the source's tables */
export function priceMove(
  { tables, slices, source, differences }: Comparison,
  deployed: { readonly source: boolean; readonly target: boolean },
  onDisk: Sizes,
): MovePrice {
  const sum = (of: (difference: (typeof differences)[number]) => number) =>
    differences.reduce((all, each) => all + of(each), 0);
  const [rows, bytes] = [sum((each) => each.rows), sum((each) => each.bytes)];
  const pages = differences.reduce(
    (all, { absent, mixed, bytes: own }) => all + Math.max(absent.length + mixed.length, own / pageBytes),
    0,
  );
  const sides = Number(deployed.source) + Number(deployed.target);
  const dataApiCalls = sides * Math.ceil(tables.length * 2 + slices + pages + differences.length);
  const speed = sides === 0 ? movedBytesASecond.directly : movedBytesASecond.throughDataApi;
  const minutes = (source.bytes / comparedBytesASecond + bytes / speed + dataApiCalls * answerSeconds) / 60;
  const stored = [...onDisk.values()].reduce((all, size) => all + size.onDisk, 0);
  const load: MoveLoad = {
    ...{ sides, dataApiCalls, minutes },
    wireBytes: bytes * sides,
    storedBytes: deployed.target && source.bytes > 0 ? (stored * bytes) / source.bytes : 0,
  };
  return { slices: differences.length, rows, bytes, minutes, dataApiCalls, cost: costOfMove(load) };
}
