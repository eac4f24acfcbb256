// Real answers of TuShare, if present: stored, and asked for in the same words, they come back with the same fields, order,
// values and types. That the worker stores them digit for digit is tested in captured-worker.test.ts.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseCsv } from "../local/tushare/csv.ts";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { makeDoor } from "../shared/tushare-door/answer.ts";
import { type Face, facesOf } from "../shared/tushare-door/face.ts";
import { capturedFolder, hasCaptured } from "./support/captured.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";

type Cell = string | number | null;
type Data = { readonly fields: string[]; readonly items: Cell[][] };

const faces = facesOf();
const folders = [capturedFolder, join(capturedFolder, "..", "tushare-interfaces", "captured")];
/** Two versions of a report have the same key without update_flag, which these files lack. */
const isAnswer = (file: string) => faces.has(faceName(file)) && !/fina_indicator__/.test(file);
const found = (pattern: string) =>
  hasCaptured ? folders.flatMap((cwd) => globSync(pattern, { cwd }).map((file) => join(cwd, file))) : [];
/** Files of some stocks are not the answer to one question. */
const tables = found("*__*.{csv,csv.gz}")
  .filter((file) => isAnswer(file) && !/SZ_(part|stocks)/.test(file))
  .sort();
const envelopes = found("envelopes/*.json").filter(isAnswer).sort();

function faceName(file: string): string {
  return basename(file).split(/__|\.json$/)[0] ?? "";
}

let database: TestDatabase;
let ask: (
  api_name: string,
  params: object,
  fields: unknown,
) => Promise<Data & { has_more: boolean; count: number }>;

beforeAll(async () => {
  database = await migratedDatabase();
  const door = makeDoor({ database, settings: readSettings({}), rowsMax: 20_000 });
  ask = async (api_name, params, fields) => {
    const body = JSON.stringify({ api_name, token: "any", params, fields });
    const asked = { isLenient: true, requestId: "1", now: new Date("2026-04-01T04:00:00Z") };
    const { msg, data } = JSON.parse(await door({ body, ...asked }));
    if (data === null) throw new Error(msg);
    return data;
  };
});
const clear = async () => {
  const names = new Set([...faces.values()].map(({ dataset }) => dataset.table));
  for (const name of names) await database.run(`delete from ${name}`);
};
beforeEach(clear);
afterAll(async () => {
  await clear();
  await database?.close();
});

/** Stores rows as they were sent. A number of a file is the text that it was captured as. */
async function store({ dataset, spec }: Face, { fields, items }: Data): Promise<void> {
  const columns = fields.flatMap((field, at) => {
    const own = spec.columns.find(({ name, from = name, part }) => from === field && part === undefined);
    const column = own ?? columnsOf(dataset).find(({ name }) => name === field);
    return column === undefined || column.stored === false ? [] : [{ at, column }];
  });
  const required = {
    ...spec.absent,
    ...dataset.constants,
    ...(dataset.dayColumn === "trade_date" && { close: 1 }),
  };
  const shown = spec.shownBy === undefined ? {} : { [spec.shownBy]: 1 };
  const rows = items.map((item) => ({
    ...{ ...required, ...shown },
    ...Object.fromEntries(
      columns.map(({ at, column }) => [column.name, column.words?.[String(item[at])] ?? item[at] ?? null]),
    ),
  }));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) =>
    [...columnsOf(dataset).map((column) => column.name), ...Object.keys(dataset.constants ?? {})].includes(
      name,
    ),
  );
  for (let at = 0; at < rows.length; at += 2_000) {
    await database.run(
      `insert into ${dataset.table} (${names}) select ${names} from json_populate_recordset(null::${dataset.table}, cast(:rows as json))`,
      { rows: JSON.stringify(rows.slice(at, at + 2_000)) },
    );
  }
}

/** The rows that the mirror keeps. */
function ownOf({ spec }: Face, { fields, items }: Data): Cell[][] {
  const rules = Object.entries(spec.keeps ?? {}).map(([name, rule]) => ({ at: fields.indexOf(name), rule }));
  return items.filter((item) => rules.every(({ at, rule }) => at < 0 || rule.test(String(item[at] ?? ""))));
}

/** Rows that have one day and one code are in the order of these; of others, those of a day are compared in any order. */
function inOrder(face: Face, data: Data): Data {
  const { key, replacesSlice } = face.dataset;
  if (key.length <= 2 && key.includes("ts_code") && !replacesSlice) return data;
  const day = data.fields.indexOf(face.day?.name ?? "");
  const days = data.items.map((item) => String(item[day] ?? ""));
  if (day >= 0) expect(days).toEqual(days.toSorted().reverse());
  const text = (item: Cell[]) => `${item[day] ?? ""} ${JSON.stringify(item)}`;
  return { ...data, items: data.items.toSorted((a, b) => (text(a) < text(b) ? 1 : -1)) };
}

/** These and the stored fields of an answer; rows of a day in the order of their codes. */
function kept(face: Face, data: Data): Data {
  const { fields: stored, day } = face;
  const { fields } = data;
  const text = (item: Cell[], name: string | undefined) => String(item[fields.indexOf(name ?? "")] ?? "");
  const sorted = ownOf(face, data).toSorted((a, b) => {
    const [dayA, dayB, codeA, codeB] = [
      text(a, day?.name),
      text(b, day?.name),
      text(a, "ts_code"),
      text(b, "ts_code"),
    ];
    return dayA === dayB ? (codeA < codeB ? -1 : codeA > codeB ? 1 : 0) : dayA < dayB ? 1 : -1;
  });
  const places = fields.flatMap((name, place) => (stored.has(name) ? [place] : []));
  return {
    fields: places.map((place) => fields[place] ?? ""),
    items: sorted.map((item) => places.map((place) => item[place] ?? null)),
  };
}

