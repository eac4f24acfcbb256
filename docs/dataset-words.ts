// What the documents say about a dataset and a schedule, in both languages, derived from their fields. Pure.

import { type InterfaceSpec, interfacesOf } from "../shared/catalogue/dataset.ts";
import { type Dataset, securityOf } from "../shared/catalogue/datasets.ts";
import type { Bilingual } from "../shared/catalogue/measures.ts";
import type { Selector } from "../shared/catalogue/selector.ts";

/** Any day shows which selectors a list uses. */
const anyDay = "20240102";

/** What one unit of the dataset covers. */
export function unitOf(dataset: Dataset): Bilingual {
  const kinds = kindsOf(dataset).map((by) => unitPhrase(dataset, by));
  return { en: kinds.map(({ en }) => en).join(", or "), zh: kinds.map(({ zh }) => zh).join("，或") };
}

/** The kinds of selector its units use, the usual one first. */
function kindsOf(dataset: Dataset): Selector["by"][] {
  const { slices, lists, main, byPeriod } = dataset;
  const byCode = interfacesOf(dataset).every(({ answers }) => answers.includes("code"));
  switch (slices) {
    case "lists":
      return [...new Set(lists?.(anyDay).map(({ by }) => by))];
    case "days":
      return byCode ? ["date", "code"] : ["date"];
    case "periods":
      return (["code", "period"] as const).filter((by) =>
        [main, byPeriod].some((one) => one?.answers.includes(by)),
      );
    case "codes":
      return ["code"];
    case "announcements":
      return ["announced"];
    case "months":
      return ["month"];
    case "ranges":
      return ["range"];
  }
}

const securities = {
  stock: { one: { en: "a stock", zh: "一只股票" }, each: { en: "each stock", zh: "每只股票" }, by: "股票" },
  etf: { one: { en: "an ETF", zh: "一只 ETF " }, each: { en: "each ETF", zh: "每只 ETF " }, by: " ETF" },
  code: { one: { en: "a code", zh: "一个代码" }, each: { en: "each code", zh: "每个代码" }, by: "代码" },
} as const;

function unitPhrase(dataset: Dataset, by: Selector["by"]): Bilingual {
  const { rangeDays } = dataset;
  const { one } = securities[securityOf(dataset) ?? "code"];
  const phrases: Readonly<Record<Selector["by"], Bilingual>> = {
    date: { en: "a trading day", zh: "一个交易日" },
    code: { en: `${one.en} with a range`, zh: `${one.zh}的一段` },
    calendar: { en: "a range of years", zh: "若干年" },
    list_status: { en: "a list status", zh: "一种上市状态" },
    exchange: { en: "an exchange and a list status", zh: "一个交易所的一种上市状态" },
    whole: { en: "the whole list", zh: "整个列表" },
    period: { en: "a report period", zh: "一个报告期" },
    announced: { en: "an announcement day", zh: "一个公告日" },
    month: { en: "a month", zh: "一个月" },
    range: { en: `${rangeDays} days`, zh: `${rangeDays} 天` },
  };
  return phrases[by];
}

/** The interfaces it is made from, and their fallbacks. */
export function sourcesOf({ main, details, byPeriod }: Dataset): Bilingual {
  const named = (otherwise: string) =>
    [main, ...details]
      .map(({ name, fallback }) => (fallback ? `${name}${otherwise}${fallback.name}` : name))
      .join(" + ");
  return {
    en: `${named(", else ")}${byPeriod ? `, or ${byPeriod.name} by period` : ""}`,
    zh: `${named("，无权限时 ")}${byPeriod ? `，或按报告期 ${byPeriod.name}` : ""}`,
  };
}

/** Every interface that may be called for it. */
export function allInterfacesOf({ main, details, byPeriod }: Dataset): InterfaceSpec[] {
  return [main, ...details, byPeriod].flatMap((one) =>
    one === undefined ? [] : one.fallback ? [one, one.fallback] : [one],
  );
}

/** When an answer is complete. */
export function expectedOf(dataset: Dataset): Bilingual {
  const { en, zh } = securities[securityOf(dataset) ?? "code"].each;
  switch (dataset.expects) {
    case "members":
      if (dataset.filedIn !== undefined)
        return { en: `there is a row for ${en} that has filed`, zh: `已披露的${zh}都有一行` };
      return securityOf(dataset) === undefined
        ? { en: `there is a row for ${en} named in its file`, zh: `文件中列出的${zh}都有一行` }
        : { en: `there is a row for ${en} listed on that day`, zh: `当日上市的${zh}都有一行` };
    case "some":
      return { en: "there is at least one row once it is due", zh: "到期后至少有一行" };
    case "none":
      if (dataset.main.optional)
        return {
          en: "always, even without rows: not every account may call it",
          zh: "没有行也算完整：账号可能没有调用权限",
        };
      return { en: "always, even without rows: these are events", zh: "事件类数据，没有行也算完整" };
    case "before":
      return { en: "it has about as many rows as last time", zh: "行数与上一次相近" };
    case "every_day":
      return { en: "each trading day names the previous one", zh: "每个交易日的上一交易日字段首尾相接" };
  }
}

/** When a slice that ends on a day is published. */
export function publishedOf({ publicationHour }: Dataset): Bilingual {
  if (publicationHour === undefined) return { en: "at any time", zh: "不定时" };
  const hour = `${String(publicationHour).padStart(2, "0")}:00`;
  return { en: `from ${hour} in Shanghai`, zh: `北京时间 ${hour} 起` };
}

const weekdays: Readonly<Record<string, Bilingual>> = {
  "*": { en: "every day", zh: "每天" },
  "MON-FRI": { en: "weekdays", zh: "工作日" },
  MON: { en: "Mondays", zh: "周一" },
  TUE: { en: "Tuesdays", zh: "周二" },
  WED: { en: "Wednesdays", zh: "周三" },
  THU: { en: "Thursdays", zh: "周四" },
  FRI: { en: "Fridays", zh: "周五" },
  SAT: { en: "Saturdays", zh: "周六" },
  SUN: { en: "Sundays", zh: "周日" },
};

/** When schedules start a job, in Shanghai time. @throws Error for an unsupported form of expression */
export function whenOf(schedules: readonly string[]): Bilingual {
  if (schedules.length === 0) return { en: "by hand", zh: "手动" };
  const read = schedules.map((expression) => {
    const [, minute = "", hour = "", weekday = ""] =
      /^cron\((\d+) (\d+) \? \* (\S+) \*\)$/.exec(expression) ?? [];
    const days = weekdays[weekday];
    if (days === undefined) throw new Error(`${expression}: docs/dataset-words.ts cannot say when that is`);
    return { days, hour: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}` };
  });
  const groups = [...Map.groupBy(read, ({ days }) => days)];
  const said = (language: keyof Bilingual, and: string) =>
    groups
      .map(([days, times]) => `${days[language]} ${times.map(({ hour }) => hour).join(` ${and} `)}`)
      .join(", ");
  return { en: said("en", "and"), zh: said("zh", "和") };
}
