// When the data of a day is due. Pure.
import type { DatasetSpec } from "./dataset.ts";
import { addDays, type Day, formatDay, shanghaiDay, shanghaiHours } from "./dates.ts";

/** The newest day whose data is due: today from its publication hour on, or else yesterday. */
export function lastDueDay(dataset: DatasetSpec, now: Date): Day {
  const today = shanghaiDay(now);
  return shanghaiHours(now) >= hourOf(dataset) ? today : addDays(today, -1);
}

/** When the data of a day is due, in Shanghai. */
export function dueAt(dataset: DatasetSpec, day: Day): string {
  return `${formatDay(day)} ${String(hourOf(dataset)).padStart(2, "0")}:00`;
}

/** Without a publication hour, a day is due when it is over; lists are due at any time. */
function hourOf({ publicationHour, slices }: DatasetSpec): number {
  return publicationHour ?? (slices === "lists" ? 0 : 24);
}
