// Dispatching: one live task for a job after any crash or double start; and the promises of pause, resume and cancel.
// What is planned for which job is in coverage.test.ts and planning.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dispatch } from "../shared/dispatch/dispatch.ts";
import { pauseTask } from "../shared/ledger/tasks.ts";
import { decodeUnit } from "../shared/unit.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { dailyTruth, firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { atEveryDeath, type Break, makeWorld, type World } from "./support/world.ts";

const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
const batchUnits = 5;
let world: World;

const queued = () => [...new Set(world.work.bodies().map((body) => decodeUnit(body).unit_key))].sort();
const everyDay = marketDays.map((day) => `stock_daily/${day}`);
const onlyTask = async () => {
  const [task, ...others] = await world.tasks();
  if (task === undefined || others.length > 0) throw new Error(`${others.length + 1} tasks, expected one`);
  return task;
};
const expectWholeHistory = async () => {
  expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));
  expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12, total_failed: 0 });
};

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(
    `two dispatchers on ${engine}${missing ? ` (${missing})` : ""}`,
    () => {
      beforeAll(async () => {
        world = await makeWorld(openMigrated);
      });
      afterAll(() => world?.close());
      beforeEach(() => world.reset());

      test("at once give one task, and every unit is sent", async () => {
        const answers = await Promise.all([1, 2, 3].map(() => world.dispatch(history)));
        const { id } = await onlyTask();
        expect(answers.map(({ tasks }) => tasks[0]?.id)).toEqual([id, id, id]);
        expect(answers.filter(({ outcome }) => outcome === "started")).toHaveLength(1);
        expect(queued()).toEqual(everyDay);
        expect(await world.units()).toHaveLength(12);
        await world.runToEnd();
        await expectWholeHistory();
      });

      test("for one tick of a schedule start one task, both at once and after it has ended", async () => {
        const tick = { ...history, requestKey: "schedule/DAILY_HISTORY/2024-01-17T09:30:00Z" };
        await Promise.all([world.dispatch(tick), world.dispatch(tick)]);
        await world.runToEnd();
        const { id } = await onlyTask();
        const calls = world.calls.length;
        expect(await world.dispatch(tick)).toMatchObject({ outcome: "repeated", sent: 0, tasks: [{ id }] });
        // Without the key the same command is a new start, which finds everything stored.
        expect(await world.dispatch(history)).toMatchObject({ outcome: "started", sent: 0 });
        await world.runToEnd();
        expect(world.calls).toHaveLength(calls);
        expect(await world.tasks()).toHaveLength(2);
      });

      test("of different jobs do not block each other", async () => {
        await Promise.all([world.dispatch(history), world.dispatch({ job: "REFERENCE" })]);
        expect((await world.tasks()).map(({ status }) => status)).toEqual(["RUNNING", "RUNNING"]);
      });
    },
  );
}

