// What a column's figures are counted in.

/** The same for people in English and in Chinese. */
export type Bilingual = { readonly en: string; readonly zh: string };

/** `en`: as the comment of a column has it. `none`: a text, a code, a day. */
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
  /** Of one figure to another. */
  times: { en: "times", zh: "倍" },
  /** How often something is turned over in a period. */
  turns: { en: "times", zh: "次" },
  days: { en: "days", zh: "天" },
} as const satisfies Readonly<Record<string, Bilingual>>;

export type Measure = keyof typeof measures;
