// Fields of the operations, as schemas that check and describe them. A description says what is allowed; a refusal quotes
// it.
import * as z from "zod/mini";
import { isDay } from "../catalogue/dates.ts";
import { codePattern, readAnyCode, readCode } from "../words/codes.ts";

/** A day in either format, converted to YYYYMMDD. */
export function day(meaning: string, example = "20240102") {
  return described(
    z.pipe(
      z.pipe(
        z.string(),
        z.transform((text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text.replaceAll("-", "") : text)),
      ),
      z.string().check(z.regex(/^(19|20)/), z.refine(isDay)),
    ),
    `a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: ${meaning}`,
    example,
    { pattern: "^(19|20)([0-9]{6}|[0-9]{2}-[0-9]{2}-[0-9]{2})$" },
  );
}

/** A whole number, which is text in a query. */
export function integer(min: number, max: number, meaning: string, example: number) {
  return described(
    z.pipe(
      z.transform((given: unknown) =>
        typeof given === "string" && /^\d{1,15}$/.test(given) ? Number(given) : given,
      ),
      z.int().check(z.minimum(min), z.maximum(max)),
    ),
    `a whole number from ${min} to ${max}: ${meaning}`,
    example,
  );
}

/** A boolean, which is text in a query. */
export function truth(meaning: string, example = true) {
  return described(
    z.pipe(
      z.transform((given: unknown) => (given === "true" ? true : given === "false" ? false : given)),
      z.boolean(),
    ),
    `true or false: ${meaning}`,
    example,
  );
}

export function oneOf<const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  meaning: string,
  example: Choice = choices[0],
) {
  return described(z.enum(choices), `one of ${choices.join(", ")}: ${meaning}`, example);
}

export function text(charactersMax: number, meaning: string, example: string) {
  return described(
    z.string().check(z.minLength(1), z.maxLength(charactersMax), z.regex(/^\P{Cc}*$/u)),
    `a text of 1 to ${charactersMax} characters, without control characters: ${meaning}`,
    example,
  );
}

/** A code in any known format, converted to TuShare's format. */
export function code(meaning: string, example = "600519.SH") {
  return described(codeSchema(readCode), `a TuShare code: ${meaning}`, example);
}

/** A code of any kind, also of an index. */
export function anyCode(meaning: string, example = "600519.SH") {
  return described(codeSchema(readAnyCode), `a TuShare code: ${meaning}`, example);
}

/** Codes of any kind: the command they become part of refuses codes that its job does not accept. */
export function codes(countMax: number, meaning: string) {
  return described(
    z.array(codeSchema(readAnyCode)).check(z.minLength(1), z.maxLength(countMax)),
    `a list of 1 to ${countMax} TuShare codes: ${meaning}`,
    ["600519.SH", "000001.SZ"],
  );
}

function codeSchema(read: (text: string) => string | undefined) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text: string) => read(text) ?? text),
    ),
    z.string().check(
      z.regex(codePattern),
      z.refine((text) => read(text) === text),
    ),
  );
}

export function taskId(meaning: string) {
  return described(z.uuid(), `the id of a task, a UUID: ${meaning}`, "5f0c1a9e-1f0b-4d6e-9a43-2b7d5c8e0f11");
}

export function verificationId(meaning: string) {
  return described(
    z.uuid(),
    `the id of a verification, a UUID: ${meaning}`,
    "0b6a7f52-6a53-4d0e-8f52-1f3c1f0f6c11",
  );
}

/** The same field, but optional. */
export function optional<Schema extends z.ZodMiniType>(schema: Schema) {
  return redescribed(schema, z.optional(schema));
}

/** The same field, with a default. */
export function withDefault<Schema extends z.ZodMiniType>(schema: Schema, value: z.output<Schema>) {
  // The default is used as input, so that it passes the same checks; numbers and choices are valid input.
  return redescribed(schema, z._default(schema, value as never));
}

export function descriptionOf(schema: z.ZodMiniType): string {
  return z.globalRegistry.get(schema)?.description ?? "";
}

function described<Schema extends z.ZodMiniType>(
  schema: Schema,
  description: string,
  example: unknown,
  more: Record<string, unknown> = {},
): Schema {
  z.globalRegistry.add(schema, { description, examples: [example], ...more });
  return schema;
}

function redescribed<Schema extends z.ZodMiniType>(from: z.ZodMiniType, schema: Schema): Schema {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(from) });
  return schema;
}
