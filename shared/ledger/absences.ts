// The SQL that keeps, with a unit's rows, what is known of the cells of its slice: rows that explain absences, recorded
// absences, and days of which nothing is missing. CTEs of the statement that stores the rows.
import { columnsOf, dayColumnOf, hasMembersEachDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { looksMax } from "../coverage/cells.ts";
import type { SqlParameters } from "../ports.ts";
import type { Absence } from "../rows/cells.ts";
import type { Settled } from "../rows/completeness.ts";
import type { Table } from "../rows/rows.ts";
import { say } from "../words/say.ts";

/** What is stored about cells, besides the rows. */
export type CellChanges = {
  /** Rows of the dataset's evidence. */
  readonly evidence?: Table | undefined;
  /** Recorded absences that are over. */
  readonly over?: readonly Absence[] | undefined;
  /** Given when the unit is done. */
  readonly settled?: Settled | undefined;
};

/** CTEs, each after a comma, and their parameters. */
export type Part = { readonly sql: string; readonly parameters: SqlParameters };

/** Days named in a task's reason, each with its first absence. */
const namesMax = 5;

/**
 * The CTEs after `written`.
 * @param explained datasets of which the dataset's own rows explain absences
 */
export function changesPart(
  dataset: Dataset,
  { evidence, over = [], settled }: CellChanges,
  explained: readonly string[],
): Part {
  const parts: Part[] = [];
  const { explainedBy } = dataset;
  if (explainedBy !== undefined && evidence !== undefined && evidence.size > 0) {
    // A day that is whole by this very statement has no record of another kind.
    const others = settled?.wholeDay === undefined ? [dataset.name] : [];
    parts.push(evidencePart(explainedBy, evidence), checkAgainPart("explaining", "trade_date", others));
  }
  if (explained.length > 0) parts.push(checkAgainPart("incoming", dayColumnOf(dataset), explained));
  if (over.length > 0) parts.push(overPart(dataset, over));
  return together(parts);
}

/** The CTEs after `finished`. */
export function settledPart(dataset: Dataset, settled: Settled | undefined): Part {
  const parts: Part[] = [];
  if (settled !== undefined && settled.absences.length > 0)
    parts.push(absencesPart(dataset, settled.absences));
  if (settled?.wholeDay !== undefined) parts.push(dayPart(dataset, settled.wholeDay));
  return together(parts);
}

function together(parts: readonly Part[]): Part {
  return {
    sql: parts.map(({ sql }) => `,\n${sql}`).join(""),
    parameters: Object.assign({}, ...parts.map(({ parameters }) => parameters)) as SqlParameters,
  };
}

/** Rows that are stored already stay as they are: the evidence's own job keeps them up to date. */
function evidencePart(evidence: Dataset, table: Table): Part {
  const columns = columnsOf(evidence).map(({ name }) => name);
  return {
    sql: `explaining as (
  insert into ${evidence.table} (${columns.join(", ")})
  select ${columns.join(", ")}
  from json_populate_recordset(cast(null as ${evidence.table}), cast(:evidence as json))
  where (select count(*) from written) = 1 -- every writer locks rows of the main table first
  order by ${evidence.key.join(", ")}
  on conflict do nothing
  returning ${dayColumnOf(evidence)} as trade_date
)`,
    parameters: {
      evidence: JSON.stringify(
        Array.from({ length: table.size }, (_, row) =>
          Object.fromEntries(columns.map((name) => [name, table.columns[name]?.[row] || null])),
        ),
      ),
    },
  };
}

/** Days with unexplained absences are checked again when rows come that may explain them. */
function checkAgainPart(from: string, day: string, datasets: readonly string[]): Part {
  return {
    sql: `checked_again_by_${from} as (
  delete from sync_day
  where dataset = any (string_to_array('${datasets.join(",")}', ',')) and unexplained > 0
    and trade_date in (select ${day} from ${from})
)`,
    parameters: {},
  };
}

function overPart({ name }: Dataset, over: readonly Absence[]): Part {
  return {
    sql: `over as (
  delete from sync_absence
  where (dataset, trade_date, ts_code, interface) in (
    select '${name}', to_date(trade_date, 'YYYYMMDD'), ts_code, interface
    from json_to_recordset(cast(:over as json)) as absence (trade_date text, ts_code text, interface text)
  )
)`,
    parameters: { over: JSON.stringify(over) },
  };
}

/** Counts one more look for each, or the last one. A unit that was already done records nothing. */
function absencesPart({ name }: Dataset, absences: Settled["absences"]): Part {
  const rows = absences.map(({ isFinal, ...absence }) => ({
    ...absence,
    looks: absence.reason === "unexplained" && isFinal ? looksMax : 1,
  }));
  return {
    sql: `recorded as (
  insert into sync_absence as held (dataset, trade_date, ts_code, interface, reason, looks)
  select '${name}', to_date(trade_date, 'YYYYMMDD'), ts_code, interface, reason, looks
  from json_to_recordset(cast(:absences as json))
    as absence (trade_date text, ts_code text collate "C", interface text, reason text, looks smallint)
  where exists (select 1 from finished)
  order by 2, 3, 4
  on conflict (dataset, trade_date, ts_code, interface) do update
  set reason = excluded.reason, looks = least(${looksMax}, held.looks + excluded.looks), seen_at = default
  returning trade_date, ts_code, interface, reason
)`,
    parameters: { absences: JSON.stringify(rows) },
  };
}

function dayPart({ name }: Dataset, day: NonNullable<Settled["wholeDay"]>): Part {
  return {
    sql: `kept_day as (
  insert into sync_day (dataset, trade_date, expected, expected_key, stored, explained, unexplained)
  select '${name}', to_date(:whole_day, 'YYYYMMDD'), :day_expected, cast(:day_key as numeric), :day_stored, :day_explained,
    :day_unexplained
  from finished
  on conflict (dataset, trade_date) do update
  set expected = excluded.expected, expected_key = excluded.expected_key, stored = excluded.stored,
    explained = excluded.explained, unexplained = excluded.unexplained, checked_at = default
)`,
    parameters: {
      whole_day: day.trade_date,
      day_expected: day.expected,
      day_key: day.expectedKey,
      day_stored: day.stored,
      day_explained: day.explained,
      day_unexplained: day.unexplained,
    },
  };
}

/**
 * An expression: the reason of a task that ends, which says what its units found unexplained. It is not computed before.
 * @param records whether the statement has the CTE recorded
 */
export function partialReason(dataset: Dataset, records: boolean): Part {
  if (!hasMembersEachDay(dataset)) return { sql: "task.reason", parameters: {} };
  const own = `select trade_date, ts_code, interface from recorded where reason = 'unexplained'`;
  return {
    sql: `case
      when ending.ends then nullif(concat_ws('; ', regexp_replace(task.reason, '(; )?partial[^;]*$', ''), (
        select replace(replace(replace(:partial, '<cells>', cast(count(*) as text)),
          '<days>', cast(max(day_rank) as text)),
          '<names>', string_agg(concat_ws(' ', to_char(trade_date, 'YYYYMMDD'), nullif(ts_code, ''), interface), ', '
            order by trade_date) filter (where place_in_day = 1 and day_rank <= ${namesMax}))
        from (
          select *, row_number() over (partition by trade_date order by ts_code, interface) as place_in_day,
            dense_rank() over (order by trade_date) as day_rank
          from (
            select trade_date, ts_code, interface
            from sync_absence
            where dataset = '${dataset.name}' and reason = 'unexplained' and seen_at >= task.started_at
            ${records ? `union\n            ${own}` : ""}
          ) as lack
        ) as ranked
        having count(*) > 0
      )), '')
      else task.reason
    end`,
    parameters: {
      partial: say("taskPartial", { cells: "<cells>", days: "<days>", names: "<names>" }),
    },
  };
}
