// Judges the answer for a day or a code by its cells: which rows should have come and have not, and what is believed of
// them. Pure.
import type { Dataset } from "../catalogue/datasets.ts";
import { type Day, daysBetween } from "../catalogue/dates.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import { say } from "../words/say.ts";
import {
  type Absence,
  type CellNames,
  type CellQuestion,
  cellNames,
  hasDetail,
  type Lack,
  placesOf,
} from "./cells.ts";
import { agreement, idleOf, leadingOf, movedOf } from "./likely-absences.ts";
import type { Table } from "./rows.ts";

/** An absence that is older than this many days is not expected to end. */
const lateDays = 7;

/** Deliveries of a unit that look for what is absent before it is recorded. */
const deliveriesMin = 3;

/** So many absences are few; or this share of the expected cells, which is larger where not everything can be explained. */
const fewCells = 3;
const fewShare = 0.01;
const fewShareWithoutEvidence = 0.4;

/** Names in a sentence. */
const namesMax = 5;

/** no_data: there is none. unexplained: nothing says why. */
export type Reason = "no_data" | "unexplained";

/** An absence to be recorded. */
export type NewAbsence = Absence & {
  readonly reason: Reason;
  /** It is not looked for again. */
  readonly isFinal: boolean;
};

/** The figures of a day of which nothing is missing. */
export type WholeDay = {
  readonly trade_date: Day;
  readonly expected: number;
  readonly expectedKey: string;
  readonly stored: number;
  readonly explained: number;
  readonly unexplained: number;
};

export type CellVerdict = {
  /** What is unexplained, by name; undefined when nothing is. */
  readonly why: string | undefined;
  /** Whether the unit is done: nothing is unexplained, or what is was looked for often enough and is little. */
  readonly settles: boolean;
  /** Whether something is unexplained of the last day, of which more may still be published. */
  readonly isNewest: boolean;
  /** What is recorded when the unit is done. */
  readonly absences: readonly NewAbsence[];
  /** Given when nothing of the day is to be looked for again. */
  readonly wholeDay: WholeDay | undefined;
};

type Compared = {
  readonly absent: readonly Lack[];
  readonly lacking: readonly Lack[];
  /** Cells that are known to be as they are. */
  readonly counts: { stored: number; explained: number; unexplained: number };
};

/** Decides what an answer lacks, and what is believed of it. @param names of the selector's cells */
export function judgeCells(question: CellQuestion, names: CellNames): CellVerdict {
  const { dataset, selector, table, cells, deliveries } = question;
  const { absent, lacking, counts } = compare(question, names);
  const dayOf = ({ name }: Lack) => names.absence(name, dataset.main).trade_date;
  const isOld = (lack: Lack) => daysBetween(dayOf(lack), question.today) > lateDays;

  const agrees = agreement(question, names);
  const leading = leadingOf(question, names);
  const moved = movedOf(question, names);
  const oldAgreed = absent.filter((lack) => isOld(lack) && agrees(lack, "every"));
  const believesOld = oldAgreed.length <= fewOf(cells.expected, fewShare);
  const believed = new Set([
    ...absent.filter((lack) => leading.isBefore(lack, "answered") || moved.hasNewerRow(lack)),
    ...absent.filter((lack) => dayOf(lack) < (dataset.explainedBy?.firstDay ?? "") && agrees(lack, "some")),
    ...(believesOld ? oldAgreed : []),
  ]);
  const unexplained = absent.filter((lack) => !believed.has(lack));
  const problems = [...unexplained, ...lacking];

  const isWhole = wholeDetails(question, names, lacking);
  const bars = unexplained.filter((lack) => !leading.isBefore(lack, "stored") && !moved.isOldCode(lack));
  const idle = idleOf(question, names, bars.filter(isOld));
  const counted = bars.length + lacking.filter((lack) => !isWhole(lack)).length - idle.cells;
  // By code an answer is also proven by its cap, and suspensions of long ago are not all recorded.
  const isLenient = question.evidence === undefined || selector.by === "code";
  const share = isLenient ? fewShareWithoutEvidence : fewShare;
  const isEmptyDay = selector.by === "date" && table.size === 0;
  const isLittle =
    !isEmptyDay &&
    counted <= fewOf(cells.expected, share) &&
    counted + idle.counted <= fewOf(cells.expected, fewShareWithoutEvidence);
  const settles = problems.length === 0 || (deliveries >= deliveriesMin && isLittle);

  const isNothing = (lack: Lack) =>
    believed.has(lack) || (settles && (agrees(lack, "every") || leading.isBefore(lack, "stored")));
  const recorded = new Map<string, NewAbsence>();
  for (const lack of [...absent, ...lacking]) {
    const reason: Reason = lack.spec === dataset.main && isNothing(lack) ? "no_data" : "unexplained";
    const ofAll = selector.by === "date" && lack.spec !== dataset.main && isWhole(lack);
    const absence = names.absence(lack.name, lack.spec);
    recorded.set(ofAll ? lack.spec.name : `${lack.name} ${lack.spec.name}`, {
      ...absence,
      ...(ofAll && { ts_code: "" }),
      reason,
      isFinal: reason === "no_data" || isOld(lack) || lack.letter === "2",
    });
  }
  const absences = [...recorded.values()];
  const noData = absences.filter(({ reason }) => reason === "no_data").length;
  const last = daysOf(selector)?.to;
  return {
    why: problems.length === 0 ? undefined : whyOf(question, unexplained, lacking, isWhole, isEmptyDay),
    settles,
    isNewest: problems.some((lack) => dayOf(lack) === last),
    absences,
    wholeDay:
      settles && selector.by === "date" && absences.every(({ isFinal }) => isFinal)
        ? {
            trade_date: selector.trade_date,
            expected: cells.expected,
            expectedKey: cells.expectedKey,
            stored: counts.stored,
            explained: counts.explained + noData,
            unexplained: counts.unexplained + absent.length - noData + lacking.length,
          }
        : undefined,
  };
}

