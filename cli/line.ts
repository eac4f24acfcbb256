// Checks the typed command line before yargs reads it: unknown words, options and bad values, with a suggestion. yargs then
// only does help, completion and missing arguments.
import type { Options } from "yargs";
import { isDay } from "../shared/catalogue/dates.ts";
import { readAnyCode, splitCodes, suggestCode } from "../shared/words/codes.ts";
import { nearest } from "../shared/words/nearest.ts";
import { optionDoor, type Refusal, sayRefusal } from "../shared/words/refusal.ts";
import { say } from "../shared/words/say-here.ts";
import type { Command, OptionSpec } from "./command.ts";

type OptionSet = Readonly<Record<string, OptionSpec>>;

/** An invalid command line, as one English sentence of the catalogue. */
export class LineError extends Error {
  override readonly name = "LineError";
}

/**
 * The line as yargs should read it: the letter case of choices is corrected.
 * @throws LineError
 */
export function checkLine(
  argv: readonly string[],
  commands: readonly Command[],
  globals: OptionSet,
): readonly string[] {
  if (argv.includes("--get-yargs-completions")) return argv;
  const names = commands.map(({ usage }) => nameOf(usage));
  const command = findCommand(argv, globals, names, commands);
  const options: OptionSet = { ...globals, ...command?.options };
  const words = command === undefined ? [] : wordsOf(command.usage);
  const line = [...argv];
  const given = new Map<string, string>();
  let place = -1; // the first word is the command itself
  for (let at = 0; at < line.length; at += 1) {
    const token = line[at] ?? "";
    if (token === "--") break;
    const typed = readOption(token, options);
    if (typed === undefined) {
      if (token.startsWith("-") && token !== "-") continue; // an unknown short option: yargs reports it
      const word = words[place];
      if (word !== undefined) line[at] = checkValue(word, options[word], token, `<${word}>`);
      place += 1;
      continue;
    }
    const { name, option, value, isNegated } = typed;
    if (option === undefined) {
      if (name === "help" || name === "version" || command === undefined) continue;
      throw unknownOption(name, Object.keys(options));
    }
    if (option.type === "boolean") {
      if (value !== undefined && !isNegated && !/^(true|false)$/.test(value)) {
        throw refused({ field: name, value, allowed: say("allowedTruth") });
      }
      continue;
    }
    if (given.has(name) && option.array !== true)
      throw new LineError(say("optionTwice", { option: `--${name}` }));
    const [taken, next] = value === undefined ? [line[at + 1], at + 1] : [value, at];
    if (taken === undefined || (value === undefined && /^--?[a-z]/i.test(taken))) continue; // yargs reports the missing value
    const checked = checkValue(name, option, taken, `--${name}`);
    line[next] = next === at ? token.replace(taken, checked) : checked;
    given.set(name, checked);
    at = next;
  }
  checkOrder(given);
  return line;
}

/** Of more choices only the nearest is named; the command's help lists them. */
const choicesShown = 12;

/** The typed value of an option or argument, corrected. @throws LineError */
function checkValue(name: string, option: OptionSpec | undefined, value: string, shownAs: string): string {
  const no = (allowed: string, more: { value?: string; suggestion?: string | undefined } = {}) =>
    refused({ field: name, value, allowed, ...more }, shownAs);
  if (option === undefined) return value;
  if (value.trim() === "" && name !== "sql") throw no(say("allowedSome"));
  if (option.choices !== undefined) {
    const choices = option.choices.map(String);
    const same = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (same !== undefined) return same;
    const suggestion = nearest(value, choices);
    if (suggestion !== undefined && choices.length > choicesShown)
      throw new LineError(say("valueMeans", { field: shownAs, value: optionDoor.show(value), suggestion }));
    throw no(say("allowedChoice", { choices: choices.join(", ") }), { suggestion });
  }
  const { kind } = option;
  if (kind === "day" && !isDay(value.replaceAll(/^(\d{4})-(\d{2})-(\d{2})$/g, "$1$2$3"))) {
    throw no(say("allowedDayAs", { example: "20240131", otherExample: "2024-01-31" }));
  }
  if (kind === "codes") checkCodes(value, no);
  if (typeof kind === "object" && "least" in kind) {
    const number = Number(value);
    if (!Number.isInteger(number) || number < kind.least || number > kind.most) {
      throw no(say("allowedWhole", kind));
    }
  }
  if (typeof kind === "object" && "pattern" in kind && !kind.pattern.test(value)) throw no(kind.allowed);
  return value;
}

