// `setup`: from a token to a mirror of one's own. Checks the machine and the token, finds out the account's points, says what
// works with them and how long ten years take, and writes the settings that `npm start` and the command line read.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { settingsPath, writeSettingsFile } from "../../local/settings-file.ts";
import { tokenPattern } from "../../shared/adapters/secrets.ts";
import { formatDay } from "../../shared/catalogue/dates.ts";
import { isSafeAddress, tushareUrl } from "../../shared/catalogue/origin.ts";
import { asSyncError } from "../../shared/errors.ts";
import { realClock } from "../clock.ts";
import { command, type Session } from "../command.ts";
import { realTools, type Tools } from "../deployment.ts";
import { countLevels, type Finding } from "../doctor/finding.ts";
import { checkMachine } from "../doctor/machine.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { type FoundPoints, findPoints, type Plan, planSetup, usualPoints } from "../first-settings.ts";
import { readToken } from "../first-steps.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { asTable } from "../output.ts";
import { sentence } from "../target.ts";
import { showFindings } from "./doctor.ts";
import { duration } from "./plan.ts";

const pointsMax = 100_000;

export const setupCommand = (t: Messages) =>
  command({
    usage: "setup",
    talks: true,
    about: t.setup.about,
    options: {
      "token-file": { type: "string", describe: t.setup.tokenFileOption },
      "token-stdin": { type: "boolean", default: false, describe: t.setup.tokenStdinOption },
      points: { type: "number", kind: { least: 0, most: pointsMax }, describe: t.setup.pointsOption },
      datasets: { type: "string", describe: t.setup.datasetsOption },
      write: { type: "boolean", default: true, describe: t.setup.writeOption },
    },
    examples: [
      ["setup", t.setup.exampleAsk],
      ["setup --token-file token.txt --datasets core,index", t.setup.exampleFile],
      ["setup --no-write", t.setup.exampleLook],
    ],
    run: (session, values) => setUp(session, values, realTools(t)),
  });

export type SetupValues = {
  readonly "token-file": string | undefined;
  readonly "token-stdin": boolean;
  readonly points: number | undefined;
  readonly datasets: string | undefined;
  readonly write: boolean;
};

export type Asking = Pick<Tools, "ask" | "askSecret" | "readInput">;

/** Where the table of all datasets stands: a terminal shows what was said last, a page what comes first. */
export type TablePlace = "before" | "after" | "nowhere";

/** @throws CommandError that says what is missing or wrong; nothing is written then */
export async function setUp(
  session: Session,
  values: SetupValues,
  tools: Asking,
  place: TablePlace = "before",
  restarts = false,
): Promise<number> {
  const { t, output, environment } = session;
  const file = settingsPath(environment);
  if (values.write && file === undefined) throw new CommandError(exitCodes.usage, t.setup.noFile);
  const choice = values.datasets ?? (environment.SYNC_DATASETS?.trim() || "core");
  checkChoice(choice, t);

  const findings = await checkMachine(session.dataDir, environment, t);
  sayFindings(findings, session);
  const url = environment.TUSHARE_URL?.trim() || tushareUrl;
  if (!isSafeAddress(url)) throw new CommandError(exitCodes.usage, t.doctor.plainHttp(new URL(url).origin));
  const token = await tokenOf(session, values, tools);
  const account = { url, token, clock: realClock };
  const found = await pointsOf(session, account, values.points, tools);
  const plan = planSetup(found.points, choice);
  for (const line of describePlan(found, plan, place, t)) output.line(line);

  const isWritten = values.write && plan.isUsable;
  if (isWritten && file !== undefined) {
    const own = environment.TUSHARE_URL?.trim() ? { TUSHARE_URL: url } : {};
    write(file, { TUSHARE_TOKEN: token, ...own, ...plan.settings }, t);
    const next = restarts
      ? [t.setup.startsAgain]
      : plan.isEnough
        ? t.setup.next
        : [...t.setup.nextAlone, t.setup.withMore(number(plan.pointsNeeded))];
    for (const line of [t.setup.written(file), "", ...next]) output.line(line);
  }
  output.json({
    findings,
    ...{ points: found.points, pointsBy: found.by, until: "until" in found ? found.until : null },
    ...{ callsAMinute: plan.callsAMinute, isEnough: plan.isEnough, isUsable: plan.isUsable },
    pointsNeeded: plan.pointsNeeded,
    datasets: plan.all.map(({ name, points, tenYears }) => ({
      ...{ name, points, works: points <= found.points },
      ...{ calls: tenYears.calls, minutes: tenYears.minutes },
    })),
    kept: { datasets: plan.kept.datasets.map(({ name }) => name), ...plan.kept.all },
    ...{ settings: plan.settings, file: isWritten ? file : null },
  });
  return plan.isUsable ? exitCodes.done : exitCodes.failed;
}

/** Before anything is asked. @throws CommandError usage */
function checkChoice(choice: string, t: Messages): void {
  try {
    planSetup(0, choice);
  } catch (error) {
    throw new CommandError(
      exitCodes.usage,
      t.said(sentenceOf(error).replace(/^SYNC_DATASETS/, "--datasets")),
    );
  }
}

