// The parameters of each call, and which rows its answer may hold: TuShare silently ignores unknown parameters.
import { describe, expect, test } from "vitest";
import type { DatasetSpec, InterfaceSpec } from "../shared/catalogue/dataset.ts";
import { interfacesOf, mainFor } from "../shared/catalogue/dataset.ts";
import { catalogueOf, type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { readRows } from "../shared/rows/rows.ts";
import { checksOf } from "../shared/rows/slice.ts";
import { fetchWhole } from "../shared/sync/fetch-whole.ts";

const code: Selector = { by: "code", ts_code: "600519.SH", from: "20240101", to: "20241231" };
const date: Selector = { by: "date", trade_date: "20240102" };
const period: Selector = { by: "period", period: "20231231" };
const month: Selector = { by: "month", month: "202401" };
const announced: Selector = { by: "announced", ann_date: "20240102" };
const range: Selector = { by: "range", from: "20240101", to: "20240131" };

/** The kinds of slices that a dataset's own plans are made of. */
function plannedBy(dataset: Dataset): readonly Selector[] {
  const isAsked = ({ by }: Selector) => mainFor(dataset, by) !== undefined;
  switch (dataset.slices) {
    case "lists":
      return dataset.lists?.("20240110") ?? [];
    case "days":
      return [date, ...[code].filter(isAsked)];
    case "codes":
      return [code];
    case "periods":
      return [code, ...[period].filter(isAsked)];
    case "announcements":
      return [announced];
    case "months":
      return [month];
    case "ranges":
      return [range];
  }
}

async function paramsAsked(spec: InterfaceSpec, selector: Selector): Promise<Record<string, string>[]> {
  const asked: Record<string, string>[] = [];
  await fetchWhole(spec, selector, async (params) => {
    asked.push({ ...params });
    return { fields: [], items: [], hasMore: false };
  });
  return asked;
}

describe.each(Object.values(datasets))("the dataset $name", (dataset) => {
  test("is planned in slices that its interfaces answer, with every parameter they need", async () => {
    const planned = plannedBy(dataset);
    expect(planned).not.toEqual([]);
    for (const selector of planned) {
      const main = mainFor(dataset, selector.by);
      const specs = [main, main?.fallback, ...dataset.details].filter((spec) => spec !== undefined);
      expect(specs).not.toEqual([]);
      for (const spec of specs) expect(await paramsAsked(spec, selector)).toHaveLength(1);
      expect(() => checksOf(dataset, selector, dataset.main, undefined)).not.toThrow();
    }
  });
});

describe("an interface", () => {
  const spec: InterfaceSpec = { ...datasets.stock_daily.main, requires: ["ts_code", "exchange_id"] };

  test.each<[string, InterfaceSpec, Selector, string]>([
    ["a kind of slice it does not answer", spec, month, "daily cannot be asked by month"],
    ["no required parameter", spec, date, "daily cannot be called without the parameter ts_code"],
    [
      "one of two required parameters",
      spec,
      code,
      "daily cannot be called without the parameter exchange_id",
    ],
    [
      "a required parameter that it does not know by that name",
      { ...spec, requires: ["ts_code"], parameters: { ts_code: null } },
      code,
      "daily cannot be called without the parameter ts_code",
    ],
  ])("is not called with %s", async (_what, refused, selector, why) => {
    await expect(paramsAsked(refused, selector)).rejects.toMatchObject({ kind: "permanent", message: why });
  });

  test("is called when a parameter of every call is the one it needs", async () => {
    const always = { ...spec, requires: ["ts_code", "exchange_id"], always: { exchange_id: "SSE" } };
    expect(await paramsAsked(always, code)).toMatchObject([{ ts_code: "600519.SH", exchange_id: "SSE" }]);
  });

  test("for a period is the one that answers by period; for a code it is the other", () => {
    expect(mainFor(datasets.finance, "period")?.name).toBe("fina_indicator_vip");
    expect(mainFor(datasets.finance, "code")?.name).toBe("fina_indicator");
    expect(mainFor(datasets.finance, "date")).toBeUndefined();
  });
});

describe("a row of an answer", () => {
  const about: DatasetSpec = {
    ...datasets.stock_daily,
    main: {
      ...datasets.stock_daily.main,
      columns: [
        { name: "ts_code", type: "code" },
        { name: "trade_date", type: "day" },
        { name: "end_date", type: "day" },
        { name: "ann_date", type: "day" },
        { name: "month", type: "text" },
        { name: "exchange", type: "text" },
        { name: "list_status", type: "text" },
        { name: "market", type: "text" },
      ],
    },
    constants: { market: "E", is_etf: "Y" },
  };
  const { stock_list, suspend_d } = datasets;
  const dataset = catalogueOf({ foreign: about, stock_list, suspend_d }).foreign;
  const row = {
    ...{ ts_code: "600519.SH", trade_date: "20240102", end_date: "20231231", ann_date: "20240102" },
    ...{ month: "202401", exchange: "SSE", list_status: "L", market: "E" },
  };
  const listed: Selector = { by: "list_status", list_status: "L" };
  const ofExchange: Selector = { by: "exchange", exchange: "SH", list_status: "L" };

  test.each<[Selector, string, Partial<typeof row>, string | undefined]>([
    [date, "trade_date", {}, undefined],
    [date, "trade_date", { trade_date: "20240103" }, "trade_date is not the requested 20240102"],
    [date, "trade_date", { trade_date: "" }, "trade_date is not the requested 20240102"],
    [date, "trade_date", { market: "O" }, "market is not the requested E"],
    [code, "trade_date", {}, undefined],
    [code, "trade_date", { ts_code: "000001.SZ" }, "ts_code is not the requested 600519.SH"],
    [code, "trade_date", { trade_date: "20250101" }, "trade_date is outside 20240101 to 20241231"],
    [period, "ann_date", {}, undefined],
    [period, "ann_date", { end_date: "20230930" }, "end_date is not the requested 20231231"],
    [announced, "ann_date", { ann_date: "20240103" }, "ann_date is not the requested 20240102"],
    [range, "trade_date", { trade_date: "20240201" }, "trade_date is outside 20240101 to 20240131"],
    [month, "trade_date", { trade_date: "20240201" }, "trade_date is outside 20240101 to 20240131"],
    [month, "month", {}, undefined],
    [month, "month", { month: "202402" }, "month is not the requested 202401"],
    [listed, "trade_date", { list_status: "D" }, "list_status is not the requested L"],
    [listed, "trade_date", { list_status: "" }, undefined],
    [ofExchange, "trade_date", { exchange: "SZSE" }, "exchange is not the requested SSE"],
    [ofExchange, "trade_date", { list_status: "P" }, "list_status is not the requested L"],
  ])("for the slice %j, by %s, that holds %j: %s", (selector, dayColumn, change, why) => {
    const ofDay = { ...dataset, dayColumn };
    expect(whyRefused(ofDay, selector, { ...row, ...change })).toBe(why);
  });

  test("is refused on a day without trading, where rows are by trading day", () => {
    expect(whyRefused(dataset, code, row, ["20240102"])).toBeUndefined();
    expect(whyRefused(dataset, code, row, ["20240103"])).toBe("the calendar has no trading on that day");
  });

  test("is left out, not refused, where the interface has no parameter for what was asked", () => {
    const main = { ...dataset.main, parameters: { ts_code: null, start_date: null, end_date: null } };
    const rows = [row, { ...row, ts_code: "000001.SZ" }, { ...row, trade_date: "20250101" }];
    const items = rows.map((each) => Object.values(each));
    const page = { fields: Object.keys(row), items, hasMore: false };
    const checks = checksOf(dataset, code, main, undefined);
    expect(readRows(main, [page], "foreign", checks, dataset.key)).toMatchObject({
      size: 1,
      columns: { ts_code: ["600519.SH"] },
    });
  });

  function whyRefused(of: Dataset, selector: Selector, cells: Record<string, string>, open?: string[]) {
    const { rule } = checksOf(of, selector, of.main, open && new Set(open));
    return rule((name) => cells[name] ?? "");
  }
});

test("every interface of the catalogue is called by some slice", () => {
  for (const dataset of Object.values(datasets)) {
    for (const { name, answers } of interfacesOf(dataset)) expect(answers, name).not.toEqual([]);
  }
});

describe("an interface that is called for each of some values", () => {
  const { index_basic } = datasets;
  const asked = { ...index_basic.main, always: { market: "SW" } };
  const read = (market: string | null) => {
    const items = [["801010.SI", market]];
    const fields = ["ts_code", "market"];
    const rest = index_basic.main.columns
      .map(({ name, from = name }) => from)
      .filter((name) => !fields.includes(name));
    const page = {
      fields: [...fields, ...rest],
      items: items.map((row) => [...row, ...rest.map(() => null)]),
      hasMore: false,
    };
    return readRows(asked, [page], "any", checksOf(index_basic, { by: "whole" }, asked, undefined), [
      "ts_code",
    ]);
  };

  test("refuses rows of another value, because TuShare ignores a parameter that it does not know", () => {
    expect(read("SW").size).toBe(1);
    expect(read(null).size).toBe(1);
    expect(() => read("SSE")).toThrow(/market/);
  });
});
