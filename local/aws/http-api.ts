// The template's HTTP API on its own loopback port: routes a request to its function in payload format 2.0 and returns
// the function's response, or the error that API Gateway itself would return. Not supported: IAM (anyone who reaches
// the loopback address may call), throttling, access logs and CORS.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../listen.ts";
import { whyNotFromHere } from "../loopback.ts";
import type { Resource } from "./assembly.ts";
import { accountId } from "./endpoint.ts";
import { payloadBytesMax } from "./invocation.ts";
import type { LambdaFunction } from "./lambda.ts";
import type { FunctionRegistry } from "./lambda-api.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const integrationSeconds = 30;
const requestBytesMax = 10 * 1024 * 1024;

type ApiRoute = { key: string; method: string; segments: string[] | undefined; lambda: LambdaFunction };
type Found = { route: ApiRoute; parameters: Record<string, string> };
type Answer = { status: number; headers?: Record<string, string | string[]>; body: string | Buffer };

export type HttpApi = {
  url: string;
  /** Serves the routes of the template's API; before this call every path is unknown. */
  serve(resources: readonly Resource[], functions: FunctionRegistry): void;
  close(): Promise<void>;
};

/** Listens on the loopback address, on `port` if it is free, else on any. */
export async function startHttpApi(port = 0): Promise<HttpApi> {
  let routes: ApiRoute[] = [];
  let apiId = "local";
  const server = createServer((request, response) => {
    void answer(request, apiId, (method, path) => findRoute(routes, method, path))
      .catch((): Answer => message(500, "Internal Server Error"))
      .then((given) => write(response, given, request.method === "HEAD"));
  });
  server.keepAliveTimeout = 120_000;
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    url,
    serve(resources, functions) {
      const [api, ...others] = resources.filter(({ type }) => type === "AWS::ApiGatewayV2::Api");
      if (others.length > 0)
        throw new Error(`${others[0]?.logicalId}: the local stack runs only one HTTP API`);
      apiId = api?.id ?? apiId;
      routes = resources
        .filter(({ type }) => type === "AWS::ApiGatewayV2::Route")
        .map((resource) => templateRoute(resource, resources, functions));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @throws Error naming the resource whose integration cannot run here */
function templateRoute(
  route: Resource,
  resources: readonly Resource[],
  functions: FunctionRegistry,
): ApiRoute {
  const key = String(route.properties.RouteKey);
  const target = String(route.properties.Target).replace(/^integrations\//, "");
  const integration = resources.find(
    ({ type, id }) => type === "AWS::ApiGatewayV2::Integration" && id === target,
  );
  const { IntegrationType, PayloadFormatVersion, IntegrationUri } = integration?.properties ?? {};
  if (IntegrationType !== "AWS_PROXY" || PayloadFormatVersion !== "2.0") {
    throw new Error(`${route.logicalId}: expected a Lambda proxy integration with payload format 2.0`);
  }
  const lambda = functions.find(String(IntegrationUri))?.lambda;
  if (lambda === undefined) {
    throw new Error(`${route.logicalId}: its function ${String(IntegrationUri)} is not in the template`);
  }
  const [method = "", path] = key.split(" ");
  return { key, method, segments: path?.split("/").slice(1), lambda };
}

/** The most specific route: fixed segments before {one}, {one} before {the rest+}, and $default last. */
function findRoute(routes: readonly ApiRoute[], method: string, path: string): Found | undefined {
  const given = path.split("/").slice(1);
  const found = routes.flatMap((route): (Found & { rank: string })[] => {
    if (route.segments === undefined) return [{ route, parameters: {}, rank: "z" }];
    if (route.method !== "ANY" && route.method !== method) return [];
    const parameters: Record<string, string> = {};
    for (const [at, segment] of route.segments.entries()) {
      const [, name, rest] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
      const here = given[at];
      if (here === undefined) return [];
      if (name === undefined ? segment !== here : here === "") return [];
      if (name !== undefined) parameters[name] = rest ? given.slice(at).join("/") : here;
    }
    const greedy = route.segments.at(-1)?.endsWith("+}") ?? false;
    if (!greedy && route.segments.length !== given.length) return [];
    const rank = route.segments.map((segment) =>
      !segment.startsWith("{") ? "a" : segment.endsWith("+}") ? "c" : "b",
    );
    return [{ route, parameters, rank: `${rank.join("")}${route.method === "ANY" ? "b" : "a"}` }];
  });
  return found.sort((a, b) => (a.rank < b.rank ? -1 : 1))[0];
}

async function answer(
  request: IncomingMessage,
  apiId: string,
  find: (method: string, path: string) => Found | undefined,
): Promise<Answer> {
  if (whyNotFromHere(request.headers) !== undefined) return message(403, "Forbidden");
  const body = await readBody(request);
  if (body === undefined) return message(413, "Request Entity Too Large");
  const { pathname, search } = splitTarget(request.url ?? "/");
  const path = decodePath(pathname);
  const found = find(request.method ?? "GET", path);
  if (found === undefined) return message(404, "Not Found");

  const event = encodeEvent(request, apiId, found, path, search, body);
  const { lambda } = found.route;
  const late = AbortSignal.timeout(integrationSeconds * 1000);
  const timedOut = new Promise<undefined>((resolve) => {
    late.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const invoked = lambda.invoke(JSON.stringify(event)).catch(() => undefined); // throttled
  const result = await Promise.race([invoked, timedOut]);
  if (result === undefined) return message(503, "Service Unavailable");
  if (result.failed || Buffer.byteLength(result.payload) > payloadBytesMax) {
    return message(500, "Internal Server Error");
  }
  return decodeAnswer(result.payload);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function encodeEvent(
  { method = "GET", headers, httpVersion, socket }: IncomingMessage,
  apiId: string,
  { route, parameters }: Found,
  path: string,
  search: string,
  body: Buffer,
): object {
  const { cookie, ...others } = headers;
  const query = Object.fromEntries(
    [...new Set(new URLSearchParams(search).keys())].map((name) => [
      name,
      new URLSearchParams(search).getAll(name).join(","),
    ]),
  );
  const now = new Date();
  const isText = /^(text\/|application\/(json|xml|javascript))/.test(headers["content-type"] ?? "");
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath: path,
    rawQueryString: search,
    ...(cookie !== undefined && { cookies: cookie.split("; ") }),
    headers: Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)])),
    ...(search !== "" && { queryStringParameters: query }),
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    requestContext: {
      accountId,
      apiId,
      domainName: headers.host,
      domainPrefix: apiId,
      http: {
        method,
        path,
        protocol: `HTTP/${httpVersion}`,
        sourceIp: socket.remoteAddress ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: "$default",
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** An answer without a status code is the body of a 200. */
function decodeAnswer(payload: string): Answer {
  const given = JSON.parse(payload) as unknown;
  if (typeof given !== "object" || given === null || !("statusCode" in given)) {
    return { status: 200, headers: { "content-type": "application/json" }, body: payload };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = given as {
    statusCode: number;
    headers?: Record<string, string | number | boolean>;
    cookies?: string[];
    body?: string;
    isBase64Encoded?: boolean;
  };
  const texts = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status: statusCode,
    headers: { ...Object.fromEntries(texts), ...(cookies !== undefined && { "set-cookie": cookies }) },
    body: isBase64Encoded ? Buffer.from(body ?? "", "base64") : (body ?? ""),
  };
}

function message(status: number, text: string): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ message: text }) };
}

function write(response: ServerResponse, { status, headers, body }: Answer, isHead: boolean): void {
  response.writeHead(status, { "apigw-requestid": randomUUID(), ...headers });
  response.end(isHead ? undefined : body);
}

function splitTarget(target: string): { pathname: string; search: string } {
  const [pathname = "/", ...rest] = target.split("?");
  return { pathname, search: rest.join("?") };
}

/** The path decoded, as API Gateway passes it; an invalid escape stays as it is. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Undefined when the body is larger than API Gateway accepts. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= requestBytesMax) chunks.push(chunk);
  }
  return bytes <= requestBytesMax ? Buffer.concat(chunks) : undefined;
}
