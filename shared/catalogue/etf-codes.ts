// Which codes are those of funds, and which of these of exchange-traded ones.
import type { CodeRanges } from "./dataset.ts";

/**
 * Codes of exchange-traded funds: Shanghai gives them 510 to 518, 520, 53, 55, 56 and 58, Shenzhen 159. Shanghai's 50 are
 * listed open and closed-end funds and REITs, 519 and 521 to 524 open funds; Shenzhen's 15, 16 and 18 are those beside 159.
 */
const etfCode = /^(5(1[0-8]|2[05-9]|[3568]\d)\d{3}\.SH|159\d{3}\.SZ)$/;

/** Of an answer about funds of all kinds, the ETFs. One rule for the list and for the prices, or they would not agree. */
export const etfsOnly = { ts_code: etfCode } as const;

/** How the codes of all funds begin: Shanghai and Shenzhen give every fund a code that begins with 5 or 1, and no share such a one. */
export const fundCodes: CodeRanges = [
  ["1", "2"],
  ["5", "6"],
];
