// Days as YYYYMMDD text, as TuShare writes them, and Shanghai time, which has had no summer time since 1991.

export type Day = string;

/** First day of the Shanghai exchange. */
export const firstTradingDay: Day = "19901219";

/** The Monday from which weeks and ranges are counted. */
export const firstMonday: Day = "19700105";

const DAY_MILLISECONDS = 86_400_000;
const SHANGHAI_OFFSET_MILLISECONDS = 8 * 3_600_000;

/** The day in Shanghai at an instant. */
export function shanghaiDay(instant: Date): Day {
  return shanghaiText(instant).slice(0, 10).replaceAll("-", "");
}

/** Hours since midnight in Shanghai, 0 <= hours < 24. */
export function shanghaiHours(instant: Date): number {
  const [hours = 0, minutes = 0, seconds = 0] = shanghaiText(instant).slice(11, 19).split(":").map(Number);
  return hours + minutes / 60 + seconds / 3600;
}

/** The instant of an hour of a day in Shanghai; `hours` may be more than 24. */
export function shanghaiInstant(day: Day, hours: number): Date {
  return new Date(utcMidnight(day) - SHANGHAI_OFFSET_MILLISECONDS + hours * 3_600_000);
}

/** The day `days` later, or earlier when negative. */
export function addDays(day: Day, days: number): Day {
  return new Date(utcMidnight(day) + days * DAY_MILLISECONDS).toISOString().slice(0, 10).replaceAll("-", "");
}

/** Number of days between two days; 1 from a day to the next. */
export function daysBetween(from: Day, to: Day): number {
  return (utcMidnight(to) - utcMidnight(from)) / DAY_MILLISECONDS;
}

/** The two halves of a range of two days or more, the later one first. */
export function halvesOf({ from, to }: { from: Day; to: Day }): readonly { from: Day; to: Day }[] {
  const middle = addDays(from, Math.floor((daysBetween(from, to) - 1) / 2));
  return [
    { from: addDays(middle, 1), to },
    { from, to: middle },
  ];
}

/** The earlier of two days. */
export function earlier(a: Day, b: Day): Day {
  return a.localeCompare(b) < 0 ? a : b;
}

/** The later of two days. */
export function later(a: Day, b: Day): Day {
  return a.localeCompare(b) > 0 ? a : b;
}

/** True for a day that exists: 20240230 does not. */
export function isDay(text: string): boolean {
  return /^\d{8}$/.test(text) && !Number.isNaN(utcMidnight(text)) && addDays(text, 0) === text;
}

/** 0 for Monday. */
export function weekday(day: Day): number {
  return ((daysBetween(firstMonday, day) % 7) + 7) % 7;
}

/** 2024-01-02 */
export function formatDay(day: Day): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

/** 17:30, in Shanghai. */
export function shanghaiTime(instant: Date): string {
  return shanghaiText(instant).slice(11, 16);
}

function shanghaiText(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MILLISECONDS).toISOString();
}

function utcMidnight(day: Day): number {
  return Date.parse(`${formatDay(day)}T00:00:00Z`);
}
