// A person's own questions for the SQL box: the file that keeps them, without a browser.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { wordsFor } from "../local/page/choose-words.ts";
import { changeQuestions, questionLimits, readQuestions } from "../local/page/questions.ts";
import { sqlForm } from "../local/page/sql.ts";

const [english, chinese] = [wordsFor("en"), wordsFor("zh-CN")];
const folder = mkdtempSync(join(tmpdir(), "questions-"));
const file = join(folder, "questions.json");
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true }));

const save = (name: unknown, sql: unknown = "select 1", words = english) =>
  changeQuestions(file, { save: { name, sql } }, words);
const names = () => {
  const saved = readQuestions(file, english);
  return "refusal" in saved ? saved.refusal : saved.map(({ name }) => name);
};

test("questions are kept by name, replaced under the same name, and deleted", () => {
  expect(names()).toEqual([]);
  expect(save(" the  largest\n", " select 2 ")).toMatchObject({ text: "Saved 'the largest'." });
  expect(save("一年的收盘价", "select 3", chinese)).toMatchObject({ text: "已保存“一年的收盘价”。" });
  expect(save("the largest", "select 4")).toMatchObject({
    text: "Replaced 'the largest'.",
    name: "the largest",
  });
  expect(readQuestions(file, english)).toEqual([
    { name: "the largest", sql: "select 4" },
    { name: "一年的收盘价", sql: "select 3" },
  ]);
  expect(changeQuestions(file, { remove: "the largest" }, english)).toMatchObject({
    text: "Deleted 'the largest'.",
  });
  expect(changeQuestions(file, { remove: "the largest" }, english)).toEqual({
    refusal: "There is no saved question 'the largest'.",
  });
  expect(names()).toEqual(["一年的收盘价"]);
  expect(readdirSync(folder)).toEqual(["questions.json"]);
});

test.each<[string, object, string]>([
  ["a blank name", { save: { name: " \t", sql: "select 1" } }, "needs a name"],
  ["a name that is a number", { save: { name: 7, sql: "select 1" } }, "needs a name"],
  ["no question", { save: null }, "needs a name"],
  ["nothing", {}, "needs a name"],
  ["a long name", { save: { name: "x".repeat(81), sql: "select 1" } }, "80 characters at most"],
  ["a control character", { save: { name: "a\u0000b", sql: "select 1" } }, "cannot be shown"],
  ["text turned around", { save: { name: "txt.\u202elqs", sql: "select 1" } }, "cannot be shown"],
  ["half a character", { save: { name: "half \ud800", sql: "select 1" } }, "cannot be shown"],
  ["an empty statement", { save: { name: "a", sql: " " } }, "The statement is empty"],
  ["a list for a statement", { save: { name: "a", sql: ["select 1"] } }, "The statement is empty"],
  ["a long statement", { save: { name: "a", sql: "x".repeat(10_001) } }, "10,000 characters at most"],
])("of %s nothing is saved, and it says why", (_, given, why) => {
  expect(changeQuestions(file, given, english)).toEqual({ refusal: expect.stringContaining(why) });
  expect(existsSync(file)).toBe(false);
});

test("a statement of ten thousand characters is kept", () => {
  expect(save("long", "x".repeat(10_000))).toMatchObject({ text: "Saved 'long'." });
});

test("a hundred are kept, and one of them can still be replaced", () => {
  const all = Array.from({ length: questionLimits.count }, (_, at) => ({ name: `q${at}`, sql: "select 1" }));
  writeFileSync(file, JSON.stringify(all));
  expect(save("one more")).toMatchObject({ refusal: expect.stringContaining("100 questions") });
  expect(save("q7", "select 7")).toMatchObject({ text: "Replaced 'q7'." });
  expect(names()).toHaveLength(100);
});

test.each(["", "{", "{}", "null", '[{"name":"a"}]', '[{"name":1,"sql":"select 1"}]', '"["'])(
  "a damaged file (%s) is said, and never written over",
  (text) => {
    writeFileSync(file, text);
    expect(names()).toContain(`${file} is damaged`);
    expect(save("a")).toMatchObject({ refusal: expect.stringContaining("is damaged") });
    expect(changeQuestions(file, { remove: "a" }, english)).toHaveProperty("refusal");
    expect(sqlForm(chinese, readQuestions(file, chinese)).markup).toContain("已损坏");
    expect(readFileSync(file, "utf8")).toBe(text);
  },
);

test.skipIf(!existsSync("/dev/full"))("a full disk is said, and what was saved before stays", () => {
  save("before");
  symlinkSync("/dev/full", `${file}.new`);
  expect(save("after")).toMatchObject({
    refusal: "Nothing was changed: questions.json could not be written (the disk is full).",
  });
  expect(names()).toEqual(["before"]);
  expect(save("after")).toMatchObject({ text: "Saved 'after'." });
});

test("a folder that is gone is said", () => {
  const gone = join(folder, "gone", "questions.json");
  expect(changeQuestions(gone, { save: { name: "a", sql: "select 1" } }, english)).toEqual({
    refusal: "Nothing was changed: questions.json could not be written (ENOENT).",
  });
});

test("names and statements are text on the page, not markup", () => {
  for (const name of [`"><script>alert(1)</script>`, "__proto__", "constructor", "</select>'&amp;"]) {
    expect(save(name, `select '</option><script>'`)).toMatchObject({ text: expect.stringContaining(name) });
  }
  expect(names()).toHaveLength(4);
  const page = sqlForm(english, readQuestions(file, english)).markup;
  expect(page).not.toMatch(/<script|<\/select>'/);
  expect(page).toContain('data-name="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  expect(page.match(/data-name=/g)).toHaveLength(4);
});
