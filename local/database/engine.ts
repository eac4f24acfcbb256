// The interface of the embedded engine: messages of PostgreSQL's protocol in, the raw reply out. It runs in its own
// thread (pglite-engine.ts), because a statement blocks its thread; so a statement can be stopped from here.
import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import {
  type EngineOptions,
  type EngineReply,
  type EngineRequest,
  interruptFunction,
} from "./engine-messages.ts";
import { interruptThread } from "./interrupt-thread.ts";

export interface Engine {
  /**
   * Runs messages, one call at a time, and then `unlessStopped`, unless they were interrupted.
   * @throws Error when the engine is lost, not for a bad statement
   */
  run(messages: Buffer, unlessStopped?: Buffer): Promise<EngineOutput>;
  /** Cancels the running statement, as PostgreSQL's cancel does. No effect when nothing runs. */
  interrupt(): void;
  /** A clean shutdown: the next start needs no recovery. */
  close(): Promise<void>;
  /** Ends the thread, even in the middle of a statement. Committed data is on disk. */
  kill(): Promise<void>;
}

export interface EngineOutput {
  readonly output: Buffer;
  readonly isStopped: boolean;
}

const closeMilliseconds = 10_000;

/** @throws Error with the reason when it does not open */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const name = `engine-${randomUUID()}`;
  const thread = new Worker(new URL("./pglite-engine.ts", import.meta.url), { workerData: options, name });
  let waiting: { resolve(reply: EngineReply): void; reject(error: Error): void } | undefined;
  let failure: Error | undefined;
  let runs = 0;

  const fail = (error: Error) => {
    failure ??= error;
    waiting?.reject(failure);
    waiting = undefined;
  };
  thread.on("message", (message: EngineReply) => {
    if ("lost" in message) return fail(new Error(message.lost));
    waiting?.resolve(message);
    waiting = undefined;
  });
  thread.on("error", (error: Error) => fail(error));
  thread.on("exit", () => fail(new Error("its thread ended")));

  const answer = () =>
    new Promise<EngineReply>((resolve, reject) => {
      if (failure) reject(failure);
      else waiting = { resolve, reject };
    });
  const ask = (request: EngineRequest) => {
    const answered = answer();
    thread.postMessage(request);
    return answered;
  };

  await answer();
  return {
    async run(messages, unlessStopped) {
      runs += 1;
      const reply = await ask({ run: runs, messages, unlessStopped });
      if (!("reply" in reply)) throw new Error("the engine gave no reply");
      const { buffer, byteOffset, byteLength } = reply.reply;
      return { output: Buffer.from(buffer, byteOffset, byteLength), isStopped: reply.isStopped };
    },
    interrupt() {
      if (waiting) interruptThread(name, `${interruptFunction}(${runs})`);
    },
    async close() {
      const closed = ask({ close: true });
      const late = new Promise((resolve) => setTimeout(resolve, closeMilliseconds).unref());
      await Promise.race([closed.catch(() => undefined), late]); // what was committed survives an unclean end as well
      await thread.terminate();
    },
    async kill() {
      await thread.terminate();
    },
  };
}
