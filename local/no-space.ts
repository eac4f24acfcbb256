// A full disk: how to tell one, and what a person is told.
import { statfsSync } from "node:fs";
import { say } from "../shared/words/say.ts";

/** Also a quota that is used up, and a file larger than the system lets it be, are space that is not there. */
const codes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What a program ends with when a disk is full; the same for `npm start` and the command line. */
export const exitCodeOfNoSpace = 5;

/** PostgreSQL's log grows by segments of 16 MiB: with less it cannot go on. */
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
  // A program that was started, such as the CDK's, says it in its words alone.
  return (
    ("code" in error && codes.has(String(error.code))) || /\bENOSPC\b|no space left/i.test(error.message)
  );
}

/** In one sentence, with what to do. */
export class NoSpaceError extends Error {
  override readonly name = "NoSpaceError";

  constructor(folder: string, cause?: unknown) {
    super(say("noSpace", { folder }), { cause });
  }
}
