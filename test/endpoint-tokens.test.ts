// The tokens of a deployed mirror in TuShare's protocol: kept as hashes, known soon after they are made, refused soon after they
// are revoked.
import { expect, test } from "vitest";
import {
  encodeToken,
  hashToken,
  isOneOf,
  isTokenName,
  makeTokenCheck,
  readTokens,
} from "../shared/adapters/endpoint-tokens.ts";

const of = (token: string) => ({ sha256: hashToken(token), since: "2026-11-23" });

test("a token has the form of TuShare's own, and only its hash is kept", () => {
  const token = encodeToken(Buffer.alloc(28, 171));
  expect(token).toMatch(/^[0-9a-f]{56}$/);
  expect(JSON.stringify(of(token))).not.toContain(token);
});

test("any of the tokens is known, and nothing else: no name, hash, prefix or empty text", () => {
  const tokens = { notebook: of("first"), team: of("second") };
  expect(["first", "second"].map((token) => isOneOf(tokens, token))).toEqual([true, true]);
  for (const wrong of ["", "notebook", "firs", "first ", tokens.notebook.sha256, "constructor"]) {
    expect(isOneOf(tokens, wrong), wrong).toBe(false);
  }
  expect(isOneOf({}, "first")).toBe(false);
});

test("names cannot be members of objects, paths or markup", () => {
  expect(["notebook", "a", "Team-2.x_y", "9"].map(isTokenName)).toEqual([true, true, true, true]);
  for (const wrong of ["", "__proto__", "-a", "a b", "a/b", "<b>", "a".repeat(41), "名"]) {
    expect(isTokenName(wrong), wrong).toBe(false);
  }
});

test("a secret that something else wrote is refused instead of read as no tokens", () => {
  expect(readTokens("{}")).toEqual({});
  for (const text of [
    "",
    "put the TuShare token here",
    "[]",
    '{"a":"b"}',
    '{"a":{"sha256":"x","since":"2026-11-23"}}',
  ]) {
    expect(() => readTokens(text), text).toThrow();
  }
});

test("a new token is known after five seconds, a revoked one refused after a minute, and wrong ones read the secret no oftener", async () => {
  let [milliseconds, reads] = [1_000_000, 0];
  let secret: object = { notebook: of("first") };
  const isKnown = makeTokenCheck({
    clock: { monotonic: () => milliseconds },
    async read() {
      reads += 1;
      return JSON.stringify(secret);
    },
  });
  expect([await isKnown("first"), await isKnown("second")]).toEqual([true, false]);
  expect(reads).toBe(1);
  secret = { team: of("second") };
  milliseconds += 4_900;
  for (let at = 0; at < 100; at += 1) expect(await isKnown("second")).toBe(false);
  expect([await isKnown("first"), reads]).toEqual([true, 1]);
  milliseconds += 54_000; // the first one is known until the minute is over
  expect([await isKnown("first"), reads]).toEqual([true, 1]);
  expect([await isKnown("second"), reads]).toEqual([true, 2]);
  expect([await isKnown("first"), reads]).toEqual([false, 2]);
  secret = {};
  milliseconds += 60_000;
  expect([await isKnown("second"), reads]).toEqual([false, 3]);
});
