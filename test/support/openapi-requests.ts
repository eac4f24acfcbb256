// Requests made from an OpenAPI description: for each operation, valid ones and ones that it must refuse. It reads
// the description as any client would, and knows nothing of the code behind it.
import fc from "fast-check";

type Json = Record<string, unknown>;

export type Parameter = { name: string; in: string; required: boolean; schema: Json };

export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schema of the JSON body; undefined when it takes none. */
  readonly body: Json | undefined;
  /** By status, the content types that it may have. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
};

export type Shot = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

export function operationsOf(description: Json): Operation[] {
  const paths = description.paths as Record<string, Record<string, Json>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { requestBody } = operation as { requestBody?: { content: Record<string, { schema: Json }> } };
      const responses = operation.responses as Record<string, Json>;
      const content = (answer: Json): string[] =>
        Object.keys((resolve(description, answer).content ?? {}) as object);
      return {
        id: String(operation.operationId),
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []) as Parameter[],
        body: requestBody?.content["application/json"]?.schema,
        answers: Object.fromEntries(
          Object.entries(responses).map(([status, answer]) => [status, content(answer)]),
        ),
      };
    }),
  );
}

function resolve(description: Json, value: Json): Json {
  if (typeof value.$ref !== "string") return value;
  const steps = value.$ref.replace("#/", "").split("/");
  return steps.reduce<Json>((at, step) => at[step] as Json, description);
}

type Known = Record<string, string[]>;

/**
 * Half of them are valid, the others are not.
 * @param known values that name something stored, by parameter: those that fit the operation, and all
 */
export function requestsFor(operation: Operation, known: { good: Known; any: Known }): fc.Arbitrary<Shot> {
  return fc.oneof(goodRequests(operation, known.good), anyRequests(operation, known.any));
}

/** Examples and what is stored, with few of the fields that need not be given. */
function goodRequests({ path, parameters, body }: Operation, known: Record<string, string[]>) {
  const value = ({ name, schema }: Parameter) => {
    const stored = known[name] ?? [];
    return stored.length > 0 ? fc.constantFrom(...stored) : examples(schema);
  };
  const seldom = (each: Parameter) => fc.option(value(each), { nil: undefined, freq: 1 });
  return fc
    .record({
      path: fc.record(shapes(parameters, "path", value)),
      query: fc.record(shapes(parameters, "query", seldom)),
      headers: fc.record(shapes(parameters, "header", seldom)),
      body: body === undefined ? fc.constant(undefined) : goodBodies(body),
    })
    .map((parts) => assemble(path, parts));
}

function anyRequests({ path, parameters, body }: Operation, known: Record<string, string[]>) {
  const value = (each: Parameter) => aValue(each, known);
  const names = fc.oneof(printable, fc.constantFrom("__proto__", "limit", "q"));
  return fc
    .record({
      path: fc.record(shapes(parameters, "path", value)),
      query: fc.record(shapes(parameters, "query", value), { requiredKeys: [] }),
      headers: fc.record(
        shapes(parameters, "header", () => fc.oneof(printable, headerText)),
        { requiredKeys: [] },
      ),
      stray: fc.option(fc.tuple(names, junk), { freq: 4 }),
      body: body === undefined ? fc.constant(undefined) : fc.option(aBody(body), { nil: undefined }),
    })
    .map((parts) => assemble(path, parts));
}

function shapes(
  parameters: readonly Parameter[],
  place: string,
  value: (parameter: Parameter) => fc.Arbitrary<string | undefined>,
): Record<string, fc.Arbitrary<string | undefined>> {
  const here = parameters.filter((parameter) => parameter.in === place);
  return Object.fromEntries(here.map((parameter) => [parameter.name, value(parameter)]));
}

type Texts = Record<string, string | undefined>;
type Parts = {
  path: Texts;
  query: Texts;
  headers: Texts;
  stray?: [string, string] | null;
  body: { type: string; body: string } | undefined;
};

