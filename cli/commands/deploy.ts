// `deploy`, in steps that can be repeated: checks the account, shows the difference and the price, asks, deploys, then proves
// the way out, sets the token and fetches the first rows (first-steps.ts).

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Found } from "../../infra/deployment-file.ts";
import { chosenFile, type EgressWay, egressWays, layOver } from "../../shared/catalogue/chosen-context.ts";
import { type Choice, readChoice } from "../../shared/catalogue/chosen-datasets.ts";
import type { Dataset } from "../../shared/catalogue/datasets.ts";
import { readSettings } from "../../shared/catalogue/settings.ts";
import type { StackOutputs } from "../../shared/catalogue/stack.ts";
import { cdkArguments, contextOf, type DeployValues, deployOptions, keptOf, reservedSlots } from "../cdk.ts";
import {
  type Before,
  changesOf,
  copyFromStack,
  listed,
  noteBegin,
  noteEnd,
  recall,
  type Where,
} from "../chosen.ts";
import { command, type Session } from "../command.ts";
import { costOfMonth } from "../cost.ts";
import { confirm, realTools, setOut, succeed, type Tools } from "../deployment.ts";
import { checkAccount, checkRoom } from "../doctor/account.ts";
import { checkNode } from "../doctor/machine.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { type Outcome, readToken, sayStep, takeFirstSteps } from "../first-steps.ts";
import type { Messages } from "../messages/en.ts";
import { quoted } from "../quoted.ts";
import { sentence } from "../target.ts";
import { showFindings } from "./doctor.ts";

export const deployCommand = (t: Messages) =>
  command({
    usage: "deploy",
    talks: true,
    endsSlowly: true,
    about: t.deploy.about,
    options: {
      ...deployOptions(t),
      "token-stdin": { type: "boolean", default: false, describe: t.deploy.tokenStdinOption },
      "first-steps": { type: "boolean", default: true, describe: t.deploy.firstStepsOption },
      "only-diff": { type: "boolean", default: false, describe: t.deploy.onlyDiffOption },
    },
    examples: [
      ["deploy --region ap-southeast-1 --tier 500 --alarm-email oncall@example.com", t.deploy.exampleRegion],
      ["deploy --stack TushareSync --yes --token-stdin", t.deploy.exampleToken],
      ["deploy --stack TushareSync -c databaseMaxCapacity=8", t.deploy.exampleChange],
      ["deploy --stack TushareSync -c databaseMaxCapacity=", t.deploy.exampleUnset],
      ["deploy --stage test --egress none", t.deploy.exampleStage],
    ],
    run: (session, values) => deploy(session, values, realTools(t)),
  });

type Values = DeployValues & {
  readonly "only-diff": boolean;
  readonly "token-stdin": boolean;
  readonly "first-steps": boolean;
};

