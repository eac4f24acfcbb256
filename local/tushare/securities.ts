// The securities of the generated market: when each is listed, its codes and names, its suspensions and ex-dates. Made
// once from the seed and the size; all days are indices into the calendar's open days. Prices are in prices.ts.
import { type Board, boards } from "./boards.ts";
import type { Calendar } from "./calendar.ts";
import { mix, pick, unit } from "./hash.ts";
import { fundHouses, indices, syllables, trades } from "./names.ts";
import { type Priced, rankOf } from "./prices.ts";

export type Security = Priced & {
  /** Code with suffix, the one in use after any change of code. */
  readonly code: string;
  /** The code before a change of code, and the day of the change. */
  readonly formerCode?: string;
  readonly recodedOn?: number;
  readonly board: Board;
  /** Names from their first day on, oldest first; without the N and C of the first days. */
  readonly names: readonly { readonly from: number; readonly name: string; readonly pinyin: string }[];
  readonly industry: string;
  /** From this day on the stock is in list status P; Infinity for all but a few. */
  readonly parkedFrom: number;
};

export const stocksMax = 10000; // every board's code range has room for its share of them
const fundsPerStock = 0.33;
const anchorDate = "20260101"; // the market has its asked size here and grows by 2 % a year
const lastYear = 2045;

type Draft = { listed: number; delisted: number; alive: boolean };

/** Makes the securities of a market; `stocks` is the number listed at the start of 2026. */
export function makeSecurities(calendar: Calendar, seed: number, stocks: number): Security[] {
  if (!Number.isInteger(stocks) || stocks < 1 || stocks > stocksMax) {
    throw new RangeError(`stocks is ${stocks}, expected a whole number from 1 to ${stocksMax}`);
  }
  const takenNames = new Set<string>();
  const sizes = boardSizes(stocks);
  return boards.flatMap((board, boardNumber) =>
    makeBoard(calendar, mix(seed, boardNumber, 7), board, sizes[boardNumber] ?? 0, takenNames),
  );
}

function boardSizes(stocks: number): number[] {
  const sizes = boards.map(({ kind, share }) =>
    Math.floor(share * (kind === "stock" ? stocks : stocks * fundsPerStock)),
  );
  const rest =
    stocks - boards.reduce((sum, { kind }, at) => sum + (kind === "stock" ? (sizes[at] ?? 0) : 0), 0);
  sizes[0] = (sizes[0] ?? 0) + rest;
  return sizes;
}

function makeBoard(calendar: Calendar, seed: number, board: Board, size: number, takenNames: Set<string>) {
  const drafts = makeDrafts(calendar, seed, board, size);
  const known = [...board.knownCodes];
  let next = board.firstCode;
  let spare = "";
  return drafts.map((draft, ordinal): Security => {
    const luck = mix(seed, ordinal, 11);
    while (board.knownCodes.includes(next)) next++;
    const number = (draft.alive ? known.shift() : undefined) ?? next++;
    if (unit(luck, 1) < 0.2) next++; // codes have gaps
    const code = `${String(number).padStart(6, "0")}.${board.suffix}`;
    const { moved } = board;
    if (ordinal === moved?.ordinal) spare = code;
    // Nobody else has a code of the stock that moved.
    const own = code === moved?.from || code === moved?.to ? spare : code;
    return makeSecurity(calendar, luck, board, draft, own, ordinal === moved?.ordinal, takenNames);
  });
}

