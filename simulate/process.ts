// The processes of a simulation, and the clients of the outside services in them: the real adapters run, and what they
// would send to AWS goes to the process that sends it. A dead process hears nothing any more, so it does nothing more.
import { AsyncLocalStorage } from "node:async_hooks";
import { RDSDataClient } from "@aws-sdk/client-rds-data";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { makeDataApi } from "../shared/adapters/data-api.ts";
import { makeScheduler } from "../shared/adapters/scheduler.ts";
import { makeSqsQueue } from "../shared/adapters/sqs.ts";
import type { Clock } from "../shared/ports.ts";

export type Process = {
  readonly name: string;
  readonly clock: Clock;
  /** Answers a command of a client. */
  readonly send: (client: Client, command: object) => Promise<unknown>;
  /** Seconds after which a client of the database stops waiting. */
  readonly answerSecondsMax: number;
  isDead: boolean;
  /** Moment of its function's timeout. */
  readonly endsAt: number;
};

export type Client = "database" | "queue" | "scheduler";

export const current = new AsyncLocalStorage<Process>();

function running(): Process {
  const process = current.getStore();
  if (process === undefined) throw new Error("an adapter of the simulation is used outside of its processes");
  return process;
}

const clock: Clock = {
  now: () => running().clock.now(),
  monotonic: () => running().clock.monotonic(),
  sleep: (milliseconds) => running().clock.sleep(milliseconds),
};

const place = {
  resourceArn: "arn:aws:rds:::cluster:simulated",
  secretArn: "arn:aws:secretsmanager:::secret:simulated",
};

/** As functions/services.ts makes them, each with the waits of its function. */
export type Adapters = ReturnType<typeof makeAdapters>;

export function makeAdapters() {
  const database = (resumeSecondsMax: number, answerSecondsMax?: number) =>
    makeDataApi({ ...place, database: "simulated", clock, resumeSecondsMax, answerSecondsMax });
  return {
    // The waits are those of functions/dispatcher.ts, worker.ts and retry.ts.
    database: { dispatcher: database(180), worker: database(45), retry: database(30, 20) },
    queue: makeSqsQueue({ queueUrl: "https://sqs.simulated/work" }),
    planner: makeScheduler({
      ...{
        groupName: "simulated",
        roleArn: "arn:aws:iam:::role/simulated",
        queueUrl: "work",
        dispatcherArn: "dispatcher",
      },
      deadLettersArn: "arn:aws:sqs:::missed",
      now: () => clock.now(),
    }),
  };
}

const clients: readonly (readonly [Client, { prototype: { send: unknown } }])[] = [
  ["database", RDSDataClient],
  ["queue", SQSClient],
  ["scheduler", SchedulerClient],
];

/** Lets the clients in simulated processes answer from the simulation. Others are as before. @returns what undoes it */
export function interceptClients(): () => void {
  const undo = clients.map(([name, { prototype }]) => {
    const before = prototype.send as (...parts: unknown[]) => unknown;
    prototype.send = function send(this: unknown, ...parts: unknown[]) {
      const process = current.getStore();
      return process === undefined ? before.apply(this, parts) : process.send(name, parts[0] as object);
    };
    return () => {
      prototype.send = before;
    };
  });
  return () => {
    for (const each of undo) each();
  };
}
