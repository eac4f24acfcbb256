// `status`: the newest tasks, or one; with --watch as they go on, until none is live.
import { setTimeout as sleep } from "node:timers/promises";
import { pageMax } from "../../shared/progress.ts";
import { type Api, openApi } from "../api.ts";
import { command, type Session } from "../command.ts";
import { exitCodes } from "../failure.ts";
import {
  describe,
  ended,
  exitCodeOf,
  hadNothingToDo,
  isLive,
  localTime,
  number,
  settled,
  type Task,
} from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { asTable } from "../output.ts";
import { makeScreen } from "../screen.ts";
import { pollSeconds } from "../target.ts";
import { findTask } from "../task.ts";

const tasksShown = 10;

export const statusCommand = (t: Messages) =>
  command({
    usage: "status [task]",
    about: t.status.about,
    options: {
      task: { type: "string", describe: t.status.taskOption },
      watch: { alias: "w", type: "boolean", default: false, describe: t.status.watchOption },
      limit: {
        type: "number",
        kind: { least: 1, most: pageMax },
        default: tasksShown,
        describe: t.status.limitOption,
      },
    },
    examples: [
      ["status", t.status.exampleAll],
      ["status DAILY_HISTORY --watch", t.status.exampleWatch],
    ],
    async run(session, { task, watch, limit }) {
      const { output } = session;
      const target = await session.target();
      const api = await openApi(target, t);
      const read = async () =>
        task === undefined
          ? (await api.get<{ tasks: Task[] }>("/api/tasks", { limit })).tasks
          : [await findTask(api, task, t)];
      const tasks = watch ? await watchTasks(session, pollSeconds(target), read) : await read();
      const [one] = tasks;
      if (task !== undefined && one !== undefined) {
        if (!watch) {
          output.json(one);
          for (const line of await describeTask(api, one, t)) output.line(line);
        }
        return watch ? exitCodeOf(one) : exitCodes.done;
      }
      if (!watch) output.json({ tasks });
      if (!watch)
        for (const line of tasks.length === 0 ? [t.status.none] : listTasks(tasks, t)) output.line(line);
      return exitCodes.done;
    },
  });

/** Redraws a terminal; elsewhere a line, or with --json an object, whenever a task has moved. */
async function watchTasks(session: Session, seconds: number, read: () => Promise<Task[]>): Promise<Task[]> {
  const { t, output, stop } = session;
  const screen = makeScreen(process.stdout);
  const said = new Map<string, string>();
  for (;;) {
    const tasks = await read();
    if (output.isTerminal && !session.json) {
      screen.draw(tasks.length === 0 ? [t.status.none] : listTasks(tasks, t));
    } else {
      for (const task of tasks) {
        const line = `${task.job_type} ${isLive(task) ? `${settled(task)}/${task.total_units} ${describe(task, t)}` : ended(task, t)}`;
        const key = `${task.status} ${settled(task)} ${task.total_units}`;
        if (said.get(task.id) === key) continue;
        said.set(task.id, key);
        output.json(task);
        output.line(line);
      }
    }
    if (stop.aborted || !tasks.some(isLive)) return tasks;
    await sleep(seconds * 1000, undefined, { signal: stop }).catch(() => undefined);
  }
}

function listTasks(tasks: readonly Task[], t: Messages): string[] {
  const { job, status, units, rows, rate, since, end, task } = t.status.headings;
  return asTable(
    [job, status, units, rows, rate, since, end, task],
    tasks.map((one) => [
      one.job_type,
      one.status,
      hadNothingToDo(one) ? t.task.nothingToDo : `${settled(one)}/${one.total_units}`,
      number(one.rows),
      one.units_a_minute === null ? "" : number(Math.round(one.units_a_minute)),
      localTime(one.started_at),
      one.completed_at === null
        ? one.estimated_end === null
          ? ""
          : `~${localTime(one.estimated_end)}`
        : localTime(one.completed_at),
      one.id,
    ]),
  );
}

type Failure = { id: number; unit_key: string; error_message: string; task_id: string | null };

async function describeTask(api: Api, task: Task, t: Messages): Promise<string[]> {
  const byStatus = Object.entries(task.units)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${status} ${number(count)}`);
  const lines = [
    `${task.job_type} ${isLive(task) ? `${task.status}: ${settled(task)}/${task.total_units} ${describe(task, t)}` : ended(task, t)}`,
    `  ${t.status.id(task.id)}`,
    `  ${t.status.command(JSON.stringify(task.command))}`,
    `  ${t.status.units(byStatus.join(", ") || "0")}`,
  ];
  if (task.units.parked + task.units.failed === 0) return lines;
  const { failures } = await api.get<{ failures: Failure[] }>("/api/failures", {
    ...{ job: task.job_type, resolved: false, limit: 5 },
  });
  return [
    ...lines,
    ...failures.map(({ id, unit_key, error_message }) => `  ${id} ${unit_key}: ${t.said(error_message)}`),
  ];
}