/** Codes of any kind. Whether a job or table supports them is checked later, where it is known. */
function checkCodes(
  value: string,
  no: (allowed: string, more?: { value?: string; suggestion?: string | undefined }) => LineError,
): void {
  const codes = splitCodes(value);
  const bad = codes.find((code) => readAnyCode(code) === undefined);
  const allowed = say("allowedCodesText", { example: "600519.SH,000001.SZ" });
  if (codes.length === 0) throw no(allowed);
  if (bad !== undefined) throw no(allowed, { value: bad, suggestion: suggestCode(bad) });
}

function checkOrder(given: ReadonlyMap<string, string>): void {
  const [from, to] = [given.get("from"), given.get("to")];
  if (from === undefined || to === undefined || from.replaceAll("-", "") <= to.replaceAll("-", "")) return;
  if (![from, to].every((day) => /^[\d-]+$/.test(day))) return; // the sides of a move
  const fields = [
    { field: "from", value: from },
    { field: "to", value: to },
  ] as const;
  throw new LineError(sayRefusal({ why: "order", fields }, optionDoor));
}

type Typed = {
  readonly name: string;
  readonly option: OptionSpec | undefined;
  readonly value: string | undefined;
  readonly isNegated: boolean;
};

/** Undefined if it is neither a long option nor a known short one. */
function readOption(token: string, options: OptionSet): Typed | undefined {
  const long = /^--([\p{L}][\p{L}\p{N}_-]*)(?:=(.*))?$/su.exec(token);
  if (long !== null) {
    const [, name = "", value] = long;
    const positive = name.replace(/^no-/, "");
    const isNegated = name !== positive && options[positive]?.type === "boolean";
    return isNegated
      ? { name: positive, option: options[positive], value: undefined, isNegated }
      : { name, option: Object.hasOwn(options, name) ? options[name] : undefined, value, isNegated };
  }
  const [, letter, value] = /^-([a-z])(?:=(.*))?$/s.exec(token) ?? [];
  const found = Object.entries(options).find(([, { alias }]) => alias === letter && letter !== undefined);
  return found && { name: found[0], option: found[1], value, isNegated: false };
}

/** @throws LineError when the first word is not a command */
function findCommand(
  argv: readonly string[],
  globals: OptionSet,
  names: readonly string[],
  commands: readonly Command[],
): Command | undefined {
  for (let at = 0; at < argv.length; at += 1) {
    const token = argv[at] ?? "";
    const typed = readOption(token, globals);
    if (typed?.option?.type === "string" && typed.value === undefined) at += 1;
    if (token.startsWith("-")) continue;
    const found = commands[names.indexOf(token)];
    if (found !== undefined || token === "completion") return found;
    const suggestion = nearest(token, names);
    throw new LineError(
      suggestion === undefined
        ? say("unknownCommand", { command: token })
        : say("unknownCommandMeans", { command: token, suggestion }),
    );
  }
  return undefined;
}

export function unknownOption(name: string, known: readonly string[]): LineError {
  const suggestion = nearest(name, known);
  return new LineError(
    suggestion === undefined
      ? say("unknownOption", { option: `--${name}` })
      : say("unknownOptionMeans", { option: `--${name}`, suggestion: `--${suggestion}` }),
  );
}

function refused(
  refusal: Pick<Extract<Refusal, { why: "value" }>, "field" | "value" | "allowed" | "suggestion">,
  shownAs = `--${refusal.field}`,
): LineError {
  const door = { name: () => shownAs, show: optionDoor.show };
  return new LineError(sayRefusal({ why: "value", path: refusal.field, ...refusal }, door));
}

const nameOf = (usage: string): string => usage.split(" ")[0] ?? "";

export function wordsOf(usage: string): string[] {
  return [...usage.matchAll(/[<[](\w+)[\]>]/g)].map(([, word = ""]) => word);
}

/** An option as yargs expects it. */
export function forYargs({ kind: _, suggests: __, ...option }: OptionSpec): Options {
  return option;
}