describe.skipIf(!hasCaptured)("a captured answer comes back", () => {
  test.each(envelopes.map((file) => [basename(file), file]))(
    "whole, from the reply %s",
    async (_name, file) => {
      const face = faces.get(faceName(file)) as Face;
      const { data } = JSON.parse(readFileSync(file, "utf8")) as { data: Data };
      await store(face, data);
      const fields = kept(face, data).fields;
      const firstOf = (name: string) => data.items[0]?.[data.fields.indexOf(name)] ?? "20240102";
      const params = Object.fromEntries(
        [...(face.spec.requires ?? []), ...Object.keys(face.spec.absent ?? {})].map((name) => [
          name,
          firstOf(name),
        ]),
      );
      const usual = face.usual.map(({ name }) => name);
      // As the caller of then named no fields where it got the usual ones.
      const answer = await ask(face.spec.name, params, usual.join() === fields.join() ? "" : fields);
      expect({ ...answer, ...inOrder(face, answer) }).toEqual({
        ...inOrder(face, kept(face, data)),
        ...{ has_more: false, count: -1 },
      });
    },
  );

  test.each(tables.map((file) => [basename(file), file]))("from the file %s", async (name, file) => {
    const face = faces.get(faceName(file)) as Face;
    const bytes = readFileSync(file);
    const [header = [], ...records] = parseCsv(
      (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"),
    );
    const types = header.map((field) => face.fields.get(field)?.type);
    const read = (cell: string, at: number): Cell =>
      cell === "" ? null : types[at] === "number" || types[at] === "flag" ? Number(cell) : cell;
    const data = { fields: header, items: records.map((record) => record.map(read)) };
    await store(face, { ...data, items: ownOf(face, data) });
    const params = Object.fromEntries(
      ["trade_date", "ts_code", "index_code", "list_status"].flatMap((param) => {
        const value = new RegExp(`_${param}_([A-Z0-9.]+?)(?:_|\\.csv)`).exec(name)?.[1];
        return value === undefined ? [] : [[param, value]];
      }),
    );
    const wanted = inOrder(face, kept(face, data));
    const isOpen = name.includes("is_open_1") ? { is_open: "1" } : {};
    const answer = await ask(face.spec.name, { ...params, ...isOpen }, wanted.fields);
    expect(answer.fields).toEqual(wanted.fields);
    expect(inOrder(face, answer).items).toEqual(wanted.items);
    expect(answer.has_more).toBe(false);
  });
});

/** Rows of a captured file as objects of texts. */
function recordsOf(file: string): Record<string, string>[] {
  const [header = [], ...records] = parseCsv(readFileSync(join(capturedFolder, file), "utf8"));
  return records.map((record) => Object.fromEntries(header.map((name, at) => [name, record[at] ?? ""])));
}

describe.skipIf(!hasCaptured)("adjusted by the rule of pro_bar, from two questions as it asks them", () => {
  const prices = ["open", "high", "low", "close", "pre_close"];

  test.each(["600519.SH", "002594.SZ"])(
    "the prices of %s are TuShare's own, and those of the views",
    async (code) => {
      const slice = `ts_code_${code}_20230925_20251023.csv`;
      const factors = new Map(
        recordsOf(`adj_factor__${slice}`).map((row) => [row.trade_date, row.adj_factor ?? ""]),
      );
      const bars = recordsOf(`daily__${slice}`).map((bar) => ({
        ...bar,
        adj_factor: factors.get(bar.trade_date),
      }));
      await database.run(
        `insert into stock_daily (ts_code, trade_date, adj_factor, ${prices.join(", ")})
       select ts_code, trade_date, adj_factor, ${prices.join(", ")}
       from json_populate_recordset(null::stock_daily, cast(:rows as json))`,
        { rows: JSON.stringify(bars) },
      );
      // As the Python client asks: nothing set is null, and the frame is newest first.
      const asked = { ts_code: code, start_date: "20230925", end_date: "20251023", limit: null, offset: "" };
      const bar = await ask("daily", asked, "");
      const factor = await ask("adj_factor", asked, "");
      const at = (name: string) => bar.fields.indexOf(name);
      const factorOf = new Map(factor.items.map(([, day, value]) => [day, Number(value)]));
      const newest = Number(factor.items[0]?.[2]);
      const made = new Map(
        bar.items.map((item) => {
          const own = factorOf.get(item[at("trade_date")] ?? "") ?? Number.NaN;
          const each = prices.map((name) => Number(item[at(name)]) * own);
          return [item[at("trade_date")], [...each, ...each.map((price) => price / newest)]];
        }),
      );
      const theirs = recordsOf(`stk_factor_prices__${slice}`).map((row): [string, number[]] => [
        row.trade_date ?? "",
        ["hfq", "qfq"].flatMap((kind) => prices.map((name) => Number(row[`${name}_${kind}`]))),
      ]);
      const views = await database.run(
        `select to_char(trade_date, 'YYYYMMDD') as day, ${prices.map((name) => `hfq.${name} as hfq_${name}, qfq.${name} as qfq_${name}`).join(", ")}
       from stock_daily_hfq as hfq join stock_daily_qfq as qfq using (ts_code, trade_date)`,
      );
      const ours = views.map((row): [string, number[]] => [
        String(row.day),
        ["hfq", "qfq"].flatMap((kind) => prices.map((name) => Number(row[`${kind}_${name}`]))),
      ]);
      for (const known of [theirs, ours]) {
        expect(known).toHaveLength(500);
        const different = known.filter(([day, values]) =>
          values.some((value, place) => !(Math.abs(value - (made.get(day)?.[place] ?? Number.NaN)) < 6e-6)),
        );
        expect(different).toEqual([]);
      }
    },
  );
});
