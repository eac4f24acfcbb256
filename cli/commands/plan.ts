// `plan`: what a run would do and cost, without starting it. The dispatcher plans it exactly like the run.
import { readChoice, wordsOfChoice } from "../../shared/catalogue/chosen-datasets.ts";
import { type JobType, jobTypes } from "../../shared/catalogue/jobs.ts";
import { readSettings } from "../../shared/catalogue/settings.ts";
import type { PricedPlan } from "../../shared/plan/price-run.ts";
import { nearest } from "../../shared/words/nearest.ts";
import { type ChoicePrice, priceOfChoice } from "../choice-price.ts";
import { command, type Session } from "../command.ts";
import { costOfRun, type RunCost } from "../cost.ts";
import { dispatch } from "../dispatcher.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { asTable } from "../output.ts";
import { fieldOptions, runFields, writeRun } from "../run-options.ts";

export const planCommand = (t: Messages) =>
  command({
    usage: "plan <what>",
    about: t.plan.about,
    options: {
      ...fieldOptions(t),
      what: {
        type: "string",
        demandOption: true,
        describe: t.plan.whatOption,
        suggests: [...jobTypes, ...wordsOfChoice()],
      },
      cost: { type: "boolean", default: false, describe: t.plan.costOption },
    },
    examples: [
      ["plan DAILY_HISTORY --from 20240101 --to 20240131", t.plan.exampleMonth],
      ["plan FINANCE_HISTORY --cost", t.plan.exampleCost],
      ["plan core,index", t.plan.exampleChoice],
    ],
    async run(session, values) {
      const { output } = session;
      const job = readJob(values.what, t);
      if (job === undefined) return priceChoice(session, values.what);
      const fields = runFields({ ...values, job }, t);
      const target = await session.target();
      const { plan } = await dispatch(target, { plan: { job, ...fields } }, t);
      if (plan === undefined) throw new CommandError(exitCodes.failed, t.plan.tooOld);
      const cost = values.cost ? costOfRun(plan) : undefined;
      output.json({ ...plan, ...(cost && { cost }) });
      for (const line of describePlan(plan, cost, t)) output.line(line);
      if (plan.units > 0) {
        const where = session.stack === undefined ? "" : ` --stack ${session.stack}`;
        output.line(t.plan.nothingStarted(writeRun(job, fields) + where));
      }
      return exitCodes.done;
    },
  });

/** The job of this name; undefined for a choice of datasets. @throws CommandError usage when it is neither */
function readJob(text: string, t: Messages): JobType | undefined {
  const job = jobTypes.find((each) => each === text);
  if (job !== undefined) return job;
  const words = wordsOfChoice();
  const unknown = text.split(",").find((word) => !words.includes(word.trim()));
  if (unknown === undefined) return undefined;
  const suggestion = nearest(unknown, [...jobTypes, ...words]);
  throw new CommandError(
    exitCodes.usage,
    t.plan.unknown(unknown, jobTypes.join(", "), words.join(", "), suggestion),
  );
}

/** Prices a choice of datasets for the account of this environment; no stack is needed. */
function priceChoice({ environment, output, t }: Session, text: string): number {
  const settings = readSettings(environment);
  const price = priceOfChoice(readChoice(text, settings.TUSHARE_CALLS_A_MINUTE), settings);
  output.json(price);
  for (const line of describeChoice(price, t)) output.line(line);
  return exitCodes.done;
}

function describeChoice({ datasets, all, points, awakeMinutes }: ChoicePrice, t: Messages): string[] {
  const { dataset, points: needed, calls, rows, time, dollars, evening, month } = t.datasets.headings;
  const row = (name: string, who: string, { tenYears, evening: each, storedMonth }: ChoicePrice["all"]) => [
    ...[name, who, number(tenYears.calls), number(tenYears.rows), duration(tenYears.minutes, t)],
    ...[tenYears.dollars.toFixed(2), number(each.calls), storedMonth.toFixed(2)],
  ];
  const tried = datasets.filter(({ isBeyondPoints }) => !isBeyondPoints);
  const beyond = datasets.filter(({ isBeyondPoints }) => isBeyondPoints);
  return [
    t.datasets.estimated(number(points)),
    ...asTable(
      [dataset, needed, calls, rows, time, dollars, evening, month],
      [...tried.map((price) => row(price.name, number(price.points), price)), row(t.datasets.all, "", all)],
    ),
    t.datasets.awake(String(awakeMinutes)),
    ...(beyond.length === 0
      ? []
      : [t.datasets.beyondPoints(beyond.map(({ name, points: least }) => `${name} (${least})`).join(", "))]),
    t.datasets.howToKeep,
  ];
}

export function describePlan(plan: PricedPlan, cost: RunCost | undefined, t: Messages): string[] {
  const range = plan.range === null ? "" : `, ${t.plan.range(plan.range.from, plan.range.to)}`;
  const head = `${plan.job}${range}${plan.reason === null ? "" : ` (${t.said(plan.reason)})`}`;
  if (plan.units === 0) return [head, `  ${t.plan.nothing[plan.nothing ?? "stored"]}`];
  const calls = Object.entries(plan.calls);
  const all = calls.reduce((sum, [, count]) => sum + count, 0);
  const busiest = Math.max(...calls.map(([, count]) => count));
  const rate = plan.minutes > 0 ? Math.round(busiest / plan.minutes) : busiest;
  return [
    head,
    `  ${t.plan.units(number(plan.units), plan.first[0] ?? "", plan.last ?? "")}`,
    `  ${t.plan.calls(calls.map(([name, count]) => `${name} ${number(count)}`).join(", "), number(all))}`,
    `  ${t.plan.rows(number(plan.rows))}`,
    `  ${t.plan.time(duration(plan.minutes, t), number(rate))}`,
    `  ${plan.quotaShare === null ? t.plan.noQuota : t.plan.quota(percent(plan.quotaShare))}`,
    ...(cost === undefined ? [] : describeCost(cost, t)),
    ...describeReread(plan, cost !== undefined, t),
  ];
}

function describeReread({ reread, job }: PricedPlan, withCost: boolean, t: Messages): string[] {
  // null; or undefined, from a stack older than this command line
  if (!reread) return [];
  const calls = Object.values(reread.calls).reduce((sum, count) => sum + count, 0);
  const dollars = withCost ? costOfRun({ ...reread, job }).dollars.toFixed(2) : undefined;
  return [`  ${t.plan.reread(number(reread.units), number(calls), dollars)}`];
}

function describeCost(cost: RunCost, t: Messages): string[] {
  const parts = cost.parts.map(({ name, dollars }) => `${t.cost[name]} $${dollars.toFixed(2)}`);
  return [`  ${t.plan.cost(cost.dollars.toFixed(2), parts.join(", "))}`];
}

export function duration(minutes: number, t: Messages): string {
  if (minutes < 1) return t.plan.seconds(String(Math.max(1, Math.round(minutes * 60))));
  if (minutes < 90) return t.plan.minutes(String(Math.round(minutes)));
  return t.plan.hours((minutes / 60).toFixed(1));
}

function percent(share: number): string {
  const value = share * 100;
  return `${value < 1 ? value.toFixed(2) : Math.round(value)} %`;
}
