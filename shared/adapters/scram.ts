// A password as PostgreSQL keeps it: a verifier of SCRAM-SHA-256, with which a login is checked and which is not the password.
// https://www.rfc-editor.org/rfc/rfc5802#section-3 and https://www.postgresql.org/docs/current/catalog-pg-authid.html
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** PostgreSQL's defaults. */
export const scramIterations = 4096;
export const scramSaltBytes = 16;

/** @param password printable ASCII, which SASLprep leaves as it is */
export function scramKeys(password: string, salt: Uint8Array): { storedKey: Buffer; serverKey: Buffer } {
  const salted = pbkdf2Sync(password, salt, scramIterations, 32, "sha256");
  return { storedKey: sha256(hmac(salted, "Client Key")), serverKey: hmac(salted, "Server Key") };
}

/** What `alter role … password` takes in place of the password, which so stands in no statement and in no log. */
export function scramVerifier(password: string, salt: Uint8Array = randomBytes(scramSaltBytes)): string {
  const { storedKey, serverKey } = scramKeys(password, salt);
  const texts = [Buffer.from(salt), storedKey, serverKey].map((bytes) => bytes.toString("base64"));
  return `SCRAM-SHA-256$${scramIterations}:${texts[0]}$${texts[1]}:${texts[2]}`;
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
