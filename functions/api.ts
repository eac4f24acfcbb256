// Handles a request of the HTTP API. The router finds the route; everything else is in shared/api/.
import { createHash } from "node:crypto";
import { Router } from "@aws-lambda-powertools/event-handler/http";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { docsStyle, renderDocs } from "../shared/api/docs-page.ts";
import { type ApiRequest, type ApiResponse, encode, handle } from "../shared/api/handle.ts";
import { describeApi } from "../shared/api/openapi.ts";
import type { Description } from "../shared/api/openapi-shape.ts";
import { type ApiServices, badInput, notFound, type Route } from "../shared/api/route.ts";
import { routes } from "../shared/api/routes.ts";
import { say } from "../shared/words/say.ts";
import { clock, database, databaseForReads, dispatcher, log, logger, origin, settings } from "./services.ts";
import { asTransferred } from "./transfer.ts";

/** API Gateway's timeout is 30 seconds. When the cluster takes longer to resume, the answer is "repeat the request". */
const resumeSecondsMax = 20;
const answerSecondsMax = 25;

const services: ApiServices = {
  database: database(resumeSecondsMax, answerSecondsMax),
  dispatcher: dispatcher(),
  origin: origin(),
  settings,
  clock,
  log,
};

/** A read cannot change a row: its statements are those of a user that may not. */
const readServices: ApiServices = {
  ...services,
  database: databaseForReads(resumeSecondsMax, answerSecondsMax),
};

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
type Method = (typeof methods)[number];

/** The description for people: not one of the operations, which answer data. */
const docsPath = "/docs";

const router = makeRouter();

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(injectLambdaContext(logger))
  .handler(async (event, context: Context) => {
    const answer = asTransferred(event, await router.resolve(forRouting(event), context));
    return event.requestContext.http.method === "HEAD"
      ? { ...answer, body: "", isBase64Encoded: false }
      : answer;
  });

/** A path with GET also has HEAD. OPTIONS returns the allowed methods; other methods are refused. */
function makeRouter(): Router {
  const made = new Router({ logger });
  for (const at of new Set(routes.map((route) => route.at))) {
    const path = at.replaceAll(/\{(\w+)\}/g, ":$1") as `/${string}`;
    const here = routes.filter((route) => route.at === at);
    const served = new Map(
      here.flatMap((route) => methodsOf(route).map((method) => [method, route] as const)),
    );
    const allow = [...served.keys(), "OPTIONS"].join(", ");
    made.options(path, () => allowed(allow));
    for (const method of methods) {
      const route = served.get(method);
      made.route(
        async ({ event, params }) =>
          route === undefined
            ? refuseMethod(method, at, allow)
            : asResponse(await handle(route, servicesFor(route), asRequest(event as Original, params))),
        { path, method },
      );
    }
  }
  const allow = "GET, HEAD, OPTIONS";
  made.options(docsPath, () => allowed(allow));
  for (const method of methods) {
    const isRead = method === "GET" || method === "HEAD";
    made.route(() => Promise.resolve(isRead ? asDocument() : refuseMethod(method, docsPath, allow)), {
      ...{ path: docsPath, method },
    });
  }
  made.notFound(async () => asResponse(encode(notFound(say("noPath")))));
  // Outside of a route, only decoding the path can fail.
  made.errorHandler(Error, async () =>
    asResponse(encode(badInput("path", undefined, "percent-encoded text"))),
  );
  return made;
}

function allowed(allow: string): Response {
  return new Response(null, { status: 204, headers: { allow } });
}

/** The page of the description: without scripts, and with no style but its own. */
function asDocument(): Response {
  const text = renderDocs(describeApi(routes) as unknown as Description); // as: it has the parts that are named there
  const style = createHash("sha256").update(docsStyle).digest("base64");
  return new Response(text, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "x-content-type-options": "nosniff",
    },
  });
}

function servicesFor({ method }: Route): ApiServices {
  return method === "GET" ? readServices : services;
}

function methodsOf({ method }: Route): Method[] {
  return method === "GET" ? ["GET", "HEAD"] : [method];
}

function refuseMethod(method: string, at: string, allow: string): Response {
  const message = `${at} does not answer ${method}: it answers ${allow}`;
  return asResponse(
    encode({ status: 405, headers: { allow }, body: { error: "method_not_allowed", message } }),
  );
}

/** The router's event, which also carries the original event. */
type Original = APIGatewayProxyEventV2 & { original: APIGatewayProxyEventV2 };

/**
 * The router converts an event to a web Request, which is stricter than HTTP: it fails on a GET with a body, or on a header
 * beyond Latin-1. So the router gets only the method and the path.
 */
function forRouting(event: APIGatewayProxyEventV2): Original {
  const requestContext = { ...event.requestContext, domainName: "api" };
  const { body: _, cookies: __, ...rest } = event;
  // API Gateway passes the path decoded, and the router decodes it again.
  const rawPath = event.rawPath.split("/").map(encodeURIComponent).join("/");
  return { ...rest, rawPath, requestContext, headers: {}, rawQueryString: "", original: event };
}

function asRequest({ original }: Original, params: Record<string, string>): ApiRequest {
  const { body, isBase64Encoded, headers, rawQueryString, requestContext } = original;
  return {
    path: params,
    query: new URLSearchParams(rawQueryString),
    idempotencyKey: headers["idempotency-key"],
    body: body !== undefined && isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body,
    requestId: requestContext.requestId,
  };
}

function asResponse({ status, headers, body }: ApiResponse): Response {
  return new Response(body, { status, headers });
}
