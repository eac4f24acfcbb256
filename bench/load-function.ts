// A process of load.ts that is one execution environment of a deployed function. Arguments: the bundle, the function's
// timeout in seconds, and for a worker the address of its queue: it takes its messages from there, as the event source
// does on AWS. The dispatcher gets its commands from the parent.
import { pathToFileURL } from "node:url";
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse } from "aws-lambda";
import { reportMemory, type ToChild, tell } from "./load-process.ts";

const [bundle = "", seconds = "", queueUrl] = process.argv.slice(2);
const { handler } = (await import(pathToFileURL(bundle).href)) as {
  handler: (event: unknown, context: Context) => Promise<unknown>;
};
let isStopping = false;

reportMemory();
process.on("message", async (message: ToChild) => {
  if (message.is === "stop") isStopping = true;
  else tell({ is: "answer", answer: await invoke(message.event) });
});
tell({ is: "ready" });
if (queueUrl !== undefined) tell({ is: "stopped", deliveries: await work(queueUrl) });

async function invoke(event: unknown): Promise<unknown> {
  const endsAt = Date.now() + 1000 * Number(seconds);
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:bench",
    awsRequestId: "bench",
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  } as Context;
  return await handler(event, context);
}

/** Receives ten messages at a time and gives the function one after the other, until it is told to stop. */
async function work(url: string): Promise<number> {
  const sqs = new SQSClient();
  let deliveries = 0;
  while (!isStopping) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ["All"],
      }),
    );
    deliveries += messages.length;
    const done: Message[] = [];
    for (const message of messages) if (await isSettled(message)) done.push(message);
    if (done.length === 0) continue;
    const Entries = done.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  }
  return deliveries;
}

async function isSettled(message: Message): Promise<boolean> {
  const { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body, Attributes: attributes } = message;
  const answer = await invoke({ Records: [{ messageId, receiptHandle, body, attributes }] });
  return (answer as SQSBatchResponse).batchItemFailures.length === 0;
}
