// The main job on captured TuShare answers, if present: what is stored is what was captured, digit for digit.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mirror, openMirror } from "./support/mirror.ts";
import { quick, startMirror, temporaryDataDir } from "./support/npm-start.ts";
import { openStored } from "./support/stored.ts";

const captured = join(import.meta.dirname, "..", "..", "shared", "data");
const isHere = existsSync(join(captured, "daily__trade_date_20250403.csv"));
if (!isHere) console.warn("skipped: the captured answers are not beside the project");

type Cells = Record<string, string>;

describe.skipIf(!isHere)("captured answers", () => {
  const dataDir = temporaryDataDir();
  const options = ["--captured", captured, "--data-dir", dataDir.path, "--once", "--json"];
  const jobs: [name: string, args: string[], rows: number, units: number][] = [
    ["a whole-market day", ["--from", "20250403", "--to", "20250403"], 5_393, 1],
    ["a stock over its whole life", ["--codes", "000001.SZ", "--to", "20230428"], 6_000, 2],
    [
      "two stocks over two years",
      ["--codes", "600519.SH,002594.SZ", "--from", "20230925", "--to", "20251023"],
      1_000,
      2,
    ],
  ];
  let database: PGlite;

  test("one start stores a whole-market day completely", async () => {
    const [, args = [], rows, units] = jobs[0] ?? [];
    const { output, json } = await startMirror([...options, ...args]).ended;
    expect(output).toContain("DAILY_HISTORY COMPLETED");
    expect(json).toMatchObject({ status: "COMPLETED", rows, units });
  }, 240_000);

  describe("of a second start", () => {
    let mirror: Mirror;
    beforeAll(async () => {
      Object.assign(process.env, quick);
      mirror = await openMirror(options);
    });
    afterAll(() => mirror?.close());
    const ask = (args: string[]) => mirror.ask(args);

    test.each(jobs.slice(1))("%s is stored whole", async (_name, args, rows, units) => {
      expect(await ask(args)).toMatchObject({ status: "COMPLETED", rows, units });
    });

    test.each(jobs)("%s, asked for again, changes nothing and calls nothing", async (_name, args, rows) => {
      expect(await ask(args)).toMatchObject({ status: "COMPLETED", rows, units: 0, calls: {} });
    });

    test("refresh requests everything again and rewrites only rows that changed", async () => {
      const [, args = [], rows] = jobs[2] ?? [];
      const before = await storedAt(mirror.databaseUrl);
      const again = await ask([...args, "--refresh"]);
      expect(again).toMatchObject({ rows, units: 2, calls: { adj_factor: 2, daily: 2, daily_basic: 2 } });
      expect(await storedAt(mirror.databaseUrl)).toEqual(before);
    });
  });

  describe("what is stored", () => {
    beforeAll(async () => {
      database = await openStored(dataDir.path);
    });
    afterAll(async () => {
      await database.close();
      dataDir.remove();
    });

    test.each([
      ["daily__trade_date_20250403.csv", "trade_date = '2025-04-03'"],
      ["daily_basic__trade_date_20250403.csv", "trade_date = '2025-04-03'"],
      ["daily__ts_code_000001.SZ_19971125_20230428.csv", "ts_code = '000001.SZ'"],
      ["daily__ts_code_600519.SH_20230925_20251023.csv", "ts_code = '600519.SH'"],
      ["daily_basic__ts_code_600519.SH_20230925_20251023.csv", "ts_code = '600519.SH'"],
      ["adj_factor__ts_code_600519.SH_20230925_20251023.csv", "ts_code = '600519.SH'"],
      ["daily__ts_code_002594.SZ_20230925_20251023.csv", "ts_code = '002594.SZ'"],
      ["daily_basic__ts_code_002594.SZ_20230925_20251023.csv", "ts_code = '002594.SZ'"],
      ["adj_factor__ts_code_002594.SZ_20230925_20251023.csv", "ts_code = '002594.SZ'"],
    ])("every number of %s equals its captured text", async (file, where) => {
      const rows = readCsv(join(captured, file));
      const columns = Object.keys(rows[0] ?? {}).filter(
        (name) => name !== "ts_code" && name !== "trade_date",
      );
      // PostgreSQL itself compares as numeric, so neither side is converted to a double.
      const { rows: answer } = await database.query<{ compared: number; different: string | null }>(
        `with captured as (
  select ts_code, to_date(trade_date, 'YYYYMMDD') as trade_date,
    ${columns.map((name) => `nullif("${name}", '')::numeric as "${name}"`).join(", ")}
  from jsonb_to_recordset($1) as cell (ts_code text, trade_date text, ${columns.map((name) => `"${name}" text`).join(", ")})
)
select count(*)::int as compared,
  min(captured.ts_code || ' ' || captured.trade_date) filter (
    where stored.ts_code is null
      or (${columns.map((name) => `stored."${name}"`).join(", ")}, 0)
        is distinct from (${columns.map((name) => `captured."${name}"`).join(", ")}, 0)
  ) as different
from captured
left join (select * from stock_daily where ${where}) as stored using (ts_code, trade_date)`,
        [JSON.stringify(rows)],
      );
      expect(answer[0]).toEqual({ compared: rows.length, different: null });
    });

    test("a day without a whole-market factor file has its valuation on every row and no invented factor", async () => {
      const { rows } = await database.query(`select count(*)::int as bars, count(total_mv)::int as valued,
        array_agg(ts_code order by ts_code) filter (where adj_factor is not null) as factored
      from stock_daily where trade_date = '2025-04-03'`);
      expect(rows[0]).toEqual({ bars: 5_393, valued: 5_393, factored: ["002594.SZ", "600519.SH"] });
    });
  });
});

async function storedAt(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select count(*) as rows, max(stored_at) as newest from stock_daily");
  await client.end();
  return rows[0];
}

/** The captured price files hold no quoted cell. */
function readCsv(file: string): Cells[] {
  const [header = "", ...lines] = readFileSync(file, "utf8").trim().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at] ?? "", cell])));
}
