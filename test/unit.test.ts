// The message of a unit: reading it gives back the same unit, and an invalid message is refused without being quoted.
import { describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import { SyncError } from "../shared/errors.ts";
import {
  decodeUnit,
  encodeUnit,
  type PlannedUnit,
  paramsOf,
  type Unit,
  unitFrom,
  unitKey,
} from "../shared/unit.ts";
import { codePattern } from "../shared/words/codes.ts";

const planned: { unit: PlannedUnit; key: string; params: Record<string, string> }[] = [
  {
    unit: { dataset: "stock_daily", selector: { by: "date", trade_date: "20240102" } },
    key: "stock_daily/20240102",
    params: { trade_date: "20240102" },
  },
  {
    unit: {
      dataset: "stock_daily",
      selector: { by: "code", ts_code: "600519.SH", from: "20240101", to: "20241231" },
    },
    key: "stock_daily/600519.SH/20240101-20241231",
    params: { ts_code: "600519.SH", start_date: "20240101", end_date: "20241231" },
  },
  {
    unit: {
      dataset: "trading_calendar",
      selector: { by: "calendar", exchange: "SSE", from: "20200101", to: "20271231" },
    },
    key: "trading_calendar/SSE/20200101-20271231",
    params: { exchange: "SSE", start_date: "20200101", end_date: "20271231" },
  },
  {
    unit: { dataset: "stock_list", selector: { by: "list_status", list_status: "D" } },
    key: "stock_list/D",
    params: { list_status: "D" },
  },
  {
    unit: { dataset: "etf_list", selector: { by: "exchange", exchange: "SH", list_status: "P" } },
    key: "etf_list/SH/P",
    params: { exchange: "SH", list_status: "P" },
  },
  {
    unit: { dataset: "disclosure", selector: { by: "period", period: "20240930" } },
    key: "disclosure/20240930",
    params: { end_date: "20240930" },
  },
  {
    unit: { dataset: "finance", selector: { by: "period", period: "20240930" } },
    key: "finance/20240930",
    params: { period: "20240930" },
  },
];

test("an interface without an exchange parameter is called for the whole market", () => {
  const { fallback } = datasets.etf_list.main;
  const selector = { by: "exchange", exchange: "SH", list_status: "L" } as const;
  expect(fallback && paramsOf(fallback, selector)).toEqual({ market: "E" });
});

function message(
  unit: PlannedUnit = { dataset: "stock_list", selector: { by: "list_status", list_status: "L" } },
) {
  const task_id = "0198c2f0-5d3e-4c11-9f0a-3b1f6f0f2a01";
  return {
    version: 1,
    task_id,
    sequence: 3,
    job_type: "REFERENCE",
    unit_key: unitKey(unit),
    retry: 0,
    ...unit,
  };
}

describe.each(planned)("the unit $key", ({ unit, key, params }) => {
  test("has the same key for the same work in every task", () => {
    expect(unitKey(unit)).toBe(key);
  });

  test("requests exactly its slice from TuShare", () => {
    expect(paramsOf(datasets[unit.dataset].main, unit.selector)).toEqual(params);
  });

  test("is the same after a round trip through a message", () => {
    const sent = message(unit) as Unit;
    expect(decodeUnit(encodeUnit(sent))).toEqual(sent);
  });

  test("can be read from a row of the ledger", () => {
    const { version: _version, retry: _retry, ...row } = message(unit) as Unit;
    expect(unitFrom({ ...row, selector: JSON.stringify(unit.selector) })).toEqual(message(unit));
  });
});

test("a message of a later version of this code, with fields we do not know, is still read", () => {
  expect(decodeUnit(JSON.stringify({ ...message(), priority: "high" }))).toEqual(message());
});

const secret = "do-not-quote-me";
test.each<[string, string]>([
  ["nothing", ""],
  ["what is not JSON", `${secret} {`],
  ["half a message", JSON.stringify({ ...message(), secret }).slice(0, -1)],
  ["JSON of another shape", JSON.stringify([secret])],
  ["null", "null"],
  ["a text", JSON.stringify(secret)],
  ["a version it does not know", JSON.stringify({ ...message(), version: 2 })],
  ["a dataset it does not know", JSON.stringify({ ...message(), dataset: secret })],
  ["a dataset every object has", JSON.stringify({ ...message(), dataset: "constructor" })],
  ["a job it does not know", JSON.stringify({ ...message(), job_type: secret })],
  ["a task without an id", JSON.stringify({ ...message(), task_id: secret })],
  ["a sequence of 0", JSON.stringify({ ...message(), sequence: 0 })],
  ["a sequence as text", JSON.stringify({ ...message(), sequence: "3" })],
  ["a retry below 0", JSON.stringify({ ...message(), retry: -1 })],
  ["a selector it does not know", JSON.stringify({ ...message(), selector: { by: secret } })],
  [
    "a day that does not exist",
    JSON.stringify({ ...message(), selector: { by: "date", trade_date: "20240230" } }),
  ],
  [
    "a code that is none",
    JSON.stringify({
      ...message(),
      selector: { by: "code", ts_code: `'; ${secret} --`, from: "20240101", to: "20240102" },
    }),
  ],
  ["a key of any length", JSON.stringify({ ...message(), unit_key: secret.repeat(100) })],
  ["a megabyte", secret.repeat(70_000)],
  ["a million brackets", "[".repeat(1_000_000)],
])("a message that is %s is refused for good, in a line that does not quote it", (_what, text) => {
  const refusal = refusalOf(text);
  expect(refusal.kind).toBe("permanent");
  expect(refusal.message).not.toContain(secret);
  expect(refusal.message.length).toBeLessThan(300);
});

test("a refusal names the fields that do not fit", () => {
  const text = JSON.stringify({
    ...message(),
    sequence: 0,
    selector: { by: "date", trade_date: "tomorrow" },
  });
  expect(refusalOf(text).message).toMatch(/sequence.*selector\.trade_date/);
});

test.each([
  ["600519.SH", true],
  ["000001.SZ", true],
  ["920017.BJ", true],
  ["4920017.BJ", true],
  ["1500011.SZ", true],
  ["T00018.SH", true],
  ["600519", false],
  ["600519.sh", false],
  ["600519.SH ", false],
  ["600519.SH\n", false],
  ["600519.SH,000001.SZ", false],
  ["'; drop table x; --", false],
  ["", false],
])("%j is taken for a code: %s", (text, expected) => {
  expect(codePattern.test(text)).toBe(expected);
});

function refusalOf(text: string): SyncError {
  try {
    decodeUnit(text);
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error("was accepted");
}
