// Servers that say nothing: one that takes a connection and never answers, one that stops inside its answer, and one that
// never completes a connection.
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Worker } from "node:worker_threads";

export type SilentServer = {
  readonly url: string;
  /** Resolves when the nth request, counted from one, has come in. */
  readonly request: (count: number) => Promise<void>;
  readonly requests: () => number;
  readonly close: () => Promise<void>;
};

/** @param begin what of an answer is given before the silence; nothing by default */
export async function openSilentServer(
  begin: (response: ServerResponse) => void = () => {},
): Promise<SilentServer> {
  let requests = 0;
  const waiting = new Map<number, () => void>();
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      requests += 1;
      begin(response);
      waiting.get(requests)?.();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    request: async (count) => {
      if (requests < count) await new Promise<void>((resolve) => waiting.set(count, resolve));
    },
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A thread that listens and never accepts. */
const deafThread = `
const { createServer } = require("node:net");
const { parentPort } = require("node:worker_threads");
const server = createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** Connections that Linux completes for a backlog of one, whether anybody accepts them or not. */
const completedByTheKernel = 2;

/** A server whose backlog is full: the kernel drops every further attempt to connect. */
export async function openDeafServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const thread = new Worker(deafThread, { eval: true });
  const port = await new Promise<number>((resolve) => thread.once("message", resolve));
  for (let filled = 0; filled < completedByTheKernel; filled += 1) {
    const socket = connect(port, "127.0.0.1").on("error", () => {}); // reset when the thread ends
    await new Promise((resolve) => socket.once("connect", resolve));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await thread.terminate();
    },
  };
}
