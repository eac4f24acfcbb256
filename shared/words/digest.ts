// The line that people get in the evening, where they want one: whether the day is whole, and what failed.

import { type Day, formatDay } from "../catalogue/dates.ts";
import type { Bilingual } from "../catalogue/measures.ts";
import type { Language } from "./language.ts";

/** Of the newest due day of a dataset. Figures are null where no list says which rows a day must have. */
export type DigestPart = {
  readonly title: Bilingual;
  readonly day: Day;
  readonly stored: number;
  readonly missing: number | null;
  /** Looked for and not found. */
  readonly unexplained: number | null;
  /** Nothing is to be fetched any more. */
  readonly isWhole: boolean;
};

export type Digest = {
  readonly day: Day;
  readonly parts: readonly DigestPart[];
  readonly failures: { readonly needPerson: number; readonly planned: number };
  /** To TuShare, on that day; undefined where it is not known. */
  readonly calls: number | undefined;
};

/** A day is called whole only when it is whole for every dataset, and every row that was looked for was found. */
export function writeDigest({ day, parts, failures, calls }: Digest, language: Language): string {
  const words = digestWords[language];
  const isWhole = parts.length > 0 && parts.every((part) => part.isWhole && (part.unexplained ?? 0) === 0);
  const head = `${formatDay(day)} ${isWhole ? words.whole : words.partial}`;
  const each = parts.map((part) => `${part.title[language]} ${describe(part, words)}`).join(words.comma);
  const { needPerson, planned } = failures;
  const failed =
    needPerson + planned === 0
      ? words.noFailures
      : [
          ...(needPerson === 0 ? [] : [words.needPerson(needPerson)]),
          ...(planned === 0 ? [] : [words.planned(planned)]),
        ].join(words.comma);
  const called = calls === undefined ? "" : `${words.semicolon}${words.calls(calls)}`;
  return `${head}${words.colon}${each}${words.semicolon}${failed}${called}`;
}

function describe({ stored, missing, unexplained, isWhole }: DigestPart, words: DigestWords): string {
  const lacks = [
    ...(missing === null || missing === 0 ? [] : [words.missing(number(missing))]),
    ...(unexplained === null || unexplained === 0 ? [] : [words.notFound(number(unexplained))]),
  ];
  if (lacks.length > 0) return `${number(stored)}${words.open}${lacks.join(words.comma)}${words.close}`;
  return isWhole ? number(stored) : `${number(stored)}${words.open}${words.notComplete}${words.close}`;
}

const number = (value: number): string => value.toLocaleString("en-US");

type DigestWords = Readonly<
  Record<
    "whole" | "partial" | "colon" | "comma" | "semicolon" | "open" | "close" | "notComplete" | "noFailures",
    string
  > &
    Record<"missing" | "notFound", (count: string) => string> &
    Record<"needPerson" | "planned" | "calls", (count: number) => string>
>;

const digestWords: Readonly<Record<Language, DigestWords>> = {
  en: {
    ...{
      whole: "whole",
      partial: "NOT WHOLE",
      colon: ": ",
      comma: ", ",
      semicolon: "; ",
      open: " (",
      close: ")",
    },
    notComplete: "not complete",
    noFailures: "0 failures",
    missing: (count) => `${count} missing`,
    notFound: (count) => `${count} looked for and not found`,
    needPerson: (count) => `${number(count)} ${count === 1 ? "failure needs" : "failures need"} action`,
    planned: (count) => `${number(count)} ${count === 1 ? "is" : "are"} retried later`,
    calls: (count) => `${number(count)} ${count === 1 ? "call" : "calls"}`,
  },
  zh: {
    ...{
      whole: "数据完整",
      partial: "数据不完整",
      colon: "：",
      comma: "，",
      semicolon: "；",
      open: "（",
      close: "）",
    },
    notComplete: "尚未到齐",
    noFailures: "没有失败",
    missing: (count) => `缺 ${count}`,
    notFound: (count) => `${count} 查过但没有`,
    needPerson: (count) => `${number(count)} 个失败需要人工处理`,
    planned: (count) => `${number(count)} 个稍后重试`,
    calls: (count) => `调用 ${number(count)} 次`,
  },
};
