// The tokens with which a deployed mirror is asked in TuShare's protocol: several, by name, in one secret. Only their hashes
// are kept there, so that who reads the secret cannot ask with them.
import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import type { Clock } from "../ports.ts";

const name = /^[A-Za-z0-9][\w.-]{0,39}$/;
const sha256 = /^[0-9a-f]{64}$/;

const tokensSchema = z.record(
  z.string().check(z.regex(name)),
  z.object({ sha256: z.string().check(z.regex(sha256)), since: z.iso.date() }),
);

/** By name: the hash of the token, and the day on which it was made. */
export type EndpointTokens = z.infer<typeof tokensSchema>;

/** A secret holds 64 KB; each token takes some 130 bytes. */
export const endpointTokensMax = 100;

export const isTokenName = (text: string): boolean => name.test(text);

/** @throws Error when the text is not what this file writes */
export function readTokens(text: string): EndpointTokens {
  return tokensSchema.parse(JSON.parse(text));
}

/** @param random 28 bytes: as many as TuShare's own tokens have, in the same form */
export function encodeToken(random: Buffer): string {
  return random.toString("hex");
}

export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Takes the same time whichever token it is, and wherever it differs. */
export function isOneOf(tokens: EndpointTokens, token: string): boolean {
  const given = Buffer.from(hashToken(token), "hex");
  const equal = Object.values(tokens).map((each) => timingSafeEqual(given, Buffer.from(each.sha256, "hex")));
  return equal.includes(true);
}

/** A revoked token is refused after this long. */
const keptMilliseconds = 60_000;

/** A wrong token makes the secret be read again no more often than this, so a new one is soon known. */
const unknownMilliseconds = 5_000;

/** @param read the secret's text */
export function makeTokenCheck({
  read,
  clock,
}: {
  read: () => Promise<string>;
  clock: Pick<Clock, "monotonic">;
}): (token: string) => Promise<boolean> {
  let kept: { readonly tokens: EndpointTokens; readonly at: number } | undefined;
  return async (token) => {
    const age = kept === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - kept.at;
    if (kept !== undefined && age < keptMilliseconds) {
      if (isOneOf(kept.tokens, token)) return true;
      if (age < unknownMilliseconds) return false;
    }
    kept = { tokens: readTokens(await read()), at: clock.monotonic() };
    return isOneOf(kept.tokens, token);
  };
}
