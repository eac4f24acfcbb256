// The text of docs/cli.md, from the commands' own help, and of docs/cost.md, from the prices and sizes of cli/cost.ts.
import {
  added,
  awakeMinutesOf,
  type CostPart,
  capacityHoursOfMonth,
  costOfMonth,
  costOfTenYears,
  type MonthOptions,
  measured,
  type RunCost,
  storedMonthOf,
} from "../cli/cost.ts";
import { cellBytes, figuresOf, statementBytesOfColumn } from "../cli/dataset-figures.ts";
import { exitCodes } from "../cli/failure.ts";
import { en } from "../cli/messages/en.ts";
import { allCommands, helpOf } from "../cli/parser.ts";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { prices } from "../shared/catalogue/prices.ts";
import { settingTable } from "../shared/catalogue/settings.ts";
import { slotSeconds } from "../shared/catalogue/slot.ts";

const made = "<!-- Made by `npm run docs`; a test compares. -->";

const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: "done",
  failed: "the task failed, was cancelled or is paused, the stack refused, or the doctor found a problem",
  usage: "wrong usage: an option, a value, a name that does not exist",
  unreachable: "the stack cannot be reached: nothing runs, no credentials, no answer",
  conflict: "something is in the way: the job runs already, the task has ended",
  noSpace: "a disk is full: free some space and say the same again",
  interrupted: "stopped by Ctrl-C, or not confirmed; a task goes on",
};

