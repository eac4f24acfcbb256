// The SQL function that reports what the datasets' checks find in a range of days, made from their files. Pure.
import {
  type DataCheck,
  dataCheckFunction,
  dataCheckMeaning,
  type PriceLimit,
  tolerances,
} from "../shared/catalogue/checks.ts";
import { dayColumnOf } from "../shared/catalogue/dataset.ts";
import { catalogueOf, type Dataset, listOf } from "../shared/catalogue/datasets.ts";
import type { Day } from "../shared/catalogue/dates.ts";
import { isInRanges, isOwnRow } from "../shared/coverage/members.ts";
import type { Change } from "./changes.ts";
import type { Catalog } from "./read-schema.ts";
import { type DatasetFile, nameOf } from "./tables.ts";

type Check<Name extends DataCheck["check"]> = Extract<DataCheck, { check: Name }>;

/** What is broken in a row, what is there, and what was expected: expressions on `bar`, `before` and the joins. */
type Sql = {
  readonly broken: string;
  readonly found: string;
  readonly expected: string;
  /**
   * What they need besides. Joins and no subqueries: a subquery that depends on the row keeps the planner from using
   * several processes.
   */
  readonly joins?: readonly string[];
};

/** More days than the exchanges ever close in a row: the row of the previous trading day is among them. */
const closedDaysMax = 20;

/** The change that brings the database's function to the files' checks; none where it is as they say. */
export function checksDifference(files: readonly DatasetFile[], catalog: Catalog): Change[] {
  const stored = catalog.functions.find(({ name }) => name === dataCheckFunction);
  const body = bodyOf(files);
  if (stored?.body.trim() === body && stored.comment === dataCheckMeaning().en) return [];
  const down =
    stored === undefined
      ? `drop function ${dataCheckFunction}(date, date)`
      : `${commenting(stored.comment ?? "")};\n\n${creating(stored.body.trim())}`;
  return [{ up: creating(body), down }, { up: commenting(dataCheckMeaning().en) }];
}

function creating(body: string): string {
  return `create or replace function ${dataCheckFunction}(from_day date, to_day date)
returns table (check_name text, dataset text, ts_code text, trade_date date, found text, expected text)
language sql
stable
parallel safe
as '
${body.replaceAll("'", "''")}
'`;
}

function commenting(comment: string): string {
  return `comment on function ${dataCheckFunction}(date, date) is '${comment.replaceAll("'", "''")}'`;
}

/** One plain select, so that the planner puts it in place of the call, and sees the days. */
function bodyOf(files: readonly DatasetFile[]): string {
  const catalogue = catalogueOf(Object.fromEntries(files.map(({ file, spec }) => [nameOf(file), spec])));
  return files
    .flatMap(({ file, checks = [] }) => {
      const dataset = catalogue[nameOf(file)];
      if (dataset === undefined || checks.length === 0) return [];
      return [
        ...comparedSql(dataset, checks, Object.values(catalogue)),
        ...checks.flatMap((check) =>
          check.check === "suspended_price" ? [suspendedSql(dataset, check, catalogue[check.evidence])] : [],
        ),
      ];
    })
    .join("\nunion all\n");
}

