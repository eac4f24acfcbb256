// Starting, following, pausing and retrying through the HTTP API: the routes on a real ledger. A test
// decides whether an invocation of the dispatcher runs or is lost.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ApiServices } from "../shared/api/route.ts";
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { SyncError } from "../shared/errors.ts";
import { ask } from "./support/ask-api.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
let services: ApiServices;
let commands: object[] = [];
/** Whether the dispatcher can be invoked. */
let reachable = true;

beforeAll(async () => {
  world = await makeWorld();
  services = {
    ...world.services,
    dispatcher: {
      async start(command) {
        if (!reachable) throw new SyncError("transient", "the dispatcher could not be reached");
        commands.push(command);
      },
    },
  };
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  commands = [];
  reachable = true;
});

const range = { from: "20240102", to: "20240104" };
const post = (path: string, options: Parameters<typeof ask>[2] = {}) =>
  ask(services, `POST ${path}`, options);
const get = (path: string) => ask(services, `GET ${path}`);

/** The dispatcher carries out the commands it was sent. */
async function carryOut(): Promise<void> {
  for (const command of commands.splice(0)) await world.dispatch(command);
}

test("a run answers 202 with its task at once, and the dispatcher plans and sends that very task", async () => {
  const started = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  expect(started.status).toBe(202);
  expect(started.body).toMatchObject({ job_type: "DAILY_HISTORY", status: "PENDING", total_units: 0 });
  expect(started.headers.location).toBe(`/api/tasks/${started.body.id}`);

  await carryOut();
  const planned = await get(`/api/tasks/${started.body.id}`);
  expect(planned.body).toMatchObject({ status: "RUNNING", total_units: 3, units: { sent: 3 } });
  await world.runToEnd();
  expect((await get(`/api/tasks/${started.body.id}`)).body).toMatchObject({
    status: "COMPLETED",
    progress: 1,
    units: { done: 3 },
    command: { job: "DAILY_HISTORY", ...range },
  });
  expect(await world.tasks()).toHaveLength(1);
});

test("a run beside a live or paused task answers 409 with that task and starts nothing", async () => {
  const first = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  await carryOut();
  const second = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  expect(second.status).toBe(409);
  const inTheWay = { error: "conflict", task: { id: first.body.id, status: "RUNNING" } };
  expect(second.body).toMatchObject({ ...inTheWay, asked: "same" });
  const other = await post("/api/jobs/DAILY_HISTORY/run", { body: { ...range, refresh: true } });
  expect([other.status, other.body]).toEqual([409, expect.objectContaining({ asked: "other" })]);
  expect(other.body).toMatchObject({ ...inTheWay, task: { command: { job: "DAILY_HISTORY", ...range } } });
  expect(other.body.message).toContain("a task of DAILY_HISTORY, started by another command, is live");

  await post(`/api/tasks/${first.body.id}/pause`);
  const third = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  expect([third.status, third.body.task.status]).toEqual([409, "PAUSED"]);
  expect(third.body.message).toContain("resume or cancel it");
  expect(commands).toEqual([]);
  expect(await world.tasks()).toHaveLength(1);
  expect((await post("/api/jobs/REFERENCE/run")).status).toBe(202);
});

test("the same Idempotency-Key gives the same task, live or ended, and starts nothing again", async () => {
  const key = "backfill-1";
  const first = await post("/api/stock-daily/sync/history", { body: range, key });
  const again = await post("/api/stock-daily/sync/history", { body: range, key });
  expect([first.status, again.status]).toEqual([202, 202]);
  expect(again.body.id).toBe(first.body.id);
  await carryOut();
  await world.runToEnd();

  const late = await post("/api/stock-daily/sync/history", { body: range, key });
  expect([late.status, late.body.id, late.body.status]).toEqual([202, first.body.id, "COMPLETED"]);
  expect(commands).toEqual([]);
  const other = await post("/api/stock-daily/sync/history", { body: range, key: "backfill-2" });
  expect(other.body.id).not.toBe(first.body.id);
});

