// The attributes of a queue: their names, ranges and default values (API reference, SetQueueAttributes).
import * as z from "zod";
import { queueDelaySecondsMax } from "../../shared/catalogue/queue-limits.ts";
import { AwsError } from "./endpoint.ts";

/** Body and attributes together, and all entries of a batch together (SQS developer guide, message quotas). */
export const messageBytesMax = 1_048_576;

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: whole(1, 1000) });

const schema = z.strictObject({
  VisibilityTimeout: whole(0, 43_200).default(30),
  DelaySeconds: whole(0, queueDelaySecondsMax).default(0),
  MaximumMessageSize: whole(1024, messageBytesMax).default(messageBytesMax),
  MessageRetentionPeriod: whole(60, 1_209_600).default(345_600),
  ReceiveMessageWaitTimeSeconds: whole(0, 20).default(0),
  /** An empty text removes the policy. */
  RedrivePolicy: z.preprocess(parseJson, redrivePolicy.optional()),
  FifoQueue: z.literal("false", "the local stack has standard queues only, not FIFO").optional(),
  // Stored and returned, but without effect here.
  RedriveAllowPolicy: z.string().optional(),
  SqsManagedSseEnabled: z.string().default("true"),
  KmsMasterKeyId: z.string().optional(),
});

export type QueueAttributes = z.infer<typeof schema>;

export const attributeNames = Object.keys(schema.shape);

/** @throws AwsError for an unknown attribute or an invalid value */
export function decodeAttributes(texts: Record<string, string>): QueueAttributes {
  const { data, error } = schema.safeParse(texts);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  if (issue?.code === "unrecognized_keys") throw unknownAttribute(String(issue.keys));
  const message = `Invalid value for the parameter ${issue?.path.join(".")}: ${issue?.message}.`;
  throw new AwsError("InvalidAttributeValue", message);
}

/** All values are text in SQS. */
export function encodeAttributes(attributes: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, text(value)]));
}

export function unknownAttribute(name: string): AwsError {
  return new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
}

export function nameOfArn(arn: string): string {
  return arn.split(":").at(-1) ?? "";
}

function parseJson(text: unknown): unknown {
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    return text; // the schema refuses it
  }
}
