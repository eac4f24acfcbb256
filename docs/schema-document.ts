// The page docs/schema.md, made of a migrated database's catalog and the notes beside it.
// It refuses a schema that is not documented: every column must say what it means and in which unit.
import {
  type Catalog,
  type Read,
  type Relation,
  readCatalog,
  type SchemaColumn,
} from "../schema/read-schema.ts";
import { notes, references, type SchemaNote } from "./schema-notes.ts";

/** Tables with more numbers than this have them in a list of their own. */
const numbersShownMax = 60;

/** @throws Error naming everything in the schema that the page could not explain */
export async function schemaDocument(read: Read): Promise<string> {
  const catalog = await readCatalog(read);
  const gaps = documentationGaps(catalog);
  if (gaps.length > 0) throw new Error(`the schema is not documented:\n${gaps.join("\n")}`);
  return `# Schema

Generated from the comments in \`migrations/\` by \`npm run docs\`: change the comments there, in a new migration, or the
queries in \`docs/schema-notes.ts\`.

Numbers are \`numeric\` and keep every digit TuShare sent, in TuShare's units. Days are \`date\`, as in Shanghai. Times
are \`timestamptz\`. A null means what the column says, never zero.

${diagram(catalog)}

${sections(catalog).join("\n\n")}
`;
}

/** What is missing, one line each: a comment, a unit, a note, or what a note speaks of. */
export function documentationGaps({ relations, functions }: Catalog): string[] {
  const named = [...relations, ...functions];
  const uncommented = named.filter(({ comment }) => !comment).map(({ name }) => `${name}: has no comment`);
  const columns = relations.flatMap((relation) =>
    relation.columns.flatMap((column) => {
      const wanted = wantedMeaning(column);
      return wanted === undefined ? [] : [`${relation.name}.${column.name}: ${wanted}`];
    }),
  );
  const unnoted = named
    .filter(({ name }) => !notes.some((note) => note.name === name))
    .map(({ name }) => `${name}: has no note in docs/schema-notes.ts with a query`);
  const unknown = notes
    .filter(({ name }) => !named.some((known) => known.name === name))
    .map(({ name }) => `${name}: is in docs/schema-notes.ts but not in the schema`);
  const dangling = references
    .flatMap(({ from, to }) => [from, to])
    .filter((end) => !hasColumns(relations, end))
    .map((end) => `${end}: is referred to in docs/schema-notes.ts but not in the schema`);
  return [...uncommented, ...columns, ...unnoted, ...unknown, ...dangling];
}

const unit = /\b(CNY|percent|no unit|times|days|shares|ten thousand)\b/;

function wantedMeaning({ type, comment }: SchemaColumn): string | undefined {
  if (!comment) return "has no comment";
  if (type.startsWith("numeric") && !unit.test(comment)) {
    return `'${comment}' names no unit, expected CNY, percent, shares, ten thousand, times, days or "no unit"`;
  }
  if (type === "date" && !/\bdays?\b/i.test(comment)) return `'${comment}' does not say which day it is`;
  if (type === "timestamptz" && !/^When\b/.test(comment)) return `'${comment}' does not say when`;
  return undefined;
}

function diagram({ relations }: Catalog): string {
  const entities = relations.map((relation) => {
    const keys = relation.columns.flatMap((column) => {
      const marks = marksOf(relation, column.name);
      return marks.length === 0 ? [] : [`    ${column.type} ${column.name} ${marks.join(", ")}`];
    });
    return keys.length === 0 ? `  ${relation.name}` : `  ${relation.name} {\n${keys.join("\n")}\n  }`;
  });
  const enforced = relations.flatMap(({ name, foreignKeys }) =>
    foreignKeys.map(({ to, columns }) => `  ${to} ||--o{ ${name} : "${columns.join(", ")}"`),
  );
  const implied = references.map(({ from, to }) => {
    const [child, parent] = [endOf(from), endOf(to)];
    return `  ${parent.relation} |o..o{ ${child.relation} : "${child.columns.join(", ")}"`;
  });
  const derived = relations.flatMap(({ name, reads }) =>
    reads.map((source) => `  ${source} ||..o| ${name} : "read by the view"`),
  );
  return `\`\`\`mermaid
erDiagram
${[...entities, ...enforced, ...implied, ...derived].join("\n")}
\`\`\`

Only columns of keys are drawn. A solid line is a foreign key; a dotted one joins rows that may arrive in any order, or
leads to a view.`;
}