test("a key that started another command of the job is refused with that task, live or ended", async () => {
  const first = await post("/api/jobs/DAILY_HISTORY/run", { body: range, key: "k" });
  for (const _ of ["live", "ended"]) {
    const other = await post("/api/jobs/DAILY_HISTORY/run", { body: { ...range, refresh: true }, key: "k" });
    expect([other.status, other.body.task.id]).toEqual([409, first.body.id]);
    expect(other.body.message).toContain("choose another");
    await carryOut();
    await world.runToEnd();
  }
  const again = await post("/api/jobs/DAILY_HISTORY/run", { body: range, key: "k" });
  expect([again.status, again.body.id]).toEqual([202, first.body.id]);
  expect(await world.tasks()).toHaveLength(1);
});

test("a task shows its command, the range it was planned for, and why it had nothing to do", async () => {
  const { body } = await post("/api/jobs/DAILY_HISTORY/run", { body: { days: 2 } });
  await carryOut();
  const at = `/api/tasks/${body.id}`;
  const planned = { from: "20240116", to: "20240117" };
  expect((await get(at)).body).toMatchObject({ command: { days: 2 }, planned, nothing: null });

  await world.runToEnd();
  const future = await post("/api/jobs/DAILY_HISTORY/run", { body: { from: "20250101" } });
  await carryOut();
  expect((await get(`/api/tasks/${future.body.id}`)).body).toMatchObject({
    status: "COMPLETED",
    nothing: "not_due",
    reason: expect.stringContaining("20250101 is not due yet"),
  });
});

test("a key that started another job is refused with that job's task", async () => {
  const first = await post("/api/jobs/REFERENCE/run", { key: "k" });
  const other = await post("/api/etf/lists", { key: "k" });
  expect([other.status, other.body.task.id]).toEqual([409, first.body.id]);
  expect(other.body.message).toContain("choose another");
});

test("a start whose invocation was lost is carried out by repeating the request", async () => {
  reachable = false;
  const lost = await post("/api/jobs/DAILY_HISTORY/run", { body: range, key: "k" });
  expect([lost.status, lost.body.error]).toEqual([503, "unavailable"]);
  expect(lost.headers["retry-after"]).toBeDefined();

  reachable = true;
  const repeated = await post("/api/jobs/DAILY_HISTORY/run", { body: range, key: "k" });
  expect([repeated.status, repeated.body.status]).toEqual([202, "PENDING"]);
  await carryOut();
  expect((await get(`/api/tasks/${repeated.body.id}`)).body.status).toBe("RUNNING");
  expect(await world.tasks()).toHaveLength(1);
});

test("a lost start without a key is carried out by the next request, which gets 409 with its task", async () => {
  reachable = false;
  expect((await post("/api/jobs/DAILY_HISTORY/run", { body: range })).status).toBe(503);
  reachable = true;
  const next = await post("/api/jobs/DAILY_HISTORY/run");
  expect([next.status, next.body.task.status]).toEqual([409, "PENDING"]);
  await carryOut();
  const { body } = await get("/api/tasks");
  expect(body.tasks).toMatchObject([{ id: next.body.task.id, status: "RUNNING", command: range }]);
});

test("a dispatcher that receives a start late, after its task has ended, starts nothing", async () => {
  const { body } = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  const [command] = commands;
  await carryOut();
  await world.runToEnd();
  const answer = await world.dispatch(command);
  expect(answer).toMatchObject({ outcome: "repeated", sent: 0, tasks: [{ id: body.id }] });
  expect(await world.tasks()).toHaveLength(1);
});

