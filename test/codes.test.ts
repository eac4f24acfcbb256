// A code as people write it is accepted when it is unambiguous; otherwise the refusal suggests the right code.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readAnyCode, readCode, splitCodes, suggestCode } from "../shared/words/codes.ts";
import { capturedFolder, hasCaptured } from "./support/captured.ts";

test.each([
  ["600519.SH", "600519.SH"],
  ["600519.sh", "600519.SH"],
  [" 600519.SH ", "600519.SH"],
  ["６００５１９．ＳＨ", "600519.SH"],
  ["600519。sh", "600519.SH"],
  ["T00018.SH", "T00018.SH"],
  ["4920017.BJ", "4920017.BJ"],
  ["999999.SH", "999999.SH"],
  ["510300.SH", "510300.SH"],
  ["159915.sz", "159915.SZ"],
])("%s is read as %s", (typed, code) => {
  expect(readCode(typed)).toBe(code);
});

test.each([
  ["600519", "600519.SH"],
  ["688981", "688981.SH"],
  ["000001", "000001.SZ"],
  ["300750", "300750.SZ"],
  ["920017", "920017.BJ"],
  ["430139", "430139.BJ"],
  ["830799", "830799.BJ"],
  ["510300", "510300.SH"],
  ["588000", "588000.SH"],
  ["159915", "159915.SZ"],
  ["600519.SZ", "600519.SH"],
  ["000001.SH", "000001.SZ"],
  ["sh600519", "600519.SH"],
  ["SH.600519", "600519.SH"],
  ["600519SH", "600519.SH"],
  ["600519.SS", "600519.SH"],
  ["000001.XSHE", "000001.SZ"],
  ["６００５１９", "600519.SH"],
  ["1", "000001.SZ"],
  ["贵州茅台", undefined],
  ["999999", undefined],
  ["", undefined],
  ["' or 1=1", undefined],
])("%s is refused, and the suggestion is %s", (typed, meant) => {
  expect(readCode(typed)).toBeUndefined();
  expect(suggestCode(typed)).toBe(meant);
});

test.each([
  ["000300.sh", "000300.SH"],
  ["399001.SZ", "399001.SZ"],
  ["000832.CSI", "000832.CSI"],
  ["801010.SI", "801010.SI"],
  ["000300", undefined],
  ["' or 1=1", undefined],
])("%s is read as the index %s, whose digits say no exchange", (typed, code) => {
  expect(readAnyCode(typed)).toBe(code);
});

test.each([
  ["600519.SH,000001.SZ"],
  ["600519.SH，000001.SZ"],
  ["600519.SH、000001.SZ"],
  ["600519.SH;000001.SZ"],
  [" 600519.SH  000001.SZ\n"],
  ["600519.SH,,000001.SZ,"],
])("the list %j is two codes", (typed) => {
  expect(splitCodes(typed)).toEqual(["600519.SH", "000001.SZ"]);
});

test("an empty list is no code", () => {
  expect(splitCodes(" ， ")).toEqual([]);
});

test.skipIf(!hasCaptured)("the exchange of every captured stock and fund is told from its digits", () => {
  const lists = globSync("{stock,fund}_basic__*.csv", { cwd: capturedFolder });
  const codes = lists.flatMap((file) =>
    [...readFileSync(join(capturedFolder, file), "utf8").matchAll(/^"?(\d{6}\.(?:SH|SZ|BJ))\b/gm)].map(
      ([, code = ""]) => code,
    ),
  );
  expect(codes.length).toBeGreaterThan(5_000);
  expect(codes.filter((code) => suggestCode(code.slice(0, 6)) !== code)).toEqual([]);
  expect(codes.filter((code) => readCode(code) !== code)).toEqual([]);
});
