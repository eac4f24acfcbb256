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
  return fill(sentences[name], values ?? {});
}

/** A template with its holes filled. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, hole: string) => String(values[hole] ?? ""));
}
