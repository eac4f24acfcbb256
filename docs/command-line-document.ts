// The text of docs/cli.md, from the commands' own help, and of docs/cost.md, from the prices and sizes of cli/cost.ts.

import { priceOfChoice } from "../cli/choice-price.ts";
import { allCommands } from "../cli/commands.ts";
import {
  added,
  awakeMinutesOf,
  type CostPart,
  capacityHoursOfMonth,
  costOfMonth,
  costOfRereads,
  costOfTenYears,
  keptByDefault,
  type MonthOptions,
  measured,
  metricsOfHour,
  type RunCost,
  storedMonthOf,
  template,
} from "../cli/cost.ts";
import { cellBytes, figuresOf, statementBytesOfColumn } from "../cli/dataset-figures.ts";
import { exitCodes } from "../cli/failure.ts";
import { en } from "../cli/messages/en.ts";
import { helpOf } from "../cli/parser.ts";
import { readChoice } from "../shared/catalogue/chosen-datasets.ts";
import { columnsOf, datasetSets } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { pauseMinutes, prices } from "../shared/catalogue/prices.ts";
import { readSettings, settingTable } from "../shared/catalogue/settings.ts";
import { slotSeconds } from "../shared/catalogue/slot.ts";

const made = "<!-- Made by `npm run docs`; a test compares. -->";

const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: "done",
  failed:
    "the task failed, was cancelled or is paused, the stack refused, the doctor found a problem, or the account has too few points",
  usage: "wrong usage: an unknown option or name, or a bad value",
  unreachable: "the stack cannot be reached: not running, no credentials, no answer",
  conflict: "conflict: the job is already running, or the task has ended",
  noSpace: "a disk is full: free some space and run the same command again",
  interrupted: "stopped by Ctrl-C, or not confirmed; a started task continues",
};

