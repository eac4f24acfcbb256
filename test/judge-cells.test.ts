// What the answer for a day or a code lacks by name, and what is believed of it.
import { describe, expect, test } from "vitest";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { addDays, shanghaiInstant } from "../shared/catalogue/dates.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { judge, type Verdict } from "../shared/rows/completeness.ts";
import type { Table } from "../shared/rows/rows.ts";

const { stock_daily, etf_daily, index_daily } = datasets;
const settings = readSettings({});
const day = "20240102";
const codes = (count: number) => Array.from({ length: count }, (_, at) => `${600001 + at}.SH`);
const daysFrom = (first: string, count: number) =>
  Array.from({ length: count }, (_, at) => addDays(first, at));

type Given = {
  readonly dataset?: Dataset;
  readonly selector?: Selector;
  /** The state of each expected cell. */
  readonly known?: readonly string[];
  readonly state?: string;
  readonly states?: Readonly<Record<string, string>>;
  /** Cells without a row of the main interface, and of the joined ones. */
  readonly without?: readonly string[];
  readonly details?: readonly (readonly string[])[];
  /** Cells that the evidence explains; null without the right to it. */
  readonly suspended?: readonly string[] | null;
  readonly ageDays?: number;
  readonly hour?: number;
  readonly deliveries?: number;
  readonly firstStored?: string;
};

/** The verdict on an answer that has everything but what the case takes away. */
function verdictOn(given: Given): Verdict {
  const { dataset = stock_daily, selector = { by: "date", trade_date: day } as const } = given;
  const { known = codes(500), without = [], details = [], suspended = [] } = given;
  const column = selector.by === "date" ? "ts_code" : "trade_date";
  const fresh = `w${"w".repeat(dataset.details.length)}`;
  const tableOf = (names: readonly string[], more: Record<string, string[]> = {}): Table => ({
    columns: { [column]: names, ...more },
    size: names.length,
  });
  const rows = known.filter((name) => !without.includes(name));
  const having = dataset.details.map((_, at) => known.filter((name) => !details[at]?.includes(name)));
  const shown = dataset.details.map(({ shownBy = "" }, at) => [
    shownBy,
    rows.map((name) => (having[at]?.includes(name) ? "1" : "")),
  ]);
  return judge(
    dataset,
    { selector, unit_key: "unit" },
    {
      table: tableOf(rows, Object.fromEntries(shown)),
      details: having.map((names) => tableOf(names)),
      evidence:
        suspended === null || dataset.explainedBy === undefined
          ? undefined
          : tableOf(suspended, {
              suspend_type: suspended.map(() => "S"),
              suspend_timing: suspended.map(() => ""),
            }),
    },
    {
      openDays: [],
      rowsBefore: 0,
      cells: {
        states: new Map(known.map((name) => [name, given.states?.[name] ?? given.state ?? fresh])),
        expected: known.length,
        expectedKey: "7",
        firstStored: given.firstStored,
        hasListing: selector.by === "date" || dataset.list !== undefined,
      },
    },
    {
      now: shanghaiInstant(
        addDays("to" in selector ? selector.to : day, given.ageDays ?? 1),
        given.hour ?? 9,
      ),
      settings,
      deliveries: given.deliveries ?? 1,
    },
  );
}

const [first = "", second = "", third = "", fourth = "", fifth = "", sixth = ""] = codes(6);
const recordsOf = (verdict: Verdict) =>
  verdict.is === "whole"
    ? verdict.settled?.absences.map(
        ({ ts_code, trade_date, interface: of, reason, isFinal }) =>
          `${trade_date} ${ts_code} ${of} ${reason}${isFinal ? "" : " so far"}`,
      )
    : verdict.is;
const figuresOf = (verdict: Verdict) => {
  const whole = verdict.is === "whole" ? verdict.settled?.wholeDay : undefined;
  return whole && [whole.expected, whole.stored, whole.explained, whole.unexplained];
};

