// The fund_basic and etf_basic rows of the generated market, as they are known on a day.
import type { Calendar } from "./calendar.ts";
import { unit } from "./hash.ts";
import type { Row } from "./interfaces.ts";
import { custodians, fundHouses } from "./names.ts";
import type { Security } from "./securities.ts";
import { dayUntil } from "./stock-list.ts";

const offeredDaysBefore = 20; // how long before its first bar a fund is being issued

/** The fund_basic row; undefined for funds that are not offered yet. */
export function fundRow(calendar: Calendar, fund: Security, today: string): Row | undefined {
  const facts = factsOn(calendar, fund, today);
  if (!facts) return undefined;
  const { status, founded, listed, delisted, house, custodian, fee } = facts;
  const { kind } = fund.board;
  const index = fund.industry;
  const isReit = kind === "REIT";
  return [
    fund.code,
    fund.names[0]?.name ?? "",
    `${house}基金`,
    custodian,
    isReit ? "REITs" : index === "黄金" ? "商品型" : index === "国债" ? "债券型" : "股票型",
    founded,
    null,
    status === "I" ? null : listed,
    founded,
    status === "D" ? delisted : null,
    Math.round((2 + 60 * unit(fund.seed, 91) ** 4) * 1e4) / 1e4,
    fee,
    Math.round(fee * 20) / 100,
    isReit ? 20 : null,
    1,
    unit(fund.seed, 92) < 0.5 ? 0.1 : null,
    null,
    isReit ? null : `${index}指数收益率*95%+银行活期存款利率(税后)*5%, "${index}"`,
    status,
    isReit ? null : "被动指数型",
    isReit ? "契约型封闭式" : "契约型开放式",
    null,
    founded,
    founded,
    "E",
  ];
}

/** The etf_basic row; undefined when the fund is not an ETF or is not offered yet. */
export function etfRow(calendar: Calendar, fund: Security, today: string): Row | undefined {
  const facts = factsOn(calendar, fund, today);
  if (!facts || fund.board.kind !== "ETF") return undefined;
  const { status, founded, listed, house, custodian, fee } = facts;
  const index = fund.industry;
  const name = fund.names[0]?.name ?? "";
  return [
    fund.code,
    name,
    name,
    `${house}${index}交易型开放式指数证券投资基金`,
    `${String(300 + (fund.seed % 700)).padStart(6, "0")}.SH`,
    `${index}指数`,
    founded,
    status === "I" ? null : listed,
    status === "I" ? "P" : status,
    fund.board.suffix,
    `${house}基金`,
    custodian,
    fee,
    index === "纳指100" || index === "恒生科技" ? "QDII" : "境内",
  ];
}

function factsOn(calendar: Calendar, fund: Security, today: string) {
  const day = dayUntil(calendar, today);
  const founded = calendar.openDays[Math.max(0, fund.listed - offeredDaysBefore)] ?? null;
  if (day < fund.listed - offeredDaysBefore) return undefined;
  const named = fund.names[0]?.name ?? "";
  return {
    status: day >= fund.delisted ? "D" : day >= fund.listed ? "L" : "I",
    founded,
    listed: calendar.openDays[fund.listed] ?? null,
    delisted: calendar.openDays[fund.delisted] ?? null,
    house: fundHouses.find((house) => named.includes(house)) ?? "华岳",
    custodian: custodians[fund.seed % custodians.length] ?? "中国银行",
    fee: unit(fund.seed, 93) < 0.5 ? 0.15 : 0.5,
  };
}
