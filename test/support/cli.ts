// Runs the command line as a person does (the bin, in a process of its own, from another folder than the project's), or
// its lines in this process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { runLine } from "../../cli/run-line.ts";

export type CliRun = {
  readonly code: number;
  /** The answer. */
  readonly out: string;
  /** What was printed to stderr. */
  readonly error: string;
};

const bin = join(import.meta.dirname, "..", "..", "bin", "tushare-sync.mjs");

/** English unless set, whatever the locale of this machine. */
const english = { LC_ALL: "C", LC_MESSAGES: "", LANG: "", TUSHARE_TOKEN: "" };

/**
 * @param readBytesMax a reader that goes away after so much of the answer, as head does
 * @param interruptAfter when a person presses Ctrl-C: so long after a text was printed to stderr
 */
export async function runCli(
  args: readonly string[],
  environment: Record<string, string> = {},
  readBytesMax = Number.POSITIVE_INFINITY,
  interruptAfter?: { printed: string; milliseconds: number },
): Promise<CliRun> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: tmpdir(),
    env: { ...process.env, ...english, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, error] = ["", ""];
  let isInterrupted = false;
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    if (out.length > readBytesMax) child.stdout.destroy();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    error += chunk.toString();
    if (interruptAfter === undefined || isInterrupted || !error.includes(interruptAfter.printed)) return;
    isInterrupted = true;
    setTimeout(() => child.kill("SIGINT"), interruptAfter.milliseconds);
  });
  const [code] = await once(child, "close");
  return { code: code as number, out, error };
}

/** The same line without starting a process, which takes most of the time of a short command. */
export async function askCli(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<CliRun> {
  const said = { out: "", error: "" };
  const into = (name: keyof typeof said) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        said[name] += chunk.toString();
        done();
      },
    });
  const code = await runLine(args, {
    environment: { ...process.env, ...english, ...environment },
    out: into("out"),
    error: into("error"),
    stop: () => new AbortController().signal,
  });
  return { code, ...said };
}

/** Each line an object. */
export function jsonLines<Row = Record<string, unknown>>(text: string): Row[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}
