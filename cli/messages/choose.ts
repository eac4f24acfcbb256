// The language of the messages: Chinese where the locale is, else English.
import { en, type Messages } from "./en.ts";
import { zh } from "./zh.ts";

/** As POSIX has it: the first of these that is set decides. */
export function messagesFor(environment: Readonly<Record<string, string | undefined>>): Messages {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
  return /^zh(_|-|\.|$)/i.test(locale) ? zh : en;
}
