// Loaded before `npm start` by the chaos run: the parent process can end one of its threads, as a machine that dies would.
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";

/** What a thread is for, by the file it runs. */
const kinds = { "lambda-environment": "function", "pglite-engine": "engine" } as const;
export type ThreadKind = (typeof kinds)[keyof typeof kinds];

const alive = new Map<threads.Worker, ThreadKind>();

threads.Worker = class extends threads.Worker {
  constructor(...[file, options]: ConstructorParameters<typeof threads.Worker>) {
    super(file, options);
    for (const [name, kind] of Object.entries(kinds)) {
      if (!String(file).includes(name)) continue;
      alive.set(this, kind);
      this.once("exit", () => alive.delete(this));
    }
  }
};
syncBuiltinESMExports();

/** The engine is a thread of a thread: each of them gets to hear what the parent process asks for. */
const channel = new BroadcastChannel("chaos");
type Ask = { readonly end: ThreadKind; readonly chance: number };
type Heard = { readonly data: Ask | { readonly ended: ThreadKind } };

channel.onmessage = async (heard) => {
  const { data } = heard as unknown as Heard;
  if ("ended" in data) process.send?.(data);
  else if (await end(data)) channel.postMessage({ ended: data.end });
};
process.on("message", async (ask: Ask) => {
  if (await end(ask)) process.send?.({ ended: ask.end });
  else channel.postMessage(ask);
});
// Neither keeps the process alive.
channel.unref();
process.channel?.unref();

async function end({ end: kind, chance }: Ask): Promise<boolean> {
  const found = [...alive].filter(([, its]) => its === kind).map(([thread]) => thread);
  const chosen = found[Math.floor(chance * found.length)];
  await chosen?.terminate();
  return chosen !== undefined;
}
