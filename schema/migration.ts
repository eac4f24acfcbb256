// The files of a migration: their names and texts. Pure.
import type { Change } from "./changes.ts";

/** One migration: the file that is applied, and the one that a person can run to undo it. */
export type Migration = {
  readonly up: { readonly name: string; readonly text: string };
  readonly down: { readonly name: string; readonly text: string };
};

/** A verb and its object, such as add_index_daily. */
const namePattern = /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/;
const nameCharactersMax = 60;

/** The error in a migration's name; undefined when it is valid. */
export function wrongName(name: string | undefined): string | undefined {
  if (name === undefined) return "it needs a name";
  if (namePattern.test(name) && name.length <= nameCharactersMax) return undefined;
  return `'${name}' is not a valid name: expected a verb and an object, in small letters, digits and _`;
}

/** The next migration after those whose file names are given. */
export function migrationOf(name: string, changes: readonly Change[], files: readonly string[]): Migration {
  const applied = files.filter((file) => file.endsWith(".sql") && !file.endsWith(".down.sql"));
  const base = `${String(applied.length + 1).padStart(4, "0")}_${name}`;
  return {
    up: { name: `${base}.sql`, text: textOf(changes.map(({ up }) => up)) },
    down: { name: `${base}.down.sql`, text: textOf(changes.flatMap(({ down = [] }) => down).toReversed()) },
  };
}

/** Each statement ends with a semicolon and a blank line: that is where the runner splits them. */
function textOf(statements: readonly string[]): string {
  return `${statements.join(";\n\n")};\n`;
}
