// The documents generated from the command line are up to date, and both languages have every message.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { allCommands } from "../cli/commands.ts";
import { messagesFor } from "../cli/messages/choose.ts";
import { en } from "../cli/messages/en.ts";
import { zh } from "../cli/messages/zh.ts";
import { documentCommandLine, documentCost } from "../docs/command-line-document.ts";
import { flatMessages } from "./support/flat-messages.ts";

const page = (name: string) =>
  readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8").replaceAll("\r\n", "\n");

test("docs/cli.md and docs/cost.md are up to date; if not, `npm run docs` writes them again", async () => {
  expect(page("cli.md")).toBe(await documentCommandLine());
  expect(page("cost.md")).toBe(documentCost());
});

test("every command has an example and describes every option", async () => {
  for (const { usage, examples, options } of await allCommands(en)) {
    expect(`${usage}: ${examples.length > 0}`).toBe(`${usage}: true`);
    for (const [name, { describe: about }] of Object.entries(options))
      expect(`${name} ${about}`).toMatch(/^\S+ .{5,}/);
  }
});

test("the command line imports nothing from functions, from infra only the context keys and the chosen options, from the core only rules and data", () => {
  const sources = globSync("cli/**/*.ts", { cwd: new URL("..", import.meta.url).pathname });
  expect(sources.length).toBeGreaterThan(25);
  const reached = sources.flatMap((file) =>
    [
      ...readFileSync(new URL(`../${file}`, import.meta.url), "utf8").matchAll(
        /(?: from |\bimport\()"(\.[^"]+)"/g,
      ),
    ].map(([, to = ""]) => join(dirname(file), to)),
  );
  // The context keys and the chosen options are read in one place, for both the app and the command line.
  const beyond = reached.filter((file) => /^(infra|functions|test|bench)\//.test(file));
  expect([...new Set(beyond)].sort()).toEqual(["infra/context.ts", "infra/deployment-file.ts"]);
  expect([...new Set(reached.filter((file) => file.startsWith("local/")))].sort()).toEqual([
    "local/data-dir.ts",
    "local/database/database.ts",
    "local/database/url.ts",
    "local/holding.ts",
    "local/no-space.ts",
    "local/origin.ts",
    "local/page/database.ts",
    "local/partial-days.ts",
    "local/running.ts",
    "local/settings-file.ts",
    "local/terminal.ts",
    "local/tushare-door/python-lines.ts",
  ]);
});

describe("messages", () => {
  const [english, chinese] = [flatMessages(en), flatMessages(zh)];

  test("are the same ones in Chinese and in English, with the same arguments", () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
    for (const [key, text] of english) {
      const words = (said: string) => [...new Set(said.match(/<\d>/g))].sort();
      expect([key, ...words(chinese.get(key) ?? "")]).toEqual([key, ...words(text)]);
    }
  });

  test("are Chinese in Chinese, but for names of things", () => {
    const untranslated = [...english].filter(([key, text]) => chinese.get(key) === text).map(([key]) => key);
    expect(untranslated).toEqual(["cost.dataApi"]);
  });

  test.each([
    [{ LANG: "zh_CN.UTF-8" }, zh],
    [{ LANG: "zh" }, zh],
    [{ LANG: "en_US.UTF-8", LC_ALL: "zh_TW.UTF-8" }, zh],
    [{ LANG: "zh_CN.UTF-8", LC_MESSAGES: "en_US.UTF-8" }, en],
    [{ LANG: "zha_XX" }, en],
    [{}, en],
  ])("follow the locale %o", (environment, messages) => {
    expect(messagesFor(environment)).toBe(messages);
  });
});
