// EventBridge Scheduler's three kinds of expression, and when each is due next. aws-cron-parser does the calendar
// arithmetic of cron, in UTC; time zones and the cases it gets wrong are handled here.
import cronParser from "aws-cron-parser";

/** `next` gives the first due time after `from`, both in milliseconds since the epoch. */
export type Expression = { once: boolean; next(from: number): number | undefined };

type ParsedCron = ReturnType<typeof cronParser.parse>;

const unitSeconds: Record<string, number> = { minute: 60, hour: 3600, day: 86_400 };
/** How many candidate times a cron may reject before it counts as never due: "29 February" rejects a few. */
const candidatesMax = 400;

/**
 * @param anchor start of a rate's intervals: the schedule's start date, or its creation
 * @returns undefined when the expression is not valid.
 */
export function parseExpression(text: string, timeZone: string, anchor: number): Expression | undefined {
  const [, kind, argument] = /^(cron|rate|at)\((.*)\)$/s.exec(text) ?? [];
  if (kind === "cron") return parseCron(argument ?? "", timeZone);
  if (kind === "rate") return parseRate(argument ?? "", anchor);
  if (kind === "at") return parseAt(argument ?? "", timeZone);
  return undefined;
}

export function isTimeZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

function parseRate(argument: string, anchor: number): Expression | undefined {
  const [, value, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  if (value === undefined) return undefined;
  const period = Number(value) * (unitSeconds[unit ?? ""] ?? 0) * 1000;
  // The first is due at the anchor itself: a rate without a start date begins at once.
  return {
    once: false,
    next: (from) => (from < anchor ? anchor : anchor + (Math.floor((from - anchor) / period) + 1) * period),
  };
}

function parseAt(argument: string, timeZone: string): Expression | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(argument)) return undefined;
  const wall = Date.parse(`${argument}Z`);
  // Date.parse rolls 30 February over to March; AWS refuses it.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== argument) return undefined;
  const due = instantOf(wall, timeZone);
  return { once: true, next: (from) => (due > from ? due : undefined) };
}

function parseCron(argument: string, timeZone: string): Expression | undefined {
  const fields = argument.split(" ");
  const [minutes = "", hours = "", dayOfMonth = "", months = "", dayOfWeek = "", years = ""] = fields;
  // Exactly one of the two day fields says "any".
  if (fields.length !== 6 || (dayOfMonth === "?") === (dayOfWeek === "?")) return undefined;
  const days = expandDayOfWeek(dayOfWeek);
  const expanded = [
    expand(minutes, 0, 59),
    expand(hours, 0, 23),
    /^(\?|L|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W)$/.test(dayOfMonth)
      ? dayOfMonth
      : expand(dayOfMonth, 1, 31),
    expand(withNumbers(months, monthNames), 1, 12),
    days,
    expand(years, 1970, 2199),
  ];
  if (expanded.includes(undefined)) return undefined;
  const cron = cronParser.parse(expanded.join(" "));
  return { once: false, next: (from) => nextCron(cron, timeZone, from) };
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

function withNumbers(field: string, names: readonly string[]): string {
  return field.toUpperCase().replace(/[A-Z]{3}/g, (name) => {
    const index = names.indexOf(name);
    return index < 0 ? name : String(index + 1);
  });
}

function expandDayOfWeek(field: string): string | undefined {
  const numbers = withNumbers(field, dayNames);
  return /^(\?|L|[1-7]L|[1-7]#[1-5])$/.test(numbers) ? numbers : expand(numbers, 1, 7);
}

/**
 * Expands a field to numbers separated by commas: the parser misreads a list that contains a step, and validates
 * little.
 */
function expand(field: string, min: number, max: number): string | undefined {
  if (field === "?") return undefined;
  const values = new Set<number>();
  for (const item of field.split(",")) {
    const [, all, first, last, step] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/([1-9]\d*))?$/.exec(item) ?? [];
    if (all === undefined && first === undefined) return undefined;
    const from = Number(first ?? min);
    const to = Number(last ?? (all !== undefined || step !== undefined ? max : from));
    if (from < min || to > max || from > to) return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return [...values].sort((a, b) => a - b).join(",");
}

function nextCron(cron: ParsedCron, timeZone: string, from: number): number | undefined {
  let wall = new Date(wallOf(from, timeZone));
  for (let candidate = 0; candidate < candidatesMax; candidate += 1) {
    const next = cronParser.next(cron, wall);
    if (next === null) return undefined;
    wall = next;
    const due = instantOf(wall.getTime(), timeZone);
    // Not due: a 31st that rolled over into the next month, a time that the change to summer time skips, and the
    // second pass of the hour that the change back repeats (AWS runs that hour once).
    if (isOnCalendar(cron, wall) && wallOf(due, timeZone) === wall.getTime() && due > from) return due;
  }
  return undefined;
}

function isOnCalendar({ months, daysOfMonth }: ParsedCron, wall: Date): boolean {
  if (!months.includes(wall.getUTCMonth() + 1)) return false;
  return typeof daysOfMonth[0] !== "number" || daysOfMonth.includes(wall.getUTCDate());
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** The zone's local time at that instant, as if it were UTC. */
function wallOf(instant: number, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The first instant at which the zone's local time is `wall`; for a skipped time, one hour later. */
function instantOf(wall: number, timeZone: string): number {
  const day = 86_400_000;
  const before = wallOf(wall - day, timeZone) - (wall - day);
  const after = wallOf(wall + day, timeZone) - (wall + day);
  const early = wall - Math.max(before, after);
  return wallOf(early, timeZone) === wall ? early : wall - Math.min(before, after);
}
