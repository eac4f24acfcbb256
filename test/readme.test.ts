// The README and the pages that it leads to, with their Chinese twins, agree with the catalogues, and every command in them is
// run by a test or says what it needs.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { keptByDefault } from "../cli/cost.ts";
import { datasetPage, pagesWithTables, withTables } from "../docs/dataset-document.ts";
import { expectedOf, unitOf, whenOf } from "../docs/dataset-words.ts";
import { readContext } from "../infra/context.ts";
import { jobsAmong } from "../shared/catalogue/chosen-datasets.ts";
import { type DatasetSpec, interfacesOf } from "../shared/catalogue/dataset.ts";
import { specs, words } from "../shared/catalogue/dataset-files.ts";
import { catalogueOf, type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { aboutOf, jobs } from "../shared/catalogue/jobs.ts";
import { settingTable } from "../shared/catalogue/settings.ts";
import { translate } from "../shared/words/translate.ts";
import { inventedFile } from "./support/invented-dataset.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** Files that run the commands of the README: each command's text is in one of them. */
const provenBy: Record<string, [file: string, text: string]> = {
  "npm start -- --once": ["test/npm-start.test.ts", '"--once"'],
  "npm start -- --datasets core,index": ["test/chosen-datasets.test.ts", '"--datasets", "core,index"'],
  "npx tushare-sync plan core,index": ["test/documented-commands.test.ts", "plan core,index"],
  "npx tushare-sync run INDEX_DAILY_HISTORY": ["test/documented-commands.test.ts", "run INDEX_DAILY_HISTORY"],
  "npx tushare-sync export --all --out mirror": [
    "test/documented-commands.test.ts",
    "npx tushare-sync export --all --out mirror",
  ],
  "npx tushare-sync datasets": ["test/documented-commands.test.ts", "npx tushare-sync datasets"],
  "npm test": ["test/architecture.test.ts", "npm test leaves out only"],
  "npm run test:all": [".ci/run", "npm run --silent test:all"],
  "npm run synth": [".ci/run", "npm run --silent synth"],
  "npm run check": [".ci/run", "npm run --silent check"],
  "npm run format": ["package.json", '"format": "node local/launch.mjs biome check --write ."'],
  "npx tushare-sync doctor": ["test/doctor.test.ts", "doctor"],
};

const pages = {
  en: [...pagesWithTables.en, "docs/developer.md", "docs/README.md"],
  zh: [...pagesWithTables.zh, "docs/developer.zh.md"],
} as const;

describe.each([
  ["en", "docs/datasets.md"],
  ["zh", "docs/datasets.zh.md"],
] as const)("the pages in %s", (language, page) => {
  const text = pages[language].map(read).join("\n");

  test("name every setting with its default", () => {
    const rows = [...text.matchAll(/^\| `((?:SYNC|TUSHARE|WORKER)_\w+)` +\| (\S+) +\|/gm)];
    expect(Object.fromEntries(rows.map(([, name, value]) => [name, value]))).toEqual(
      Object.fromEntries(
        Object.entries(settingTable).map(([name, setting]) => [name, String(setting.default)]),
      ),
    );
  });

  test("name every job with the hours of its schedules", () => {
    const all = read(page);
    for (const [job, { schedules }] of Object.entries(jobs)) {
      const isCore = jobsAmong(keptByDefault).some((each) => each === job);
      const line = (isCore ? text : all).split("\n").find((row) => row.startsWith(`| \`${job}\``));
      expect(line, job).toBeDefined();
      const hours = schedules.map((expression) => {
        const [, minute = "", hour = ""] = /^cron\((\d+) (\d+) /.exec(expression) ?? [];
        return `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
      });
      const lastCell = line?.split("|").at(-2) ?? "";
      expect(lastCell.match(/\d\d:\d\d/g) ?? []).toEqual(hours);
    }
  });

  test("name the table, the interfaces and the key of every dataset of the core, and the set of every other one", () => {
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    for (const dataset of Object.values(datasets).filter(({ set }) => set !== "core")) {
      expect(rows.find((line) => line.startsWith(`| \`${dataset.set}\` |`))).toContain(
        dataset.title[language],
      );
    }
    for (const dataset of keptByDefault) {
      const names = interfacesOf(dataset).map(({ name }) => name);
      const row = rows.find(
        (line) => line.includes(`\`${dataset.table}\``) && names.every((name) => line.includes(name)),
      );
      expect(row, dataset.name).toBeDefined();
      expect(row).toContain(dataset.key.join(", "));
    }
  });

  test("have the tables that npm run docs writes, each once", () => {
    expect(withTables(text, language)).toBe(text);
    expect(withTables(text.replace(/^\| .*`REFERENCE`.*\n/m, ""), language)).toBe(text);
    expect(() => withTables(text.replace("<!-- end of jobs", ""), language)).toThrow("<!-- jobs");
    expect(text.match(/(?<=^<!-- )\w+(?=: written)/gm)?.sort()).toEqual(["datasets", "jobs", "sets"]);
  });

  test("their page of datasets is what npm run docs writes", () => {
    expect(read(page).replaceAll("\r\n", "\n")).toBe(datasetPage(language, words));
  });

  test.each(pages[language])("%s has no broken link, and leads to headings that exist", (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    const broken = links.filter(([, target = "", heading]) => {
      const linked = target === "" ? file : join(dirname(file), target);
      if (!existsSync(join(root, linked))) return true;
      return heading !== undefined && !headingsOf(read(linked)).includes(heading);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
    expect(links.length).toBeGreaterThan(3);
  });

  test("have only commands that a test runs or that say what they need", () => {
    const blocks = [...text.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block]) => String(block));
    const commands = blocks.flatMap((block) => block.trim().split("\n"));
    const open = commands.filter((line) => !line.includes("# needs"));
    for (const line of open) {
      const command = line.replace(/ +#.*$/, "");
      const [proof, words] = provenBy[command] ?? [];
      expect(proof, command).toBeDefined();
      expect(read(String(proof))).toContain(words);
    }
  });

  test("name every key of the context", () => {
    const keys: string[] = [];
    readContext((key) => {
      keys.push(key);
      return undefined;
    });
    const missing = keys.filter((key) => !text.includes(`\`${key}`));
    expect(missing).toEqual(["tushareUrl"]);
  });
});

describe("what the tables say follows from a dataset's fields:", () => {
  const catalogue = catalogueOf({ ...specs, invented_daily: inventedFile().spec });
  const invented = (spec: Partial<DatasetSpec>): Dataset => ({ ...catalogue.invented_daily, ...spec });

  test.each<[spec: Partial<DatasetSpec>, unit: string, whole: string]>([
    [{}, "a trading day, or a code with a range", "there is at least one row once it is due"],
    [
      { slices: "codes", expects: "members" },
      "a code with a range",
      "there is a row for each code named in its file",
    ],
    [
      { slices: "announcements", expects: "none" },
      "an announcement day",
      "always, even without rows: these are events",
    ],
    [{ slices: "ranges", rangeDays: 90 }, "90 days", "there is at least one row once it is due"],
    [{ slices: "months" }, "a month", "there is at least one row once it is due"],
  ])("%j", (spec, unit, whole) => {
    expect([unitOf(invented(spec)).en, expectedOf(invented(spec)).en]).toEqual([unit, whole]);
  });

  test.each<[spec: Partial<DatasetSpec>, past: string, pastInChinese: string]>([
    [{}, "the last 60 trading days", "最近 60 个交易日"],
    [{ slices: "codes" }, "the last 60 trading days", "最近 60 个交易日"],
    [{ slices: "announcements" }, "the last 60 days", "最近 60 天"],
    [{ slices: "months" }, "the last 2 months", "最近 2 个月"],
    [{ slices: "ranges", rangeDays: 90 }, "the last 90 days", "最近 90 天"],
  ])("the increment of %j says how far it looks back", (spec, past, pastInChinese) => {
    const about = aboutOf("incremental", [invented(spec)]);
    expect(about).toContain(`gaps in ${past}, or`);
    expect(translate(about, "zh")).toContain(`以及${pastInChinese}的缺口`);
  });

  test("the job of several lists names them all", () => {
    const about = aboutOf("reference", [datasets.stock_list, datasets.etf_list]);
    expect(about).toBe("stock list, ETF list: at most once a day");
    expect(translate(about, "zh")).toBe("股票列表、ETF 列表：一天最多一次");
  });

  test.each([
    [[], "by hand", "手动"],
    [["cron(30 7 ? * MON-FRI *)"], "weekdays 07:30", "工作日 07:30"],
    [["cron(5 9 ? * SUN *)", "cron(0 21 ? * SUN *)"], "Sundays 09:05 and 21:00", "周日 09:05 和 21:00"],
    [
      ["cron(5 9 ? * MON *)", "cron(0 21 ? * * *)"],
      "Mondays 09:05, every day 21:00",
      "周一 09:05, 每天 21:00",
    ],
  ])("%j", (schedules, en, zh) => expect(whenOf(schedules)).toEqual({ en, zh }));

  test("a schedule of an unknown form is refused", () => {
    expect(() => whenOf(["rate(5 minutes)"])).toThrow("rate(5 minutes): docs/dataset-words.ts cannot say");
  });
});

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(pages.en.slice(0, pages.zh.length).map((page, at) => [page, pages.zh[at] ?? ""]))(
  "%s and %s have the same sections, blocks of code, rows of tables and links",
  (english, chinese) => {
    const shape = (text: string) => ({
      sections: text.match(/^## /gm)?.length,
      blocks: text.match(/^```/gm)?.length,
      rows: text.match(/^\|/gm)?.length,
      links: [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => String(target).replace(/\.zh\.md$/, ".md"))
        .filter((target) => !/README/.test(target))
        .sort(),
    });
    expect(shape(read(chinese))).toEqual(shape(read(english)));
  },
);
