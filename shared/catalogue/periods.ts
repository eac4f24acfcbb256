// Report periods: the ends of quarters, and the deadlines of their reports (China Securities Regulatory Commission,
// Measures for Information Disclosure of Listed Companies, article 13).
import type { Day } from "./dates.ts";

/** Average rows of one company and period: a third of the reports have two versions. */
export const versionsOfPeriod = 1.3;

/** The last day of each quarter, the legal deadline of its report, and the years between the two. */
const quarters = [
  { end: "0331", deadline: "0430", years: 0 },
  { end: "0630", deadline: "0831", years: 0 },
  { end: "0930", deadline: "1031", years: 0 },
  { end: "1231", deadline: "0430", years: 1 },
] as const;

export type Period = { readonly end: Day; readonly deadline: Day };

/** Periods that ended within two days, both included, the oldest first. */
export function periodsBetween(from: Day, to: Day): Period[] {
  const periods: Period[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) {
    for (const { end, deadline, years } of quarters) {
      periods.push({ end: `${year}${end}`, deadline: `${year + years}${deadline}` });
    }
  }
  return periods.filter(({ end }) => end >= from && end <= to);
}

/** Periods that ended before a day, the newest first. */
export function newestPeriods(today: Day, count: number): Period[] {
  const from = `${Number(today.slice(0, 4)) - Math.ceil(count / 4) - 1}0101`;
  return periodsBetween(from, today)
    .filter(({ end }) => end < today)
    .reverse()
    .slice(0, count);
}

/** The newest period whose filing deadline has passed. */
export function newestDuePeriod(today: Day): Period {
  const due = newestPeriods(today, 4).find(({ deadline }) => deadline < today);
  if (due === undefined) throw new Error(`no report period is due on ${today}`);
  return due;
}
