// The server's side of SCRAM-SHA-256, as PostgreSQL speaks it: client and server show each other that they know the
// password, and neither sends it. Without channel binding, because the port has no TLS.
// https://www.rfc-editor.org/rfc/rfc5802 and https://www.postgresql.org/docs/current/sasl-authentication.html
import { randomBytes, timingSafeEqual } from "node:crypto";
import { hmac, scramIterations, scramKeys, scramSaltBytes, sha256 } from "../../shared/adapters/scram.ts";

export type Scram = {
  /** Answers a client's first message; undefined when it is not one of SCRAM-SHA-256. */
  begin(first: string): Exchange | undefined;
};

export type Exchange = {
  readonly challenge: string;
  /** The server's last message; undefined when the client does not know the password. */
  finish(last: string): string | undefined;
};

/** @param password printable ASCII, which SASLprep leaves as it is */
export function makeScram(password: string): Scram {
  const salt = randomBytes(scramSaltBytes);
  const { storedKey, serverKey } = scramKeys(password, salt);
  return {
    begin(first) {
      // n: the client has no channel binding; y: it has, and was not offered any.
      const [, header, bare, nonce] = /^([ny],,)(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+))$/.exec(first) ?? [];
      if (header === undefined || bare === undefined || nonce === undefined) return undefined;
      const together = nonce + randomBytes(18).toString("base64");
      const challenge = `r=${together},s=${salt.toString("base64")},i=${scramIterations}`;
      const beforeProof = `c=${Buffer.from(header).toString("base64")},r=${together}`;
      return {
        challenge,
        finish(last) {
          if (!last.startsWith(`${beforeProof},p=`)) return undefined;
          const proof = Buffer.from(last.slice(beforeProof.length + 3), "base64");
          if (proof.length !== storedKey.length) return undefined;
          const exchanged = `${bare},${challenge},${beforeProof}`;
          const signature = hmac(storedKey, exchanged);
          const clientKey = proof.map((byte, at) => byte ^ (signature[at] ?? 0));
          if (!timingSafeEqual(sha256(clientKey), storedKey)) return undefined;
          return `v=${hmac(serverKey, exchanged).toString("base64")}`;
        },
      };
    },
  };
}
