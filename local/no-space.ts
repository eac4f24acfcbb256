// Detects a full disk, and has the message for it.
import { statfsSync } from "node:fs";
import { say } from "../shared/words/say-here.ts";

/** A used-up quota and a file over the system's size limit count as a full disk too. */
const codes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The exit code for a full disk, of `npm start` and of the command line. */
export const exitCodeOfNoSpace = 5;

/** PostgreSQL's log grows by segments of 16 MiB: with less space it cannot continue. */
const spaceBytesMin = 16 * 1024 * 1024;

export function hasNoSpace(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < spaceBytesMin;
  } catch {
    return false;
  }
}

export function isNoSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A child process, such as the CDK's, reports it only in its output.
  return (
    ("code" in error && codes.has(String(error.code))) || /\bENOSPC\b|no space left/i.test(error.message)
  );
}

/** One sentence that says what to do. */
export class NoSpaceError extends Error {
  override readonly name = "NoSpaceError";

  constructor(folder: string, cause?: unknown) {
    super(say("noSpace", { folder }), { cause });
  }
}
