// The main job through a troubled upstream ends COMPLETED with the rows of a quiet one.
import { afterAll, beforeAll, expect, test } from "vitest";
import { npmStart, temporaryDataDir } from "./support/npm-start.ts";
import { digest } from "./support/stored.ts";

const quiet = temporaryDataDir();
const mild = temporaryDataDir();
const storm = temporaryDataDir();
afterAll(() => {
  for (const dataDir of [quiet, mild, storm]) dataDir.remove();
});

const job = ["--stocks", "60", "--from", "20260901", "--to", "20261020", "--once", "--json"];

beforeAll(async () => {
  const { json } = await npmStart([...job, "--data-dir", quiet.path]).ended;
  expect(json.status).toBe("COMPLETED");
});

test.concurrent.each([
  ["mild", mild],
  ["storm", storm],
])(
  "under %s faults the same rows are stored",
  async (faults, dataDir) => {
    const { code, json } = await npmStart([...job, "--data-dir", dataDir.path, "--faults", faults]).ended;
    expect(json.status).toBe("COMPLETED");
    expect(code).toBe(0);
    expect(json.calls.daily).toBeGreaterThanOrEqual(30);
    expect(await digest(dataDir.path)).toEqual(await digest(quiet.path));
  },
  240_000,
);
