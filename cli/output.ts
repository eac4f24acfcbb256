// The output of a command: answers go to standard output, as text or JSON; everything else goes to standard error, so
// that a pipe only gets the answer.

import { makeTerminal, type Stream, type Terminal } from "../local/terminal.ts";
import { showWaiting, type Waiting } from "./waiting.ts";

export type Output = {
  /** Part of the answer, for a person. */
  line(text: string): void;
  /** The answer, for a program. Printed only with --json. */
  json(value: unknown): void;
  /** Said beside the answer. */
  note(text: string): void;
  /** Said beside the answer, also to a program: there as an object on the standard error. */
  warn(text: string, value: object): void;
  /** Draws and ends progress beside the answer. */
  readonly progress: Terminal;
  /** Writes a chunk of the answer as it is; resolves when it is taken. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
  /** Shows on a terminal, after a second, that the answer is awaited: until it is written, or `end` is called. */
  wait(say: (seconds: number) => string): { end(): void };
};

export function makeOutput(streams: { out: Stream; error: Stream }, json: boolean): Output {
  const { out, error } = streams;
  const terminal = makeTerminal(error);
  let waiting: Waiting | undefined;
  const beside = (text: string) => {
    waiting?.clear();
    error.write(text);
  };
  return {
    line(text) {
      waiting?.end();
      if (!json) out.write(`${text}\n`);
    },
    json: (value) => void (json && out.write(`${JSON.stringify(value)}\n`)),
    note: (text) => void (json || beside(`${text}\n`)),
    warn: (text, value) => beside(`${json ? JSON.stringify({ warning: text, ...value }) : text}\n`),
    progress: json
      ? silent
      : {
          ...terminal,
          progress(label) {
            waiting?.end();
            return terminal.progress(label);
          },
        },
    write(text) {
      waiting?.end();
      return new Promise((resolve, reject) => {
        out.write(text, (failure) => (failure ? reject(failure) : resolve()));
      });
    },
    isTerminal: out.isTTY === true,
    wait(say) {
      waiting = json ? undefined : showWaiting(error, say);
      return { end: () => waiting?.end() };
    },
  };
}

/** A table with headings and fitted column widths. Numbers are right-aligned. */
export function asTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, at) =>
    Math.max(widthOf(heading), ...rows.map((row) => widthOf(row[at] ?? ""))),
  );
  const isRight = headings.map(
    (_, at) => rows.length > 0 && rows.every((row) => /^-?[\d,.]*%?$/.test(row[at] ?? "")),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const space = " ".repeat((widths[at] ?? 0) - widthOf(cell));
        return isRight[at] ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}

/** The terminal columns of a text: Chinese characters and full-width signs take two. */
function widthOf(text: string): number {
  const wide = text.match(/[\p{Script=Han}\u3000-\u303f\uff01-\uff60]/gu)?.length ?? 0;
  return [...text].length + wide;
}

/** Cuts a text to a number of terminal columns. */
export function cutTo(columns: number, text: string): string {
  let cut = text;
  while (widthOf(cut) > columns) cut = cut.slice(0, -1);
  return cut;
}

const silent: Terminal = {
  line: () => undefined,
  steps: () => () => undefined,
  progress: () => ({ update: () => undefined, note: () => undefined, finish: () => undefined }),
};