describe("dispatching", () => {
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.close());
  beforeEach(() => world.reset());

  const sameCommands: [string, object, object][] = [
    ["with its fields in another order", history, { to: lastDay, job: "DAILY_HISTORY", from: firstDay }],
    ["with dashes in its days", history, { ...history, from: "2024-01-02", to: "2024-01-17" }],
    ["with refresh: false", history, { ...history, refresh: false }],
    ["under a key", history, { ...history, requestKey: "a person's" }],
    [
      "with its codes in another order, one of them twice",
      { ...history, codes: ["600519.SH", "000001.SZ"] },
      { ...history, codes: ["000001.SZ", "600519.SH", "000001.SZ"] },
    ],
    ["for the last so many days", { job: "DAILY_HISTORY", days: 3 }, { job: "DAILY_HISTORY", days: 3 }],
  ];
  test.each(sameCommands)(
    "the same command again, %s, sends nothing and gives back its task",
    async (_how, first, again) => {
      await world.dispatch(first);
      const before = world.work.bodies().length;
      const { id } = await onlyTask();
      expect(await world.dispatch(again)).toMatchObject({ outcome: "running", sent: 0, tasks: [{ id }] });
      expect(world.work.bodies()).toHaveLength(before);
    },
  );

  const otherCommands: [string, object][] = [
    ["of another range", { from: "20240110" }],
    ["of some codes", { codes: ["600519.SH"] }],
    ["with a refresh", { refresh: true }],
    ["of the job's own range", { from: undefined, to: undefined }],
    ["of the last days", { from: undefined, days: 12 }],
  ];
  test.each(otherCommands)(
    "a command %s gets the answer busy with the live task of the other command",
    async (_what, more) => {
      await world.dispatch(history);
      const before = world.work.bodies().length;
      const { id } = await onlyTask();
      const busy = { outcome: "busy", sent: 0, tasks: [{ id, status: "RUNNING" }], inTheWay: history };
      expect(await world.dispatch({ ...history, ...more })).toMatchObject(busy);
      expect(world.work.bodies()).toHaveLength(before);

      await world.dispatch({ pause: id });
      expect(await world.dispatch({ ...history, ...more })).toMatchObject({
        outcome: "busy",
        tasks: [{ id, status: "PAUSED" }],
      });
      await world.dispatch({ resume: id });
      await world.runToEnd();
      expect(await world.dispatch({ ...history, ...more })).toMatchObject({ outcome: "started" });
    },
  );

  test("a live task that was never planned is planned and sent when another command finds it", async () => {
    await expect(world.dispatchBreaking(history, { call: 2, when: "after", fate: "dies" })).rejects.toThrow();
    const other = { ...history, from: "20240110" };
    expect(await world.dispatch(other)).toMatchObject({ outcome: "busy", sent: 12 });
    await world.runToEnd();
    expect(await world.dispatch(other)).toMatchObject({ outcome: "started", sent: 0 });
  });

  test("a live task that cannot be planned ends, and the new command is carried out at once", async () => {
    const unknown = { ...history, codes: ["999999.SZ"] };
    await expect(world.dispatchBreaking(unknown, { call: 2, when: "after", fate: "dies" })).rejects.toThrow();
    expect((await onlyTask()).status).toBe("PENDING");
    expect(await world.dispatch(history)).toMatchObject({ outcome: "started", sent: 12 });
    const [ended] = await world.tasks();
    expect(ended?.reason).toContain("999999.SZ");
  });

  test("the command and the planned range are stored separately", async () => {
    await world.dispatch({ job: "DAILY_HISTORY", days: 3, requestKey: "k" });
    const [row] = await world.sql<{ config: object }>("select config from sync_task");
    expect(row?.config).toEqual({
      ...{ job: "DAILY_HISTORY", days: 3, requestKey: "k" },
      planned: { from: "20240115", to: "20240117" },
    });
  });

  test("a key that was used for another command is refused, also after that has ended", async () => {
    await world.dispatch({ ...history, requestKey: "k" });
    const other = { ...history, to: "20240110", requestKey: "k" };
    await expect(world.dispatch(other)).rejects.toThrow(
      /requestKey k was used to start .*20240117.*choose another/,
    );
    await world.runToEnd();
    await expect(world.dispatch(other)).rejects.toThrow("choose another");
    expect(await world.tasks()).toHaveLength(1);
  });

  test("a dispatcher that dies after k of 12 sends, for every k, is continued from its offset", async () => {
    for (let k = 0; k < 12; k += 1) {
      await world.reset();
      world.state.accepts = k;
      await expect(world.dispatch(history)).rejects.toThrow("not reachable");
      const confirmed = Math.floor(k / batchUnits) * batchUnits;
      expect(await onlyTask()).toMatchObject({ status: "RUNNING", current_offset: confirmed });
      world.state.accepts = Number.POSITIVE_INFINITY;
      expect(await world.dispatch(history)).toMatchObject({ outcome: "continued", sent: 12 - confirmed });
      expect(queued()).toEqual(everyDay);
      if (k % batchUnits !== 3) continue; // what was sent twice is harmless in each batch
      await world.runToEnd();
      await expectWholeHistory();
    }
  });

  /** Returns whether the dispatcher died. */
  const dispatchAndDie = (command: object, at: Break) =>
    world.dispatchBreaking(command, at).then(
      () => false,
      () => true,
    );

  test("a dispatcher that dies at any call is continued by the next, and nothing is lost", async () => {
    const deaths = await atEveryDeath(async (at) => {
      await world.reset();
      const died = await dispatchAndDie(history, at);
      await world.dispatch(history);
      expect(queued()).toEqual(everyDay);
      expect((await onlyTask()).status).toBe("RUNNING");
      return died;
    });
    expect(deaths).toBeGreaterThan(10);
  });

  test("units that finish while the fan-out goes on are not sent again by the dispatcher that continues it", async () => {
    world.state.accepts = 7;
    await expect(world.dispatch(history)).rejects.toThrow("not reachable");
    world.state.accepts = Number.POSITIVE_INFINITY;
    await world.runToEnd();
    expect(await world.dispatch(history)).toMatchObject({ outcome: "continued", sent: 5 });
    await world.runToEnd();
    await expectWholeHistory();
  });

  describe("the start of a schedule", () => {
    const tick = (...start: string[]) => ({ start, requestKey: "schedule/2024-01-17T09:30:00Z" });
    const evening = tick("DAILY_INCREMENTAL", "FINANCE_INCREMENTAL");
    const tasksByJob = async () => {
      const rows = await world.sql<{ job_type: string; status: string }>(
        "select job_type, status from sync_task order by job_type",
      );
      return rows.map(({ job_type, status }) => [job_type, status]);
    };
    const allDone = evening.start.map((job) => [job, "COMPLETED"]);

    test("opens a task for each of its jobs in their order, and for the same time no second one", async () => {
      const answers = await Promise.all([world.dispatch(evening), world.dispatch(evening)]);
      for (const { tasks } of answers) expect(tasks.map(({ job_type }) => job_type)).toEqual(evening.start);
      await world.runToEnd();
      expect(await world.dispatch(evening)).toMatchObject({ outcome: "started", sent: 0 });
      expect(await tasksByJob()).toEqual(allDone);
      await world.dispatch({ ...evening, requestKey: "schedule/2024-01-17T12:30:00Z" });
      expect(await tasksByJob()).toHaveLength(4);
    });

    test("starts the others when one cannot be planned, and ends with its reason", async () => {
      const withEtfs = tick("DAILY_INCREMENTAL", "ETF_INCREMENTAL", "FINANCE_INCREMENTAL");
      await expect(world.dispatch(withEtfs)).rejects.toThrow(/run the job ETF_LIST/);
      await world.runToEnd();
      expect(await tasksByJob()).toEqual([
        ["DAILY_INCREMENTAL", "COMPLETED"],
        ["ETF_INCREMENTAL", "FAILED"],
        ["FINANCE_INCREMENTAL", "COMPLETED"],
      ]);
    });

    test("is continued by another invocation when its time is over", async () => {
      const handedOn: object[] = [];
      const another = {
        remainingMilliseconds: () => 60_000,
        start: async (command: object) => void handedOn.push(command),
      };
      const { tasks } = await dispatch({ ...world.services, another }, evening);
      expect(tasks.map(({ job_type }) => job_type)).toEqual(["DAILY_INCREMENTAL"]);
      expect(handedOn).toEqual([tick("FINANCE_INCREMENTAL")]);
    });

    test("is continued by its repetition after a death at any call", async () => {
      await atEveryDeath(async (at) => {
        await world.reset();
        const died = await dispatchAndDie(evening, at);
        await world.dispatch(evening);
        expect(await tasksByJob()).toEqual(evening.start.map((job) => [job, "RUNNING"]));
        expect(new Set(queued()).size).toBe((await world.units()).length); // all are sent
        return died;
      });
    });

    test("leaves a paused task alone and starts the others", async () => {
      const { tasks } = await world.dispatch({ job: "DAILY_INCREMENTAL" });
      await world.dispatch({ pause: tasks[0]?.id });
      await world.dispatch(evening);
      await world.runToEnd();
      expect(await tasksByJob()).toEqual([
        ["DAILY_INCREMENTAL", "PAUSED"],
        ["FINANCE_INCREMENTAL", "COMPLETED"],
      ]);
    });
  });

  describe("pause and resume", () => {
    test("a pause stops the fan-out, and what was sent drains without a call", async () => {
      const { task } = await pauseDuringSecondStep();
      expect(task).toMatchObject({ status: "PAUSED", reason: "paused by a command" });
      expect(queued()).toHaveLength(2 * batchUnits);
      await world.runToEnd();
      expect(world.calls).toHaveLength(0);
      expect(await world.storedDaily()).toEqual([]);
    });

    test("a resume sends all that is left, and the task ends with every row", async () => {
      const { task } = await pauseDuringSecondStep();
      await world.runToEnd();
      expect(await world.dispatch({ resume: task.id })).toMatchObject({ outcome: "continued", sent: 12 });
      await world.runToEnd();
      await expectWholeHistory();
    });

    test("a unit in hand during a pause is finished, and the resume does not send it again", async () => {
      const { tasks } = await world.dispatch(history);
      world.state.onCall = async (call, reply) => {
        if (call.name === "daily") await world.dispatch({ pause: tasks[0]?.id });
        return reply;
      };
      await world.deliverNext();
      expect((await world.units()).filter(({ status }) => status === "done")).toHaveLength(1);
      await world.runToEnd();
      world.state.onCall = (_call, reply) => reply;
      expect(await world.dispatch({ resume: tasks[0]?.id })).toMatchObject({ sent: 11 });
      await world.runToEnd();
      await expectWholeHistory();
    });

    test("a task paused before it was planned is planned when it is resumed", async () => {
      await expect(
        world.dispatchBreaking(history, { call: 2, when: "after", fate: "dies" }), // the first call reads the origin
      ).rejects.toThrow();
      const { id, status } = await onlyTask();
      expect(status).toBe("PENDING");
      await world.dispatch({ pause: id });
      expect(await world.dispatch({ resume: id })).toMatchObject({ outcome: "continued", sent: 12 });
    });

    test("after a timed wake-up dies at any call, its repeat completes it, and every unit is stored", async () => {
      const deaths = await atEveryDeath(async (at) => {
        await world.reset();
        const { tasks } = await world.dispatch(history);
        const id = tasks[0]?.id ?? "";
        await pauseTask(world.services.database, id, "the day's calls are used up");
        await world.runToEnd(); // paused, what was sent drains
        const first = { resume: id, timed: true };
        const wake = { resume: at.call % 2 === 0 ? "all" : id, timed: true };
        const died = await dispatchAndDie(first, at);
        await world.dispatch(wake);
        if (wake.resume === "all") await world.dispatch(first);
        await world.runToEnd();
        await expectWholeHistory();
        return died;
      });
      expect(deaths).toBeGreaterThan(5);
    });

    test("a timed wake-up that comes again sends nothing twice, and disturbs neither a held nor an ended task", async () => {
      const { tasks } = await world.dispatch(history);
      const id = tasks[0]?.id ?? "";
      const wake = { resume: id, timed: true };
      await pauseTask(world.services.database, id, "the day's calls are used up");
      await world.runToEnd();
      expect(await world.dispatch(wake)).toMatchObject({ sent: 12 });
      expect(await world.dispatch(wake)).toMatchObject({ sent: 0, tasks: [{ id, status: "RUNNING" }] });
      await world.dispatch({ pause: id });
      expect(await world.dispatch(wake)).toMatchObject({ sent: 0, tasks: [] });
      expect((await onlyTask()).status).toBe("PAUSED");
      await world.dispatch({ cancel: id });
      expect(await world.dispatch(wake)).toMatchObject({ sent: 0, tasks: [] });
    });

    test("neither its schedule nor a person's command starts a new task beside a paused one", async () => {
      const { tasks } = await world.dispatch(history);
      await world.dispatch({ pause: tasks[0]?.id });
      const scheduled = { job: "DAILY_HISTORY", requestKey: "schedule/DAILY_HISTORY/2024-01-17T09:30:00Z" };
      for (const [command, outcome] of [
        [scheduled, "busy"],
        [{ ...history, refresh: true }, "busy"],
        [history, "paused"],
      ] as const) {
        expect(await world.dispatch(command)).toMatchObject({
          outcome,
          sent: 0,
          tasks: [{ id: tasks[0]?.id }],
        });
      }
      expect((await onlyTask()).status).toBe("PAUSED");
    });

    test("resume all sends again the units of a lost queue, and does not touch paused tasks", async () => {
      await world.dispatch(history);
      const { tasks } = await world.dispatch({ job: "REFERENCE" });
      await world.dispatch({ pause: tasks[0]?.id });
      await world.deliverNext();
      world.work.clear();
      expect(await world.dispatch({ resume: "all" })).toMatchObject({ outcome: "continued", sent: 11 });
      expect(queued()).toEqual(everyDay.slice(1));
    });

    test("a slow dispatcher from before the pause does not make the resume skip drained units", async () => {
      // The slow one's second step is drained by the pause; its confirmation arrives in the middle of the resume.
      const gate = Promise.withResolvers<void>();
      const resumed = Promise.withResolvers<void>();
      let sends = 0;
      let resume: Promise<unknown> | undefined;
      world.state.onSent = async () => {
        sends += 1;
        if (sends === 2) {
          const { id } = await onlyTask();
          await world.dispatch({ pause: id });
          await world.runToEnd();
          resume = world.dispatch({ resume: id });
          await resumed.promise;
        } else if (sends === 3) {
          resumed.resolve();
          await gate.promise;
        }
      };
      await world.dispatch(history);
      gate.resolve();
      await resume;
      world.state.onSent = async () => {};
      await world.runToEnd();
      await expectWholeHistory();
    });
  });

  describe("cancel", () => {
    test("ends a task with its reason; what was sent drains without a call, and the job can start anew", async () => {
      const { tasks } = await world.dispatch(history);
      expect(await world.dispatch({ cancel: tasks[0]?.id })).toMatchObject({ outcome: "cancelled" });
      await world.runToEnd();
      expect(world.calls).toHaveLength(0);
      expect(await onlyTask()).toMatchObject({ status: "CANCELLED", reason: "cancelled by a command" });
      expect(await world.dispatch(history)).toMatchObject({ outcome: "started", sent: 12 });
    });

    test("in the middle of the fan-out leaves no unit to send", async () => {
      world.state.onSent = async () => {
        world.state.onSent = async () => {};
        await world.dispatch({ cancel: (await onlyTask()).id });
      };
      await world.dispatch(history);
      await world.runToEnd();
      expect(world.calls).toHaveLength(0);
      expect((await onlyTask()).status).toBe("CANCELLED");
    });

    test("frees a paused job", async () => {
      const { tasks } = await world.dispatch(history);
      await world.dispatch({ pause: tasks[0]?.id });
      await world.dispatch({ cancel: tasks[0]?.id });
      expect(await world.dispatch(history)).toMatchObject({ outcome: "started" });
    });
  });

  test.each(["pause", "resume", "cancel"])(
    "%s of a task that has ended, or never was, says so",
    async (verb) => {
      const { tasks } = await world.dispatch(history);
      await world.runToEnd();
      await expect(world.dispatch({ [verb]: tasks[0]?.id })).rejects.toThrow(/it is COMPLETED/);
      const unknown = "7d6f0c1e-3a52-4b7e-9f0a-0c9d8e7f6a5b";
      await expect(world.dispatch({ [verb]: unknown })).rejects.toThrow(`${unknown}: there is no such task`);
    },
  );
});

/** The pause arrives while the second of three steps is being sent. */
async function pauseDuringSecondStep() {
  let sends = 0;
  world.state.onSent = async () => {
    sends += 1;
    if (sends === 2) await world.dispatch({ pause: (await onlyTask()).id });
  };
  await world.dispatch(history);
  world.state.onSent = async () => {};
  return { task: await onlyTask() };
}
