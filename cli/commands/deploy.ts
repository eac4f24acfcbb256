// `deploy`: looks before it leaps (doctor), shows the difference, asks, deploys, and says what to do next.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Found } from "../../infra/deployment-file.ts";
import { chosenFile, layOver } from "../../shared/catalogue/chosen-context.ts";
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
import { confirm, realTools, setOut, succeed, type Tools } from "../deployment.ts";
import { checkAccount } from "../doctor/account.ts";
import { checkNode } from "../doctor/machine.ts";
import { CommandError, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { sentence } from "../target.ts";
import { showFindings } from "./doctor.ts";

export const deployCommand = (t: Messages) =>
  command({
    usage: "deploy",
    about: t.deploy.about,
    options: {
      ...deployOptions(t),
      "only-diff": { type: "boolean", default: false, describe: t.deploy.onlyDiffOption },
    },
    examples: [
      ["deploy --region ap-southeast-1 --tier 500 --alarm-email oncall@example.com", t.deploy.exampleRegion],
      ["deploy --stack TushareSync -c databaseMaxCapacity=8", t.deploy.exampleChange],
      ["deploy --stack TushareSync -c databaseMaxCapacity=", t.deploy.exampleUnset],
      ["deploy --stage test --egress none", t.deploy.exampleStage],
    ],
    run: (session, values) => deploy(session, values, realTools()),
  });

export async function deploy(
  session: Session,
  values: DeployValues & { "only-diff": boolean },
  tools: Tools,
): Promise<number> {
  const { t, output } = session;
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
  const findings = [
    checkNode(process.versions.node, t),
    ...(await checkAccount(clients, reservedSlots(effective), stack, t)),
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
  output.note([t.deploy.chosen(listed(before.context, t)), ...changes].join("\n"));
  if (effective.egress === "none") output.note(t.deploy.changingAddresses);
  if (!values.forget) restore(session, tools.folder, stack, before);

  output.note(t.deploy.difference(stack));
  await succeed(tools.cdk(cdkArguments("diff", stack, context), environment), t.deploy.diffFailed);
  if (values["only-diff"]) return exitCodes.done;
  if (!values.yes) await confirm(tools, t.deploy.confirm(stack), ["y", "yes", "是"], t);

  const outputs = await carryOut(session, tools, { where, before, found, context, said, environment });
  output.json({ stack, outputs });
  for (const line of nextSteps(stack, region, outputs, t)) output.line(line);
  return exitCodes.done;
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

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function nextSteps(
  stack: string,
  region: string | undefined,
  outputs: StackOutputs,
  t: Messages,
): string[] {
  const secret = outputs.TushareTokenSecretArn ?? "";
  const there = region === undefined ? "" : ` --region ${region}`;
  const named = `--stack ${stack}${there}`;
  return [
    "",
    t.deploy.done(stack),
    `  1. ${t.deploy.nextToken}`,
    `     aws secretsmanager put-secret-value --secret-id ${secret} --secret-string file://token.txt${there}`,
    `  2. ${t.deploy.nextDoctor}`,
    `     npx tushare-sync doctor ${named}`,
    `  3. ${t.deploy.nextRun}`,
    `     npx tushare-sync run REFERENCE ${named}`,
    `     npx tushare-sync plan DAILY_HISTORY --cost ${named}`,
    ...(outputs.EgressAddress ? [`  ${t.deploy.address(outputs.EgressAddress)}`] : []),
  ];
}

/** What `cdk deploy --outputs-file` wrote. */
function readOutputs(file: string, stack: string): StackOutputs {
  const all = JSON.parse(readFileSync(file, "utf8")) as Record<string, StackOutputs>;
  return all[stack] ?? {};
}
