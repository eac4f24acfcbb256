// Writes docs/schema.md: migrates an empty embedded database and describes what it finds there.
import { writeFileSync } from "node:fs";
import pg from "pg";
import { migratedDatabase } from "../test/support/database.ts";
import { schemaDocument } from "./schema-document.ts";

const database = await migratedDatabase();
const client = new pg.Client({ connectionString: database.url });
try {
  await client.connect();
  const page = await schemaDocument(async (sql) => (await client.query(sql)).rows);
  writeFileSync(new URL("schema.md", import.meta.url), page);
} finally {
  await client.end();
  await database.close();
}
