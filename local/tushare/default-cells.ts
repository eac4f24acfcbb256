// The cells of a default interface: the type, the measure and the name of a column decide its values. Numbers stay near
// a level of their own and change little from step to step; codes, names and prices come from the market.
import {
  type Column,
  type DatasetSpec,
  fieldOfEach,
  type InterfaceSpec,
} from "../../shared/catalogue/dataset.ts";
import type { Measure } from "../../shared/catalogue/measures.ts";
import type { Line } from "./bars.ts";
import type { Calendar } from "./calendar.ts";
import { barFields, rounded, type StepBar } from "./default-bars.ts";
import type { Shape } from "./default-interfaces.ts";
import { mix, textHash, unit } from "./hash.ts";
import type { Cell } from "./interfaces.ts";
import { controllers } from "./names.ts";
import { walk } from "./prices.ts";
import type { Step } from "./steps.ts";
import { statusOn } from "./stock-list.ts";
import { industryCodes } from "./subjects.ts";

/** The position of one row: its subject, its step, its number among the rows of both, and the facts about them. */
export type Place = {
  readonly line: Line;
  readonly step: Step;
  readonly variant: number;
  readonly today: string;
  /** The filing day of a report. */
  readonly filed: string | undefined;
  readonly bar: StepBar | undefined;
  /** Another code of the row, such as a member of an index. */
  readonly companion: string;
};

export type Maker = (place: Place) => Cell;

export type CellContext = {
  readonly seed: number;
  readonly calendar: Calendar;
  readonly dataset: DatasetSpec;
  readonly spec: InterfaceSpec;
  readonly shape: Shape;
  readonly measureOf: (column: string) => Measure | undefined;
};

const nullShare = 0.02;

/** Returns a function that makes the cells of a column; the same arguments make the same cell. */
export function makerOf(field: string, column: Column, context: CellContext): Maker {
  const { spec, shape, dataset } = context;
  const constant = spec.always?.[field];
  if (constant !== undefined) return () => constant;
  if (column.name === shape.time) return ({ step }) => step.value;
  if (column.name === shape.code) return ({ line }) => line.code;
  const make = makers[column.type](field, column, context);
  const isSure = column.required || column.type === "day" || dataset.key.includes(column.name);
  if (isSure || (isPriced(spec) && Object.hasOwn(barFields, field))) return make;
  const own = mix(context.seed, textHash(field), 1);
  return (place) =>
    unit(own ^ place.line.security.seed, place.step.at, place.variant) < nullShare ? null : make(place);
}

/** Whether the interface has closing prices, and so no row for a day without one. */
export function isPriced(spec: InterfaceSpec): boolean {
  return spec.columns.some(({ name, from }) => (from ?? name) === "close");
}

/** Whether a row needs a bar: for prices, or for figures derived from them. */
export function needsBar(spec: InterfaceSpec): boolean {
  return isPriced(spec) || spec.columns.some(({ name, from }) => priceLike.test(from ?? name));
}

type MakerFor = (field: string, column: Column, context: CellContext) => Maker;

const makers: Readonly<Record<Column["type"], MakerFor>> = {
  code: (field, _column, { seed }) => {
    if (!industryLike.test(field)) return ({ companion }) => companion;
    return ({ line }) =>
      industryCodes[mix(seed ^ line.security.seed, textHash(field)) % industryCodes.length] ?? null;
  },
  day: dayMaker,
  flag: (field, column, { dataset, seed }) =>
    dataset.key.includes(column.name)
      ? ({ variant }) => variant % 2
      : ({ line, step }) => mix(seed ^ line.security.seed, textHash(field), step.at) % 2,
  text: textMaker,
  number: numberMaker,
};

/** The levels of an industry. */
const industryLike = /^l\d_code$/;

function dayMaker(field: string, column: Column, { dataset, calendar, shape, seed }: CellContext): Maker {
  const { securities } = dataset;
  const dayAt = (day: number) => calendar.openDays[day] ?? null;
  if (column.name === (securities?.listedFrom ?? "list_date"))
    return ({ line }) => dayAt(line.security.listed);
  if (column.name === (securities?.listedTo ?? "delist_date"))
    return ({ line, step }) => (line.security.delisted <= step.day ? dayAt(line.security.delisted) : null);
  if (shape.pace === "periods" && /ann_date|actual_date/.test(field)) return ({ filed }) => filed ?? null;
  if (/(trade|ann)_date$/.test(field)) return ({ step }) => step.date;
  const own = mix(seed, textHash(field), 2);
  // The event was some weeks before its announcement; other dates may be before or after it.
  const range = shape.pace === "calendar days" && field === "end_date" ? [-60, -10] : [-30, 60];
  const [low = 0, high = 0] = range;
  return ({ line, step, variant }) => {
    const from = shape.pace === "once" ? line.security.listed : step.day;
    const luck = unit(own ^ line.security.seed, step.at, variant);
    return dayAt(Math.max(0, from + low + Math.floor(luck * (high - low))));
  };
}

