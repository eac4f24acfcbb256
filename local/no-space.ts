// A full disk: how to tell one, and what a person is told.

/** Also a quota that is used up, and a file larger than the system lets it be, are space that is not there. */
const codes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What a program ends with when a disk is full; the same for `npm start` and the command line. */
export const exitCodeOfNoSpace = 5;

export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && codes.has(String(error.code));
}

/** In one sentence, with what to do. */
export class NoSpaceError extends Error {
  override readonly name = "NoSpaceError";

  constructor(folder: string, cause?: unknown) {
    super(`no space left in ${folder}: free some and start again, what is stored stays`, { cause });
  }
}
