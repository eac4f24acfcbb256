// `status`: the newest tasks, or one; with --watch updated until no task is live.
import { setTimeout as sleep } from "node:timers/promises";
import { describePartialDays, type PartialDay, readPartialDays } from "../../local/partial-days.ts";
import { addDays, shanghaiDay } from "../../shared/catalogue/dates.ts";
import { jobs, jobTypes } from "../../shared/catalogue/jobs.ts";
import { isLive } from "../../shared/catalogue/status.ts";
import { warnOfOrigin } from "../../shared/words/origin.ts";
import { type Api, openApi } from "../api.ts";
import { command, limitOption, type Session } from "../command.ts";
import { exitCodes } from "../failure.ts";
import {
  describe,
  ended,
  exitCodeOf,
  hadNothingToDo,
  number,
  settled,
  shanghaiClock,
  type Task,
} from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { asTable } from "../output.ts";
import { makeScreen } from "../screen.ts";
import { pollSeconds, type Target } from "../target.ts";
import { findTask } from "../task.ts";

const tasksShown = 10;

/** Days of which the list of tasks names what is absent. */
const daysBack = 30;

export const statusCommand = (t: Messages) =>
  command({
    usage: "status [task]",
    talks: true,
    about: t.status.about,
    options: {
      task: { type: "string", describe: t.status.taskOption, suggests: jobTypes },
      watch: { alias: "w", type: "boolean", default: false, describe: t.status.watchOption },
      limit: limitOption(tasksShown, t.status.limitOption),
    },
    examples: [
      ["status", t.status.exampleAll],
      ["status DAILY_HISTORY --watch", t.status.exampleWatch],
    ],
    async run(session, { task, watch, limit }) {
      const { output } = session;
      const target = await session.target();
      if (!redraws(session, watch)) sayOrigin(target, session);
      const api = await openApi(target, t);
      const read = async () =>
        task === undefined ? (await api.listTasks({ limit })).tasks : [await findTask(api, task, t)];
      const tasks = watch ? await watchTasks(session, target, read) : await read();
      const [one] = tasks;
      if (task !== undefined && one !== undefined) {
        if (!watch) {
          const partial = await partialDaysOf(api, one);
          output.json({ ...one, partial, origin: target.origin });
          for (const line of await describeTask(api, one, t)) output.line(line);
          for (const line of describePartialDays(partial)) output.line(`  ${t.status.absent(t.said(line))}`);
        }
        return watch ? exitCodeOf(one) : exitCodes.done;
      }
      if (watch) return exitCodes.done;
      const partial = await partialDaysLately(api, tasks);
      output.json({ tasks, partial, origin: target.origin });
      for (const line of tasks.length === 0 ? [t.status.none] : listTasks(tasks, t)) output.line(line);
      for (const line of describePartialDays(partial)) output.line(t.status.absent(t.said(line)));
      return exitCodes.done;
    },
  });

/** Whether the output is redrawn on a terminal; then remarks are part of the screen too. */
function redraws({ output, json }: Session, watch: boolean): boolean {
  return watch && output.isTerminal && !json;
}

/** Redraws a terminal. Elsewhere prints a line, or with --json an object, whenever a task has progressed. */
async function watchTasks(session: Session, target: Target, read: () => Promise<Task[]>): Promise<Task[]> {
  const { t, output, stop } = session;
  const warning = warnOfOrigin(target.origin);
  const screen = makeScreen(process.stdout);
  const said = new Map<string, string>();
  for (;;) {
    const tasks = await read();
    if (redraws(session, true)) {
      const lines = tasks.length === 0 ? [t.status.none] : listTasks(tasks, t);
      screen.draw(warning === undefined ? lines : [t.said(warning), ...lines]);
    } else {
      for (const task of tasks) {
        const line = `${task.job_type} ${isLive(task.status) ? `${settled(task)}/${task.total_units} ${describe(task, t)}` : ended(task, t)}`;
        const key = `${task.status} ${settled(task)} ${task.total_units}`;
        if (said.get(task.id) === key) continue;
        said.set(task.id, key);
        output.json({ ...task, origin: target.origin });
        output.line(line);
      }
    }
    if (stop.aborted || !tasks.some(({ status }) => isLive(status))) return tasks;
    await sleep(pollSeconds(target) * 1000, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** A table of the tasks, and why those stopped that did. */
function listTasks(tasks: readonly Task[], t: Messages): string[] {
  const { job, status, units, rows, rate, since, end, task } = t.status.headings;
  const stopped = tasks.filter((one) => ["PAUSED", "FAILED"].includes(one.status) && one.reason !== null);
  const table = asTable(
    [job, status, units, rows, rate, since, end, task],
    tasks.map((one) => [
      one.job_type,
      one.status,
      hadNothingToDo(one) ? t.task.nothingToDo : `${settled(one)}/${one.total_units}`,
      number(one.rows),
      one.units_a_minute === null ? "" : number(Math.round(one.units_a_minute)),
      shanghaiClock(one.started_at),
      one.completed_at === null
        ? one.estimated_end === null
          ? ""
          : `~${shanghaiClock(one.estimated_end)}`
        : shanghaiClock(one.completed_at),
      one.id,
    ]),
  );
  return [...table, ...stopped.map((one) => `${one.job_type} ${ended(one, t)}`)];
}

/** The days of a task that has ended on which rows are absent, by name. A task for some codes says nothing of whole days. */
async function partialDaysOf(api: Api, { job_type, status, planned, command }: Task): Promise<PartialDay[]> {
  if (isLive(status) || planned === null || command.codes !== undefined) return [];
  return await readPartialDays(api, jobs[job_type].datasets, planned);
}

/** Those of the last days, unless a task is running: then much may still be missing. */
async function partialDaysLately(api: Api, tasks: readonly Task[]): Promise<PartialDay[]> {
  if (tasks.length === 0 || tasks.some(({ status }) => isLive(status))) return [];
  const to = shanghaiDay(new Date());
  const names = tasks.flatMap(({ job_type }) => jobs[job_type].datasets);
  return await readPartialDays(api, names, { from: addDays(to, -daysBack), to });
}

async function describeTask(api: Api, task: Task, t: Messages): Promise<string[]> {
  const byStatus = Object.entries(task.units)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${status} ${number(count)}`);
  const lines = [
    `${task.job_type} ${isLive(task.status) ? `${task.status}: ${settled(task)}/${task.total_units} ${describe(task, t)}` : ended(task, t)}`,
    `  ${t.status.id(task.id)}`,
    `  ${t.status.command(JSON.stringify(task.command))}`,
    `  ${t.status.units(byStatus.join(", ") || "0")}`,
  ];
  if (task.units.parked + task.units.failed === 0) return lines;
  const { failures } = await api.listFailures({
    ...{ job: task.job_type, resolved: false, limit: 5 },
  });
  return [
    ...lines,
    ...failures.map(({ id, unit_key, error_message }) => `  ${id} ${unit_key}: ${t.said(error_message)}`),
  ];
}
