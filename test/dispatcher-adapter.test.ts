// The adapter that starts the dispatcher, against the local Lambda, and its signature computed as AWS documents it.
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { makeDispatcher } from "../shared/adapters/lambda.ts";
import { cleanUp, cleanUpAll, handler, only } from "./support/local-stack.ts";
import { until } from "./support/until.ts";

afterEach(cleanUpAll);

const account = { region: "ap-southeast-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI" };

test("a command is sent to the function as an event, without waiting for its result", async () => {
  const { stack, lines } = await only(
    handler('console.log(JSON.stringify(event)); throw new Error("later");'),
  );
  const dispatcher = makeDispatcher({ functionName: "test-Main", endpoint: stack.endpoint, ...account });
  await dispatcher.start({ job: "REFERENCE", requestKey: "api/1" });
  await until(() => lines.some(({ text }) => text.includes('{"job":"REFERENCE","requestKey":"api/1"}')));
});

test("a function that is not there, and a service that is not reachable, are transient errors", async () => {
  const { stack } = await only(handler(""));
  const missing = makeDispatcher({ functionName: "other", endpoint: stack.endpoint, ...account });
  await expect(missing.start({})).rejects.toMatchObject({
    kind: "transient",
    message: "the dispatcher was not started: 404 ResourceNotFoundException",
  });
  const unreachable = makeDispatcher({ functionName: "f", endpoint: "http://127.0.0.1:1", ...account });
  await expect(unreachable.start({})).rejects.toMatchObject({ kind: "transient" });
});

test("the request is signed as Signature Version 4 wants it", async () => {
  const seen: { headers: IncomingHttpHeaders; url: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      seen.push({ headers: request.headers, url: request.url ?? "", body });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dispatcher = makeDispatcher({
    ...{ functionName: "sync-Dispatcher-1A2b", endpoint, ...account },
    sessionToken: "session",
  });
  await dispatcher.start({ resume: "all" });

  const [request] = seen;
  expect(request?.url).toBe("/2015-03-31/functions/sync-Dispatcher-1A2b/invocations");
  expect(request?.headers).toMatchObject({
    "x-amz-invocation-type": "Event",
    "x-amz-security-token": "session",
  });
  const { authorization = "" } = request?.headers ?? {};
  const [, signed = ""] = /SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  expect(signed.split(";")).toEqual(
    expect.arrayContaining(["host", "x-amz-date", "x-amz-invocation-type", "x-amz-security-token"]),
  );
  expect(authorization).toContain(`Signature=${signatureOf(request, signed.split(";"))}`);
});

/** As documented: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(
  request: { headers: IncomingHttpHeaders; url: string; body: string } | undefined,
  signed: readonly string[],
): string {
  const { headers = {}, url = "", body = "" } = request ?? {};
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const canonical = [
    "POST",
    url,
    "",
    ...signed.map((name) => `${name}:${String(headers[name])}`),
    "",
    signed.join(";"),
    hash(body),
  ].join("\n");
  const time = String(headers["x-amz-date"]);
  const scope = [time.slice(0, 8), account.region, "lambda", "aws4_request"];
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), hash(canonical)].join("\n");
  const key = scope.reduce<string | Buffer>(
    (made, part) => hmac(made, part),
    `AWS4${account.secretAccessKey}`,
  );
  return hmac(key, toSign).toString("hex");
}
