// The functions of the stack in a simulated world, and who starts them: the queues' consumers, schedules, people.

import { readReply } from "../shared/adapters/tushare.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { simulatedOrigin } from "../shared/catalogue/origin.ts";
import { readSettings, type Settings } from "../shared/catalogue/settings.ts";
import { callsAMinuteMax } from "../shared/catalogue/slot.ts";
import { type DispatchAnswer, dispatch } from "../shared/dispatch/dispatch.ts";
import { asSyncError } from "../shared/errors.ts";
import { dismissFailure } from "../shared/ledger/failures.ts";
import type { Clock, Log, Meter, Pacer, SyncServices, Upstream } from "../shared/ports.ts";
import { makePacer } from "../shared/sync/pacer.ts";
import { retryUnit } from "../shared/sync/retry-unit.ts";
import { syncUnit } from "../shared/sync/sync-unit.ts";
import { liveTwice } from "./checks.ts";
import type { Ended } from "./invocations.ts";
import type { Plan } from "./plan.ts";
import { type Adapters, current, type Process } from "./process.ts";
import type { Queue, Received } from "./queue.ts";
import type { World } from "./world.ts";

export const origin = simulatedOrigin({ seed: 1, stocks: 6 });

export type Stack = {
  /** One invocation of the dispatcher, whose answer a person sees. */
  tell(command: object): Promise<Ended<DispatchAnswer>>;
  /** An invocation that Lambda repeats when it fails. */
  start(command: object): void;
  /** A person says that a failure may rest, through the API. */
  dismiss(id: number): Promise<void>;
  /** Bodies of all messages that a worker has received. */
  readonly received: ReadonlySet<string>;
  readonly settings: Settings;
};

/** Retries of an asynchronous invocation, and the seconds before each. */
const retrySeconds = [60, 120];
const lettersMax = 10;

export function makeStack(world: World, adapters: Adapters): Stack {
  const { loop, plan, chance } = world;
  const settings = settingsOf(plan, world.market.firstDay);
  const received = new Set<string>();
  const meter: Meter = {
    count: () => {},
    measure(metric, value) {
      if (metric === "Stalled" && value > 0) world.conditions.stall(value);
    },
  };
  const log: Log = { info: () => {}, warn: note, error: note };
  const clock: Clock = {
    now: () => current.getStore()?.clock.now() ?? new Date(loop.now()),
    monotonic: () => loop.now(),
    sleep: async (milliseconds) => await current.getStore()?.clock.sleep(milliseconds),
  };

  function note(message: string, details: object = {}): void {
    const { error, unit, why } = details as { error?: Error; unit?: string; why?: string };
    const said = [unit, why, error?.message].filter((each) => each !== undefined).join(": ");
    world.conditions.note(
      `  ${current.getStore()?.name ?? ""} ${message}${said === "" ? "" : `: ${said.slice(0, 160)}`}`,
    );
  }

  const upstreamOf = (process: Process): Upstream => ({
    async fetchPage(spec, params) {
      const what = `${spec.name} ${Object.values(params).join(" ")}`;
      const fields = [...new Set(spec.columns.map(({ name, from }) => from ?? name))];
      const text = await world.fetchText(process, { name: spec.name, params, fields });
      return readReply(text, what, "", process.clock.now());
    },
  });
  const random = () => chance.random();
  const common = {
    datasets,
    origin,
    queue: adapters.queue,
    planner: adapters.planner,
    clock,
    random,
    settings,
    log,
    meter,
  };

  // The dispatcher

  async function tell(command: object): Promise<Ended<DispatchAnswer>> {
    const ended = await world.invoke("dispatcher", async (process) => {
      const another = {
        remainingMilliseconds: () => process.endsAt - loop.now(),
        start: async (next: object) => start(next),
      };
      return await dispatch({ ...common, database: adapters.database.dispatcher, another }, command);
    });
    if (!("result" in ended)) world.conditions.lose();
    world.conditions.doubles.push(...(await liveTwice(world.engine).catch(() => [])));
    world.conditions.note(`dispatcher ${JSON.stringify(command)} -> ${described(ended)}`);
    return ended;
  }

  function start(command: object, tries = 0): void {
    void tell(command).then((ended) => {
      const seconds = retrySeconds[tries];
      if (!("result" in ended) && seconds !== undefined)
        loop.at(loop.now() + seconds * 1000, () => start(command, tries + 1));
    });
  }

  async function dismiss(id: number): Promise<void> {
    const ended = await world.invoke("dispatcher", () =>
      dismissFailure(adapters.database.dispatcher, id, "it may rest"),
    );
    world.conditions.note(`dismiss ${id} -> ${described(ended)}`);
  }

  // Workers: one message for each slot

  const slots: { pacer: Pacer | undefined; isBusy: boolean }[] = Array.from({ length: plan.slots }, () => ({
    ...{ pacer: undefined, isBusy: false },
  }));

  let isThrottled = false;
  function takeWork(): void {
    if (world.conditions.isSo("workers throttled")) {
      if (!isThrottled)
        loop.at(loop.now() + 300_000, () => {
          isThrottled = false;
          takeWork();
        });
      isThrottled = true;
      return;
    }
    for (const slot of slots) {
      if (slot.isBusy) continue;
      const taken = world.work.receive();
      if (taken === undefined) return;
      received.add(taken.message.body);
      void work(slot, taken);
    }
  }

  async function work(slot: (typeof slots)[number], { message, handle }: Received): Promise<void> {
    slot.isBusy = true;
    // Lambda may replace an environment at any time.
    if (chance.is(0.02)) slot.pacer = undefined;
    slot.pacer ??= makePacer({
      slots: settings.WORKER_SLOTS,
      minIntervalSeconds: settings.TUSHARE_MIN_INTERVAL,
      clock,
    });
    const { pacer } = slot;
    const ended = await world.invoke("worker", async (process) => {
      const services: SyncServices = {
        ...common,
        database: adapters.database.worker,
        upstream: upstreamOf(process),
        pacer,
      };
      return await syncUnit(services, {
        body: message.body,
        receiptHandle: handle,
        receiveCount: message.receives,
        sentAt: new Date(message.sentAt),
        remainingMilliseconds: () => process.endsAt - loop.now(),
      });
    });
    world.conditions.note(
      `worker ${keyOf(message.body)}, receive ${message.receives} -> ${described(ended)}`,
    );
    if ("result" in ended && ended.result === "settled") world.work.delete(handle);
    if (!("result" in ended)) slot.pacer = undefined; // its environment is gone
    slot.isBusy = false;
    loop.at(loop.now(), takeWork);
  }

  // The retry function: up to ten letters at once, at most two invocations

  let retrying = 0;
  function takeLetters(): void {
    if (retrying >= 2) return;
    const letters: Received[] = [];
    for (
      let letter = receiveOf(world.deadLetters);
      letter !== undefined;
      letter = receiveOf(world.deadLetters)
    ) {
      letters.push(letter);
      if (letters.length === lettersMax) break;
    }
    if (letters.length === 0) return;
    retrying += 1;
    void record(letters).then(() => {
      retrying -= 1;
      loop.at(loop.now(), takeLetters);
    });
  }
  const receiveOf = (queue: Queue) => queue.receive();

  async function record(letters: readonly Received[]): Promise<void> {
    const ended = await world.invoke("retry", async () => {
      const recorded: Received[] = [];
      for (const letter of letters) {
        const { id: messageId, body, receives } = letter.message;
        try {
          await retryUnit(
            { ...common, database: adapters.database.retry },
            { messageId, body, receiveCount: receives },
          );
          recorded.push(letter);
        } catch (error) {
          note("dead letter stays", { error: asSyncError(error) });
        }
      }
      return recorded;
    });
    world.conditions.note(
      `retry ${letters.map(({ message }) => keyOf(message.body)).join(", ")} -> ${"died" in ended ? ended.died : "recorded"}`,
    );
    const recorded = "result" in ended ? ended.result : [];
    for (const { handle } of recorded) world.deadLetters.delete(handle);
    // A letter that stays for another visibility timeout is out of the sweep's sight.
    if (recorded.length < letters.length) world.conditions.lose();
  }

  world.listen({
    onMessages() {
      takeWork();
      takeLetters();
    },
    onSchedule({ name, message, command }) {
      world.conditions.note(`schedule ${name} fires`);
      if (message !== undefined) world.work.put(message);
      if (command !== undefined) start(command);
    },
  });
  return { tell, start, dismiss, received, settings };
}

