// The completeness check, against upstreams that cut answers, repeat rows or report a wrong has_more.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expects, InterfaceSpec } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { addDays, daysBetween, shanghaiInstant } from "../shared/catalogue/dates.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { SyncError } from "../shared/errors.ts";
import type { Page } from "../shared/ports.ts";
import { type Facts, judge } from "../shared/rows/completeness.ts";
import { rowsOf, type Table } from "../shared/rows/rows.ts";
import { fetchWhole, pagesMax } from "../shared/sync/fetch-whole.ts";

const spec: InterfaceSpec = { ...datasets.stock_daily.main, rowCap: 10 };
const settings = readSettings({});
const noFacts: Facts = { openDays: [], rowsBefore: 0 };
const oneDay: Selector = { by: "date", trade_date: "20240102" };
const year: Selector = { by: "code", ts_code: "600519.SH", from: "20240101", to: "20241231" };

type Params = Readonly<Record<string, string>>;
type SaysMore = "right" | "never" | "always";

/** Serves rows of one day by offset, or by range with the newest first, cut at the cap like TuShare. */
function upstreamOf(rows: readonly string[], saysMore: SaysMore = "right") {
  const asked: Params[] = [];
  return {
    asked,
    async fetchPage(params: Params): Promise<Page> {
      asked.push(params);
      const { start_date = "", end_date = "99999999", offset = "0" } = params;
      const inRange = rows.filter((row) => !row.startsWith("2") || (row >= start_date && row <= end_date));
      const left = [...inRange].reverse().slice(Number(offset));
      const hasMore = saysMore === "right" ? left.length > spec.rowCap : saysMore === "always";
      return page(left.slice(0, spec.rowCap), hasMore);
    },
  };
}

function page(rows: readonly string[], hasMore = false): Page {
  return { fields: ["row"], items: rows.map((row) => [row]), hasMore };
}

function namesOf(pages: readonly Page[]): string[] {
  return pages.flatMap((page) => rowsOf(page).map(([row]) => String(row))).sort();
}

const stocks = (count: number) =>
  Array.from({ length: count }, (_, at) => `stock ${String(at).padStart(3, "0")}`);
const days = (count: number) => Array.from({ length: count }, (_, at) => addDays("20240101", at));

describe("a day", () => {
  test.each([
    { rows: 0, saysMore: "right", calls: 1 },
    { rows: 9, saysMore: "right", calls: 1 },
    { rows: 10, saysMore: "right", calls: 2 },
    { rows: 11, saysMore: "right", calls: 2 },
    { rows: 25, saysMore: "right", calls: 3 },
    { rows: 9, saysMore: "never", calls: 1 },
    { rows: 10, saysMore: "never", calls: 2 },
    { rows: 25, saysMore: "never", calls: 3 },
    { rows: 110, saysMore: "right", calls: 12 },
  ] as const)(
    "of $rows rows under a cap of 10 takes $calls calls when has_more is $saysMore",
    async (row) => {
      const upstream = upstreamOf(stocks(row.rows), row.saysMore);
      expect(namesOf(await fetchWhole(spec, oneDay, upstream.fetchPage))).toEqual(stocks(row.rows));
      expect(upstream.asked).toHaveLength(row.calls);
    },
  );

  test("is requested by its own parameters, and the next page by the count of rows so far", async () => {
    const upstream = upstreamOf(stocks(15));
    await fetchWhole(spec, oneDay, upstream.fetchPage);
    expect(upstream.asked).toEqual([{ trade_date: "20240102" }, { trade_date: "20240102", offset: "10" }]);
  });

  test("continues after the rows it got when a page is shorter than the cap but has_more is true", async () => {
    const pages = [page(stocks(4), true), page(["stock 004"])];
    const asked: Params[] = [];
    const fetched = await fetchWhole(spec, oneDay, async (params) => {
      asked.push(params);
      return pages[asked.length - 1] ?? page([]);
    });
    expect(namesOf(fetched)).toEqual(stocks(5));
    expect(asked[1]?.offset).toBe("4");
  });
});

