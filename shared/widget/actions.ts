// What a person may do with a task or a failure, as commands for the dispatcher. How a button looks, and what is asked
// before, is the page's.
import { isLive } from "../catalogue/status.ts";
import type { FailureRecord, TaskProgress } from "../reads/progress.ts";
import type { Words } from "./words.ts";

export type Action = {
  /** The same while it is the same action, so that a button keeps the focus. */
  readonly key: string;
  readonly text: string;
  /** Says also what it is about. */
  readonly label: string;
  readonly command: object;
  readonly confirm: string;
};

/** What is asked before a task is changed. */
export type TaskQuestions = Readonly<Record<"pause" | "resume" | "cancel", (job: string) => string>>;

/** Pausing or resuming; undefined for a task that has ended. */
export function pauseOrResume(
  { id, job_type: job, status }: TaskProgress,
  words: Words,
  ask: Omit<TaskQuestions, "cancel">,
): Action | undefined {
  const change = isLive(status) ? "pause" : status === "PAUSED" ? "resume" : undefined;
  if (change === undefined) return undefined;
  const text = words.actionNames[change];
  return {
    key: `toggle-${id}`,
    text,
    label: `${text} ${job}`,
    command: { [change]: id },
    confirm: ask[change](job),
  };
}

export function cancel({ id, job_type: job }: TaskProgress, words: Words, ask: TaskQuestions): Action {
  const text = words.actionNames.cancel;
  return {
    key: `cancel-${id}`,
    text,
    label: `${text} ${job}`,
    command: { cancel: id },
    confirm: ask.cancel(job),
  };
}

/** Undefined where there is nothing to send: the message could not be read. */
export function retry({ id, task_id, unit_key: unit }: FailureRecord, words: Words): Action | undefined {
  if (task_id === null) return undefined;
  const text = words.actionNames.retry;
  return {
    key: `retry-${id}`,
    text,
    label: `${text} ${unit}`,
    command: { retry: id },
    confirm: words.confirmRetry(unit),
  };
}

export function retryAll(words: Words): Action {
  const text = words.actionNames.retryAll;
  return { key: "retry-all", text, label: text, command: { retry: "all" }, confirm: words.confirmRetryAll };
}
