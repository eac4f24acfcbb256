// Units of measure of the columns.

/** A text in English and in Chinese. */
export type Bilingual = { readonly en: string; readonly zh: string };

/** `en` is also used in the column's comment in SQL. `none`: a text, a code, a day. */
export const measures = {
  none: { en: "", zh: "" },
  ratio: { en: "no unit", zh: "无单位" },
  percent: { en: "percent", zh: "%" },
  "percent a year": { en: "percent a year", zh: "%/年" },
  CNY: { en: "CNY", zh: "元" },
  "CNY a share": { en: "CNY a share", zh: "元/股" },
  "thousand CNY": { en: "thousand CNY", zh: "千元" },
  "ten thousand CNY": { en: "ten thousand CNY", zh: "万元" },
  shares: { en: "shares", zh: "股" },
  "ten thousand shares": { en: "ten thousand shares", zh: "万股" },
  lots: { en: "lots of 100 shares", zh: "手" },
  points: { en: "index points", zh: "点" },
  /** Ratio of two figures. */
  times: { en: "times", zh: "倍" },
  /** Turnovers in a period. */
  turns: { en: "times", zh: "次" },
  days: { en: "days", zh: "天" },
} as const satisfies Readonly<Record<string, Bilingual>>;

export type Measure = keyof typeof measures;
