// Keeps the schedules created at run time in a file, one line for each change, so that a restart finds them again.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Schedule } from "./schedule.ts";

/** `over`: a one-time schedule that has fired and is kept. */
export type Kept = { put: Schedule; over?: true };
type Line = Kept | { delete: string };

export type ScheduleFile = {
  /** Reads the schedules of earlier runs, and rewrites the file with those only. */
  read(): Kept[];
  /** Written to disk before it returns, so that a created schedule survives a kill. */
  put(kept: Kept): void;
  delete(group: string, name: string): void;
};

/** @param file absent: nothing is kept. */
export function makeScheduleFile(file: string | undefined): ScheduleFile {
  let isTorn = false; // the disk was full: the last line is incomplete
  const append = (line: Line) => {
    if (file === undefined) return;
    const start = isTorn ? "\n" : "";
    isTorn = true;
    appendFileSync(file, `${start}${JSON.stringify(line)}\n`);
    isTorn = false;
  };
  return {
    read() {
      if (file === undefined || !existsSync(file)) return [];
      const kept = new Map<string, Kept>();
      for (const text of readFileSync(file, "utf8").split("\n")) {
        const line = parseLine(text);
        if (line === undefined) continue;
        if ("put" in line) kept.set(keyOf(line.put.GroupName, line.put.Name), line);
        else kept.delete(line.delete);
      }
      writeFileSync(`${file}.new`, [...kept.values()].map((line) => `${JSON.stringify(line)}\n`).join(""));
      renameSync(`${file}.new`, file);
      return [...kept.values()];
    },
    put: append,
    delete: (group, name) => append({ delete: keyOf(group, name) }),
  };
}

function keyOf(group: string, name: string): string {
  return `${group}/${name}`;
}

/** Undefined for a line that a killed process did not finish. */
function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
