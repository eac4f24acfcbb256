// The catalog of an empty embedded database after all migrations.
import pg from "pg";
import { migratedDatabase } from "../test/support/database.ts";
import { type Catalog, readCatalog } from "./read-schema.ts";

export async function migratedCatalog(): Promise<Catalog> {
  const database = await migratedDatabase();
  const client = new pg.Client({ connectionString: database.url });
  try {
    await client.connect();
    return await readCatalog(async (sql) => (await client.query(sql)).rows);
  } finally {
    await client.end();
    await database.close();
  }
}
