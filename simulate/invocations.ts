// Invocations of functions as processes, and their calls to services: where processes die and answers are lost.
import { functionSeconds } from "../shared/catalogue/queue-limits.ts";
import type { Chance } from "./chance.ts";
import type { Conditions } from "./conditions.ts";
import { fault } from "./faults.ts";
import type { Loop } from "./loop.ts";
import type { Plan, Port } from "./plan.ts";
import { type Client, current, type Process } from "./process.ts";

/** How an invocation of a function ended. */
export type Ended<Result> =
  | { readonly result: Result }
  | { readonly error: unknown }
  | { readonly died: string };

export type FunctionName = keyof typeof functionSeconds;

/** Does what a call asks for, at once. @param what the fault that strikes this call */
export type Perform<Result> = (what: string | undefined) => Promise<Result>;

/** What the services do for the commands of clients, and when a process is over. */
export type Answering = {
  /** The service that a client's command reaches, and what it does there. */
  answer(process: Process, client: Client, command: object): Perform<unknown>;
  leave(process: Process): void;
};

export function makeInvocations(
  { loop, plan, chance, conditions }: { loop: Loop; plan: Plan; chance: Chance; conditions: Conditions },
  services: Answering,
) {
  const counts: Record<Port, number> = { database: 0, queue: 0, scheduler: 0, upstream: 0 };
  const enders = new WeakMap<Process, (why: string) => void>();
  let made = 0;

  /** Runs a function's code as one process. It dies at its timeout, and where a fault says so. */
  function invoke<Result>(
    name: FunctionName,
    act: (process: Process) => Promise<Result>,
  ): Promise<Ended<Result>> {
    made += 1;
    return new Promise((resolve) => {
      const end = (how: Ended<Result>) => {
        if (process.isDead) return;
        process.isDead = true;
        services.leave(process);
        resolve(how);
      };
      const process: Process = {
        name: `${name} #${made}`,
        isDead: false,
        endsAt: loop.now() + functionSeconds[name] * 1000,
        answerSecondsMax: name === "retry" ? 20 : 50,
        clock: {
          now: () => new Date(loop.now() + (conditions.valueNow("clock wrong") ?? 0) * 1000),
          monotonic: () => loop.now(),
          sleep: (milliseconds) =>
            new Promise((wake) =>
              loop.at(loop.now() + milliseconds, () => (process.isDead ? undefined : wake())),
            ),
        },
        send: (client, command) => call(process, client, services.answer(process, client, command)),
      };
      enders.set(process, (died) => end({ died }));
      loop.at(process.endsAt, () => {
        if (!process.isDead) conditions.note(`${process.name} is stopped at its timeout`);
        end({ died: "timeout" });
      });
      current.run(process, async () => {
        try {
          end({ result: await act(process) });
        } catch (error) {
          end({ error });
        }
      });
    });
  }

  function kill(process: Process, why: string): void {
    if (process.isDead) return;
    conditions.note(`  ! ${process.name} ends: ${why}`);
    enders.get(process)?.(why);
  }

  const struck = new Map(
    plan.troubles.flatMap((trouble) =>
      trouble.on === "call" ? [[`${trouble.port} ${trouble.nth}`, trouble.what] as const] : [],
    ),
  );
  const later = (seconds: number, act: () => unknown) => loop.at(loop.now() + seconds * 1000, act);
  const secondsTo = (port: Port) =>
    port === "upstream" ? 0.05 + chance.random() * 0.7 : 0.003 + chance.random() * 0.02;

  /** One call to a service: there, done, and back; or what a fault makes of it. */
  function call<Result>(process: Process, port: Port, perform: Perform<Result>): Promise<Result> {
    if (process.isDead) return new Promise(() => {});
    counts[port] += 1;
    const what = conditions.isCalm() ? undefined : struck.get(`${port} ${counts[port]}`);
    if (what !== undefined) conditions.strike(`${port}: ${what}`);
    const there = secondsTo(port);
    if (what === "crash before") kill(process, "crash before a call");
    // Neither an answer nor a timeout of the client: the function's timeout ends it.
    if (what === "crash before" || what === "stop at timeout") return new Promise(() => {});
    if (what === "crash during") later(there * chance.random(), () => kill(process, "crash during a call"));
    return new Promise((resolve, reject) => {
      const hear = (seconds: number, act: () => void) =>
        later(seconds, () => (process.isDead ? undefined : act()));
      later(there, async () => {
        const strange = what === undefined ? undefined : fault(port, what, process.answerSecondsMax, chance);
        const back = strange?.seconds ?? secondsTo(port);
        if (strange?.performsAfter !== undefined)
          later(strange.performsAfter, () => perform(what).catch(() => undefined));
        const isDone = strange === undefined || (strange.performs && strange.performsAfter === undefined);
        const outcome = isDone ? await settled(perform(what)) : undefined;
        if (what === "crash after") later(back, () => kill(process, "crash after a call"));
        else if (strange?.error !== undefined) hear(back, () => reject(strange.error));
        else if (outcome !== undefined && "error" in outcome) hear(back, () => reject(outcome.error));
        else if (outcome !== undefined) hear(back, () => resolve(outcome.result));
      });
    });
  }

  return { invoke, call };
}

async function settled<Result>(act: Promise<Result>): Promise<{ result: Result } | { error: unknown }> {
  try {
    return { result: await act };
  } catch (error) {
    return { error };
  }
}