/** All checks of a row with itself and with the row of the previous trading day, so that rows are read once. */
function comparedSql(
  dataset: Dataset,
  checks: readonly DataCheck[],
  catalogue: readonly Dataset[],
): string[] {
  const { table, name } = dataset;
  const day = dayColumnOf(dataset);
  const calendar = catalogue.find(({ expects }) => expects === "every_day");
  const sql = checks.flatMap((check): [string, Sql][] => {
    const made = rowSql(dataset, check);
    return made === undefined ? [] : [[check.check, made]];
  });
  if (sql.length === 0 || calendar === undefined) return [];
  const joins = sql.flatMap(([, { joins: own = [] }]) => own);
  const conditions = sql.map(([check, { broken }]) => `    ${broken} as ${check}`);
  const results = sql.map(
    ([check, { found, expected }]) => `    ('${check}', broken.${check}, ${found}, ${expected})`,
  );
  return [
    `select result.check_name, '${name}', bar.ts_code, bar.${day}, result.found, result.expected
from ${table} as bar
left join ${calendar.table} as open_day on open_day.exchange = 'SSE' and open_day.cal_date = bar.${day}
left join ${table} as before on before.ts_code = bar.ts_code and before.${day} = open_day.pretrade_date
  and before.${day} between ${dataCheckFunction}.from_day - ${closedDaysMax} and ${dataCheckFunction}.to_day
  ${ownRows(dataset, "before")}${joins.map((join) => `\n${join}`).join("")}
cross join lateral (
  select
${conditions.join(",\n")}
) as broken
cross join lateral (
  values
${results.join(",\n")}
) as result (check_name, is_broken, found, expected)
where bar.${day} between ${dataCheckFunction}.from_day and ${dataCheckFunction}.to_day
  ${ownRows(dataset)}and (${sql.map(([check]) => `broken.${check}`).join(" or ")})
  and result.is_broken`,
  ];
}

function suspendedSql(
  dataset: Dataset,
  { check, price, when }: Check<"suspended_price">,
  evidence: Dataset | undefined,
): string {
  if (evidence === undefined) throw new Error(`${dataset.name}: its suspensions are no dataset`);
  const [day, evidenceDay] = [dayColumnOf(dataset), dayColumnOf(evidence)];
  const conditions = Object.entries(when).map(([column, value]) =>
    value === null ? `stopped.${column} is null` : `stopped.${column} = '${value}'`,
  );
  return `select '${check}', '${dataset.name}', bar.ts_code, bar.${day}, concat('${price} ', bar.${price}), null
from ${evidence.table} as stopped
join ${dataset.table} as bar on bar.ts_code = stopped.ts_code and bar.${day} = stopped.${evidenceDay}
where stopped.${evidenceDay} between ${dataCheckFunction}.from_day and ${dataCheckFunction}.to_day
  and bar.${day} between ${dataCheckFunction}.from_day and ${dataCheckFunction}.to_day
  ${ownRows(dataset)}and ${conditions.join("\n  and ")}`;
}

/** The condition that leaves out rows of another dataset in the same table. */
function ownRows(dataset: Dataset, row = "bar"): string {
  return dataset.sharesTable ? `and ${isOwnRow(dataset, row)}\n  ` : "";
}

/** Undefined for a check that begins with the rows of another table. */
function rowSql(dataset: Dataset, check: DataCheck): Sql | undefined {
  switch (check.check) {
    case "price_range":
      return rangeSql(check);
    case "average_price":
      return averageSql(check);
    case "reference_price":
      return referenceSql(check);
    case "price_jump":
      return jumpSql(dataset, check);
    case "turnover_volume":
      return turnoverSql(check);
    case "suspended_price":
      return undefined;
  }
}

function rangeSql({ low, high, within }: Check<"price_range">): Sql {
  const outside = within.flatMap((price) => [`bar.${price} < bar.${low}`, `bar.${price} > bar.${high}`]);
  return {
    broken: `(${outside.join(" or ")})`,
    found: `concat_ws(', ', ${within.map((price) => `'${price} ' || bar.${price}`).join(", ")})`,
    expected: `concat(bar.${low}, '..', bar.${high})`,
  };
}

/**
 * Amounts are compared and not averages: a small one is rounded to a larger part of itself. The tolerance is computed only
 * where it matters, here and below: over a year of the market, that saves a third of the time.
 */
