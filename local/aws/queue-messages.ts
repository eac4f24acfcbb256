// The format of SQS messages: checks and reads the entries of a request, and writes a received message.
import { createHash } from "node:crypto";
import { queueDelaySecondsMax } from "../../shared/catalogue/queue-limits.ts";
import { AwsError, accountId } from "./endpoint.ts";
import type { Message, MessageAttribute, Outgoing } from "./queue.ts";
import { encodeAttributes, messageBytesMax } from "./queue-attributes.ts";

export type Body = Record<string, unknown>;
type Attributes = Record<string, MessageAttribute>;

const batchEntriesMax = 10;
/** XML 1.0 characters. */
const invalidCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export function decodeEntry(entry: Body, bytesMax: number): Outgoing {
  const { MessageBody: body, MessageGroupId: groupId } = entry;
  if (typeof body !== "string" || body === "") throw missing("MessageBody");
  if (invalidCharacter.test(body)) {
    const allowed = "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
    const message = `Invalid binary character was found in the message body, the set of allowed characters is ${allowed}`;
    throw new AwsError("InvalidMessageContents", message);
  }
  if (entryBytes(entry) > bytesMax) {
    const reason = `Message must be shorter than ${bytesMax} bytes.`;
    throw invalid(`One or more parameters are invalid. Reason: ${reason}`);
  }
  return {
    body,
    attributes: attributesOf(entry),
    groupId: groupId === undefined ? undefined : String(groupId),
    delaySeconds: integer(entry, "DelaySeconds", 0, queueDelaySecondsMax),
  };
}

/** @throws AwsError when the request is wrong as a whole. */
export function checkBatch(entries: readonly Body[], action: string): void {
  const refuse = (code: string, message: string) => new AwsError(code, message);
  if (entries.length === 0) {
    throw refuse(
      "EmptyBatchRequest",
      `There should be at least one ${action}BatchRequestEntry in the request.`,
    );
  }
  if (entries.length > batchEntriesMax) {
    const message = `Maximum number of entries per request are ${batchEntriesMax}. You have sent ${entries.length}.`;
    throw refuse("TooManyEntriesInBatchRequest", message);
  }
  const ids = entries.map(({ Id }) => String(Id));
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id))) {
    const rule = "can only contain alphanumeric characters, hyphens and underscores, at most 80 of them";
    throw refuse("InvalidBatchEntryId", `A batch entry id ${rule}.`);
  }
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin !== undefined) throw refuse("BatchEntryIdsNotDistinct", `Id ${twin} repeated.`);
  // One entry over the limit fails alone; a batch whose total is over the limit fails as a whole.
  const bytes = entries.map(entryBytes);
  const total = bytes.reduce((sum, more) => sum + more, 0);
  if (total > messageBytesMax && Math.max(...bytes) <= messageBytesMax) {
    const message = `Batch requests cannot be longer than ${messageBytesMax} bytes. You have sent ${total} bytes.`;
    throw refuse("BatchRequestTooLong", message);
  }
}

function entryBytes(entry: Body): number {
  const attributes = Object.entries(attributesOf(entry)).map(
    ([name, attribute]) => Buffer.byteLength(name + attribute.DataType) + valueBytes(attribute).length,
  );
  return attributes.reduce((sum, more) => sum + more, Buffer.byteLength(String(entry.MessageBody ?? "")));
}

function attributesOf({ MessageAttributes }: Body): Attributes {
  const attributes = (MessageAttributes ?? {}) as Attributes;
  for (const [name, { DataType }] of Object.entries(attributes)) {
    if (/^(String|Number|Binary)(\.|$)/.test(DataType)) continue;
    throw invalid(
      `The type of message attribute '${name}' is invalid. It must start with String, Number or Binary.`,
    );
  }
  return attributes;
}

function valueBytes({ DataType, StringValue = "", BinaryValue = "" }: MessageAttribute): Buffer {
  return DataType.startsWith("Binary") ? Buffer.from(BinaryValue, "base64") : Buffer.from(StringValue);
}

export function encodeSent({ messageId, body, attributes }: Message): Body {
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(body),
    ...digest("MD5OfMessageAttributes", attributes),
  };
}

export function encodeReceived(message: Message, request: Body): Body {
  const wanted = [request.AttributeNames, request.MessageSystemAttributeNames].flat().map(String);
  const system = pick(systemAttributes(message), (name) => wanted.includes("All") || wanted.includes(name));
  const patterns = [request.MessageAttributeNames].flat().map(String);
  const attributes = pick(message.attributes ?? {}, (name) =>
    patterns.some((pattern) => {
      if (pattern.endsWith(".*")) return name.startsWith(pattern.slice(0, -2));
      return pattern === "All" || pattern === name;
    }),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system && { Attributes: system }),
    ...(attributes && { MessageAttributes: attributes }),
    ...digest("MD5OfMessageAttributes", attributes),
  };
}

/** The entries with a requested name; undefined when there is none. */
function pick<T>(
  record: Record<string, T>,
  isWanted: (name: string) => boolean,
): Record<string, T> | undefined {
  const chosen = Object.entries(record).filter(([name]) => isWanted(name));
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
}

/** The system attributes of a received message, all as text, as SQS returns them. */
export function systemAttributes(message: Message): Record<string, string> {
  return encodeAttributes({
    ApproximateReceiveCount: message.receives,
    SentTimestamp: message.sentAt,
    SenderId: accountId,
    ApproximateFirstReceiveTimestamp: message.firstReceivedAt,
    MessageGroupId: message.groupId,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  });
}

export function md5(data: string | Buffer): string {
  return createHash("md5").update(data).digest("hex");
}

/**
 * The MD5 of the attributes, as a field with that name; no field without attributes (developer guide, message
 * metadata).
 */
export function digest(name: string, attributes: Attributes = {}): Record<string, string> {
  const parts: Buffer[] = [];
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  };
  for (const key of Object.keys(attributes).sort()) {
    const attribute = attributes[key] ?? { DataType: "" };
    add(Buffer.from(key));
    add(Buffer.from(attribute.DataType));
    parts.push(Buffer.of(attribute.DataType.startsWith("Binary") ? 2 : 1));
    add(valueBytes(attribute));
  }
  return parts.length === 0 ? {} : { [name]: md5(Buffer.concat(parts)) };
}

/** An integer parameter, checked against its range; undefined when absent. */
export function integer(body: Body, name: string, min: number, max: number): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  const reason = `Must be between ${min} and ${max}, if provided.`;
  throw invalid(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

export function missing(parameter: string): AwsError {
  return new AwsError("MissingParameter", `The request must contain the parameter ${parameter}.`);
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
