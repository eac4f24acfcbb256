// The rows of an answer, which the database writes as JSON: many to a text, as many texts to a statement as the Data API
// returns.
import { interfacesOf } from "../catalogue/dataset.ts";
import type { Day } from "../catalogue/dates.ts";
import { isOwnRow } from "../coverage/members.ts";
import type { Database, SqlParameters } from "../ports.ts";
import type { Face, Field } from "./face.ts";
import type { Question } from "./question.ts";

/** Of one answer of the Data API, which has at most 1 MiB with what JSON adds; and of one of its rows, at most 64 KB. */
const answerBytesMax = 800_000;
const textBytesMax = 40_000;
const rowBytesMax = 65_536;

export type Rows = {
  /** JSON arrays with commas between them. */
  readonly items: string;
  readonly hasMore: boolean;
  /** The oldest day of the rows; undefined without rows, or without days. */
  readonly oldest: Day | undefined;
};

/** @param bytesMax where the answer is cut, whatever its limit */
export async function readRows(
  database: Pick<Database, "run">,
  question: Question,
  bytesMax = Number.POSITIVE_INFINITY,
): Promise<Rows> {
  const { sql, parameters } = statementOf(question);
  const texts: string[] = [];
  let oldest: Day | undefined;
  let bytesLeft = bytesMax;
  for (let { offset, limit } = question; ; ) {
    const groups = await database.run(sql, {
      ...parameters,
      ...{ limit, offset, bytes_max: Math.min(answerBytesMax, bytesLeft) },
    });
    const found = Number(groups[0]?.found ?? 0);
    const lines = groups.reduce((sum, group) => sum + Number(group.lines), 0);
    texts.push(...groups.map(({ text }) => String(text)));
    oldest = groups.map(({ oldest: day }) => (typeof day === "string" ? day : undefined)).at(-1) ?? oldest;
    bytesLeft -= groups.reduce((sum, { text }) => sum + Buffer.byteLength(String(text)), 0);
    const isFull = bytesLeft < rowBytesMax; // the next row may not fit
    if (lines === limit || lines === found || isFull) {
      return { items: texts.join(","), hasMore: found > lines, oldest };
    }
    offset += lines;
    limit -= lines;
  }
}

/** One more row than the limit is read, which tells whether more follow. */
export function statementOf(question: Question): { sql: string; parameters: SqlParameters } {
  const { face, fields } = question;
  const { conditions, parameters } = conditionsOf(question);
  const order = orderOf(face);
  const sql = `with page as (
  select ${lineOf(fields)} as line, ${face.day?.sql ?? "cast(null as date)"} as day, row_number() over (order by ${order}) as place
  from ${face.dataset.table} as row
  where ${conditions.join("\n    and ") || "true"}
  order by ${order}
  limit cast(:limit as bigint) + 1 offset cast(:offset as bigint)
), sized as (
  select line, day, place, sum(octet_length(line)) over (order by place rows unbounded preceding) as bytes
  from page
  where place <= cast(:offset as bigint) + cast(:limit as bigint)
)
select string_agg(line, ',' order by place) as text, count(*) as lines, to_char(min(day), 'YYYYMMDD') as oldest,
  (select count(*) from page) as found
from sized
where bytes <= cast(:bytes_max as bigint)
group by bytes / ${textBytesMax}
order by min(place)`;
  return { sql, parameters };
}

/** A function takes at most 100 arguments. */
const cellsInCall = 90;

function lineOf(fields: readonly Field[]): string {
  const calls: string[] = [];
  for (let at = 0; at < fields.length; at += cellsInCall) {
    calls.push(
      `concat_ws(',', ${fields
        .slice(at, at + cellsInCall)
        .map(jsonOf)
        .join(", ")})`,
    );
  }
  return `concat('[', ${calls.join(", ',', ")}, ']')`;
}

/** Numbers with every stored digit. Codes need no escapes. */
function jsonOf({ type, sql }: Field): string {
  switch (type) {
    case "number":
    case "flag":
      return `coalesce(cast(${sql} as text), 'null')`;
    case "day":
      return `coalesce('"' || to_char(${sql}, 'YYYYMMDD') || '"', 'null')`;
    case "code":
      return `coalesce('"' || ${sql} || '"', 'null')`;
    case "text":
      return `coalesce(cast(to_json(${sql}) as text), 'null')`;
  }
}

/** Newest first, then by the rest of the key; versions of a report newest first too. */
function orderOf({ dataset, day }: Face): string {
  const others = dataset.key.filter((name) => `row.${name}` !== day?.sql);
  const rest = others.map((name) => {
    const isLater = dataset.slices === "periods" && name !== "ts_code";
    return `row.${name}${isLater ? " desc nulls last" : ""}`;
  });
  // Rows with the same key keep their order from one offset to the next by their place in the table.
  const place = dataset.replacesSlice === true ? ["row.ctid"] : [];
  return [...(day === undefined ? [] : [`${day.sql} desc`]), ...rest, ...place].join(", ");
}

function conditionsOf({ face, filters, from, to }: Question) {
  const parameters: Record<string, string> = {};
  const bind = (value: string) => {
    const name = `value_${Object.keys(parameters).length}`;
    parameters[name] = value;
    return `:${name}`;
  };
  const conditions = [isOwnRow(face.dataset, "row"), ...shown(face)];
  for (const { field, values } of filters) {
    const isOne = values.length === 1;
    const given = bind(values.join(","));
    const list = `string_to_array(cast(${given} as text), ',')`;
    if (field.type === "day") {
      conditions.push(
        isOne
          ? `${field.sql} = to_date(${given}, 'YYYYMMDD')`
          : `${field.sql} = any (cast(${list} as date[]))`,
      );
    } else {
      const sql = field.type === "flag" ? `cast(${field.sql} as text)` : field.sql;
      conditions.push(isOne ? `${sql} = ${given}` : `${sql} = any (${list})`);
    }
  }
  if (face.day !== undefined && from !== undefined) {
    conditions.push(`${face.day.sql} >= to_date(${bind(from)}, 'YYYYMMDD')`);
  }
  if (face.day !== undefined && to !== undefined) {
    conditions.push(`${face.day.sql} <= to_date(${bind(to)}, 'YYYYMMDD')`);
  }
  return { conditions: conditions.filter((condition) => condition !== "true"), parameters };
}

/** A joined interface has a row where its column has a value. */
function shown({ dataset, spec }: Face): string[] {
  const isJoined = interfacesOf(dataset).indexOf(spec) > 0;
  return isJoined && spec.shownBy !== undefined ? [`row.${spec.shownBy} is not null`] : [];
}
