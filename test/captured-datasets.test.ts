// Every captured answer of the datasets outside of the core, if present, goes through the worker: exactly its rows are stored,
// equal ones as often as they came, and a second answer changes nothing.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnsOf, fieldOfEach, type InterfaceSpec, isByTradingDay } from "../shared/catalogue/dataset.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { jobsOf } from "../shared/catalogue/jobs.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { encodeUnit, unitKey } from "../shared/unit.ts";
import { capturedFolder, capturedRows, furtherFilesOf, hasCaptured } from "./support/captured.ts";
import type { Reply, Row } from "./support/small-market.ts";
import { type Call, makeWorld, type World } from "./support/world.ts";

const today = "20260612";
const answers = Object.values(datasets)
  .filter(({ set, expects }) => set !== "core" && expects !== "every_day")
  .flatMap((dataset) => furtherFilesOf(dataset.main).map((file) => ({ dataset, file })))
  .map(({ dataset, file }) => ({ of: basename(file), dataset, rows: capturedRows(file, dataset.main) }))
  .filter(({ rows }) => rows.length > 0);

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());

describe.skipIf(answers.length === 0)("a captured answer", () => {
  test.each(answers)("$of", async ({ dataset, rows }) => {
    await world.reset();
    world.setTime(today, 23);
    world.state.onCall = (call) => replyOf(call, dataset.main, dataset, rows);
    const days = daysIn(dataset, rows);
    if (isByTradingDay(dataset)) {
      await world.sql(
        `insert into trade_cal (exchange, cal_date, is_open)
         select 'SSE', to_date(day, 'YYYYMMDD'), 1 from unnest($1::text[]) as day
         on conflict (exchange, cal_date) do update set is_open = 1`,
        [days],
      );
    }
    const selectors = slicesOf(dataset, rows, days);
    await work(dataset, selectors);
    expect(await stored(dataset)).toEqual(expected(dataset, rows));
    const places = () => world.sql(`select ctid, stored_at from ${dataset.table} order by ctid`);
    const before = await places();
    await work(dataset, selectors);
    expect(await places()).toEqual(before);
  });
});

/** The column's name in an answer. */
const fieldOf = ({ columns }: InterfaceSpec, name: string) =>
  columns.find((column) => column.name === name)?.from ?? name;

function daysIn({ main, dayColumn = "" }: Dataset, rows: readonly Row[]): string[] {
  const days = rows.map((row) => row[fieldOf(main, dayColumn)]);
  return [...new Set(days)].flatMap((day) => (typeof day === "string" ? [day] : [])).sort();
}

/** The slices that hold the rows, as plans have them. */
function slicesOf(dataset: Dataset, rows: readonly Row[], days: readonly string[]): Selector[] {
  const { slices, main, lists } = dataset;
  const [from = "", to = ""] = [days[0], days.at(-1)];
  const codes = [...new Set(rows.map((row) => String(row[fieldOf(main, "ts_code")])))];
  const byCode = codes.map((ts_code): Selector => ({ by: "code", ts_code, from, to }));
  switch (slices) {
    case "lists":
      return (lists?.(today) ?? []).filter(
        (list) => list.by !== "range" || days.some((day) => day >= list.from && day <= list.to),
      );
    case "days":
      return main.answers.includes("code") && days.length > 1
        ? byCode
        : days.map((trade_date) => ({ by: "date", trade_date }));
    case "announcements":
      return days.map((ann_date) => ({ by: "announced", ann_date }));
    case "ranges":
      return [{ by: "range", from, to }];
    default:
      return byCode;
  }
}

/** The captured rows that a call asks for, with the columns that the capture lacks. */
function replyOf({ params }: Call, main: InterfaceSpec, dataset: Dataset, rows: readonly Row[]): Reply {
  const { start_date = "", end_date = "~", ...named } = params;
  const day = fieldOf(main, dataset.dayColumn ?? "");
  const isRange = params.start_date !== undefined;
  const meant = (name: string) => (name === main.each?.parameter ? fieldOfEach(main.each) : name);
  const wanted = isRange ? named : params;
  const fields = main.columns.map(({ name, from = name }) => from);
  const found = rows.filter(
    (row) =>
      Object.entries(wanted).every(
        ([name, value]) => !fields.includes(meant(name)) || (row[meant(name)] ?? value) === value,
      ) &&
      (!isRange || (String(row[day]) >= start_date && String(row[day]) <= end_date)),
  );
  const rest = found.slice(Number(params.offset ?? 0));
  return { fields, items: rest.map((row) => fields.map((name) => row[name] ?? null)), hasMore: false };
}

