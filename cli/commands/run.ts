// `run`: starts a job through the HTTP API and follows its task to the end.
import { openApi } from "../api.ts";
import { command } from "../command.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { exitCodeOf, follow, type Task } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { runFields, runOptions } from "../run-options.ts";

export const runCommand = (t: Messages) =>
  command({
    usage: "run <job>",
    about: t.run.about,
    options: {
      ...runOptions(t),
      detach: { type: "boolean", default: false, describe: t.run.detachOption },
      key: { type: "string", describe: t.run.keyOption },
    },
    examples: [
      ["run DAILY_HISTORY --from 20240101", t.run.exampleHistory],
      ["run FINANCE_HISTORY --codes 600519.SH,000001.SZ", t.run.exampleCodes],
      ["run DAILY_INCREMENTAL --detach --stack TushareSync", t.run.exampleDetach],
    ],
    async run(session, values) {
      const { output } = session;
      const target = await session.target();
      const api = await openApi(target, t);
      const headers = values.key === undefined ? {} : { "idempotency-key": values.key };
      const started = await api
        .post<Task>(`/api/jobs/${values.job}/run`, runFields(values, t), headers)
        .catch((error: unknown) => {
          throw withFollowing(error, t);
        });
      if (values.detach) {
        output.json(started);
        output.line(t.run.started(started.job_type, started.id));
        return exitCodes.done;
      }
      const task = await follow(session, target, api, started.id);
      output.json(task);
      if (task.status === "PAUSED") output.note(t.run.pausedHint(task.id));
      if (task.units.parked > 0) output.note(t.run.failuresHint(task.job_type));
      return exitCodeOf(task);
    },
  });

/** What is in the way can be followed. */
function withFollowing(error: unknown, t: Messages): unknown {
  if (!(error instanceof CommandError) || error.exitCode !== exitCodes.conflict) return error;
  const { task } = error.details as { task?: { id: string } };
  if (task === undefined) return error;
  return new CommandError(exitCodes.conflict, `${error.message}: ${t.run.inTheWay(task.id)}`, {
    details: error.details,
  });
}
