// `run`: starts a job through the HTTP API and follows its task to the end.
import { isLive } from "../../shared/catalogue/status.ts";
import { type Api, openApi } from "../api.ts";
import { command, type Session } from "../command.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { exitCodeOf, follow, type Task } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { runFields, runOptions, writeFields } from "../run-options.ts";
import type { Target } from "../target.ts";

export const runCommand = (t: Messages) =>
  command({
    usage: "run <job>",
    about: t.run.about,
    options: {
      ...runOptions(t),
      detach: { type: "boolean", default: false, describe: t.run.detachOption },
      key: { type: "string", describe: t.run.keyOption },
    },
    examples: [
      ["run DAILY_HISTORY --from 20240101", t.run.exampleHistory],
      ["run FINANCE_HISTORY --codes 600519.SH,000001.SZ", t.run.exampleCodes],
      ["run DAILY_INCREMENTAL --detach --stack TushareSync", t.run.exampleDetach],
    ],
    async run(session, values) {
      const { output } = session;
      const fields = runFields(values, t);
      const target = await session.target();
      const api = await openApi(target, t);
      const start = () =>
        api.runJob(
          { job_type: values.job, ...fields },
          values.key === undefined ? {} : { idempotencyKey: values.key },
        );
      if (values.detach) {
        const started = await start().catch((error: unknown) => {
          throw withFollowing(error, t);
        });
        output.json(started);
        output.line(t.run.started(started.job_type, started.id));
        return exitCodes.done;
      }
      const run = await startInTurn(
        { session, target, api },
        start,
        writeFields(fields) || t.run.allByDefault,
      );
      if (run === undefined) return exitCodes.interrupted;
      const task = await follow(session, target, api, run.task.id);
      output.json({ ...task, ...answerOf(task, fields), outcome: run.outcome, waited_for: run.waitedFor });
      if (task.status === "PAUSED") output.note(t.run.pausedHint(task.id));
      if (task.units.parked > 0) output.note(t.run.failuresHint(task.job_type));
      return exitCodeOf(task);
    },
  });

type Way = { readonly session: Session; readonly target: Target; readonly api: Api };

/**
 * The task of a start: a new one, or one that already does the same. If another task is live, it is followed to its end
 * first. Undefined when the person stopped waiting.
 * @throws CommandError conflict when the other task is paused
 */
export async function startInTurn(
  { session, target, api }: Way,
  start: () => Promise<Task>,
  asked: string,
): Promise<{ task: Task; outcome: "started" | "followed"; waitedFor: string[] } | undefined> {
  const { output, t, stop } = session;
  const waitedFor: string[] = [];
  for (;;) {
    let inTheWay: InTheWay | undefined;
    try {
      const task = await start();
      if (waitedFor.length > 0) output.note(t.run.itsTurn(task.job_type, asked));
      return { task, outcome: "started", waitedFor };
    } catch (error) {
      inTheWay = inTheWayOf(error);
      if (inTheWay === undefined) throw error;
    }
    const { id, job_type, status, command } = inTheWay.task;
    if (inTheWay.asked === "same" && isLive(inTheWay.task.status)) {
      output.note(t.run.adopts(job_type, id));
      return { task: inTheWay.task, outcome: "followed", waitedFor };
    }
    if (status === "PAUSED") throw pausedInTheWay(inTheWay, t);
    output.note(t.run.waits(job_type, id, writeFields(command) || t.run.allByDefault));
    waitedFor.push(id);
    const ended = await follow(session, target, api, id);
    if (ended.status === "PAUSED") throw pausedInTheWay({ ...inTheWay, task: ended }, t);
    if (stop.aborted) {
      output.note(t.run.notStarted);
      return undefined;
    }
  }
}

/** The requested run, for programs that read the answer. */
function answerOf(task: Task, { from, to, codes }: Readonly<Record<string, unknown>>): object {
  return {
    from: from ?? task.planned?.from ?? null,
    to: to ?? task.planned?.to ?? null,
    codes: codes ?? null,
    fetched: task.units.done > 0,
  };
}

type InTheWay = { readonly task: Task; readonly asked: "same" | "other" };

function inTheWayOf(error: unknown): InTheWay | undefined {
  if (!(error instanceof CommandError) || error.exitCode !== exitCodes.conflict) return undefined;
  const { task, asked } = error.details as Partial<InTheWay>;
  // A key used for another start stays used, so waiting does not help: such a conflict has no `asked`. The other
  // task may have ended in the meantime.
  if (task === undefined || asked === undefined) return undefined;
  return { task, asked };
}

function pausedInTheWay({ task, asked }: InTheWay, t: Messages): CommandError {
  const { id, job_type } = task;
  const message = asked === "same" ? t.run.pausedHint(id) : t.run.pausedInTheWay(job_type, id);
  return new CommandError(exitCodes.conflict, message, { details: { task, asked } });
}

/** Whether the blocking task can be followed. */
function withFollowing(error: unknown, t: Messages): unknown {
  const inTheWay = inTheWayOf(error);
  if (!(error instanceof CommandError) || inTheWay === undefined) return error;
  return new CommandError(exitCodes.conflict, `${error.message}: ${t.run.inTheWay(inTheWay.task.id)}`, {
    details: error.details,
  });
}
