// Commands of the page: handed to the dispatcher as they are, and its answer as a sentence for a person.
import type { DispatchAnswer } from "../../shared/dispatch.ts";
import { formatDay, formatNumber } from "../../shared/widget/format.ts";
import type { PageWords } from "./words.ts";

/** Carries out a command as `aws lambda invoke` would. @throws Error with the dispatcher's words when it refuses */
export type Dispatch = (command: object) => Promise<DispatchAnswer>;

export async function carryOut(
  dispatch: Dispatch,
  command: object,
  words: PageWords,
): Promise<{ status: number; body: { text: string } }> {
  try {
    const answer = await dispatch(command);
    return { status: 200, body: { text: describe(answer, words) } };
  } catch (error) {
    return { status: 422, body: { text: error instanceof Error ? error.message : String(error) } };
  }
}

function describe({ outcome, tasks, plan }: DispatchAnswer, words: PageWords): string {
  if (plan !== undefined) return describePlan(plan, words);
  const names = [...new Set(tasks.map(({ job_type }) => job_type))].join(", ");
  return words.outcomes[outcome]?.(names) ?? outcome;
}

function describePlan(
  { job, units, calls, minutes, range }: NonNullable<DispatchAnswer["plan"]>,
  words: PageWords,
): string {
  if (units === 0) return words.nothingMissing(job);
  const each = Object.entries(calls).map(([name, count]) => `${name} ${formatNumber(count)}`);
  const span = range === null ? "" : ` ${words.plannedRange(formatDay(range.from), formatDay(range.to))}`;
  return words.planned(job, formatNumber(units), each.join(", "), formatNumber(minutes)) + span;
}