function marksOf({ name, key, keyKind, foreignKeys }: Relation, column: string): string[] {
  const refers = references
    .map(({ from }) => endOf(from))
    .some(({ relation, columns }) => relation === name && columns.includes(column));
  const isForeign = refers || foreignKeys.some(({ columns }) => columns.includes(column));
  return [...(key.includes(column) ? [keyKind] : []), ...(isForeign ? ["FK"] : [])];
}

function sections({ relations, functions }: Catalog): string[] {
  return notes.map((note) => {
    const relation = relations.find(({ name }) => name === note.name);
    if (relation !== undefined) return relationSection(relation, relations, note);
    const routine = functions.find(({ name }) => name === note.name);
    return `## ${routine?.call}

Function. ${routine?.comment}. Returns ${routine?.returns}, and is read like a view: filters reach the indexes.

${query(note)}`;
  });
}

function relationSection(relation: Relation, relations: readonly Relation[], note: SchemaNote): string {
  const { name, kind, comment, reads, indexes, rules } = relation;
  const source = kind === "view" ? ` Reads ${reads.map((read) => `\`${read}\``).join(", ")}.` : "";
  const parts = [
    `## ${name}`,
    `${kind === "view" ? "View" : "Table"}. ${comment}.${source}`,
    columnsPart(relation, relations),
    list(
      "Indexes",
      indexes.map(
        ({ name, unique, definition }) => `\`${name}\`${unique ? " unique" : ""} \`${definition}\``,
      ),
    ),
    list("Rules", rules),
    query(note),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function columnsPart(relation: Relation, relations: readonly Relation[]): string {
  const twin = relations.find((other) => other.kind === "table" && meansTheSame(other, relation));
  if (relation.kind === "view" && twin !== undefined) {
    return `Columns: those of [${twin.name}](#${twin.name}), ${relation.columns.length} in all.`;
  }
  const numbers = relation.columns.filter(({ type, nullable }) => type === "numeric" && nullable);
  if (numbers.length <= numbersShownMax) return columnTable(relation, relation.columns);
  return `${columnTable(
    relation,
    relation.columns.filter((column) => !numbers.includes(column)),
  )}

<details><summary>${numbers.length} more columns, all numeric, null where there is no figure</summary>

| column | meaning |
| --- | --- |
${numbers.map((column) => `| ${column.name} | ${cell(column.comment)} |`).join("\n")}

</details>`;
}

/** A view's columns can all be null as far as the catalog knows; their comments say when they are. */
function columnTable({ kind }: Relation, columns: readonly SchemaColumn[]): string {
  const rows = columns.map((column) => {
    const type = column.default === null ? column.type : `${column.type}, default ${column.default}`;
    const nullable = kind === "view" ? [] : [column.nullable ? "null" : "not null"];
    return `| ${[column.name, cell(type), ...nullable, cell(column.comment)].join(" | ")} |`;
  });
  const header = kind === "view" ? ["column", "type", "meaning"] : ["column", "type", "null", "meaning"];
  return [`| ${header.join(" | ")} |`, `|${" --- |".repeat(header.length)}`, ...rows].join("\n");
}

function list(title: string, entries: readonly string[]): string {
  return entries.length === 0 ? "" : `${title}:\n\n${entries.map((entry) => `- ${entry}`).join("\n")}`;
}

function query({ asks, sql }: SchemaNote): string {
  return `${asks}\n\n\`\`\`sql\n${sql};\n\`\`\``;
}

function meansTheSame(one: Relation, other: Relation): boolean {
  const meaning = ({ columns }: Relation) =>
    JSON.stringify(columns.map(({ name, type, comment }) => [name, type, comment]).sort());
  return one !== other && meaning(one) === meaning(other);
}

function hasColumns(relations: readonly Relation[], end: string): boolean {
  const { relation, columns } = endOf(end);
  const known = relations.find(({ name }) => name === relation)?.columns.map(({ name }) => name) ?? [];
  return columns.length > 0 && columns.every((column) => known.includes(column));
}

/** `table (a, b)` taken apart. */
function endOf(end: string): { relation: string; columns: string[] } {
  const [, relation = end, columns = ""] = /^(\w+) \(([\w, ]+)\)$/.exec(end) ?? [];
  return { relation, columns: columns.split(", ").filter((column) => column !== "") };
}

function cell(text: string | null): string {
  return (text ?? "").replaceAll("|", "\\|");
}
