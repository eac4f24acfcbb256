// The tables of datasets and jobs in the pages for people, and the pages docs/datasets.md and docs/datasets.zh.md. Pure.
import { jobsAmong } from "../shared/catalogue/chosen-datasets.ts";
import { type DatasetWords, datasetSets } from "../shared/catalogue/dataset.ts";
import { type Dataset, type DatasetName, datasets } from "../shared/catalogue/datasets.ts";
import { type JobType, jobs, jobsOf, jobTypes } from "../shared/catalogue/jobs.ts";
import type { Language } from "../shared/words/language.ts";
import { translate } from "../shared/words/translate.ts";
import { allInterfacesOf, expectedOf, publishedOf, sourcesOf, unitOf, whenOf } from "./dataset-words.ts";
import { markdownTable } from "./markdown-table.ts";

const headings = {
  en: {
    datasets: ["dataset", "table", "interfaces", "unit", "key"],
    jobs: ["job", "does", "schedule (Asia/Shanghai)"],
    sets: ["set", "datasets"],
    interfaces: ["interface", "points", "row cap of a reply", "required parameters"],
    facts: {
      name: "name",
      table: "table",
      key: "key",
      unit: "unit",
      expected: "complete when",
      published: "published",
      jobs: "jobs",
      documentation: "TuShare documentation",
    },
  },
  zh: {
    datasets: ["数据集", "表", "接口", "单元", "键"],
    jobs: ["作业", "内容", "定时（北京时间）"],
    sets: ["分组", "数据集"],
    interfaces: ["接口", "积分", "每次行数上限", "必填参数"],
    facts: {
      name: "名称",
      table: "表",
      key: "键",
      unit: "单元",
      expected: "完整的条件",
      published: "发布时刻",
      jobs: "作业",
      documentation: "TuShare 文档",
    },
  },
} as const;

const pageOpenings: Readonly<Record<Language, string>> = {
  en: `# Datasets

Written by \`npm run docs\` from the files in \`shared/catalogue/datasets/\` ([中文](datasets.zh.md)). Columns and their units are in
[schema.md](schema.md).`,
  zh: `# 数据集

由 \`npm run docs\` 根据 \`shared/catalogue/datasets/\` 中的文件生成（[English](datasets.md)）。各列及其单位见 [schema.zh.md](schema.zh.md)。`,
};

const signs = {
  en: { stop: ".", colon: ": ", comma: ", ", open: " (", close: ")" },
  zh: { stop: "。", colon: "：", comma: "、", open: "（", close: "）" },
} as const;

/** The pages that have a table of the catalogue between its markers; together they have each once. */
export const pagesWithTables = {
  en: ["README.md", "docs/quant.md", "docs/operator.md"],
  zh: ["README.zh.md", "docs/quant.zh.md", "docs/operator.zh.md"],
} as const satisfies Record<Language, readonly string[]>;

/** A page with its tables rewritten between their markers. @throws Error naming a marker without its end */
export function withTables(page: string, language: Language): string {
  const tables = [
    ["datasets", datasetTable(language)],
    ["jobs", jobTable(jobsAmong(core), language)],
    ["sets", setTable(language)],
  ] as const;
  return tables.reduce((text, [name, table]) => between(text, name, table), page);
}

function between(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: written by npm run docs -->\n`, `\n<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 && to === -1) return text;
  if (from === -1 || to < from) throw new Error(`a page has no ${begin.trim()} with its end`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}

/** What those tables describe; the pages of datasets describe all. */
const core = Object.values(datasets).filter(({ set }) => set === "core");

function datasetTable(language: Language): string {
  const rows = core.map((dataset) => {
    const { table, unit, key } = factsOf(dataset, language);
    return [dataset.title[language], table, sourcesOf(dataset)[language], unit, key];
  });
  return markdownTable(headings[language].datasets, rows);
}

function setTable(language: Language): string {
  const { comma, open, close } = signs[language];
  const rows = datasetSets
    .filter((set) => set !== "core")
    .map((set) => {
      const own = Object.values(datasets).filter((dataset) => dataset.set === set);
      return [
        `\`${set}\``,
        own.map(({ name, title }) => `${title[language]}${open}\`${name}\`${close}`).join(comma),
      ];
    });
  return markdownTable(
    headings[language].sets,
    rows.filter(([, names]) => names !== ""),
  );
}

function jobTable(of: readonly JobType[], language: Language): string {
  const rows = of.map((job) => [
    `\`${job}\``,
    translate(jobs[job].about, language),
    whenOf(jobs[job].schedules)[language],
  ]);
  return markdownTable(headings[language].jobs, rows);
}

/** The table, with the condition that separates its rows from another dataset's in the same table. */
function tableOf({ name, table, constants = {} }: Dataset): string {
  const sharers = Object.values(datasets).filter((other) => other.table === table && other.name !== name);
  const told = Object.entries(constants).find(([column]) =>
    sharers.some((other) => column in (other.constants ?? {})),
  );
  return `\`${table}\`${told === undefined ? "" : ` (\`${told[0]} = '${told[1]}'\`)`}`;
}

function keyOf({ key, replacesSlice }: Dataset, language: Language): string {
  const replaces = { en: "; an answer replaces its slice", zh: "；返回结果替换整个切片" };
  return `${key.join(", ")}${replacesSlice ? replaces[language] : ""}`;
}

/** A section for each dataset, with its interfaces. */
export function datasetPage(language: Language, words: Readonly<Record<DatasetName, DatasetWords>>): string {
  const parts = Object.values(datasets).map((dataset) => section(dataset, words[dataset.name], language));
  const ofJobs = `## ${headings[language].facts.jobs}\n\n${jobTable(jobTypes, language)}`;
  return `${[pageOpenings[language], ...parts, ofJobs].join("\n\n")}\n`;
}

/** What both tables and pages say of a dataset, in a page's order. */
function factsOf(dataset: Dataset, language: Language): Readonly<Record<Fact, string>> {
  const { name, documentation } = dataset;
  const { comma, open, close } = signs[language];
  return {
    name: `\`${name}\``,
    table: tableOf(dataset),
    key: keyOf(dataset, language),
    unit: unitOf(dataset)[language],
    expected: expectedOf(dataset)[language],
    published: publishedOf(dataset)[language],
    jobs: jobsOf(name)
      .map((job) => `\`${job}\`${open}${whenOf(jobs[job].schedules)[language]}${close}`)
      .join(comma),
    documentation: documentation
      .map((page) => `[${page}](https://tushare.pro/document/2?doc_id=${page})`)
      .join(comma),
  };
}

type Fact = keyof (typeof headings)["en"]["facts"];

function section(dataset: Dataset, { about }: DatasetWords, language: Language): string {
  const texts = headings[language];
  const { stop, colon } = signs[language];
  const facts = Object.entries(factsOf(dataset, language)).map(
    ([fact, text]) => `- ${texts.facts[fact as Fact]}${colon}${text}`, // as: of its own entries
  );
  const interfaces = allInterfacesOf(dataset).map((one) => [
    one.name,
    String(one.points),
    String(one.rowCap),
    (one.requires ?? []).join(", "),
  ]);
  return `## ${dataset.title[language]}

${about[language]}${stop}

${facts.join("\n")}

${markdownTable(texts.interfaces, interfaces)}`;
}
