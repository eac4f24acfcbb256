// Stocks that traded on under another code: TuShare's list then has only the new code, whose daily data goes back to the
// listing, and the old code's data stays too. The view code_alias has these moves, and those of the Beijing exchange from
// TuShare's own mapping.
import type { Day } from "./dates.ts";

export type CodeMove = {
  readonly from: string;
  readonly to: string;
  /** The first trading day of the new code. */
  readonly on: Day;
};

/**
 * A move that is added here also needs a migration that replaces the view. Public lists of other projects have the same
 * days, except for 601313, where two have 28 February and two the 26th. A day that is some days off costs little: the old
 * code is expected at most up to the day on which it left the lists, its days are explained by those of the new code, and
 * the views go by the stored rows.
 */
export const knownMoves: readonly CodeMove[] = [
  { from: "601313.SH", to: "601360.SH", on: "20180228" }, // 江南嘉捷, since then 三六零
  { from: "000022.SZ", to: "001872.SZ", on: "20181226" }, // 深赤湾Ａ, since then 招商港口
  { from: "000043.SZ", to: "001914.SZ", on: "20191216" }, // 中航善达, since then 招商积余
  { from: "300114.SZ", to: "302132.SZ", on: "20250217" }, // 中航电测, since then 中航成飞
];

/** The day on which the Beijing exchange gave 920 codes to all stocks that had others. The mapping has no day. */
export const beijingMovedOn: Day = "20251009";
