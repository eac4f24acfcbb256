// The commands of `tushare-sync`, in the order of its help. Each file is loaded when a line names a command of it: loading all of
// them takes longer than most commands take to run.
import type { Command } from "./command.ts";
import type { Messages } from "./messages/en.ts";

type Load = (t: Messages) => Promise<Command[]>;

/** By their names. */
const files: Readonly<Record<string, Load>> = {
  setup: async (t) => [(await import("./commands/setup.ts")).setupCommand(t)],
  plan: async (t) => [(await import("./commands/plan.ts")).planCommand(t)],
  run: async (t) => [(await import("./commands/run.ts")).runCommand(t)],
  status: async (t) => [(await import("./commands/status.ts")).statusCommand(t)],
  "pause resume cancel": async (t) => (await import("./commands/change.ts")).changeCommands(t),
  "failures retry dismiss": async (t) => {
    const { failuresCommand, retryCommand, dismissCommand } = await import("./commands/failures.ts");
    return [failuresCommand(t), retryCommand(t), dismissCommand(t)];
  },
  datasets: async (t) => [(await import("./commands/datasets.ts")).datasetsCommand(t)],
  coverage: async (t) => [(await import("./commands/coverage.ts")).coverageCommand(t)],
  revisions: async (t) => [(await import("./commands/revisions.ts")).revisionsCommand(t)],
  instruments: async (t) => [(await import("./commands/instruments.ts")).instrumentsCommand(t)],
  verify: async (t) => [(await import("./commands/verify.ts")).verifyCommand(t)],
  query: async (t) => [(await import("./commands/query.ts")).queryCommand(t)],
  export: async (t) => [(await import("./commands/export.ts")).exportCommand(t)],
  "push pull": async (t) => (await import("./commands/move.ts")).moveCommands(t),
  connect: async (t) => [(await import("./commands/connect.ts")).connectCommand(t)],
  "endpoint-token": async (t) => [(await import("./commands/endpoint-token.ts")).endpointTokenCommand(t)],
  doctor: async (t) => [(await import("./commands/doctor.ts")).doctorCommand(t)],
  deploy: async (t) => [(await import("./commands/deploy.ts")).deployCommand(t)],
  drill: async (t) => [(await import("./commands/drill.ts")).drillCommand(t)],
  destroy: async (t) => [(await import("./commands/destroy.ts")).destroyCommand(t)],
};

export async function allCommands(t: Messages): Promise<Command[]> {
  return (await Promise.all(Object.values(files).map((load) => load(t)))).flat();
}

/** Those that a line may mean by its first word: all, when it is none of their names. */
export async function commandsFor(word: string | undefined, t: Messages): Promise<Command[]> {
  const load = Object.entries(files).find(([names]) => names.split(" ").includes(word ?? ""))?.[1];
  return await (load ?? allCommands)(t);
}