describe("a day", () => {
  test("with a row and all values of each listed stock is whole, and nothing is recorded", () => {
    const verdict = verdictOn({});
    expect(recordsOf(verdict)).toEqual([]);
    expect(figuresOf(verdict)).toEqual([500, 500, 0, 0]);
  });

  test("is whole without the stocks that are suspended, by this answer or by what is stored", () => {
    const verdict = verdictOn({
      ...{ without: [first, second], details: [[], [first, second]] },
      ...{ suspended: [first], states: { [second]: "eww" } },
    });
    expect(recordsOf(verdict)).toEqual([]);
    expect(figuresOf(verdict)).toEqual([500, 498, 2, 0]);
  });

  test("keeps a bar of a suspended stock", () => {
    const verdict = verdictOn({ suspended: [first] });
    expect(figuresOf(verdict)).toEqual([500, 500, 0, 0]);
  });

  test.each<[string, Given, string]>([
    [
      "one stock short",
      { without: [first] },
      "20240102: 1 of 500 listed securities without a row, and nothing says why: 600001.SH",
    ],
    [
      "six stocks short",
      { without: codes(6) },
      `20240102: 6 of 500 listed securities without a row, and nothing says why: ${codes(5).join(", ")}, …`,
    ],
    ["without any row", { without: codes(500) }, "20240102: TuShare returned no rows for a trading day"],
    [
      "of which a row lacks its factor",
      { details: [[first]] },
      "20240102: 1 of 500 rows have no values of adj_factor and nothing says why: 600001.SH",
    ],
    ["without valuations", { details: [[], codes(500)] }, "20240102: daily_basic has no row at all"],
  ])(
    "%s is not due while it may be published, and later not whole, whatever its age",
    (_what, given, why) => {
      expect(verdictOn({ ...given, ageDays: 0, hour: 18 })).toMatchObject({ is: "not due", why });
      expect(verdictOn({ ...given, ageDays: 1 })).toMatchObject({ is: "not whole", why });
      expect(verdictOn({ ...given, ageDays: 900, deliveries: 2 })).toMatchObject({ is: "not whole", why });
    },
  );

  test("that is a little short is done after the third delivery, and is looked for in later runs", () => {
    const verdict = verdictOn({ without: codes(5), deliveries: 3 });
    expect(recordsOf(verdict)).toEqual(codes(5).map((code) => `20240102 ${code} daily unexplained so far`));
    expect(figuresOf(verdict)).toBeUndefined();
    expect(verdict).toMatchObject({ settled: { partial: expect.stringContaining("5 of 500") } });
  });

  test("that is a little short is not looked for again after the third run, or when it is old", () => {
    const third = verdictOn({ without: [first], deliveries: 3, states: { [first]: "2ww" } });
    expect(recordsOf(third)).toEqual([`20240102 ${first} daily unexplained`]);
    expect(figuresOf(third)).toEqual([500, 499, 0, 1]);
    const old = verdictOn({ without: [first], deliveries: 3, ageDays: 8 });
    expect(recordsOf(old)).toEqual([`20240102 ${first} daily unexplained`]);
  });

  test.each<[string, Given, string]>([
    ["1 % short", { without: codes(5) }, "whole"],
    ["more than 1 % short", { without: codes(6) }, "not whole"],
    ["39 % short", { without: codes(195) }, "not whole"],
    [
      "39 % short where the account has no right to suspensions",
      { without: codes(195), suspended: null },
      "whole",
    ],
    ["41 % short where nothing explains it", { without: codes(205), suspended: null }, "not whole"],
    ["three short of twelve", { known: codes(12), without: codes(3) }, "whole"],
    ["four short of twelve", { known: codes(12), without: codes(4) }, "not whole"],
    ["empty, of two stocks", { known: codes(2), without: codes(2), suspended: null }, "not whole"],
    ["with half of its valuations", { details: [[], codes(250)] }, "not whole"],
    ["without any valuation", { details: [[], codes(500)] }, "whole"],
  ])("%s after many deliveries is %s", (_what, given, is) => {
    expect(verdictOn({ ...given, deliveries: 5 }).is).toBe(is);
  });

  test("of which a joined interface has no row at all records that once, and counts each row", () => {
    const verdict = verdictOn({ details: [[], codes(500)], deliveries: 3, ageDays: 100 });
    expect(recordsOf(verdict)).toEqual(["20240102  daily_basic unexplained"]);
    expect(figuresOf(verdict)).toEqual([500, 500, 0, 500]);
  });

  const nothing = { without: [first], details: [[first], [first]] };
  test.each<[string, Given, unknown]>([
    ["old: at once", { ...nothing, ageDays: 8 }, [`20240102 ${first} daily no_data`]],
    ["new: not before the third delivery", nothing, "not whole"],
    ["new: after the third delivery", { ...nothing, deliveries: 3 }, [`20240102 ${first} daily no_data`]],
    [
      "old, of many stocks: not at once",
      { without: codes(6), details: [codes(6), codes(6)], ageDays: 8 },
      "not whole",
    ],
    [
      "old, when one of them has no row of any stock: not at once",
      { without: [first], details: [codes(500), [first]], ageDays: 8, states: stateAll("wuw") },
      "not whole",
    ],
    [
      "old, but one of them has a row: not",
      { without: [first], details: [[], [first]], ageDays: 8 },
      "not whole",
    ],
  ])("interfaces that agree that a stock had nothing are believed when it is %s", (_what, given, records) => {
    expect(recordsOf(verdictOn(given))).toEqual(records);
  });

  const idle = { without: codes(100), details: [[], codes(100)], deliveries: 3, ageDays: 8 };
  test.each<[string, Given, string]>([
    ["has a factor for all and valuations for the others", idle, "whole"],
    ["is new", { ...idle, ageDays: 3 }, "not whole"],
    ["was looked for twice", { ...idle, deliveries: 2 }, "not whole"],
    ["has valuations for them", { ...idle, details: [[], []] }, "not whole"],
    [
      "has no factor for them either: it may have been cut",
      { ...idle, details: [codes(100), codes(100)] },
      "not whole",
    ],
    ["lacks the half of it", { ...idle, without: codes(250), details: [[], codes(250)] }, "not whole"],
    ["lacks six more with a valuation", { ...idle, without: codes(106) }, "not whole"],
  ])("an old day without a fifth of the stocks, and without suspensions, that %s", (_what, given, is) => {
    const verdict = verdictOn(given);
    expect(verdict.is).toBe(is);
    if (is === "whole") {
      expect(recordsOf(verdict)).toEqual(codes(100).map((code) => `20240102 ${code} daily unexplained`));
      expect(figuresOf(verdict)).toEqual([500, 400, 0, 100]);
    }
  });

  test("before the first day with suspensions is believed, however many stocks have nothing", () => {
    const verdict = verdictOn({
      selector: { by: "date", trade_date: "19940104" },
      ...{ without: codes(300), details: [codes(300), codes(300)] },
    });
    expect(figuresOf(verdict)).toEqual([500, 200, 300, 0]);
  });

  test("is not asked for what was looked for often enough, or is known to have nothing", () => {
    const verdict = verdictOn({
      without: [first, second],
      details: [
        [first, second, third, fourth],
        [first, second],
      ],
      states: {
        [first]: "uww",
        [second]: "nww",
        [third]: "wuw",
        [fourth]: "wnw",
        [fifth]: "s++",
        [sixth]: "2ww",
      },
    });
    expect(recordsOf(verdict)).toEqual([]);
    expect(figuresOf(verdict)).toEqual([500, 498, 1, 2]);
  });

  test("of which a row is stored lacks what neither the row nor the answer has", () => {
    expect(verdictOn({ states: { [first]: "sww" }, details: [[first]] }).is).toBe("not whole");
    expect(verdictOn({ states: { [first]: "s+w" }, details: [[first]] }).is).toBe("whole");
    expect(verdictOn({ states: { [first]: "s+w" }, without: [first] }).is).toBe("not whole");
    expect(verdictOn({ states: { [first]: "s++" }, without: [first] }).is).toBe("whole");
  });
});

