// The language of the messages: Chinese where the locale is, else English.
import { languageOf } from "../../shared/words/language.ts";
import { en, type Messages } from "./en.ts";
import { zh } from "./zh.ts";

export function messagesFor(environment: Readonly<Record<string, string | undefined>>): Messages {
  return languageOf(environment) === "zh" ? zh : en;
}
