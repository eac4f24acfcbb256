// The page at /docs: the OpenAPI description as one HTML document, without a script and without anything from elsewhere. In
// English alone, as the description is.
import { html, type Markup } from "../widget/html.ts";
import type { Description, Operation, Parameter, Schema } from "./openapi-shape.ts";

/** A choice of more names than these is folded. */
const namesShown = 12;

export const docsStyle = `
:root { color-scheme: light dark; --ground: light-dark(#f3f5f8, #10151b); --card: light-dark(#fff, #1a212a); --ink: light-dark(#17202b, #e6ebf1);
  --quiet: light-dark(#53606f, #a3b0be); --line: light-dark(#d7dde4, #323c48); --main: light-dark(#1d5fa8, #7db4f0); --good: light-dark(#1a6f3e, #62cf8f); }
* { box-sizing: border-box; }
html { scroll-padding-top: 12px; }
body { margin: 0 auto; max-width: 1240px; padding: 20px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere; }
a { color: var(--main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 20px; }
h1 { font-size: 24px; margin: 0; }
h2 { font-size: 20px; margin: 28px 0 8px; }
h3 { font-size: 16px; margin: 0 0 4px; }
h4 { font-size: 14px; margin: 12px 0 4px; }
p { margin: 4px 0 8px; max-width: 75ch; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; }
pre { background: var(--ground); border-radius: 6px; margin: 8px 0; padding: 8px 10px; white-space: pre-wrap; }
section.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0 0 14px; padding: 14px 16px; }
section.card:target { border-color: var(--main); box-shadow: 0 0 0 1px var(--main); }
.method { color: var(--good); font-weight: 700; }
.POST { color: var(--main); }
.quiet { color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav summary, nav .tag { font-weight: 600; }
nav li { font-size: 13px; }
nav a { display: inline-block; min-height: 24px; padding: 2px 0; }
dl { margin: 0; }
dt { border-top: 1px solid var(--line); padding-top: 5px; }
dd { margin: 0 0 6px 18px; }
@media (min-width: 900px) {
  .columns { display: grid; grid-template-columns: 300px minmax(0, 1fr); gap: 24px; }
  nav { align-self: start; position: sticky; top: 12px; max-height: calc(100vh - 24px); overflow: auto; }
}
`;

export function renderDocs(description: Description): string {
  const { info, tags, paths, components } = description;
  const operations = Object.entries(paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ at, method: method.toUpperCase(), operation })),
  );
  const schemas = Object.entries(components.schemas);
  const groups = tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title}: HTTP API</title>
<style>${{ markup: docsStyle }}</style>
</head>
<body>
<a class="skip" href="#operations">To the operations</a>
<header>
<h1>${info.title}: HTTP API</h1>
${info.description.split("\n\n").map((text) => html`<p>${inWords(text)}</p>`)}
<p>The same for programs: <a href="/openapi.json">/openapi.json</a>, OpenAPI ${description.openapi}.</p>
</header>
<div class="columns">
<nav aria-label="Operations">
<ul>
${groups.map(
  ({ name, operations }) => html`<li><a class="tag" href="#${name}">${name}</a><ul>
${operations.map(({ at, method, operation }) => html`<li><a href="#${operation.operationId}"><span class="quiet">${method}</span> ${at}</a></li>`)}
</ul></li>`,
)}
<li><a class="tag" href="#schemas">Answers, field by field</a></li>
</ul>
</nav>
<main id="operations" tabindex="-1">
${groups.map(
  (group) => html`<h2 id="${group.name}">${group.name}</h2>
<p>${group.description}.</p>
${group.operations.map((one) => renderOperation(one, components.responses))}`,
)}
<h2 id="schemas">Answers, field by field</h2>
${schemas.map(
  ([name, schema]) => html`<section class="card" id="schema-${name}" aria-labelledby="name-${name}">
<h3 id="name-${name}">${name}</h3>
${schema.description === undefined ? undefined : html`<p>${inWords(schema.description)}</p>`}
${fieldsOf(schema)}
</section>`,
)}
</main>
</div>
</body>
</html>
`.markup;
}

type Described = { readonly at: string; readonly method: string; readonly operation: Operation };

function renderOperation(
  { at, method, operation }: Described,
  ofEvery: Description["components"]["responses"],
) {
  const { operationId: id, summary, description, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  const address = exampleAddress(at, parameters);
  // Ids are made by the stack, so no example of one is answered.
  const canTry = method === "GET" && !at.includes("{id}");
  const answers = Object.entries(responses).filter(([, answer]) => answer.$ref === undefined);
  const others = Object.entries(responses).filter(([, answer]) => answer.$ref !== undefined);
  return html`<section class="card" id="${id}" aria-labelledby="name-${id}">
