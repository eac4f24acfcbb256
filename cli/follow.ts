// Follows a task to its end: a bar with rate and end on a terminal, plain lines elsewhere.
import { setTimeout as sleep } from "node:timers/promises";
import type { TaskAnswer } from "../shared/api/answers.ts";
import { formatDay, shanghaiDay, shanghaiTime } from "../shared/catalogue/dates.ts";
import { isLive } from "../shared/catalogue/status.ts";
import type { Api } from "./api.ts";
import { realClock } from "./clock.ts";
import type { Session } from "./command.ts";
import { type ExitCode, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { pollSeconds, type Target } from "./target.ts";

/** A task as the API returns it. */
export type Task = TaskAnswer;

/** Resolves with the task when it has ended or is paused, or with its last state when the person stops following. */
export async function follow(session: Session, target: Target, api: Api, id: string): Promise<Task> {
  const { t, output, stop } = session;
  let task = await api.readTask({ id });
  const progress = output.progress.progress(task.job_type);
  while (isLive(task.status) && !stop.aborted) {
    progress.update({ done: settled(task), total: task.total_units, note: describe(task, t), left: "" });
    await sleep(pollSeconds(target) * 1000, undefined, { signal: stop }).catch(() => undefined);
    task = await api.readTask({ id });
  }
  if (isLive(task.status)) output.note(`\n${t.run.goesOn(id)}`);
  else progress.finish(ended(task, t));
  return task;
}

export function exitCodeOf(task: Task): ExitCode {
  if (isLive(task.status)) return exitCodes.interrupted;
  return task.status === "COMPLETED" ? exitCodes.done : exitCodes.failed;
}

/** One line: how far, how fast, until when. */
export function describe(task: Task, t: Messages): string {
  if (task.status === "PENDING") return t.task.planning;
  const parts = [
    t.task.units,
    t.task.rows(number(task.rows)),
    ...(task.units_a_minute === null ? [] : [t.task.rate(number(task.units_a_minute))]),
    ...(task.estimated_end === null ? [] : [t.task.endsAt(shanghaiClock(task.estimated_end))]),
    ...(needy(task) === 0 ? [] : [t.task.needPerson(needy(task))]),
  ];
  return parts.join(", ");
}

export function ended(task: Task, t: Messages): string {
  const reason = task.reason === null ? "" : ` (${t.said(task.reason)})`;
  if (hadNothingToDo(task)) return `${task.status}: ${t.plan.nothing[task.nothing ?? "stored"]}${reason}`;
  const person = needy(task) === 0 ? "" : `, ${t.task.needPerson(needy(task))}`;
  return `${task.status}: ${settled(task)}/${task.total_units} ${t.task.units}, ${t.task.rows(number(task.rows))}${person}${reason}`;
}

export const hadNothingToDo = (task: Task): boolean => task.status === "COMPLETED" && task.total_units === 0;

/** Units that are not processed any further automatically. */
export const settled = (task: Task): number => task.units.done + task.units.parked;

const needy = (task: Task): number => task.units.parked;

export const number = (value: number): string => value.toLocaleString("en-US");

/** A time in Shanghai, like the market's and the page's, wherever this machine is; with the date if it is not today there. */
export function shanghaiClock(instant: string, now = realClock.now()): string {
  const at = new Date(instant);
  const [day, today] = [shanghaiDay(at), shanghaiDay(now)];
  return day === today ? shanghaiTime(at) : `${formatDay(day)} ${shanghaiTime(at)}`;
}
