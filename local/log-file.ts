// The log file of the functions, for people. A failed write (a full disk, a deleted folder) does not end the run.
import { appendFileSync } from "node:fs";
import { say } from "../shared/words/say-here.ts";

/** @param note called once for a series of lines that could not be written */
export function makeLogFile(file: string, note: (text: string) => void): (line: string) => void {
  let isFailing = false;
  return (line) => {
    try {
      appendFileSync(file, `${line}\n`);
      isFailing = false;
    } catch (error) {
      if (isFailing) return;
      isFailing = true;
      const code = error instanceof Error && "code" in error ? error.code : String(error);
      note(say("logRefused", { file, code: String(code) }));
    }
  };
}
