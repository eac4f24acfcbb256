// A session of `deploy` and `destroy` that touches no account: what it says is kept, and lines without options.
import type { DeployValues } from "../../cli/cdk.ts";
import type { Session } from "../../cli/command.ts";
import type { Tools } from "../../cli/deployment.ts";
import { accountClients } from "../../cli/doctor/account.ts";
import { CommandError } from "../../cli/failure.ts";
import { en } from "../../cli/messages/en.ts";
import type { QueryApi } from "../../shared/adapters/query-api.ts";

/** Of both commands, as yargs gives them; no prompt is shown. */
export const plain = {
  ...{ stage: undefined, tier: undefined, slots: undefined, egress: undefined, schedules: undefined },
  ...{ "alarm-email": undefined, context: undefined, reserve: undefined, yes: true },
  ...{ "only-diff": false, "delete-data": false, forget: false, "token-stdin": false, "first-steps": false },
} satisfies DeployValues & Record<string, unknown>;

/** EC2 as a region answers that has room: no network, no address, and a zone with the machine. */
export const roomyRegion: QueryApi = async (action) =>
  ({
    DescribeAccountAttributes: "<attributeValue>5</attributeValue>",
    DescribeInstanceTypeOfferings: "<location>ap-southeast-1a</location>",
  })[action] ?? "<none/>";

/** Nobody to ask, and nothing to wait for. */
export const silentTools: Pick<Tools, "ask" | "askSecret" | "readInput" | "target" | "pause" | "clients"> = {
  clients: (region = "ap-southeast-1") => ({
    ...accountClients({ region, credentials: { accessKeyId: "x", secretAccessKey: "x" } }),
    ec2: roomyRegion,
  }),
  ask: undefined,
  askSecret: undefined,
  readInput: () => Promise.reject(new Error("nothing comes in")),
  target: () => Promise.reject(new Error("not asked for")),
  pause: () => Promise.resolve(),
};

/** @param say is given each line and note */
export function deploySession(say: (text: string) => void, given: Partial<Session> = {}): Session {
  return {
    ...{ t: en, json: false, stack: undefined, region: undefined, dataDir: "unused", environment: {} },
    output: {
      ...{ line: say, note: say, warn: say, json: () => undefined },
      ...{ isTerminal: false, write: async () => undefined, progress: undefined as never },
      wait: () => ({ end: () => undefined }),
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