/** Delivers units of these slices, as a task of one of the dataset's jobs sends them. */
async function work(dataset: Dataset, selectors: readonly Selector[]): Promise<void> {
  const [job_type = "DAILY_HISTORY"] = jobsOf(dataset.name);
  const [task] = await world.sql<{ id: string }>(
    `insert into sync_task (job_type, status, batch_size, total_units, current_offset, config)
     values ($1, 'RUNNING', 100, $2, $2, '{}') returning id`,
    [job_type, selectors.length],
  );
  for (const [at, selector] of selectors.entries()) {
    const unit_key = unitKey({ dataset: dataset.name, selector });
    await world.sql(
      `insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status)
       values ($1, $2, $3, $4, $5::jsonb, 'sent')`,
      [task?.id, at + 1, dataset.name, unit_key, JSON.stringify(selector)],
    );
    const unit = {
      version: 1,
      task_id: task?.id ?? "",
      sequence: at + 1,
      job_type,
      dataset: dataset.name,
    } as const;
    world.work.put(encodeUnit({ ...unit, unit_key, selector, retry: 0 }));
  }
  await world.runToEnd();
  expect(await world.failures()).toEqual([]);
  expect((await world.tasks()).at(-1)).toMatchObject({ status: "COMPLETED" });
}

/** As lines of texts, in an order of their own: numbers without trailing zeros. */
function expected(dataset: Dataset, rows: readonly Row[]): string[] {
  const columns = columnsOf(dataset);
  const lines = rows.map((row) => {
    const cells = columns.map(({ name, from = name, type }) => {
      const cell = row[from] ?? null;
      return cell === null || cell === "" ? null : type === "number" ? Number(cell) : String(cell);
    });
    return JSON.stringify(cells);
  });
  return (dataset.replacesSlice ? lines : [...new Set(lines)]).sort();
}

async function stored(dataset: Dataset): Promise<string[]> {
  const columns = columnsOf(dataset);
  const selected = columns.map(({ name, type }) =>
    type === "day" ? `to_char(${name}, 'YYYYMMDD') as ${name}` : `cast(${name} as text) as ${name}`,
  );
  const rows = await world.sql<Record<string, string | null>>(`select ${selected} from ${dataset.table}`);
  return rows
    .map((row) =>
      columns.map(({ name, type }) => {
        const cell = row[name] ?? null;
        return cell === null ? null : type === "number" ? Number(cell) : cell;
      }),
    )
    .map((cells) => JSON.stringify(cells))
    .sort();
}

describe.skipIf(!hasCaptured || answers.length === 0)(
  "bars of weeks and months, from the captured days of a stock",
  () => {
    const file = "daily__ts_code_000001.SZ_19971125_20230428.csv";

    beforeAll(async () => {
      await world.reset();
      const days = capturedRows(file, datasets.stock_daily.main).filter(
        ({ trade_date }) => String(trade_date) >= "20171201" && String(trade_date) <= "20181031",
      );
      await world.insert(
        "stock_daily",
        days.map((day) => ({ ...day, adj_factor: String(day.trade_date) < "20180702" ? 2 : 4 })),
      );
    });

    // TuShare sends shares, CNY and a fraction, from volumes and turnovers that it has not rounded.
    test.each([
      ["weekly", 42],
      ["monthly", 10],
    ])("are TuShare's own: %s", async (name, count) => {
      const path = join(capturedFolder, "..", "tushare-interfaces", "captured", "envelopes", `${name}.json`);
      const { data } = JSON.parse(readFileSync(path, "utf8")) as {
        data: { fields: string[]; items: unknown[][] };
      };
      const theirs = data.items.map((item) =>
        Object.fromEntries(data.fields.map((field, at) => [field, item[at]])),
      );
      const ours = await world.sql<Record<string, string>>(
        `select *, to_char(trade_date, 'YYYYMMDD') as trade_date
       from stock_${name} where stock_${name}.trade_date >= '2018-01-01' order by stock_${name}.trade_date desc`,
      );
      expect(theirs).toHaveLength(count);
      const prices = ["open", "high", "low", "close", "pre_close"];
      for (const their of theirs) {
        const our = ours.find(({ trade_date }) => trade_date === their.trade_date) ?? {};
        for (const field of prices)
          expect(Number(our[field]), `${their.trade_date} ${field}`).toBe(their[field]);
        expect(Number(our.change)).toBeCloseTo(Number(their.change), 4);
        expect(Math.abs(Number(our.pct_chg) / 100 - Number(their.pct_chg))).toBeLessThan(0.000_051); // four decimals
        expect(Math.abs(Number(our.vol) * 100 - Number(their.vol))).toBeLessThan(100);
        expect(Math.abs(Number(our.amount) * 1000 - Number(their.amount))).toBeLessThan(1_000);
      }
    });

    test("are adjusted as their days are", async () => {
      const [june, july] = await world.sql<{ raw: string; hfq: string; qfq: string; days: string }>(
        `select cast(raw.close as double precision) as raw, cast(hfq.close as double precision) as hfq,
         cast(qfq.close as double precision) as qfq, cast(raw.days as integer) as days
       from stock_monthly as raw
       join stock_monthly_hfq as hfq using (ts_code, trade_date)
       join stock_monthly_qfq as qfq using (ts_code, trade_date)
       where trade_date between '2018-06-01' and '2018-07-31' order by trade_date`,
      );
      expect([june?.hfq, june?.qfq]).toEqual([Number(june?.raw) * 2, Number(june?.raw) / 2]);
      expect([july?.hfq, july?.qfq]).toEqual([Number(july?.raw) * 4, Number(july?.raw)]);
      expect(july?.days).toBe(22);
    });
  },
);
