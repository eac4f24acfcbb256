// `pause`, `resume` and `cancel`: one change to one task each.

import { jobTypes } from "../../shared/catalogue/jobs.ts";
import { openApi } from "../api.ts";
import { type Command, command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { findTask } from "../task.ts";

const verbs = ["pause", "resume", "cancel"] as const;

export const changeCommands = (t: Messages): Command[] => verbs.map((verb) => changeCommand(verb, t));

function changeCommand(verb: (typeof verbs)[number], t: Messages): Command {
  return command({
    usage: `${verb} <task>`,
    about: t.change[verb],
    options: {
      task: { type: "string", demandOption: true, describe: t.status.taskOption, suggests: jobTypes },
    },
    examples: [[`${verb} DAILY_HISTORY`, t.change.example]],
    async run(session, values) {
      const api = await openApi(await session.target(), t);
      const { id } = await findTask(api, values.task, t);
      const task = await api[`${verb}Task`]({ id });
      session.output.json(task);
      session.output.line(t.change.done[verb](task.job_type, task.id));
      return exitCodes.done;
    },
  });
}
