// SQS messages at the edge: a send request checked and turned into a stored message, a stored message turned into
// what a receive answers. Here because fauxqs refuses characters and drops attributes that SQS takes.
import { md5OfMessageAttributes } from "../../node_modules/fauxqs/dist/common/md5.js";
import { type SqsQueue, SqsStore } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";
import type { MessageAttributeValue, SqsMessage } from "../../node_modules/fauxqs/dist/sqs/sqsTypes.js";
import { AwsError, accountId } from "./endpoint.ts";

/** A message as fauxqs keeps it, with what it drops: two attributes, and the receives from the queue it came from. */
export type QueuedMessage = SqsMessage & {
  traceHeader?: string;
  deadLetterSourceArn?: string;
  earlierReceives?: number;
};

export type Outgoing = {
  body: string;
  attributes?: Record<string, MessageAttributeValue>;
  groupId?: string;
  deduplicationId?: string;
  delaySeconds?: number;
  traceHeader?: string;
};

/** Body and attributes together, and all entries of a batch together (SQS developer guide, message quotas). */
const messageBytesMax = 1_048_576;
const batchEntriesMax = 10;
/** XML 1.0 characters, the ones above the basic plane included, which fauxqs's own check refuses. */
const invalidCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export function enqueue(queue: SqsQueue, outgoing: Outgoing): SqsMessage {
  const { body, attributes = {}, groupId, deduplicationId, traceHeader } = outgoing;
  const delaySeconds = outgoing.delaySeconds ?? Number(queue.attributes.DelaySeconds);
  const message: QueuedMessage = SqsStore.createMessage(
    body,
    attributes,
    delaySeconds,
    groupId,
    deduplicationId,
  );
  if (traceHeader !== undefined) message.traceHeader = traceHeader;
  if (queue.isFifo()) {
    if (groupId === undefined) throw missing("MessageGroupId");
    const id = deduplicationId ?? SqsStore.contentBasedDeduplicationId(body);
    const earlier = queue.checkDeduplication(id);
    if (earlier.isDuplicate && earlier.originalMessageId !== undefined) {
      return { ...message, messageId: earlier.originalMessageId };
    }
    message.sequenceNumber = queue.nextSequenceNumber();
    queue.recordDeduplication(id, message.messageId, message.sequenceNumber);
  }
  queue.enqueue(message);
  return message;
}