test.each([
  ["/api/stock-daily/sync/history", "DAILY_HISTORY"],
  ["/api/stock-daily/sync/increment", "DAILY_INCREMENTAL"],
  ["/api/etf/lists", "ETF_LIST"],
  ["/api/etf/prices", "ETF_HISTORY"],
  ["/api/finance/sync/history", "FINANCE_HISTORY"],
  ["/api/finance/sync/increment", "FINANCE_INCREMENTAL"],
])("%s starts %s", async (path, job) => {
  const { status, body } = await post(path, { body: { refresh: true } });
  expect([status, body.job_type]).toEqual([202, job]);
  expect(commands).toEqual([{ job, refresh: true, requestKey: expect.stringMatching(/^request\//) }]);
});

test("every job of the catalogue can be started by its name and is listed with its newest task", async () => {
  for (const job of jobTypes) expect((await post(`/api/jobs/${job}/run`)).status).toBe(202);
  const { body } = await get("/api/jobs");
  expect(body.jobs.map(({ job_type }: { job_type: string }) => job_type)).toEqual(jobTypes);
  for (const { job_type, last_task } of body.jobs) expect(last_task.job_type).toBe(job_type);
});

test.each([
  [{ from: "20240230" }, "from", "20240230"],
  [{ from: "2024-01-05", to: "20240104" }, "from", "20240105"],
  [{ from: "20240102", days: 3 }, "days", 3],
  [{ days: 0 }, "days", 0],
  [{ codes: ["600519.SH", "600519"] }, "codes.1", "600519"],
  [{ refresh: "yes" }, "refresh", "yes"],
  [{ form: "20240102" }, "form", "20240102"],
])("%j is refused, naming the field, its value and what is allowed", async (body, field, value) => {
  const refused = await post("/api/jobs/DAILY_HISTORY/run", { body });
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({ error: "bad_input", field, value });
  const { allowed, suggestion, message } = refused.body;
  const meant = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  expect(message).toBe(`${field} is ${JSON.stringify(value)}, expected ${allowed}${meant}`);
  expect(await world.tasks()).toEqual([]);
});

test("a job that does not exist and a key with a space are refused by name", async () => {
  const job = await post("/api/jobs/DAILY/run");
  expect([job.status, job.body.field]).toEqual([400, "job_type"]);
  for (const each of jobTypes) expect(job.body.allowed).toContain(each);
  const key = await post("/api/jobs/REFERENCE/run", { key: "a b" });
  expect([key.status, key.body.field]).toEqual([400, "Idempotency-Key"]);
});

test("pause, resume and cancel work and are idempotent", async () => {
  const { body: task } = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  await carryOut();
  const at = `/api/tasks/${task.id}`;
  for (const _ of [1, 2]) {
    const paused = await post(`${at}/pause`);
    expect([paused.status, paused.body.status]).toEqual([200, "PAUSED"]);
  }
  expect((await post(`${at}/resume`)).status).toBe(202);
  expect(commands).toEqual([{ resume: task.id }]);
  await carryOut();
  expect((await get(at)).body.status).toBe("RUNNING");

  const cancelled = await post(`${at}/cancel`);
  expect([cancelled.status, cancelled.body.status]).toEqual([200, "CANCELLED"]);
  expect(await post(`${at}/cancel`)).toMatchObject({ status: 200, body: cancelled.body });
  for (const verb of ["pause", "resume"]) {
    const late = await post(`${at}/${verb}`);
    expect([late.status, late.body.task.id]).toEqual([409, task.id]);
  }
  expect(commands).toEqual([]);
});

test("a pause by the API counts as a person's pause: the schedule that ends a quota pause does not end it", async () => {
  const { body: task } = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  await carryOut();
  await post(`/api/tasks/${task.id}/pause`);
  await world.dispatch({ resume: task.id, timed: true });
  expect((await get(`/api/tasks/${task.id}`)).body.status).toBe("PAUSED");
});

test("a paused task is not resumed while its job has a live one", async () => {
  const { body: paused } = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  await post(`/api/tasks/${paused.id}/pause`);
  await world.sql(
    "insert into sync_task (job_type, status, batch_size, config) values ('DAILY_HISTORY', 'RUNNING', 5, '{}')",
  );
  commands = [];
  const refused = await post(`/api/tasks/${paused.id}/resume`);
  expect([refused.status, refused.body.task.status]).toEqual([409, "RUNNING"]);
  expect(commands).toEqual([]);
});

test("an unknown task is 404 in every operation", async () => {
  const nobody = "00000000-0000-4000-8000-000000000000";
  expect((await get(`/api/tasks/${nobody}`)).status).toBe(404);
  for (const verb of ["pause", "resume", "cancel"]) {
    expect((await post(`/api/tasks/${nobody}/${verb}`)).status).toBe(404);
  }
});

test("tasks come newest first, in pages, by job and status", async () => {
  for (const job of ["REFERENCE", "ETF_LIST", "DAILY_HISTORY"]) {
    await post(`/api/jobs/${job}/run`);
    world.setTime("20240117", 18 + commands.length);
  }
  const first = await get("/api/tasks?limit=2");
  const second = await get(`/api/tasks?limit=2&cursor=${first.body.next_cursor}`);
  const jobs = [...first.body.tasks, ...second.body.tasks].map(({ job_type }) => job_type);
  expect(jobs).toEqual(["DAILY_HISTORY", "ETF_LIST", "REFERENCE"]);
  expect(second.body.next_cursor).toBeNull();
  expect((await get("/api/tasks?job=ETF_LIST")).body.tasks).toHaveLength(1);
  expect((await get("/api/tasks?status=RUNNING")).body.tasks).toEqual([]);
});

/** A task of one day that ends with the unit of that day parked. */
async function failOneDay(): Promise<void> {
  world.state.onCall = () => {
    throw new SyncError("permanent", "daily 20240102: no permission");
  };
  await post("/api/jobs/DAILY_HISTORY/run", { body: { from: "20240102", to: "20240102" } });
  await carryOut();
  await world.runToEnd();
  world.state.onCall = (_, reply) => reply;
}

test("failure records are listed by job, kind and resolution, and one is retried by its id", async () => {
  await failOneDay();
  const { body } = await get(
    "/api/failures?job=DAILY_HISTORY&kind=permanent&resolved=false&needs_person=true",
  );
  expect(body.failures).toMatchObject([
    { unit_key: "stock_daily/20240102", needs_person: true, error_message: "daily 20240102: no permission" },
  ]);
  for (const filter of ["job=REFERENCE", "kind=transient", "resolved=true", "needs_person=false"]) {
    expect((await get(`/api/failures?${filter}`)).body.failures).toEqual([]);
  }
  const at = `/api/failures/${body.failures[0].id}/retry`;
  expect((await post(at)).status).toBe(202);
  await carryOut();
  await world.runToEnd();
  expect((await get("/api/failures?resolved=true")).body.failures).toHaveLength(1);

  const late = await post(at);
  expect([late.status, late.body.failure.needs_person]).toEqual([409, false]);
  expect((await post("/api/failures/9999/retry")).status).toBe(404);
  expect(commands).toEqual([]);
});

test("a failure record of a cancelled task shows no next attempt, and a retry of it is refused", async () => {
  world.state.onCall = () => {
    throw new SyncError("transient", "no answer");
  };
  const { body: task } = await post("/api/jobs/DAILY_HISTORY/run", { body: range });
  await carryOut();
  await world.runQueuesToEnd();
  const [planned] = (await get("/api/failures")).body.failures;
  expect(planned).toMatchObject({ cancelled: false, next_attempt_at: expect.any(String) });
  await post(`/api/tasks/${task.id}/cancel`);
  expect((await get(`/api/failures?limit=1`)).body.failures).toMatchObject([
    { id: planned.id, cancelled: true, needs_person: false, next_attempt_at: null },
  ]);
  expect((await get("/api/failures?resolved=false")).body.failures).toEqual([]);
  const refused = await post(`/api/failures/${planned.id}/retry`);
  expect(refused).toMatchObject({ status: 409, body: { failure: { id: planned.id } } });
  expect(refused.body.message).toContain("was cancelled: run its job again");
  expect((await post("/api/stock-daily/failures/retry")).body.failures).toBe(0);
  expect(commands).toEqual([]);
});

test("a record whose message could not be read is not retried", async () => {
  await world.sql(
    "insert into sync_failure_record (job_type, unit_key, kind, error_message, max_retries) values ('UNKNOWN', 'message/1', 'permanent', 'not JSON', 0)",
  );
  const { body } = await get("/api/failures?job=UNKNOWN");
  const refused = await post(`/api/failures/${body.failures[0].id}/retry`);
  expect([refused.status, refused.body.failure.job_type]).toEqual([409, "UNKNOWN"]);
});

describe("a failure record that is dismissed", () => {
  const reason = "the fund was wound up";
  const dismiss = async (id: number, why: string) =>
    await post(`/api/failures/${id}/dismiss`, { body: { reason: why } });

  test("of an unreadable message is resolved with the reason, and no alarm counts it any more", async () => {
    await world.sql(
      "insert into sync_failure_record (job_type, unit_key, kind, error_message, max_retries) values ('UNKNOWN', 'message/1', 'permanent', 'not JSON', 0)",
    );
    const [{ id }] = (await get("/api/failures?needs_person=true")).body.failures;
    expect(await dismiss(id, reason)).toMatchObject({
      status: 200,
      body: { id, dismissed: reason, needs_person: false, resolved_at: expect.any(String) },
    });
    expect((await get("/api/failures?resolved=false")).body.failures).toEqual([]);
    expect((await dismiss(id, "another reason")).body.dismissed).toBe(reason);
  });

  test("of a unit that waits for an attempt ends its task, and the attempt is not made", async () => {
    world.state.onCall = () => {
      throw new SyncError("transient", "no answer");
    };
    const { body: task } = await post("/api/jobs/DAILY_HISTORY/run", {
      body: { from: "20240102", to: "20240102" },
    });
    await carryOut();
    await world.runQueuesToEnd();
    const [{ id }] = (await get("/api/failures")).body.failures;
    await dismiss(id, reason);
    expect((await get(`/api/tasks/${task.id}`)).body).toMatchObject({ status: "FAILED" });
    const calls = world.calls.length;
    await world.runToEnd();
    expect(world.calls).toHaveLength(calls);
    expect((await world.tasks())[0]).toMatchObject({ total_processed: 0, total_failed: 1 });
    world.state.onCall = (_call, reply) => reply;
    expect((await post(`/api/failures/${id}/retry`)).status).toBe(409);
    await post("/api/jobs/DAILY_HISTORY/run", { body: { from: "20240102", to: "20240102" } });
    await carryOut();
    await world.runToEnd();
    expect((await world.tasks()).map(({ status }) => status)).toEqual(["FAILED", "COMPLETED"]);
  });

  test("must be there, must have a reason, and must not have succeeded", async () => {
    expect((await dismiss(9_999, reason)).status).toBe(404);
    await failOneDay();
    const [{ id }] = (await get("/api/failures")).body.failures;
    expect((await dismiss(id, "")).status).toBe(400);
    await post(`/api/failures/${id}/retry`);
    await carryOut();
    await world.runToEnd();
    expect((await dismiss(id, reason)).status).toBe(409);
  });
});

test("the stock daily failures are retried together, and those of other jobs are not", async () => {
  await failOneDay();
  await world.sql(
    `insert into sync_task (id, job_type, status, batch_size, config, total_units, total_failed, current_offset)
     values ('00000000-0000-4000-8000-000000000001', 'ETF_HISTORY', 'FAILED', 5, '{}', 1, 1, 1)`,
  );
  await world.sql(
    `insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status)
     values ('00000000-0000-4000-8000-000000000001', 1, 'etf_daily', 'etf_daily/20240102',
       '{"by":"date","trade_date":"20240102"}', 'parked')`,
  );
  await world.sql(
    `insert into sync_failure_record (job_type, unit_key, task_id, sequence, kind, error_message, max_retries)
     values ('ETF_HISTORY', 'etf_daily/20240102', '00000000-0000-4000-8000-000000000001', 1, 'permanent', 'x', 3)`,
  );
  const { status, body } = await post("/api/stock-daily/failures/retry");
  expect([status, body]).toEqual([202, { job_types: ["DAILY_HISTORY", "DAILY_INCREMENTAL"], failures: 1 }]);
  await carryOut();
  await world.runToEnd();
  expect((await get("/api/failures?resolved=false")).body.failures).toMatchObject([
    { job_type: "ETF_HISTORY" },
  ]);
  expect((await post("/api/stock-daily/failures/retry")).body.failures).toBe(0);
  expect(commands).toEqual([]);
});

test("a database error gives 503 when it is transient and 500 when not, and is logged once", async () => {
  const failing = (kind: "transient" | "permanent"): ApiServices => ({
    ...services,
    database: {
      ...services.database,
      run: () => Promise.reject(new SyncError(kind, "database: the text of a statement")),
    },
  });
  const passing = await ask(failing("transient"), "GET /api/tasks");
  expect([passing.status, passing.body.error]).toEqual([503, "unavailable"]);
  const lasting = await ask(failing("permanent"), "GET /api/tasks");
  expect([lasting.status, lasting.body.error]).toEqual([500, "internal"]);
  expect(lasting.text).not.toContain("statement");
  expect(world.logged.filter(({ level }) => level === "error")).toHaveLength(2);
});