const people = controllers.filter((name) => name.length <= 3);
const vocabularies: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^exchange/, ["SSE", "SZSE", "BSE"]],
  [/^update_flag$/, ["1", "0"]],
  [/^is_/, ["Y", "N"]],
  [/^(curr_type|currency)$/, ["CNY"]],
  [
    /holder|manager|buyer|seller|exalter|^name$/,
    [...people, "华岳证券总部", "易信基金", "香港中央结算有限公司"],
  ],
];
const anyWords = ["甲类", "乙类", "丙类", "丁类"];
const otherWord = "其他";

function textMaker(field: string, column: Column, context: CellContext): Maker {
  const { dataset, spec, calendar, seed } = context;
  if (field === "list_status") return ({ line, today }) => statusOn(calendar, line.security, today) ?? null;
  const isListed = dataset.securities !== undefined || dataset.members !== undefined;
  if (isListed && /^(ts_|cs|c|full)?name$/.test(field))
    return ({ line }) => line.security.names.at(-1)?.name ?? line.code;
  if (/^(symbol|exchange)$/.test(field) && spec.answers.includes("exchange")) {
    return ({ line }) => line.code.split(".")[field === "symbol" ? 0 : 1] ?? null;
  }
  if (/^(code|sub_code|cb_code|com_id)$/.test(field)) return ({ line }) => line.code.split(".")[0] ?? null;
  const words =
    spec.each && fieldOfEach(spec.each) === field
      ? spec.each.values
      : wordsOf(field, column, spec.keeps?.[column.name]);
  const numbered = (at: number) =>
    `${words[at % words.length]}${at < words.length ? "" : Math.floor(at / words.length) + 1}`;
  if (dataset.key.includes(column.name)) return ({ variant }) => numbered(variant);
  const own = mix(seed, textHash(field), 3);
  const isKept = spec.keeps?.[column.name] !== undefined;
  return ({ line, step, variant }) => {
    const luck = mix(own ^ line.security.seed, step.at, variant);
    return isKept && luck % 16 === 0 ? otherWord : numbered((luck >>> 8) % words.length);
  };
}

/**
 * The words of a column: TuShare's words if the file translates them. If the file's rule selects rows by this column,
 * the words it keeps.
 */
function wordsOf(field: string, { words: translated }: Column, keeps: RegExp | undefined): readonly string[] {
  const usual =
    translated === undefined
      ? (vocabularies.find(([pattern]) => pattern.test(field))?.[1] ?? anyWords)
      : [...Object.keys(translated), otherWord];
  if (keeps === undefined) return usual;
  const named = keeps.source.split(/[^\p{L}\p{N}_]+/u).filter((word) => word !== "");
  const kept = [...new Set([...named, ...usual])].filter((word) => keeps.test(word));
  return kept.length > 0 ? kept : usual;
}

/** Lowest and highest level of a figure, and the number of decimals that TuShare sends. */
const levels: Readonly<Partial<Record<Measure, readonly [low: number, high: number, digits: number]>>> = {
  ratio: [0.1, 50, 4],
  percent: [0.1, 40, 4],
  CNY: [1e6, 1e10, 2],
  "thousand CNY": [1e3, 1e7, 3],
  "ten thousand CNY": [1e2, 1e7, 4],
  shares: [1e5, 1e9, 0],
  "ten thousand shares": [1e3, 1e6, 4],
  lots: [1e2, 1e6, 2],
  points: [800, 6000, 4],
  times: [1, 40, 0],
  days: [1, 300, 0],
};
const anyLevel = [1, 1000, 2] as const;

const signed = /(^|_)(net|chg|change|inc|yoy|mom|qoq|diff)(_|$)/;
const priceLike = /(^|_)(price|prc|avg|limit|cost|nav)$/;

function numberMaker(
  field: string,
  { name }: Column,
  { seed, measureOf, dataset, spec }: CellContext,
): Maker {
  const measure = measureOf(name);
  const ofBar = isPriced(spec) ? barFields[field] : undefined;
  const own = mix(seed, textHash(field), 4);
  const [low, high, digits] = (measure && levels[measure]) ?? anyLevel;
  const span = Math.log(high / low);
  const near = priceLike.test(field) && (measure === undefined || measure === "CNY");
  const isKey = dataset.key.includes(name);
  const ofLevel: Maker = ({ line, step, variant, bar }) => {
    const subject = mix(own, line.security.seed, variant);
    const moved = walk(subject, step.at, 5);
    if (near && bar) return rounded((bar.close / bar.ticks) * (1 + moved * 0.005), 2);
    const value =
      rounded(low * Math.exp(span * unit(subject, 1) + 0.04 * moved), digits) + (isKey ? variant : 0);
    return signed.test(field) && moved < 0 ? -value : value;
  };
  if (ofBar === undefined) return ofLevel;
  return (place) => (place.bar ? ofBar(place.bar, measure) : ofLevel(place));
}
