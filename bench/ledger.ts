// Pruning a ledger of a million units: how long, in which statements, and what stays.
import pg from "pg";
import { pruneFailures, pruneTask, tasksToPrune } from "../shared/ledger/prune.ts";
import { fillLargeMirror, type MirrorSize } from "../test/support/large-mirror.ts";
import type { Engine } from "./engines.ts";

export type LedgerMeasurement = {
  readonly tasks: number;
  readonly seconds: number;
  /** Of the slowest statement. */
  readonly statementSeconds: number;
  /** Before and after. */
  readonly units: readonly [number, number];
  readonly failures: readonly [number, number];
  readonly megabytes: readonly [number, number];
};

export async function measurePruning(engine: Engine, size: MirrorSize): Promise<LedgerMeasurement> {
  await fillLargeMirror(engine.databaseUrl, size);
  const client = new pg.Client({ connectionString: engine.databaseUrl });
  await client.connect();
  try {
    // As a mirror is in which no gap is left: each day of which rows are stored is kept as whole.
    await client.query(
      `insert into sync_day (dataset, trade_date, expected, expected_key, stored, explained, unexplained, checked_at)
       select dataset, cal_date, 1, 0, 1, 0, 0, timestamptz '2026-01-01'
       from (select distinct dataset, to_date(selector ->> 'trade_date', 'YYYYMMDD') as cal_date
             from sync_unit where selector ->> 'by' = 'date') as fetched`,
    );
    const before = await look(client);
    const now = new Date();
    let tasks = 0;
    let slowest = 0;
    const timed = async <Result>(act: () => Promise<Result>): Promise<Result> => {
      const begun = performance.now();
      const result = await act();
      slowest = Math.max(slowest, performance.now() - begun);
      return result;
    };
    const begun = performance.now();
    for (;;) {
      const ids = await timed(() => tasksToPrune(engine.database, now, 10));
      if (ids.length === 0) break;
      for (const id of ids) await timed(() => pruneTask(engine.database, id));
      tasks += ids.length;
    }
    while ((await timed(() => pruneFailures(engine.database, now))) > 0);
    const seconds = (performance.now() - begun) / 1e3;
    await client.query("vacuum full sync_unit, sync_failure_record");
    const after = await look(client);
    return {
      ...{ tasks, seconds, statementSeconds: slowest / 1e3 },
      units: [before.units, after.units],
      failures: [before.failures, after.failures],
      megabytes: [before.megabytes, after.megabytes],
    };
  } finally {
    await client.end();
  }
}

async function look(client: pg.Client): Promise<Record<"units" | "failures" | "megabytes", number>> {
  const { rows } = await client.query(
    `select (select count(*) from sync_unit)::int as units, (select count(*) from sync_failure_record)::int as failures,
       (pg_total_relation_size('sync_unit') / 1e6)::int as megabytes`,
  );
  return rows[0];
}