// Oldest first. The first one is as old as the board and is never delisted.
function makeDrafts(calendar: Calendar, seed: number, board: Board, size: number): Draft[] {
  const from = calendar.indexFrom(board.firstDate);
  const anchor = calendar.indexFrom(anchorDate);
  const end = calendar.openDays.length;
  const between = (low: number, high: number, luck: number) => low + Math.floor((high - low) * luck);
  const drafts: Draft[] = [];
  for (let at = 0; at < size; at++) {
    const listed = at === 0 ? from : between(from, anchor, unit(seed, at, 1) ** 0.75);
    const leaves = at > 2 && unit(seed, at, 2) < 0.12;
    drafts.push({
      listed,
      delisted: leaves ? between(anchor + 5, end, unit(seed, at, 3)) : Infinity,
      alive: true,
    });
  }
  const gone = anchor - from < 1500 ? 0 : Math.ceil(size * (board.kind === "stock" ? 0.064 : 0.3));
  for (let at = 0; at < gone; at++) {
    const listed = between(from + 1, anchor - 800, unit(seed, at, 4));
    drafts.push({ listed, delisted: between(listed + 400, anchor - 5, unit(seed, at, 5)), alive: false });
  }
  for (let at = 0; at < size * 0.02 * (lastYear - 2025); at++) {
    drafts.push({ listed: between(anchor, end, unit(seed, at, 6)), delisted: Infinity, alive: true });
  }
  return drafts.sort((a, b) => a.listed - b.listed);
}

function makeSecurity(
  calendar: Calendar,
  seed: number,
  board: Board,
  draft: Draft,
  code: string,
  isMoved: boolean,
  takenNames: Set<string>,
): Security {
  const isStock = board.kind === "stock";
  const { listed, delisted } = draft;
  const inTrouble = isStock && board.limit === 0.1 && (!draft.alive || unit(seed, 2) < 0.035);
  const anchor = calendar.indexFrom(anchorDate);
  const isParked = inTrouble && draft.alive && listed < anchor - 2000 && unit(seed, 3) < 0.03;
  const parkedFrom = isParked ? anchor - 300 : Infinity;
  const [stepLow, stepHigh] = board.step;
  const named = isStock
    ? stockNames(seed, draft, inTrouble, takenNames)
    : fundNames(seed, board, draft, takenNames);
  const plain: Priced = {
    seed,
    ticks: isStock ? 100 : 1000,
    listed,
    delisted,
    logPrice: isStock ? Math.log(5) + 2.4 * unit(seed, 4) ** 1.5 : Math.log(0.7) + 1.6 * unit(seed, 4),
    step: inTrouble ? 0.0055 : stepLow + (stepHigh - stepLow) * unit(seed, 5),
    limit: inTrouble ? 0.05 : board.limit,
    firstDayRise: isStock ? 0.1 + 1.5 * unit(seed, 6) ** 2 : 0.002,
    turnover: Math.exp(-0.6 + 2 * unit(seed, 7)),
    pauses: isStock ? makePauses(calendar, seed, listed, delisted, parkedFrom) : [],
    exRanks: [],
    exDays: [],
    factors: [],
    shareFactors: [],
  };
  const { moved } = board;
  const codes =
    isMoved && moved !== undefined
      ? { code: moved.to, formerCode: moved.from, recodedOn: calendar.indexFrom(moved.on) }
      : { code };
  return {
    ...plain,
    ...makeExDates(calendar, plain, inTrouble),
    ...codes,
    board,
    ...named,
    parkedFrom,
  };
}

// At most one suspension begins in a year.
function makePauses(calendar: Calendar, seed: number, listed: number, delisted: number, parkedFrom: number) {
  const pauses: number[] = [];
  for (let year = 1991; year <= lastYear; year++) {
    const isRecent = year >= 2018;
    if (unit(seed, year, 21) > (isRecent ? 0.12 : 0.25)) continue;
    const from = calendar.indexFrom(`${year}0101`) + Math.floor(unit(seed, year, 22) * 240);
    const to = from + 1 + Math.floor(unit(seed, year, 23) ** 2 * (isRecent ? 15 : 60));
    const isApart = from > (pauses.at(-1) ?? 0) + 10;
    if (isApart && from > listed + 30 && to < Math.min(delisted, parkedFrom) - 10) pauses.push(from, to);
  }
  if (parkedFrom < Infinity) pauses.push(parkedFrom, Infinity);
  return pauses;
}

