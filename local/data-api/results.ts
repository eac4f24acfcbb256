// Turns PostgreSQL's text results into the JSON of the Data API: fields, arrays, and the formatted form. columns.ts
// describes the columns. Everything is written as text, so that a 64-bit integer keeps its digits and the size of the
// response is known without building it twice.
import type { ColumnType } from "./columns.ts";
import { DataApiError } from "./errors.ts";

export interface ResultSetOptions {
  readonly decimalReturnType?: "STRING" | "DOUBLE_OR_LONG";
  readonly longReturnType?: "STRING" | "LONG";
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

type Row = readonly (string | null)[];
/** Writes the text of one value as JSON. */
type Encode = (text: string) => string;

/** The `records` member: an array of rows, each an array of typed fields. */
export function encodeRecords(
  columns: readonly Column[],
  rows: readonly Row[],
  options: ResultSetOptions = {},
): string {
  const encoders = columns.map((column) => fieldEncoder(column.type, options));
  const written = rows.map(
    (row) => `[${row.map((text, index) => encodeField(encoders[index], text)).join(",")}]`,
  );
  return `[${written.join(",")}]`;
}

/** The `formattedRecords` text: an array of objects. Column names must differ. */
export function formatRecords(
  columns: readonly Column[],
  rows: readonly Row[],
  options: ResultSetOptions = {},
): string {
  const keys = columns.map(({ name }) => JSON.stringify(name));
  if (new Set(keys).size < keys.length) {
    throw new DataApiError(
      "BadRequestException",
      "Result column names must be unique when formatted as JSON.",
    );
  }
  const encoders = columns.map((column) => plainEncoder(column.type, options));
  const written = rows.map((row) => {
    const members = row.map(
      (text, i) => `${keys[i]}:${text === null ? "null" : (encoders[i]?.(text) ?? "null")}`,
    );
    return `{${members.join(",")}}`;
  });
  return `[${written.join(",")}]`;
}

/** The fields of one row, as `generatedFields` of a batch lists them. */
export function encodeRow(columns: readonly Column[], row: Row, options: ResultSetOptions = {}): string {
  return row
    .map((text, i) => encodeField(columns[i] && fieldEncoder(columns[i].type, options), text))
    .join(",");
}

function encodeField(encode: Encode | undefined, text: string | null): string {
  return text === null || !encode ? '{"isNull":true}' : encode(text);
}

function fieldEncoder(type: ColumnType, options: ResultSetOptions): Encode {
  refuseUnsupported(type);
  if (type.element) return arrayEncoder(type.element);
  switch (kindOf(type, options)) {
    case "boolean":
      return (text) => `{"booleanValue":${text === "t"}}`;
    case "long":
      return (text) => `{"longValue":${text}}`;
    case "double":
      return (text) => `{"doubleValue":${encodeDouble(text)}}`;
    case "long-or-double":
      return (text) =>
        /^-?\d+$/.test(text) ? `{"longValue":${text}}` : `{"doubleValue":${encodeDouble(text)}}`;
    case "blob":
      return (text) => `{"blobValue":"${Buffer.from(text.slice(2), "hex").toString("base64")}"}`;
    case "string":
      return (text) => `{"stringValue":${JSON.stringify(asServiceText(type, text))}}`;
  }
}

function plainEncoder(type: ColumnType, options: ResultSetOptions): Encode {
  refuseUnsupported(type);
  const { element } = type;
  if (element) {
    const encode = plainEncoder(element, options);
    return (text) =>
      `[${readArray(text)
        .map((item) => (item === null ? "null" : encode(item)))
        .join(",")}]`;
  }
  switch (kindOf(type, options)) {
    case "boolean":
      return (text) => String(text === "t");
    case "long":
      return (text) => text;
    case "double":
    case "long-or-double":
      return encodeDouble;
    case "blob":
      return (text) => `"${Buffer.from(text.slice(2), "hex").toString("base64")}"`;
    case "string":
      return (text) => JSON.stringify(asServiceText(type, text));
  }
}

type Kind = "boolean" | "long" | "double" | "long-or-double" | "blob" | "string";

function kindOf({ id }: ColumnType, { decimalReturnType, longReturnType }: ResultSetOptions): Kind {
  if (id === 16) return "boolean";
  if (id === 20 || id === 21 || id === 23 || id === 26)
    return longReturnType === "STRING" ? "string" : "long";
  if (id === 700 || id === 701) return "double";
  if (id === 1700) return decimalReturnType === "DOUBLE_OR_LONG" ? "long-or-double" : "string";
  return id === 17 ? "blob" : "string";
}

/** NaN and the infinities have no JSON number; the service's protocol writes them as text. */
function encodeDouble(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) ? String(value) : JSON.stringify(text);
}

function arrayEncoder(element: ColumnType): Encode {
  const kind = kindOf(element, {});
  const member = { boolean: "booleanValues", long: "longValues", double: "doubleValues" } as const;
  const name = kind === "boolean" || kind === "long" || kind === "double" ? member[kind] : "stringValues";
  const encode = plainEncoder(element, {});
  return (text) => {
    const items = readArray(text).map((item) => (item === null ? "null" : encode(item)));
    return `{"arrayValue":{"${name}":[${items.join(",")}]}}`;
  };
}

/** Reads PostgreSQL's text form of a one-dimensional array, such as `{1,NULL,"a,b"}`. */
function readArray(text: string): (string | null)[] {
  const body = text.slice(text.indexOf("{") + 1, -1); // `[0:1]={…}` names its bounds first
  const items: (string | null)[] = [];
  for (const [item, quoted] of body.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|[^,]+/g)) {
    if (quoted === undefined && item.startsWith("{")) {
      throw new DataApiError("UnsupportedResultException", "The result contains a multidimensional array.");
    }
    if (quoted !== undefined) items.push(quoted.replaceAll(/\\([\s\S])/g, "$1"));
    else items.push(item === "NULL" ? null : item);
  }
  return items;
}

// money, and the geometric types: https://www.postgresql.org/docs/current/datatype-geometric.html
const unsupportedTypeIds = new Set([600, 601, 602, 603, 604, 628, 718, 790]);

function refuseUnsupported(type: ColumnType): void {
  if (!unsupportedTypeIds.has(type.id) && !unsupportedTypeIds.has(type.element?.id ?? 0)) return;
  const text = `The result contains the unsupported data type ${type.name}`;
  throw new DataApiError("UnsupportedResultException", text);
}

const jsonb = 3802;

/** Values of jsonb come back without the blanks that PostgreSQL writes. */
function asServiceText(type: ColumnType, text: string): string {
  if (type.id !== jsonb) return inUtc(type, text);
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|([,:]) /g, (_, quoted, mark) => quoted ?? mark);
}

const timestampWithZone = 1184;
const timeWithZone = 1266;

/** Times with a zone come back in UTC and without an offset. The session's zone is UTC, a timetz keeps its own. */
function inUtc({ id }: ColumnType, text: string): string {
  if (id === timestampWithZone) return text.replace(/\+00(?= BC$|$)/, "");
  if (id !== timeWithZone) return text;
  const [, clock = "", fraction = "", sign = "+", offset = "0"] =
    /^(\d\d:\d\d:\d\d)(\.\d+)?([+-])([\d:]+)$/.exec(text) ?? [];
  const seconds = secondsOf(clock) - (sign === "-" ? -1 : 1) * secondsOf(offset);
  const wrapped = ((seconds % 86_400) + 86_400) % 86_400;
  const parts = [wrapped / 3600, (wrapped / 60) % 60, wrapped % 60];
  return parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":") + fraction;
}

function secondsOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
