// The types of the API's client and the table of its operations, as TypeScript, from the OpenAPI description. Generators from
// npm need TypeScript's old compiler API, or bring megabytes; the description uses a small part of JSON Schema.
import { describeApi } from "../shared/api/openapi.ts";
import type { Description, Operation, Schema } from "../shared/api/openapi-shape.ts";
import { routes } from "../shared/api/routes.ts";

const opening = `// Written by \`npm run docs\` from the OpenAPI description: the operations of the HTTP API and their types.
`;

/** A choice of more names than these stands once, under a name of its own. */
const namesInlineMax = 20;

/** Schemas whose name means something else in TypeScript. */
const renamed: Readonly<Record<string, string>> = { Error: "Problem" };

/** @throws Error for a part of JSON Schema that is not read here, rather than a wrong type */
export function clientSource(description = describeApi(routes) as unknown as Description): string {
  const choices = new Map<string, string>();
  const schemas = Object.entries(description.components.schemas).map(
    ([name, schema]) =>
      `${doc(schema.description, "")}export type ${renamed[name] ?? name} = ${typeOf(schema, name)};\n`,
  );
  const operations = Object.entries(description.paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ at, method, operation })),
  );
  const types = operations.map(({ operation }) => typesOf(operation));
  const table = operations.map(({ at, method, operation: { operationId, parameters = [] } }) => {
    // The client tells query and body apart by the method.
    if (method !== "get" && parameters.some((field) => field.in === "query"))
      throw new Error(`${operationId} has fields in its query beside a body`);
    return `  ${operationId}: { method: "${method.toUpperCase()}", at: "${at}" },\n`;
  });
  return [
    opening,
    ...[...choices].map(([type, name]) => `export type ${name} =\n  ${type.replaceAll(" | ", "\n  | ")};\n`),
    ...schemas,
    `/** What each operation takes, and what it answers. */\nexport type Operations = {\n${types.join("")}};\n`,
    `export const operations = {\n${table.join("")}} as const;\n`,
  ].join("\n");

  function typesOf({ operationId, summary, description: more, parameters = [], ...rest }: Operation): string {
    const fields = parameters
      .filter((field) => field.in !== "header")
      .map(({ name, required, description: about, schema }) =>
        property(name, { ...schema, description: about }, required, "      "),
      );
    const body = rest.requestBody?.content["application/json"]?.schema;
    const ofBody = Object.entries(body?.properties ?? {}).map(([name, schema]) =>
      property(name, schema, body?.required?.includes(name) ?? false, "      "),
    );
    const names = [...parameters.map(({ name }) => name), ...Object.keys(body?.properties ?? {})];
    if (new Set(names).size < names.length) throw new Error(`${operationId} has two fields of one name`);
    const [, answer] = Object.entries(rest.responses).find(([status]) => status.startsWith("2")) ?? [];
    const schema = answer?.content?.["application/json"]?.schema;
    if (schema === undefined) throw new Error(`${operationId} has no answer in JSON`);
    const input = [...fields, ...ofBody];
    const hasCsv = answer?.content?.["text/csv"] !== undefined;
    return [
      doc(`${summary}.${more === undefined ? "" : ` ${more}`}`, "  "),
      `  ${operationId}: {\n`,
      input.length === 0 ? "    input: Record<never, never>;\n" : `    input: {\n${input.join("")}    };\n`,
      `    answer: ${typeOf(schema, operationId, "    ")};\n`,
      `    hasCsv: ${hasCsv};\n    takesKey: ${parameters.some((field) => field.in === "header")};\n  };\n`,
    ].join("");
  }

  function property(name: string, schema: Schema, isRequired: boolean, indent: string): string {
    // A cursor is what next_cursor was, which is text.
    const type = name === "cursor" ? "string" : typeOf(schema, name, indent);
    const given = isRequired ? `: ${type}` : `?: ${type} | undefined`;
    return `${doc(schema.description, indent)}${indent}${name}${given};\n`;
  }

  /** @param name of the field or schema: a long choice is called after it */
  function typeOf(schema: Schema, name: string, indent = ""): string {
    if (schema.$ref !== undefined) {
      const id = schema.$ref.split("/").at(-1) ?? "";
      return renamed[id] ?? id;
    }
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum !== undefined) return choiceOf(schema.enum, name);
    if (schema.anyOf !== undefined) return schema.anyOf.map((each) => typeOf(each, name, indent)).join(" | ");
    const kinds = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
    return kinds.map((kind) => ofKind(kind, schema, name, indent)).join(" | ") || "unknown";
  }

  function choiceOf(members: readonly unknown[], name: string): string {
    const type = members.map((member) => JSON.stringify(member)).join(" | ");
    if (members.length <= namesInlineMax) return type;
    const known = choices.get(type);
    if (known !== undefined) return known;
    const wanted = name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const taken = new Set([...choices.values(), ...Object.keys(description.components.schemas)]);
    const free = [wanted, `${wanted}Name`, `${wanted}Choice`].find((each) => !taken.has(each));
    if (free === undefined) throw new Error(`no name is free for the choice of ${name}`);
    choices.set(type, free);
    return free;
  }

  function ofKind(kind: string, schema: Schema, name: string, indent: string): string {
    switch (kind) {
      case "string":
      case "boolean":
      case "null":
        return kind;
      case "number":
      case "integer":
        return "number";
      case "array": {
        const inner = typeOf(schema.items ?? {}, name, indent);
        return /[|]/.test(inner) ? `(${inner})[]` : `${inner}[]`;
      }
      case "object":
        return ofObject(schema, name, indent);
      default:
        throw new Error(`${name}: type ${kind} is not read`);
    }
  }

  function ofObject(
    { properties, required = [], additionalProperties }: Schema,
    name: string,
    indent: string,
  ) {
    if (properties !== undefined) {
      const each = Object.entries(properties).map(([field, schema]) =>
        property(field, schema, required.includes(field), `${indent}  `),
      );
      return `{\n${each.join("")}${indent}}`;
    }
    const values = typeof additionalProperties === "object" ? additionalProperties : {};
    return `Record<string, ${typeOf(values, name, indent)}>`;
  }
}

/** Without a long list of choices, which the type has. */
function doc(text: string | undefined, indent: string): string {
  const said = text?.replace(/^one of [^:]{200,}: /, "").replaceAll("*/", "* /");
  return said === undefined ? "" : `${indent}/** ${said} */\n`;
}
