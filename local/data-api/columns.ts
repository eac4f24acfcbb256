// How the Data API describes result columns: their types, and the `columnMetadata` member, which follows PostgreSQL's
// JDBC driver, as in the service. Types it does not know (enums, extensions) are looked up once.
import type { FieldDef, PoolClient } from "pg";
import type { Clock } from "./transactions.ts";

export interface ColumnType {
  readonly id: number;
  readonly name: string;
  /** pg_type's typtype: b(ase), e(num), c(omposite), d(omain), r(ange) … */
  readonly kind: string;
  /** The type of its elements, when it is an array. */
  readonly element?: ColumnType;
}

export interface Catalogue {
  typesOf(fields: readonly FieldDef[], client: PoolClient): Promise<ColumnType[]>;
  /**
   * The `columnMetadata` member. Table names, nullability and identity come from PostgreSQL's catalogue, in one query.
   * @param isAhead the connection's transaction may have changed tables, which others do not see yet
   */
  describe(
    fields: readonly FieldDef[],
    types: readonly ColumnType[],
    client: PoolClient,
    isAhead: boolean,
  ): Promise<object[]>;
  /** Call it after a statement that may have changed a table. */
  forgetTables(): void;
}

/**
 * What was found of a table is used again for so long: it takes another query, longer than most of ours. Only what
 * another client changes is seen later for it.
 */
const tableMilliseconds = 1_000;

/** Describes columns. One instance serves one database, and caches what it found. */
export function makeCatalogue(clock: Clock): Catalogue {
  const known = new Map<number, ColumnType>();
  let tables: Tables = new Map();

  async function learn(ids: readonly number[], client: PoolClient): Promise<void> {
    const { rows } = await client.query<Record<string, string>>({
      text: `select t.oid, t.typname, t.typtype, e.oid as element_oid, e.typname as element_name, e.typtype as element_kind
        from pg_catalog.pg_type t
        left join pg_catalog.pg_type e on e.oid = t.typelem and t.typcategory = 'A' and t.typlen = -1
        where t.oid = any (string_to_array($1, ',')::oid[])`,
      values: [ids.join(",")],
    });
    for (const row of rows) {
      const type = { id: Number(row.oid), name: row.typname ?? "", kind: row.typtype ?? "b" };
      const element = {
        id: Number(row.element_oid),
        name: row.element_name ?? "",
        kind: row.element_kind ?? "b",
      };
      known.set(type.id, row.element_oid ? { ...type, element } : type);
    }
  }

  return {
    async typesOf(fields, client) {
      const unknown = fields.map((field) => field.dataTypeID).filter((id) => !known.has(id));
      if (unknown.length > 0) await learn([...new Set(unknown)], client);
      return fields.map(({ dataTypeID: id }) => known.get(id) ?? { id, name: "unknown", kind: "b" });
    },
    async describe(fields, types, client, isAhead) {
      const found: Tables = isAhead ? new Map() : tables; // read by nobody else after forgetTables()
      const ids = [...new Set(fields.map((field) => field.tableID))].filter((id) => id > 0 && !found.has(id));
      if (ids.length > 0) {
        if (found === tables && found.size === 0) clock.after(tableMilliseconds, forgetTables);
        for (const [id, table] of await findTables(ids, client)) found.set(id, table);
      }
      return describeColumns(fields, types, found);
    },
    forgetTables,
  };

  function forgetTables(): void {
    tables = new Map();
  }
}

