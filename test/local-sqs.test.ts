// Where fauxqs and SQS differ, the local stack answers as SQS does.
import {
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "vitest";
import { aQueue, getAtt } from "./support/assembly.ts";
import { cleanUpAll, start } from "./support/local-stack.ts";

afterEach(cleanUpAll);

test("SQS takes what AWS takes and refuses what it refuses", async () => {
  const { stack, client } = await start({ resources: { Work: aQueue({ DelaySeconds: 0 }) } });
  const sqs = new SQSClient(client);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: stack.queueName("Work") }));
  expect(QueueUrl).toBe(`${stack.sqsEndpoint}/000000000000/test-Work`);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "涨停 🚀", MessageGroupId: "daily" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", DelaySeconds: 900 }));
  expect(stack.queues.counts("test-Work")).toEqual({ visible: 1, inFlight: 0, delayed: 1 });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["MessageGroupId"] }),
  );
  expect(Messages).toMatchObject([{ Body: "涨停 🚀", Attributes: { MessageGroupId: "daily" } }]);

  const send = (count: number, body: string) => {
    const Entries = Array.from({ length: count }, (_, index) => ({ Id: `m${index}`, MessageBody: body }));
    return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  const oversize = await send(1, "x".repeat(1_048_577));
  expect(oversize.Failed).toMatchObject([{ Code: "InvalidParameterValue", SenderFault: true }]);
  await expect(send(2, "x".repeat(600_000))).rejects.toMatchObject({
    name: "BatchRequestTooLong",
  });
  await expect(send(20, "x")).rejects.toMatchObject({ message: /You have sent 20/ });
  await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "" }))).rejects.toMatchObject({
    name: "MissingParameter",
  });
  const change = (ReceiptHandle: string) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  await change(Messages[0]?.ReceiptHandle ?? "");
  await change(Messages[0]?.ReceiptHandle ?? ""); // visible again already: AWS answers 200
  await expect(change("forged")).rejects.toMatchObject({ name: "ReceiptHandleIsInvalid" });
  const missing = sqs.send(new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}-other` }));
  await expect(missing).rejects.toMatchObject({ name: "QueueDoesNotExist" });
});

test("dead letters move back to the queue they came from", async () => {
  const { stack, client } = await start({
    resources: {
      Work: aQueue({ RedrivePolicy: { deadLetterTargetArn: getAtt("Dead"), maxReceiveCount: 1 } }),
      Dead: aQueue(),
    },
  });
  const sqs = new SQSClient(client);
  const QueueUrl = `${stack.sqsEndpoint}/000000000000/test-Work`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
  for (let receive = 0; receive < 2; receive += 1)
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  expect([stack.queues.counts("test-Work").visible, stack.queues.counts("test-Dead").visible]).toEqual([
    0, 1,
  ]);
  const SourceArn = "arn:aws:sqs:us-east-1:000000000000:test-Dead";
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
  expect(Results).toMatchObject([
    { Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 },
  ]);
  expect([stack.queues.counts("test-Work").visible, stack.queues.counts("test-Dead").visible]).toEqual([
    1, 0,
  ]);
  const wrong = sqs.send(new StartMessageMoveTaskCommand({ SourceArn: SourceArn.replace("Dead", "Work") }));
  await expect(wrong).rejects.toThrow("Source queue must be configured as a Dead Letter Queue.");
});
