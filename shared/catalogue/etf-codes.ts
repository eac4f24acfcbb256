// Which codes belong to funds, and which of them to exchange-traded funds.
import type { CodeRanges } from "./dataset.ts";

/**
 * Codes of exchange-traded funds begin with 510 to 518, 520, 53, 55, 56 or 58 in Shanghai and with 159 in Shenzhen. Other
 * funds in Shanghai: 50 (listed open and closed-end funds, REITs), 519 and 521 to 524 (open funds); in Shenzhen: the rest
 * of 15, 16 and 18.
 */
const etfCode = /^(5(1[0-8]|2[05-9]|[3568]\d)\d{3}\.SH|159\d{3}\.SZ)$/;

/** Keeps only the ETFs of an answer about all funds. List and prices share this rule, so that they agree. */
export const etfsOnly = { ts_code: etfCode } as const;

/** Ranges of all fund codes: fund codes in Shanghai and Shenzhen begin with 5 or 1, and share codes never do. */
export const fundCodes: CodeRanges = [
  ["1", "2"],
  ["5", "6"],
];
