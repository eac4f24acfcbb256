// A loopback server that functions under test call and wait at: a test sees who has arrived and lets them go.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "./until.ts";

/** A handler that waits at the gate, once for each record, and answers what `answer` says. */
export const gatedHandler = (answer = "({ batchItemFailures: [] })") => `
export const handler = async (event) => {
  for (const { body } of event.Records ?? [event]) await fetch(process.env.GATE + "/" + encodeURIComponent(body));
  return ${answer};
};`;

export async function openGate() {
  const waiting = new Map<string, ServerResponse>();
  const arrivals: string[] = [];
  let most = 0;
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "/").slice(1));
    arrivals.push(name);
    waiting.set(name, response);
    most = Math.max(most, waiting.size);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    /** Names that wait now. */
    waiting: () => [...waiting.keys()].sort(),
    /** The largest number that waited at once. */
    most: () => most,
    async release(name: string): Promise<void> {
      await until(() => waiting.has(name));
      waiting.get(name)?.end();
      waiting.delete(name);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
