// Every network request of a function ends, whatever the other side does: with a transient error, before the function's
// own timeout. The SDK's timers are moved by hand, so that the limits are those of production.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeDataApi } from "../shared/adapters/data-api.ts";
import { makeDispatcher } from "../shared/adapters/lambda.ts";
import { makeScheduler } from "../shared/adapters/scheduler.ts";
import { makeSecretSource } from "../shared/adapters/secrets.ts";
import { makeSqsQueue } from "../shared/adapters/sqs.ts";
import { makeTushare } from "../shared/adapters/tushare.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { functionSeconds } from "../shared/catalogue/queue-limits.ts";
import { asSyncError } from "../shared/errors.ts";
import type { Clock } from "../shared/ports.ts";
import { aUnit } from "./support/a-unit.ts";
import { openDeafServer, openSilentServer } from "./support/silent-servers.ts";

const clock: Clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: async () => {} };
const account = { region: "us-east-1", accessKeyId: "x", secretAccessKey: "x" };

const dataApi = (answerSecondsMax?: number, remainingMilliseconds?: () => number) =>
  makeDataApi({
    resourceArn: "arn:aws:rds:us-east-1:000000000000:cluster:test",
    secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:test",
    ...{ database: "tushare", clock, resumeSecondsMax: 30, answerSecondsMax, remainingMilliseconds },
  });
const scheduler = () =>
  makeScheduler({
    groupName: "group",
    roleArn: "arn:aws:iam::000000000000:role/one-time",
    queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/work",
    dispatcherArn: "arn:aws:lambda:us-east-1:000000000000:function:dispatcher",
    deadLettersArn: "arn:aws:sqs:us-east-1:000000000000:missed",
    now: clock.now,
  });
const queue = () => makeSqsQueue({ queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/work" });

/** Each client of the SDK with a request of its, and how often it may be sent. */
const clients: readonly [name: string, tries: number, send: () => Promise<unknown>][] = [
  ["a statement", 1, () => dataApi().run("select 1")],
  ["a transaction", 1, () => dataApi().transaction((run) => run("select 1"))],
  ["a message", 3, () => queue().send([aUnit])],
  ["a message handed back", 3, () => queue().returnAfter("handle", 5)],
  ["a count of messages", 3, () => queue().count()],
  ["a schedule", 3, () => scheduler().sendUnitAt("retry-1", clock.now(), aUnit)],
  ["a secret", 3, () => makeSecretSource("token")()],
];

const opened: (() => Promise<void>)[] = [];
async function keep<Server extends { close: () => Promise<void> }>(opening: Promise<Server>) {
  const server = await opening;
  opened.push(server.close);
  return server;
}

function useServer(url: string): void {
  process.env.AWS_ENDPOINT_URL = url;
  for (const name of ["RDS_DATA", "SQS", "SCHEDULER", "SECRETS_MANAGER"])
    delete process.env[`AWS_ENDPOINT_URL_${name}`];
}

beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" });
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((close) => close()));
});

/** Lets the timers run until the work has ended. @returns its error and the seconds that passed on them */
async function failing(work: Promise<unknown>, secondsMax: number) {
  let error: unknown;
  work.catch((thrown) => {
    error = thrown;
  });
  let seconds = 0;
  while (error === undefined && seconds <= secondsMax) {
    await new Promise((resolve) => setImmediate(resolve)); // the turn of sockets and files
    if (vi.getTimerCount() === 0) continue; // no timer is pending
    await vi.advanceTimersByTimeAsync(100);
    seconds += 0.1;
  }
  return { error, seconds };
}