function assemble(path: string, { path: inPath, query, headers, stray, body }: Parts): Shot {
  const search = new URLSearchParams(given(query));
  if (stray) search.append(...stray);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(inPath[name])));
  return {
    path: search.size === 0 ? filled : `${filled}?${search}`,
    headers: { ...given(headers), ...(body && { "content-type": body.type }) },
    body: body?.body,
  };
}

function given(texts: Texts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

const printable = fc.stringMatching(/^[!-~]{1,40}$/);
/** What an HTTP client still sends. */
const headerText = fc.stringMatching(/^[!-~][ -~]{0,300}[!-~]$/);
const junk = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.constantFrom(
      "",
      " ",
      "0",
      "-1",
      "1e3",
      "9".repeat(30),
      "null",
      "true",
      "%00",
      "\u0000",
      "'; --",
      "..",
      "/",
    ),
    fc.constantFrom("20240230", "2024-13-01", "99999999", "600519", "600519.sh", "x".repeat(5_000)),
  )
  .filter((text) => text.isWellFormed());

/** Mostly what the schema allows, sometimes anything. */
function aValue(
  { name, in: place, schema }: Parameter,
  known: Record<string, string[]>,
): fc.Arbitrary<string> {
  const valid: fc.Arbitrary<string>[] = [examples(schema), fromSchema(schema).map(String)];
  const stored = known[name] ?? [];
  if (stored.length > 0) valid.push(fc.constantFrom(...stored), fc.constantFrom(...stored));
  const weighted = valid.map((arbitrary) => ({ weight: 3, arbitrary }));
  return fc.oneof(...weighted, { weight: 1, arbitrary: place === "path" ? junk.filter(isSegment) : junk });
}

/** Other characters would make it another path. */
function isSegment(text: string): boolean {
  return text !== "" && !text.includes("/") && !/^\.{1,2}$/.test(text);
}

function examples(schema: Json): fc.Arbitrary<string> {
  return fc.constantFrom(...((schema.examples ?? [""]) as unknown[]).map(String));
}

/** What a JSON Schema allows, of the kinds the description uses. */
function fromSchema(schema: Json): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const { minimum, maximum, minItems, pattern, format } = schema as Record<string, never>;
  switch (schema.type) {
    case "integer":
      return fc.integer({ min: Number(minimum), max: Math.min(Number(maximum), 2_000_000_000) });
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(fromSchema(schema.items as Json), { minLength: Number(minItems ?? 0), maxLength: 4 });
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties as Record<string, Json>).map(([name, each]) => [
            name,
            fromSchema(each),
          ]),
        ),
        { requiredKeys: [] },
      );
    case "string":
      if (format === "uuid") return fc.uuid();
      return pattern === undefined ? fc.string() : fc.stringMatching(new RegExp(pattern, "u"));
    default:
      throw new Error(`no request can be made from ${JSON.stringify(schema)}`);
  }
}

/** None at all is good where nothing is required. */
function goodBodies(schema: Json): fc.Arbitrary<{ type: string; body: string } | undefined> {
  const isNeeded = ((schema.required ?? []) as string[]).length > 0;
  return isNeeded ? aGoodBody(schema) : fc.option(aGoodBody(schema), { nil: undefined });
}

/** What is required, with one other field: some do not go together. */
function aGoodBody(schema: Json): fc.Arbitrary<{ type: string; body: string }> {
  const fields = schema.properties as Record<string, { readonly examples: readonly unknown[] }>;
  const required = (schema.required ?? []) as string[];
  const bodies = Object.keys(fields).map((name) => ({
    type: "application/json",
    body: JSON.stringify(
      Object.fromEntries([...required, name].map((given) => [given, fields[given]?.examples[0]])),
    ),
  }));
  return fc.constantFrom(...bodies);
}

function aBody(schema: Json): fc.Arbitrary<{ type: string; body: string }> {
  const types = fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain");
  const texts = fc.oneof(
    fromSchema(schema).map((value) => JSON.stringify(value)),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    junk,
    fc.constantFrom('{"__proto__":{"job":1}}', '{"from":"20240102"', "[]"),
  );
  return fc.record({ type: types, body: texts });
}