function stateAll(state: string): Record<string, string> {
  return Object.fromEntries(codes(500).map((code) => [code, state]));
}

describe("a stock with a range", () => {
  const days = daysFrom("20230102", 200);
  const selector: Selector = { by: "code", ts_code: first, from: "20230102", to: days.at(-1) ?? "" };
  const stock = { selector, known: days };

  test("with a row on each day that it is listed is whole", () => {
    const verdict = verdictOn({ ...stock, states: { "20230102": "-ww" }, without: ["20230102"] });
    expect(recordsOf(verdict)).toEqual([]);
  });

  test("without a row is not done, however often it is looked for, and the days are named", () => {
    expect(verdictOn({ ...stock, without: days, details: [days, days], deliveries: 9 })).toMatchObject({
      is: "not whole",
      why: `${first}: 200 of 200 trading days without a row, and nothing says why: ${days.slice(0, 5).join(", ")}, …`,
    });
  });

  test("that lacks a day is done after the third delivery, with the day by name", () => {
    const given = { ...stock, without: ["20230105"], ageDays: 30 };
    expect(verdictOn(given).is).toBe("not whole");
    expect(recordsOf(verdictOn({ ...given, deliveries: 3 }))).toEqual([
      `20230105 ${first} daily unexplained`,
    ]);
  });

  test("that lacks an old day is not checked again this evening; one that lacks today is", () => {
    expect(verdictOn({ ...stock, without: ["20230105"], ageDays: 0, hour: 18 }).is).toBe("not whole");
    expect(verdictOn({ ...stock, without: days.slice(-1), ageDays: 0, hour: 18 }).is).toBe("not due");
  });

  const most = days.slice(20, 180);
  const suspended = { ...stock, without: most, details: [[], most], deliveries: 3, ageDays: 30 };
  const head = days.slice(0, 160);
  const broken = most.toSpliced(80, 1);
  test.each<[string, Given, string]>([
    ["between two rows, with factors", suspended, "whole"],
    [
      "between two rows, of which no interface has anything",
      { ...suspended, details: [most, most] },
      "whole",
    ],
    ["at its beginning, with factors", { ...suspended, without: head, details: [[], head] }, "whole"],
    [
      "at its beginning, of which no interface has anything: it may have been cut",
      { ...suspended, without: head, details: [head, head] },
      "not whole",
    ],
    ["that a valuation contradicts", { ...suspended, details: [[], []] }, "not whole"],
    ["and was looked for twice", { ...suspended, deliveries: 2 }, "not whole"],
    ["with a row in between", { ...suspended, without: broken, details: [[], broken] }, "whole"],
    [
      "of which each second day has a row",
      { ...suspended, without: days.filter((_, at) => at % 2 === 0) },
      "not whole",
    ],
    ["all of it, with factors", { ...suspended, without: days, details: [[], days] }, "whole"],
    ["all of it, without any row", { ...suspended, without: days, details: [days, days] }, "not whole"],
  ])("that lacks four fifths of its days %s", (_what, given, is) => {
    const verdict = verdictOn(given);
    expect(verdict.is).toBe(is);
    if (verdict.is === "whole") expect(recordsOf(verdict)).toHaveLength(given.without?.length ?? 0);
  });

  test("that an interface knows only from some day on is recorded before it, however many days", () => {
    const given = { ...stock, details: [days.slice(0, 100)], ageDays: 30 };
    expect(verdictOn(given).is).toBe("not whole");
    expect(recordsOf(verdictOn({ ...given, deliveries: 3 }))).toHaveLength(100);
  });
});

