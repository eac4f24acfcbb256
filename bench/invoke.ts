// One execution environment alone: imports a bundle, calls its handler with the events in its argument, prints its peak
// memory.
import { pathToFileURL } from "node:url";
import type { Context } from "aws-lambda";
import { functionSeconds } from "../shared/catalogue/queue-limits.ts";

const [bundle = "", events = "[]"] = process.argv.slice(2);
const { handler } = (await import(pathToFileURL(bundle).href)) as {
  handler: (event: unknown, context: Context) => Promise<unknown>;
};
const context = {
  functionName: "bench",
  memoryLimitInMB: "256",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:bench",
  awsRequestId: "bench",
  getRemainingTimeInMillis: () => 1000 * functionSeconds.worker,
} as Context;
for (const event of JSON.parse(events) as unknown[]) await handler(event, context);
console.log(`peak ${process.resourceUsage().maxRSS}`);
process.exit(0);