describe("a range", () => {
  test.each([
    { rows: 9, calls: 1 },
    { rows: 10, calls: 3 },
    { rows: 30, calls: 7 },
  ])("of $rows rows under a cap of 10 is halved until each part is below it", async ({ rows, calls }) => {
    const upstream = upstreamOf(days(rows));
    const range: Selector = { ...year, to: addDays("20240101", rows - 1) };
    expect(namesOf(await fetchWhole(spec, range, upstream.fetchPage))).toEqual(days(rows));
    expect(upstream.asked).toHaveLength(calls);
    expect(upstream.asked.some(({ offset }) => offset !== undefined)).toBe(false);
  });

  test("is complete or refused, for any gaps in its rows and any value of has_more", async () => {
    const present = fc.array(fc.boolean(), { minLength: 1, maxLength: 120 });
    const says = fc.constantFrom<SaysMore>("right", "never", "always");
    await fc.assert(
      fc.asyncProperty(present, says, async (isThere, saysMore) => {
        const truth = days(isThere.length).filter((_, at) => isThere[at]);
        const range: Selector = { ...year, to: addDays("20240101", isThere.length - 1) };
        const upstream = upstreamOf(truth, saysMore);
        const outcome = await fetchWhole(spec, range, upstream.fetchPage).then(namesOf, transient);
        if (outcome !== "transient") expect(outcome).toEqual(truth);
        expect(upstream.asked.length).toBeLessThanOrEqual(pagesMax);
      }),
    );
  });

  test("is split in halves that cover every day once, without a gap or an overlap", async () => {
    const answered: [string, string][] = [];
    await fetchWhole(spec, year, async ({ start_date = "", end_date = "" }) => {
      const isCut = daysBetween(start_date, end_date) > 60;
      if (!isCut) answered.push([start_date, end_date]);
      return page([], isCut);
    }).catch(transient);
    answered.sort();
    expect(answered.length).toBeGreaterThan(3);
    for (const [at, [from]] of answered.entries()) {
      if (at > 0) expect(from).toBe(addDays(answered[at - 1]?.[1] ?? "", 1));
    }
  });
});

/** Upstreams whose answer cannot be proven complete, and what the error says. */
const liars: [string, Selector, (params: Params, call: number) => Page, string][] = [
  ["says for ever that there is more", oneDay, (_params, call) => page([`row ${call}`], true), "12 calls"],
  ["says of an empty page that there is more", oneDay, () => page([], true), "an empty page"],
  ["ignores offset and repeats page one", oneDay, () => page(stocks(10)), "offset 10 repeats"],
  [
    "repeats a row that moved between two pages",
    oneDay,
    (_params, call) => (call === 1 ? page(stocks(10)) : page(["stock 020", "stock 009"])),
    "offset 10 repeats",
  ],
  ["cuts a single day of one stock", { ...year, to: year.from }, () => page(stocks(10)), "one day, the cap"],
  ["cuts whatever range it is asked for", year, () => page(days(10)), "cap"],
  ["says of every range that there is more", year, () => page([], true), "one day"],
];

test.each(liars)(
  "an upstream that %s is called at most 12 times, and the fetch fails",
  async (_w, asked, answer, why) => {
    let calls = 0;
    const fetched = fetchWhole(spec, asked, async (params) => {
      calls += 1;
      return answer(params, calls);
    });
    await expect(fetched).rejects.toMatchObject({
      kind: "transient",
      message: expect.stringContaining(why) as string,
    });
    expect(calls).toBeLessThanOrEqual(pagesMax);
  },
);

