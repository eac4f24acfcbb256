// The time of a plan over the whole history, with twenty million rows stored, by what is missing; and of verifying them.
import pg from "pg";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { daysOf, type Selector } from "../shared/catalogue/selector.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { isOwnRow } from "../shared/coverage/members.ts";
import { compareRows } from "../shared/ledger/comparisons.ts";
import { openVerification } from "../shared/ledger/verifications.ts";
import { planDataset } from "../shared/plan/plan-job.ts";
import type { Database, DispatchServices } from "../shared/ports.ts";
import type { Table } from "../shared/rows/rows.ts";
import { verifyDataset } from "../shared/verify/verify.ts";
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
  /** It goes step by step and may take long as a whole: only its statements are bounded. */
  readonly inSteps?: true;
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
      const begun = performance.now();
      const { units } = await planDataset(servicesOn(timed.database), datasets.stock_daily, "history", {
        job: "DAILY_HISTORY",
        from: first,
        to: newestDay,
        ...asked,
      });
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
    measured.push(await measureVerify(engine.database, first));
    const aCode: Selector = { by: "code", ts_code: codes[0] ?? "", from: first, to: newestDay };
    for (const selector of [{ by: "date", trade_date: newestDay } as const, aCode]) {
      measured.push(await measureComparison(engine.database, client, selector));
    }
    return { rows: Number(rows), days: Number(days), measured };
  } finally {
    await client.end();
  }
}

function servicesOn(database: Database): DispatchServices {
  const services = {
    ...{ database, settings: readSettings({}), log: silentLog },
    clock: { now: () => new Date("2026-11-21T12:00:00Z") },
  };
  return services as unknown as DispatchServices; // as: planning and verifying use no other service
}

/** The whole history from its rows, of which some are missing. */
async function measureVerify(database: Database, from: string): Promise<PlanMeasurement> {
  const timed = timing(database);
  const begun = performance.now();
  const asked = { dataset: "stock_daily", from, to: newestDay, repairs: false };
  const opened = await openVerification(timed.database, asked);
  const { verification } = await verifyDataset(servicesOn(timed.database), datasets.stock_daily, opened);
  return {
    ...{ state: `verified from the rows: ${verification.verdict}`, units: verification.findings },
    ...{ seconds: (performance.now() - begun) / 1e3, ...timed.slowest(), inSteps: true },
  };
}

/** An answer that has the stored rows of a slice, compared with them. */
async function measureComparison(
  database: Database,
  client: pg.Client,
  selector: Selector,
): Promise<PlanMeasurement> {
  const dataset = datasets.stock_daily;
  const table = await readAnswer(client, dataset, selector);
  const timed = timing(database);
  const begun = performance.now();
  const { missing, different } = await compareRows(timed.database, dataset, selector, table);
  if (missing + different > 0) throw new Error("an answer differs from the rows that it was made of");
  const state = `${table.size} rows compared with an answer by ${selector.by}`;
  return { state, units: 1, seconds: (performance.now() - begun) / 1e3, ...timed.slowest() };
}

async function readAnswer(client: pg.Client, dataset: Dataset, selector: Selector): Promise<Table> {
  const { from, to } = daysOf(selector) ?? {};
  const columns = columnsOf(dataset).map(({ name, type }) => {
    const text = type === "day" ? `to_char(stored.${name}, 'YYYYMMDD')` : `cast(stored.${name} as text)`;
    return `coalesce(${text}, '') as ${name}`;
  });
  const { rows } = await client.query<Record<string, string>>(
    `select ${columns.join(", ")}
from stock_daily as stored
where stored.trade_date between $1 and $2 and ($3::text is null or stored.ts_code = $3) and ${isOwnRow(dataset, "stored")}`,
    [from, to, "ts_code" in selector ? selector.ts_code : null],
  );
  const cells = columnsOf(dataset).map(({ name }) => [name, rows.map((row) => row[name] ?? "")]);
  return { columns: Object.fromEntries(cells), size: rows.length };
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
