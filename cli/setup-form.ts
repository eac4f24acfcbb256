// `setup` for the local page: the same checks and sentences as in the terminal, with what its form gives.
import * as z from "zod/mini";
import { datasetSets } from "../shared/catalogue/dataset.ts";
import type { Session } from "./command.ts";
import { setUp } from "./commands/setup.ts";
import { CommandError, exitCodes } from "./failure.ts";
import { messagesFor } from "./messages/choose.ts";

const form = z.object({
  token: z.string(),
  /** Empty: TuShare is asked. */
  points: z.string(),
  /** Empty: the usual ones. */
  datasets: z.string(),
  write: z.boolean(),
});

export type FormAnswer = {
  /** done: the account is enough, and was written if that was asked. starts again: with what was written, at once. */
  readonly outcome: "done" | "starts again" | "not enough" | "refused";
  readonly lines: readonly string[];
};

export type Place = {
  readonly environment: Session["environment"];
  readonly dataDir: string;
  readonly language: "en" | "zh";
  /** Whether the stack starts again by itself when the settings were written. */
  readonly restarts?: boolean;
};

/** No line holds the token. */
export async function setUpFromForm(
  given: object,
  { environment, dataDir, language, restarts = false }: Place,
): Promise<FormAnswer> {
  const t = messagesFor({ LC_ALL: language });
  const lines: string[] = [];
  const say = (text: string) => void lines.push(text);
  const output: Session["output"] = {
    ...{ line: say, note: () => undefined, warn: say, json: () => undefined },
    ...{ write: () => Promise.resolve(), isTerminal: false, wait: () => ({ end: () => undefined }) },
    progress: { line: say, steps: () => () => undefined, progress: () => silentProgress },
  };
  const session: Session = {
    ...{ t, json: false, output, stack: undefined, region: undefined, dataDir, environment },
    stop: new AbortController().signal,
    target: () => Promise.reject(new Error("no stack is asked")),
  };
  try {
    const { token, points, datasets, write } = readForm(given, t.setup.badPoints);
    const values = { "token-file": undefined, "token-stdin": true, points, datasets, write };
    const asking = { ask: undefined, askSecret: undefined, readInput: () => Promise.resolve(token) };
    const code = await setUp(session, values, asking, write ? "nowhere" : "after", restarts);
    if (code !== exitCodes.done) return { outcome: "not enough", lines };
    return { outcome: write && restarts ? "starts again" : "done", lines };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { outcome: "refused", lines: [...lines, error.message] };
  }
}

function readForm(given: object, badPoints: (typed: string) => string) {
  const read = z.safeParse(form, given);
  if (!read.success) throw new CommandError(exitCodes.usage, "expected token, points, datasets and write");
  const { token, points, datasets, write } = read.data;
  if (!/^\d{0,6}$/.test(points)) throw new CommandError(exitCodes.usage, badPoints(points));
  return {
    token,
    points: points === "" ? undefined : Number(points),
    datasets: datasets.trim() || datasetSets[0],
    write,
  };
}

const silentProgress = { update: () => undefined, note: () => undefined, finish: () => undefined };
