// Tasks: their progress, and pausing, resuming and cancelling them.
import { jobTypes } from "../catalogue/jobs.ts";
import { hasEnded, liveStatuses, taskStatuses } from "../catalogue/status.ts";
import { cancelTask, holdTask } from "../ledger/tasks.ts";
import { pageMax, readTask, readTasks, type TaskProgress } from "../reads/progress.ts";
import { say } from "../words/say.ts";
import { asTask, ErrorAnswer, TaskAnswer, TaskConflict, TasksAnswer } from "./answers.ts";
import { integer, oneOf, optional, taskId, withDefault } from "./fields.ts";
import { type Answer, type ApiServices, conflict, notFound, type Route, route } from "./route.ts";

const one = { id: taskId("the task") };
const missing = { 404: { about: "There is no such task", schema: ErrorAnswer } };

export const taskRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/tasks",
    id: "listTasks",
    tag: "Tasks",
    summary: "Tasks, the newest first",
    query: {
      job: optional(oneOf(jobTypes, "of this job", "DAILY_HISTORY")),
      status: optional(oneOf(taskStatuses, "of this status", "RUNNING")),
      limit: withDefault(integer(1, pageMax, "tasks on a page", 20), 20),
      cursor: optional(taskId("next_cursor of the previous page")),
    },
    answers: { 200: { about: "A page of tasks", schema: TasksAnswer } },
    async handle({ database }, { query }) {
      const { job, status, limit, cursor } = query;
      const tasks = await readTasks(database, {
        ...{ limit, job, before: cursor },
        status: status === undefined ? undefined : [status],
      });
      const next_cursor = tasks.length < limit ? null : (tasks.at(-1)?.id ?? null);
      return { status: 200, body: { tasks: tasks.map(asTask), next_cursor } };
    },
  }),
  route({
    method: "GET",
    at: "/api/tasks/{id}",
    id: "readTask",
    tag: "Tasks",
    summary: "One task: status, progress, rate, estimated end, units by status",
    path: one,
    answers: { 200: { about: "The task", schema: TaskAnswer }, ...missing },
    async handle({ database }, { path }) {
      const task = await readTask(database, path.id);
      return task === undefined ? noTask(path.id) : { status: 200, body: asTask(task) };
    },
  }),
  route({
    method: "POST",
    at: "/api/tasks/{id}/pause",
    id: "pauseTask",
    tag: "Tasks",
    summary: "Pause a live task",
    about:
      "Units in progress finish; queued messages are dropped. Schedules do not resume a paused task. Pausing is idempotent.",
    path: one,
    answers: {
      200: { about: "The task, paused", schema: TaskAnswer },
      ...missing,
      409: { about: "The task has ended", schema: TaskConflict },
    },
    handle: ({ database }, { path }) =>
      changeTask(database, path.id, "PAUSED", (id) => holdTask(database, id)),
  }),
  route({
    method: "POST",
    at: "/api/tasks/{id}/resume",
    id: "resumeTask",
    tag: "Tasks",
    summary: "Send the rest of a paused task, or of a live one whose queue was lost",
    path: one,
    answers: {
      202: { about: "The task before the change; the dispatcher resumes it", schema: TaskAnswer },
      ...missing,
      409: { about: "It has ended, or another task of its job is live", schema: TaskConflict },
    },
    handle: (services, { path }) => resume(services, path.id),
  }),
  route({
    method: "POST",
    at: "/api/tasks/{id}/cancel",
    id: "cancelTask",
    tag: "Tasks",
    summary: "End a task that is live or paused",
    about: "It ends as CANCELLED, with the reason. What it has stored stays. Cancelling is idempotent.",
    path: one,
    answers: {
      200: { about: "The task, cancelled", schema: TaskAnswer },
      ...missing,
      409: { about: "It has already ended", schema: TaskConflict },
    },
    handle: ({ database }, { path }) =>
      changeTask(database, path.id, "CANCELLED", (id) => cancelTask(database, id, say("cancelledByCommand"))),
  }),
];

/** @param already the status that means the change was already made */
async function changeTask(
  database: ApiServices["database"],
  id: string,
  already: TaskProgress["status"],
  change: (id: string) => Promise<unknown>,
): Promise<Answer> {
  const changed = (await change(id)) !== undefined;
  const task = await readTask(database, id);
  if (task === undefined) return noTask(id);
  if (changed || task.status === already) return { status: 200, body: asTask(task) };
  return conflict(say("taskStatus", { status: task.status }), { task: asTask(task) });
}

async function resume({ database, dispatcher }: ApiServices, id: string): Promise<Answer> {
  const task = await readTask(database, id);
  if (task === undefined) return noTask(id);
  if (hasEnded(task.status)) {
    return conflict(say("taskStatusRunAgain", { status: task.status }), { task: asTask(task) });
  }
  const live = await readTasks(database, { job: task.job_type, status: liveStatuses, limit: 1 });
  const [other] = live.filter((each) => each.id !== id);
  if (other !== undefined) {
    return conflict(say("otherLive", { job: task.job_type }), { task: asTask(other) });
  }
  await dispatcher.start({ resume: id });
  return { status: 202, body: asTask(task), headers: { location: `/api/tasks/${id}` } };
}

function noTask(id: string): Answer {
  return notFound(say("noTask", { id }));
}
