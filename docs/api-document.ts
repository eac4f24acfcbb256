// The page of the HTTP API: every operation of its description, with an example that is run on a small market.
import type { ApiServices } from "../shared/api/route.ts";
import { routes } from "../shared/api/routes.ts";
import { SyncError } from "../shared/errors.ts";
import { ask } from "../test/support/ask-api.ts";
import { makeWorld, type World } from "../test/support/world.ts";
import { type Example, examples } from "./api-examples.ts";
import { markdownTable } from "./markdown-table.ts";

type Json = Record<string, unknown>;
type Field = { name: string; place: string; required: boolean; description: string };

const opening = `# HTTP API

Written by \`npm run docs\` from the schemas that the API checks requests with. The complete description, OpenAPI 3.1 with
the schema of every answer, is at \`/openapi.json\`; \`/docs\` shows it in a browser, field by field, with links to try. \`client/\` is a typed client in TypeScript: see
[developer.md](developer.md#call-it-from-typescript).

## Calling it

On one machine the API listens on the loopback address, at the URL that \`npx tushare-sync connect\` prints, and needs no credentials:

\`\`\`bash
API=http://127.0.0.1:45661
curl "$API/api/jobs"
\`\`\`

A deployed API accepts signed requests of callers with an IAM policy that allows \`execute-api:Invoke\`; others get 403.
Its address is the stack's output \`ApiUrl\`. \`curl\` and \`awscurl\` can sign requests:

\`\`\`bash
API=$(aws cloudformation describe-stacks --stack-name TushareSync --output text \\
  --query "Stacks[0].Outputs[?OutputKey=='ApiUrl'].OutputValue")
curl --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
  -H "x-amz-security-token: $AWS_SESSION_TOKEN" "$API/api/jobs"
awscurl --service execute-api --region "$AWS_REGION" "$API/api/jobs"
\`\`\`

- **Days** are \`YYYYMMDD\`, as TuShare writes them; \`YYYY-MM-DD\` is accepted too. Instants are ISO 8601 in UTC.
- **Numbers** are JSON numbers with all stored digits; \`null\` means that TuShare sent no value. If a double
  is not exact enough, read them with a decimal parser, such as \`json.loads(text, parse_float=Decimal)\`.
- **Pages**: pass \`next_cursor\` as \`cursor\` to get the next page, until it is \`null\`. The last page may be empty.
- **CSV**: \`format=csv\` returns the whole selection, with a header; a null is an empty field. A text that a spreadsheet would run as a
  formula begins with an apostrophe.
- **Starting** a task returns 202 at once with the task, which is planned afterwards: poll it at its \`Location\`. With an
  \`Idempotency-Key\`, a repeated request starts nothing twice and gets the same task; repeat a start that was lost (503).
- **Errors** are \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\` and \`detail\`; also \`error\`, the kind of
  error, and \`message\`, the same text as \`detail\`. 400 also names the \`field\`, its \`value\` and what is \`allowed\`; 404 is an
  unknown path, task, record or code; 405 a method that the path does not support; 409 names the conflict; 503 means that the
  database is waking up: retry after \`Retry-After\` seconds. API Gateway's own answers (403, 413, 429, 500, 503) are
  \`application/json\` with only a \`message\`.
- **HEAD** works wherever GET does, and OPTIONS lists a path's methods.

The examples below are shortened: lists to two elements, long objects to their first fields.
`;

/** The page. Values that differ from run to run (ids, instants, rates) are replaced. */
export async function apiDocument(): Promise<string> {
  const world = await makeWorld();
  try {
    await fill(world);
    const services: ApiServices = { ...world.services, dispatcher: { start: async () => {} } };
    const { body } = await ask(services, "GET /openapi.json");
    const parts = [opening];
    for (const { name, description } of body.tags as { name: string; description: string }[]) {
      parts.push(`## ${name}\n\n${description}.\n`);
      for (const { id, tag, method, at } of routes) {
        if (tag !== name) continue;
        const operation = body.paths[at][method.toLowerCase()] as Json;
        const example = examples[id];
        if (example === undefined) throw new Error(`${id} has no example in docs/api-examples.ts`);
        parts.push(section(`${method} ${at}`, operation), await showExample(world, services, id, example));
      }
    }
    return parts.join("\n");
  } finally {
    await world.close();
  }
}

function section(title: string, operation: Json): string {
  const {
    summary,
    description,
    parameters = [],
    requestBody,
    responses,
  } = operation as {
    summary: string;
    description?: string;
    parameters?: { name: string; in: string; required: boolean; description: string }[];
    requestBody?: {
      content: Record<string, { schema: { properties: Record<string, Json>; required?: string[] } }>;
    };
    responses: Record<string, { description?: string }>;
  };
  const { properties = {}, required = [] } = requestBody?.content["application/json"]?.schema ?? {};
  const fields: Field[] = [
    ...parameters.map(({ in: place, ...field }) => ({ ...field, place })),
    ...Object.entries(properties).map(([name, each]) => ({
      ...{ name, place: "body", required: required.includes(name) },
      description: String(each.description),
    })),
  ];
  const own = Object.entries(responses).filter(([, answer]) => answer.description !== undefined);
  return [
    `### ${title}\n`,
    `${summary}.${description === undefined ? "" : ` ${description}`}\n`,
    ...(fields.length === 0
      ? []
      : [`${markdownTable(["field", "in", "holds"], fields.map(describeField))}\n`]),
    markdownTable(
      ["answer", "is"],
      own.map(([status, answer]) => [status, answer.description ?? ""]),
    ),
    "",
  ].join("\n");
}

function describeField({ name, place, required, description }: Field): string[] {
  return [`\`${name}\`${required ? "" : " (optional)"}`, place, description];
}

