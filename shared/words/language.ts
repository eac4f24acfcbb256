// The language a person is spoken to in: Chinese where the locale is, else English.

export type Language = "en" | "zh";

/** As POSIX has it: the first of these that is set decides. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
  return /^zh(_|-|\.|$)/i.test(locale) ? "zh" : "en";
}
