// What `deploy` and `destroy` share: which stack a line is about, what they touch outside this process, and the question
// before they change anything.
import { createInterface, type Interface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { readDefaults, readDeployment, root } from "../infra/deployment-file.ts";
import { chosenFile } from "../shared/catalogue/chosen-context.ts";
import { stackName } from "../shared/catalogue/stack.ts";
import {
  checkContext,
  contextOf,
  type DeployValues,
  type RunCdk,
  runCdk,
  stageOf,
  withRegion,
} from "./cdk.ts";
import type { Session } from "./command.ts";
import { type AccountClients, accountClients } from "./doctor/account.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { deployedTarget, type Target } from "./target.ts";

/** What a deployment touches outside this process; tests give their own. */
export type Tools = {
  readonly cdk: RunCdk;
  readonly clients: (region: string | undefined) => AccountClients;
  /** Asks a person, and resolves with what was typed; undefined where nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** The same, without showing what is typed. */
  readonly askSecret: ((question: string) => Promise<string>) | undefined;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** The stack after its deployment. */
  readonly target: (stack: string, region: string | undefined) => Promise<Target>;
  /** Waits before something is tried again; a stop ends it at once. */
  readonly pause: (stop: AbortSignal) => Promise<void>;
  /** Where cdk.json lies, and what was chosen for each stack. */
  readonly folder: string;
};

const pauseMilliseconds = 5_000;

export function realTools(t: Messages): Tools {
  return {
    cdk: runCdk,
    clients: (region) => accountClients(region === undefined ? {} : { region }),
    ask: process.stdin.isTTY ? (question) => askPerson(question, t) : undefined,
    askSecret: process.stdin.isTTY ? (question) => askSecretly(question, t) : undefined,
    readInput: () => text(process.stdin),
    target: (stack, region) => deployedTarget(stack, region, t),
    pause: (stop) => sleep(pauseMilliseconds, undefined, { signal: stop }).catch(() => undefined),
    folder: root,
  };
}

/**
 * Which stack a line is about, and where it is: a region that was chosen once counts until another is named.
 * @throws CommandError usage, of what cannot be, before anything is asked
 */
export async function setOut(session: Session, values: DeployValues, { folder }: Tools) {
  const { t, output } = session;
  const defaults = readDefaults(folder);
  const stack = stackName(stageOf(values, session.stack, defaults, t));
  const found = readDeployment(folder, stack);
  const region = session.region ?? found.chosen?.region;
  if (session.region === undefined && region !== undefined)
    output.note(t.deploy.region(region, chosenFile(stack)));
  await checkContext(contextOf(values, t), t);
  return { stack, defaults, found, region, environment: withRegion(session.environment, region) };
}

/** Waits for the CDK. @throws CommandError with a sentence when it fails */
export async function succeed(exitCode: Promise<number>, otherwise: string): Promise<void> {
  if ((await exitCode) !== 0) throw new CommandError(exitCodes.failed, otherwise);
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

async function askPerson(question: string, t: Messages): Promise<string> {
  return await readLine(createInterface({ input: process.stdin, output: process.stderr }), question, t);
}

/** The line is edited as usual, and nothing of it is written. */
async function askSecretly(question: string, t: Messages): Promise<string> {
  process.stderr.write(question);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await readLine(createInterface({ input: process.stdin, output, terminal: true }), "", t);
  } finally {
    process.stderr.write("\n");
  }
}

/** Ctrl-C and Ctrl-D count as no answer; without this the question would never end. */
async function readLine(line: Interface, question: string, t: Messages): Promise<string> {
  const given = new AbortController();
  line.on("SIGINT", () => given.abort());
  line.on("close", () => given.abort());
  try {
    return await line.question(question, { signal: given.signal });
  } catch (error) {
    if (given.signal.aborted) throw new CommandError(exitCodes.interrupted, t.deploy.stopped);
    throw error;
  } finally {
    line.close();
  }
}
