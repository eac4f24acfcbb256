// A wrong line is refused before any request to a stack: exit code 2, one sentence that quotes what was typed, in the
// language of the reader.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Command, Session } from "../cli/command.ts";
import { allCommands, commandsFor } from "../cli/commands.ts";
import { CommandError, exitCodes } from "../cli/failure.ts";
import { en, type Messages } from "../cli/messages/en.ts";
import { zh } from "../cli/messages/zh.ts";
import { makeOutput } from "../cli/output.ts";
import { makeParser, ParseError } from "../cli/parser.ts";

const scratch = mkdtempSync(join(tmpdir(), "usage-test-"));
mkdirSync(join(scratch, "folder"));
writeFileSync(join(scratch, "file"), "");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a line ends with where no stack is: code 3 says that the line itself was taken. */
async function end(line: readonly string[], t: Messages): Promise<{ code: number; said: string }> {
  const output = makeOutput({ out: process.stdout, error: process.stderr }, true);
  const session: Session = {
    ...{ t, json: true, output, stack: undefined, region: undefined, dataDir: scratch, environment: {} },
    stop: new AbortController().signal,
    target: () => Promise.reject(new CommandError(exitCodes.unreachable, "no stack")),
  };
  try {
    const parse = makeParser(t, async (command, _, values) => await command.run(session, values as never));
    return { code: await parse(line), said: "" };
  } catch (error) {
    if (error instanceof ParseError) return { code: exitCodes.usage, said: error.message };
    if (error instanceof CommandError) return { code: error.exitCode, said: error.message };
    throw error;
  }
}

const refusals: [line: string[], ...parts: string[]][] = [
  [["plna"], "there is no command plna: did you mean plan?"],
  [["PLAN"], "did you mean plan?"],
  [["frobnicate"], "there is no command frobnicate"],
  [[], "a command is missing"],
  [["run"], "a word is missing"],
  [["run", "DAILY_HISTROY"], "<job> is 'DAILY_HISTROY'", "did you mean DAILY_HISTORY?"],
  [["run", "daily-history"], "did you mean DAILY_HISTORY?"],
  // Eighty names around the one that was meant would hide it.
  [["run", "DALY_HISTORY"], "<job> is 'DALY_HISTORY': did you mean DAILY_HISTORY?; tushare-sync run --help"],
  [["run", "DAILY_HISTORY", "--form", "20240101"], "there is no option --form: did you mean --from?"],
  [["run", "DAILY_HISTORY", "--Codes", "600519.SH"], "did you mean --codes?"],
  [["run", "DAILY_HISTORY", "extra"], "extra"],
  [["run", "DAILY_HISTORY", "--from"], "from"],
  [["run", "DAILY_HISTORY", "--from", ""], "--from is ''"],
  [
    ["run", "DAILY_HISTORY", "--from=20240230"],
    "--from is '20240230', expected a day such as 20240131 or 2024-01-31",
  ],
  [["plan", "DAILY_HISTORY", "--to", "31.01.2024"], "--to is '31.01.2024'"],
  [["plan", "DAILY_HISTORY", "--from", "2024-1-2"], "--from is '2024-1-2'"],
  [
    ["plan", "DAILY_HISTORY", "--from", "20240202", "--to", "2024-02-01"],
    "--from is 20240202, which is after --to, 2024-02-01",
  ],
  [["plan", "DAILY_HISTORY", "--from", "20240101", "--from", "20240102"], "--from is given twice"],
  [
    ["plan", "DAILY_HISTORY", "--from", "20240101", "--days", "5"],
    "--from is 20240101 and --days is 5: give one of them",
  ],
  [["run", "DAILY_HISTORY", "--days", "0"], "--days is '0', expected a whole number from 1 to 10000"],
  [["run", "DAILY_HISTORY", "--days", "-5"], "--days is '-5'"],
  [["run", "DAILY_HISTORY", "--days", "1.5"], "--days is '1.5'"],
  [["run", "DAILY_HISTORY", "--days", "ten"], "--days is 'ten'"],
  [["run", "DAILY_HISTORY", "--codes", "600519"], "--codes is '600519'", "did you mean 600519.SH?"],
  [
    ["run", "DAILY_HISTORY", "--codes", "600519.SH，sz000001"],
    "--codes is 'sz000001'",
    "did you mean 000001.SZ?",
  ],
  [["run", "DAILY_HISTORY", "--codes", "600519.SZ"], "did you mean 600519.SH?"],
  [["run", "DAILY_HISTORY", "--codes", "贵州茅台"], "--codes is '贵州茅台', expected TuShare codes such as"],
  [["run", "DAILY_HISTORY", "--codes", ","], "--codes is ','"],
  [["run", "DAILY_HISTORY", "--refresh=maybe"], "--refresh is 'maybe', expected true or false"],
  [["run", "DAILY_HISTORY", "--key", ""], "--key is ''"],
  [["status", "nonsense"], "no stack"],
  [["status", "--limit", "0"], "--limit is '0', expected a whole number from 1 to 100"],
  [["status", "--limit", "101"], "--limit is '101'"],
  [["failures", "--limit", "x"], "--limit is 'x'"],
  [
    ["failures", "--kind", "temporary"],
    "--kind is 'temporary', expected one of transient, rate-limited, permanent",
  ],
  [["failures", "--job", "DAILY"], "--job is 'DAILY'"],
  [["retry", "seven"], "'seven' is neither the number of a failure record nor all"],
  [["retry"], "a word is missing"],
  [["pause"], "a word is missing"],
  [["coverage", "--from", "yesterday"], "--from is 'yesterday'"],
  [["coverage", "--from", "20240202", "--to", "20240201"], "which is after --to"],
  [["query"], "a word is missing"],
  [["query", " "], "the statement is empty"],
  [["query", "select 1", "--format", "xml"], "--format is 'xml', expected one of table, csv, json"],
  [["query", "select 1", "-f", "xml"], "--format is 'xml'"],
  [["export"], "export needs a table, or --all"],
  [["export", "stock_daily", "--all", "--out", "mirror"], "omit stock_daily, or --all"],
  [["export", "--all"], "--all needs a folder"],
  [["export", "--all", "--out", "mirror", "--from", "20240101"], "--from does not go with --all"],
  [["export", "stock_dayly"], "<table> is 'stock_dayly'", "did you mean stock_daily?"],
  [["export", "stock_daily", "--format", "xlsx"], "--format is 'xlsx', expected one of csv, parquet"],
  [["export", "stock_daily", "--format", "parquet"], "needs a file"],
  [["export", "stock_daily", "--numbers", "float"], "--numbers is 'float'"],
  [["export", "stock_daily", "--from", "20240230"], "--from is '20240230'"],
  [["export", "stock_daily", "--codes", "600519"], "did you mean 600519.SH?"],
  [["export", "stock_daily", "--out", join(scratch, "nowhere", "a.csv")], "does not exist"],
  [["export", "stock_daily", "--out", join(scratch, "file", "a.csv")], "is not a folder"],
  [["export", "stock_daily", "--out", join(scratch, "folder")], "it is a folder, expected a file"],
  [["export", "stock_info", "--from", "20240101"], "stock_info"],
  [["export", "trade_cal", "--codes", "600519.SH"], "trade_cal"],
  [["doctor", "--call"], "there is no option --call: did you mean --calls?"],
  [["doctor", "now"], "now"],
  [["deploy", "--tier", "fast"], "--tier is 'fast', expected a whole number from 1 to 10000"],
  [["deploy", "--slots", "1"], "--slots is '1', expected a whole number from 2 to 100"],
  [["deploy", "--egress", "nat"], "--egress is 'nat'"],
  [["deploy", "--context", "novalue", "--yes"], "key=value"],
  [["deploy", "--yes", "-c", "egress=nat"], 'context "egress" is "nat"; expected instance, gateway or none'],
  [["deploy", "--yes", "-c", "databaseMaxCapcity=8"], "did you mean databaseMaxCapacity?"],
  [["deploy", "--yes", "--alarm-email", "somebody"], "expected a mail address"],
  [["destroy", "--yes", "-c", "slots=1"], 'context "slots" is "1"'],
  [["destroy", "--delete-dat"], "did you mean --delete-data?"],
  [["status", "--stack", ""], "--stack is ''"],
  [["status", "--stack", "A", "--stack", "B"], "--stack is given twice"],
  [["status", "--watch", "--jsno"], "did you mean --json?"],
];
const wrong = refusals.filter(([, ...parts]) => !parts.includes("no stack"));

