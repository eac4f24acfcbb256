// What `npm start` refuses before anything starts: exit code 2, one sentence, in the reader's language, with what was
// probably meant.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { takeDataDir } from "../local/data-dir.ts";
import { checkNpmKeptNothing, OptionError, readOptions, usageIn } from "../local/options.ts";
import { checkCaptured, checkDatabaseHost, checkVariables } from "../local/surroundings.ts";
import type { JobType } from "../shared/catalogue/jobs.ts";
import { translate } from "../shared/words/translate.ts";

const scratch = mkdtempSync(join(tmpdir(), "start-words-"));
writeFileSync(join(scratch, "file"), "");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Three words of small letters in a row are English; names of things are not. */
const english = /\b[a-z]+ [a-z]+ [a-z]+\b/;

function refusalOf(look: () => unknown): string {
  try {
    look();
  } catch (error) {
    if (error instanceof OptionError) return error.message;
    throw error;
  }
  return "taken";
}

function expectRefused(look: () => unknown, sentence: string): void {
  const said = refusalOf(look);
  expect(said).toContain(sentence);
  expect(said).not.toContain("\n");
  const inChinese = translate(said, "zh");
  expect(inChinese).toMatch(/\p{Script=Han}/u);
  expect(inChinese).not.toContain("原文");
  expect(inChinese.replaceAll(/'[^']*'/g, "")).not.toMatch(english);
}

test.each([
  [["--form", "20240101"], "there is no option --form; did you mean --from?"],
  [["once"], "the word once is not expected here; did you mean --once?"],
  [["--frobnicate"], "there is no option --frobnicate"],
  [["--once=1"], "--once takes no value"],
  [["--from"], "--from needs a value"],
  [["--from", "--to", "20240101"], "--from needs a value"],
  [["--from", "20240101", "--from", "20240102"], "--from is given twice"],
  [["--from", "20240230"], "--from is '20240230', expected a day such as 20240131 or 2024-01-31"],
  [["--to", ""], "--to is ''"],
  [["--from", "20240202", "--to", "20240201"], "--from is 20240202, which is after --to, 20240201"],
  [["--job", "DAILY_HISTROY"], "did you mean DAILY_HISTORY?"],
  [["--job", "DAILY"], "--job is 'DAILY', expected one of REFERENCE, DAILY_HISTORY, DAILY_INCREMENTAL"],
  [
    ["--job", "REFERENCE", "--codes", "600519.SH"],
    "--codes is not an option of REFERENCE, which takes --refresh",
  ],
  [
    ["--faults", "latency:2000,http500"],
    '--faults: fault kind is "http500", expected one of latency, hang, reset',
  ],
  [
    ["--codes", "600519"],
    "--codes is '600519', expected TuShare codes such as 600519.SH,000001.SZ; did you mean 600519.SH?",
  ],
  [["--codes", "600519.SZ"], "did you mean 600519.SH?"],
  [["--codes", "sh600519，000001.SZ"], "did you mean 600519.SH?"],
  [["--codes", ""], "--codes is ''"],
  [["--stocks", "5"], "--stocks is '5', expected a whole number from 10 to 10000"],
  [["--data-dir", ""], "--data-dir is '', expected a folder such as .local"],
])("%j is refused", (line, sentence) => {
  expectRefused(() => readOptions(line), sentence);
});

test.each([
  [["--job", "daily_history"], { job: "DAILY_HISTORY" }],
  [["--codes", "600519.sh，000001.sz"], { codes: ["600519.SH", "000001.SZ"] }],
  [["--codes", "６００５１９．ＳＨ"], { codes: ["600519.SH"] }],
])("%j is taken", (line, options) => {
  expect(readOptions(line)).toMatchObject(options);
});

test.each([
  [{ TUSHARE_MIN_INTERVAL: "abc" }, "TUSHARE_MIN_INTERVAL is 'abc', expected a number from 0.01 to 60"],
  [{ TUSHARE_MIN_INTERVAL: "0.01" }, "can make 6010 calls to one interface in a minute"],
  [{ TUSHARE_MIN_INTERVAL: "60", WORKER_SLOTS: "5" }, "hold a worker for 300 s"],
  [{ WORKER_SLOTS: "1" }, "WORKER_SLOTS is '1', expected a whole number from 2 to 100"],
  [{ WORKER_SLOTS: "many" }, "WORKER_SLOTS is 'many'"],
  [{ SYNC_DAILY_LOOKBACK_DAY: "3" }, "did you mean SYNC_DAILY_LOOKBACK_DAYS?"],
  [{ SYNC_WHATEVER_ELSE: "3" }, "there is no setting SYNC_WHATEVER_ELSE"],
  [{ SYNC_FINANCE_BY_PERIOD: "yes" }, "expected one of auto, always, never"],
  [{ SYNC_DAILY_HISTORY_START_DATE: "20240230" }, "expected a day as YYYYMMDD, for example 20100101"],
])("the environment %j is refused", (variables, sentence) => {
  expectRefused(() => checkVariables(variables), sentence);
});

test("an environment without settings, or with empty ones, is taken", () => {
  expect(refusalOf(() => checkVariables({}))).toBe("taken");
  expect(refusalOf(() => checkVariables({ SYNC_FAILURE_MAX_RETRIES: "", SYNC_NONE: "" }))).toBe("taken");
});

test.each<[host: string, variables: Record<string, string>, sentence: string]>([
  ["0.0.0.0", {}, "--database-host 0.0.0.0 lets other machines reach the database: set DATABASE_PASSWORD"],
  ["0.0.0.0", { DATABASE_PASSWORD: "" }, "set DATABASE_PASSWORD"],
  ["0.0.0.0", { DATABASE_PASSWORD: "short" }, "expected to have at least 12 characters"],
  ["127.0.0.1", { DATABASE_PASSWORD: "short" }, "expected to have at least 12 characters"],
  ["::", { DATABASE_PASSWORD: "密码密码密码密码密码密码密码" }, "letters, digits and signs of ASCII"],
  [
    "192.0.2.1",
    { DATABASE_PASSWORD: "long-enough-it-is" },
    "--database-host is '192.0.2.1', expected one of 0.0.0.0",
  ],
  ["", {}, "--database-host is '', expected one of 0.0.0.0, ::, 127.0.0.1"],
  ["0.0.0.0", { DATABASE_URL: "postgres://x" }, "--database-host does not go with DATABASE_URL"],
])("the database does not listen at %j with %j", (host, variables, sentence) => {
  const check = () => checkDatabaseHost(host, variables);
  expectRefused(check, sentence);
  expect(refusalOf(check)).not.toContain(variables.DATABASE_PASSWORD || "no password given");
});

test("the database listens beyond this machine with a password, and here without one", () => {
  expect(refusalOf(() => checkDatabaseHost("0.0.0.0", { DATABASE_PASSWORD: "long-enough-it-is" }))).toBe(
    "taken",
  );
  expect(refusalOf(() => checkDatabaseHost("127.0.0.1", {}))).toBe("taken");
  expect(refusalOf(() => checkDatabaseHost(undefined, { DATABASE_PASSWORD: "short" }))).toBe("taken");
  expect(readOptions([])).toMatchObject({ databaseHost: undefined });
});

test.each([
  [join(scratch, "nowhere"), "there is no such folder"],
  [join(scratch, "file"), "it is not a folder"],
  [scratch, "it holds no captured answer such as daily__trade_date_20250403.csv"],
])("--captured %s is refused: %s", (folder, reason) => {
  expectRefused(() => checkCaptured(folder, "DAILY_HISTORY"), reason);
});

test("--captured without the calendar or the lists that the job is planned from is refused, naming them", () => {
  const folder = join(scratch, "captured");
  mkdirSync(join(folder, "envelopes"), { recursive: true });
  writeFileSync(join(folder, "index_daily__ts_code_000300.SH.csv"), "");
  const check = (job: JobType) => () => checkCaptured(folder, job);
  expectRefused(check("INDEX_DAILY_HISTORY"), "it lacks captured answers of trade_cal, stock_basic, which");
  writeFileSync(join(folder, "trade_cal__SSE.csv"), "");
  expectRefused(check("DAILY_HISTORY"), "it lacks captured answers of stock_basic, which");
  writeFileSync(join(folder, "envelopes", "stock_basic.json"), "");
  expect(refusalOf(check("DAILY_HISTORY"))).toBe("taken");
  // The list of ETFs may come from either of two interfaces.
  expectRefused(check("ETF_HISTORY"), "it lacks captured answers of etf_basic, which");
  writeFileSync(join(folder, "fund_basic__E.csv"), "");
  expect(refusalOf(check("ETF_HISTORY"))).toBe("taken");
});

test.each([[join(scratch, "file")], [join(scratch, "file", "below")], ["/proc/tushare-sync-test"]])(
  "the data folder %s is refused in one sentence",
  async (folder) => {
    const refused = takeDataDir(folder);
    await expect(refused).rejects.toBeInstanceOf(OptionError);
    await expect(refused).rejects.toThrow(/^the data directory \S+ cannot be used \(.+\): choose another/);
  },
);

test("an option that npm kept for itself is not silently ignored", () => {
  expectRefused(() => checkNpmKeptNothing({ npm_config_once: "true" }), "npm start -- --once");
  expect(refusalOf(() => checkNpmKeptNothing({ npm_config_json: "true", npm_config_cache: "x" }))).toBe(
    "taken",
  );
});

describe("the help", () => {
  test("names the same options in both languages", () => {
    const namesIn = (text: string) => [...text.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
    expect(namesIn(usageIn("zh"))).toEqual(namesIn(usageIn("en")));
  });

  test("has only Chinese sentences in Chinese", () => {
    const lines = usageIn("zh").split("\n");
    expect(lines.filter((line) => english.test(line) && !/^ {2}[a-z]/.test(line))).toEqual([]); // the kinds of faults
  });
});
