// `verify`: whether what is mirrored is whole, counted from the stored rows, or compared with TuShare; with --repair it
// fetches what is missing or different, and verifies again.
import { setTimeout as sleep } from "node:timers/promises";
import type { VerificationAnswer, VerificationFindingsAnswer } from "../../shared/api/answers.ts";
import { datasets, isDatasetName } from "../../shared/catalogue/datasets.ts";
import { daysBetween } from "../../shared/catalogue/dates.ts";
import { datasetNames, readCommand } from "../../shared/commands/command.ts";
import type { PricedPlan } from "../../shared/plan/price-run.ts";
import { optionDoor, sayRefusal } from "../../shared/words/refusal.ts";
import { type Api, asNamed, openApi } from "../api.ts";
import { command, type Session } from "../command.ts";
import { dispatch } from "../dispatcher.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { follow, number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { asTable } from "../output.ts";
import { pollSeconds, type Target } from "../target.ts";
import { describePlan } from "./plan.ts";

/** Findings printed for a person; the others are in the table sync_finding. */
const findingsShown = 20;

/** Findings in the JSON answer of one dataset. */
const findingsPrinted = 1_000;

type Way = { readonly session: Session; readonly target: Target; readonly api: Api };
type Range = { readonly from?: string | undefined; readonly to?: string | undefined };
type How = { readonly repair: boolean; readonly upstream: boolean };

export const verifyCommand = (t: Messages) =>
  command({
    usage: "verify [dataset]",
    about: t.verify.about,
    options: {
      dataset: { type: "string", choices: datasetNames, describe: t.verify.datasetOption },
      from: { type: "string", kind: "day", describe: t.verify.fromOption },
      to: { type: "string", kind: "day", describe: t.verify.toOption },
      repair: { type: "boolean", default: false, describe: t.verify.repairOption },
      upstream: { type: "boolean", default: false, describe: t.verify.upstreamOption },
      plan: { type: "boolean", default: false, describe: t.verify.planOption },
    },
    examples: [
      ["verify", t.verify.exampleAll],
      ["verify stock_daily --from 20240101 --to 20241231", t.verify.exampleYear],
      ["verify stock_daily --repair", t.verify.exampleRepair],
      ["verify stock_daily --from 20240101 --upstream --plan", t.verify.exampleUpstream],
    ],
    async run(session, { dataset, from, to, repair, upstream, plan: onlyPlan }) {
      const { output } = session;
      if (onlyPlan && !upstream) throw new CommandError(exitCodes.usage, t.verify.planNeedsUpstream);
      if (dataset !== undefined) checkRange({ verify: dataset, from, to }, t);
      const target = await session.target();
      sayOrigin(target, session);
      const api = await openApi(target, t);
      const way = { session, target, api };
      const asked = dataset === undefined ? await fetchedDatasets(api) : [dataset];
      if (asked.length === 0) output.note(t.verify.nothingFetched);
      const rangeOf = (name: string): Range => (isList(name) && dataset === undefined ? {} : { from, to });
      if (onlyPlan) {
        const plans: object[] = [];
        for (const name of asked) {
          const plan = await planOf(way, name, rangeOf(name));
          plans.push({ dataset: name, ...plan });
          for (const line of priceLines(name, plan, t)) output.line(line);
        }
        output.json({ plans });
        return exitCodes.done;
      }
      const verified: VerificationFindingsAnswer[] = [];
      for (const name of asked) {
        const found = await verifyOne(way, name, rangeOf(name), { repair, upstream });
        if (found === undefined) return exitCodes.interrupted;
        verified.push(found);
        for (const line of linesOf(found, t)) output.line(line);
      }
      const whole = verified.length > 0 && verified.every(isWhole);
      output.json({ whole, verifications: verified, origin: target.origin });
      return whole ? exitCodes.done : exitCodes.failed;
    },
  });

/** @throws CommandError usage when the dataset does not take these days */
function checkRange(asked: Readonly<Record<string, string | undefined>>, t: Messages): void {
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const read = readCommand(given);
  if ("refusal" in read)
    throw new CommandError(exitCodes.usage, t.said(sayRefusal(read.refusal, optionDoor)));
}

/** The datasets of which anything was ever fetched. */
async function fetchedDatasets(api: Api): Promise<string[]> {
  const { jobs } = await api.listJobs();
  const fetched = new Set(
    jobs.flatMap(({ last_task, datasets: names }) => (last_task === null ? [] : names)),
  );
  return datasetNames.filter((name) => fetched.has(name));
}

function isList(name: string): boolean {
  return isDatasetName(name) && datasets[name].slices === "lists";
}

function isWhole({ verdict }: VerificationAnswer): boolean {
  return verdict === "complete" || verdict === "explained";
}

/** What comparing a dataset takes. @throws CommandError with why it cannot be compared */
async function planOf({ session, target }: Way, dataset: string, range: Range): Promise<PricedPlan> {
  const { t } = session;
  const { plan } = await dispatch(target, { plan: { verify: dataset, ...given(range), upstream: true } }, t);
  if (plan === undefined) throw new CommandError(exitCodes.failed, t.plan.tooOld);
  return plan;
}

function priceLines(dataset: string, plan: PricedPlan, t: Messages): string[] {
  const range = plan.range === null ? "" : ` ${plan.range.from}-${plan.range.to}`;
  const [, ...price] = describePlan(plan, undefined, t);
  return [t.verify.price(`${dataset}${range}`), ...price];
}

