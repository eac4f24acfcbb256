// Killing the whole process at any moment loses nothing: the next start ends with the rows of an undisturbed run.
import { afterAll, expect, test } from "vitest";
import { npmStart, temporaryDataDir } from "./support/npm-start.ts";
import { randomFrom } from "./support/random.ts";
import { digest } from "./support/stored.ts";

const undisturbed = temporaryDataDir();
const killed = temporaryDataDir();
afterAll(() => {
  undisturbed.remove();
  killed.remove();
});

const seed = Number(process.env.TEST_SEED ?? Date.now() % 100_000);
const killsInAll = 5;

/** 30 open days of 400 stocks; at this pace the job itself lasts about eight seconds. */
const job = ["--stocks", "400", "--from", "20260901", "--to", "20261020", "--once", "--json"];
const pace = { TUSHARE_MIN_INTERVAL: "0.2", TUSHARE_CALLS_A_MINUTE: "330" };

test(`killed at ${killsInAll} random moments, a run ends with exactly the undisturbed rows (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  for (let kills = 0; kills < killsInAll; kills += 1) {
    const run = npmStart([...job, "--data-dir", killed.path], pace);
    await run.printed("starting the database");
    const timer = setTimeout(() => run.signal("SIGKILL"), 1_500 + random() * 9_000);
    await run.ended;
    clearTimeout(timer);
  }
  const last = await npmStart([...job, "--data-dir", killed.path], pace).ended;
  expect(last.output).toContain("COMPLETED");
  expect(last.code).toBe(0);

  const reference = await npmStart([...job, "--data-dir", undisturbed.path], pace).ended;
  expect(reference.json.rows).toBe(last.json.rows);
  expect(await digest(killed.path)).toEqual(await digest(undisturbed.path));
}, 300_000);