async function showExample(
  world: World,
  services: ApiServices,
  id: string,
  { finds, path, query, body, key, shows }: Example,
): Promise<string> {
  const found = await prepare(world, finds);
  const { method, at } = routes.find((route) => route.id === id) ?? { method: "", at: "" };
  const ids = { id: id.endsWith("Failure") ? found.failure : found.task };
  const filled = at.replaceAll(/\{(\w+)\}/g, (_, name: string) => ({ ...ids, ...path })[name] ?? "");
  const target = `${filled}${query === undefined ? "" : `?${query}`}`;
  const answer = await ask(services, `${method} ${target}`, {
    ...(body !== undefined && { body }),
    ...(key !== undefined && { key }),
  });
  if (answer.status >= 300)
    throw new Error(`the example of ${id} is answered ${answer.status}: ${answer.text}`);
  const request = [
    `curl${method === "GET" ? "" : ` -X ${method}`}`,
    ...(key === undefined ? [] : [`-H "Idempotency-Key: ${key}"`]),
    ...(body === undefined ? [] : [`-H "content-type: application/json" -d '${JSON.stringify(body)}'`]),
    `"$API${target}"`,
  ].join(" ");
  const whole = Object.entries(answer.body as Json);
  const shown = print(shorten(Object.fromEntries(whole.filter(([name]) => shows?.includes(name) ?? true))));
  return `\`\`\`bash\n${steady(request)}\n\`\`\`\n\n${answer.status}:\n\n\`\`\`json\n${steady(shown)}\n\`\`\`\n`;
}

const lineCharactersMax = 110;

/** JSON with each value on one line if it fits. */
function print(value: unknown, indent = ""): string {
  const flat = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ");
  if (typeof value !== "object" || value === null || flat.length + indent.length <= lineCharactersMax)
    return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value)
    ? value.map((each) => print(each, inner))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${print(each, inner)}`);
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

const fieldsShown = 16;

function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 2).map(shorten);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const shown = Object.fromEntries(
    entries.slice(0, fieldsShown).map(([name, each]) => [name, shorten(each)]),
  );
  return entries.length <= fieldsShown ? shown : { ...shown, "...": `${entries.length - fieldsShown} more` };
}

function steady(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "5f0c1a9e-1f0b-4d6e-9a43-2b7d5c8e0f11")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2024-01-17T10:00:00.000Z")
    .replaceAll(/request\/test-\d+/g, "request/7d1f")
    .replaceAll(/\/api\/failures\/\d+/g, "/api/failures/7")
    .replaceAll(/"id": \d+/g, '"id": 7');
}

/** Fills a market with well-known names, an ETF and a report. */
async function fill(world: World): Promise<void> {
  await world.reset();
  await world.sql("update stock_info set name = '贵州茅台' where ts_code = '600519.SH'");
  const stored_at = "2024-01-17";
  const etf = {
    ts_code: "510300.SH",
    symbol: "510300",
    name: "沪深300ETF",
    is_etf: "Y",
    market: "E",
    exchange: "SSE",
  };
  const more = { list_status: "L", list_date: "20120528", mgt_fee: 0.5, index_code: "000300.SH", stored_at };
  await world.insert("stock_info", [{ ...etf, ...more }]);
  await world.insert("stock_daily", [
    { ts_code: "510300.SH", trade_date: "20240117", close: 3.3, adj_factor: 1.1, stored_at },
  ]);
  await world.insert("fina_indicator", [
    {
      ts_code: "600519.SH",
      end_date: "20230930",
      ann_date: "20231021",
      update_flag: "1",
      eps: 42.09,
      stored_at,
    },
  ]);
  await world.dispatch({ job: "DAILY_HISTORY", from: "20240102" });
  await world.runToEnd();
  await world.insert("data_revision", [
    {
      ...{
        dataset: "stock_daily",
        ts_code: "600519.SH",
        day: "20240117",
        class: "changed",
        seen_at: stored_at,
        key: "600519.SH",
      },
      ...{ column_name: "close", old_value: "1638.7", new_value: "1641.69" },
    },
  ]);
  await world.sql("update data_revision set key = jsonb_build_object('ts_code', ts_code, 'trade_date', day)");
  await world.sql("truncate sync_task, sync_unit");
}

/** Makes a task of DAILY_HISTORY in the state that an example needs, and deletes all others. */
async function prepare(world: World, finds: Example["finds"]): Promise<{ task: string; failure: string }> {
  await world.sql("truncate sync_task, sync_unit, sync_failure_record");
  world.work.clear();
  if (finds === undefined) return { task: "", failure: "" };
  if (finds === "failed") {
    world.state.onCall = () => {
      throw new SyncError("permanent", "daily 20240102: 抱歉，您没有接口访问权限");
    };
  }
  if (finds === "verification") return { task: await findMissing(world), failure: "" };
  const { tasks } = await world.dispatch({
    ...{ job: "DAILY_HISTORY", from: "20240102", refresh: true },
    ...(finds === "failed" && { to: "20240102" }),
  });
  const task = tasks[0]?.id ?? "";
  if (finds === "paused") await world.dispatch({ pause: task });
  if (finds === "failed") await world.runToEnd();
  world.state.onCall = (_, reply) => reply;
  const [failure] = await world.failures();
  return { task, failure: failure?.id ?? "" };
}

/** A verification that has found one missing row. */
async function findMissing(world: World): Promise<string> {
  await world.sql("delete from sync_verification");
  await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '20240115'");
  const { verification } = await world.dispatch({
    ...{ verify: "stock_daily", from: "20240115", to: "20240116" },
  });
  return verification?.id ?? "";
}
