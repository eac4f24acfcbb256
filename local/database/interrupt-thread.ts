// Runs a line of JavaScript in another thread of this process at once, even during a WebAssembly loop. A message would
// wait for the end of the loop; requests of the inspector use V8's interrupts.
import { Session } from "node:inspector";
import { isMainThread } from "node:worker_threads";

const giveUpMilliseconds = 10_000;

/** @param name of the Worker; must be unique */
export function interruptThread(name: string, expression: string): void {
  const session = new Session();
  const giveUp = setTimeout(() => session.disconnect(), giveUpMilliseconds);
  const end = () => {
    clearTimeout(giveUp);
    session.disconnect();
  };
  // The main thread's inspector knows all threads, including those started by other threads.
  if (isMainThread) session.connect();
  else session.connectToMainThread();
  session.on("NodeWorker.attachedToWorker", ({ params: { sessionId, workerInfo } }) => {
    if (!workerInfo.title.endsWith(name)) return;
    const message = JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression } });
    session.post("NodeWorker.sendMessageToWorker", { sessionId, message });
  });
  session.on("NodeWorker.receivedMessageFromWorker", end);
  session.post("NodeWorker.enable", { waitForDebuggerOnStart: false }, (error) => error && end());
}
