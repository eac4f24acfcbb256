// A line on a terminal that says how long an answer has been awaited, once that is over a second. It goes when anything else is written.
import type { Stream } from "../local/terminal.ts";

export type Waiting = {
  /** Takes the line away until the next second. */
  clear(): void;
  end(): void;
};

const everyMilliseconds = 1_000;
const lineAway = "\r\u001b[2K";

/** @param say the line, after so many seconds */
export function showWaiting(stream: Stream, say: (seconds: number) => string): Waiting {
  if (stream.isTTY !== true) return { clear: () => undefined, end: () => undefined };
  const startedAt = performance.now();
  let isShown = false;
  const timer = setInterval(() => {
    stream.write(`${lineAway}${say(Math.round((performance.now() - startedAt) / 1_000))}`);
    isShown = true;
  }, everyMilliseconds);
  timer.unref(); // it must not keep a command alive that has ended
  const clear = () => {
    if (isShown) stream.write(lineAway);
    isShown = false;
  };
  return {
    clear,
    end() {
      clearInterval(timer);
      clear();
    },
  };
}