function describeColumns(
  fields: readonly FieldDef[],
  types: readonly ColumnType[],
  tables: Tables,
): object[] {
  return fields.map((field, index) => {
    const type = types[index] ?? { id: field.dataTypeID, name: "unknown", kind: "b" };
    const origin = tables.get(field.tableID)?.get(field.columnID);
    const isAutoIncrement = origin?.isAutoIncrement ?? false;
    return {
      arrayBaseColumnType: type.element ? jdbcType(type.element) : 0,
      isAutoIncrement,
      isCaseSensitive: !caseless.has(type.id),
      isCurrency: type.name === "money",
      isSigned: signed.has(type.id),
      label: field.name,
      name: field.name,
      nullable: origin ? (origin.isNotNull ? 0 : 1) : 2,
      precision: precisionOf(type.id, field.dataTypeModifier),
      scale: scaleOf(type.id, field.dataTypeModifier),
      schemaName: "",
      tableName: origin?.tableName ?? "",
      type: jdbcType(type),
      typeName: (isAutoIncrement && serialNames[type.name]) || type.name,
    };
  });
}

interface Origin {
  readonly tableName: string;
  readonly isNotNull: boolean;
  readonly isAutoIncrement: boolean;
}

/** By the id of the table, then by the number of the column. */
type Tables = Map<number, Map<number, Origin>>;

async function findTables(tableIds: readonly number[], client: PoolClient): Promise<Tables> {
  const { rows } = await client.query<Record<string, string>>({
    text: `select c.oid, a.attnum, c.relname, a.attnotnull::text as not_null,
        (a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid), '') like 'nextval(%')::text as increments
      from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid
      left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.oid = any (string_to_array($1, ',')::oid[]) and a.attnum > 0`,
    values: [tableIds.join(",")],
  });
  const tables: Tables = new Map(tableIds.map((id) => [id, new Map()]));
  for (const row of rows) {
    tables.get(Number(row.oid))?.set(Number(row.attnum), {
      tableName: row.relname ?? "",
      isNotNull: row.not_null === "true",
      isAutoIncrement: row.increments === "true",
    });
  }
  return tables;
}

const serialNames: Readonly<Record<string, string>> = {
  int2: "smallserial",
  int4: "serial",
  int8: "bigserial",
};
const signed = new Set([20, 21, 23, 700, 701, 1700]);
const caseless = new Set([16, 20, 21, 23, 26, 700, 701, 1082, 1083, 1114, 1184, 1186, 1266]);

// java.sql.Types, as the driver assigns them; https://docs.oracle.com/javase/8/docs/api/constant-values.html
const jdbcTypes = new Map([
  [16, -7],
  [17, -2],
  [18, 1],
  [19, 12],
  [20, -5],
  [21, 5],
  [23, 4],
  [25, 12],
  [26, -5],
  [142, 2009],
  [700, 7],
  [701, 8],
  [790, 8],
  [1042, 1],
  [1043, 12],
  [1082, 91],
  [1083, 92],
  [1114, 93],
  [1184, 93],
  [1266, 92],
  [1700, 2],
]);
const kindTypes: Readonly<Record<string, number>> = { e: 12, c: 2002, d: 2001 };

function jdbcType(type: ColumnType): number {
  if (type.element) return 2003;
  return jdbcTypes.get(type.id) ?? kindTypes[type.kind] ?? 1111;
}

const unknownLength = 2_147_483_647;
const precisions = new Map([
  [16, 1],
  [18, 1],
  [20, 19],
  [21, 5],
  [23, 10],
  [26, 10],
  [700, 8],
  [701, 17],
  [1082, 13],
  [1083, 15],
  [1114, 29],
  [1184, 35],
  [1186, 49],
  [1266, 21],
]);

function precisionOf(typeId: number, modifier: number): number {
  if (typeId === 1700) return modifier < 0 ? 0 : ((modifier - 4) >> 16) & 0xffff;
  if (typeId === 1042 || typeId === 1043) return modifier < 0 ? unknownLength : modifier - 4;
  return precisions.get(typeId) ?? unknownLength;
}

function scaleOf(typeId: number, modifier: number): number {
  if (typeId === 1700) return modifier < 0 ? 0 : (modifier - 4) & 0xffff;
  if (typeId === 700) return 8;
  if (typeId === 701) return 17;
  const hasFraction = [1083, 1114, 1184, 1266].includes(typeId);
  return hasFraction ? (modifier < 0 ? 6 : modifier) : 0;
}
