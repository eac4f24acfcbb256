// The recipes of docs/quant.md: every statement, program, notebook and dashboard in them answers from a mirror.
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimOrigin } from "../shared/ledger/origin.ts";
import { lastDay } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", "docs", file), "utf8");
const blocksIn = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(
    ([, text = ""]) => text,
  );

type Notebook = { nbformat: number; cells: { cell_type: string; id: string; source: string[] }[] };
const notebook = JSON.parse(read("recipes/mirror.ipynb")) as Notebook;
type Dashboard = {
  panels: { title: string; targets: { rawSql: string }[] }[];
  templating: { list: { query: string }[] };
};
const dashboard = JSON.parse(read("recipes/grafana.json")) as Dashboard;

const hasPandas = (() => {
  try {
    execFileSync("python3", ["-c", "import pandas, sqlalchemy, psycopg2"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  await world.reset();
  await claimOrigin(world.services.database, world.services.origin);
  await world.dispatch({ job: "DAILY_HISTORY" });
  await world.runToEnd();
  await world.sql("update stock_daily set trade_date = trade_date + interval '2 years'"); // as recent as the recipes ask for
  await world.insert("fina_indicator", [
    { ts_code: "600519.SH", end_date: "20251231", ann_date: "20260401", update_flag: "0", roe: 30, eps: 60 },
  ]);
});
afterAll(() => world?.close());

const statements = blocksIn("quant.md", "sql");

test("the Chinese page has the same statements and programs", () => {
  expect(blocksIn("quant.zh.md", "sql")).toEqual(statements);
  expect(blocksIn("quant.zh.md", "python")).toEqual(blocksIn("quant.md", "python"));
  expect(statements.length).toBeGreaterThan(4);
});

test.each(statements)("%s has rows", async (statement) => {
  expect((await world.sql(statement)).length).toBeGreaterThan(0);
});

describe("the dashboard for Grafana", () => {
  // What Grafana puts in their place.
  const filled = (sql: string) =>
    sql
      .replaceAll("$code", "600519.SH")
      .replaceAll(/\$__timeFilter\((\w+)\)/g, "$1 between '2025-01-01T00:00:00Z' and '2027-01-01T00:00:00Z'");

  test.each(dashboard.panels)("$title has an answer", async ({ title, targets: [target] }) => {
    const rows = await world.sql(filled(target?.rawSql ?? ""));
    if (/Days with rows that nothing explains/.test(title)) expect(rows).toEqual([]);
    else expect(rows.length).toBeGreaterThan(0);
  });

  test("its list of codes has the stocks", async () => {
    const [codes] = dashboard.templating.list;
    expect((await world.sql(codes?.query ?? "")).length).toBeGreaterThan(3);
  });
});

describe.skipIf(!hasPandas)("in Python, where pandas is installed", () => {
  const addresses = () => JSON.stringify({ database_url: world.url.replace(/^postgres:/, "postgresql:") });
  /** Without the command that names the addresses, whose answer is put in its place. */
  const run = async (program: string) => {
    const here = program.replace(
      /json\.loads\(subprocess\.check_output\(.*\)\)/,
      () => `json.loads('${addresses()}')`,
    );
    expect(here).not.toBe(program);
    return (await promisify(execFile)("python3", ["-c", here])).stdout;
  };

  test("the program prints the strongest stocks", async () => {
    const [program = ""] = blocksIn("quant.md", "python");
    expect(await run(program.replace("pct_change(20", "pct_change(2"))).toMatch(/^\d{6}\.S[HZ] +-?\d/m);
  });

  test("the notebook runs from its first cell to its last", async () => {
    const cells = notebook.cells.filter(({ cell_type }) => cell_type === "code");
    const program = cells.map(({ source }) => source.join("")).join("\n");
    expect(await run(`${program}\nprint(len(bars), changes.shape)`)).toMatch(
      /^[1-9]\d* \([1-9]\d*, [1-9]\d*\)$/m,
    );
  });
});

test("the notebook has the form that Jupyter opens", () => {
  expect(notebook.nbformat).toBe(4);
  expect(new Set(notebook.cells.map(({ id }) => id)).size).toBe(notebook.cells.length);
  expect(lastDay).toMatch(/^2024/); // two years before the recipes
});
