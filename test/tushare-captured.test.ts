// Captured answers served as the upstream would: always a small folder, and the large captures where they exist.
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCalendar } from "../local/tushare/calendar.ts";
import type { Upstream } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";

type Cell = string | number | null;
type Reply = { code: number; msg: string; data: { fields: string[]; items: Cell[][]; has_more: boolean } };

async function ask(upstream: Upstream, name: string, params: object = {}, fields = ""): Promise<string> {
  const body = JSON.stringify({ api_name: name, token: "t", params, fields });
  return (await fetch(upstream.url, { method: "POST", body })).text();
}

async function rowsOf(upstream: Upstream, name: string, params: object = {}, fields = "") {
  const { data } = JSON.parse(await ask(upstream, name, params, fields)) as Reply;
  return data.items.map((item) =>
    Object.fromEntries(data.fields.map((field, at) => [field, item[at] ?? null])),
  );
}

const serve = (captured: string) =>
  serveUpstream({ captured, latencyMs: 0, minuteLimit: 10000, points: 8000 });

describe("a small folder", () => {
  let folder = "";
  let upstream: Upstream;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "captured-"));
    const files: Record<string, string | Buffer> = {
      "daily__trade_date_20240102.csv":
        "ts_code,trade_date,close,vol\n000001.SZ,20240102,9.10,12.0\n000002.SZ,20240102,5,\n",
      "daily__ts_code_000001.SZ_2024.csv.gz": gzipSync(
        "trade_date,ts_code,open,close,vol\r\n20240103,000001.SZ,9.2,9.3,100\r\n20240102,000001.SZ,9.0,9.1,12\r\n",
      ),
      "stock_basic__list_status_L_captured_2019.csv": "ts_code,name\n000001.SZ,旧名\n000003.SZ,走了\n",
      "stock_basic__list_status_L_captured_2024.csv": "ts_code,name\n000001.SZ,新名\n",
      "fund_basic__market_E_captured_2025.csv":
        'ts_code,name,benchmark,m_fee\n510300.SH,"甲,乙","说""好""\n完",0.50\n',
      "trade_cal__is_open_1_2024.csv": "cal_date,is_open\n20240102,1\n",
      "fina_indicator__ts_code_000001.SZ.csv":
        "ts_code,ann_date,end_date,eps\n000001.SZ,20240420,20231231,1.50\n000001.SZ,20240420,20231231,1.5\n",
      "stk_factor_prices__2024.csv": "ts_code\n000001.SZ\n",
      "README.md": "not an answer",
    };
    for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
    upstream = await serve(folder);
  });

  afterAll(async () => {
    await upstream.close();
    await rm(folder, { recursive: true });
  });

  test("files of an interface are joined, and the fuller file wins where two hold a row", async () => {
    const rows = await rowsOf(upstream, "daily", {}, "ts_code,trade_date,open,close");
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({ ts_code: "000001.SZ", trade_date: "20240103", open: 9.2, close: 9.3 });
    expect(rows).toContainEqual({ ts_code: "000001.SZ", trade_date: "20240102", open: 9, close: 9.1 });
    expect(await upstream.about()).toMatchObject({
      source: "captured",
      firstDate: "20240102",
      lastDate: "20240103",
    });
  });

  test("numbers go out digit for digit, empty cells and fields no file holds as null", async () => {
    const one = await ask(upstream, "daily", { ts_code: "000001.SZ", trade_date: "20240102" }, "open");
    expect(one).toContain('"items":[[9.0]]');
    const two = await rowsOf(upstream, "daily", { trade_date: "20240102" }, "ts_code,close,vol,pct_chg");
    expect(two).toContainEqual({ ts_code: "000002.SZ", close: 5, vol: null, pct_chg: null });
  });

  test("one day of a code does not pass for its history, nor some codes of a day for the day", async () => {
    expect(await rowsOf(upstream, "daily", { ts_code: "000002.SZ" })).toEqual([]);
    expect(await rowsOf(upstream, "daily", { trade_date: "20240103" })).toEqual([]);
    expect(await rowsOf(upstream, "daily", { ts_code: "000002.SZ", trade_date: "20240102" })).toHaveLength(1);
  });

  test("quoted commas, quotes and line ends are part of the text", async () => {
    const [fund] = await rowsOf(upstream, "fund_basic", {}, "name,benchmark,market");
    expect(fund).toEqual({ name: "甲,乙", benchmark: '说"好"\n完', market: "E" });
  });

  test("only the later list counts, parameters of the call are returned as columns, and other lists are empty", async () => {
    const rows = await rowsOf(upstream, "stock_basic", {}, "ts_code,name,list_status");
    expect(rows.sort((a, b) => String(a.ts_code).localeCompare(String(b.ts_code)))).toEqual([
      { ts_code: "000001.SZ", name: "新名", list_status: "L" },
    ]);
    expect(await rowsOf(upstream, "stock_basic", { list_status: "D" })).toEqual([]);
    expect(await rowsOf(upstream, "trade_cal", {}, "exchange,is_open")).toEqual([
      { exchange: "SSE", is_open: 1 },
    ]);
  });

  test("two versions of a report in one file stay two, and interfaces without a file are empty", async () => {
    expect(await rowsOf(upstream, "fina_indicator", { ts_code: "000001.SZ" })).toHaveLength(2);
    expect(await rowsOf(upstream, "adj_factor", { trade_date: "20240102" })).toEqual([]);
    expect(JSON.parse(await ask(upstream, "stk_factor_prices"))).toMatchObject({ msg: "请指定正确的接口名" });
  });

  test("a folder without answers is refused", async () => {
    const empty = await mkdtemp(join(tmpdir(), "captured-"));
    await expect(serve(empty)).rejects.toThrow(
      "holds no captured answer such as daily__trade_date_20250403.csv",
    );
    await rm(empty, { recursive: true });
  });
});