describe("an index, of which nobody knows when it was first published,", () => {
  const days = daysFrom("20230102", 200);
  const selector: Selector = { by: "code", ts_code: "000300.SH", from: "20230102", to: days.at(-1) ?? "" };
  const index = { dataset: index_daily, selector, known: days, ageDays: 30 };

  test("has no data before its first row: this is believed at once", () => {
    const verdict = verdictOn({ ...index, without: days.slice(0, 150) });
    expect(recordsOf(verdict)).toHaveLength(150);
    expect(recordsOf(verdict)).toContain("20230102 000300.SH index_daily no_data");
  });

  test("has no data before its first stored row: this is believed after the third delivery", () => {
    const empty = { ...index, without: days, firstStored: "20240102" };
    expect(verdictOn(empty).is).toBe("not whole");
    expect(recordsOf(verdictOn({ ...empty, deliveries: 3 }))).toHaveLength(200);
  });

  test("without any row, stored or answered, is not done", () => {
    expect(verdictOn({ ...index, without: days, deliveries: 9 }).is).toBe("not whole");
  });

  test("lacks a day between two rows, like a stock", () => {
    expect(verdictOn({ ...index, without: ["20230105"], firstStored: "20200102" })).toMatchObject({
      is: "not whole",
      why: "000300.SH: 1 of 200 trading days without a row, and nothing says why: 20230105",
    });
  });
});

test("ETFs without trades are few up to two fifths: no interface explains them", () => {
  const given = { dataset: etf_daily, without: codes(190), deliveries: 3, ageDays: 30 };
  expect(recordsOf(verdictOn(given))).toHaveLength(190);
});
