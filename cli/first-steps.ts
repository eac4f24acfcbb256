// What follows a deployment, step by step: the way out, the token, the lists, one day. Each looks first whether it is done,
// so a deployment that is repeated goes on where the last one stopped.
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { tokenPattern } from "../shared/adapters/secrets.ts";
import type { JobType } from "../shared/catalogue/jobs.ts";
import type { Health } from "../shared/sync/health.ts";
import { type Api, openApi } from "./api.ts";
import type { Session } from "./command.ts";
import { startInTurn } from "./commands/run.ts";
import type { Tools } from "./deployment.ts";
import { CommandError, type ExitCode, exitCodes } from "./failure.ts";
import { ended, exitCodeOf, follow, type Task } from "./follow.ts";
import { askHealth, judgeHealth } from "./health.ts";
import type { Messages } from "./messages/en.ts";
import { outputOf, sentence, type Target } from "./target.ts";

export type StepName = keyof Messages["deploy"]["steps"];

/** In their order, from the checks of the account on. */
const stepNames: readonly StepName[] = ["checks", "changes", "deploy", "wayOut", "token", "lists", "day"];

/** The heading of a step. */
export function sayStep({ t, output }: Session, name: StepName): void {
  output.line(`\n${t.deploy.step(stepNames.indexOf(name) + 1, stepNames.length, t.deploy.steps[name])}`);
}

export type First = {
  readonly target: Target;
  /** The token from standard input; undefined: a person is asked, where one can be. */
  readonly token: string | undefined;
};

/** What came out of each step, for programs. */
export type Outcome = {
  readonly health: Health | "busy";
  readonly token: Health["token"];
  /** The tasks of the lists and of the first day; null where an earlier one counts. */
  readonly tasks: readonly (Task | null)[];
};

/**
 * Takes the steps in turn. Without a token nothing can be fetched, so the others stay for a person.
 * @throws CommandError that names the step and what to do
 */
export async function takeFirstSteps(session: Session, tools: Tools, first: First): Promise<Outcome> {
  const { t, output } = session;
  const { target } = first;
  const step = async <Result>(name: StepName, work: () => Promise<Result>): Promise<Result> => {
    sayStep(session, name);
    return await work().catch((error: unknown) => {
      throw failedAt(name, error, target.name, t);
    });
  };

  const health = await step("wayOut", () => seeWayOut(session, tools, target));
  const token = await step("token", () => setToken(session, tools, first, health));
  if (token !== "accepted") {
    output.line(t.deploy.tokenLater);
    return { health, token, tasks: [] };
  }
  const api = await openApi(target, t);
  const way = { session, target, api };
  const lists = await step("lists", () => runOnce(way, ["REFERENCE"], {}));
  const day = await step("day", () => runOnce(way, ["DAILY_HISTORY", "DAILY_INCREMENTAL"], { days: 1 }));
  return { health, token, tasks: [lists, day] };
}

/** A new function and a new network take a moment: this often, so far apart. */
const healthTries = 24;

/** @throws CommandError when nothing gets out */
async function seeWayOut(session: Session, tools: Tools, target: Target): Promise<Health | "busy"> {
  const { t, output } = session;
  for (let tried = 1; ; tried += 1) {
    const health = await askHealth(target, t).catch((error: unknown) => {
      if (tried < healthTries && error instanceof CommandError && error.exitCode === exitCodes.unreachable)
        return undefined;
      throw error;
    });
    const isOut = health === "busy" || health?.answered === true;
    if (health !== undefined && (isOut || tried >= healthTries)) {
      const found = judgeHealth(health, target, t).find(({ check }) => check === "way-out");
      if (found?.level === "problem")
        throw new CommandError(exitCodes.failed, `${found.text}. ${found.remedy}`, { details: health });
      if (found !== undefined) output.line(found.text);
      return health;
    }
    if (tried === 1) output.note(t.deploy.waitsForWayOut);
    await tools.pause(session.stop);
    if (session.stop.aborted) throw new CommandError(exitCodes.interrupted, t.deploy.stopped);
  }
}

