// What a command prints: answers on the standard output, as text or as JSON; everything else on the standard error, so
// that a pipe gets the answer alone.
import { makeTerminal, type Stream, type Terminal } from "../local/terminal.ts";

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
};

export function makeOutput(streams: { out: Stream; error: Stream }, json: boolean): Output {
  const { out, error } = streams;
  return {
    line: (text) => void (json || out.write(`${text}\n`)),
    json: (value) => void (json && out.write(`${JSON.stringify(value)}\n`)),
    note: (text) => void (json || error.write(`${text}\n`)),
    warn: (text, value) => void error.write(`${json ? JSON.stringify({ warning: text, ...value }) : text}\n`),
    progress: json ? silent : makeTerminal(error),
    write: (text) =>
      new Promise((resolve, reject) => {
        out.write(text, (failure) => (failure ? reject(failure) : resolve()));
      }),
    isTerminal: out.isTTY === true,
  };
}

/** Rows under their headings, the columns as wide as they have to be. Numbers stand to the right. */
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

/** Columns a text takes on a terminal: Chinese characters and full-width signs take two. */
function widthOf(text: string): number {
  const wide = text.match(/[\p{Script=Han}\u3000-\u303f\uff01-\uff60]/gu)?.length ?? 0;
  return [...text].length + wide;
}

/** As much of a text as so many columns take. */
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
