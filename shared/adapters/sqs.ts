// The work queue on SQS. The only place that reads its errors.
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { quickService } from "../catalogue/request-limits.ts";
import { SyncError } from "../errors.ts";
import type { WorkQueue } from "../ports.ts";
import { encodeUnit } from "../unit.ts";
import { say } from "../words/say.ts";

/** Entries of one SendMessageBatch. Together they may have 1 MiB; ten units have a few kilobytes. */
const entriesMax = 10;

/** Tries of a batch that SQS accepted only in part. */
const triesMax = 4;

const countAttributes: QueueAttributeName[] = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
];

export function makeSqsQueue(options: { queueUrl: string }): WorkQueue {
  const client = new SQSClient({ ...quickService, useQueueUrlAsEndpoint: false });
  const { queueUrl } = options;

  /** SQS may answer 200 with some entries refused; only those are sent again. */
  async function sendBatch(entries: SendMessageBatchRequestEntry[]): Promise<void> {
    let left = entries;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const { Failed: failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left }),
      );
      left = left.filter(({ Id }) => failed.some((entry) => entry.Id === Id));
      if (left.length === 0) return;
    }
    throw new SyncError("transient", say("queueRefused", { left: left.length, all: entries.length }));
  }

  return {
    async send(units, delaySeconds = 0) {
      const batches: SendMessageBatchRequestEntry[][] = [];
      for (let at = 0; at < units.length; at += entriesMax) {
        batches.push(
          units.slice(at, at + entriesMax).map((unit, index) => ({
            Id: String(index),
            MessageBody: encodeUnit(unit),
            // On a standard queue a group only prevents the backlog of one job from delaying units of another.
            MessageGroupId: unit.job_type,
            ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
          })),
        );
      }
      await Promise.all(batches.map(sendBatch));
    },
    async returnAfter(receiptHandle, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
    async count() {
      const { Attributes: counts = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: countAttributes }),
      );
      return countAttributes.reduce((sum, name) => sum + Number(counts[name] ?? 0), 0);
    },
  };
}
