// The runbook can be followed at three in the morning: every command can be typed as written and names its stack, and the
// Chinese runbook says the same.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contextOf, type DeployValues, stageOf } from "../cli/cdk.ts";
import { en } from "../cli/messages/en.ts";
import { makeParser } from "../cli/parser.ts";
import { type AlarmSpec, alarms, firstCommand, runbookAnchor } from "../infra/alarms.ts";
import { contextKeys } from "../infra/context.ts";
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { stackName } from "../shared/catalogue/stack.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";
import { blocksOf, commandsOf, spansOf, wordsOf } from "./support/documented-lines.ts";

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", "docs", file), "utf8");
const languages = { english: read("runbook.md"), chinese: read("runbook.zh.md") };

/** What a person would have put in place of each word. */
const filledIn = (text: string) =>
  text
    .replace(/"?\$STACK"?/g, "TushareSync")
    .replace(/"?\$AWS_REGION"?/g, "ap-southeast-1")
    .replace(/\bTASK\b/g, "DAILY_HISTORY")
    .replace(/\bJOB\b/g, "REFERENCE")
    .replace(/\b(NUMBER|SLOTS|PID)\b/g, "3")
    .replace(/\bDAY\b/g, "20240131");

/** Headings from one to the next, by the anchor that leads there. */
function sectionsOf(text: string): { anchor: string; level: number; body: string }[] {
  const parts = text.split(/^(?=#+ |<a id=)/m).filter((part) => part.trim() !== "");
  let given: string | undefined;
  return parts.flatMap((part) => {
    const [, id] = /^<a id="([^"]+)"><\/a>\n$/.exec(part) ?? [];
    if (id !== undefined) {
      given = id;
      return [];
    }
    const [, marks = "", title = ""] = /^(#+) (.*)/.exec(part) ?? [];
    const anchor =
      given ??
      title
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-");
    given = undefined;
    return [{ anchor, level: marks.length, body: part }];
  });
}

/** The line as our command line parses it. @throws ParseError */
async function parsed(line: string) {
  let found: { verb: string; stack: string | undefined; values: Record<string, unknown> } | undefined;
  const parse = makeParser(en, async ({ usage }, { stack }, values) => {
    found = { verb: usage.split(" ")[0] ?? "", stack, values };
    return 0;
  });
  await parse(wordsOf(filledIn(line)).slice(line.startsWith("npm run") ? 4 : 2));
  return found;
}

describe.each(Object.entries(languages))("in the %s runbook", (_, text) => {
  const commands = commandsOf(text);

  test("the command line accepts every line of ours, and each names the stack", async () => {
    const ours = commands.filter((line) => line.startsWith("npx tushare-sync "));
    expect(ours.length).toBeGreaterThan(50);
    for (const line of ours) expect(await parsed(line), line).toMatchObject({ stack: "TushareSync" });
  });

  test("every deployment names the stack, and only context keys that exist", async () => {
    const deployments = commands.filter((line) => /^npm run (deploy|destroy)/.test(line));
    expect(deployments.length).toBeGreaterThan(10);
    for (const line of deployments) {
      const [, verb = "", rest = ""] = /^npm run (\w+) -- (.*)$/.exec(line) ?? [];
      const found = await parsed(
        `npm run ${verb} -- ${verb} ${rest}`.replace(/^npm run \w+ --/, "npx tushare-sync"),
      );
      const values = found?.values as DeployValues;
      expect([line, found?.verb, found?.stack]).toEqual([line, verb, "TushareSync"]);
      expect(stackName(stageOf(values, found?.stack, {}, en))).toBe("TushareSync");
      for (const key of Object.keys(contextOf(values, en))) expect(contextKeys, line).toContain(key);
    }
    // A CDK command run by hand keeps no settings; it is only for what no command of ours does.
    expect(commands.filter((line) => line.startsWith("npx cdk")).map((line) => wordsOf(line)[2])).toEqual(
      expect.arrayContaining(["bootstrap"]),
    );
    expect(commands.filter((line) => /^npx cdk (deploy|destroy) -/.test(line))).toEqual([]);
  });

  test("every aws command is about this stack, or is of the account", () => {
    const ofTheAccount =
      /^aws (sts get-caller-identity|lambda get-account-settings|lambda update-event-source-mapping --uuid UUID|scheduler update-schedule$|rds-data execute-statement$)/;
    const named =
      /\$STACK|\$\((output|resource) |\$(CLUSTER|WRITER)\b|tushare-(restored|last)|tushare\/alarm-webhook/;
    const lines = commands.filter((line) => /^(aws|read .* aws) /.test(line) && !/^\w+\(\) \{/.test(line));
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.filter((line) => !named.test(line) && !ofTheAccount.test(line))).toEqual([]);
  });

  test("every block is valid shell, and every word in capitals is explained", () => {
    for (const block of blocksOf(text)) {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: block, encoding: "utf8" });
      expect(status, `${block}${stderr}`).toBe(0);
    }
    const start = sectionsOf(text).find(({ anchor }) => anchor === "before-you-start")?.body ?? "";
    const blanks = commands
      .filter((line) => !/^(\w+\(\)|read|export|[A-Z]+=)/.test(line))
      .flatMap(
        (line) => line.replace(/\$\w+|'[^']*'|=[A-Z_]+/g, "").match(/(?<=[\s(])[A-Z]{3,}(?=[\s)"]|$)/g) ?? [],
      );
    const explained = [...start.matchAll(/`([A-Z]+)`/g)].map(([, word]) => word);
    expect(new Set(blanks.filter((word) => !jobTypes.some((job) => job === word)))).toEqual(
      new Set(["TASK", "NUMBER", "JOB", "DAY", "SLOTS", "UUID", "PID", "REVISION"]),
    );
    expect(explained).toEqual(
      expect.arrayContaining(["TASK", "NUMBER", "JOB", "DAY", "SLOTS", "UUID", "PID"]),
    );
  });

  test("the section of each alarm begins with the command that the alarm carries", () => {
    for (const [name, spec] of Object.entries<AlarmSpec>(alarms)) {
      const section = sectionsOf(text).find(({ anchor }) => anchor === runbookAnchor(name))?.body ?? "";
      const [first] = blocksOf(section)[0]?.split("\n") ?? [];
      expect(first).toBe(firstCommand(spec, { stack: "$STACK", region: "$AWS_REGION" }));
    }
  });

  test("links lead to a section", () => {
    const anchors = sectionsOf(text).map(({ anchor }) => anchor);
    const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor = ""]) => anchor);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });
});

