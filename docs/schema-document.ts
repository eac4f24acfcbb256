// The pages docs/schema.md and docs/schema.zh.md, made from the datasets' files, a migrated database's catalog and the
// notes. Every column must have a meaning and a unit: an undocumented schema is an error.
import {
  type Catalog,
  type Read,
  type Relation,
  readCatalog,
  type SchemaColumn,
} from "../schema/read-schema.ts";
import { type DatasetFile, tablesOf, type WantedTable } from "../schema/tables.ts";
import type { Bilingual } from "../shared/catalogue/measures.ts";
import { measures } from "../shared/catalogue/measures.ts";
import type { Language } from "../shared/words/language.ts";
import { markdownTable } from "./markdown-table.ts";
import { chineseOf } from "./schema-chinese.ts";
import { documentationGaps } from "./schema-gaps.ts";
import { notes, type SchemaNote } from "./schema-notes.ts";
import { type Reference, referencesOf } from "./schema-references.ts";
import { schemaTexts } from "./schema-texts.ts";

/** A table with more numeric columns than this lists them separately. */
const numbersShownMax = 60;

/** The sources of a page. */
type Source = {
  readonly catalog: Catalog;
  readonly tables: readonly WantedTable[];
  readonly references: readonly Reference[];
  readonly language: Language;
};

/** @throws Error naming everything in the schema that is not documented */
export async function schemaDocument(
  read: Read,
  files: readonly DatasetFile[],
  language: Language,
): Promise<string> {
  const catalog = await readCatalog(read);
  const tables = tablesOf(files);
  const gaps = documentationGaps(catalog, tables);
  if (gaps.length > 0) throw new Error(`the schema is not documented:\n${gaps.join("\n")}`);
  const source = { catalog, tables, references: referencesOf(files), language };
  const { opening, drawn } = schemaTexts[language];
  return `${[opening, diagram(source), drawn, ...sections(source)].join("\n\n")}\n`;
}

function diagram({ catalog: { relations }, references, language }: Source): string {
  const entities = relations.map((relation) => {
    const keys = relation.columns.flatMap((column) => {
      const marks = marksOf(relation, column.name, references);
      return marks.length === 0 ? [] : [`    ${column.type} ${column.name} ${marks.join(", ")}`];
    });
    return keys.length === 0 ? `  ${relation.name}` : `  ${relation.name} {\n${keys.join("\n")}\n  }`;
  });
  const enforced = relations.flatMap(({ name, foreignKeys }) =>
    foreignKeys.map(({ to, columns }) => `  ${to} ||--o{ ${name} : "${columns.join(", ")}"`),
  );
  const implied = references.map(
    ({ table, columns, to }) => `  ${to.table} |o..o{ ${table} : "${columns.join(", ")}"`,
  );
  const derived = relations.flatMap(({ name, reads }) =>
    reads.map((read) => `  ${read} ||..o| ${name} : "${schemaTexts[language].readByView}"`),
  );
  return `\`\`\`mermaid
erDiagram
${[...entities, ...enforced, ...implied, ...derived].join("\n")}
\`\`\``;
}

function marksOf(relation: Relation, column: string, references: readonly Reference[]): string[] {
  const { name, key, keyKind, foreignKeys } = relation;
  const refers = references.some(({ table, columns }) => table === name && columns.includes(column));
  const isForeign = refers || foreignKeys.some(({ columns }) => columns.includes(column));
  return [...(key.includes(column) ? [keyKind] : []), ...(isForeign ? ["FK"] : [])];
}

/** Datasets' tables in the catalogue's order, then the relations with a note, in the notes' order. */
function sections(source: Source): string[] {
  const { relations, functions } = source.catalog;
  const named = (name: string) => relations.find((relation) => relation.name === name);
  const ofDatasets = source.tables.map(({ name, words }) => ({ name, example: words.example }));
  const ofOthers = notes.map(({ name, asks, sql }) => ({ name, example: { asks, sql } }));
  return [...ofDatasets, ...ofOthers].map(({ name, example }) => {
    const relation = named(name);
    if (relation !== undefined) return relationSection(source, relation, example);
    const routine = functions.find((found) => found.name === name);
    const { kinds, stop, returns } = schemaTexts[source.language];
    const [about, ...more] = said(source, routine?.comment).split("\n\n");
    const returned = returns(routine?.returns ?? "");
    return `## ${routine?.call}

${[`${kinds.function}${stop}${about?.replace(/[.。]$/, "")}${stop}${returned}`, ...more].join("\n\n")}

${query(source, example)}`;
  });
}

