// Asks the HTTP API's routes in this process: what the function does once its router has found the route.
import { type Client, makeClient } from "../../client/client.ts";
import { type ApiRequest, handle } from "../../shared/api/handle.ts";
import type { ApiServices } from "../../shared/api/route.ts";
import { routes } from "../../shared/api/routes.ts";

export type Asked = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The answer as JSON; any, because a test says what it expects of it. */
  // biome-ignore lint/suspicious/noExplicitAny: the tests check the shape
  readonly body: any;
};

let requests = 0;

/** @param target method and path with query, such as "GET /api/tasks?limit=1" */
export async function ask(
  services: ApiServices,
  target: string,
  options: { body?: unknown; key?: string } = {},
): Promise<Asked> {
  const [method, address = ""] = target.split(" ");
  const { pathname, searchParams } = new URL(address, "http://api");
  for (const route of routes) {
    const names: string[] = [];
    const pattern = route.at.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      names.push(name);
      return "([^/]+)";
    });
    const match = new RegExp(`^${pattern}$`).exec(pathname);
    const hidden = names.length > 0 && routes.some(({ at }) => at === pathname);
    if (match === null || route.method !== method || hidden) continue;
    requests += 1;
    const request: ApiRequest = {
      path: Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? "")])),
      query: searchParams,
      idempotencyKey: options.key,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      requestId: `test-${requests}`,
    };
    const { status, headers, body } = await handle(route, services, request);
    const isJson = /^application\/(problem\+)?json$/.test(headers["content-type"] ?? "");
    return { status, headers, text: body, body: isJson ? JSON.parse(body) : undefined };
  }
  throw new Error(`no route answers ${target}`);
}

/** The client of the API, whose requests are answered in this process. */
export function clientOf(services: ApiServices): Client {
  return makeClient({
    url: "http://api",
    fetch: async (url, { method, body, headers }) => {
      const target = `${method} ${url.slice("http://api".length)}`;
      const key = new Headers(headers).get("idempotency-key");
      const answer = await ask(services, target, {
        ...(typeof body === "string" && { body: JSON.parse(body) }),
        ...(key !== null && { key }),
      });
      return new Response(answer.text, { status: answer.status, headers: answer.headers });
    },
  });
}