function averageSql({ low, high, volume, amount, scale }: Check<"average_price">): Sql {
  const [least, most] = [`bar.${low} * bar.${volume}`, `bar.${high} * bar.${volume}`];
  const allowance = `${rounding * scale}`;
  return {
    broken: both(
      `bar.${amount} * ${scale} not between ${least} and ${most}`,
      `bar.${amount} * ${scale} not between ${least} * ${1 - tolerances.average} - ${allowance} and ${most} * ${1 + tolerances.average} + ${allowance}`,
    ),
    found: `cast(round(bar.${amount} * ${scale} / nullif(bar.${volume}, 0), 4) as text)`,
    expected: `concat(bar.${low}, '..', bar.${high})`,
  };
}

/** Amounts have two or more decimals. */
const rounding = 0.01;

function referenceSql({ reference, price, factor, tick }: Check<"reference_price">): Sql {
  const step = factor === undefined ? "" : ` * before.${factor} / nullif(bar.${factor}, 0)`;
  const expected = `before.${price}${step}`;
  const changed = factor === undefined ? "" : ` or bar.${factor} <> before.${factor}`;
  return {
    broken: both(
      `(bar.${reference} <> before.${price}${changed})`,
      `abs(bar.${reference} - ${expected}) > ${tick} + bar.${reference} * ${tolerances.reference}`,
    ),
    found: `cast(bar.${reference} as text)`,
    expected: `cast(round(${expected}, ${decimalsOf(tick)}) as text)`,
  };
}

/** The smallest limit is compared first, because that costs least. */
function jumpSql(dataset: Dataset, { price, factor, tick, limits, freeDays }: Check<"price_jump">): Sql {
  const day = `bar.${dayColumnOf(dataset)}`;
  const least = Math.min(...limits.map(({ percent }) => percent)) / 100;
  const passes = (share: string | number) =>
    `abs(bar.${price} - before.${price}) > before.${price} * (${share} + ${tolerances.factorStep}) + ${tick}`;
  const list = freeDays === 0 ? undefined : listOf(dataset);
  const conditions = [
    passes(least),
    passes("allowed.change"),
    `abs(bar.${factor} / nullif(before.${factor}, 0) - 1) < ${tolerances.factorStep}`,
    ...(list === undefined
      ? []
      : [`coalesce(${day} >= listing.${list.securities.listedFrom} + ${freeDays}, true)`]),
  ];
  const bound = (sign: string) => `round(before.${price} * (1 ${sign} allowed.change), ${decimalsOf(tick)})`;
  return {
    broken: both(...conditions),
    found: `concat('${price} ', bar.${price})`,
    expected: `concat(${bound("-")}, '..', ${bound("+")})`,
    joins: [
      ...(list === undefined ? [] : [`left join ${list.table} as listing on listing.ts_code = bar.ts_code`]),
      `cross join lateral (select ${allowedSql(limits, day)} as change) as allowed`,
    ],
  };
}

/** The limit as a fraction; null where there is none. */
function allowedSql(limits: readonly PriceLimit[], day: string): string {
  const cases = limits.map(({ codes, from, percent }) => {
    const ofCodes = codes === undefined ? "" : `${isInRanges(codes, "bar.ts_code")} and `;
    return `when ${ofCodes}${day} >= date '${dashed(from)}' then ${percent / 100}`;
  });
  return `case\n  ${cases.join("\n  ")}\nend`;
}

function turnoverSql({ volume, shares, rate }: Check<"turnover_volume">): Sql {
  // Ten thousand shares are a hundred lots, and the rate is in percent.
  const expected = `bar.${shares} * bar.${rate}`;
  return {
    broken: `abs(bar.${volume} - ${expected}) > bar.${volume} * ${tolerances.volume} + bar.${shares} * ${tolerances.rate}`,
    found: `cast(bar.${volume} as text)`,
    expected: `cast(round(${expected}, 2) as text)`,
  };
}

function both(...conditions: readonly string[]): string {
  return `(${conditions.join("\n      and ")})`;
}

function decimalsOf(tick: number): number {
  return Math.round(-Math.log10(tick));
}

function dashed(day: Day): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}
