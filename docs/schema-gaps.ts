// Finds what is not documented in the schema: a missing comment, unit, query or Chinese text. Pure.
import type { Catalog, SchemaColumn } from "../schema/read-schema.ts";
import type { WantedTable } from "../schema/tables.ts";
import { measures } from "../shared/catalogue/measures.ts";
import { chineseOf } from "./schema-chinese.ts";
import { notes } from "./schema-notes.ts";

/** One line for each gap, with its place. The tables of datasets need no note: their files have the query. */
export function documentationGaps(
  { relations, functions }: Catalog,
  tables: readonly WantedTable[],
): string[] {
  const named = [...relations, ...functions];
  const uncommented = named.filter(({ comment }) => !comment).map(({ name }) => `${name}: has no comment`);
  const columns = relations.flatMap((relation) =>
    relation.columns.flatMap((column) => {
      const wanted = wantedMeaning(column);
      return wanted === undefined ? [] : [`${relation.name}.${column.name}: ${wanted}`];
    }),
  );
  const unnoted = named
    .filter(({ name }) => ![...notes, ...tables].some((known) => known.name === name))
    .map(({ name }) => `${name}: has no note in docs/schema-notes.ts with a query`);
  const unknown = notes
    .filter(({ name }) => !named.some((known) => known.name === name))
    .map(({ name }) => `${name}: is in docs/schema-notes.ts but not in the schema`);
  const comments = [...named, ...relations.flatMap((relation) => relation.columns)].map(
    ({ comment }) => comment,
  );
  const untranslated = [...new Set(comments)]
    .filter((comment): comment is string => Boolean(comment))
    .filter((comment) => chineseOf(comment, tables) === undefined)
    .map((comment) => `'${comment}': has no Chinese in docs/schema-chinese.ts`);
  return [...uncommented, ...columns, ...unnoted, ...unknown, ...untranslated];
}

const units = [...new Set(Object.values(measures).map(({ en }) => en))].filter((unit) => unit !== "");
const unit = new RegExp(`\\b(${units.join("|")})\\b`);

function wantedMeaning({ type, comment }: SchemaColumn): string | undefined {
  if (!comment) return "has no comment";
  if (type.startsWith("numeric") && !unit.test(comment)) {
    return `'${comment}' names no unit, expected ${units.join(", ")}`;
  }
  if (type === "date" && !/\bdays?\b/i.test(comment)) return `'${comment}' does not say which day it is`;
  if (type === "timestamptz" && !/^When\b/.test(comment)) return `'${comment}' does not say when`;
  return undefined;
}
