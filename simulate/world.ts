// One simulated world: a database, queues, schedules and an upstream as the functions of the stack find them, with the
// faults of a plan.
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RollbackTransactionCommand,
} from "@aws-sdk/client-rds-data";
import { ConflictException, CreateScheduleCommand } from "@aws-sdk/client-scheduler";
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import {
  deadLetterRetentionDays,
  receivesMax,
  visibilitySeconds,
  workRetentionDays,
} from "../shared/catalogue/queue-limits.ts";
import { chanceFrom } from "./chance.ts";
import { makeConditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";
import { fault, isLost } from "./faults.ts";
import { makeInvocations, type Perform } from "./invocations.ts";
import type { Loop } from "./loop.ts";
import { type Market, momentOf } from "./market.ts";
import type { Plan, Port } from "./plan.ts";
import type { Client, Process } from "./process.ts";
import { makeQueue, type Queue } from "./queue.ts";
import { type Call, makeUpstream } from "./upstream.ts";

export type Schedule = {
  readonly name: string;
  readonly at: number;
  readonly message?: string;
  readonly command?: object;
};

export type World = ReturnType<typeof makeWorld>;

const daySeconds = 86_400;

export function makeWorld(engine: Engine, loop: Loop, plan: Plan, market: Market) {
  const chance = chanceFrom(plan.seed, "world");
  const start = momentOf(market.lastDay, plan.startHour);
  const conditions = makeConditions(loop, plan, start);
  const { isSo, valueNow, strike } = conditions;
  const upstream = makeUpstream(market);
  let heard = { onMessages: () => {}, onSchedule: (_schedule: Schedule) => {} };

  function refuse(port: Port, what: string): never {
    throw fault(port, what, 0, chance).error;
  }

  // The database: one session, so a transaction keeps the others waiting

  let holder: { process: Process; id: string } | undefined;
  let transactions = 0;
  const waiting: (() => void)[] = [];

  async function askDatabase(process: Process, command: object): Promise<unknown> {
    if (isSo("database asleep")) refuse("database", "asleep");
    if (isSo("database down")) refuse("database", "unavailable");
    const { transactionId } = (command as { input: { transactionId?: string } }).input;
    if (transactionId !== undefined && transactionId !== holder?.id) refuse("database", "transaction gone");
    while (transactionId === undefined && holder !== undefined) {
      await new Promise<void>((free) => waiting.push(() => loop.at(loop.now(), free)));
    }
    engine.setTime(loop.now());
    if (command instanceof ExecuteStatementCommand) {
      return await engine.execute(command.input.sql ?? "", command.input.parameters ?? []);
    }
    if (command instanceof BeginTransactionCommand) {
      transactions += 1;
      const id = `transaction-${transactions}`;
      await engine.execute("begin", []);
      holder = { process, id };
      if (process.isDead) leave(process);
      return { transactionId: id };
    }
    if (command instanceof CommitTransactionCommand) return await endTransaction("commit");
    if (command instanceof RollbackTransactionCommand) return await endTransaction("rollback");
    throw new Error(`the simulated database does not know ${command.constructor.name}`);
  }

  async function endTransaction(how: "commit" | "rollback"): Promise<object> {
    await engine.execute(how, []);
    holder = undefined;
    for (const free of waiting.splice(0)) free();
    return {};
  }

  /** The service rolls back the transaction of a process that has died. */
  function leave(process: Process): void {
    if (holder?.process !== process) return;
    const { id } = holder;
    loop.at(loop.now() + chance.whole(100, 5_000), () =>
      holder?.id === id ? endTransaction("rollback") : undefined,
    );
  }

  // The queues

  const onExpired = () => {
    strike("message expired");
    conditions.lose();
  };

  const deadLetters: Queue = makeQueue({
    ...{ name: "letter", loop, chance, onExpired, onChange: () => heard.onMessages() },
    visibilitySeconds: visibilitySeconds("retry"),
    retentionSeconds: deadLetterRetentionDays * daySeconds,
  });
  const messageFaults = new Map(
    plan.troubles.flatMap((trouble) => (trouble.on === "message" ? [[trouble.nth, trouble] as const] : [])),
  );
  const work: Queue = makeQueue({
    ...{ name: "message", loop, chance, onExpired, onChange: () => heard.onMessages() },
    visibilitySeconds: visibilitySeconds("worker"),
    retentionSeconds: workRetentionDays * daySeconds,
    ...{ receivesMax, dead: deadLetters },
    copies(nth) {
      const trouble = conditions.isCalm() ? undefined : messageFaults.get(nth);
      if (trouble === undefined) return [chance.random() * 0.2];
      strike(`message ${trouble.what}`);
      if (trouble.what !== "delivered twice") conditions.lose();
      if (trouble.what === "lost") return [];
      return trouble.what === "late" ? [trouble.seconds] : [0, chance.random() * trouble.seconds];
    },
  });

  async function askQueue(command: object, what: string | undefined): Promise<unknown> {
    if (isSo("queue down")) refuse("queue", "request lost");
    if (command instanceof ChangeMessageVisibilityCommand) {
      work.show(command.input.ReceiptHandle ?? "", command.input.VisibilityTimeout ?? 0);
      return {};
    }
    if (command instanceof GetQueueAttributesCommand) {
      return { Attributes: { ApproximateNumberOfMessages: String(work.messages().length) } };
    }
    if (!(command instanceof SendMessageBatchCommand))
      throw new Error(`the simulated queue does not know ${command.constructor.name}`);
    const entries = command.input.Entries ?? [];
    const refused = what === "refused in part" ? entries.filter((_, at) => at % 2 === 0) : [];
    const taken = entries.filter((entry) => !refused.includes(entry));
    for (let times = what === "sent twice" ? 2 : 1; times > 0; times -= 1) {
      for (const { MessageBody: body = "", DelaySeconds: delay } of taken) work.put(body, delay);
    }
    return { Failed: refused.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false })) };
  }

  // One-time schedules

  const schedules = new Map<string, Schedule>();
  const fired = new Set<string>();
  let scheduled = 0;
  const scheduleFaults = new Map(
    plan.troubles.flatMap((trouble) => (trouble.on === "schedule" ? [[trouble.nth, trouble] as const] : [])),
  );

  async function askScheduler(command: object, what: string | undefined): Promise<unknown> {
    if (isSo("scheduler down")) refuse("scheduler", "request lost");
    if (!(command instanceof CreateScheduleCommand))
      throw new Error(`the simulated scheduler does not know ${command.constructor.name}`);
    const { Name: name = "", ScheduleExpression: expression = "", Target: target } = command.input;
    const exists = new ConflictException({ message: name, Message: `${name} exists`, $metadata: {} });
    if (schedules.has(name) || fired.has(name)) throw exists;
    const input = JSON.parse(target?.Input ?? "{}") as { MessageBody?: string };
    const { MessageBody: message } = input;
    const at = Date.parse(`${expression.slice(3, -1)}Z`);
    plant({ name, at, ...(message === undefined ? { command: input } : { message }) });
    // The client sends the request again by itself, and then its name exists.
    if (what === "answer lost") throw exists;
    return {};
  }

  function plant(schedule: Schedule): void {
    const { name, at } = schedule;
    schedules.set(name, schedule);
    scheduled += 1;
    const trouble = conditions.isCalm() ? undefined : scheduleFaults.get(scheduled);
    if (trouble !== undefined) strike(`schedule ${trouble.what}`);
    if (trouble !== undefined && trouble.what !== "fires twice") conditions.lose();
    const late = trouble?.what === "fires late" ? trouble.seconds * 1000 : chance.whole(0, 59_000);
    const fire = () => (trouble?.what === "dropped" ? undefined : heard.onSchedule(schedule));
    loop.at(at + late, () => {
      schedules.delete(name);
      fired.add(name); // it keeps its name while it is being deleted
      loop.at(loop.now() + 60_000, () => fired.delete(name));
      fire();
    });
    if (trouble?.what === "fires twice") loop.at(at + late + trouble.seconds * 1000, fire);
  }

  // The upstream

  /** What happens to every call for some days or codes. */
  function unitFaultOf({ params }: Call): string | undefined {
    const third = Number((params.trade_date ?? params.ts_code ?? "").replace(/\D/g, "")) % 3;
    const isOf = (what: "some units refused" | "some units failing") =>
      (params.trade_date ?? params.ts_code) !== undefined && valueNow(what) === third;
    if (isOf("some units refused")) return "argument wrong";
    return isOf("some units failing") ? "internal error" : undefined;
  }

  // Processes

  const { invoke, call } = makeInvocations(
    { loop, plan, chance, conditions },
    {
      answer(process, client, command) {
        const ask: Record<Client, Perform<unknown>> = {
          database: () => askDatabase(process, command),
          queue: (what) => askQueue(command, what),
          scheduler: (what) => askScheduler(command, what),
        };
        return ask[client];
      },
      leave,
    },
  );

  return {
    ...{
      engine,
      loop,
      plan,
      market,
      chance,
      start,
      conditions,
      upstream,
      schedules,
      work,
      deadLetters,
      invoke,
    },
    /** The text of TuShare's reply. */
    fetchText: (process: Process, asked: Call) =>
      call(process, "upstream", async (what) => {
        if (isSo("upstream down")) refuse("upstream", "reset");
        const state = {
          callsAMinute: Math.min(plan.callsAMinute, valueNow("minute limit lowered") ?? plan.callsAMinute),
          cap: valueNow("cap lowered"),
          callsLeft: valueNow("day used up"),
          addressRefused: isSo("address refused"),
        };
        const spoiled = what !== undefined && !isLost(what) ? what : undefined;
        return upstream.answer(asked, loop.now(), state, spoiled ?? unitFaultOf(asked));
      }),
    /** Who is told when a message may be visible, and when a schedule fires. */
    listen(listener: typeof heard): void {
      heard = listener;
    },
  };
}
