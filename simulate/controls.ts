// Shows that the simulation notices broken code: each mutation runs in a process of its own until a promise is broken.
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Violation } from "./checks.ts";
import { mutations } from "./mutations.ts";

export type Control = {
  readonly name: string;
  /** The first seed that noticed it; undefined when none did. */
  readonly noticed: (Violation & { readonly seed: number }) | undefined;
};

const run = promisify(execFile);

/** @param onEnd is told of each control as it ends */
export async function runControls(
  first: number,
  seeds: number,
  onEnd: (control: Control) => void,
): Promise<Control[]> {
  const left = [...mutations];
  const controls: Control[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { stdout } = await run(process.execPath, [
        ...[join(import.meta.dirname, "mutated.ts"), next.name, String(first), String(seeds)],
      ]);
      const last = stdout.trim().split("\n").at(-1) ?? "null";
      const control = { name: next.name, noticed: JSON.parse(last) ?? undefined } as Control;
      controls.push(control);
      onEnd(control);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return controls;
}