/** Compares the expected cells with the answer, and with what was known before. */
function compare({ dataset, selector, table, evidence, cells }: CellQuestion, names: CellNames): Compared {
  const places = placesOf(table, names);
  const explained = explainedBy(dataset, selector, evidence);
  const absent: Lack[] = [];
  const lacking: Lack[] = [];
  const counts = { stored: 0, explained: 0, unexplained: 0 };
  const details = [...dataset.details.entries()];
  for (const [name, state] of cells.states) {
    const letter = state.charAt(0);
    if (letter === "-") continue;
    const row = places.get(name);
    if (row !== undefined || letter === "s") {
      counts.stored += 1;
      for (const [at, spec] of details) {
        const known = state.charAt(at + 1);
        if (known === "+" || known === "n" || (row !== undefined && hasDetail(table, row, spec))) continue;
        if (known === "u") counts.unexplained += 1;
        else lacking.push({ name, spec, letter: known });
      }
    } else if (letter === "e" || letter === "n" || explained.has(name)) counts.explained += 1;
    else if (letter === "u") counts.unexplained += 1;
    else absent.push({ name, spec: dataset.main, letter });
  }
  return { absent, lacking, counts };
}

/** The names of the cells that the evidence of this answer explains. */
export function explainedBy(
  { explainedBy: of }: Dataset,
  selector: Selector,
  evidence: Table | undefined,
): ReadonlySet<string> {
  const { column = "" } = (of && cellNames(of, selector)) ?? {};
  const values = Object.entries(of?.explains ?? {});
  const explained = new Set<string>();
  for (const [row, name] of (evidence?.columns[column] ?? []).entries()) {
    if (values.every(([key, value]) => (evidence?.columns[key]?.[row] ?? "") === (value ?? "")))
      explained.add(String(name));
  }
  return explained;
}

/** Whether a row lacks an interface that has nothing yet: for the whole day, or for all days of the code before it. */
function wholeDetails(
  { selector, table, cells, dataset }: CellQuestion,
  names: CellNames,
  lacking: readonly Lack[],
) {
  const lacked = new Set(lacking.map(({ spec }) => spec));
  const firsts = new Map(
    [...lacked].map((spec) => {
      const at = dataset.details.indexOf(spec) + 1;
      let first = "~";
      const note = (name: string) => {
        if (name < first) first = name;
      };
      for (const [name, state] of cells.states) if (state.charAt(at) === "+") note(name);
      for (const [name, row] of placesOf(table, names)) if (hasDetail(table, row, spec)) note(name);
      return [spec, first];
    }),
  );
  return ({ name, spec }: Lack): boolean => {
    const first = firsts.get(spec) ?? "";
    return selector.by === "date" ? first === "~" : name < first;
  };
}

function fewOf(expected: number, share: number): number {
  return Math.max(fewCells, Math.floor(expected * share));
}

function whyOf(
  { dataset, selector, table, cells }: CellQuestion,
  unexplained: readonly Lack[],
  lacking: readonly Lack[],
  isWhole: (lack: Lack) => boolean,
  isEmptyDay: boolean,
): string {
  if (isEmptyDay && selector.by === "date") return say("dayEmpty", { day: selector.trade_date });
  const slice = selector.by === "date" ? selector.trade_date : selector.by === "code" ? selector.ts_code : "";
  const named = (lacks: readonly Lack[]) => ({ slice, count: lacks.length, names: namesOf(lacks) });
  const { expected } = cells;
  const sentences: string[] = [];
  if (unexplained.length > 0) {
    const values = { ...named(unexplained), expected };
    sentences.push(selector.by === "date" ? say("codesAbsent", values) : say("daysAbsent", values));
  }
  for (const spec of dataset.details) {
    const lacks = lacking.filter((lack) => lack.spec === spec);
    const [first] = lacks;
    if (first === undefined) continue;
    const isNone = selector.by === "date" && isWhole(first);
    sentences.push(
      isNone
        ? say("detailNone", { slice, interface: spec.name })
        : say("detailAbsent", { ...named(lacks), rows: table.size, interface: spec.name }),
    );
  }
  return sentences.join("; ");
}

function namesOf(lacks: readonly Lack[]): string {
  const names = lacks.map(({ name }) => name).sort();
  return [...names.slice(0, namesMax), ...(lacks.length > namesMax ? ["…"] : [])].join(", ");
}
