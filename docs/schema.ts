// Writes docs/schema.md and docs/schema.zh.md: migrates an empty embedded database and describes its schema.
import { writeFileSync } from "node:fs";
import pg from "pg";
import { checkedDatasetFiles } from "../schema/dataset-files.ts";
import { migratedDatabase } from "../test/support/database.ts";
import { schemaDocument } from "./schema-document.ts";

const files = await checkedDatasetFiles();
const database = await migratedDatabase();
const client = new pg.Client({ connectionString: database.url });
try {
  await client.connect();
  const read = async (sql: string) => (await client.query(sql)).rows;
  for (const [name, language] of [
    ["schema.md", "en"],
    ["schema.zh.md", "zh"],
  ] as const) {
    writeFileSync(new URL(name, import.meta.url), await schemaDocument(read, files, language));
  }
} finally {
  await client.end();
  await database.close();
}
