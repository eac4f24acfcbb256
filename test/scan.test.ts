// Rows are read out of a reply by a scanner of our own. It must read what JSON.parse reads, with every digit, and never take
// what JSON.parse refuses.
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReply } from "../shared/adapters/tushare.ts";
import { ExactNumber, rowsOf } from "../shared/rows/rows.ts";
import { numberText, scanRows } from "../shared/rows/scan.ts";

const runs = Number(process.env.SCAN_RUNS ?? 300);
const now = new Date("2024-01-02T10:00:00Z");

/** What a reply holds, by JSON.parse alone: rows of texts, each number as it is stored; or the reason it holds none. */
function expectedOf(text: string): unknown {
  let reply: { code?: unknown; data?: { items?: unknown } | null };
  try {
    reply = JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === "number" && context?.source !== undefined ? { source: context.source } : value,
    ) as typeof reply;
  } catch {
    return "reply is not JSON";
  }
  const items = (reply.data?.items ?? []) as unknown[][];
  return items.map((row) =>
    row.map((cell) => {
      if (cell === "") return null;
      if (typeof cell !== "object" || cell === null || !("source" in cell)) return cell;
      return { number: numberText(String(cell.source)) ?? String(Number(cell.source)) };
    }),
  );
}

function readOf(text: string): unknown {
  try {
    const page = readReply(text, "daily", "token", now);
    return rowsOf(page).map((row) =>
      row.map((cell) => {
        if (cell instanceof ExactNumber) return { number: cell.text };
        return typeof cell === "number" ? { number: String(cell) } : cell;
      }),
    );
  } catch (error) {
    const { message } = error as Error;
    return /reply is not JSON/.test(message) ? "reply is not JSON" : message;
  }
}

const space = fc.constantFrom("", "", "", " ", "\n", "\t ", "\r\n");
const digits = fc
  .array(fc.constantFrom(..."0000123456789"), { minLength: 1, maxLength: 22 })
  .map((all) => all.join(""));
const number = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(
      fc.constant("0"),
      digits.map((text) => text.replace(/^0+/, "") || "0"),
    ),
    fc.oneof(
      fc.constant(""),
      digits.map((text) => `.${text}`),
    ),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant("") },
      fc
        .tuple(
          fc.constantFrom("e", "E"),
          fc.constantFrom("", "+", "-"),
          fc.constantFrom("0", "5", "07", "21", "250", "330"),
        )
        .map((parts) => parts.join("")),
    ),
  )
  .map((parts) => parts.join(""));
const string = fc.oneof(
  fc.constantFrom('""', '"20240102"', '"600519.SH"', '"贵州茅台"', '"\\u8d35\\n\\"items\\":[["', '"a\\\\"'),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => JSON.stringify(text)),
);
const kinds = [number, string, fc.oneof(number, string, fc.constantFrom("null", "true", "{}", "[]"))];
const reply = fc
  .array(fc.constantFrom(0, 0, 0, 1, 1, 2), { minLength: 1, maxLength: 5 })
  .chain((columns) => {
    const cells = columns.map((kind) =>
      fc.oneof(
        { weight: 1, arbitrary: fc.constant("null") },
        { weight: 6, arbitrary: kinds[kind] ?? number },
      ),
    );
    const row = fc
      .tuple(space, ...cells)
      .map(([gap, ...row]) => `${gap}[${row.join(`${gap},${gap}`)}${gap}]`);
    return fc.tuple(fc.constant(columns.length), fc.array(row, { maxLength: 6 }), space);
  })
  .map(([width, rows, gap]) => {
    const fields = Array.from({ length: width }, (_, at) => `f${at}`);
    return `{"request_id":"x","code":0,"msg":"","data":${gap}{"fields":${JSON.stringify(fields)},"items"${gap}:${gap}[${rows.join(`${gap},`)}${gap}],"has_more":false}}`;
  });

describe("a scanned reply", () => {
  test("holds what JSON.parse finds in it, each number with its digits", () => {
    fc.assert(
      fc.property(reply, (text) => {
        expect(readOf(text)).toEqual(expectedOf(text));
      }),
      { numRuns: runs },
    );
  });

  const edits = fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.constantFrom(...'0123456789.-+eE"\\,:[]{} \n\u0000\u2028nulltrue', "", "[]", "[[", '"items":[['),
      fc.nat({ max: 3 }),
    ),
    { minLength: 1, maxLength: 3 },
  );

  test("is refused where JSON.parse refuses it, and else is the same, wherever the text was damaged", () => {
    fc.assert(
      fc.property(reply, edits, (text, changes) => {
        let damaged = text;
        for (const [share, written, removed] of changes) {
          const at = Math.floor(share * damaged.length);
          damaged = damaged.slice(0, at) + written + damaged.slice(at + removed);
        }
        const expected = expectedOf(damaged);
        const read = readOf(damaged);
        if (expected === "reply is not JSON" || read === "reply is not JSON") expect(read).toBe(expected);
        // What is JSON but not TuShare's form is refused by that form, as before.
        else if (Array.isArray(read) && isForm(damaged)) expect(read).toEqual(expected);
      }),
      { numRuns: runs },
    );
  });

  /** Rows are as wide as the header, which the damage may have changed. */
  function isForm(text: string): boolean {
    const { data } = JSON.parse(text) as { data?: { fields?: unknown[]; items?: unknown } | null };
    return (
      Array.isArray(data?.items) && data.items.every((row: unknown[]) => row.length === data.fields?.length)
    );
  }
});

