// The log of the functions. It serves people; what it cannot take (a full disk, a folder that is gone) ends no run.
import { appendFileSync } from "node:fs";
import { say } from "../shared/words/say.ts";

/** @param note told once in a row of lines that could not be written */
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
