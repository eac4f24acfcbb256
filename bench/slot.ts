// A slot of the production worker: the deployed bundle, called with one message after the other as Lambda does. Its
// environment variables come from the thread or process that starts it; argument: the bundle.
import { pathToFileURL } from "node:url";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { functionSeconds } from "../shared/catalogue/queue-limits.ts";
import { serveSlot } from "./slot-loop.ts";

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const { handler } = (await import(pathToFileURL(String(process.argv[2])).href)) as { handler: Handler };

const context = {
  functionName: "worker",
  memoryLimitInMB: "512",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:worker",
  awsRequestId: "bench",
  getRemainingTimeInMillis: () => 1000 * functionSeconds.worker,
} as Context;

serveSlot(async (body) => {
  const record = { messageId: "bench", receiptHandle: "bench", body };
  const attributes = { ApproximateReceiveCount: "1" };
  const event = { Records: [{ ...record, attributes }] } as SQSEvent;
  const { batchItemFailures } = await handler(event, context);
  if (batchItemFailures.length > 0) throw new Error(`not stored: ${body}`);
});
