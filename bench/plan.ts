// The time of a plan over the whole history, with twenty million rows stored, by what is missing.
import pg from "pg";
import { datasets } from "../shared/catalogue/datasets.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { planDataset } from "../shared/plan/plan-job.ts";
import type { Database } from "../shared/ports.ts";
import { silentLog } from "../test/support/database.ts";
import { fillLargeMirror, type MirrorSize, newestDay } from "../test/support/large-mirror.ts";
import type { Engine } from "./engines.ts";

export type PlanMeasurement = {
  readonly state: string;
  readonly units: number;
  readonly seconds: number;
  /** Of the slowest statement. */
  readonly statementSeconds: number;
  readonly statements: number;
};

/** @param codesAsked codes of the plan by code */
export async function measurePlans(
  engine: Engine,
  size: MirrorSize,
  codesAsked: number,
): Promise<{ rows: number; days: number; measured: PlanMeasurement[] }> {
  await fillLargeMirror(engine.databaseUrl, size);
  const client = new pg.Client({ connectionString: engine.databaseUrl });
  await client.connect();
  try {
    const found = await client.query<{ rows: string; first: string; days: string }>(
      "select count(*) as rows, to_char(min(trade_date), 'YYYYMMDD') as first, count(distinct trade_date) as days from stock_daily",
    );
    const { first = "", rows = "0", days = "0" } = found.rows[0] ?? {};
    const codes = Array.from({ length: codesAsked }, (_, at) => `${600001 + at}.SH`);
    const plan = async (state: string, asked: object = {}): Promise<PlanMeasurement> => {
      const timed = timing(engine.database);
      const services = {
        ...{ database: timed.database, settings: readSettings({}), log: silentLog },
        clock: { now: () => new Date("2026-11-21T12:00:00Z") },
      };
      const begun = performance.now();
      // as: planning uses no other service
      const { units } = await planDataset(
        services as unknown as Parameters<typeof planDataset>[0],
        datasets.stock_daily,
        "history",
        { job: "DAILY_HISTORY", from: first, to: newestDay, ...asked },
      );
      return { state, units: units.length, seconds: (performance.now() - begun) / 1e3, ...timed.slowest() };
    };
    const measured = [
      await plan(`${codesAsked} codes, no day checked yet`, { codes }),
      await plan("no day checked yet"),
      await plan("every day whole"),
      await plan(`${codesAsked} codes, every day whole`, { codes }),
    ];
    await client.query(
      `delete from stock_daily
       where ts_code = '600007.SH' and extract(day from trade_date) = 7 or trade_date in (
         select cal_date from trade_cal where is_open = 1 and extract(month from cal_date) = 3 and extract(day from cal_date) = 12
       )`,
    );
    measured.push(await plan("a stock lacks a day a month, and some days are empty"));
    measured.push(await plan(`${codesAsked} codes, of the same`, { codes }));
    return { rows: Number(rows), days: Number(days), measured };
  } finally {
    await client.end();
  }
}

function timing(database: Database): {
  database: Database;
  slowest(): { statementSeconds: number; statements: number };
} {
  const seconds: number[] = [];
  return {
    database: {
      ...database,
      async run(sql, parameters) {
        const begun = performance.now();
        const rows = await database.run(sql, parameters);
        seconds.push((performance.now() - begun) / 1e3);
        return rows;
      },
    },
    slowest: () => ({ statementSeconds: Math.max(...seconds), statements: seconds.length }),
  };
}
