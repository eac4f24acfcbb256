// Checks of stored rows: what a row must agree with, in itself and with other rows. They report and refuse nothing,
// because TuShare's own rows break them now and then. The datasets' files list theirs; schema/checks.ts makes SQL of them.
import type { CodeRanges } from "./dataset.ts";
import type { Day } from "./dates.ts";
import type { Bilingual } from "./measures.ts";

/** One check of a dataset, with the columns that it reads. `tick` is the smallest step of a price. */
export type DataCheck =
  | {
      readonly check: "price_range";
      readonly low: string;
      readonly high: string;
      readonly within: readonly string[];
    }
  | {
      readonly check: "average_price";
      readonly low: string;
      readonly high: string;
      readonly volume: string;
      readonly amount: string;
      /** amount × this ÷ volume is a price: 10 for thousand CNY and lots of 100 shares. */
      readonly scale: number;
    }
  | {
      readonly check: "reference_price";
      readonly reference: string;
      readonly price: string;
      /** Without it, the reference is the price of the day before. */
      readonly factor?: string;
      readonly tick: number;
    }
  | {
      readonly check: "price_jump";
      readonly price: string;
      readonly factor: string;
      readonly tick: number;
      /** The first that fits code and day counts; without one, any price is possible. */
      readonly limits: readonly PriceLimit[];
      /** Calendar days after the listing without a limit. */
      readonly freeDays: number;
    }
  | {
      readonly check: "turnover_volume";
      readonly volume: string;
      /** In ten thousand shares. */
      readonly shares: string;
      /** In percent. */
      readonly rate: string;
    }
  | {
      readonly check: "suspended_price";
      readonly price: string;
      /** The dataset with the suspensions, and the values of a row that covers a whole day; null: no value. */
      readonly evidence: string;
      readonly when: Readonly<Record<string, string | null>>;
    };

/** How far a price may go from the last one in a day. */
export type PriceLimit = {
  /** All codes without it. */
  readonly codes?: CodeRanges;
  readonly from: Day;
  readonly percent: number;
};

export type DataCheckName = DataCheck["check"];

/** How far a figure may differ from what it is compared with; each holds for all captured rows of TuShare. */
export const tolerances = {
  /** Of an average price: amounts are rounded. */
  average: 0.001,
  /** Of a reference price: factors have three or four decimals, and move in the last one on ordinary days. */
  reference: 0.001,
  /** A smaller step of the factor is not a corporate action. */
  factorStep: 0.001,
  /** Of the volume, and of the rate itself, which has four decimals. */
  volume: 0.001,
  rate: 0.0001,
} as const;

/** Every check: its name for people, and what it means. In the order in which they are shown. */
export const dataChecks: Readonly<
  Record<DataCheckName, { readonly title: Bilingual; readonly means: Bilingual }>
> = {
  price_range: {
    title: { en: "price outside the day's range", zh: "价格超出当日高低范围" },
    means: {
      en: "open or close is not between low and high",
      zh: "开盘价或收盘价不在最低价与最高价之间",
    },
  },
  average_price: {
    title: { en: "average price outside the day's range", zh: "均价超出当日高低范围" },
    means: {
      en: "amount divided by vol is not between low and high (tolerance 0.1 percent)",
      zh: "成交额除以成交量不在最低价与最高价之间（容差 0.1%）",
    },
  },
  reference_price: {
    title: { en: "pre_close differs from the day before", zh: "昨收价与前一日不符" },
    means: {
      en: "pre_close is not the close of the previous trading day, times the factor of that day, divided by the factor of this day (tolerance one tick and 0.1 percent)",
      zh: "昨收价不等于上一交易日收盘价乘以该日复权因子、再除以当日复权因子（容差一个最小变动价位加 0.1%）",
    },
  },
  price_jump: {
    title: { en: "price jump without a factor change", zh: "复权因子未变而价格跳变" },
    means: {
      en: "close differs from that of the previous trading day by more than the board's price limit, and the factor is the same; not in the first days of a listing",
      zh: "收盘价与上一交易日相差超过所在板块的涨跌幅限制，而复权因子未变；上市最初几日除外",
    },
  },
  turnover_volume: {
    title: { en: "turnover rate and volume differ", zh: "换手率与成交量不符" },
    means: {
      en: "vol is not turnover_rate of float_share (tolerance 0.1 percent)",
      zh: "成交量不等于流通股本乘以换手率（容差 0.1%）",
    },
  },
  suspended_price: {
    title: { en: "price on a suspended day", zh: "停牌日有行情" },
    means: {
      en: "there is a row on a day for which a suspension of the whole day is stored",
      zh: "当日有全天停牌记录，却有行情",
    },
  },
};

/** For bars with TuShare's usual columns. */
export const priceRange = {
  check: "price_range",
  ...{ low: "low", high: "high", within: ["open", "close"] },
} as const satisfies DataCheck;

/** For such bars in lots of 100 shares and thousand CNY. */
export const averagePrice = {
  check: "average_price",
  ...{ low: "low", high: "high", volume: "vol", amount: "amount", scale: 10 },
} as const satisfies DataCheck;

/** The function of the database that reports what they find between two days. */
export const dataCheckFunction = "data_check";

/** Its comment: a paragraph, then a line for each check. A function, so that no bundle has it. */
export function dataCheckMeaning(): Bilingual {
  const lines = (language: keyof Bilingual, colon: string) =>
    Object.entries(dataChecks)
      .map(([name, { means }]) => `- ${name}${colon}${means[language]}`)
      .join("\n");
  return {
    en: `Rows between two days, both included, that fail a check: name of the check, dataset, code, day, what was found and what was expected. It reports and changes nothing; a row as TuShare sends it may fail.\n\n${lines("en", ": ")}`,
    zh: `两日之间（含首尾）未通过检查的行：检查名称、数据集、代码、日期、实际值、应有值。只报告，不改动数据；TuShare 的原始数据也可能未通过。\n\n${lines("zh", "：")}`,
  };
}