export async function deploy(session: Session, values: Values, tools: Tools): Promise<number> {
  const { t, output } = session;
  const token = values["token-stdin"] ? await readToken(tools, t) : undefined;
  sayStep(session, "checks");
  const { stack, defaults, found, region, environment } = await setOut(session, values, tools);
  const clients = tools.clients(region);
  const where: Where = {
    ...{ client: clients.cloudFormation, folder: tools.folder, stack, region },
    forget: values.forget,
  };
  const asked = await Promise.allSettled([recall(where, found, t)]);
  const said = contextOf(values, t, contextBefore(asked));
  const context = layOver(contextBefore(asked), said);

  const effective = { ...defaults, ...context };
  const egress = egressOf(effective);
  const isFirst = deployedBefore(asked) === false;
  const findings = [
    checkNode(process.versions.node, t),
    ...(await checkAccount(clients, reservedSlots(effective), stack, t)),
    ...(isFirst ? await checkRoom(clients, egress, t) : []),
  ];
  showFindings(findings, output, t);
  if (findings.some(({ level }) => level === "problem")) {
    throw new CommandError(exitCodes.failed, t.deploy.notReady, { details: { findings } });
  }
  const [outcome] = asked;
  if (outcome.status === "rejected") throw outcome.reason;
  const before = outcome.value;
  tell(session, stack, before, said, defaults);
  const changes = changesOf(before.context, context, t);
  sayStep(session, "changes");
  output.note([t.deploy.chosen(listed(before.context, t)), ...changes].join("\n"));
  if (egress === "none") output.note(t.deploy.changingAddresses);
  if (!values.forget) restore(session, tools.folder, stack, before);
  if (isFirst) for (const line of whatIsMade(effective, egress, t)) output.line(line);

  output.note(t.deploy.difference(stack));
  await succeed(tools.cdk(cdkArguments("diff", stack, context), environment), t.deploy.diffFailed);
  if (values["only-diff"]) return exitCodes.done;
  if (!values.yes) await confirm(tools, t.deploy.confirm(stack), ["y", "yes", "是"], t);

  sayStep(session, "deploy");
  const outputs = await carryOut(session, tools, { where, before, found, context, said, environment });
  const first = values["first-steps"]
    ? await takeFirstSteps(session, values.yes ? { ...tools, askSecret: undefined } : tools, {
        target: await tools.target(stack, region),
        token,
      })
    : undefined;
  output.json({ stack, outputs, ...first, dashboard: dashboardOf(outputs) });
  for (const line of nextSteps(stack, region, outputs, first, t)) output.line(line);
  return exitCodes.done;
}

/** Whether a deployment has succeeded before; undefined when the stack could not be asked. */
function deployedBefore([outcome]: readonly [PromiseSettledResult<Before>]): boolean | undefined {
  return outcome.status === "fulfilled" ? outcome.value.deployed?.isThere === true : undefined;
}

function egressOf({ egress }: Readonly<Record<string, unknown>>): EgressWay {
  return egressWays.find((way) => way === egress) ?? "instance";
}

/** The parts that cost money, and what they cost in a month. */
function whatIsMade(context: Readonly<Record<string, unknown>>, egress: EgressWay, t: Messages): string[] {
  const { datasets: kept, beyondPoints } = choiceIn(context);
  const { dollars, parts } = costOfMonth({ kept, egress, pauses: true, freeAmounts: false });
  const each = parts.map(({ name, dollars: part }) => `${t.cost[name]} $${part.toFixed(2)}`);
  const alarmsTo = [context.alarmEmail, context.alarmWebhookSecret].filter(Boolean).join(", ");
  return [
    t.deploy.makes(t.deploy.ways[egress]),
    t.datasets.kept(namesOf(kept)),
    ...(beyondPoints.length > 0 ? [t.datasets.beyondPoints(namesOf(beyondPoints))] : []),
    t.deploy.price(dollars.toFixed(0), each.join(", ")),
    alarmsTo === "" ? t.deploy.alarmsToNobody : t.deploy.alarmsTo(alarmsTo),
  ];
}

function namesOf(chosen: readonly Dataset[]): string {
  return chosen.map(({ name }) => name).join(", ");
}

/** The choice of datasets, which checkContext has accepted. */
function choiceIn({ datasets, callsAMinute }: Readonly<Record<string, unknown>>): Choice {
  const { SYNC_DATASETS, TUSHARE_CALLS_A_MINUTE } = readSettings({});
  return readChoice(String(datasets ?? SYNC_DATASETS), Number(callsAMinute ?? TUSHARE_CALLS_A_MINUTE));
}

function contextBefore([outcome]: readonly [PromiseSettledResult<Before>]): Before["context"] {
  return outcome.status === "fulfilled" ? outcome.value.context : {};
}

/** What does not agree, and what cannot be forgotten here. */
function tell(
  { t, output }: Session,
  stack: string,
  before: Before,
  said: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, unknown>>,
): void {
  for (const remark of before.remarks) output.note(remark);
  const stays = Object.keys(said).filter((key) => said[key] === "" && defaults[key] !== undefined);
  if (stays.length > 0) {
    throw new CommandError(exitCodes.usage, t.deploy.inDefaults(stack, stays.join(", ")));
  }
}

