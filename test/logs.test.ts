// Quiet logs: a successful unit is one line, an error is logged once, and the library logs nothing itself.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asSyncError, SyncError } from "../shared/errors.ts";
import { loggedDetails, loggedError } from "../shared/logged-error.ts";
import { firstDay, lastDay } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const oneDay = { job: "DAILY_HISTORY", from: "20240104", to: "20240104" };
/** Lines as a reader sees them; only those with the given text. */
const lines = (text = "") =>
  world.logged
    .map(({ message, details }) => JSON.stringify({ message, ...loggedDetails(details) }))
    .filter((line) => line.includes(text));
const occurrences = (text: string) => lines().join("\n").split(text).length - 1;

test("a successful unit is one line", async () => {
  await world.dispatch({ ...oneDay, from: firstDay, to: lastDay });
  world.logged.length = 0;
  await world.runToEnd();
  expect(lines()).toHaveLength(12);
  expect(lines("unit done")).toHaveLength(12);
});

describe("the text of an error appears once", () => {
  test.each([
    ["parked", "permanent", {}],
    ["paused with its task", "permanent", { scope: "task" }],
    ["refused with the account", "permanent", { scope: "account" }],
    ["told to wait", "rate-limited", { retryAfterSeconds: 500 }],
  ] as const)("of a unit that is %s", async (_, kind, options) => {
    world.state.onCall = ({ name }, reply) => {
      if (name === "daily") throw new SyncError(kind, "what TuShare said", options);
      return reply;
    };
    await world.dispatch(oneDay);
    await world.deliverNext();
    expect(occurrences("what TuShare said")).toBe(1);
    expect(lines("what TuShare said")[0]).toContain(`"kind":"${kind}"`);
    expect(lines("what TuShare said")[0]).toContain('"unit":"stock_daily/20240104"');
    expect(lines("what TuShare said")[0]).toContain('"task":"');
  });

  test("for each of the calls that failed, and none for the attempts after it", async () => {
    let call = 0;
    world.state.onCall = ({ name }, reply) => {
      if (name !== "daily") return reply;
      call += 1;
      throw new SyncError("transient", `answer ${call} of many`);
    };
    await world.dispatch(oneDay);
    await world.runQueuesToEnd();
    expect(call).toBeGreaterThan(10);
    for (let each = 1; each <= call; each += 1) expect(occurrences(`answer ${each} of many`)).toBe(1);
    const [planned] = lines("next attempt planned");
    expect(planned).toContain('"task":"');
  });

  test("also when the unit cannot be settled", async () => {
    world.state.onCall = () => {
      throw new SyncError("transient", "first trouble");
    };
    await world.dispatch(oneDay);
    world.services.queue.returnAfter = async () => {
      throw new SyncError("transient", "second trouble");
    };
    world.logged.length = 0;
    await world.clock.sleep(10_000); // so that no call has to wait
    await world.deliverNext({ remainingSeconds: 81 });
    expect([occurrences("first trouble"), occurrences("second trouble")]).toEqual([1, 1]);
  });
});

describe("an error in a log line", () => {
  test("of a known kind has its kind and text, and no stack", () => {
    expect(loggedError(new SyncError("transient", "daily 20240104: HTTP 502"))).toEqual({
      kind: "transient",
      message: "daily 20240104: HTTP 502",
    });
  });

  test("has only the causes that add something new", () => {
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
    const cause = new TypeError("fetch failed", { cause: refused });
    const same = new Error("the database does not answer", { cause });
    const error = new SyncError("transient", "database: the database does not answer", { cause: same });
    expect(loggedError(error)).toEqual({
      kind: "transient",
      message: "database: the database does not answer",
      causes: ["TypeError: fetch failed", "Error: ECONNREFUSED"],
    });
  });

  test("of an unknown kind has its stack once, without the bundle's folder", () => {
    const thrown = new TypeError("x is not a function");
    thrown.stack = [
      "TypeError: x is not a function",
      "    at inner (file:///tmp/cdk.out/asset.d58f/index.mjs:28:17313)",
      "    at async Object.call (/var/task/index.mjs:285:31590)",
    ].join("\n");
    expect(loggedError(asSyncError(thrown))).toEqual({
      kind: "transient",
      message: "TypeError: x is not a function",
      at: ["inner (index.mjs:28:17313)", "async Object.call (index.mjs:285:31590)"],
    });
  });

  test("with circular causes is logged with a bounded size", () => {
    const one = new Error("one");
    const two = new Error("two", { cause: one });
    one.cause = two;
    expect(loggedError(new SyncError("transient", "zero", { cause: one }))).toMatchObject({
      causes: ["Error: one", "Error: two"],
    });
  });
});