/** @returns how TuShare takes the stored token. @throws CommandError when it refuses it */
async function setToken(
  session: Session,
  tools: Tools,
  { target, token }: First,
  before: Health | "busy",
): Promise<Health["token"]> {
  const { t, output } = session;
  const isFine = before === "busy" || before.token === "accepted"; // busy workers have a token that works
  if (!isFine && before.address !== null) output.line(t.deploy.address(before.address));
  const given = token ?? (isFine ? undefined : await askToken(tools, t));
  if (given === undefined && !isFine && before.token === "not set") return before.token;
  if (given !== undefined) await store(target, given, t);
  const now = given === undefined ? before : await askHealth(target, t);
  const problem =
    now === "busy" ? undefined : judgeHealth(now, target, t).find(({ level }) => level === "problem");
  if (problem !== undefined)
    throw new CommandError(exitCodes.failed, `${problem.text}. ${problem.remedy}`, { details: now });
  // Of busy workers only their work is known.
  output.line(now === "busy" ? t.doctor.slotsBusy : t.doctor.tokenAccepted);
  return "accepted";
}

const askTimesMax = 3;

/** A person's token, which is not shown while it is typed; undefined for later. */
async function askToken({ askSecret }: Tools, t: Messages): Promise<string | undefined> {
  let question = t.deploy.askToken;
  for (let times = 1; askSecret !== undefined && times <= askTimesMax; times += 1) {
    const typed = (await askSecret(`${question} `)).trim();
    if (typed === "") return undefined;
    if (tokenPattern.test(typed)) return typed;
    question = `${t.deploy.badToken}\n${t.deploy.askToken}`;
  }
  if (askSecret !== undefined) throw new CommandError(exitCodes.usage, t.deploy.badToken);
  return undefined;
}

/** The token from standard input. @throws CommandError usage, without the text that was given */
export async function readToken({ readInput }: Tools, t: Messages): Promise<string> {
  const text = (await readInput()).trim();
  if (!tokenPattern.test(text)) throw new CommandError(exitCodes.usage, t.deploy.badToken);
  return text;
}

async function store(target: Target, token: string, t: Messages): Promise<void> {
  const client = new SecretsManagerClient(target.clients);
  try {
    const SecretId = outputOf(target, "TushareTokenSecretArn", t);
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: token }));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // Only the name of the error: a message may repeat what was sent.
    const name = error instanceof Error ? error.name : "unknown";
    throw new CommandError(exitCodes.failed, t.deploy.tokenNotStored(name));
  } finally {
    client.destroy();
  }
}

type Way = { readonly session: Session; readonly target: Target; readonly api: Api };

/** Runs the first of these jobs, unless one of them was ever completed. @throws CommandError when it does not complete */
async function runOnce(way: Way, jobs: readonly JobType[], fields: object): Promise<Task | null> {
  const { session, target, api } = way;
  const { t, output } = session;
  for (const job of jobs) {
    const { tasks } = await api.listTasks({ job, status: "COMPLETED", limit: 1 });
    if (tasks[0] === undefined) continue;
    output.line(t.deploy.doneBefore(job, tasks[0].id));
    return null;
  }
  const [job = "REFERENCE"] = jobs;
  const run = await startInTurn(way, () => api.runJob({ job_type: job, ...fields }), t.run.allByDefault);
  if (run === undefined) throw new CommandError(exitCodes.interrupted, t.deploy.stopped);
  const task = await follow(session, target, api, run.task.id);
  const exitCode: ExitCode = exitCodeOf(task);
  if (exitCode === exitCodes.done) return task;
  const hint = task.status === "PAUSED" ? `. ${t.run.pausedHint(task.id)}` : "";
  throw new CommandError(exitCode, `${job} ${ended(task, t)}${hint}`, { details: task });
}

function failedAt(name: StepName, error: unknown, stack: string, t: Messages): CommandError {
  const known = error instanceof CommandError ? error : undefined;
  const message = t.deploy.stepFailed(
    stepNames.indexOf(name) + 1,
    t.deploy.steps[name],
    known?.message ?? sentence(error),
    stack,
  );
  const exitCode = known?.exitCode ?? exitCodes.failed;
  return new CommandError(exitCode, message, {
    details: { step: name, ...asObject(known?.details) },
    cause: error,
  });
}

function asObject(details: unknown): object {
  return typeof details === "object" && details !== null ? details : {};
}