export function sendOne(queue: SqsQueue, entry: Record<string, unknown>): Record<string, unknown> {
  const body = entry.MessageBody;
  if (typeof body !== "string" || body === "") throw missing("MessageBody");
  if (invalidCharacter.test(body)) {
    const allowed = "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
    throw new AwsError(
      "InvalidMessageContents",
      `Invalid binary character was found in the message body, the set of allowed characters is ${allowed}`,
    );
  }
  const bytesMax = Math.min(Number(queue.attributes.MaximumMessageSize), messageBytesMax);
  if (messageBytes(entry) > bytesMax) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`,
    );
  }
  const attributes = (entry.MessageAttributes ?? {}) as Record<string, MessageAttributeValue>;
  const system = entry.MessageSystemAttributes as Record<string, { StringValue?: string }> | undefined;
  const delaySeconds = integer(entry, "DelaySeconds", 0, 900);
  const message = enqueue(queue, {
    body,
    attributes,
    ...(delaySeconds === undefined ? {} : { delaySeconds }),
    ...(typeof entry.MessageGroupId === "string" ? { groupId: entry.MessageGroupId } : {}),
    ...(typeof entry.MessageDeduplicationId === "string"
      ? { deduplicationId: entry.MessageDeduplicationId }
      : {}),
    ...(system?.AWSTraceHeader?.StringValue === undefined
      ? {}
      : { traceHeader: system.AWSTraceHeader.StringValue }),
  });
  return {
    MessageId: message.messageId,
    MD5OfMessageBody: message.md5OfBody,
    ...(Object.keys(attributes).length > 0
      ? { MD5OfMessageAttributes: md5OfMessageAttributes(attributes) }
      : {}),
    ...(message.sequenceNumber === undefined ? {} : { SequenceNumber: message.sequenceNumber }),
  };
}

export function sendBatch(queue: SqsQueue, body: Record<string, unknown>): Record<string, unknown> {
  const entries = (Array.isArray(body.Entries) ? body.Entries : []) as Record<string, unknown>[];
  if (entries.length === 0) {
    throw new AwsError(
      "EmptyBatchRequest",
      "There should be at least one SendMessageBatchRequestEntry in the request.",
    );
  }
  if (entries.length > batchEntriesMax) {
    const message = `Maximum number of entries per request are ${batchEntriesMax}. You have sent ${entries.length}.`;
    throw new AwsError("TooManyEntriesInBatchRequest", message);
  }
  const ids = entries.map(({ Id }) => String(Id));
  const badId = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (badId !== undefined) {
    const rule =
      "can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
    throw new AwsError("InvalidBatchEntryId", `A batch entry id ${rule}`);
  }
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin !== undefined) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${twin} repeated.`);
  // One entry that is too long fails alone; entries that are each short enough but not together fail the request.
  const bytes = entries.map(messageBytes);
  const total = bytes.reduce((sum, entryBytes) => sum + entryBytes, 0);
  if (total > messageBytesMax && bytes.every((entryBytes) => entryBytes <= messageBytesMax)) {
    const message = `Batch requests cannot be longer than ${messageBytesMax} bytes. You have sent ${total} bytes.`;
    throw new AwsError("BatchRequestTooLong", message);
  }
  const Successful: Record<string, unknown>[] = [];
  const Failed: Record<string, unknown>[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...sendOne(queue, entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { ...(Successful.length > 0 ? { Successful } : {}), ...(Failed.length > 0 ? { Failed } : {}) };
}

function messageBytes({ MessageBody, MessageAttributes }: Record<string, unknown>): number {
  let bytes = Buffer.byteLength(String(MessageBody ?? ""));
  const attributes = (MessageAttributes ?? {}) as Record<string, MessageAttributeValue>;
  for (const [name, { DataType, StringValue = "", BinaryValue = "" }] of Object.entries(attributes)) {
    bytes +=
      Buffer.byteLength(name + DataType + StringValue) + Buffer.from(String(BinaryValue), "base64").length;
  }
  return bytes;
}

type Received = ReturnType<SqsQueue["dequeue"]>[number];

export function encodeReceived(
  queue: SqsQueue,
  taken: Received,
  request: Record<string, unknown>,
): Record<string, unknown> {
  const wanted = [request.AttributeNames, request.MessageSystemAttributeNames].flat().map(String);
  const all = systemAttributes(queue.inflightMessages.get(taken.ReceiptHandle)?.message);
  const system = Object.entries(all).filter(([name]) => wanted.includes("All") || wanted.includes(name));
  const patterns = [request.MessageAttributeNames].flat().map(String);
  const attributes = Object.fromEntries(
    Object.entries(taken.MessageAttributes ?? {}).filter(([name]) =>
      patterns.some(
        (pattern) =>
          pattern === "All" ||
          pattern === name ||
          (pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -2))),
      ),
    ),
  );
  return {
    MessageId: taken.MessageId,
    ReceiptHandle: taken.ReceiptHandle,
    MD5OfBody: taken.MD5OfBody,
    Body: taken.Body,
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(Object.keys(attributes).length > 0
      ? { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfMessageAttributes(attributes) }
      : {}),
  };
}

/** The system attributes of a message in hand, all as text, as SQS gives them. */
export function systemAttributes(message: QueuedMessage | undefined): Record<string, string> {
  if (message === undefined) return {};
  const attributes: Record<string, string | number | undefined> = {
    ApproximateReceiveCount: (message.earlierReceives ?? 0) + message.approximateReceiveCount,
    SentTimestamp: message.sentTimestamp,
    SenderId: accountId,
    ApproximateFirstReceiveTimestamp: message.approximateFirstReceiveTimestamp,
    MessageGroupId: message.messageGroupId,
    MessageDeduplicationId: message.messageDeduplicationId,
    SequenceNumber: message.sequenceNumber,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** A whole number of the request in its range; undefined when it is not there. */
export function integer(
  body: Record<string, unknown>,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw invalid(
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${min} and ${max}, if provided.`,
    );
  }
  return number;
}

export function missing(parameter: string): AwsError {
  return new AwsError("MissingParameter", `The request must contain the parameter ${parameter}.`);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