export async function documentCommandLine(): Promise<string> {
  const names = (await allCommands(en)).map(({ usage }) => usage.split(" ")[0] ?? "");
  const parts: string[] = [];
  for (const name of names) parts.push(`## ${name}`, "", fenced(await helpOf(en, [name])), "");
  return [
    "# Command line",
    "",
    made,
    "",
    "Run `npx tushare-sync` in the project folder. `npx tushare-sync completion` prints a completion script",
    "for the shell of `SHELL`: append it to `~/.bashrc` or `~/.zshrc`, or write it to `~/.config/fish/completions/tushare-sync.fish`.",
    "",
    "Commands go to the stack that `npm start` runs on this machine, or with `--stack NAME` to a deployed one. Both are",
    "reached by the same calls: HTTP API, dispatcher, Data API. For a deployed stack the usual AWS credentials are used.",
    "They need `cloudformation:DescribeStacks`, `execute-api:Invoke`, `lambda:InvokeFunction` on the dispatcher, and for",
    "`query` and `export` also `rds-data:*` on the cluster and `secretsmanager:GetSecretValue` on the secret of the output",
    "`DatabaseReaderSecretArn`, not on the owner's: its database user cannot change a row.",
    "",
    "Answers go to standard output, progress and remarks to standard error. With `--json` an answer is one JSON object a",
    "line, and an error is one JSON object on standard error. Messages are in Chinese if `LC_ALL`, `LC_MESSAGES` or `LANG`",
    "begins with `zh`.",
    "",
    "`query` runs in a read-only transaction. If its reader stalls for three minutes, the transaction is lost. `export` reads",
    "page by page in key order, without a transaction that would block the workers: each row is read once, as it is at that",
    "moment. If a page takes longer than `--timeout` (30 seconds), the statement is stopped in the database. Ctrl-C stops it",
    "too on this machine; a deployed Data API ends it after at most 45 seconds. The embedded database has one session: if",
    "others wait for it, a `query` of many pages is ended after two seconds with a message. A single long statement cannot be",
    "paged and runs until its timeout.",
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
  const asDeployed: MonthOptions = {
    kept: keptByDefault,
    egress: "instance",
    pauses: true,
    freeAmounts: false,
  };
  const months: readonly (readonly [string, RunCost])[] = [
    ["as deployed", costOfMonth(asDeployed)],
    ["as deployed, less the free tier", costOfMonth({ ...asDeployed, freeAmounts: true })],
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
  const rereads = costOfRereads(keptByDefault, slotsHeld, unitsAMinute);
  const busiestReread = Math.max(...all.map(({ figures }) => figures.reread.units));
  const weekday = awakeMinutesOf(keptByDefault, "weekday");
  return [
    "# Cost",
    "",
    made,
    "",
    "US dollars at list prices of us-east-1, 2026; other regions are 10 to 60 % more expensive. No figure comes from a real bill.",
    "",
    "## A month of daily use",
    "",
    "With all schedules, and ten years stored.",
    "",
    ...table(months),
    "",
    "The free tier is the part that does not expire: 10 alarms, 10 metrics, 3 dashboards, 1 million queue requests,",
    "400,000 GB-seconds. `-c egress=none` saves the cost of the fixed address; TuShare then sees Lambda's changing addresses",
    "and may refuse the token (error 40204).",
    "",
    `The ${template.secrets} secrets are the database owner's, which RDS makes and rotates; the TuShare token; and the password of the database`,
    `user that only reads, at $${prices.secretMonth.toFixed(2)} a month. Changing that password costs nothing but a wake of the database`,
    "([runbook](runbook.md#rotating-secrets)); no schedule does it.",
    "",
    `On a weekday the database is awake for ${weekday.awake} minutes and busy for ${weekday.working} of them: two minutes for each schedule of`,
    "`shared/catalogue/jobs.ts` and for the evening check, then ten minutes until it pauses.",
    `That is ${Math.round(capacityHoursOfMonth(keptByDefault, true))} capacity unit hours a month, against ${Math.round(capacityHoursOfMonth(keptByDefault, false))} if it never paused. Anything that queries it on a timer keeps it`,
    "awake.",
    "",
    "Every evening the increments fetch days and reports again that are stored, because TuShare corrects its data (`SYNC_REREAD_DAYS`,",
    `\`SYNC_REREAD_OLD_DAYS\`, \`SYNC_REREAD_PERIODS\`): ${thousands(total(all.map(({ figures }) => figures.reread.calls)))} calls, of which the busiest interface gets ${busiestReread}. That costs about $${rereads.dollars.toFixed(2)} a month.`,
    "`plan` shows this part of an increment apart.",
    "",
    "## Questions in TuShare's protocol",
    "",
    "`-c tushareEndpoint=true` adds nothing to the table above but a secret for the tokens, at",
    `$${prices.secretMonth.toFixed(2)} a month. A thousand questions for a whole market day cost $${(1_000 * questionDollars()).toFixed(2)} in functions, API and Data API. What costs is`,
    `the database, which a question wakes: ${pauseMinutes} minutes at the least, $${((awakeUnits * prices.capacityUnitHour * pauseMinutes) / 60).toFixed(2)} each time, and $${(awakeUnits * prices.capacityUnitHour).toFixed(2)} an hour while questions keep coming.`,
    "A wrong token wakes nothing.",
    "",
    "## Ten years of everything, once",
    "",
    `${thousands(units)} units, ${thousands(rows)} rows;`,
    `${(units / unitsAMinute / 60).toFixed(1)} hours at ${Math.round(unitsAMinute)} calls a minute to an interface (2,000 points).`,
    "",
    ...table([["ten years", backfill]]),
    "",
    "`npx tushare-sync plan JOB --cost` estimates any run the same way.",
    "",
    "## Each dataset",
    "",
    "The calls to TuShare and the rows of a weekday evening, as estimated from the dataset's file; the calls for stored days",
    "that are fetched again; the rows of ten years, and",
    "the cost to fetch them once and to store them for a month. A list only has its current rows.",
    "",
    "| | calls an evening | and again | rows an evening | rows of ten years | fetched once, $ | kept a month, $ |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...all.map(
      ({ title, figures: { evening, reread, tenYears }, month, once, isList }) =>
        `| ${[title, thousands(Math.ceil(evening.calls)), thousands(reread.calls), thousands(evening.rows), thousands(tenYears.rows), isList ? "" : once.dollars.toFixed(2), month.toFixed(2)].join(" | ")} |`,
    ),
    "",
    "## Each set",
    "",
    "What is kept up to date is chosen (`-c datasets=core,index`): sets, single datasets, or `all`. For an account with 5,000 points;",
    "the calls are those of a weekday evening, and the minutes awake and the dollars a month those of the set together with `core`.",
    "",
    "| set | datasets | calls an evening | minutes awake | calls of ten years | hours | fetched once, $ | a month, $ |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...[...datasetSets, "all"].map(setRow),
    "",
    "## Where the figures come from",
    "",
    "The bytes of a row are computed from the columns in the dataset's file:",
    "",
    "| | columns | Data API bytes a row | Data API bytes a unit, in addition | bytes on disk a row, with indexes |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...Object.values(datasets).map((dataset) => {
      const { wireBytes, statementBytes, storedBytes } = figuresOf(dataset);
      const sizes = [columnsOf(dataset).length, wireBytes, statementBytes, storedBytes];
      return `| ${[dataset.title.en, ...sizes.map(thousands)].join(" | ")} |`;
    }),
    "",
    "Measured on the simulated market, in bytes a cell:",
    "",
    "| | through the Data API | on disk |",
    "| --- | ---: | ---: |",
    ...Object.entries(cellBytes).map(([type, { wire, stored }]) => `| ${type} | ${wire} | ${stored} |`),
    "",
    `The statement of a unit has ${statementBytesOfColumn} bytes for each column. Whole tables were measured once on the local stack (the deployed`,
    "bundles, PGlite, 30 days of 5,450 stocks and 1,350 ETFs, reports of 60 companies), by a proxy in front of the Data API and",
    "by the sizes of the tables. A daily row took 202 bytes through the Data API and 278 on disk, a report 2,700 and 1,486. A",
    "test compares the computed figures with these.",
    "",
    `Each unit makes ${measured.dataApiCallsOfUnit} Data API calls, writes ${thousands(measured.logBytesOfUnit)} bytes of log and holds a slot for ${slotsHeld} s. An hour with`,
    `the evening's daily jobs sends ${metricsOfHour(["DAILY_INCREMENTAL", "ETF_INCREMENTAL"], keptByDefault)} metrics of ours.`,
    "",
    "Assumptions, not measured on a bill: 4 capacity units (the default maximum) during a backfill, 1 in a daily run, 0.5",
    "until it pauses; two writes for each page of 4 KB stored; queues polled by five connections all the time.",
    "",
    "| price | US dollars |",
    "| --- | ---: |",
    ...Object.entries(prices).map(
      ([name, price]) => `| ${words(name)} | ${price.toFixed(10).replace(/\.?0+$/, "")} |`,
    ),
    "",
  ].join("\n");
}

