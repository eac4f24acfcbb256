// A session of `deploy` and `destroy` that touches no account: what it says is kept, and lines without options.
import type { DeployValues } from "../../cli/cdk.ts";
import type { Session } from "../../cli/command.ts";
import { CommandError } from "../../cli/failure.ts";
import { en } from "../../cli/messages/en.ts";

/** Of both commands, as yargs gives them; no prompt is shown. */
export const plain: DeployValues & { "only-diff": boolean; "delete-data": boolean } = {
  ...{ stage: undefined, tier: undefined, slots: undefined, egress: undefined, schedules: undefined },
  ...{ "alarm-email": undefined, context: undefined, reserve: undefined, yes: true },
  ...{ "only-diff": false, "delete-data": false, forget: false },
};

/** @param say is given each line and note */
export function deploySession(say: (text: string) => void, given: Partial<Session> = {}): Session {
  return {
    ...{ t: en, json: false, stack: undefined, region: undefined, dataDir: "unused", environment: {} },
    output: {
      ...{ line: say, note: say, warn: say, json: () => undefined },
      ...{ isTerminal: false, write: async () => undefined, progress: undefined as never },
    },
    stop: new AbortController().signal,
    target: () => Promise.reject(new Error("not asked for")),
    ...given,
  };
}

/** How a command fails; undefined when it does not. */
export async function failing(work: Promise<unknown>): Promise<CommandError | undefined> {
  return await work.then(
    () => undefined,
    (error: unknown) => (error instanceof CommandError ? error : Promise.reject(error)),
  );
}
