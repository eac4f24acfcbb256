// Progress on a terminal, plain lines elsewhere.
import { styleText } from "node:util";

export type Terminal = {
  line(text: string): void;
  /** Names the step under way; undefined ends it. */
  steps(): (name: string | undefined) => void;
  /** Draws progress; ends it with `finish`. */
  progress(label: string): Progress;
};

export type Progress = {
  /** `left` in place of the time left that is reckoned from the progress so far. */
  update(state: { done: number; total: number; note: string; left?: string }): void;
  /** A line of its own among the progress. */
  note(text: string): void;
  finish(text: string): void;
};

const barWidth = 28;
const plainEverySeconds = 5;

export function makeTerminal(stream: NodeJS.WriteStream): Terminal {
  const isTerminal = stream.isTTY === true;
  const bold = (text: string) => (isTerminal ? styleText("bold", text) : text);
  const write = (text: string) => stream.write(text);

  return {
    line: (text) => write(`${text}\n`),
    steps() {
      let startedAt = performance.now();
      let current: string | undefined;
      return (name) => {
        if (current !== undefined && isTerminal) {
          write(`\r\u001b[2K${current} (${seconds(startedAt)} s)\n`);
        }
        startedAt = performance.now();
        current = name;
        if (name !== undefined) write(isTerminal ? `${name} ...` : `${name}\n`);
      };
    },
    progress(label) {
      const startedAt = performance.now();
      let lastPlain = startedAt;
      return {
        update({ done, total, note, left: said }) {
          if (!isTerminal) {
            if (performance.now() - lastPlain < plainEverySeconds * 1000) return;
            lastPlain = performance.now();
            write(`${label} ${done}/${total} ${note}\n`);
            return;
          }
          const filled = total === 0 ? 0 : Math.round((done / total) * barWidth);
          const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
          const elapsed = (performance.now() - startedAt) / 1000;
          const left =
            said ??
            (done > 0 && done < total ? ` ${Math.ceil((elapsed / done) * (total - done))} s left` : "");
          write(`\r\u001b[2K${bold(label)} ${bar} ${done}/${total} ${note}${left}`);
        },
        note(text) {
          write(`${isTerminal ? "\r\u001b[2K" : ""}${text}\n`);
        },
        finish(text) {
          write(`${isTerminal ? "\r\u001b[2K" : ""}${bold(label)} ${text}\n`);
        },
      };
    },
  };
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
