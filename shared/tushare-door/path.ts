// The paths at which TuShare's clients ask: some put the interface's name there, too. Pure.

export type AskedPath = {
  readonly pathName: string;
  /** Answers with what is there, even where rows may be missing. */
  readonly isLenient: boolean;
};

const route = /^(\/lenient)?(?:\/dataapi)?\/?(\w*)\/?$/;

/** @returns undefined for a path at which nothing is asked */
export function readPath(path: string): AskedPath | undefined {
  const [, lenient, pathName] = route.exec(path) ?? [];
  return pathName === undefined ? undefined : { pathName, isLenient: lenient !== undefined };
}

/** Bytes of a question: ten thousand codes take a tenth of it. */
export const questionBytesMax = 1024 * 1024;