/** Only what is not fine: a person wants to go on. */
function sayFindings(findings: readonly Finding[], { output, t }: Session): void {
  showFindings(
    findings.filter(({ level }) => level !== "ok"),
    output,
    t,
  );
  output.line(t.setup.machine(String(countLevels(findings).ok)));
  if (findings.some(({ level }) => level === "problem")) {
    throw new CommandError(exitCodes.failed, t.setup.notReady, { details: { findings } });
  }
}

/** @throws CommandError; no message holds the text that was given */
async function tokenOf({ t, environment }: Session, values: SetupValues, tools: Asking): Promise<string> {
  const path = values["token-file"];
  if (path !== undefined) return checkToken(readFile(path, t), t);
  if (values["token-stdin"]) return await readToken(tools as Tools, t);
  const known = environment.TUSHARE_TOKEN?.trim() ?? "";
  if (tools.askSecret === undefined) {
    if (known === "") throw new CommandError(exitCodes.usage, t.setup.noToken);
    return checkToken(known, t);
  }
  const typed = (await tools.askSecret(`${known === "" ? t.setup.askToken : t.setup.askOtherToken} `)).trim();
  return checkToken(typed === "" ? known : typed, t);
}

function checkToken(text: string, t: Messages): string {
  const token = text.trim();
  if (!tokenPattern.test(token)) throw new CommandError(exitCodes.usage, t.deploy.badToken);
  return token;
}

function readFile(path: string, t: Messages): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : sentence(error);
    throw new CommandError(exitCodes.usage, t.setup.tokenFileUnread(path, code));
  }
}

/** What TuShare says, else what a person says. @throws CommandError when it refuses the token, or nobody knows */
async function pointsOf(
  { t, output }: Session,
  account: Parameters<typeof findPoints>[0],
  given: number | undefined,
  { ask }: Asking,
): Promise<FoundPoints> {
  output.note(t.setup.asks(new URL(account.url).host));
  let found: FoundPoints | undefined;
  try {
    found = await findPoints(account);
  } catch (error) {
    const { kind, message } = asSyncError(error);
    const [said, remedy] =
      kind === "permanent"
        ? [t.doctor.tokenRefused(t.said(message)), t.setup.tokenRemedy]
        : [t.doctor.noTushare(t.said(message)), t.doctor.noTushareRemedy];
    throw new CommandError(exitCodes.failed, `${said}. ${remedy}`);
  }
  if (given !== undefined) {
    if (found !== undefined && found.points !== given) output.note(t.setup.otherPoints(number(found.points)));
    return { by: "given", points: given };
  }
  if (found !== undefined) return found;
  if (ask === undefined) throw new CommandError(exitCodes.usage, t.setup.pointsUnknown);
  const typed = (await ask(`${t.setup.askPoints(usualPoints.map(number).join(", "))} `))
    .replaceAll(",", "")
    .trim();
  if (!/^\d{1,6}$/.test(typed) || Number(typed) > pointsMax) {
    throw new CommandError(exitCodes.usage, t.setup.badPoints(typed));
  }
  return { by: "given", points: Number(typed) };
}

function describePlan(found: FoundPoints, plan: Plan, place: TablePlace, t: Messages): string[] {
  const { points, callsAMinute, pointsNeeded, isEnough, isUsable, all, kept } = plan;
  const until = found.by === "tushare" ? formatDay(found.until) : "";
  const works = all.filter((each) => each.points <= points);
  const beyond = all.filter((each) => each.points > points);
  const head = t.setup.points[found.by](number(points), number(callsAMinute), until);
  const more = beyond.map((each) => `${each.name} (${number(each.points)})`).join(", ");
  const few = t.setup.notEnough(number(pointsNeeded));
  if (!isUsable) return [head, few, t.setup.nothingWorks, t.setup.beyond(more), t.setup.meanwhile];
  const table = isEnough
    ? [...describeWorks(works, t.setup.works, t), ...(more === "" ? [] : [t.setup.beyond(more)])]
    : [
        few,
        ...describeWorks(
          works.filter(({ name }) => plan.alone.includes(name)),
          t.setup.worksAlone,
          t,
        ),
        t.setup.beyond(more),
      ];
  const tried = kept.datasets.filter(({ isBeyondPoints }) => !isBeyondPoints);
  const choice = [
    t.setup.kept(tried.map(({ name }) => name).join(", ")),
    t.setup.tenYears(number(kept.all.tenYears.calls), duration(kept.all.tenYears.minutes, t)),
    t.setup.evening(number(kept.all.evening.calls), duration(kept.all.evening.minutes, t)),
  ];
  if (place === "nowhere") return [head, ...(isEnough ? [] : [few]), ...choice];
  return place === "before" ? [head, "", ...table, "", ...choice] : [head, ...choice, "", ...table];
}

function describeWorks(works: Plan["all"], title: string, t: Messages): string[] {
  const { dataset, points, calls, time } = t.datasets.headings;
  const rows = works.map(({ name, points: least, tenYears }) => [
    ...[name, number(least), number(tenYears.calls), duration(tenYears.minutes, t)],
  ]);
  return [title, ...asTable([dataset, points, calls, time], rows)];
}

function write(file: string, settings: Readonly<Record<string, string>>, t: Messages): void {
  try {
    writeSettingsFile(file, settings);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "?";
    throw new CommandError(exitCodes.failed, t.setup.notWritten(relative("", file), code)); // never the message: it may hold a line
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