function makeExDates(calendar: Calendar, security: Priced, inTrouble: boolean) {
  const { seed, ticks, listed } = security;
  const isFund = ticks === 1000;
  const exRanks: number[] = [];
  const exDays: number[] = [];
  const factors: number[] = [];
  const shareFactors: number[] = [];
  const pays = isFund ? 0.12 : inTrouble ? 0 : unit(seed, 31) < 0.25 ? 0.1 : 0.85;
  for (let year = 1992; year <= lastYear; year++) {
    if (unit(seed, year, 32) > pays) continue;
    const day = calendar.indexFrom(`${year}0501`) + Math.floor(unit(seed, year, 33) * 55);
    const rank = rankOf(security, day);
    if (rank < 1 || rankOf(security, day - 1) < 0 || day <= listed + 20) continue;
    const cash = 0.003 + 0.037 * unit(seed, year, 34) ** 2;
    const splits = !isFund && unit(seed, year, 35) < 0.08;
    const bonus = splits ? pick([1.2, 1.3, 1.4, 1.5], unit(seed, year, 36)) : 1;
    exRanks.push(rank);
    exDays.push(day);
    factors.push(Math.round((factors.at(-1) ?? 1) * (1 + cash) * bonus * 1e4) / 1e4);
    shareFactors.push((shareFactors.at(-1) ?? 1) * bonus);
  }
  return { exRanks, exDays, factors, shareFactors };
}

function stockNames(seed: number, draft: Draft, inTrouble: boolean, taken: Set<string>) {
  const [end, endPinyin, industry] = trades[mix(seed, 41) % trades.length] ?? ["股份", "gufen", "综合类"];
  const brand = () => {
    for (let attempt = 0; ; attempt++) {
      const [first, firstPinyin] = syllables[mix(seed, attempt, 42) % syllables.length] ?? ["华", "hua"];
      const [second, secondPinyin] = syllables[mix(seed, attempt, 43) % syllables.length] ?? ["信", "xin"];
      const name = first + second + end;
      if (taken.has(name) && attempt < 200) continue;
      taken.add(name);
      return { name, pinyin: `${firstPinyin} ${secondPinyin} ${endPinyin}` };
    }
  };
  const { listed, delisted } = draft;
  const names = [{ from: listed, ...brand() }];
  if (unit(seed, 44) < 0.12)
    names.push({ from: listed + 300 + Math.floor(unit(seed, 45) * 3000), ...brand() });
  if (!inTrouble) return { names, industry };
  const last = names.at(-1) ?? { from: listed, name: "", pinyin: "" };
  const troubleFrom = draft.alive ? last.from + 250 + Math.floor(unit(seed, 46) * 1500) : delisted - 200;
  const isWorse = unit(seed, 47) < 0.5;
  const marked = { name: (isWorse ? "*ST" : "ST") + last.name.slice(0, 3), pinyin: `st ${last.pinyin}` };
  names.push({ from: Math.max(troubleFrom, last.from + 1), ...marked });
  if (!draft.alive)
    names.push({ from: delisted - 30, name: `${last.name.slice(0, 2)}退`, pinyin: `${last.pinyin} tui` });
  return { names: names.sort((a, b) => a.from - b.from), industry };
}

// One ETF in six does not say so in its name, as 515030 新汽车, 512730 银行FUND and 159950 深成指EF did not.
const wordsOfEtfs = [...Array<string>(15).fill("ETF"), "", "FUND", "EF"];

function fundNames(seed: number, board: Board, draft: Draft, taken: Set<string>) {
  for (let attempt = 0; ; attempt++) {
    const index = indices[mix(seed, attempt, 51) % indices.length] ?? "沪深300";
    const house = fundHouses[mix(seed, attempt, 52) % fundHouses.length] ?? "华岳";
    const series = attempt < 3 ? "" : String(attempt);
    const word = board.kind === "ETF" ? wordsOfEtfs[mix(seed, 53) % wordsOfEtfs.length] : board.kind;
    const name =
      board.kind === "ETF" ? `${index}${word}${house}${series}` : `${house}${index}${series}${word}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return { names: [{ from: draft.listed, name, pinyin: "" }], industry: index };
  }
}
