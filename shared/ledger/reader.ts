// The database user that only reads. A deployment makes it, gives it its password, and lets it read what there is by then.
import { readerUser } from "../catalogue/stack.ts";
import { SyncError } from "../errors.ts";
import type { Database } from "../ports.ts";
import { say } from "../words/say.ts";

/** It is a base64 text with three marks, so it needs no quoting in a statement, which takes no parameters here. */
const verifierPattern = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/;

/** What the user is set to, each time: a right that was taken away or given by hand does not stay so. */
const rights = [
  // What keeps it from changing a row is that it has no right to. This only says so earlier, and of more statements.
  `alter role ${readerUser} set default_transaction_read_only = on`,
  // The Data API ends a statement after 45 seconds; this ends one of another client.
  `alter role ${readerUser} set statement_timeout = '60s'`,
  `grant usage on schema public to ${readerUser}`,
  `grant select on all tables in schema public to ${readerUser}`,
  // A view that a later migration makes anew is read while that deployment still runs.
  `alter default privileges in schema public grant select on tables to ${readerUser}`,
  "revoke create on schema public from public",
] as const;

/**
 * Lets the user in with this password. Safe to repeat, and for two at once.
 * @param verifier of the password, as PostgreSQL keeps it
 */
export async function letReaderIn(database: Database, verifier: string): Promise<void> {
  if (!verifierPattern.test(verifier)) throw new SyncError("permanent", say("readerPassword"));
  await database.transaction(async (run) => {
    // Two runners at once would change the same rows of the catalogue, which PostgreSQL refuses.
    await run("lock table schema_migration in exclusive mode");
    const [found] = await run("select rolname from pg_roles where rolname = :name", { name: readerUser });
    if (found === undefined) await run(`create role ${readerUser}`);
    await run(`alter role ${readerUser} login password '${verifier}'`);
    for (const right of rights) await run(right);
    // By default everyone may make temporary tables; their owner, who migrates, still may.
    const [here] = await run("select quote_ident(current_database()) as name");
    await run(`revoke temporary on database ${here?.name} from public`);
  });
}
