// The main job ends COMPLETED with the same rows as an undisturbed run, despite upstream faults or kills at any moment.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { referenceDataDir, slow, startMirror, temporaryDataDir } from "./support/npm-start.ts";
import { randomFrom } from "./support/random.ts";
import { digest } from "./support/stored.ts";

const undisturbed = await referenceDataDir(60);
const storm = temporaryDataDir();
const killed = temporaryDataDir();
afterAll(() => {
  for (const dataDir of [undisturbed, storm, killed]) dataDir.remove();
});

/** 20 open days. */
const job = ["--stocks", "60", "--from", "20260901", "--to", "20260930", "--once", "--json"];
const days = 20;

const seed = Number(process.env.TEST_SEED ?? Date.now() % 100_000);
/** At the slow pace a run takes about eight seconds, so that most kills happen while it works. */
const killsInAll = 3;

let rows: number;
let stored: unknown;
beforeAll(async () => {
  const { json } = await startMirror([...job, "--data-dir", undisturbed.path]).ended;
  expect(json.status).toBe("COMPLETED");
  rows = json.rows;
  stored = await digest(undisturbed.path);
});

describe.concurrent("the rows of an undisturbed run are stored", () => {
  // Each kind of fault of a mild plan is in the storm, and strikes more often.
  test("under a storm of faults", async () => {
    const { code, json } = await startMirror([...job, "--data-dir", storm.path, "--faults", "storm"]).ended;
    expect(json.status).toBe("COMPLETED");
    expect(code).toBe(0);
    expect(json.calls.daily).toBeGreaterThanOrEqual(days);
    expect(await digest(storm.path)).toEqual(stored);
  }, 240_000);

  test(`after ${killsInAll} kills at random moments (seed ${seed})`, async () => {
    const random = randomFrom(seed);
    for (let kills = 0; kills < killsInAll; kills += 1) {
      const run = startMirror([...job, "--data-dir", killed.path], slow);
      await run.printed("starting the database");
      const timer = setTimeout(() => run.signal("SIGKILL"), 1_500 + random() * 6_000);
      await run.ended;
      clearTimeout(timer);
    }
    const last = await startMirror([...job, "--data-dir", killed.path], slow).ended;
    expect(last.output).toContain("COMPLETED");
    expect(last.code).toBe(0);
    expect(last.json.rows).toBe(rows);
    expect(await digest(killed.path)).toEqual(stored);
  }, 300_000);
});