test("a range of an interface that has no parameters for it is paged: halves would each have all rows", async () => {
  const { asked, fetchPage } = upstreamOf(stocks(25));
  const rangeless = { ...spec, parameters: { start_date: null, end_date: null } };
  const pages = await fetchWhole(rangeless, year, fetchPage, true);
  expect(namesOf(pages)).toEqual(stocks(25));
  expect(asked.map(({ offset = "0", start_date }) => [offset, start_date])).toEqual([
    ["0", undefined],
    ["10", undefined],
    ["20", undefined],
  ]);
});

test("a failed call ends the fetch with its own error", async () => {
  const failure = new SyncError("rate-limited", "too fast", { retryAfterSeconds: 61 });
  await expect(fetchWhole(spec, year, () => Promise.reject(failure))).rejects.toBe(failure);
});

describe("a calendar", () => {
  type Line = [day: string, is_open: string, pretrade_date: string];
  const range = { from: "20231201", to: "20241231" };

  /** Every day of a range; weekdays are open and name the open day before. */
  function calendarOf({ from, to }: { from: string; to: string }, fridayBefore: string): Line[] {
    const lines: Line[] = [];
    let before = fridayBefore;
    for (let day = from; day <= to; day = addDays(day, 1)) {
      const weekday = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`).getUTCDay();
      const isOpen = weekday % 6 !== 0;
      lines.push([day, isOpen ? "1" : "0", before]);
      if (isOpen) before = day;
    }
    return lines;
  }

  const whole = calendarOf(range, "20231130");
  const without = (unwanted: (line: Line) => boolean) => whole.filter((line) => !unwanted(line));

  test.each<[string, Line[], string | undefined]>([
    ["with every day is whole", whole, undefined],
    ["in another order is whole", whole.toReversed(), undefined],
    [
      "without its closed days is whole: the open ones are chained",
      without(([, open]) => open === "0"),
      undefined,
    ],
    ["whose next year is not published yet is whole", without(([day]) => day > "20241120"), undefined],
    ["to this very day is whole", without(([day]) => day > "20241118"), undefined],
    ["that ends yesterday", without(([day]) => day > "20241117"), "ends on 20241117, before 20241118"],
    ["of an old capture", without(([day]) => day > "20240105"), "ends on 20240105, before 20241118"],
    ["without rows", [], "is empty"],
    ["that lacks an open day", without(([day]) => day === "20240605"), "before 20240606 is 20240605"],
    ["that lacks its first open day", without(([day]) => day === "20231201"), "before 20231204 is 20231201"],
    ["that begins months late", without(([day]) => day < "20240301"), "begins on 20240301, after 20231201"],
    [
      "that lacks a month and names no day before",
      without(([day]) => day.startsWith("202405")).map(([day, open]) => [day, open, ""]),
      "no day between 20240430 and 20240601",
    ],
  ])("%s", (_what, lines, short) => {
    const column = (at: number) => lines.map((line) => String(line[at]));
    const columns = { cal_date: column(0), is_open: column(1), pretrade_date: column(2) };
    const verdict = judge(
      datasets.trading_calendar,
      { selector: { by: "calendar", exchange: "SSE", ...range }, unit_key: "2024" },
      { table: { columns, size: lines.length }, details: [] },
      noFacts,
      { now: shanghaiInstant("20241118", 18), settings, deliveries: 1 },
    );
    if (short === undefined) expect(verdict).toEqual({ is: "whole" });
    else expect(verdict).toEqual({ is: "not whole", why: expect.stringContaining(short) });
  });
});

describe("a list", () => {
  const listed = (list_status: "L" | "D" | "P"): Selector => ({ by: "list_status", list_status });
  const period: Selector = { by: "period", period: "20231231" };
  const judgeList = (selector: Selector, rows: number, rowsBefore: number, share = "90") =>
    judge(
      selector === period ? datasets.disclosure : datasets.stock_list,
      { selector, unit_key: "list" },
      { table: tableOf(rows), details: [] },
      { ...noFacts, rowsBefore },
      {
        now: shanghaiInstant("20240102", 18),
        settings: readSettings({ SYNC_LIST_SHARE_MIN: share }),
        deliveries: 1,
      },
    );

  test.each<[string, Selector, number, number, boolean]>([
    ["as long as the last one is whole", listed("L"), 5_400, 5_400, true],
    ["with a tenth less is still whole", listed("L"), 4_860, 5_400, true],
    ["with a third less is short", listed("L"), 3_600, 5_400, false],
    ["of the delisted that is empty where some were is short", listed("D"), 0, 1, false],
    ["of the delisted that is empty where none were is whole", listed("D"), 0, 0, true],
    ["of what is listed is never empty", listed("L"), 0, 0, false],
    ["of the suspended may become empty", listed("P"), 0, 12, true],
    ["of filings with half of them gone is short", period, 2_500, 5_000, false],
  ])("%s", (_what, selector, rows, before, isWhole) => {
    expect(judgeList(selector, rows, before).is).toBe(isWhole ? "whole" : "not whole");
  });

  test("that is too short is refused with the missing count and the setting that accepts it", () => {
    expect(judgeList(listed("L"), 3_600, 5_400)).toEqual({
      is: "not whole",
      why: "stock_basic list: 3600 rows, and there were 5400: less than 90 %, SYNC_LIST_SHARE_MIN",
    });
    expect(judgeList(listed("L"), 3_600, 5_400, "0")).toEqual({ is: "whole" });
  });
});

describe("an answer is checked against the expectations in its dataset's file", () => {
  const code: Selector = { by: "code", ts_code: "600519.SH", from: "20240101", to: "20240131" };
  const month: Selector = { by: "month", month: "202401" };
  const announced: Selector = { by: "announced", ann_date: "20240102" };
  const list: Selector = { by: "list_status", list_status: "D" };
  const isOpen = { openDays: ["20240102"] };
  const many = { rowsBefore: 5_000 };

  test.each<[Expects, string, Selector, number, Partial<Facts>, string, string]>([
    ["some", "nothing on an open day", oneDay, 0, isOpen, "20240102 18", "not due"],
    ["some", "nothing on an open day, after the last look", oneDay, 0, isOpen, "20240103 09", "not whole"],
    ["some", "nothing on a day that was closed after all", oneDay, 0, {}, "20240102 18", "whole"],
    ["some", "one row of thousands", oneDay, 1, { ...isOpen, ...many }, "20240102 18", "whole"],
    ["some", "nothing of a code", code, 0, isOpen, "20240201 18", "whole"],
    ["some", "nothing of a month that has not ended", month, 0, {}, "20240130 18", "whole"],
    ["some", "nothing of a month that ends today", month, 0, {}, "20240131 18", "not due"],
    ["some", "nothing of a month that ended", month, 0, {}, "20240201 18", "not whole"],
    ["some", "nothing of a whole list", list, 0, {}, "20240102 18", "not whole"],
    ["none", "nothing on an open day", oneDay, 0, { ...isOpen, ...many }, "20240102 18", "whole"],
    ["none", "nothing announced", announced, 0, many, "20240201 18", "whole"],
    ["before", "less than before", list, 4_000, many, "20240102 18", "not whole"],
    ["before", "as much as before", list, 5_000, many, "20240102 18", "whole"],
  ])("%s: %s", (expects, _what, selector, rows, facts, at, is) => {
    const [today = "", hour] = at.split(" ");
    const verdict = judge(
      { ...datasets.stock_daily, expects, details: [] },
      { selector, unit_key: "unit" },
      { table: tableOf(rows), details: [] },
      { ...noFacts, ...facts },
      { now: shanghaiInstant(today, Number(hour)), settings, deliveries: 1 },
    );
    expect(verdict.is).toBe(is);
  });
});

function tableOf(size: number): Table {
  return { columns: {}, size };
}

function transient(error: unknown): "transient" {
  expect(error).toMatchObject({ name: "SyncError", kind: "transient" });
  return "transient";
}
