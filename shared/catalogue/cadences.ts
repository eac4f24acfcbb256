// The schedules on which datasets are updated. Starts at the same time wake the database only once.

/** EventBridge Scheduler expressions, read in Asia/Shanghai. */
export const cadences = {
  /** Before the market opens. */
  morning: ["cron(30 7 ? * MON-FRI *)"],
  weekly: ["cron(0 8 ? * MON *)"],
  // daily_basic may be published as late as 19:00; the second run fetches what the first one found unpublished.
  evening: ["cron(30 17 ? * MON-FRI *)", "cron(30 20 ? * MON-FRI *)"],
  /** After `evening`, so that the jobs of the two do not delay each other. */
  late_evening: ["cron(50 17 ? * MON-FRI *)", "cron(50 20 ? * MON-FRI *)"],
  // Indicators are published the day after the filing; the reporting schedule was fetched in the morning.
  night: ["cron(30 21 ? * * *)"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CadenceName = keyof typeof cadences;

/** The most days between two starts of each. */
const daysApart: Readonly<Record<CadenceName, number>> = {
  morning: 3,
  weekly: 7,
  evening: 3,
  late_evening: 3,
  night: 1,
};

/** Days after which what a cadence keeps up to date is too old: one start may fail, the next one may not. */
export function freshDays(cadence: CadenceName): number {
  return 2 * daysApart[cadence];
}
