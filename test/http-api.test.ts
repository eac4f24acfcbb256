// The local stack's HTTP API: the template's routes on loopback, what the function is given, and what the caller gets.
import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { aFunction, type Fixture, getAtt } from "./support/assembly.ts";
import { cleanUpAll, handler, start } from "./support/local-stack.ts";

afterEach(cleanUpAll);

/** A stack with an API that routes to functions of the given source. */
function withRoutes(routes: Record<string, string>, integration: Record<string, unknown> = {}): Fixture {
  const resources: Fixture["resources"] = {
    Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "things", ProtocolType: "HTTP" } },
  };
  const code: Record<string, string> = {};
  for (const [at, [RouteKey, source]] of Object.entries(routes).entries()) {
    resources[`Function${at}`] = aFunction();
    code[`Function${at}`] = source;
    resources[`Integration${at}`] = {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        ApiId: { Ref: "Api" },
        IntegrationType: "AWS_PROXY",
        IntegrationUri: getAtt(`Function${at}`),
        PayloadFormatVersion: "2.0",
        ...integration,
      },
    };
    resources[`Route${at}`] = {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        ApiId: { Ref: "Api" },
        RouteKey,
        Target: { "Fn::Join": ["", ["integrations/", { Ref: `Integration${at}` }]] },
      },
    };
  }
  return { resources, code, template: { Outputs: { ApiUrl: { Value: getAtt("Api", "ApiEndpoint") } } } };
}

const only = (body: string) => start(withRoutes({ $default: handler(body) }));

test("the function gets the request in payload format 2.0", async () => {
  const { stack } = await only("return { statusCode: 200, body: JSON.stringify(event) };");
  expect(stack.outputs.ApiUrl).toBe(stack.apiUrl);
  const answer = await fetch(`${stack.apiUrl}/api/caf%C3%A9?a=1&a=2&b=%20`, {
    method: "POST",
    headers: { "content-type": "application/json", "Idempotency-Key": "k", cookie: "x=1; y=2" },
    body: '{"from":"20240102"}',
  });
  const event = (await answer.json()) as Record<string, unknown>;
  expect(event).toMatchObject({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/api/café",
    rawQueryString: "a=1&a=2&b=%20",
    queryStringParameters: { a: "1,2", b: " " },
    cookies: ["x=1", "y=2"],
    headers: { "content-type": "application/json", "idempotency-key": "k" },
    requestContext: { stage: "$default", http: { method: "POST", path: "/api/café", sourceIp: "127.0.0.1" } },
    body: '{"from":"20240102"}',
    isBase64Encoded: false,
  });
  expect(event.headers).not.toHaveProperty("cookie");
});

test("a binary body arrives base64-encoded, as from API Gateway", async () => {
  const { stack } = await only("return { isBase64: event.isBase64Encoded, body: event.body };");
  const answer = await fetch(`${stack.apiUrl}/`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: '{"a":1}',
  });
  expect(await answer.json()).toEqual({ isBase64: true, body: Buffer.from('{"a":1}').toString("base64") });
});

test("status, headers, cookies and body of the answer reach the caller, and HEAD gets no body", async () => {
  const { stack } = await only(
    `return { statusCode: 418, headers: { "X-Kind": 7 }, cookies: ["a=1", "b=2"], isBase64Encoded: true,
       body: Buffer.from("tea").toString("base64") };`,
  );
  const answer = await fetch(`${stack.apiUrl}/`);
  expect([answer.status, answer.headers.get("x-kind"), await answer.text()]).toEqual([418, "7", "tea"]);
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  const head = await fetch(`${stack.apiUrl}/`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([418, ""]);
});

test("an answer without a status code is the body of a 200", async () => {
  const { stack } = await only("return { stored: 3 };");
  const answer = await fetch(`${stack.apiUrl}/`);
  expect([answer.status, await answer.json()]).toEqual([200, { stored: 3 }]);
});

test("the most specific route answers, and a request without a route gets API Gateway's 404", async () => {
  const saying = (text: string) => handler(`return { route: "${text}", parameters: event.pathParameters };`);
  const { stack } = await start(
    withRoutes({
      "GET /tasks/{id}": saying("one"),
      "GET /tasks/newest": saying("newest"),
      "ANY /tasks/{id}": saying("any"),
      "ANY /files/{path+}": saying("files"),
    }),
  );
  const ask = async (method: string, path: string) => {
    const answer = await fetch(`${stack.apiUrl}${path}`, { method });
    return answer.status === 200 ? await answer.json() : [answer.status, await answer.json()];
  };
  expect(await ask("GET", "/tasks/newest")).toEqual({ route: "newest" });
  expect(await ask("GET", "/tasks/7")).toEqual({ route: "one", parameters: { id: "7" } });
  expect(await ask("POST", "/tasks/7")).toEqual({ route: "any", parameters: { id: "7" } });
  expect(await ask("GET", "/files/a/b")).toEqual({ route: "files", parameters: { path: "a/b" } });
  for (const path of ["/tasks", "/tasks/7/units", "/files", "/"]) {
    expect(await ask("GET", path)).toEqual([404, { message: "Not Found" }]);
  }
});

test("a function that throws gives API Gateway's 500, and one without a free slot its 503", async () => {
  const failing = await only('throw new Error("secret");');
  const answer = await fetch(`${failing.stack.apiUrl}/`);
  expect([answer.status, await answer.json()]).toEqual([500, { message: "Internal Server Error" }]);

  const fixture = withRoutes({ $default: handler("return 1;") });
  Object.assign(fixture.resources.Function0?.Properties ?? {}, { ReservedConcurrentExecutions: 0 });
  const { stack } = await start(fixture);
  const throttled = await fetch(`${stack.apiUrl}/`);
  expect([throttled.status, await throttled.json()]).toEqual([503, { message: "Service Unavailable" }]);
});

test("an answer above Lambda's 6 MB gives a 500, a request above API Gateway's 10 MB a 413", async () => {
  const { stack } = await only('return { statusCode: 200, body: "x".repeat(Number(event.rawQueryString)) };');
  const url = `${stack.apiUrl}/`;
  expect((await fetch(`${url}?${6 * 1024 * 1024 - 1000}`)).status).toBe(200);
  expect((await fetch(`${url}?${6 * 1024 * 1024}`)).status).toBe(500);
  const large = await fetch(url, { method: "POST", body: "x".repeat(10 * 1024 * 1024 + 1) });
  expect([large.status, await large.json()]).toEqual([413, { message: "Request Entity Too Large" }]);
});

test("a web page of another origin and a host name of another machine are refused", async () => {
  const { stack } = await only("return 1;");
  const page = await fetch(`${stack.apiUrl}/`, { headers: { origin: "https://example.com" } });
  expect([page.status, await page.json()]).toEqual([403, { message: "Forbidden" }]);
  const own = await fetch(`${stack.apiUrl}/`, { headers: { origin: stack.apiUrl ?? "" } });
  expect(own.status).toBe(200);
  expect(await statusFor(stack.apiUrl ?? "", "rebound.example.com")).toBe(403);
});

/** fetch sets the Host header itself. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
}

test("an integration other than a Lambda proxy of format 2.0 is refused by name", async () => {
  const starting = start(withRoutes({ $default: handler("") }, { PayloadFormatVersion: "1.0" }));
  await expect(starting).rejects.toThrow(
    "Route0: expected a Lambda proxy integration with payload format 2.0",
  );
});

test("a stack without an HTTP API has no address for one", async () => {
  const { stack } = await start({ resources: { Main: aFunction() }, code: { Main: handler("") } });
  expect(stack.apiUrl).toBeUndefined();
});