test.each<[string, string]>([
  ["0.10", "0.1"],
  ["-0", "0"],
  ["-0.00", "0"],
  ["10.0", "10"],
  ["1.50", "1.5"],
  ["1e3", "1000"],
  ["9007199254740993", "9007199254740993"],
  ["0.1234567890123450", "0.1234567890123450"],
  ["1e-400", "1e-400"],
])("the number %s is read as %s", (written, stored) => {
  const { rows, end } = scanRows(`[[${written}]]`, 0) ?? {};
  expect([rows?.columns[0], end]).toEqual([{ kind: "number", cells: [stored] }, written.length + 4]);
});

test.each([
  ...[
    "[",
    "[[",
    "[[1",
    "[[1]",
    "[[1,]]",
    "[[,1]]",
    "[[1],]",
    "[[1][2]]",
    "[1]",
    "[[01]]",
    "[[1.]]",
    "[[.5]]",
    "[[+1]]",
  ],
  ...[
    "[[-]]",
    "[[1e]]",
    "[[1e+]]",
    "[[0x1]]",
    "[[NaN]]",
    "[[Infinity]]",
    "[[nul]]",
    "[[nulll]]",
    '[["a]]',
    '[["\n"]]',
  ],
  ...[
    '[["\\x"]]',
    '[["\\u12"]]',
    "[['a']]",
    "[[1 2]]",
    "[[1\u00a0]]",
    '[["a" "b"]]',
    "[[1],[1,2]]",
    '[[1],["1"]]',
  ],
  ...["[[true]]", "[[[]]]", "[[{}]]", "[[]]x", "[[1e400]]", "[[1]/**/]"],
])("%j is left to JSON.parse", (text) => {
  const read = scanRows(text, 0);
  expect(read === undefined || (read.rows.length === 1 && read.end < text.length)).toBe(true);
});

const items = (text: string) => readReply(text, "daily", "token", now).items;

test.each<[string, string, unknown]>([
  ["in a message", `{"code":0,"msg":"\\"items\\": [[1]]","data":{"fields":["a"],"items":[[2]]}}`, [[2]]],
  ["before the data", `{"items":[[1]],"code":0,"data":{"fields":["a"],"items":[[2]]}}`, [[2]]],
  ["deeper in the data", `{"code":0,"data":{"x":{"items":[[1]]},"fields":["a"],"items":[[2]]}}`, [[2]]],
  [
    "twice, of which the last counts",
    `{"code":0,"data":{"fields":["a"],"items":[[1]],"items":[[2]]}}`,
    [[2]],
  ],
  [
    "in data that come twice",
    `{"code":0,"data":{"items":[[1]]},"data":{"fields":["a"],"items":[[2]]}}`,
    [[2]],
  ],
  ["in the name of another", `{"code":0,"data":{"a\\"items":[[1]],"fields":["a"],"items":[[2]]}}`, [[2]]],
])("rows that only look like the reply's are not taken: %s", (_where, text, expected) => {
  const page = readReply(text, "daily", "token", now);
  expect(rowsOf(page)).toEqual(expected);
});

test("only rows of several kinds in a column take the slow way", () => {
  const reply = (rows: string) =>
    `{"code":0,"msg":"","data":{"fields":["a","b"],"items":${rows},"has_more":false}}`;
  expect(items(reply('[["x",1.5],[null,null],["y",12345678901234567890]]'))).toHaveProperty("columns");
  expect(items(reply('[["x",1.5],["y","z"]]'))).toBeInstanceOf(Array);
});

const captured = join(import.meta.dirname, "..", "..", "shared");
describe.skipIf(!existsSync(captured))("captured answers", () => {
  test("each envelope is read as JSON.parse reads it", () => {
    const files = globSync(["data/envelopes/**/*.json", "tushare-interfaces/**/*.json"], { cwd: captured });
    let replies = 0;
    for (const file of files) {
      const text = readFileSync(join(captured, file), "utf8");
      if (!/"items"\s*:\s*\[/.test(text) || !/"code"\s*:\s*0\b/.test(text)) continue;
      const read = readOf(text);
      if (!Array.isArray(read)) continue;
      replies += 1;
      expect([file, read]).toEqual([file, expectedOf(text)]);
    }
    expect(replies).toBeGreaterThan(10);
  });

  test("each file, written as a reply, is scanned whole and with its own digits", () => {
    for (const file of globSync("data/*.csv", { cwd: captured })) {
      const [header = "", ...lines] = readFileSync(join(captured, file), "utf8").trim().split(/\r?\n/);
      const fields = header.split(",");
      const rows = lines.map((line) => line.split(",")).filter(({ length }) => length === fields.length);
      const isNumber = fields.map((_, at) =>
        rows.every((row) => /^(-?(0|[1-9]\d*)(\.\d+)?(e-?\d+)?)?$/i.test(row[at] ?? "")),
      );
      const json = rows.map((row) =>
        row.map((cell, at) => (cell === "" ? "null" : isNumber[at] ? cell : JSON.stringify(cell))),
      );
      const text = `{"code":0,"msg":"","data":{"fields":${JSON.stringify(fields)},"items":[${json.map((row) => `[${row.join(",")}]`).join(",")}]}}`;
      expect([file, "columns" in items(text)]).toEqual([file, true]);
      expect([file, readOf(text)]).toEqual([file, expectedOf(text)]);
    }
  });
});
