// Translates a stored text: it is matched against the templates, so only the text has to be stored or sent. Text that
// matches no template (such as a server's own message) stays as it is, with a mark that says so.
import { datasets } from "../catalogue/datasets.ts";
import { chinese } from "./chinese.ts";
import type { Language } from "./language.ts";
import { fill, plural } from "./say.ts";
import { allSentences } from "./say-here.ts";

type Pattern = {
  /** The text between the holes, from the first to the last. */
  readonly literals: readonly string[];
  readonly holes: readonly string[];
  readonly chinese: string;
};

/** Templates with the most fixed text first, because they match by accident least often. */
const patterns: readonly Pattern[] = Object.entries(allSentences)
  .map(([name, english]) => ({
    literals: english.split(/\{\w+\}/),
    holes: [...english.matchAll(/\{(\w+)\}/g)].map(([, hole = ""]) => hole),
    chinese: chinese[name as keyof typeof allSentences],
  }))
  .sort((a, b) => fixed(b) - fixed(a));

/** Titles of datasets, one or several, in a sentence or alone. */
const titles = new Map(Object.values(datasets).map(({ title }) => [title.en, title.zh]));

function titlesIn(text: string): string | undefined {
  const named = text.split(", ").map((title) => titles.get(title));
  return named.every((title) => title !== undefined) ? named.join("、") : undefined;
}

/** Separates the sentences of one text, such as the reasons of a plan. */
const joint = "; ";

export function translate(text: string, language: Language): string {
  if (language === "en" || text === "") return text;
  return recognise(plural(text)) ?? (/\p{Script=Han}/u.test(text) ? text : `原文：${text}`);
}

/** Like translate, but unknown text stays as it is, without a mark: a line with an address or a command in it. */
export function translateKnown(text: string, language: Language): string {
  if (language === "en") return text;
  const [, space = "", words = "", end = ""] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return space + (recognise(plural(words)) ?? words) + end;
}

/** Undefined when no part of the text matches a template. */
function recognise(text: string): string | undefined {
  const named = titlesIn(text);
  if (named !== undefined) return named;
  const parts = text.split(joint);
  const known = parts.length === 1 ? [] : parts.map(recognise);
  if (known.length > 0 && known.every((part) => part !== undefined)) return known.join("；");
  for (const pattern of patterns) {
    const values = match(pattern, text);
    if (values === undefined) continue;
    const translated = Object.entries(values).map(([hole, value]) => [hole, recognise(value) ?? value]);
    return fill(pattern.chinese, Object.fromEntries(translated));
  }
  return known.every((part) => part === undefined)
    ? undefined
    : known.map((part, at) => part ?? parts[at]).join("；");
}

/** The values of the holes: each literal is matched at its first occurrence, the last one at the end of the text. */
function match({ literals, holes }: Pattern, text: string): Record<string, string> | undefined {
  const [first = "", ...others] = literals;
  if (!text.startsWith(first)) return undefined;
  const values: Record<string, string> = {};
  let at = first.length;
  for (const [index, literal] of others.entries()) {
    const isLast = index === others.length - 1;
    const next = isLast ? text.length - literal.length : text.indexOf(literal, at);
    if (next < at || (isLast && !text.endsWith(literal))) return undefined;
    values[holes[index] ?? ""] = text.slice(at, next);
    at = next + literal.length;
  }
  return at === text.length ? values : undefined;
}

function fixed({ literals }: Pattern): number {
  return literals.join("").length;
}
