// Secrets from Secrets Manager: the TuShare token and the alarm webhook. The token is kept only in memory, and read again
// after a while, so that a changed secret takes effect without a deployment.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { quickService } from "../catalogue/request-limits.ts";
import { SyncError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { say } from "../words/say.ts";

/** What a token looks like; the placeholder in a new secret contains spaces. */
export const tokenPattern = /^[\x21-\x7e]{8,200}$/;

const keptMilliseconds = 5 * 60_000;

/** @returns a function that reads a secret, by ARN or name; "" when it has no text */
export function makeSecretSource(secretId: string): () => Promise<string> {
  const client = new SecretsManagerClient(quickService);
  return async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return SecretString?.trim() ?? "";
  };
}

/** @returns a function that returns the token. It throws SyncError, with scope account when the token is not set yet. */
export function makeTokenSource(options: { secretArn: string; clock: Clock }): () => Promise<string> {
  const read = makeSecretSource(options.secretArn);
  let kept: { token: string; until: number } | undefined;
  return async () => {
    if (kept !== undefined && options.clock.monotonic() < kept.until) return kept.token;
    const token = await read();
    if (!tokenPattern.test(token)) {
      throw new SyncError("permanent", say("tokenNotSet"), { scope: "account" });
    }
    kept = { token, until: options.clock.monotonic() + keptMilliseconds };
    return token;
  };
}
