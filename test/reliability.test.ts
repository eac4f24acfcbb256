// docs/reliability.md: every test that it names exists, and what must be survived is all there.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const [text = ""] = readFileSync(join(import.meta.dirname, "../docs/reliability.md"), "utf8").split(
  "## A thousand bad weeks",
);

/** Lines of its tables, each with its cells. */
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\| (---|no\.|fact)/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));

const testsIn = (cell: string) =>
  [...cell.matchAll(/`([a-z-]+): ([^`]+)`/g)].map(([, file = "", title = ""]) => ({ file, title }));

test.each(rows.flatMap((cells) => testsIn(cells.at(-2) ?? "")))(
  "$file has the test: $title",
  ({ file, title }) => {
    const path = join(import.meta.dirname, `${file}.test.ts`);
    expect(existsSync(path)).toBe(true);
    const source = readFileSync(path, "utf8");
    expect(['"', "'", "`"].some((quote) => source.includes(`${quote}${title}${quote}`))).toBe(true);
  },
);

test("every line names a test", () => {
  expect(rows.filter((cells) => testsIn(cells.at(-2) ?? "").length === 0)).toEqual([]);
});

const numbers = rows.map(([, first]) => Number(first)).filter((number) => !Number.isNaN(number));

test("the lines are numbered from 1 on, each number once", () => {
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => at + 1));
});

const scenarios = join(import.meta.dirname, "../../shared/faults.md");

test.skipIf(!existsSync(scenarios))(
  "each scenario of the list of faults has its line, and each line its scenario",
  () => {
    const list = readFileSync(scenarios, "utf8").split("\n## 4. Scenarios\n")[1] ?? "";
    const asked = [...list.matchAll(/^(\d+)\. (?:★ )?\*\*/gm)].map(([, number]) => Number(number));
    expect(asked.length).toBeGreaterThan(40);
    expect(numbers).toEqual(asked);
  },
);
