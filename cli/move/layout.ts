// The tables of a mirror as the database describes them: what a move has to know of each, and in which order it writes them.
import type { Database } from "../../shared/ports.ts";
import { exportables } from "../export-table.ts";

export type MovedTable = {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  /** Of a unique key that tells every row from the others; empty where rows may be equal. */
  readonly key: readonly string[];
  /** Columns that tell what a row is about: the key, or where there is none, those by which the upstream's rows are replaced together. */
  readonly about: readonly string[];
  /** The date by which its rows are cut into years; undefined where they are compared as one. */
  readonly day: string | undefined;
  /** The column that says when a row was last written. */
  readonly writtenAt: string | undefined;
  /** Whether its rows come from the upstream; the others are the ledger and completeness. */
  readonly isOfDataset: boolean;
};

export type TableColumn = {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Its values are given by the database, one after another. */
  readonly isIdentity: boolean;
  /** Its values follow from other columns. */
  readonly isGenerated: boolean;
};

/** They say what the database is. The door of a move compares them; rows of them are not moved. */
const notMoved = ["schema_migration", "mirror_origin"];

/** Columns that are set to the time of each write. */
const timesOfWriting = ["stored_at", "updated_at"];

const here =
  "join pg_namespace as place on place.oid = relation.relnamespace and place.nspname = current_schema()";

const columnsSql = `select cast(relation.relname as text) as table_name, cast(attname as text) as name,
  format_type(atttypid, atttypmod) as type, attnotnull as required,
  attidentity <> '' as is_identity, attgenerated <> '' as is_generated
from pg_attribute
join pg_class as relation on relation.oid = attrelid
${here}
where relation.relkind in ('r', 'p') and attnum > 0 and not attisdropped
order by 1, attnum`;

const sizesSql = `select cast(relation.relname as text) as table_name,
  cast(pg_relation_size(relation.oid) as text) as bytes, cast(pg_total_relation_size(relation.oid) as text) as bytes_on_disk
from pg_class as relation
${here}
where relation.relkind in ('r', 'p')
order by 1`;

/** Keys by which any row is found: whole, and without nulls or with nulls that are equal. The primary key comes first. */
const keysSql = `select cast(relation.relname as text) as table_name,
  string_agg(cast(attname as text), ',' order by position) as columns
from pg_index as key
join pg_class as relation on relation.oid = key.indrelid
${here}
cross join unnest(key.indkey) with ordinality as member (attnum, position)
join pg_attribute as part on part.attrelid = key.indrelid and part.attnum = member.attnum
where key.indisunique and key.indisvalid and key.indpred is null and key.indexprs is null
group by relation.relname, key.indexrelid, key.indisprimary, key.indnullsnotdistinct
having key.indnullsnotdistinct or bool_and(part.attnotnull)
order by 1, key.indisprimary desc, key.indexrelid`;

const referencesSql = `select cast(relation.relname as text) as table_name, cast(referenced.relname as text) as refers_to
from pg_constraint as reference
join pg_class as relation on relation.oid = reference.conrelid
join pg_class as referenced on referenced.oid = reference.confrelid
${here}
where reference.contype = 'f' and reference.conrelid <> reference.confrelid
order by 1, 2`;

/**
 * @param names the tables of this version's schema: tables that somebody added are left alone
 * @returns tables of datasets first: writing them may forget completeness, which is written after them
 */
export async function readTables(database: Database, names: readonly string[]): Promise<MovedTable[]> {
  const [columns, keys, references] = [
    Map.groupBy(await database.run(columnsSql), ({ table_name }) => String(table_name)),
    Map.groupBy(await database.run(keysSql), ({ table_name }) => String(table_name)),
    await database.run(referencesSql),
  ];
  const tables = names.flatMap((name): MovedTable[] => {
    const own = columns.get(name)?.map(asColumn);
    if (own === undefined || notMoved.includes(name)) return [];
    const key = String(keys.get(name)?.[0]?.columns ?? "");
    const keyColumns = key === "" ? [] : key.split(",");
    const isDate = (column: string | undefined) =>
      own.some((each) => each.name === column && each.type === "date");
    const ofDataset = exportables[name];
    const day = ofDataset?.day ?? keyColumns.find(isDate);
    return [
      {
        name,
        columns: own,
        key: keyColumns,
        about:
          keyColumns.length > 0
            ? keyColumns
            : (ofDataset?.key.filter((column) => own.some((each) => each.name === column)) ?? []),
        day: isDate(day) ? day : undefined,
        writtenAt: timesOfWriting.find((time) => own.some((column) => column.name === time)),
        isOfDataset: ofDataset !== undefined,
      },
    ];
  });
  const after = references.map((row) => [String(row.table_name), String(row.refers_to)] as const);
  return inOrder(tables, after);
}

/** Bytes of the tables by name, without indexes and with them. */
export type Sizes = ReadonlyMap<string, { readonly bytes: number; readonly onDisk: number }>;

export async function readSizes(database: Database): Promise<Sizes> {
  const rows = await database.run(sizesSql);
  return new Map(
    rows.map((row) => [
      String(row.table_name),
      { bytes: Number(row.bytes), onDisk: Number(row.bytes_on_disk) },
    ]),
  );
}

/** The tables that migrations create. A table that a later one drops or renames has to be taken out here. */
export function tablesIn(migrations: readonly { readonly sql: string }[]): string[] {
  const made = migrations.flatMap(({ sql }) =>
    [...sql.matchAll(/^create table (\w+)/gm)].map(([, name = ""]) => name),
  );
  return [...new Set(made)].sort();
}

/** Tables of datasets, then the others, each after those that it refers to. */
function inOrder(tables: readonly MovedTable[], after: readonly (readonly [string, string])[]): MovedTable[] {
  const ordered: MovedTable[] = [];
  const place = (table: MovedTable) => {
    if (ordered.includes(table)) return;
    for (const [name, first] of after) {
      const referred = tables.find((other) => other.name === first);
      if (name === table.name && referred !== undefined) place(referred);
    }
    ordered.push(table);
  };
  for (const table of tables.filter(({ isOfDataset }) => isOfDataset)) place(table);
  for (const table of tables) place(table);
  return ordered;
}

function asColumn(row: Readonly<Record<string, unknown>>): TableColumn {
  return {
    name: String(row.name),
    type: String(row.type),
    required: row.required === true,
    isIdentity: row.is_identity === true,
    isGenerated: row.is_generated === true,
  };
}