const shared = join(import.meta.dirname, "../../shared/data");
const hasShared = existsSync(shared);
if (!hasShared)
  console.log("skipped: the tests on large captured answers, because ../shared/data is not there");

describe.skipIf(!hasShared)("large captured answers", () => {
  let upstream: Upstream;

  beforeAll(async () => {
    upstream = await serve(shared);
  });

  afterAll(() => upstream.close());

  async function fileRows(file: string) {
    const [header = "", ...lines] = (await readFile(join(shared, file), "utf8")).trimEnd().split("\n");
    return lines.map((line) => {
      const cells = line.split(",");
      return Object.fromEntries(header.split(",").map((field, at) => [field, cells[at] || null]));
    });
  }

  const key = (row: Record<string, unknown>) => `${row.ts_code} ${row.trade_date}`;
  const byKey = <T extends Record<string, unknown>>(rows: T[]) =>
    rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const texts = ["ts_code", "trade_date"];
  const asNumbers = (rows: Record<string, string | null>[]) =>
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([field, cell]) => [
          field,
          texts.includes(field) || cell === null ? cell : Number(cell),
        ]),
      ),
    );

  test.each(["daily", "daily_basic"])(
    "the whole market of a day comes back as captured: %s",
    async (name) => {
      const expected = asNumbers(await fileRows(`${name}__trade_date_20250403.csv`));
      const rows = await rowsOf(upstream, name, { trade_date: "20250403" });
      expect(rows).toHaveLength(5393);
      expect(byKey(rows)).toEqual(byKey(expected));
    },
  );

  test("a history over the cap is complete in two pages", async () => {
    const pages = [];
    for (const offset of [0, 6000]) {
      const answer = await ask(upstream, "daily", { ts_code: "000001.SZ", offset }, "trade_date");
      pages.push((JSON.parse(answer) as Reply).data);
    }
    expect(pages.map((page) => [page.items.length, page.has_more])).toEqual([
      [6000, true],
      [expect.any(Number), false],
    ]);
    const days = pages.flatMap(({ items }) => items.map(([date]) => String(date)));
    expect(days).toEqual([...new Set(days)].sort().reverse());
    const held = new Set<unknown>();
    for (const file of (await readdir(shared)).filter(
      (one) => one.startsWith("daily__") && one.endsWith(".csv") && !one.includes("trade_date"),
    )) {
      for (const row of await fileRows(file)) if (row.ts_code === "000001.SZ") held.add(row.trade_date);
    }
    for (const date of held) expect(days).toContain(date);
  });

  test.each(["600519.SH", "002594.SZ"])("%s has 500 days of bars, factors and valuations", async (code) => {
    const params = { ts_code: code, start_date: "20230925", end_date: "20251023" };
    for (const name of ["daily", "adj_factor", "daily_basic"])
      expect(await rowsOf(upstream, name, params)).toHaveLength(500);
  });

  test("the generated calendar equals the captured one from 2004 on", async () => {
    const captured = (await rowsOf(upstream, "trade_cal", { start_date: "20040101" })).filter(
      (row) => row.is_open === 1,
    );
    const open = captured.map((row) => String(row.cal_date)).sort();
    const generated = makeCalendar().openDays.filter(
      (date) => date >= "20040101" && date <= (open.at(-1) ?? ""),
    );
    expect(generated).toEqual(open);
  });
});
