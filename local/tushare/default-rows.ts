// The rows of an interface without its own generator: typed by its columns, about the market's own securities and open
// days, newest first. A row is a function of seed, dataset, code and step, so no state is needed, and every page of
// every query agrees.

import type { Line } from "./bars.ts";
import type { Calendar } from "./calendar.ts";
import { barOf } from "./default-bars.ts";
import { isPriced, type Maker, makerOf, needsBar, type Place } from "./default-cells.ts";
import { answered, type DefaultInterface, fieldOf } from "./default-interfaces.ts";
import { announcedOn, reportsOn } from "./finance.ts";
import { mix, shuffle, textHash, unit } from "./hash.ts";
import type { Query, Row } from "./interfaces.ts";
import { type Bounds, type Step, stepsBetween } from "./steps.ts";
import { dayUntil } from "./stock-list.ts";
import type { Subjects } from "./subjects.ts";

/** The rows a query selects, of those published by the day `last`; lists and reports are as known on `today`. */
export type DefaultReader = (query: Query, last: string, today: string) => Iterable<Row>;

const eventsMax = 4;
const companionsMax = 10;
const duplicateShare = 0.05;

/** Number of rows of a list that has no securities. A day without securities has one row for each exchange. */
const listRows = 20;
const exchanges = 3;

/** Returns the reader of one interface of a market. */
export function makeDefaultReader(
  market: { readonly seed: number; readonly calendar: Calendar },
  { stocks, all, regular }: Subjects,
  face: DefaultInterface,
): DefaultReader {
  const { calendar } = market;
  const { shape, spec, codeParameter } = face;
  const dataset = face.file.spec;
  const seed = mix(market.seed, textHash(face.dataset));
  const measures = face.file.words?.columns ?? {};
  const context = { seed, calendar, dataset, spec, shape, measureOf: (name: string) => measures[name]?.[0] };
  const makers = answered(spec).map(([field, column]) => makerOf(field, column, context));
  const byCode = Map.groupBy(regular, ({ code }) => code);
  const isEvents = dataset.expects === "none" || shape.pace === "calendar days";
  const isDay = dataset.main.columns.some(({ name, type }) => name === shape.time && type === "day");
  const barsOf = barMaker(calendar, face);
  const variants = variantsOf(face);
  const hasCompanions = spec.columns.some(({ name, type }) => type === "code" && name !== shape.code);

  function eventsAt(step: Step, isThere: (line: Line, step: Step) => boolean): Line[] {
    const count = mix(seed, step.at, 7) % eventsMax || (dataset.expects === "none" ? 0 : 1);
    const drawn = Array.from({ length: count }, (_, at) => all[mix(seed, step.at, 8 + at) % all.length]);
    const found = [...new Set(drawn)].filter((line) => line !== undefined && isThere(line, step));
    const anyone = found.length === 0 && count > 0 ? all.find((line) => isThere(line, step)) : undefined;
    return [...found, anyone].filter((line) => line !== undefined);
  }

  function placesOf(line: Line, step: Step, today: string): Place[] {
    const { security } = line;
    const filed = shape.pace === "periods" ? announcedOn(security, step.value) : undefined;
    if (filed !== undefined && (filed >= today || !reportsOn(calendar, security, step.value))) return [];
    const bar = barsOf?.(line, step);
    if (isPriced(spec) && barsOf && !bar) return [];
    const beside = hasCompanions ? companionsOf(line, step) : [];
    const luck = mix(seed ^ security.seed, step.at, 5);
    const count =
      variants === "companions" ? beside.length : typeof variants === "number" ? variants : 1 + (luck % 2);
    return Array.from({ length: count }, (_, variant) => {
      return { line, step, variant, today, filed, bar, companion: beside[variant]?.code ?? line.code };
    });
  }

  /** Some stocks listed at that step, starting at a position chosen by the line's seed. */
  function companionsOf({ security }: Line, step: Step): Line[] {
    const found: Line[] = [];
    for (let at = 0; at < stocks.length && found.length < companionsMax; at++) {
      const stock = stocks[(security.seed + at) % stocks.length];
      if (stock && stock.from <= step.day && step.day < stock.to) found.push(stock);
    }
    return found;
  }

  return function* read(query, last, today) {
    const code = codeParameter === undefined ? undefined : query[codeParameter];
    const now = dayUntil(calendar, today);
    const isThere = (line: Line, step: Step) =>
      line.visibleFrom <= now && isAlive(line, step, now, shape.pace);
    const lines = code === undefined ? regular : (byCode.get(code) ?? []);
    for (const step of stepsBetween(calendar, shape.pace, isDay, boundsOf(face, query, last))) {
      const chosen = isEvents ? eventsAt(step, isThere) : lines.filter((line) => isThere(line, step));
      const asked = chosen.filter((line) => code === undefined || line.code === code);
      const places = shuffle(
        asked.flatMap((line) => placesOf(line, step, today)),
        mix(seed, step.at, 9),
      );
      for (const place of places) {
        const row = rowOf(makers, place);
        yield row;
        if (isTwice(place)) yield row;
      }
    }
  };

  /** For a dataset without a unique key, some rows come twice. */
  function isTwice({ line, step, variant }: Place): boolean {
    return (
      dataset.replacesSlice === true &&
      unit(seed ^ line.security.seed, step.at, 10 + variant) < duplicateShare
    );
  }
}

