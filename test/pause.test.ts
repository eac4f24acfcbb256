// A real pause during a running backfill: units in progress finish, queued ones drain, resume sends the rest.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Run, referenceDataDir, slow, startMirror } from "./support/npm-start.ts";
import { until } from "./support/until.ts";

const dataDir = await referenceDataDir(60);
let run: Run;
let database: pg.Client;
let invokeUrl: string;

beforeAll(async () => {
  // The first job is short and gives the addresses; the backfill under test is started as on AWS.
  const day = ["--from", "20260901", "--to", "20260901"];
  run = startMirror(["--data-dir", dataDir.path, "--stocks", "60", ...day], slow);
  await run.printed("Still up");
  database = new pg.Client({ connectionString: /psql (postgres:\/\/\S+)/.exec(run.output())?.[1] });
  await database.connect();
  const [, endpoint, name] = /--endpoint-url (\S+) --function-name (\S+)/.exec(run.output()) ?? [];
  invokeUrl = `${endpoint}/2015-03-31/functions/${name}/invocations`;
});

afterAll(async () => {
  await database.end();
  run.signal("SIGINT");
  await run.ended;
  dataDir.remove();
});

const backfill = { job: "DAILY_HISTORY", from: "20260401", to: "20260831" };

test("pause stops a backfill within seconds and resume finishes it, every unit once", async () => {
  const { tasks } = await dispatch(backfill);
  const id = tasks[0]?.id ?? "";
  await until(async () => (await task(id)).total_processed >= 10);

  const pausedAt = performance.now();
  await dispatch({ pause: id });
  await until(async () => (await queued()) === 0, 30);
  const drainedSeconds = (performance.now() - pausedAt) / 1000;
  const paused = await task(id);
  expect(paused).toMatchObject({ status: "PAUSED", reason: "paused by a command" });
  expect(paused.total_processed).toBeLessThan(paused.total_units);
  expect(drainedSeconds).toBeLessThan(20);
  expect((await dispatch({ ...backfill })).outcome).toBe("paused");
  expect((await dispatch({ ...backfill, to: "20260901" })).outcome).toBe("busy");
  expect(await task(id)).toEqual(paused);

  const resumed = await dispatch({ resume: id });
  expect(resumed.sent).toBe(paused.total_units - paused.total_processed);
  await until(async () => (await task(id)).status === "COMPLETED", 60);
  const { rows } = await database.query(
    "select status, count(*)::int as units from sync_unit where task_id = $1 group by 1",
    [id],
  );
  expect(rows).toEqual([{ status: "done", units: paused.total_units }]);

  // Drained units count nothing, so the library logs nothing; metrics are not log lines.
  const log = join(dataDir.path, "logs", "functions.log");
  const of = (text: string) =>
    readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes(text));
  const ofUnits = () => of(`"task":"${id}"`).filter((line) => line.includes("unit done"));
  await until(async () => ofUnits().length >= paused.total_units); // the last line comes after its unit is stored
  expect(of("unit not wanted any more").length).toBeGreaterThan(5);
  expect(of("No application metrics")).toEqual([]);
  expect(of('"_aws"')).toEqual([]);
  expect(ofUnits()).toHaveLength(paused.total_units);
}, 120_000);

async function dispatch(
  command: object,
): Promise<{ outcome: string; sent: number; tasks: { id: string }[] }> {
  const response = await fetch(invokeUrl, { method: "POST", body: JSON.stringify(command) });
  return (await response.json()) as Awaited<ReturnType<typeof dispatch>>;
}

async function task(id: string) {
  const { rows } = await database.query<{
    status: string;
    reason: string | null;
    total_units: number;
    total_processed: number;
  }>("select status, reason, total_units, total_processed from sync_task where id = $1", [id]);
  const [row] = rows;
  if (row === undefined) throw new Error(`no task ${id}`);
  return row;
}

/** Messages waiting or in flight, as an operator would read them. */
async function queued(): Promise<number> {
  const origin = new URL(invokeUrl).origin;
  const response = await fetch(origin, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "AmazonSQS.GetQueueAttributes",
      authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sqs/aws4_request",
    },
    body: JSON.stringify({
      QueueUrl: `${origin}/000000000000/TushareSync-PipelineWork`,
      AttributeNames: ["All"],
    }),
  });
  const { Attributes: counts } = (await response.json()) as { Attributes: Record<string, string> };
  const waiting = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  return waiting.reduce((sum, name) => sum + Number(counts[name]), 0);
}
