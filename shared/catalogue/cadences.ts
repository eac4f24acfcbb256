// When datasets are looked at again by themselves. Starts that fall together wake the database once.

/** EventBridge Scheduler expressions, read in Asia/Shanghai. */
export const cadences = {
  /** Before the market opens. */
  morning: ["cron(30 7 ? * MON-FRI *)"],
  weekly: ["cron(0 8 ? * MON *)"],
  // daily_basic may come as late as 19:00; the second look heals what the first found unpublished.
  evening: ["cron(30 17 ? * MON-FRI *)", "cron(30 20 ? * MON-FRI *)"],
  /** After the evening's, so that the two do not wait for each other. */
  late_evening: ["cron(50 17 ? * MON-FRI *)", "cron(50 20 ? * MON-FRI *)"],
  // Indicators come the day after the filing; the reporting schedule was read in the morning.
  night: ["cron(30 21 ? * * *)"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CadenceName = keyof typeof cadences;
