// Starts a job without planning it. The task is opened here, so that the answer can name it. Then the dispatcher, which may
// take minutes, is invoked asynchronously with the task's command.

import { type JobType, jobs } from "../catalogue/jobs.ts";
import { answersTo, splitConfig } from "../commands/asked.ts";
import { type RunCommand, readCommand } from "../commands/command.ts";
import { SyncError } from "../errors.ts";
import { checkOrigin } from "../ledger/origin.ts";
import { openTask, type Task } from "../ledger/tasks.ts";
import { readTask } from "../reads/progress.ts";
import { say } from "../words/say.ts";
import { asTask } from "./answers.ts";
import { type Answer, type ApiServices, conflict, refused } from "./route.ts";

export type Start = {
  readonly job: JobType;
  /** Fields of the command. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
};

/** 202 with the task of this request, also for a repeated request; 409 with the conflicting task. */
export async function startJob(services: ApiServices, start: Start): Promise<Answer> {
  const { job, fields, idempotencyKey, requestId } = start;
  // A request without a key gets one too, so that the dispatcher continues this task and no other.
  const requestKey = idempotencyKey === undefined ? `request/${requestId}` : `api/${idempotencyKey}`;
  const read = readCommand({ job, ...given(fields), requestKey });
  if ("refusal" in read) return refused(read.refusal);
  const command = read.command as RunCommand;
  const wrongOrigin = await originRefusal(services);
  if (wrongOrigin !== undefined) return wrongOrigin;

  const { task, opened } = await openTask(services.database, {
    job_type: job,
    batch_size: services.settings[jobs[job].batchSize],
    config: command,
    request_key: requestKey,
  });
  // The caller that opened the task may have died before invoking the dispatcher, or the dispatcher may have died.
  if (task.request_key !== null && isUnsent(task))
    await services.dispatcher.start(splitConfig(task.config).asked);

  const progress = await readTask(services.database, task.id);
  const body = progress && asTask(progress);
  const asked = answersTo(task.config, command) ? "same" : "other";
  if (task.request_key === requestKey && asked === "other") {
    const { requestKey: _, ...used } = splitConfig(task.config).asked;
    return conflict(say("keyUsed", { job: JSON.stringify(used).slice(0, 200) }), { task: body });
  }
  if (opened || task.request_key === requestKey) {
    return { status: 202, body, headers: { location: `/api/tasks/${task.id}` } };
  }
  const whose = asked === "same" ? say("sameCommand") : say("otherCommand");
  return conflict(
    task.status === "PAUSED" ? say("jobPaused", { job, whose }) : say("jobLive", { job, whose }),
    { task: body, asked },
  );
}

/** The fields without undefined values. */
function given(fields: Start["fields"]): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Checked here and not only by the dispatcher, because what is opened here would stay open for ever. */
export async function originRefusal({ database, origin }: ApiServices): Promise<Answer | undefined> {
  try {
    await checkOrigin(database, origin);
    return undefined;
  } catch (error) {
    if (error instanceof SyncError && error.kind === "permanent") return conflict(error.message);
    throw error;
  }
}

function isUnsent({ status, current_offset, total_units }: Task): boolean {
  return status === "PENDING" || (status === "RUNNING" && current_offset < total_units);
}
