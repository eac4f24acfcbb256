// `deploy`: looks before it leaps (doctor), shows the difference, asks, deploys, and says what to do next.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { settingTable } from "../../shared/settings.ts";
import {
  cdkArguments,
  contextOf,
  type DeployValues,
  deployOptions,
  type RunCdk,
  runCdk,
  stackName,
  withRegion,
} from "../cdk.ts";
import { command, type Session } from "../command.ts";
import { type AccountClients, accountClients, checkAccount } from "../doctor/account.ts";
import { checkNode } from "../doctor/machine.ts";
import { CommandError, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { showFindings } from "./doctor.ts";

/** What a deployment touches outside this process; tests give their own. */
export type Tools = {
  readonly cdk: RunCdk;
  readonly clients: (region: string | undefined) => AccountClients;
  /** Asks a person, and resolves with what was typed; undefined where nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
};

export const deployCommand = (t: Messages) =>
  command({
    usage: "deploy",
    about: t.deploy.about,
    options: {
      ...deployOptions(t),
      "only-diff": { type: "boolean", default: false, describe: t.deploy.onlyDiffOption },
    },
    examples: [
      ["deploy --region ap-southeast-1", t.deploy.exampleRegion],
      [
        "deploy --stage test --tier 500 --egress none --alarm-email oncall@example.com",
        t.deploy.exampleStage,
      ],
    ],
    run: (session, values) => deploy(session, values, realTools()),
  });

export async function deploy(
  session: Session,
  values: DeployValues & { "only-diff": boolean },
  tools: Tools,
): Promise<number> {
  const { t, output } = session;
  const stack = stackName(values.stage);
  const context = contextOf(values, t);
  const environment = withRegion(session.environment, session.region);

  const slots = values.reserve ? (values.slots ?? settingTable.WORKER_SLOTS.default) : 0;
  const findings = [
    checkNode(process.versions.node, t),
    ...(await checkAccount(tools.clients(session.region), slots, stack, t)),
  ];
  showFindings(findings, output, t);
  if (findings.some(({ level }) => level === "problem")) {
    throw new CommandError(exitCodes.failed, t.deploy.notReady, { details: { findings } });
  }

  output.note(t.deploy.difference(stack));
  if ((await tools.cdk(cdkArguments("diff", stack, context), environment)) !== 0) {
    throw new CommandError(exitCodes.failed, t.deploy.diffFailed);
  }
  if (values["only-diff"]) return exitCodes.done;
  if (!values.yes) await confirm(tools, t.deploy.confirm(stack), ["y", "yes", "是"], t);

  const folder = mkdtempSync(join(tmpdir(), "tushare-sync-deploy-"));
  try {
    const outputs = join(folder, "outputs.json");
    const args = cdkArguments(
      "deploy",
      stack,
      context,
      "--require-approval",
      "never",
      "--outputs-file",
      outputs,
    );
    if ((await tools.cdk(args, environment)) !== 0)
      throw new CommandError(exitCodes.failed, t.deploy.failed(stack));
    const read = readOutputs(outputs, stack);
    output.json({ stack, outputs: read });
    for (const line of nextSteps(stack, read, t)) output.line(line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return exitCodes.done;
}

/** @throws CommandError when a person says no, or nobody can be asked */
export async function confirm(
  tools: Tools,
  question: string,
  yes: readonly string[],
  t: Messages,
): Promise<void> {
  if (tools.ask === undefined) throw new CommandError(exitCodes.usage, t.deploy.cannotAsk);
  const answer = (await tools.ask(`${question} `)).trim();
  if (!yes.includes(answer.toLowerCase()) && !yes.includes(answer)) {
    throw new CommandError(exitCodes.interrupted, t.deploy.notConfirmed);
  }
}

export function realTools(): Tools {
  return {
    cdk: runCdk,
    clients: (region) => accountClients(region === undefined ? {} : { region }),
    ask: process.stdin.isTTY ? askPerson : undefined,
  };
}

export function nextSteps(stack: string, outputs: Readonly<Record<string, string>>, t: Messages): string[] {
  const secret = outputs.TushareTokenSecretArn ?? "";
  return [
    "",
    t.deploy.done(stack),
    `  1. ${t.deploy.nextToken}`,
    `     aws secretsmanager put-secret-value --secret-id ${secret} --secret-string file://token.txt`,
    `  2. ${t.deploy.nextDoctor}`,
    `     npx tushare-sync doctor --stack ${stack}`,
    `  3. ${t.deploy.nextRun}`,
    `     npx tushare-sync run REFERENCE --stack ${stack}`,
    `     npx tushare-sync plan DAILY_HISTORY --cost --stack ${stack}`,
    ...(outputs.EgressAddress ? [`  ${t.deploy.address(outputs.EgressAddress)}`] : []),
  ];
}

/** What `cdk deploy --outputs-file` wrote. */
function readOutputs(file: string, stack: string): Record<string, string> {
  const all = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, string>>;
  return all[stack] ?? {};
}

async function askPerson(question: string): Promise<string> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await line.question(question);
  } finally {
    line.close();
  }
}
