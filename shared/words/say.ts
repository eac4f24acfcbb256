// Makes a text from a sentence in sentences.ts. The English text is stored and logged; translate.ts recognises it later.
import { type SentenceName, sentences } from "./sentences.ts";

type HolesIn<Template extends string> = Template extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole | HolesIn<Rest>
  : never;

/** A value for each hole. A value that is itself a sentence of sentences.ts is translated too. */
export type Values<Name extends SentenceName> = Readonly<
  Record<HolesIn<(typeof sentences)[Name]>, string | number>
>;

type Arguments<Name extends SentenceName> =
  HolesIn<(typeof sentences)[Name]> extends never ? [] : [values: Values<Name>];

/** The sentence in English. */
export function say<Name extends SentenceName>(name: Name, ...[values]: Arguments<Name>): string {
  return fill(sentences[name], values ?? {});
}

/** A template with its holes filled. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, hole: string) => String(values[hole] ?? ""));
}
