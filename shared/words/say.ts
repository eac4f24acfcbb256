// Makes a text from a sentence in sentences.ts. The English text is stored and logged; translate.ts recognises it later.
import { type SentenceName, sentences } from "./sentences.ts";

type HolesIn<Template extends string> = Template extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole | HolesIn<Rest>
  : never;

/** A value for each hole of a sentence. A value that is itself a sentence is translated too. */
type ValuesOf<Template extends string> = Readonly<Record<HolesIn<Template>, string | number>>;
export type Values<Name extends SentenceName> = ValuesOf<(typeof sentences)[Name]>;

/** The arguments after the sentence's name. */
export type Arguments<Template extends string> =
  HolesIn<Template> extends never ? [] : [values: ValuesOf<Template>];

/** The sentence in English. */
export function say<Name extends SentenceName>(
  name: Name,
  ...[values]: Arguments<(typeof sentences)[Name]>
): string {
  return singular(fill(sentences[name], values ?? {}));
}

const counted =
  "rows|units|calls|codes|days|months|stocks|refusals|minutes|hours|files|checks|tasks|failures|slices|tables";
const ofMany = new RegExp(`(?<![\\d.,/])1 (${counted})\\b`, "g");
const ofOne = new RegExp(`(?<![\\d.,/])1 (${counted.replaceAll(/s\b/g, "")})\\b`, "g");

/** English as it is spoken of one thing: a sentence is written for many. */
export function singular(text: string): string {
  return text
    .replace(ofMany, (found) => found.slice(0, -1))
    .replace(/(?<![\d.,/])1 ((?:failure )?)need action/g, "1 $1needs action");
}

/** Undoes `singular`, so that a text is recognised by its sentence. */
export function plural(text: string): string {
  return text.replace(ofOne, "$&s").replace(/(?<![\d.,/])1 ((?:failures )?)needs action/g, "1 $1need action");
}

/** A template with its holes filled. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, hole: string) => String(values[hole] ?? ""));
}
