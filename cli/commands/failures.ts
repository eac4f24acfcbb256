// `failures`: why units failed. `retry`: retries one of them, or all. `dismiss`: resolves one without its unit.
import type { FailureAnswer } from "../../shared/api/answers.ts";
import { jobTypes } from "../../shared/catalogue/jobs.ts";
import { errorKinds } from "../../shared/errors.ts";
import { openApi } from "../api.ts";
import { command, limitOption } from "../command.ts";
import { dispatch } from "../dispatcher.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { shanghaiClock } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { asTable } from "../output.ts";

const failuresShown = 50;
const messageCharactersMax = 160;

export const failuresCommand = (t: Messages) =>
  command({
    usage: "failures",
    about: t.failures.about,
    options: {
      job: { type: "string", choices: [...jobTypes, "UNKNOWN"], describe: t.failures.jobOption },
      kind: { type: "string", choices: errorKinds, describe: t.failures.kindOption },
      person: { type: "boolean", describe: t.failures.personOption },
      all: { type: "boolean", default: false, describe: t.failures.allOption },
      limit: limitOption(failuresShown, t.failures.limitOption),
    },
    examples: [
      ["failures", t.failures.exampleOpen],
      ["failures --job DAILY_HISTORY --person", t.failures.examplePerson],
    ],
    async run(session, { job, kind, person, all, limit }) {
      const { output } = session;
      const api = await openApi(await session.target(), t);
      const { failures } = await api.listFailures({
        ...{ job, kind, limit, needs_person: person },
        ...(!all && { resolved: false }),
      });
      output.json({ failures });
      if (failures.length === 0) output.line(t.failures.none);
      else for (const line of listFailures(failures, t)) output.line(line);
      if (failures.some(({ needs_person }) => needs_person)) output.note(t.failures.retryHint);
      return exitCodes.done;
    },
  });

export const retryCommand = (t: Messages) =>
  command({
    usage: "retry <failure>",
    about: t.retry.about,
    options: {
      failure: { type: "string", demandOption: true, describe: t.retry.failureOption },
      job: { type: "string", choices: jobTypes, describe: t.retry.jobOption },
    },
    examples: [
      ["retry 7", t.retry.exampleOne],
      ["retry all --job DAILY_HISTORY", t.retry.exampleAll],
    ],
    async run(session, { failure, job }) {
      const { output } = session;
      if (failure === "all") {
        const command = { retry: "all", ...(job !== undefined && { jobs: [job] }) };
        const { sent } = await dispatch(await session.target(), command, t);
        output.json({ sent });
        output.line(t.retry.sent(String(sent)));
        return exitCodes.done;
      }
      if (!/^\d+$/.test(failure)) throw new CommandError(exitCodes.usage, t.retry.notANumber(failure));
      const api = await openApi(await session.target(), t);
      const record = await api.retryFailure({ id: Number(failure) });
      output.json(record);
      output.line(t.retry.onItsWay(record.unit_key));
      return exitCodes.done;
    },
  });

export const dismissCommand = (t: Messages) =>
  command({
    usage: "dismiss <failure>",
    about: t.dismiss.about,
    options: {
      failure: { type: "string", demandOption: true, describe: t.dismiss.failureOption },
      reason: { type: "string", demandOption: true, describe: t.dismiss.reasonOption },
    },
    examples: [['dismiss 7 --reason "the fund was wound up"', t.dismiss.example]],
    async run(session, { failure, reason }) {
      const { output } = session;
      if (!/^\d+$/.test(failure)) throw new CommandError(exitCodes.usage, t.dismiss.notANumber(failure));
      const api = await openApi(await session.target(), t);
      const record = await api.dismissFailure({ id: Number(failure), reason });
      output.json(record);
      output.line(t.dismiss.done(record.id, record.unit_key, record.dismissed ?? reason));
      return exitCodes.done;
    },
  });

function listFailures(failures: readonly FailureAnswer[], t: Messages): string[] {
  const { id, job, unit, kind, tries, next, message } = t.failures.headings;
  return asTable(
    [id, job, unit, kind, tries, next, message],
    failures.map((one) => [
      String(one.id),
      one.job_type,
      one.unit_key,
      one.kind,
      `${one.retry_count}/${one.max_retries}`,
      nextOf(one, t),
      t.said(one.error_message).replaceAll("\n", " ").slice(0, messageCharactersMax),
    ]),
  );
}

function nextOf(one: FailureAnswer, t: Messages): string {
  if (one.needs_person) return t.failures.person;
  if (one.cancelled) return t.failures.cancelled;
  if (one.dismissed !== null) return t.failures.dismissed;
  if (one.resolved_at !== null) return t.failures.resolved;
  return one.next_attempt_at === null ? "" : shanghaiClock(one.next_attempt_at);
}
