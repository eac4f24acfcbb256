// The changes that bring a database's tables to the catalogue's, and those that undo them. Pure.
import type { Catalog, Relation, SchemaColumn } from "./read-schema.ts";
import { commentOf, type Lack, type WantedColumn, type WantedTable } from "./tables.ts";

/** One statement, and the one that undoes it; absent when another change's `down` undoes it too. */
export type Change = { readonly up: string; readonly down?: string };

export type Difference = {
  readonly changes: readonly Change[];
  /** Differences that a person must decide on, one on each line. */
  readonly refusals: readonly string[];
};

/** Every table of a dataset has this column, and no other table has it. */
const storedAt = { name: "stored_at", comment: "When this row was stored or last changed here" };

/** Compares both ways: what the catalogue has and the database lacks, and the other way round. */
export function differenceOf(tables: readonly WantedTable[], catalog: Catalog): Difference {
  const known = catalog.relations.filter(({ kind }) => kind === "table");
  const parts = tables.map((table): Difference => {
    const relation = known.find(({ name }) => name === table.name);
    if (relation === undefined) return { changes: creating(table), refusals: [] };
    if (!hasStoredAt(relation)) return { changes: [], refusals: [`${table.name} is a table of the ledger`] };
    return changing(table, relation, catalog.relations);
  });
  const orphans = known
    .filter((relation) => hasStoredAt(relation) && !tables.some(({ name }) => name === relation.name))
    .map(
      ({ name }) => `the table ${name} belongs to no dataset: delete its migration if it was never applied`,
    );
  return {
    changes: parts.flatMap(({ changes }) => changes),
    refusals: [...parts.flatMap(({ refusals }) => refusals), ...orphans],
  };
}

function hasStoredAt({ columns }: Relation): boolean {
  return columns.some(({ name }) => name === storedAt.name);
}

function creating(table: WantedTable): Change[] {
  const { name, columns, key } = table;
  const flags = columns.filter(({ flag }) => flag);
  const lines = [
    ...columns.map(definition),
    `${storedAt.name} timestamptz not null default now()`,
    ...(key === undefined ? [] : [`constraint ${name}_key ${keyRule(table, key)}`]),
    ...flags.map((flag) => `constraint ${name}_${flag.name} check (${flag.name} in (0, 1))`),
  ];
  const comments = [
    commenting(`table ${name}`, table.words.about.en),
    ...columns.map((column) => commenting(`column ${name}.${column.name}`, meaningOf(column))),
    commenting(`column ${name}.${storedAt.name}`, storedAt.comment),
  ];
  return [
    { up: `create table ${name} (\n  ${lines.join(",\n  ")}\n)`, down: `drop table ${name}` },
    ...table.indexes.map((index) => ({ up: indexing(name, index) })),
    ...table.lacks.map((lack) => ({ up: indexingLack(name, lack) })),
    ...comments.map((up) => ({ up })),
    ...triggersOf(table).map(({ up }) => ({ up })),
  ];
}

function indexingLack(table: string, { column, columns, where }: Lack): string {
  return `create index ${lackName(table, column)} on ${table} ${columnList(columns)} where ${where}`;
}

function lackName(table: string, column: string): string {
  return `${table}_lacks_${column}`.slice(0, nameCharactersMax);
}

type Trigger = { readonly name: string; readonly up: string; readonly down: string };

/** A whole day is checked again when one of its rows goes, loses a joined interface, or gets another key. */
function triggersOf(table: WantedTable): Trigger[] {
  const { name: of, checksAgain, key = [], lacks } = table;
  if (checksAgain === undefined) return [];
  const { dayColumn, datasets } = checksAgain;
  const act = `execute function check_days_again('${[dayColumn, ...datasets].join("', '")}')`;
  const isMoved = key.map((column) => `old.${column} is distinct from new.${column}`);
  const isEmptied = lacks.map(({ column }) => `(old.${column} is not null and new.${column} is null)`);
  const seen = [...key, ...lacks.map(({ column }) => column)];
  const made = (name: string, when: string): Trigger => ({
    name: `${of}_${name}`,
    up: `create trigger ${of}_${name} ${when} ${act}`,
    down: `drop trigger ${of}_${name} on ${of}`,
  });
  return [
    made("deleted", `after delete on ${of} referencing old table as gone for each statement`),
    made("truncated", `after truncate on ${of} for each statement`),
    made(
      "moved",
      `after update of ${seen.join(", ")} on ${of} for each row when (${[...isMoved, ...isEmptied].join(" or ")})`,
    ),
  ];
}

/** Nulls are equal in a key: the same row sent twice is one row. */
function keyRule({ columns }: WantedTable, key: readonly string[]): string {
  const nullable = columns.some((column) => key.includes(column.name) && column.nullable);
  return `${nullable ? "unique nulls not distinct" : "primary key"} (${key.join(", ")})`;
}

