// The guide for the first deployment can be followed line by line: each command is one, each line that it says a person sees
// is one that is printed, and both languages have the same steps.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { en } from "../cli/messages/en.ts";
import { zh } from "../cli/messages/zh.ts";
import { makeParser } from "../cli/parser.ts";
import { flatMessages } from "./support/flat-messages.ts";

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", "docs", file), "utf8");
const [english, chinese] = [read("first-deployment.md"), read("first-deployment.zh.md")];

function blocks(text: string, kind: "bash" | "text"): string[] {
  const found = text.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, "g"));
  return [...found].flatMap(([, block = ""]) => block.trim().split("\n"));
}

const anchors = (text: string) =>
  [...text.matchAll(/^(?:<a id="([^"]+)"><\/a>\n)?## (.+)$/gm)].map(
    ([, id, title = ""]) =>
      id ??
      title
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
  );

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Whether a line of the guide, in which `…` stands for anything, is one line of a message, in which `<0>` does. */
function isShown(line: string, messages: readonly string[]): boolean {
  const shown = line.replace(/^((ok|正常) +|\[\d\/7\] |第 \d\/7 步：)/, "");
  const wanted = new RegExp(`^${escaped(shown).replaceAll("…", ".*")}$`);
  return messages.some((message) => {
    const printed = new RegExp(`^${escaped(message).replace(/<\d>/g, ".+")}$`);
    return wanted.test(message) || printed.test(shown);
  });
}

describe.each([
  ["first-deployment.md", english, en],
  ["first-deployment.zh.md", chinese, zh],
] as const)("docs/%s", (_, text, messages) => {
  const lines = [...flatMessages(messages).values()]
    .flatMap((message) => message.trim().split("\n"))
    .filter((message) => message.replace(/<\d>|[^\p{L}]/gu, "").length > 2); // others are like any line

  test.each(blocks(text, "text"))("shows what is printed: %s", (line) => {
    expect(isShown(line, lines)).toBe(true);
  });

  test("shows the steps in their order", () => {
    const shown = blocks(text, "text").flatMap((line) => /^(?:\[|第 )(\d)\/7/.exec(line)?.[1] ?? []);
    expect(shown).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
    expect(Object.keys(messages.deploy.steps)).toHaveLength(7);
  });

  test("a line that nothing prints is noticed", () => {
    expect(isShown("[4/7] The way in: a worker calls TuShare twice", lines)).toBe(false);
  });

  test("the command line accepts every command of ours, and each names the stack", async () => {
    const ours = blocks(text, "bash").filter((line) => /^(npx tushare-sync [a-z]|npm run )/.test(line));
    expect(ours.length).toBeGreaterThan(10);
    for (const line of ours) {
      let stack: string | undefined;
      const parse = makeParser(en, async (_command, globals) => {
        stack = globals.stack;
        return 0;
      });
      const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
      const [, verb = ""] = /^npm run (\w+)/.exec(line) ?? [];
      await parse(verb === "" ? words.slice(2) : [verb, ...words.slice(4)]);
      expect([line, stack]).toEqual([line, "TushareSync"]);
    }
  });

  test("every link leads somewhere", () => {
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = ""]) => anchor);
    expect(links.filter((link) => !anchors(text).includes(link))).toEqual([]);
    for (const [, file = ""] of text.matchAll(/\]\(([^#)]+\.md)[^)]*\)/g)) expect(read(file)).not.toBe("");
  });
});

test("both languages have the same steps, commands and claims", () => {
  expect(anchors(chinese)).toEqual(anchors(english));
  expect(blocks(chinese, "bash")).toEqual(blocks(english, "bash"));
  const claims = (text: string) => [...text.matchAll(/^\| .+? \| (\d) \|/gm)].map(([, step]) => step);
  expect(claims(chinese)).toEqual(claims(english));
});