/** The copy of what the stack says; without it a deployment goes on, and says so where it has to write itself. */
function restore({ t, output }: Session, folder: string, stack: string, before: Before): void {
  try {
    copyFromStack(folder, stack, before.deployed);
  } catch (error) {
    output.note(t.deploy.fileNotWritten(chosenFile(stack), sentence(error)));
  }
}

type Plan = {
  readonly where: Where;
  readonly before: Before;
  readonly found: Found;
  readonly context: Before["context"];
  readonly said: Before["context"];
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Deploys, and notes what the stack says afterwards. Resolves with the stack's outputs. */
async function carryOut(
  { t, output, stop }: Session,
  tools: Tools,
  { where, before, found, context, said, environment }: Plan,
): Promise<StackOutputs> {
  const { stack } = where;
  noteBegin(where, before, keptOf(context), t);
  const folder = mkdtempSync(join(tmpdir(), "tushare-sync-deploy-"));
  try {
    const file = join(folder, "outputs.json");
    const flags = ["--require-approval", "never", "--outputs-file", file];
    const succeeded = (await tools.cdk(cdkArguments("deploy", stack, context, ...flags), environment)) === 0;
    const isEndKnown = await noteEnd(where, keptOf(context), succeeded, found).catch((error: unknown) => {
      output.note(t.deploy.fileNotWritten(chosenFile(stack), sentence(error)));
      return succeeded;
    });
    if (succeeded) return readOutputs(file, stack);
    if (!isEndKnown || stop.aborted) throw new CommandError(exitCodes.failed, t.deploy.unknownEnd(stack));
    throw new CommandError(exitCodes.failed, `${t.deploy.failed(stack)}${sayAgain(stack, said, t)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A failed deployment leaves the stack as it was, and so what is chosen for it: the line that says it once more. */
function sayAgain(stack: string, said: Before["context"], t: Messages): string {
  const parts = Object.entries(said).map(([key, value]) => ` -c ${quoted(`${key}=${value}`)}`);
  if (parts.length === 0) return "";
  return `\n${t.deploy.notKept}\n  npm run deploy -- --stack ${stack}${parts.join("")}`;
}

/** What is left for a person, after the steps that were taken. */
export function nextSteps(
  stack: string,
  region: string | undefined,
  outputs: StackOutputs,
  first: Pick<Outcome, "token"> | undefined,
  t: Messages,
): string[] {
  const there = region === undefined ? "" : ` --region ${region}`;
  const named = `--stack ${stack}${there}`;
  const dashboard = dashboardOf(outputs);
  const todo =
    first?.token === "accepted"
      ? [
          [t.deploy.nextDrill, `npx tushare-sync drill ${named}`],
          [t.deploy.nextPlan, `npx tushare-sync plan DAILY_HISTORY --from 20160101 --cost ${named}`],
          [t.deploy.nextDoctor, `npx tushare-sync doctor ${named}`],
        ]
      : [
          [t.deploy.nextToken, `npm run deploy -- ${named} --yes --token-stdin < token.txt`],
          [t.deploy.nextDoctor, `npx tushare-sync doctor ${named}`],
        ];
  return [
    "",
    t.deploy.done(stack),
    ...todo.flatMap(([what, line], at) => [`  ${at + 1}. ${what}`, `     ${line}`]),
    ...(dashboard === undefined ? [] : [`  ${t.deploy.dashboard(dashboard)}`]),
    ...(outputs.EgressAddress ? [`  ${t.deploy.address(outputs.EgressAddress)}`] : []),
  ];
}

/** The dashboard's page in the console; an output's ARN says in which region. */
function dashboardOf({ DashboardName, DatabaseArn }: StackOutputs): string | undefined {
  const region = DatabaseArn?.split(":")[3];
  if (DashboardName === undefined || region === undefined) return undefined;
  const page = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${page}#dashboards/dashboard/${DashboardName}`;
}

/** What `cdk deploy --outputs-file` wrote. */
function readOutputs(file: string, stack: string): StackOutputs {
  const all = JSON.parse(readFileSync(file, "utf8")) as Record<string, StackOutputs>;
  return all[stack] ?? {};
}
