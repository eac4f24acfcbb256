// What a stopped data directory holds, in a form to compare.
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";

export async function openStored(dataDir: string): Promise<PGlite> {
  return await PGlite.create({ dataDir: join(dataDir, "postgres", "cluster") });
}

/** Counts and digests of everything mirrored; only the time of storing is left out. */
export async function digest(dataDir: string): Promise<unknown> {
  const database = await openStored(dataDir);
  const { rows } = await database.query(`select
    (select count(*) from stock_daily) as bars,
    (select md5(string_agg(to_jsonb(d.*) - 'stored_at' #>> '{}', ',' order by ts_code, trade_date)) from stock_daily d) as daily,
    (select md5(string_agg(to_jsonb(i.*) - 'stored_at' #>> '{}', ',' order by ts_code)) from stock_info i) as info,
    (select md5(string_agg(to_jsonb(c.*) - 'stored_at' #>> '{}', ',' order by cal_date)) from trade_cal c) as calendar`);
  await database.close();
  return rows[0];
}
