// A block of terminal lines that is redrawn in place.
import { cutTo } from "./output.ts";

export type Screen = { draw(lines: readonly string[]): void };

export function makeScreen(stream: NodeJS.WriteStream): Screen {
  let height = 0;
  return {
    draw(lines) {
      const width = stream.columns ?? 200;
      const up = height === 0 ? "" : `\u001b[${height}A`;
      // Lines are cut: a wrapped line takes two, and the next redraw would begin too low.
      stream.write(`${up}\u001b[J${lines.map((line) => cutTo(width - 1, line)).join("\n")}\n`);
      height = lines.length;
    },
  };
}