/** After a repair it is verified again. Undefined when the person stopped waiting. */
async function verifyOne(
  way: Way,
  dataset: string,
  range: Range,
  { repair, upstream }: How,
): Promise<VerificationFindingsAnswer | undefined> {
  const { session, target, api } = way;
  const { t, output } = session;
  if (upstream) {
    // A dataset that cannot be planned is verified too: the answer says why not.
    const plan = await planOf(way, dataset, range).catch((error: unknown) => {
      if (!(error instanceof CommandError) || error.exitCode !== exitCodes.failed) throw error;
      return undefined;
    });
    if (plan !== undefined) for (const line of priceLines(dataset, plan, t)) output.note(line);
  }
  const how = upstream ? { upstream } : {};
  const first = await awaitEnd(way, dataset, { ...range, ...how, repair });
  if (first === undefined || !repair || first.task_id === null) return first;
  output.note(t.verify.repairs(dataset, number(first.counts.missing + first.counts.different)));
  await follow(session, target, api, first.task_id);
  if (session.stop.aborted) return undefined;
  return await awaitEnd(way, dataset, { ...(upstream ? repairedDays(first) : daysOf(first)), ...how });
}

function daysOf({ from, to }: VerificationAnswer): Range {
  return from === null || to === null ? {} : { from, to };
}

/** The days in which anything was found: comparing the others again would take calls for nothing. */
function repairedDays(found: VerificationFindingsAnswer): Range {
  const days = found.findings.flatMap(({ finding, day }) =>
    isAbsence(finding) && day !== null ? [day] : [],
  );
  const isPart = found.findings_kept > found.findings.length;
  const [from, to] = [days.toSorted()[0], days.toSorted().at(-1)];
  if (isPart || from === undefined || to === undefined || found.from === null) return daysOf(found);
  return { from, to };
}

function given(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

async function awaitEnd(
  { session, target, api }: Way,
  dataset: string,
  options: object,
): Promise<VerificationFindingsAnswer | undefined> {
  const { output, stop, t } = session;
  const { id } = await api.startVerification({ dataset: asNamed(dataset), ...given(options) });
  const progress = output.progress.progress(dataset);
  const read = () => api.readVerification({ id, limit: findingsPrinted });
  let found = await read();
  let followed: string | null = null;
  let isHurried = false;
  while (!hasEnded(found) && !stop.aborted) {
    const { comparison_task_id: task } = found;
    if (task !== null && task !== followed && found.status === "RUNNING") {
      followed = task;
      const { status } = await follow(session, target, api, task);
      found = await read();
      if (status === "PAUSED") output.note(t.run.pausedHint(task));
      continue;
    }
    if (found.status === "COMPLETED" && found.how === "upstream" && !isHurried) {
      // Its schedule would start the repair within two minutes; it is started once.
      await dispatch(target, { verification: id }, t);
      isHurried = true;
      found = await read();
      continue;
    }
    progress.update({ ...shareOf(found), note: found.next_day ?? "" });
    await sleep(pollSeconds(target) * 1000, undefined, { signal: stop }).catch(() => undefined);
    found = await read();
  }
  if (!hasEnded(found)) {
    output.note(`\n${t.verify.goesOn(dataset)}`);
    return undefined;
  }
  progress.finish(sayVerdict(found, t));
  return found;
}

/** A repair begins after the verdict: its task, or why there is none, is noted a moment later. */
function hasEnded({ status, repair, verdict, task_id, reason }: VerificationAnswer): boolean {
  if (status === "RUNNING") return false;
  const isWanted = verdict === "missing" || verdict === "different";
  return !repair || !isWanted || task_id !== null || reason !== null;
}

/** Days done, of the days of the range. */
function shareOf({ from, to, next_day }: VerificationAnswer): { done: number; total: number } {
  if (from === null || to === null) return { done: 0, total: 1 };
  const total = daysBetween(from, to) + 1;
  return { done: next_day === null ? total : daysBetween(from, next_day), total };
}

function sayVerdict(found: VerificationAnswer, t: Messages): string {
  const verdict = found.verdict === null ? t.verify.failed : t.verify.verdicts[found.verdict];
  const reason = found.reason === null ? "" : ` (${t.said(found.reason)})`;
  return `${verdict}${reason}`;
}

function linesOf(found: VerificationFindingsAnswer, t: Messages): string[] {
  const { dataset, from, to, counts, findings } = found;
  const range = from === null || to === null ? "" : ` ${from}-${to}`;
  const figures = [
    counts.expected !== null && t.verify.rows(number(counts.stored ?? 0), number(counts.expected)),
    counts.explained > 0 && t.verify.explained(number(counts.explained)),
    counts.unexplained > 0 && t.verify.unexplained(number(counts.unexplained)),
    counts.missing > 0 && t.verify.missing(number(counts.missing)),
    counts.different > 0 && t.verify.different(number(counts.different)),
    counts.failed_checks > 0 && t.verify.failedChecks(number(counts.failed_checks)),
  ].filter((text) => text !== false);
  const head = `${dataset}${range}: ${sayVerdict(found, t)}`;
  const first = figures.length === 0 ? head : `${head}: ${figures.join(", ")}`;
  const named = findings.filter(({ finding }) => isAbsence(finding));
  if (named.length === 0) return [first];
  const { finding, day, code, part, stored, upstream } = t.verify.headings;
  const table = asTable(
    [finding, day, code, part, stored, upstream],
    named
      .slice(0, findingsShown)
      .map((one) => [
        ...[
          one.finding,
          one.day ?? "",
          one.ts_code ?? "",
          one.part ?? "",
          one.stored ?? "",
          one.upstream ?? "",
        ],
      ]),
  );
  return named.length > findingsShown ? [first, ...table, t.verify.more(found.id)] : [first, ...table];
}

/** Failed checks are only counted for a person: \`data_check\` lists them. */
function isAbsence(finding: string): boolean {
  return ["missing", "unexplained", "different"].includes(finding);
}
