// How an answer of the API travels: compressed for a client that accepts it, and not again to one that has it.
import { gunzipSync } from "node:zlib";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { asTransferred } from "../functions/transfer.ts";

const long = JSON.stringify({ rows: Array.from({ length: 400 }, (_, at) => ({ at })) });
const answer = (body: string, statusCode = 200) => ({
  ...{ statusCode, body, isBase64Encoded: false },
  headers: { "content-type": "application/json", "cache-control": "no-store" },
});
const event = (headers: Record<string, string> = {}, method = "GET") =>
  ({ headers, requestContext: { http: { method } } }) as unknown as APIGatewayProxyEventV2;

describe("an answer", () => {
  test.each([
    ["gzip", true],
    ["gzip, deflate, br", true],
    ["br;q=1.0, gzip;q=0.8", true],
    ["gzip;q=0", false],
    ["gzip; q=0.0", false],
    ["identity", false],
    ["", false],
  ])("to a client that accepts '%s' is compressed: %s", (accepted, isZipped) => {
    const sent = asTransferred(event({ "accept-encoding": accepted }), answer(long));
    expect(sent.headers?.["content-encoding"]).toBe(isZipped ? "gzip" : undefined);
    const text = isZipped ? gunzipSync(Buffer.from(sent.body ?? "", "base64")).toString() : sent.body;
    expect([text, sent.isBase64Encoded]).toEqual([long, isZipped]);
    expect(sent.headers?.vary).toBe("accept-encoding");
  });

  test("that is short is not compressed", () => {
    const sent = asTransferred(event({ "accept-encoding": "gzip" }), answer("{}"));
    expect(sent).toMatchObject({ body: "{}", isBase64Encoded: false });
  });

  test("is not sent again to a client that has it, compressed or not, and is when it has changed", () => {
    const etag = String(asTransferred(event(), answer(long)).headers?.etag);
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    for (const known of [etag, `"other", ${etag}`, "*"]) {
      const sent = asTransferred(event({ "if-none-match": known, "accept-encoding": "gzip" }), answer(long));
      expect(sent).toMatchObject({ statusCode: 304, body: "" });
      expect(sent.headers).toMatchObject({ etag, "cache-control": "no-cache", vary: "accept-encoding" });
      expect(sent.headers).not.toHaveProperty("content-type");
    }
    const changed = asTransferred(event({ "if-none-match": etag }), answer(`${long} `));
    expect(changed.statusCode).toBe(200);
    expect(changed.headers?.etag).not.toBe(etag);
  });

  test("to a HEAD has the same tag as to a GET", () => {
    const tagOf = (method: string) => asTransferred(event({}, method), answer(long)).headers?.etag;
    expect(tagOf("HEAD")).toBe(tagOf("GET"));
  });

  test.each([
    ["POST", 202],
    ["GET", 404],
    ["GET", 503],
  ])("to a %s with status %i has no tag and may not be kept", (method, status) => {
    const sent = asTransferred(event({ "if-none-match": "*" }, method), answer("{}", status));
    expect(sent.statusCode).toBe(status);
    expect(sent.headers).not.toHaveProperty("etag");
    expect(sent.headers?.["cache-control"]).toBe("no-store");
  });
});
