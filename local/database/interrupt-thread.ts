// Runs a line of JavaScript in another thread of this process, in the middle of whatever it is doing, also in a loop of
// WebAssembly. A message would wait for the loop's end; the inspector's requests come by V8's own interrupts.
import { Session } from "node:inspector";
import { isMainThread } from "node:worker_threads";

const giveUpMilliseconds = 10_000;

/** @param name of the Worker, which must be the only one so called */
export function interruptThread(name: string, expression: string): void {
  const session = new Session();
  const giveUp = setTimeout(() => session.disconnect(), giveUpMilliseconds);
  const end = () => {
    clearTimeout(giveUp);
    session.disconnect();
  };
  // The inspector of the main thread knows all threads, also those started by threads.
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