describe("the SQL of the runbook", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await migratedDatabase();
  });
  afterAll(async () => await database.close());

  test("uses only tables and columns that exist", async () => {
    const statements = commandsOf(languages.english)
      .filter((line) => line.startsWith("sql "))
      .map((line) => filledIn(line).slice('sql "'.length, -1));
    expect(statements.length).toBeGreaterThan(5);
    for (const sql of statements) await database.run(sql);
  });
});

describe("the Chinese runbook matches the English one:", () => {
  const [english, chinese] = [sectionsOf(languages.english), sectionsOf(languages.chinese)];

  test("the same sections in the same order, under the same anchors", () => {
    const shape = (sections: typeof english) =>
      sections.slice(1).map(({ anchor, level }) => `${level} ${anchor}`);
    expect(shape(chinese)).toEqual(shape(english));
    expect(english.length).toBeGreaterThan(25);
  });

  test.each(english.map((section, at) => [section.anchor, section.body, chinese[at]?.body ?? ""] as const))(
    "%s: the same blocks, commands, links, rows and parts",
    (_, one, other) => {
      const shape = (body: string) => ({
        blocks: blocksOf(body),
        commands: spansOf(body).toSorted(),
        links: [...body.matchAll(/\]\((#[^)]+)\)/g)].map(([, link]) => link).toSorted(),
        rows: body.match(/^\|/gm)?.length,
        parts: body.match(/^\*\*/gm)?.length,
        steps: body.match(/^\d\. /gm)?.length,
        points: body.match(/^- /gm)?.length,
      });
      expect(shape(other)).toEqual(shape(one));
    },
  );

  test("each says its severity, and all text is Chinese", () => {
    const severities = { critical: "严重。", warning: "警告。", notice: "提示。" };
    for (const [name, { severity }] of Object.entries<AlarmSpec>(alarms)) {
      const { body = "" } = chinese.find(({ anchor }) => anchor === runbookAnchor(name)) ?? {};
      expect(body.split("\n")[0]).toContain(`（${name}）`);
      expect(body.split("\n")[2]?.startsWith(severities[severity])).toBe(true);
    }
    const prose = languages.chinese.replace(/```[\s\S]*?```|`[^`]*`|\([^)]*\)/g, "").split(/\n\n/);
    expect(prose.filter((paragraph) => /[a-z]{4,}( [a-z]{2,}){6}/i.test(paragraph))).toEqual([]);
  });
});