test.each(wrong)("%j is refused with exit code 2, quoting what was typed", async (line, ...parts) => {
  const { code, said } = await end(line, en);
  for (const part of parts) expect(said).toContain(part);
  expect(code).toBe(exitCodes.usage);
  expect(said).not.toMatch(/\n|\{"|codes\.\d|Error:/);
});

/** Three words of small letters in a row are English; names of things are not. */
const english = /\b[a-z]+ [a-z]+ [a-z]+\b/;

test.each(wrong)("%j is refused in Chinese without an English sentence", async (line) => {
  const { code, said } = await end(line, zh);
  expect(code).toBe(exitCodes.usage);
  expect(said).toMatch(/\p{Script=Han}/u);
  expect(said.replaceAll(/'[^']*'/g, "")).not.toMatch(english);
});

describe("what can be written in more than one way", () => {
  test.each([
    [["run", "daily_history", "--codes", "600519.sh，000001.sz", "--from", "2024-01-02"]],
    [["run", "DAILY_HISTORY", "--codes", "６００５１９．ＳＨ", "--refresh=true"]],
    [["plan", "DAILY_HISTORY", "--days=5", "--no-refresh"]],
    [["status", "DAILY_HISTORY", "-w"]],
    [["export", "STOCK_DAILY", "--format", "CSV"]],
    [["query", "select '--form'", "-f", "csv"]],
    [["--stack", "TushareSync", "status", "--limit", "100"]],
    [["--json", "coverage"]],
  ])("%j reaches the stack", async (line) => {
    expect(await end(line, en)).toEqual({ code: exitCodes.unreachable, said: "no stack" });
  });
});

test("a line loads the commands of one file by the name of each of them", async () => {
  const names = (commands: readonly Command[]) => commands.map(({ usage }) => usage.split(" ")[0] ?? "");
  const all = names(await allCommands(en));
  for (const name of all) {
    const alone = names(await commandsFor(name, en));
    expect([name, alone.includes(name), alone.length < 4]).toEqual([name, true, true]);
  }
  expect(names(await commandsFor("nonsense", en))).toEqual(all);
});

test("every command refuses an unknown option and a repeated one", async () => {
  for (const { usage, options } of await allCommands(en)) {
    const [name = "", ...words] = usage.split(" ");
    const given = words.map((word) =>
      word === "<job>" ? "DAILY_HISTORY" : word === "<table>" ? "stock_info" : "1",
    );
    expect([name, (await end([name, ...given, "--nonsense"], en)).code]).toEqual([name, exitCodes.usage]);
    const [single] =
      Object.entries(options).find(([, { type, array }]) => type === "string" && array !== true) ?? [];
    if (single === undefined || words.some((word) => word.includes(single))) continue;
    const twice = await end([name, ...given, `--${single}`, "1", `--${single}`, "1"], en);
    expect([name, single, twice.code]).toEqual([name, single, exitCodes.usage]);
  }
});