/** Capacity units of a database that only answers. */
const awakeUnits = 0.5;

/** A question for 5,400 rows of 11 columns, some 700 KB: half a second of a function, in the Data API's portions of 32 KB. */
function questionDollars(): number {
  const [functionGigabytes, seconds, portions] = [0.5, 0.5, 700 / 32 + 3];
  const functions = functionGigabytes * seconds * prices.lambdaGigabyteSecond + prices.lambdaRequest;
  return functions + prices.apiRequest + portions * prices.dataApiRequest;
}

/** A set priced with the lists that it needs. */
function setRow(set: string): string {
  const settings = readSettings({ TUSHARE_CALLS_A_MINUTE: "500", TUSHARE_MIN_INTERVAL: "0.13" });
  const choice = readChoice(set, settings.TUSHARE_CALLS_A_MINUTE);
  const own = choice.datasets.filter((dataset) => set === "all" || dataset.set === set);
  const { all } = priceOfChoice({ datasets: own, beyondPoints: [] }, settings);
  const kept = [...new Set([...keptByDefault, ...choice.datasets])];
  const month = costOfMonth({ kept, egress: "instance", pauses: true, freeAmounts: false });
  const names = set === "all" ? "all of them" : own.map(({ name }) => `\`${name}\``).join(", ");
  const figures = [
    ...[thousands(all.evening.calls), String(awakeMinutesOf(kept, "weekday").awake)],
    ...[thousands(all.tenYears.calls), (all.tenYears.minutes / 60).toFixed(1)],
    ...[all.tenYears.dollars.toFixed(2), month.dollars.toFixed(2)],
  ];
  return `| ${[`\`${set}\``, names, ...figures].join(" | ")} |`;
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
