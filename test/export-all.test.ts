// A whole mirror as a folder of files: what has changed is written again, and nothing else.
import {
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AllOptions, exportAll, type Manifest } from "../cli/export-all.ts";
import { messagesFor } from "../cli/messages/choose.ts";
import { openSql, type Sql } from "../cli/sql.ts";
import { simulatedOrigin } from "../shared/catalogue/origin.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";
import { testTarget } from "./support/target.ts";

const t = messagesFor({ LANG: "C" });
const origin = simulatedOrigin({ seed: 1, stocks: 60 });
let database: TestDatabase;
let sql: Sql;
let folder = "";

beforeAll(async () => {
  database = await migratedDatabase();
  sql = openSql(testTarget(origin), t, { stop: new AbortController().signal, timeoutSeconds: 30 });
  await database.run(`insert into stock_daily (ts_code, trade_date, close, adj_factor)
select '600519.SH', date '2022-12-30' + day, day + 0.125, null from generate_series(0, 399) as day`);
  await database.run(`insert into suspend_d (ts_code, trade_date, suspend_type, suspend_timing)
values ('000001.SZ', date '2024-01-02', 'S', '09:30-10:00, "early"')`);
  await database.run(`insert into stock_info (ts_code, name, is_etf) values ('600519.SH', '贵州茅台', 'N')`);
});
afterAll(async () => {
  sql.close();
  await database.close();
});
beforeEach(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), "export-all-"));
});

const asked: Omit<AllOptions, "folder" | "stop"> = {
  ...{ format: "parquet", numbers: "exact", origin, states: [], onProgress: () => undefined },
};
const exportTo = (more: Partial<AllOptions> = {}) =>
  exportAll(sql, { ...asked, folder, stop: new AbortController().signal, ...more }, t);
const manifest = (): Manifest => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const compressors = { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) };
const read = async (path: string) =>
  await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, path)), compressors });
const daily = (year: number) => `stock_daily/year=${year}/data.parquet`;
const files = () => Object.keys(manifest().files);
const modified = () =>
  Object.fromEntries(files().map((path) => [path, statSync(join(folder, path)).mtimeMs]));

describe("an export of the whole mirror", () => {
  test("has a file for each year of a table, one for a list, and a manifest that counts their rows", async () => {
    const { written, kept } = await exportTo();
    expect([written, kept]).toEqual([5, 0]);
    expect(files().sort()).toEqual([
      ...[daily(2022), daily(2023), daily(2024)],
      "stock_info/data.parquet",
      "suspend_d/year=2024/data.parquet",
    ]);
    expect(manifest()).toMatchObject({ rows: 402, format: "parquet", numbers: "exact", revision: null });
    const all = (await Promise.all([2022, 2023, 2024].map((year) => read(daily(year))))).flat();
    expect(all).toHaveLength(400);
    expect(all[0]).toMatchObject({ ts_code: "600519.SH", close: "0.125", adj_factor: null });
    expect(await read("suspend_d/year=2024/data.parquet")).toMatchObject([
      { suspend_timing: '09:30-10:00, "early"' },
    ]);
    expect(await read("stock_info/data.parquet")).toMatchObject([{ name: "贵州茅台" }]);
  });

  test.each(["docs/quant.md", "docs/quant.zh.md"])("is where %s looks for it", async (document) => {
    await exportTo();
    const text = readFileSync(join(import.meta.dirname, "..", document), "utf8");
    const patterns = [...text.matchAll(/'mirror\/([^']*\.parquet)'/g)].map((found) => found[1] ?? "");
    expect(patterns.length).toBeGreaterThan(0);
    for (const pattern of patterns) expect(globSync(pattern, { cwd: folder }), pattern).not.toEqual([]);
  });

  test("writes again only the files whose rows have changed, and removes those whose rows are gone", async () => {
    await exportTo();
    const before = modified();
    expect(await exportTo()).toMatchObject({ written: 0, kept: 5 });
    expect(modified()).toEqual(before);
    await database.run(
      "update stock_daily set close = 7, stored_at = now() where trade_date = date '2023-05-05'",
    );
    await database.run("delete from suspend_d");
    try {
      expect(await exportTo()).toMatchObject({ written: 1, kept: 3 });
      expect(files()).not.toContain("suspend_d/year=2024/data.parquet");
      expect(existsSync(join(folder, "suspend_d/year=2024/data.parquet"))).toBe(false);
      const rows = await read(daily(2023));
      expect(rows.filter(({ close }) => close === "7")).toHaveLength(1);
    } finally {
      await database.run(`insert into suspend_d (ts_code, trade_date, suspend_type, suspend_timing)
values ('000001.SZ', date '2024-01-02', 'S', '09:30-10:00, "early"')`);
    }
  });

  test("writes a file again that somebody has removed or cut", async () => {
    await exportTo();
    rmSync(join(folder, daily(2022)));
    writeFileSync(join(folder, daily(2024)), "cut");
    expect(await exportTo()).toMatchObject({ written: 2, kept: 3 });
    expect(await read(daily(2022))).toHaveLength(2);
  });

  test("that is stopped keeps its finished files, leaves no half one, and goes on from there", async () => {
    const stop = new AbortController();
    const onProgress = (file: string) => {
      if (file === daily(2023)) stop.abort();
    };
    await expect(exportTo({ stop: stop.signal, onProgress })).rejects.toThrow();
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".part"))).toEqual(
      [],
    );
    const finished = files();
    expect(finished).toContain(daily(2022));
    expect(finished).not.toContain(daily(2023));
    expect(await exportTo()).toMatchObject({ written: 5 - finished.length, kept: finished.length });
  });

  test("is refused in a folder with an export of another mirror or form, or with another manifest", async () => {
    await exportTo();
    await expect(exportTo({ numbers: "double" })).rejects.toThrow(/another mirror or form \(parquet, exact/);
    await expect(exportTo({ format: "csv" })).rejects.toThrow(/another mirror or form/);
    const other = simulatedOrigin({ seed: 2, stocks: 60 });
    await expect(exportTo({ origin: other })).rejects.toThrow(/another mirror or form/);
    writeFileSync(join(folder, "manifest.json"), "{");
    await expect(exportTo()).rejects.toThrow(/manifest\.json is not of this version's exports/);
  });

  test("as CSV has the same rows", async () => {
    await exportTo({ format: "csv", numbers: "double" });
    const text = readFileSync(join(folder, "stock_daily/year=2023/data.csv"), "utf8");
    expect(text.trim().split("\r\n")).toHaveLength(366);
  });
});
