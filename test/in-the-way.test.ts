// A command does what it was asked, also when the job already has a task for something else. Tested by interrupting
// `npm start` and by two commands at once.
import { afterAll, describe, expect, test } from "vitest";
import { askCli, jsonLines } from "./support/cli.ts";
import { type Run, referenceDataDir, slow, startMirror } from "./support/npm-start.ts";

const asked = { from: "20240102", to: "20240105" };
const askedOptions = ["--from", asked.from, "--to", asked.to];

describe("npm start after an interrupted run of another range", async () => {
  const dataDir = await referenceDataDir(60);
  afterAll(() => dataDir.remove());
  const small = ["--data-dir", dataDir.path, "--stocks", "60"];

  /** Leaves a task of 75 days live, as a Ctrl-C does: a line of progress is printed after five seconds. */
  async function interrupt(): Promise<void> {
    const run = startMirror(
      [...small, "--once", "--from", "20260701", "--to", "20261020", "--refresh"],
      slow,
    );
    await run.printed("DAILY_HISTORY ");
    run.signal("SIGINT");
    expect((await run.ended).output).toContain("Stopped. The data stays in");
  }

  test("says which task is in the way, ends it, and does what was asked", async () => {
    await interrupt();
    const { code, output, json } = await startMirror([...small, "--once", "--json", ...askedOptions], slow)
      .ended;
    expect(code).toBe(0);
    expect(output).toContain("already has a live task, for from 20260701, to 20261020, refresh true");
    expect(output).toMatch(/DAILY_HISTORY COMPLETED: (\d\d+)\/\1 units/);
    expect(json).toMatchObject({
      ...{ ...asked, codes: null, outcome: "started", status: "COMPLETED", units: 4, fetched: true },
      calls: { daily: 4, adj_factor: 4, daily_basic: 4 },
    });
    expect(json.rows).toBeGreaterThan(150);
  });
});

describe("the command line", async () => {
  const dataDir = await referenceDataDir(60);
  let stack: Run | undefined;
  afterAll(async () => {
    stack?.signal("SIGINT");
    await stack?.ended;
    dataDir.remove();
  });
  const cli = (...args: string[]) => askCli([...args, "--data-dir", dataDir.path]);
  type Answer = { id: string; job_type: string; status: string; total_units: number; outcome: string };

  test("makes two commands wait for another task and run in turn, and refuses one with --detach", async () => {
    stack = startMirror(["--data-dir", dataDir.path, "--stocks", "60", "--job", "REFERENCE"], slow);
    await stack.printed("Still up");
    const first = await cli("run", "DAILY_HISTORY", "--from", "20260915", "--detach", "--json");
    const [live] = jsonLines<Answer>(first.out);

    const detached = await cli("run", "DAILY_HISTORY", ...askedOptions, "--detach");
    expect(detached).toMatchObject({ code: 4, out: "" });
    expect(detached.error).toContain("a task of DAILY_HISTORY, started by another command, is live");

    const ranges = [
      ["20240102", "20240105"],
      ["20230103", "20230104"],
    ] as const;
    const answers = await Promise.all(
      ranges.map(([from, to]) => cli("run", "DAILY_HISTORY", "--from", from, "--to", to, "--json")),
    );
    for (const [at, { code, out }] of answers.entries()) {
      const [from, to] = ranges[at] ?? [];
      expect(code).toBe(0);
      const waited_for = expect.arrayContaining([live?.id]);
      expect(jsonLines<Answer>(out)).toMatchObject([
        {
          status: "COMPLETED",
          from,
          to,
          codes: null,
          outcome: "started",
          fetched: true,
          waited_for,
          command: { from, to },
        },
      ]);
    }
  });

  test("follows a task that does the same already, and says so", async () => {
    const range = ["--from", "20250203", "--to", "20250331"];
    const first = await cli("run", "DAILY_HISTORY", ...range, "--detach", "--json");
    const second = await cli("run", "DAILY_HISTORY", "--to", "2025-03-31", "--from", "2025-02-03", "--json");
    expect(second.code).toBe(0);
    const [mine] = jsonLines<Answer>(second.out);
    expect(mine).toMatchObject({ id: jsonLines<Answer>(first.out)[0]?.id, outcome: "followed" });
  });

  test("does not wait for a paused task: it says how to free the job, with the exit code of a conflict", async () => {
    const first = await cli("run", "DAILY_HISTORY", "--from", "20220101", "--detach", "--json");
    const [live] = jsonLines<Answer>(first.out);
    const waiting = cli("run", "DAILY_HISTORY", ...askedOptions);
    expect((await cli("pause", live?.id ?? "")).code).toBe(0);
    const { code, error } = await waiting;
    expect(code).toBe(4);
    expect(error).toContain(`tushare-sync resume ${live?.id} continues it`);
    expect((await cli("cancel", live?.id ?? "")).code).toBe(0);
    expect((await cli("run", "DAILY_HISTORY", ...askedOptions)).code).toBe(0);
  });
});
