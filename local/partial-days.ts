// The days of a range on which rows are absent and nobody knows why, by name: read from the HTTP API, for the summary of a
// run and for the command line.
import type { Client } from "../client/client.ts";
import { datasetsByName } from "../shared/catalogue/datasets.ts";
import { addDays, type Day, later } from "../shared/catalogue/dates.ts";
import { say } from "../shared/words/say-here.ts";

/** Days that are named for a dataset, and codes for a day. */
const daysNamed = 5;
const codesNamed = 5;

/** Absences that are read of a day, to count their codes: a code may lack several interfaces. */
const absencesRead = 1_000;

/** Calendar days that are looked at, the newest; the API answers no more at once. */
const daysMax = 400;

type Coverage = Pick<Client, "readDatasetCoverage" | "readDayNames">;

export type PartialDay = {
  readonly dataset: string;
  readonly day: Day;
  /** missing: something is to be fetched; unexplained: nothing is any more. */
  readonly reason: "missing" | "unexplained";
  /** Absent rows, or absent values of a joined interface. */
  readonly absent: number;
  /** A few of their codes, and how many more codes there are. */
  readonly codes: readonly string[];
  readonly moreCodes: number;
};

/** The newest such days of each dataset, ascending. @param names of datasets; others than those by name are left out */
export async function readPartialDays(
  api: Coverage,
  names: readonly string[],
  range: { readonly from: Day; readonly to: Day },
): Promise<PartialDay[]> {
  const found: PartialDay[] = [];
  const from = later(range.from, addDays(range.to, 1 - daysMax));
  for (const { name } of datasetsByName.filter(({ name }) => names.includes(name))) {
    const dataset = name as Parameters<Coverage["readDayNames"]>[0]["dataset"]; // as: the API serves those by name
    const { days = [] } = await api.readDatasetCoverage({ dataset, from, to: range.to });
    const partial = days.filter(({ state }) => state === "partial" || state === "whole_with_unexplained");
    for (const { day, missing, unexplained } of partial.slice(-daysNamed)) {
      const [reason, absent] =
        (missing ?? 0) > 0
          ? (["missing", missing ?? 0] as const)
          : (["unexplained", unexplained ?? 0] as const);
      const answer = await api.readDayNames({ dataset, day, reason, limit: absencesRead });
      const all = [...new Set(answer.absent.map(({ ts_code }) => ts_code))];
      const unread = Math.max(0, absent - answer.absent.length);
      const codes = all.slice(0, codesNamed);
      found.push({
        dataset: name,
        day,
        reason,
        absent,
        codes,
        moreCodes: all.length - codes.length + unread,
      });
    }
  }
  return found;
}

/** Each day as a line: how many rows are absent, and the first codes. */
export function describePartialDays(days: readonly PartialDay[]): string[] {
  return days.map(({ dataset, day, reason, absent, codes, moreCodes: more }) => {
    const title = datasetsByName.find(({ name }) => name === dataset)?.title.en ?? dataset;
    const values = { title, day, count: absent.toLocaleString("en-US"), codes: codes.join(", ") };
    if (reason === "missing")
      return more === 0 ? say("dayLacks", values) : say("dayLacksMore", { ...values, more });
    return more === 0 ? say("dayNotFound", values) : say("dayNotFoundMore", { ...values, more });
  });
}