describe("a client of the SDK", () => {
  test.each(clients)("does not hang on a service that never answers: %s", async (_name, tries, send) => {
    const server = await keep(openSilentServer());
    useServer(server.url);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { error, seconds } = await failing(send(), functionSeconds.retry);
    expect(asSyncError(error)).toMatchObject({ kind: "transient" });
    expect(String(error)).toContain("TimeoutError");
    expect(seconds).toBeLessThan(functionSeconds.retry);
    expect(server.requests()).toBeLessThanOrEqual(tries);
  });

  test.each(clients)(
    "does not hang on a connection that is never established: %s",
    async (_name, _tries, send) => {
      const server = await keep(openDeafServer());
      useServer(server.url);
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const { error, seconds } = await failing(send(), functionSeconds.retry);
      expect(asSyncError(error)).toMatchObject({ kind: "transient" });
      expect(String(error)).toContain("did not establish a connection");
      expect(seconds).toBeLessThan(15);
    },
  );

  test("does not hang on an answer that stops half-way", async () => {
    const server = await keep(
      openSilentServer((response) =>
        response.writeHead(200, { "content-length": 1_000 }).write('{"records":'),
      ),
    );
    useServer(server.url);
    await expect(dataApi(0.2).run("select 1")).rejects.toMatchObject({ kind: "transient" });
    expect(server.requests()).toBe(1);
  });
});

describe("a statement of an invocation that soon times out", () => {
  test("is not waited for any longer, also when its answer stops half-way", async () => {
    const halfAnswer = openSilentServer((response) =>
      response.writeHead(200, { "content-length": 1_000 }).write('{"records":'),
    );
    for (const opening of [openSilentServer(), halfAnswer]) {
      const server = await keep(opening);
      useServer(server.url);
      const started = performance.now();
      await expect(dataApi(undefined, () => 5_300).run("select 1")).rejects.toMatchObject({
        kind: "transient",
      });
      expect(performance.now() - started).toBeLessThan(5_300);
      expect(server.requests()).toBe(1);
    }
  });

  test("is not begun when there is no time, and neither is a transaction", async () => {
    const server = await keep(openSilentServer());
    useServer(server.url);
    const late = dataApi(undefined, () => 4_000);
    const refused = { kind: "transient", message: expect.stringContaining("no time left") };
    await expect(late.run("select 1")).rejects.toMatchObject(refused);
    await expect(late.transaction((run) => run("select 1"))).rejects.toMatchObject(refused);
    expect(server.requests()).toBe(0);
  });
});

describe("a request without the SDK", () => {
  const tushare = (url: string) => makeTushare({ url, token: async () => "a-token-of-24-letters-xx", clock });
  const [mainInterface] = datasets.stock_daily.details;
  if (mainInterface === undefined) throw new Error("a dataset has interfaces");
  const requests: readonly [name: string, seconds: number, send: (url: string) => Promise<unknown>][] = [
    ["TuShare", 30, (url) => tushare(url).fetchPage(mainInterface, {})],
    [
      "the dispatcher",
      5,
      (url) => makeDispatcher({ functionName: "f", endpoint: url, ...account }).start({ resume: "all" }),
    ],
  ];

  /** The limit that a request sets itself, and a way to reach it. */
  function watchLimit() {
    const controller = new AbortController();
    const limits: number[] = [];
    vi.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
      limits.push(milliseconds);
      return controller.signal;
    });
    return { limits, reach: () => controller.abort(new DOMException("the time is over", "TimeoutError")) };
  }

  test.each(requests)("ends by its own limit when nothing is answered: %s", async (_name, seconds, send) => {
    const server = await keep(openSilentServer());
    const { limits, reach } = watchLimit();
    const sent = send(server.url);
    await Promise.all([
      expect(sent).rejects.toMatchObject({ name: "SyncError", kind: "transient" }),
      server.request(1).then(reach),
    ]);
    expect(limits).toEqual([seconds * 1_000]);
    expect(server.requests()).toBe(1);
  });

  test.each(requests)("ends by its own limit inside an answer: %s", async (_name, _seconds, send) => {
    const server = await keep(
      openSilentServer((response) => response.writeHead(202, { "content-length": 1_000 }).write("{")),
    );
    const { reach } = watchLimit();
    const sent = send(server.url);
    await Promise.all([
      expect(sent).rejects.toMatchObject({ name: "SyncError", kind: "transient" }),
      server.request(1).then(reach),
    ]);
  });

  test.each(requests)("ends by its own limit when no connection opens: %s", async (_name, _s, send) => {
    const server = await keep(openDeafServer());
    const { reach } = watchLimit();
    const sent = send(server.url);
    setImmediate(reach);
    await expect(sent).rejects.toMatchObject({ name: "SyncError", kind: "transient" });
  });
});
