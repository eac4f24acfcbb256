// Reads a request in TuShare's protocol: what is asked of which interface, in every form that clients send it. Pure.
import { type Day, isDay } from "../catalogue/dates.ts";
import type { Face, Field } from "./face.ts";
import {
  internal,
  notMirrored,
  queryFailed,
  required,
  unnamed,
  wrongParameter,
  wrongToken,
} from "./refusal.ts";

export type Question = {
  readonly face: Face;
  readonly fields: readonly Field[];
  /** Any of these values, for each field. */
  readonly filters: readonly { readonly field: Field; readonly values: readonly string[] }[];
  readonly from: Day | undefined;
  readonly to: Day | undefined;
  readonly limit: number;
  readonly offset: number;
};

/** The largest offset that TuShare takes. */
const offsetMax = 100_000;

/** Values of one parameter: more than any market has codes. */
const valuesMax = 10_000;

/** Sent by clients of TuShare, without a meaning for the answer. */
const idle = new Set(["ts_type_name"]);

export type Door = {
  readonly faces: ReadonlyMap<string, Face>;
  readonly rowCapOf: (face: Face) => number;
};

/** A body, of which only the token was looked at. */
export type TokenedRequest = { readonly token: string; readonly asked: Readonly<Record<string, unknown>> };

/** @throws RefusedError when it is no request, or has no token */
export function readRequest(body: string): TokenedRequest {
  const asked = readBody(body);
  const { token } = asked;
  if (typeof token !== "string" || token.trim() === "") throw wrongToken();
  return { token: token.trim(), asked };
}

/**
 * @param pathName the interface that the path names, for a body that names none
 * @throws RefusedError
 */
export function readQuestion({ asked }: TokenedRequest, pathName: string | undefined, door: Door): Question {
  const { api_name, params, fields } = asked;
  const name = typeof api_name === "string" && api_name !== "" ? api_name : (pathName ?? "");
  if (name === "") throw unnamed();
  const face = door.faces.get(name);
  if (face === undefined) throw notMirrored(/^\w{1,64}$/.test(name) ? name : "?");
  const given = { ...face.spec.absent, ...readParams(params) };
  for (const parameter of face.spec.requires ?? []) {
    if (given[parameter] === undefined) throw required(parameter);
  }
  checkNames(face, given);
  const cap = door.rowCapOf(face);
  const limit = count(given.limit);
  const filters = Object.entries(given).flatMap(([parameter, value]) => {
    const field = face.filters.get(parameter);
    return field === undefined ? [] : [{ field, values: readValues(parameter, field, value) }];
  });
  return {
    ...{ face, filters, fields: chooseFields(face, fields) },
    ...daysOf(face, given, filters),
    limit: limit === 0 ? cap : Math.min(limit, cap),
    offset: count(given.offset),
  };
}

function readBody(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return parsed;
  } catch {
    // not JSON
  }
  throw internal();
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As texts, without empty ones: an empty text means "not set". A list is the same as its values with commas. */
function readParams(params: unknown): Record<string, string> {
  if (params === undefined || params === null || params === "") return {};
  if (!isObject(params)) throw internal();
  const texts = Object.entries(params).map(([name, value]): [string, string] => {
    const parts: unknown[] = Array.isArray(value) ? value : [value];
    if (parts.some((part) => typeof part === "object" && part !== null)) throw internal();
    const filled = parts.map((part) => String(part ?? "").trim()).filter((part) => part !== "");
    return [name, filled.join(",")];
  });
  return Object.fromEntries(texts.filter(([name, text]) => text !== "" && !idle.has(name)));
}

/** A parameter without a meaning here would select other rows than the client expects. */
function checkNames({ spec, filters, day, always }: Face, given: Readonly<Record<string, string>>): void {
  const ranges = day === undefined ? [] : ["start_date", "end_date"];
  const known = new Set([...filters.keys(), ...ranges, "limit", "offset", ...Object.keys(always)]);
  for (const [name, value] of Object.entries(given)) {
    if (!known.has(name)) {
      const shown = /^\w{1,64}$/.test(name) ? name : "?";
      throw wrongParameter(
        `${spec.name} 没有参数 ${shown}`,
        `请去掉它，可用的参数为 ${[...known].join(", ")}`,
      );
    }
    const fixed = always[name];
    if (fixed !== undefined && value !== fixed) {
      throw wrongParameter(`镜像只有 ${name}=${fixed} 的 ${spec.name}`, "请改用该值，或直接向 TuShare 调用");
    }
  }
}

function readValues(parameter: string, { type }: Field, text: string): string[] {
  const values = [...new Set(text.split(",").map((value) => value.trim()))].filter((value) => value !== "");
  if (values.length > valuesMax) {
    throw wrongParameter(`${parameter} 有 ${values.length} 个值`, `请每次至多 ${valuesMax} 个`);
  }
  if (type === "day") for (const value of values) readDay(parameter, value);
  if (type === "flag" && values.some((value) => !/^\d$/.test(value))) {
    throw wrongParameter(`${parameter} 不是 0 或 1`, "请改正");
  }
  return values;
}

/** TuShare compares a dashed date as text, and answers other days than meant: refused here. */
function readDay(parameter: string, text: string): Day {
  if (!isDay(text)) throw wrongParameter(`${parameter} 不是日期`, "请写成 YYYYMMDD，例如 20240102");
  return text;
}

function count(text = "0"): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > 1e9) throw queryFailed();
  return Number(text);
}

function chooseFields(face: Face, fields: unknown): readonly Field[] {
  if (fields !== undefined && fields !== null && typeof fields !== "string" && !Array.isArray(fields)) {
    throw internal();
  }
  const list: unknown[] = Array.isArray(fields) ? fields : String(fields ?? "").split(",");
  const names = [...new Set(list.map((name) => String(name).trim()))].filter((name) => name !== "");
  if (names.length === 0) return face.usual;
  return names.map((name) => {
    const field = face.fields.get(name);
    if (field !== undefined) return field;
    const what = face.lacks.includes(name)
      ? `镜像没有保存 ${face.spec.name} 的字段 ${name}`
      : `${face.spec.name} 没有字段 ${/^\w{1,64}$/.test(name) ? name : "?"}`;
    throw wrongParameter(what, "请从 fields 中去掉它");
  });
}

/** The days that the answer is about: of the range, or of the one day that is asked for. */
function daysOf(
  { day }: Face,
  given: Readonly<Record<string, string>>,
  filters: Question["filters"],
): Pick<Question, "from" | "to"> {
  if (count(given.offset) > offsetMax) throw queryFailed();
  if (day === undefined) return { from: undefined, to: undefined };
  const { start_date, end_date } = given;
  const days = filters.filter(({ field }) => field === day).flatMap(({ values }) => values);
  const sorted = [...days].sort();
  const from = start_date === undefined ? undefined : readDay("start_date", start_date);
  const to = end_date === undefined ? undefined : readDay("end_date", end_date);
  return {
    from: [from, sorted[0]]
      .filter((each) => each !== undefined)
      .sort()
      .at(-1),
    to: [to, sorted.at(-1)].filter((each) => each !== undefined).sort()[0],
  };
}
