// What a person may do with a task or a failure, as commands for the dispatcher. The page decides how a button looks, and
// which confirmation it shows.
import { isLive } from "../catalogue/status.ts";
import type { FailureRecord, TaskProgress } from "../reads/progress.ts";
import type { Words } from "./words.ts";

export type Action = {
  /** Stable key of the action, so that its button keeps the focus when the page is redrawn. */
  readonly key: string;
  readonly text: string;
  /** The text and its object, for screen readers. */
  readonly label: string;
  readonly command: object;
  /** The question that is asked first; "plan" asks with the price of the command. */
  readonly confirm: string;
};

/** Confirmation questions before a task is changed. */
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

/** Undefined when there is nothing to send, because the message could not be read. */
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
