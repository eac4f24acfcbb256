// Days of a code that its chart marks: those that a dataset's file names, such as announcements of reports, and days on which
// the adjustment factor changes.
import { columnsOf, type DatasetMarks } from "../../shared/catalogue/dataset.ts";
import { words as datasetWords } from "../../shared/catalogue/dataset-files.ts";
import { datasets, isDatasetName } from "../../shared/catalogue/datasets.ts";
import { type Day, formatDay } from "../../shared/catalogue/dates.ts";
import type { Database, SqlRow } from "../../shared/ports.ts";
import type { DailyRow } from "../../shared/reads/daily.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import type { PageWords } from "./words.ts";

export type Mark = {
  readonly day: Day;
  /** A letter in the drawing. */
  readonly sign: string;
  readonly text: string;
};

/** Enough for every report and dividend of a code since 1990. */
const marksMax = 500;

/** Ascending by day. @param rows of the code, ascending */
export async function readMarks(
  database: Database,
  code: string,
  rows: readonly DailyRow[],
  words: PageWords,
): Promise<Mark[]> {
  const [first, last] = [rows.at(0)?.trade_date, rows.at(-1)?.trade_date];
  if (first === undefined || last === undefined) return [];
  const named = Object.entries(datasetWords).flatMap(([name, { marks }]) =>
    marks === undefined || !isDatasetName(name) ? [] : [{ name, marks }],
  );
  const found = await Promise.all(
    named.map(async ({ name, marks }) => {
      const shown = marks.shows.join(", ");
      const days = await database.run(
        `select distinct to_char(${marks.day}, 'YYYYMMDD') as day, ${shown}
from ${datasets[name].table}
where ts_code = :code and ${marks.day} between to_date(:first, 'YYYYMMDD') and to_date(:last, 'YYYYMMDD')
order by day
limit :count`,
        { code, first, last, count: marksMax },
      );
      return days.map((row) => markOf(row, marks, name, words));
    }),
  );
  const marks = found.flat();
  const explained = new Set(marks.filter(({ sign }) => sign !== "").map(({ day }) => day));
  const steps = factorSteps(rows, words).filter(({ day }) => !explained.has(day));
  return [...marks, ...steps].sort((a, b) => (a.day < b.day ? -1 : 1));
}

function markOf(
  row: SqlRow,
  marks: DatasetMarks,
  name: keyof typeof datasetWords,
  { language }: PageWords,
): Mark {
  const own = language === "en" ? "en" : "zh";
  const columns = columnsOf(datasets[name]);
  const values = marks.shows.flatMap((column) => {
    const value = row[column];
    const type = columns.find((each) => each.name === column)?.type;
    if (value === null || value === undefined || Number(value) === 0) return [];
    if (type === "day") return [dayText(value)];
    const [, en, zh] = datasetWords[name].columns[column] ?? ["", column, column];
    return [`${own === "en" ? en : zh} ${type === "number" ? Number(value) : String(value)}`];
  });
  return {
    day: String(row.day),
    sign: marks.sign[own],
    text: [marks.tells[own], values.join(", ")].join(" ").trim(),
  };
}

/** Drivers give a date as YYYY-MM-DD, or as an object. */
function dayText(value: SqlRow[string] | Date): string {
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}

/** Days whose factor is another than that of the day before: prices before them are adjusted. */
function factorSteps(rows: readonly DailyRow[], { marks }: PageWords): Mark[] {
  return rows.flatMap((row, at) => {
    const [before, factor] = [rows[at - 1]?.figures.adj_factor, row.figures.adj_factor].map(Number);
    if (!before || !factor || before === factor) return [];
    return [
      { day: row.trade_date, sign: marks.stepSign, text: marks.step(formatNumber(factor / before, 3)) },
    ];
  });
}

/** The marks of each bar: those from the day after the bar before, to its own last day. @param ends last day of each bar */
export function marksOfBars(marks: readonly Mark[], ends: readonly string[]): readonly (readonly Mark[])[] {
  const byBar = ends.map((): Mark[] => []);
  let at = 0;
  for (const mark of marks) {
    const day = formatDay(mark.day);
    while (at < ends.length && (ends[at] ?? "") < day) at += 1;
    byBar[at]?.push(mark);
  }
  return byBar;
}