function changing(table: WantedTable, relation: Relation, all: readonly Relation[]): Difference {
  const { name } = table;
  const columns = table.columns.map((column) => {
    const stored = relation.columns.find((other) => other.name === column.name);
    return stored === undefined ? adding(name, column) : altering(name, column, stored, viewsOn(name, all));
  });
  const unknown = relation.columns
    .filter((column) => column.name !== storedAt.name)
    .filter((column) => !table.columns.some((wanted) => wanted.name === column.name))
    .map((column) => `the column ${name}.${column.name} is in no dataset's file: its rows would be lost`);
  const indexes = table.indexes.filter((index) => !relation.indexes.some((has) => isIndex(has, index)));
  const comment = table.words.about.en;
  const described =
    comment === relation.comment ? [] : [recommenting(`table ${name}`, comment, relation.comment)];
  const indexed = indexes.map((index) => ({
    up: indexing(name, index),
    down: `drop index ${indexName(name, index)}`,
  }));
  const lacks = table.lacks
    .filter(({ column }) => !relation.indexes.some((has) => has.name === lackName(name, column)))
    .map((lack) => ({
      up: indexingLack(name, lack),
      down: `drop index ${lackName(name, lack.column)}`,
    }));
  const triggers = triggersOf(table).filter((trigger) => !relation.triggers.includes(trigger.name));
  return {
    changes: [...described, ...columns.flatMap(({ changes }) => changes), ...indexed, ...lacks, ...triggers],
    refusals: [
      ...columns.flatMap(({ refusals }) => refusals),
      ...unknown,
      ...keyDifference(table, relation),
      ...unknownIndexes(table, relation),
    ],
  };
}

function adding(table: string, column: WantedColumn): Difference {
  if (!column.nullable) {
    const refusal = `${table}.${column.name} is required, but stored rows have no value: leave \`required\` out`;
    return { changes: [], refusals: [refusal] };
  }
  const changes = [
    {
      up: `alter table ${table} add column ${definition(column)}`,
      down: `alter table ${table} drop column ${column.name}`,
    },
    { up: commenting(`column ${table}.${column.name}`, meaningOf(column)) },
  ];
  return { changes, refusals: [] };
}

function altering(
  table: string,
  column: WantedColumn,
  stored: SchemaColumn,
  views: readonly Relation[],
): Difference {
  const place = `${table}.${column.name}`;
  const [is, wanted] = [typeOf(stored), typeOf(column)];
  const refusals = [
    ...(is === wanted ? [] : [`${place} is ${is} in the database and ${wanted} in the catalogue`]),
    ...(stored.nullable && !column.nullable
      ? [`${place} may be null in the database: leave \`required\` out`]
      : []),
  ];
  const loosened: Change = {
    up: `alter table ${table} alter column ${column.name} drop not null`,
    down: `alter table ${table} alter column ${column.name} set not null`,
  };
  const comment = meaningOf(column);
  // A view with the same comment as its table's column gets the new comment too.
  const repeating = views.filter(({ columns }) =>
    columns.some((other) => other.name === column.name && other.comment === stored.comment),
  );
  const commented = [table, ...repeating.map(({ name }) => name)].map((of) =>
    recommenting(`column ${of}.${column.name}`, comment, stored.comment),
  );
  return {
    changes: [
      ...(column.nullable && !stored.nullable ? [loosened] : []),
      ...(comment === stored.comment ? [] : commented),
    ],
    refusals,
  };
}

/** Views that read the table, directly or through other views. */
function viewsOn(table: string, all: readonly Relation[]): Relation[] {
  const direct = all.filter(({ kind, reads }) => kind === "view" && reads.includes(table));
  return [...new Set([...direct, ...direct.flatMap(({ name }) => viewsOn(name, all))])];
}

function keyDifference(table: WantedTable, { key, keyKind, indexes }: Relation): string[] {
  const has = key.length === 0 ? "no key" : `the key (${key.join(", ")})`;
  const wanted = table.key === undefined ? "no key" : `the key (${table.key.join(", ")})`;
  if (has !== wanted) return [`${table.name} has ${has} in the database and ${wanted} in the catalogue`];
  if (table.key === undefined) return [];
  const rule = keyRule(table, table.key);
  const distinct = indexes.some(({ definition }) => definition === `${columnList(key)} NULLS NOT DISTINCT`);
  const isRule = rule.startsWith("primary") ? keyKind === "PK" : keyKind === "UK" && distinct;
  return isRule ? [] : [`${table.name} has another kind of key in the database: the catalogue's is ${rule}`];
}

function unknownIndexes({ name, indexes, lacks }: WantedTable, relation: Relation): string[] {
  return relation.indexes
    .filter((has) => has.name !== `${name}_key`)
    .filter((has) => !lacks.some(({ column }) => has.name === lackName(name, column)))
    .filter((has) => !indexes.some((index) => isIndex(has, index)))
    .map(
      (has) =>
        `the index ${has.name} ${has.definition} of ${name} is in no dataset's \`indexes\`: name it there, or drop it by hand`,
    );
}

function isIndex(
  has: { readonly unique: boolean; readonly definition: string },
  index: readonly string[],
): boolean {
  return !has.unique && has.definition === columnList(index);
}

function definition(column: WantedColumn): string {
  return `${column.name} ${typeOf(column)}${column.nullable ? "" : " not null"}`;
}

function typeOf({ type, collation }: WantedColumn | SchemaColumn): string {
  return collation === null ? type : `${type} collate "${collation}"`;
}

function indexing(table: string, index: readonly string[]): string {
  return `create index ${indexName(table, index)} on ${table} ${columnList(index)}`;
}

/** PostgreSQL truncates longer names. */
const nameCharactersMax = 63;

function indexName(table: string, index: readonly string[]): string {
  return `${table}_by_${index.join("_")}`.slice(0, nameCharactersMax);
}

function columnList(columns: readonly string[]): string {
  return `(${columns.join(", ")})`;
}

function meaningOf({ words }: WantedColumn): string {
  return words === undefined ? "" : commentOf(words);
}

function recommenting(of: string, comment: string, before: string | null): Change {
  return { up: commenting(of, comment), down: commenting(of, before) };
}

function commenting(of: string, comment: string | null): string {
  return `comment on ${of} is ${comment === null ? "null" : `'${comment.replaceAll("'", "''")}'`}`;
}