export function settingsOf(plan: Plan, firstDay: string): Settings {
  return readSettings({
    SYNC_DAILY_HISTORY_BATCH_SIZE: String(plan.batchSize),
    SYNC_DAILY_HISTORY_START_DATE: firstDay,
    SYNC_DAILY_LOOKBACK_DAYS: "5",
    SYNC_REREAD_DAYS: "1",
    SYNC_REREAD_OLD_DAYS: "1",
    SYNC_FAILURE_MAX_RETRIES: String(plan.retriesMax),
    SYNC_LIST_SHARE_MIN: "40", // a list of five loses a fifth with one
    SYNC_REVISION_SHARE_MAX: "100",
    TUSHARE_MIN_INTERVAL: String(intervalOf(plan)),
    TUSHARE_CALLS_A_MINUTE: String(plan.callsAMinute),
    WORKER_SLOTS: String(plan.slots),
  });
}

/** The shortest interval that the stack accepts for the limit (infra/pipeline.ts). */
function intervalOf({ slots, callsAMinute }: Plan): number {
  let interval = 0.35;
  while (callsAMinuteMax(slots, interval) > callsAMinute) interval = Number((interval + 0.05).toFixed(2));
  return interval;
}

export function keyOf(body: string): string {
  const unit = JSON.parse(body) as { unit_key?: string; retry?: number; task_id?: string };
  return `${unit.unit_key} of ${unit.task_id?.slice(0, 4)}${unit.retry ? `, retry ${unit.retry}` : ""}`;
}

function described(ended: Ended<unknown>): string {
  if ("died" in ended) return `died: ${ended.died}`;
  if ("error" in ended) return `refused: ${asSyncError(ended.error).message.slice(0, 200)}`;
  if (typeof ended.result !== "object") return String(ended.result);
  const { outcome, sent, tasks } = ended.result as DispatchAnswer;
  const task = tasks[0];
  return `${outcome}, sent ${sent}${task ? `, ${task.job_type} ${task.id.slice(0, 4)} ${task.status} ${task.total_processed}+${task.total_failed}/${task.total_units}` : ""}`;
}
