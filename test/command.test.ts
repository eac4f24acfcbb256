// Which commands the dispatcher accepts, and how it refuses a wrong one.
import { expect, test } from "vitest";
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { parseCommand } from "../shared/commands/command.ts";
import { SyncError } from "../shared/errors.ts";

const task = "0198c2f0-5d3e-4c11-9f0a-3b1f6f0f2a01";

test.each([
  [{ job: "REFERENCE" }],
  [{ job: "REFERENCE", refresh: true }],
  [{ job: "DAILY_HISTORY", from: "20240101", to: "20240131" }],
  [{ job: "DAILY_HISTORY", from: "20240131", to: "20240131" }],
  [{ job: "DAILY_HISTORY", days: 40 }],
  [{ job: "DAILY_HISTORY", days: 40, to: "20240131" }],
  [{ job: "DAILY_HISTORY", codes: ["600519.SH", "4920017.BJ", "T00018.SH"] }],
  [{ job: "DAILY_INCREMENTAL", requestKey: "schedule/DAILY_INCREMENTAL/2026-01-05T09:30:00Z" }],
  [{ job: "FINANCE_HISTORY", byPeriod: false }],
  [{ start: ["REFERENCE", "ETF_LIST"], requestKey: "schedule/2026-01-05T09:30:00Z" }],
  [{ pause: task }],
  [{ resume: task }],
  [{ resume: "all" }],
  [{ cancel: task }],
  [{ retry: "all" }],
  [{ retry: 17 }],
])("%j is understood as it stands", (command) => {
  expect(parseCommand(command)).toEqual(command);
});

test.each(jobTypes)("the job %s can be started", (job) => {
  expect(parseCommand({ job })).toEqual({ job });
});

test("an index may have digits that mean a stock of another exchange; a stock may not", () => {
  expect(parseCommand({ job: "INDEX_DAILY_HISTORY", codes: ["000300.sh", "000001.SH"] })).toEqual({
    job: "INDEX_DAILY_HISTORY",
    codes: ["000300.SH", "000001.SH"],
  });
  const run = { job: "DAILY_HISTORY", codes: ["600519.SH", "000001.SH"] };
  expect(() => parseCommand(run)).toThrow(/^codes\.1 is "000001\.SH", .*did you mean 000001\.SZ\?/);
  expect(() => parseCommand({ plan: run })).toThrow(/^plan\.codes\.1 is "000001\.SH"/);
});

test("a day may be written with dashes", () => {
  expect(parseCommand({ job: "DAILY_HISTORY", from: "2024-01-02", to: "2024-01-31" })).toEqual({
    job: "DAILY_HISTORY",
    from: "20240102",
    to: "20240131",
  });
});

/** [the command, what the refusal must name: field, value, what is allowed] */
const refusals: [unknown, ...(string | RegExp)[]][] = [
  [{ job: "DAILY" }, 'job is "DAILY"', "expected one of REFERENCE, DAILY_HISTORY, DAILY_INCREMENTAL"],
  [{ job: null }, "job is null", "expected one of"],
  [{ job: "daily_history" }, 'job is "daily_history"', "expected one of"],
  [{ job: "DAILY_HISTORY", from: "20240230" }, 'from is "20240230"', "a day that exists, as YYYYMMDD"],
  [{ job: "DAILY_HISTORY", to: "31.01.2024" }, 'to is "31.01.2024"', "a day that exists, as YYYYMMDD"],
  [{ job: "DAILY_HISTORY", to: "" }, 'to is ""', "a day that exists, as YYYYMMDD"],
  [{ job: "DAILY_HISTORY", from: "20240201", to: "20240131" }, "from is 20240201", "after to, 20240131"],
  [{ job: "DAILY_HISTORY", from: "20240101", days: 5 }, "from is 20240101 and days is 5", "give one"],
  [{ job: "DAILY_HISTORY", codes: ["600519"] }, 'codes.0 is "600519"', "such as 600519.SH"],
  [{ job: "DAILY_HISTORY", codes: ["600519.SH", "' or 1=1"] }, `codes.1 is "' or 1=1"`, "600519.SH"],
  [{ job: "DAILY_HISTORY", codes: ["600519.SH,000001.SZ"] }, "codes.0 is", "such as 600519.SH"],
  [{ job: "DAILY_HISTORY", frm: "20240101" }, "unknown field frm"],
  [{ job: "DAILY_HISTORY", pause: task }, "unknown field pause"],
  [{ pause: "all" }, 'pause is "all"', "expected the id of a task"],
  [{ resume: "some" }, "some", "expected the id of a task"],
  [{ retry: "all", pause: task }, "unknown field retry"],
  [{}, "is not a command"],
  [[], "is not a command"],
  [null, "is not a command"],
  ["DAILY_HISTORY", "is not a command"],
  [undefined, "missing"],
];

test.each(refusals)("%j is refused, naming what is wrong with it", (said, ...named) => {
  const refusal = refusalOf(said);
  for (const part of named) expect(refusal.message).toMatch(part);
});

test.each(refusals)("%j is refused for good, before anything is started", (said) => {
  expect(refusalOf(said)).toMatchObject({ kind: "permanent", scope: "unit" });
});

const vague: [unknown, ...string[]][] = [
  [{ cancel: 5 }, "cancel is 5", "id of a task"],
  [{ retry: "some" }, 'retry is "some"', "all"],
  [{ retry: 1.5 }, "retry is 1.5", "all"],
  [{ job: "DAILY_HISTORY", days: 0 }, "days is 0", "1 to 10000"],
  [{ job: "DAILY_HISTORY", days: "5" }, 'days is "5"', "1 to 10000"],
  [{ job: "DAILY_HISTORY", from: 20240102 }, "from is 20240102", "YYYYMMDD"],
  [{ job: "DAILY_HISTORY", codes: [] }, "codes is []", "1 to 2000"],
  [{ job: "DAILY_HISTORY", codes: "600519.SH" }, 'codes is "600519.SH"', "1 to 2000"],
  [{ job: "DAILY_HISTORY", refresh: "yes" }, 'refresh is "yes"', "true or false"],
];

test.each(vague)("%j is refused, saying what would be allowed", (said, ...named) => {
  const refusal = refusalOf(said);
  for (const part of named) expect(refusal.message).toMatch(part);
});

test.each(vague)("%j is refused for good", (said) => {
  expect(refusalOf(said).kind).toBe("permanent");
});

test("a command of any size is refused in a line", () => {
  expect(refusalOf({ job: "x".repeat(100_000) }).message.length).toBeLessThan(3_000); // it names all jobs
  expect(refusalOf({ ["x".repeat(100_000)]: 1 }).message.length).toBeLessThan(600);
  const codes = Array.from({ length: 2_001 }, () => "600519.SH");
  expect(refusalOf({ job: "DAILY_HISTORY", codes }).message.length).toBeLessThan(600);
});

function refusalOf(said: unknown): SyncError {
  try {
    parseCommand(said);
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(said)}`);
}
