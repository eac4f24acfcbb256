// The OpenAPI 3.1 description, made from the schemas that the handler checks with.
import * as z from "zod/mini";
import { originKinds } from "../catalogue/origin.ts";
import { ErrorAnswer, GatewayAnswer, named } from "./answers.ts";
import { descriptionOf } from "./fields.ts";
import { type AnswerSpec, type Fields, type Route, tags } from "./route.ts";

type Json = Record<string, unknown>;

/** On every answer of an operation; refusals by API Gateway itself lack it. */
export const originHeader = "mirror-origin";

/** The content type of an error (RFC 9457). API Gateway's own refusals are plain JSON. */
export const problemType = "application/problem+json";

const mirrorOrigin = {
  description:
    "Where the data comes from: tushare is the real one, simulated an invented market, captured answers saved earlier, address a server that is not TuShare's own",
  schema: { type: "string", enum: [...originKinds] },
};

const about = `What tushare-sync mirrors, and the runs that mirror it.

Days are YYYYMMDD, as TuShare writes them; both that and YYYY-MM-DD are taken. Instants are ISO 8601 in UTC. Numbers are
JSON numbers with all stored digits: read them with a decimal parser where a double is not enough.
Every answer says in its header \`mirror-origin\` where the data comes from: \`tushare\` alone is the market's, \`simulated\`
is invented; \`GET /api/origin\` says more.
Lists come in pages: give \`next_cursor\` as \`cursor\` for the next one, until it is null.

On AWS every request is signed (IAM, service \`execute-api\`); on one machine the API listens on the loopback address
alone and asks for nothing.`;

export function describeApi(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.at] = { ...paths[route.at], [route.method.toLowerCase()]: describeOperation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "tushare-sync",
      version: "1.0.0",
      description: about,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Where this description comes from" }],
    security: [{ signature: [] }, {}],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: namedSchemas(), responses: answersOfEvery, securitySchemes },
  };
}

const securitySchemes = {
  signature: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "AWS Signature Version 4 for the service execute-api",
  },
};

/** From the function, or from API Gateway without it. */
const trouble = { [problemType]: ErrorAnswer, "application/json": GatewayAnswer };

/** Answers that any operation may return, by status. */
const answersOfEvery = {
  BadInput: answerOf("A field is refused: its name, its value and what is allowed", {
    [problemType]: ErrorAnswer,
  }),
  NotModified: { description: "The client has this answer: its ETag came in If-None-Match" },
  Forbidden: answerOf("AWS only: the request is not signed by a caller with permission", {
    "application/json": GatewayAnswer,
  }),
  TooLarge: answerOf("The request has more than 10 MB", { "application/json": GatewayAnswer }),
  TooMany: answerOf("AWS only: more requests than the stage allows", { "application/json": GatewayAnswer }),
  Internal: answerOf("An error in the server; its log has the details", trouble),
  Unavailable: answerOf(
    "The database is resuming or cannot be reached: repeat the request after Retry-After seconds",
    trouble,
  ),
};

function describeOperation({
  method,
  id,
  tag,
  summary,
  about: more,
  path,
  query,
  body,
  idempotent,
  answers,
}: Route): Json {
  const parameters = [
    ...parametersIn("path", path),
    ...parametersIn("query", query),
    ...(idempotent ? [idempotencyKey] : []),
  ];
  const every = {
    ...{ 400: "BadInput", 403: "Forbidden", 413: "TooLarge", 429: "TooMany" },
    ...{ 500: "Internal", 503: "Unavailable" },
  };
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(more !== undefined && { description: more }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: Object.values(body).some((field) => !z.safeParse(field, undefined).success),
        content: { "application/json": { schema: schemaOf(z.strictObject({ ...body })) } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(every).map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
      ),
      ...Object.fromEntries(
        Object.entries(answers).map(([status, spec]) => [
          status,
          answerOf(spec.about, contentOf(Number(status), spec)),
        ]),
      ),
      ...(method === "GET" && { 304: { $ref: "#/components/responses/NotModified" } }),
    },
  };
}

export const idempotencyKeyCharactersMax = 190;

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: `1 to ${idempotencyKeyCharactersMax} printable ASCII characters. A request that comes again with the same key starts nothing twice and gets the same task`,
  schema: {
    type: "string",
    pattern: `^[!-~]{1,${idempotencyKeyCharactersMax}}$`,
    examples: ["2024-01-02-backfill"],
  },
};

function parametersIn(place: "path" | "query", fields: Fields = {}): Json[] {
  return Object.entries(fields).map(([name, field]) => {
    const { description: _, ...schema } = schemaOf(field);
    return {
      name,
      in: place,
      required: !z.safeParse(field, undefined).success,
      description: descriptionOf(field),
      schema,
    };
  });
}

/** Schemas by content type. */
type Content = Readonly<Record<string, z.ZodMiniType>>;

function contentOf(status: number, { schema, csv }: AnswerSpec): Content {
  if (status >= 400) return { [problemType]: schema };
  return { "application/json": schema, ...(csv && { "text/csv": z.string() }) };
}

function answerOf(description: string, content: Content): Json {
  return {
    description,
    headers: { [originHeader]: mirrorOrigin },
    content: Object.fromEntries(
      Object.entries(content).map(([type, schema]) => [type, { schema: schemaOf(schema) }]),
    ),
  };
}

/** JSON Schema of a field's checked value: the same as its input, except for days written with hyphens. */
function schemaOf(schema: z.ZodMiniType): Json {
  const id = named.get(schema)?.id;
  if (id !== undefined) return { $ref: reference(id) };
  const { $schema: _, ...described } = z.toJSONSchema(schema) as Json;
  return described;
}

function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(named, { uri: reference });
  return Object.fromEntries(
    Object.entries(schemas as Record<string, Json>).map(([id, { $schema: _, $id: __, ...schema }]) => [
      id,
      schema,
    ]),
  );
}

function reference(id: string): string {
  return `#/components/schemas/${id}`;
}
