// The bench says what changed since the last committed run.
import { expect, test } from "vitest";
import { changesSince, type LastResult, readLastResult } from "../bench/last-result.ts";

const last: LastResult = {
  ingest: { measured: "2026-11-20", ratios: { same: 1, slower: 2, faster: 1, gone: 3 } },
};

test("a ratio that changed by more than 15 % is named, and so is one that only one run has", () => {
  const lines = changesSince(last, "ingest", { same: 1.149, slower: 1.6, faster: 1.5, added: 4 });
  expect(lines).toEqual([
    "Compared with the kept result of 2026-11-20:",
    "slower: 2 then, 1.60 now (-20 %)",
    "faster: 1 then, 1.50 now (+50 %)",
    "added: 4.00, not measured then",
    "gone: not measured now",
  ]);
});

test("a run without such a change says so, and one without a kept result too", () => {
  const { ratios = {} } = last.ingest ?? {};
  expect(changesSince(last, "ingest", ratios).join()).toMatch(
    /2026-11-20: no ratio changed by more than 15 %/,
  );
  expect(changesSince(last, "export", { one: 1 })).toEqual(["No result of export is kept to compare with."]);
});

test("the committed result can be read", () => {
  for (const [part, { measured, ratios }] of Object.entries(readLastResult())) {
    expect([part, measured]).toEqual([part, expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
    for (const [name, value] of Object.entries(ratios)) expect([name, value > 0]).toEqual([name, true]);
  }
});
