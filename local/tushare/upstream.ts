// The simulated TuShare Pro as the local stack starts it: in its own worker thread, so that generating a market's day
// never delays the code under test. The HTTP side is in protocol.ts, the data in market.ts and captured.ts.
import { Worker } from "node:worker_threads";
import { controlled, type Upstream, type UpstreamOptions } from "./handle.ts";

const youngMegabytes = 16; // replies are short-lived; a small young generation keeps the thread small

/** Starts the upstream in its own thread; rejects when the options or the captured folder cannot be used. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const thread = new Worker(new URL("./thread.ts", import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
  const url = await new Promise<string>((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", (code) => reject(new Error(`the simulated upstream ended with code ${code}`)));
  });
  return controlled(url, async () => {
    await thread.terminate();
  });
}
