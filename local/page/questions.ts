// Questions that a person has saved: a name and a statement each, in one JSON file of the data folder, so that another browser has
// them too. The folder has one process at a time, and a change is made whole before the next, so two tabs lose nothing.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { formatNumber } from "../../shared/widget/format.ts";
import { isNoSpace } from "../no-space.ts";
import type { PageWords } from "./words.ts";

export type Question = { readonly name: string; readonly sql: string };

/** All that are saved, or why they cannot be read. */
export type Saved = readonly Question[] | { readonly refusal: string };

export const questionLimits = { count: 100, nameCharacters: 80, sqlCharacters: 10_000 };

/** By name. A file that cannot be read stays as it is. */
export function readQuestions(file: string, { sql: words }: PageWords): Saved {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" ? [] : { refusal: words.questionsUnread(file, code) };
  }
  const questions = parsed(text);
  return questions ?? { refusal: words.questionsDamaged(file) };
}

/** What to say, all questions as they are now, and the name of the one that was saved. */
type Changed =
  | { readonly text: string; readonly name?: string; readonly questions: readonly Question[] }
  | { readonly refusal: string };

/**
 * Saves a question, in place of one of the same name, or deletes one.
 * @param given `{save: {name, sql}}` or `{remove: name}`, from the page
 */
export function changeQuestions(file: string, given: object, words: PageWords): Changed {
  const { save, remove }: { save?: unknown; remove?: unknown } = given;
  const before = readQuestions(file, words);
  if ("refusal" in before) return before;
  if (typeof remove === "string") {
    const questions = before.filter(({ name }) => name !== remove);
    if (questions.length === before.length) return { refusal: words.sql.noQuestion(remove.slice(0, 80)) };
    return written(file, questions, { text: words.sql.questionDeleted(remove) }, words);
  }
  const { name: givenName, sql: givenSql } = (save ?? {}) as { name?: unknown; sql?: unknown };
  const name = typeof givenName === "string" ? givenName.replaceAll(/\s+/g, " ").trim().normalize() : "";
  const sql = typeof givenSql === "string" ? givenSql.trim() : "";
  const why = whyNot(name, sql, words);
  if (why !== undefined) return { refusal: why };
  const others = before.filter((each) => each.name !== name);
  if (others.length >= questionLimits.count) {
    return { refusal: words.sql.questionsFull(formatNumber(questionLimits.count)) };
  }
  const questions = [...others, { name, sql }].sort((a, b) => a.name.localeCompare(b.name));
  const text = words.sql.questionSaved(name, others.length < before.length);
  return written(file, questions, { text, name }, words);
}

function whyNot(name: string, sql: string, { sql: words }: PageWords): string | undefined {
  const { nameCharacters, sqlCharacters } = questionLimits;
  if (name === "") return words.nameMissing;
  if (name.length > nameCharacters) return words.nameTooLong(formatNumber(nameCharacters));
  if (isUnshowable(name)) return words.nameUnshowable;
  if (sql === "") return words.empty;
  return sql.length > sqlCharacters ? words.questionTooLong(formatNumber(sqlCharacters)) : undefined;
}

/** Control characters, halves of characters, and marks that turn the order of other text around. */
function isUnshowable(name: string): boolean {
  return !name.isWellFormed() || /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(name);
}

function written(
  file: string,
  questions: readonly Question[],
  said: { readonly text: string; readonly name?: string },
  { sql: words }: PageWords,
): Changed {
  const next = `${file}.new`;
  try {
    writeFileSync(next, `${JSON.stringify(questions, undefined, 2)}\n`, { flush: true });
    renameSync(next, file); // atomic: the file is never half written
    return { ...said, questions };
  } catch (error) {
    try {
      rmSync(next, { force: true });
    } catch {
      // The next change writes it anew.
    }
    const reason = isNoSpace(error) ? words.diskFull : codeOf(error);
    return { refusal: words.questionsNotSaved(basename(file), reason) };
  }
}

/** Undefined when the text is anything but a list of questions. */
function parsed(text: string): Question[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list) || !list.every(isQuestion)) return undefined;
    return list.map(({ name, sql }) => ({ name, sql }));
  } catch {
    return undefined;
  }
}

function isQuestion(each: unknown): each is Question {
  if (typeof each !== "object" || each === null) return false;
  const { name, sql }: { name?: unknown; sql?: unknown } = each;
  return typeof name === "string" && typeof sql === "string";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
