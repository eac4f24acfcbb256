// The language of the output: Chinese when the locale is Chinese, else English.

export type Language = "en" | "zh";

/** As in POSIX, the first of these variables that is set decides. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
  return /^zh(_|-|\.|$)/i.test(locale) ? "zh" : "en";
}
