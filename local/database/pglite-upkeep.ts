// Does the work of PostgreSQL's background processes, which PGlite does not have. Without this the write-ahead log
// grows forever and the planner's statistics never change.

const walBytesMax = 64 * 1024 * 1024;
// Below these a table is too small to matter; the shares are autovacuum's own defaults.
const changedRowsMin = 1000;

/** `query` returns the rows of one statement as texts. Cheap when there is nothing to do. */
export async function keepUp(query: (sql: string) => Promise<(string | null)[][]>): Promise<void> {
  const tables = await query(
    `select format('%I.%I', schemaname, relname), n_dead_tup > ${changedRowsMin} + 0.2 * n_live_tup
    from pg_catalog.pg_stat_user_tables
    where n_dead_tup > ${changedRowsMin} + 0.2 * n_live_tup
      or n_mod_since_analyze > ${changedRowsMin} + 0.1 * n_live_tup
    limit 20`,
  );
  for (const [table, hasManyDead] of tables) {
    await query(`${hasManyDead === "t" ? "vacuum (analyze)" : "analyze"} ${table}`);
  }
  const [wal] = await query(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) from pg_catalog.pg_control_checkpoint()",
  );
  if (Number(wal?.[0] ?? 0) > walBytesMax) await query("checkpoint");
}
