// A process that commits rows 1, 2, 3 … to the embedded database in the folder it is given and tells each one to its
// parent, until it is killed.
import pg from "pg";
import { startDatabase } from "../../local/database/database.ts";

const database = await startDatabase({ dataDir: process.argv[2] });
const client = new pg.Client({ connectionString: database.url });
await client.connect();
await client.query("create table if not exists written (n bigint primary key, filler text)");
const { rows } = await client.query<{ next: string }>("select coalesce(max(n), 0) + 1 as next from written");
for (let n = Number(rows[0]?.next); ; n++) {
  await client.query("insert into written values ($1, $2)", [n, "x".repeat(5_000)]);
  process.send?.(n);
}
