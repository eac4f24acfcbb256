// The database user that only reads, on this machine: which secret is its own, and how it is reached.
import { readerUser } from "../shared/catalogue/stack.ts";
import type { SecretSettings } from "./aws/secrets.ts";
import type { Reader } from "./data-api/server.ts";
import type { Database } from "./database/database.ts";

export type LocalReader = Reader & {
  /** To be told the stack's secrets. */
  learn(secrets: readonly SecretSettings[]): void;
  /** Replacements for the functions' variables. */
  readonly overrides: Readonly<Record<string, string>>;
};

/**
 * In the embedded database it is a user, as on AWS. A server of someone's own gets none: users belong to the whole server, so
 * two mirrors there would change one another's password. There its transactions are read-only.
 */
export function findReader({ url, kind }: Pick<Database, "url" | "kind">): LocalReader {
  const arns = new Set<string>();
  const isEmbedded = kind === "pglite";
  return {
    databaseUrl: isEmbedded ? Object.assign(new URL(url), { username: readerUser }).href : url,
    isSecret: (arn) => arns.has(arn),
    learn(secrets) {
      for (const { arn, value = "" } of secrets) if (userIn(value) === readerUser) arns.add(arn);
    },
    overrides: isEmbedded ? {} : { READER_PASSWORD_SECRET_ARN: "" },
  };
}

function userIn(value: string): unknown {
  return value.startsWith("{") ? (JSON.parse(value) as { username?: unknown }).username : undefined;
}
