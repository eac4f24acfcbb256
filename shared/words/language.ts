// The language of the output: Chinese when the locale is Chinese, else English.

export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/** As in POSIX, the first of these variables that is set decides. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
  return /^zh(_|-|\.|$)/i.test(locale) ? "zh" : "en";
}
