// Finds a task by its id, or the newest task of a job.
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { nearest } from "../shared/words/nearest.ts";
import { say } from "../shared/words/say.ts";
import { type Api, asNamed } from "./api.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Task } from "./follow.ts";
import type { Messages } from "./messages/en.ts";

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws CommandError usage when no task matches */
export async function findTask(api: Api, named: string, t: Messages): Promise<Task> {
  if (idPattern.test(named)) return await api.readTask({ id: named });
  const job = named.toUpperCase();
  if (!(jobTypes as readonly string[]).includes(job)) {
    throw new CommandError(exitCodes.usage, t.task.unknown(named, jobTypes.join(", "), meant(named, t)));
  }
  const { tasks } = await api.listTasks({ job: asNamed(job), limit: 1 });
  const [task] = tasks;
  if (task === undefined) throw new CommandError(exitCodes.usage, t.task.neverRan(job));
  return task;
}

function meant(named: string, t: Messages): string {
  const suggestion = nearest(named, jobTypes);
  return suggestion === undefined ? "" : `; ${t.said(say("didYouMean", { suggestion }))}`;
}
