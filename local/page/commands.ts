// Sends the page's commands to the dispatcher unchanged, and turns its answer into a sentence.

import { formatDay } from "../../shared/catalogue/dates.ts";
import { describeAsked } from "../../shared/catalogue/jobs.ts";
import { readCommand } from "../../shared/commands/command.ts";
import type { DispatchAnswer } from "../../shared/dispatch/dispatch.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { type Door, optionDoor, sayRefusal } from "../../shared/words/refusal.ts";
import type { PageWords } from "./words.ts";

/** Runs a command as `aws lambda invoke` would. @throws Error with the dispatcher's message when it refuses */
export type Dispatch = (command: object) => Promise<DispatchAnswer>;

export async function carryOut(
  dispatch: Dispatch,
  command: object,
  words: PageWords,
): Promise<{ status: number; body: { text: string } }> {
  const read = readCommand(command);
  if ("refusal" in read) {
    return { status: 422, body: { text: words.widget.said(sayRefusal(read.refusal, doorOf(words))) } };
  }
  try {
    const answer = await dispatch(command);
    const compares = "plan" in read.command && "verify" in read.command.plan;
    const text = describe(answer, words, compares);
    return { status: answer.outcome === "busy" ? 409 : 200, body: { text } };
  } catch (error) {
    return {
      status: 422,
      body: { text: words.widget.said(error instanceof Error ? error.message : String(error)) },
    };
  }
}

/** The labels of the form's fields. */
function doorOf({ job, from, to, codes, refresh, verify }: PageWords): Door {
  const { dataset, upstream, repair } = verify;
  const labels: Readonly<Record<string, string>> = {
    ...{ job, from, to, codes, refresh },
    ...{ verify: dataset, upstream, repair },
  };
  return { ...optionDoor, name: (field) => labels[field] ?? field };
}

function describe(answer: DispatchAnswer, words: PageWords, compares: boolean): string {
  const { outcome, tasks, plan, inTheWay, verification } = answer;
  if (plan !== undefined) return describePlan(plan, words, compares);
  if (verification !== undefined) {
    const { status, verdict, reason } = verification;
    const text = verdict === null ? words.verify.statuses[status] : words.verify.verdicts[verdict];
    return reason === null ? text : `${text}: ${words.widget.said(reason)}`;
  }
  const [task] = tasks;
  if (outcome === "busy" && task !== undefined)
    return words.busy(task.job_type, describeAsked(inTheWay ?? {}), task.status === "PAUSED");
  const names = [...new Set(tasks.map(({ job_type }) => job_type))].join(", ");
  return words.outcomes[outcome]?.(names) ?? outcome;
}

function describePlan(
  { job, units, calls, minutes, range, nothing }: NonNullable<DispatchAnswer["plan"]>,
  words: PageWords,
  compares: boolean,
): string {
  const span = range === null ? "" : ` ${words.plannedRange(formatDay(range.from), formatDay(range.to))}`;
  if (units === 0) return words.nothing(job, words.whyNothing[nothing ?? "stored"]) + span;
  const each = Object.entries(calls).map(([name, count]) => `${name} ${formatNumber(count)}`);
  const say = compares ? words.verify.planned : words.planned;
  return say(job, formatNumber(units), each.join(", "), formatNumber(minutes)) + span;
}
