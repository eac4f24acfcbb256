// Units of measure of the columns.

/** A text in English and in Chinese. */
export type Bilingual = { readonly en: string; readonly zh: string };

/** `en` is also used in the column's comment in SQL. `none`: a text, a code, a day. */
export const measures = {
  none: { en: "", zh: "" },
  ratio: { en: "no unit", zh: "无单位" },
  percent: { en: "percent", zh: "%" },
  "percentage points": { en: "percentage points", zh: "百分点" },
  "percent a year": { en: "percent a year", zh: "%/年" },
  CNY: { en: "CNY", zh: "元" },
  "CNY a share": { en: "CNY a share", zh: "元/股" },
  "thousand CNY": { en: "thousand CNY", zh: "千元" },
  "hundred million CNY": { en: "hundred million CNY", zh: "亿元" },
  "million CNY": { en: "million CNY", zh: "百万元" },
  "ten thousand CNY": { en: "ten thousand CNY", zh: "万元" },
  shares: { en: "shares", zh: "股" },
  "ten thousand shares": { en: "ten thousand shares", zh: "万股" },
  "shares a share": { en: "shares a share", zh: "股/股" },
  lots: { en: "lots of 100 shares", zh: "手" },
  /** Of convertible bonds. */
  "lots of bonds": { en: "lots of 10 bonds", zh: "手" },
  "fund units": { en: "units", zh: "份" },
  "ten thousand units": { en: "ten thousand units", zh: "万份" },
  /** The unit depends on the row: shares, units or lots of bonds. */
  securities: { en: "shares, units or lots, by kind of security", zh: "股、份或手，视证券类型" },
  "of the row": { en: "in the currency of the row", zh: "该行的币种" },
  number: { en: "number", zh: "数量" },
  years: { en: "years", zh: "年" },
  points: { en: "index points", zh: "点" },
  /** Of prices, where the same time of the year before is 100. */
  index: { en: "index, 100 is the same time of the year before", zh: "指数，上年同期为 100" },
  /** Ratio of two figures. */
  times: { en: "times", zh: "倍" },
  /** Turnovers in a period. */
  turns: { en: "times", zh: "次" },
  days: { en: "days", zh: "天" },
} as const satisfies Readonly<Record<string, Bilingual>>;

export type Measure = keyof typeof measures;