export async function documentCommandLine(): Promise<string> {
  const names = allCommands(en).map(({ usage }) => usage.split(" ")[0] ?? "");
  const parts: string[] = [];
  for (const name of names) parts.push(`## ${name}`, "", fenced(await helpOf(en, [name])), "");
  return [
    "# Command line",
    "",
    made,
    "",
    "`npx tushare-sync` in the project; `npx tushare-sync completion >> ~/.bashrc` for completion in the shell.",
    "",
    "Commands go to the stack that `npm start` runs on this machine, or with `--stack NAME` to a deployed one, through the",
    "same calls: its HTTP API, its dispatcher, its Data API. For a deployed stack the credentials are found as every AWS tool",
    "finds them. They need `cloudformation:DescribeStacks`, `execute-api:Invoke`, `lambda:InvokeFunction` on the dispatcher,",
    "and for `query` and `export` `rds-data:*` on the cluster and `secretsmanager:GetSecretValue` on its secret.",
    "",
    "Answers go to the standard output, progress and remarks to the standard error. With `--json` an answer is one JSON",
    "object a line, and an error one on the standard error. Messages are Chinese where `LC_ALL`, `LC_MESSAGES` or `LANG`",
    "begins with `zh`. `query` runs in a transaction that cannot write, and `export` reads page by page in the order of the",
    "key: each row once, as it is when its page is read, with no transaction that would keep the workers waiting. A reader of",
    "`query` that stalls for three minutes loses its transaction. A page of an answer that takes longer than `--timeout`",
    "(30 seconds) is stopped in the database, and so is on this machine what Ctrl-C gives up; a deployed Data API ends it",
    "after at most 45 seconds. The embedded database has one session: while others wait for it, a `query` of many pages is",
    "ended after two seconds and says so, and a single long statement, which nothing can slice, after its timeout.",
    "",
    "| exit code | means |",
    "| --------- | ----- |",
    ...Object.entries(exitCodes).map(
      ([name, code]) => `| ${code} | ${exitCodeMeanings[name as keyof typeof exitCodes]} |`,
    ),
    "",
    "## tushare-sync",
    "",
    fenced(await helpOf(en, [])),
    "",
    ...parts,
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

export function documentCost(): string {
  const asDeployed: MonthOptions = { egress: "instance", pauses: true, freeAmounts: false };
  const months: readonly (readonly [string, RunCost])[] = [
    ["as deployed", costOfMonth(asDeployed)],
    ["as deployed, free amounts taken off", costOfMonth({ ...asDeployed, freeAmounts: true })],
    ["no fixed address", costOfMonth({ ...asDeployed, egress: "none" })],
    ["no pausing", costOfMonth({ ...asDeployed, pauses: false })],
    ["NAT gateway", costOfMonth({ ...asDeployed, egress: "gateway" })],
    ["no pausing, NAT gateway", costOfMonth({ ...asDeployed, egress: "gateway", pauses: false })],
  ];
  const slotsHeld = slotSeconds(settingTable.WORKER_SLOTS.default, settingTable.TUSHARE_MIN_INTERVAL.default);
  const unitsAMinute = 60 / settingTable.TUSHARE_MIN_INTERVAL.default;
  const all = Object.values(datasets).map((dataset) => ({
    ...{ title: dataset.title.en, figures: figuresOf(dataset), month: storedMonthOf(dataset) },
    once: costOfTenYears(dataset, slotsHeld, unitsAMinute),
    isList: dataset.slices === "lists",
  }));
  const histories = all.filter(({ isList }) => !isList);
  const backfill = added(histories.map(({ once }) => once));
  const units = total(histories.map(({ figures }) => figures.tenYears.units));
  const rows = total(histories.map(({ figures }) => figures.tenYears.rows));
  const weekday = awakeMinutesOf("weekday");
  return [
    "# Cost",
    "",
    made,
    "",
    "US dollars at list prices of us-east-1, 2026; other regions are 10 to 60 % dearer. Nothing here was read from a bill.",
    "",
    "## A month of daily use",
    "",
    "All schedules, ten years stored.",
    "",
    ...table(months),
    "",
    "The free amounts are those every account has for good: 10 alarms, 10 metrics, 3 dashboards, 1 million queue requests,",
    "400,000 GB-seconds. `-c egress=none` saves the fixed address; TuShare then sees Lambda's changing addresses and may",
    "refuse the token (error 40204).",
    "",
    `The database is awake ${weekday.awake} minutes of a weekday, ${weekday.working} of them at work: the schedules of`,
    `\`shared/catalogue/jobs.ts\` and the evening's check, two minutes each, ten until it pauses. That is ${Math.round(capacityHoursOfMonth(true))} capacity unit hours a month, against ${Math.round(capacityHoursOfMonth(false))} if it never`,
    "paused. A dashboard left open with its progress widget, or anything else that asks it on a timer, keeps it awake.",
    "",
    "## Ten years of everything, once",
    "",
    `${thousands(units)} units, ${thousands(rows)} rows;`,
    `${(units / unitsAMinute / 60).toFixed(1)} hours at ${Math.round(unitsAMinute)} calls a minute to an interface (2,000 points).`,
    "",
    ...table([["ten years", backfill]]),
    "",
    "`npx tushare-sync plan JOB --cost` reckons any run the same way.",
    "",
    "## Each dataset",
    "",
    "Of a weekday's evening the calls to TuShare and the rows of their answers, as far as the dataset's file tells them; ten",
    "years of rows, what these cost to fetch once and to keep for a month. A list is kept as it is today.",
    "",
    "| | calls an evening | rows an evening | rows of ten years | fetched once, $ | kept a month, $ |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...all.map(
      ({ title, figures: { evening, tenYears }, month, once, isList }) =>
        `| ${[title, thousands(Math.ceil(evening.calls)), thousands(evening.rows), thousands(tenYears.rows), isList ? "" : once.dollars.toFixed(2), month.toFixed(2)].join(" | ")} |`,
    ),
    "",
    "## Where the figures come from",
    "",
    "Bytes of a row follow from the columns in the dataset's file:",
    "",
    "| | columns | bytes through the Data API, a row | and a unit | bytes on disk with indexes, a row |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...Object.values(datasets).map((dataset) => {
      const { wireBytes, statementBytes, storedBytes } = figuresOf(dataset);
      const sizes = [columnsOf(dataset).length, wireBytes, statementBytes, storedBytes];
      return `| ${[dataset.title.en, ...sizes.map(thousands)].join(" | ")} |`;
    }),
    "",
    "Measured on the cells of the simulated market, in bytes:",
    "",
    "| | through the Data API | on disk |",
    "| --- | ---: | ---: |",
    ...Object.entries(cellBytes).map(([type, { wire, stored }]) => `| ${type} | ${wire} | ${stored} |`),
    "",
    `The statement of a unit has ${statementBytesOfColumn} bytes for a column. Whole tables were measured once, on the local stack (the deployed`,
    "bundles, PGlite, 5,450 stocks and 1,350 ETFs, 30 whole days of each, 60 companies' reports), by a proxy before the Data API",
    "and the sizes of the tables: a row by trading day took 202 bytes through the Data API and 278 on disk, a report 2,700 and",
    "1,486. A test holds the figures against these.",
    "",
    `${measured.dataApiCallsOfUnit} calls of the Data API a unit, ${thousands(measured.logBytesOfUnit)} bytes of log a unit, ${measured.metricsOfRun} metrics a run; a slot is held ${slotsHeld} s for a unit.`,
    "",
    "Assumed, because no bill was read: 4 capacity units (the default maximum) during a backfill, 1 in a daily run, 0.5 until",
    "it pauses; two writes for each page of 4 KB stored; queues polled by five connections all the time.",
    "",
    "| price | US dollars |",
    "| --- | ---: |",
    ...Object.entries(prices).map(
      ([name, price]) => `| ${words(name)} | ${price.toFixed(10).replace(/\.?0+$/, "")} |`,
    ),
    "",
  ].join("\n");
}

function table(columns: readonly (readonly [string, RunCost])[]): string[] {
  const parts = [...new Set(columns.flatMap(([, cost]) => cost.parts.map(({ name }) => name)))];
  const of = (cost: RunCost, name: CostPart) => cost.parts.find((part) => part.name === name)?.dollars ?? 0;
  return [
    `| | ${columns.map(([name]) => name).join(" | ")} |`,
    `| --- | ${columns.map(() => "---:").join(" | ")} |`,
    ...parts.map(
      (name) => `| ${en.cost[name]} | ${columns.map(([, cost]) => of(cost, name).toFixed(2)).join(" | ")} |`,
    ),
    `| **all** | ${columns.map(([, cost]) => `**${cost.dollars.toFixed(2)}**`).join(" | ")} |`,
  ];
}

function fenced(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``;
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
