// Formats numbers, times and days for people. Times are in Shanghai time, like the market's.
import { formatDay, shanghaiDay, shanghaiTime } from "../catalogue/dates.ts";
import { english } from "./words.ts";

const grouped = [0, 1, 2, 3].map(
  (digits) => new Intl.NumberFormat("en-US", { maximumFractionDigits: digits }),
);

/** 1,234.5 */
export function formatNumber(value: number, fractionDigits: 0 | 1 | 2 | 3 = 1): string {
  return grouped[fractionDigits]?.format(value) ?? String(value);
}

/** 17:30 for a time today, 01-02 17:30 for a time this year, else 2024-01-02 17:30. */
export function formatTime(at: Date, now: Date): string {
  const [day, today] = [shanghaiDay(at), shanghaiDay(now)];
  const hours = shanghaiTime(at);
  if (day === today) return hours;
  return `${day.slice(0, 4) === today.slice(0, 4) ? formatDay(day).slice(5) : formatDay(day)} ${hours}`;
}

/** 45 s, 12 min, 3 h 20 min, 2 d 4 h */
export function formatDuration(milliseconds: number, { duration } = english): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return duration({ seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return duration({ minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return duration({ hours, minutes: minutes % 60 });
  return duration({ days: Math.floor(hours / 24), hours: hours % 24 });
}