function rowOf(makers: readonly Maker[], place: Place): Row {
  return makers.map((make) => make(place));
}

/** Lists include delisted securities; reports stay, and start before the listing. */
function isAlive({ from, to, security }: Line, { day }: Step, now: number, pace: string): boolean {
  if (pace === "once" || pace === "periods") return from <= now && (now < to || to === security.delisted);
  return from <= day && day < to;
}

/** Returns the maker of bars, for interfaces that need them. */
function barMaker(calendar: Calendar, { shape, spec }: DefaultInterface) {
  if (!needsBar(spec) || shape.pace === "once") return undefined;
  const months = { months: 1, quarters: 3 }[shape.pace as string];
  return (line: Line, step: Step) => barOf(line, step, months && lastDayBefore(calendar, step, months));
}

/** The last open day of the step before. */
function lastDayBefore(calendar: Calendar, { date }: Step, months: number): number {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(4, 6)) - months; // the month after it, from zero
  const first = `${Math.floor(month / 12)}${String((month % 12) + 1).padStart(2, "0")}01`;
  return calendar.indexFrom(first) - 1;
}

/** How many rows one subject has at a step, when the key has more columns; "one or two" when the file does not say. */
function variantsOf({ shape, file: { spec } }: DefaultInterface): number | "companions" | "one or two" {
  const types = shape.others.map((name) => spec.main.columns.find((column) => column.name === name)?.type);
  if (types.includes("code")) return "companions";
  if (types.every((type) => type === "day" || type === undefined)) return 1;
  if (shape.code !== undefined) return "one or two";
  return shape.pace === "once" ? listRows : exchanges;
}

/** First and last value of the time column that a query can select; other steps are not made. */
function boundsOf({ face, shape, spec, file }: DefaultInterface, query: Query, last: string): Bounds {
  const time = fieldOf(spec, shape.time);
  const own = Object.entries({
    ...Object.fromEntries(face.filters.map((name) => [name, name])),
    ...face.aliases,
  })
    .filter(([, field]) => field === time)
    .flatMap(([param]) => query[param] ?? []);
  const starts = Object.entries(face.prefixes ?? {})
    .filter(([, field]) => field === time)
    .flatMap(([param]) => query[param] ?? []);
  const { start_date: start = "", end_date: end = "~" } = face.dateField === time ? query : {};
  return {
    low: [...own, ...starts, start].sort().at(-1) ?? "",
    high: [...own, ...starts.map((text) => `${text}~`), end].sort()[0] ?? "",
    first: file.spec.firstDay ?? "",
    last,
  };
}
