// Progress on a terminal, plain lines elsewhere.
import { styleText } from "node:util";
import type { Language } from "../shared/words/language.ts";
import { say } from "../shared/words/say-here.ts";
import { translateKnown } from "../shared/words/translate.ts";

export type Terminal = {
  line(text: string): void;
  /** Shows the name of the current step; undefined ends it. */
  steps(): (name: string | undefined) => void;
  /** Draws progress until `finish`. */
  progress(label: string): Progress;
};

export type Progress = {
  /** `left` replaces the estimate of the time left. */
  update(state: { done: number; total: number; note: string; left?: string }): void;
  /** Prints a separate line during the progress. */
  note(text: string): void;
  finish(text: string): void;
};

const barWidth = 28;
const plainEverySeconds = 5;

/** An output stream: the process's own, or a test's. */
export type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** @param language for sentences of the stack; the command line translates its own */
export function makeTerminal(stream: Stream, language: Language = "en"): Terminal {
  const said = (text: string) => translateKnown(text, language);
  const isTerminal = stream.isTTY === true;
  const bold = (text: string) => (isTerminal ? styleText("bold", text) : text);
  const write = (text: string) => stream.write(text);

  return {
    line: (text) => write(`${said(text)}\n`),
    steps() {
      let startedAt = performance.now();
      let current: string | undefined;
      return (name) => {
        if (current !== undefined && isTerminal) {
          write(`\r\u001b[2K${current} (${seconds(startedAt)} s)\n`);
        }
        startedAt = performance.now();
        current = name === undefined ? undefined : said(name);
        if (current !== undefined) write(isTerminal ? `${current} ...` : `${current}\n`);
      };
    },
    progress(label) {
      const startedAt = performance.now();
      let lastPlain = startedAt;
      return {
        update({ done, total, note: noted, left: given }) {
          const note = said(noted);
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
            given ??
            (done > 0 && done < total
              ? ` ${said(say("secondsLeft", { seconds: Math.ceil((elapsed / done) * (total - done)) }))}`
              : "");
          write(`\r\u001b[2K${bold(label)} ${bar} ${done}/${total} ${note}${left}`);
        },
        note(text) {
          write(`${isTerminal ? "\r\u001b[2K" : ""}${said(text)}\n`);
        },
        finish(text) {
          write(`${isTerminal ? "\r\u001b[2K" : ""}${bold(label)} ${said(text)}\n`);
        },
      };
    },
  };
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