<h3 id="name-${id}"><span class="method ${method}">${method}</span> <code>${at}</code></h3>
<p>${inWords(summary)}.${description === undefined ? "" : " "}${description === undefined ? undefined : inWords(description)}</p>
${
  parameters.length === 0
    ? undefined
    : html`<h4>Fields</h4><dl>${parameters.map((field) => renderField(field.name, field.schema, { place: field.in, isRequired: field.required, description: field.description }))}</dl>`
}
${
  body === undefined
    ? undefined
    : html`<h4>Body: JSON</h4><dl>${Object.entries(body.properties ?? {}).map(([name, schema]) =>
        renderField(name, schema, {
          isRequired: body.required?.includes(name) ?? false,
          description: schema.description,
        }),
      )}</dl>`
}
<h4>Answers</h4>
<dl>${answers.map(
    ([status, answer]) =>
      html`<dt><code>${status}</code> ${Object.entries(answer.content ?? {}).map(([type, { schema }]) => html`<span class="quiet">${type}</span> ${type === "text/csv" ? "" : typeOf(schema)} `)}</dt><dd>${inWords(answer.description ?? "")}</dd>`,
  )}</dl>
<details><summary>Answers of every operation: ${others.map(([status]) => status).join(", ")}</summary>
<dl>${others.map(([status, { $ref = "" }]) => html`<dt><code>${status}</code></dt><dd>${inWords(ofEvery[$ref.split("/").at(-1) ?? ""]?.description ?? "")}</dd>`)}</dl></details>
<pre><code>${exampleRequest(method, address, body)}</code></pre>
${canTry ? html`<p><a href="${address}">Try it: ${address}</a></p>` : undefined}
</section>
`;
}

type About = {
  readonly place?: string;
  readonly isRequired: boolean;
  readonly description?: string | undefined;
};

function renderField(name: string, schema: Schema, { place, isRequired, description = "" }: About): Markup {
  const names = schema.enum ?? [];
  const isLong = names.length > namesShown;
  const [example] = schema.examples ?? [];
  return html`<dt><code>${name}</code> <span class="quiet">${place ?? ""}${place === undefined ? "" : ", "}</span>${isLong ? "string" : typeOf(schema)}<span class="quiet">, ${isRequired ? "required" : "optional"}</span></dt>
<dd>${inWords(isLong ? description.replace(/^one of [^:]*: /, "") : description)}${example === undefined ? "" : " "}${example === undefined ? undefined : html`<span class="quiet">Example: <code>${asText(example)}</code></span>`}
${isLong ? html`<details><summary>${names.length} values</summary>${names.map(String).join(", ")}</details>` : undefined}</dd>
`;
}

/** The fields of an object; those of an object inside are indented. */
function fieldsOf(schema: Schema): Markup | undefined {
  const { properties, required = [] } = schema;
  if (properties === undefined) return undefined;
  return html`<dl>${Object.entries(properties).map(([name, field]) => {
    const inner = innerOf(field);
    return html`${renderField(name, field, { isRequired: required.includes(name), description: field.description })}${inner === undefined ? undefined : html`<dd>${fieldsOf(inner)}</dd>`}`;
  })}</dl>`;
}

/** The object with fields of its own in a field: itself, of a list, or one of several choices. */
function innerOf(schema: Schema): Schema | undefined {
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return innerOf(schema.items);
  return schema.anyOf?.map(innerOf).find((each) => each !== undefined);
}

/** A type in a word or two; a named one is a link. */
function typeOf(schema: Schema): Markup {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.anyOf !== undefined)
    return html`${schema.anyOf.map((each, at) => html`${at === 0 ? "" : " or "}${typeOf(each)}`)}`;
  if (schema.const !== undefined) return html`<code>${asText(schema.const)}</code>`;
  if (schema.enum !== undefined && schema.enum.length <= namesShown)
    return html`<code>${schema.enum.map(asText).join(" | ")}</code>`;
  if (schema.items !== undefined) return html`list of ${typeOf(schema.items)}`;
  const kinds = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["any"]);
  return html`${kinds.join(" or ")}`;
}

/** The path with the example of each field in it, and those of the query that are required. */
function exampleAddress(at: string, parameters: readonly Parameter[]): string {
  const exampleOf = (name: string) =>
    asText(parameters.find((field) => field.name === name)?.schema.examples?.[0] ?? name);
  const path = at.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(exampleOf(name)));
  const query = parameters
    .filter(({ in: place, required }) => place === "query" && required)
    .map(({ name }) => `${name}=${encodeURIComponent(exampleOf(name))}`);
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function exampleRequest(method: string, address: string, body: Schema | undefined): string {
  const needed = Object.entries(body?.properties ?? {}).filter(([name]) => body?.required?.includes(name));
  const given = Object.fromEntries(needed.map(([name, { examples }]) => [name, examples?.[0]]));
  const json =
    needed.length === 0 ? "" : ` -H "content-type: application/json" -d '${JSON.stringify(given)}'`;
  return `curl${method === "GET" ? "" : ` -X ${method}`}${json} "$API${address}"`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Words between backticks are code. */
function inWords(text: string): Markup {
  return html`${text.split("`").map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