function relationSection(
  source: Source,
  relation: Relation,
  example: Omit<SchemaNote, "name"> | undefined,
): string {
  const { name, kind, comment, reads, indexes, rules } = relation;
  const texts = schemaTexts[source.language];
  const about = [texts.kinds[kind], said(source, comment), ""].join(texts.stop);
  const readsOf = kind === "view" ? texts.reads(reads.map((read) => `\`${read}\``)) : "";
  const parts = [
    `## ${name}`,
    `${about}${readsOf}`.trim(),
    columnsPart(source, relation),
    list(
      texts.indexes,
      indexes.map(
        ({ name, unique, definition }) => `\`${name}\`${unique ? texts.unique : ""} \`${definition}\``,
      ),
    ),
    list(texts.rules, rules),
    query(source, example),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function columnsPart(source: Source, relation: Relation): string {
  const texts = schemaTexts[source.language];
  const twin = source.catalog.relations.find(
    (other) => other.kind === "table" && meansTheSame(other, relation),
  );
  if (relation.kind === "view" && twin !== undefined) return texts.twin(twin.name, relation.columns.length);
  const numbers = relation.columns.filter(({ type, nullable }) => type === "numeric" && nullable);
  if (numbers.length <= numbersShownMax) return columnTable(source, relation, relation.columns);
  const others = relation.columns.filter((column) => !numbers.includes(column));
  return `${columnTable(source, relation, others)}

<details><summary>${texts.moreNumbers(numbers.length)}</summary>

${columnTable(source, relation, numbers, ["column", "unit", "meaning"])}

</details>`;
}

type Heading = keyof (typeof schemaTexts)["en"]["columns"];

/**
 * In the catalog all columns of a view can be null; their comments say when they are. Only a dataset's table has a
 * column of units.
 */
function columnTable(
  source: Source,
  relation: Relation,
  columns: readonly SchemaColumn[],
  headings: readonly Heading[] = headingsOf(source, relation),
): string {
  const texts = schemaTexts[source.language];
  const rows = columns.map((column) => {
    const known = source.tables
      .find(({ name }) => name === relation.name)
      ?.columns.find(({ name }) => name === column.name)?.words;
    const cells: Readonly<Record<Heading, string>> = {
      column: column.name,
      type: column.default === null ? column.type : column.type + texts.default(column.default),
      null: column.nullable ? texts.nullable : texts.notNull,
      unit: known === undefined ? "" : measures[known[0]][source.language],
      meaning: known === undefined ? said(source, column.comment) : known[source.language === "en" ? 1 : 2],
    };
    return headings.map((heading) => cells[heading]);
  });
  return markdownTable(
    headings.map((heading) => texts.columns[heading]),
    rows,
  );
}

function headingsOf({ tables }: Source, { name, kind }: Relation): Heading[] {
  const isDataset = tables.some((table) => table.name === name);
  return [
    "column",
    "type",
    ...(kind === "view" ? [] : ["null" as const]),
    ...(isDataset ? ["unit" as const] : []),
    "meaning",
  ];
}

/**
 * A comment of the database in the page's language: from the dataset's words if they match it, else from
 * docs/schema-chinese.ts.
 */
function said({ tables, language }: Source, comment: string | null | undefined): string {
  if (language === "en" || !comment) return comment ?? "";
  return chineseOf(comment, tables) ?? comment;
}

function list(title: string, entries: readonly string[]): string {
  return entries.length === 0 ? "" : `${title}\n\n${entries.map((entry) => `- ${entry}`).join("\n")}`;
}

function query({ language }: Source, example: { asks: Bilingual; sql: string } | undefined): string {
  return example === undefined ? "" : `${example.asks[language]}\n\n\`\`\`sql\n${example.sql};\n\`\`\``;
}

function meansTheSame(one: Relation, other: Relation): boolean {
  const meaning = ({ columns }: Relation) =>
    JSON.stringify(columns.map(({ name, type, comment }) => [name, type, comment]).sort());
  return one !== other && meaning(one) === meaning(other);
}
