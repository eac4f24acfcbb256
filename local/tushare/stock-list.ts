// The stock_basic row of the generated market: status, names and company facts as they are known on a day.
import type { Calendar } from "./calendar.ts";
import { unit } from "./hash.ts";
import type { Row } from "./interfaces.ts";
import { areas, controllers } from "./names.ts";
import type { Security } from "./securities.ts";

const approvedDaysBefore = 15; // how long before its first bar a stock is in list status G

/** The row as seen on `today` (YYYYMMDD); undefined before the stock is approved. */
export function stockRow(calendar: Calendar, security: Security, today: string): Row | undefined {
  const status = statusOn(calendar, security, today);
  if (status === undefined) return undefined;
  const { board, seed, listed } = security;
  const day = dayUntil(calendar, today);
  const code = codeOn(security, day);
  const named = nameOn(security, day);
  const age = day - listed;
  const isBare = status === "D" || (board.suffix === "BJ" && age < 60) || unit(seed, 71) < 0.003;
  const area = areas[Math.floor(unit(seed, 72) * areas.length)] ?? "北京";
  const hasController = unit(seed, 73) < 0.55;
  const connect = board.suffix === "BJ" || unit(seed, 74) < 0.45 ? "N" : board.suffix === "SH" ? "H" : "S";
  const first = security.names[0];
  return [
    code,
    code.slice(0, 6),
    named.name,
    isBare ? null : area,
    isBare ? null : security.industry,
    `${area}${first?.name ?? ""}${first?.name.endsWith("股份") ? "" : "股份"}有限公司`,
    `${englishName(first?.pinyin ?? "")} Co., Ltd.`,
    initials(named.pinyin),
    board.market,
    board.exchange,
    "CNY",
    status,
    status === "G" ? null : (calendar.openDays[listed] ?? null),
    status === "D" ? (calendar.openDays[security.delisted] ?? null) : null,
    connect,
    hasController ? (controllers[Math.floor(unit(seed, 75) * controllers.length)] ?? null) : null,
    hasController
      ? unit(seed, 75) < 0.2
        ? "中央国企"
        : unit(seed, 75) < 0.3
          ? "地方国企"
          : "民营企业"
      : null,
  ];
}

/** The stocks of the Beijing exchange that have had another code: name, old code, new code, day of listing. */
export function movedRows(calendar: Calendar, stocks: readonly Security[], today: string): Row[] {
  const day = dayUntil(calendar, today);
  return stocks.flatMap((stock): Row[] => {
    const { board, formerCode, recodedOn = Infinity, listed, code } = stock;
    if (board.suffix !== "BJ" || formerCode === undefined || recodedOn > day || listed >= recodedOn)
      return [];
    return [[nameOn(stock, day).name, formerCode, code, calendar.openDays[listed] ?? null]];
  });
}

/** L, D, P or G on a day; undefined before the stock is approved. */
export function statusOn(calendar: Calendar, security: Security, today: string) {
  const day = dayUntil(calendar, today);
  if (day >= security.delisted) return "D";
  if (day >= security.parkedFrom) return "P";
  if (day >= security.listed) return "L";
  return day >= security.listed - approvedDaysBefore ? "G" : undefined;
}

/** The code in use on a day. */
export function codeOn(security: Security, day: number): string {
  const { code, formerCode, recodedOn } = security;
  return formerCode !== undefined && recodedOn !== undefined && day < recodedOn ? formerCode : code;
}

/** Index of the last open day that is not after `today`; -1 before the first. */
export function dayUntil(calendar: Calendar, today: string): number {
  const day = calendar.indexFrom(today);
  return calendar.openDays[day] === today ? day : day - 1;
}

function nameOn({ names, listed }: Security, day: number): { name: string; pinyin: string } {
  const named = names.findLast(({ from }) => from <= day) ?? names[0] ?? { name: "", pinyin: "" };
  const age = day - listed;
  if (age < 0 || age > 4) return named;
  return { ...named, name: (age === 0 ? "N" : "C") + named.name.slice(0, 2) };
}

function englishName(pinyin: string): string {
  const [first = "", second = "", ...rest] = pinyin.split(" ");
  return [first + second, ...rest].map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");
}

// The initials of the pinyin: a consonant before a vowel begins a syllable.
function initials(pinyin: string): string {
  return pinyin
    .split(" ")
    .map((word) =>
      word === "st" ? word : (word.match(/^[aeo]|[zcs]h(?=[aeiou])|[b-df-hj-np-tw-z](?=[aeiou])/g) ?? []),
    )
    .map((found) => (typeof found === "string" ? found : found.map((sound) => sound.slice(0, 1)).join("")))
    .join("");
}
