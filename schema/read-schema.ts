// Reads the schema of a migrated database: relations, columns, constraints and functions, with their comments.

/** Runs one statement and returns its rows. */
export type Read = (sql: string) => Promise<Record<string, unknown>[]>;

export type SchemaColumn = {
  readonly name: string;
  readonly type: string;
  /** Null for the database's default. */
  readonly collation: string | null;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly comment: string | null;
};

export type SchemaIndex = {
  readonly name: string;
  readonly unique: boolean;
  /** Its columns in parentheses, and its conditions. */
  readonly definition: string;
};

export type Relation = {
  readonly name: string;
  readonly kind: "table" | "view";
  readonly comment: string | null;
  readonly columns: readonly SchemaColumn[];
  /** Columns of the primary key, or of the unique constraint used instead of one. */
  readonly key: readonly string[];
  readonly keyKind: "PK" | "UK";
  readonly indexes: readonly SchemaIndex[];
  readonly rules: readonly string[];
  /** Names of its triggers. */
  readonly triggers: readonly string[];
  readonly foreignKeys: readonly { readonly to: string; readonly columns: readonly string[] }[];
  /** Relations a view reads. */
  readonly reads: readonly string[];
};

export type SchemaFunction = {
  readonly name: string;
  readonly call: string;
  readonly returns: string;
  readonly body: string;
  readonly comment: string | null;
};

export type Catalog = {
  readonly relations: readonly Relation[];
  readonly functions: readonly SchemaFunction[];
};

/** Reads the schema `public`. The result does not depend on PostgreSQL's version. */
export async function readCatalog(read: Read): Promise<Catalog> {
  const relations = (await read(relationsSql())).map(({ relation }) => relation as Relation);
  const functions = (await read(functionsSql)).map(({ routine }) => routine as SchemaFunction);
  return { relations, functions };
}

const relationsSql = () => `select jsonb_build_object(
  'name', relname,
  'kind', case relkind when 'v' then 'view' else 'table' end,
  'comment', obj_description(relation.oid, 'pg_class'),
  'columns', (
    select jsonb_agg(jsonb_build_object(
      'name', attname,
      'type', replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz'),
      'collation', case when collname <> 'default' then collname end,
      'nullable', not attnotnull,
      'default', replace(pg_get_expr(adbin, adrelid), '::text', ''),
      'comment', col_description(relation.oid, attnum)
    ) order by attnum)
    from pg_attribute
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    left join pg_collation on pg_collation.oid = attcollation
    where attrelid = relation.oid and attnum > 0 and not attisdropped
  ),
  'key', coalesce((
    select jsonb_agg(attname order by place)
    from unnest(main_key.conkey) with ordinality as part (number, place)
    join pg_attribute on attrelid = relation.oid and attnum = part.number
  ), '[]'),
  'keyKind', case main_key.contype when 'p' then 'PK' else 'UK' end,
  'indexes', coalesce((
    select jsonb_agg(
      jsonb_build_object(
        'name', indexrelid::regclass::text,
        'unique', indisunique,
        'definition', substring(${plain("pg_get_indexdef(indexrelid)")} from ' USING btree (.*)$')
      )
      order by not indisprimary, indexrelid::regclass::text collate "C"
    )
    from pg_index
    where indrelid = relation.oid
  ), '[]'),
  'rules', coalesce((
    select jsonb_agg('\`' || conname || '\` \`' || ${plain("pg_get_constraintdef(oid)")} || '\`' order by conname collate "C")
    from pg_constraint
    where conrelid = relation.oid and contype in ('c', 'f')
  ), '[]'),
  'triggers', coalesce((
    select jsonb_agg(tgname order by tgname collate "C")
    from pg_trigger
    where tgrelid = relation.oid and not tgisinternal
  ), '[]'),
  'foreignKeys', coalesce((
    select jsonb_agg(jsonb_build_object('to', confrelid::regclass::text, 'columns', (
      select jsonb_agg(attname order by place)
      from unnest(conkey) with ordinality as part (number, place)
      join pg_attribute on attrelid = conrelid and attnum = part.number
    )) order by conname collate "C")
    from pg_constraint
    where conrelid = relation.oid and contype = 'f'
  ), '[]'),
  'reads', coalesce((
    select jsonb_agg(distinct refobjid::regclass::text)
    from pg_rewrite
    join pg_depend on classid = 'pg_rewrite'::regclass and objid = pg_rewrite.oid and refclassid = 'pg_class'::regclass
    where ev_class = relation.oid and relkind = 'v' and refobjid <> relation.oid
  ), '[]')
) as relation
from pg_class as relation
left join lateral (
  select conkey, contype
  from pg_constraint
  where conrelid = relation.oid and contype in ('p', 'u')
  order by contype
  limit 1
) as main_key on true
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
order by relname collate "C"`;

/** A definition in the short form a person would write, not PostgreSQL's long form. */
function plain(definition: string): string {
  return `regexp_replace(replace(${definition}, '::text', ''), '= ANY \\(ARRAY\\[([^]]*)\\]\\)', 'in (\\1)', 'g')`;
}

const functionsSql = `select jsonb_build_object(
  'name', proname,
  'call', proname || '(' || pg_get_function_identity_arguments(oid) || ')',
  'returns', pg_get_function_result(oid),
  'body', prosrc,
  'comment', obj_description(oid, 'pg_proc')
) as routine
from pg_proc
where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype
order by proname collate "C"`;
