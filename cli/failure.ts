// The documented exit codes, and the error that carries one.
import { exitCodeOfNoSpace } from "../local/no-space.ts";

export const exitCodes = {
  done: 0,
  /** A task failed, the stack refused, or the doctor found something to mend. */
  failed: 1,
  usage: 2,
  unreachable: 3,
  /** Something is in the way: the job runs already, the task has ended. */
  conflict: 4,
  /** A disk is full: free some of it, and say the same again. */
  noSpace: exitCodeOfNoSpace,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure in one sentence for a person; `details` is added with --json. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;
  readonly details: unknown;

  constructor(exitCode: ExitCode, message: string, options: { details?: unknown; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = exitCode;
    this.details = options.details;
  }
}
