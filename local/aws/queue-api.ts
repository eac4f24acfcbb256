// The SQS API of the local stack, in the AWS JSON protocol that the SDKs and the `aws` command line speak. Queues come
// from the template, so there is no action that makes or removes one.
import { randomUUID } from "node:crypto";
import { AwsError, type AwsService, accountId, jsonBody } from "./endpoint.ts";
import type { Queue, Queues } from "./queue.ts";
import { attributeNames, encodeAttributes, nameOfArn, unknownAttribute } from "./queue-attributes.ts";
import {
  type Body,
  checkBatch,
  decodeEntry,
  encodeReceived,
  encodeSent,
  integer,
  invalid,
  missing,
} from "./queue-messages.ts";
import { receive } from "./queue-receive.ts";

const visibilitySecondsMax = 43_200;

type Act = (queue: Queue, body: Body) => Body;

/** Actions that also have a batch form, such as SendMessageBatch. */
const single: Record<string, Act> = {
  SendMessage: (queue, body) =>
    encodeSent(queue.send(decodeEntry(body, queue.attributes.MaximumMessageSize))),
  DeleteMessage(queue, body) {
    queue.delete(receiptHandleOf(body));
    return {};
  },
  ChangeMessageVisibility(queue, body) {
    const handle = receiptHandleOf(body);
    const seconds = integer(body, "VisibilityTimeout", 0, visibilitySecondsMax);
    if (seconds === undefined) throw missing("VisibilityTimeout");
    if (queue.changeVisibility(handle, seconds)) return {};
    const reason = "Message does not exist or is not available for visibility timeout change.";
    throw invalid(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`);
  },
};

const ofQueue: Record<string, (queue: Queue, body: Body, gone?: AbortSignal) => Body | Promise<Body>> = {
  ...single,
  ...Object.fromEntries(Object.entries(single).map(([name, act]) => [`${name}Batch`, batched(name, act)])),
  async ReceiveMessage(queue, body, gone) {
    const { ReceiveMessageWaitTimeSeconds } = queue.attributes;
    const received = await receive(queue, {
      max: integer(body, "MaxNumberOfMessages", 1, 10) ?? 1,
      waitSeconds: integer(body, "WaitTimeSeconds", 0, 20) ?? ReceiveMessageWaitTimeSeconds,
      visibilitySeconds: integer(body, "VisibilityTimeout", 0, visibilitySecondsMax),
      signal: gone,
    });
    const messages = received.map((message) => encodeReceived(message, body));
    return messages.length === 0 ? {} : { Messages: messages };
  },
  GetQueueAttributes(queue, { AttributeNames = [] }) {
    const { visible, inFlight, delayed } = queue.counts();
    const all = encodeAttributes({
      ...queue.attributes,
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: visible,
      ApproximateNumberOfMessagesNotVisible: inFlight,
      ApproximateNumberOfMessagesDelayed: delayed,
    });
    const wanted = [AttributeNames].flat().map(String);
    const unknown = wanted.find((name) => ![...Object.keys(all), ...attributeNames, "All"].includes(name));
    if (unknown !== undefined) throw unknownAttribute(unknown);
    const chosen = Object.entries(all).filter(([name]) => wanted.includes("All") || wanted.includes(name));
    return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
  },
  SetQueueAttributes(queue, { Attributes }) {
    queue.setAttributes(encodeAttributes({ ...(Attributes as Body) }));
    return {};
  },
  PurgeQueue(queue) {
    queue.purge();
    return {};
  },
};

export function makeQueueApi(queues: Queues, endpoint: string): AwsService {
  const urlOf = (name: string) => `${endpoint}/${accountId}/${name}`;

  function queueNamed(name: unknown): Queue {
    const queue = queues.get(String(name));
    if (queue !== undefined) return queue;
    throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
  }

  const ofStack: Record<string, (body: Body) => Body> = {
    ListQueues({ QueueNamePrefix = "" }) {
      const names = [...queues.keys()].filter((name) => name.startsWith(String(QueueNamePrefix)));
      return names.length === 0 ? {} : { QueueUrls: names.sort().map(urlOf) };
    },
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: urlOf(nameOfArn(queueNamed(QueueName).arn)) }),
    // The runbook sends dead letters back with it. The move is complete when the call returns, so there is no task to
    // list or cancel.
    StartMessageMoveTask({ SourceArn, ...others }) {
      const source = queueNamed(nameOfArn(String(SourceArn)));
      const targetOf = ({ attributes }: Queue) => attributes.RedrivePolicy?.deadLetterTargetArn;
      const origin = [...queues.values()].find((queue) => targetOf(queue) === source.arn);
      if (origin === undefined) throw invalid("Source queue must be configured as a Dead Letter Queue.");
      const [other] = Object.keys(others);
      if (other !== undefined) throw new AwsError("UnsupportedOperation", `${other} is not supported here.`);
      for (let left = source.counts().visible; left > 0; left -= 1) {
        const [message] = source.take(1);
        if (message === undefined) break;
        const back = queues.get(nameOfArn(message.deadLetterSourceArn ?? "")) ?? origin;
        back.send(message); // as a new message: new id, new time, no receives
        source.delete(message.receiptHandle);
      }
      return { TaskHandle: randomUUID() };
    },
  };

  async function act(action: string, body: Body, gone?: AbortSignal): Promise<Body> {
    const onStack = Object.hasOwn(ofStack, action) ? ofStack[action] : undefined;
    if (onStack !== undefined) return onStack(body);
    const onQueue = Object.hasOwn(ofQueue, action) ? ofQueue[action] : undefined;
    if (onQueue === undefined) {
      const message = `The local stack does not support AmazonSQS.${action}.`;
      throw new AwsError("UnknownOperationException", message, { status: 404 });
    }
    if (typeof body.QueueUrl !== "string") throw missing("QueueUrl");
    return onQueue(queueNamed(body.QueueUrl.split("/").at(-1)), body, gone);
  }

  return {
    name: "sqs",
    accepts: ({ headers }) => String(headers["x-amz-target"]).startsWith("AmazonSQS."),
    async handle(request) {
      const action = String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
      const headers = { "content-type": "application/x-amz-json-1.0" };
      try {
        const answer = await act(action, jsonBody(request), request.gone);
        return { status: 200, headers, body: JSON.stringify(answer) };
      } catch (error) {
        throw error instanceof AwsError ? inSqsShape(error) : error;
      }
    },
  };
}

/** An error in the request fails all entries; an error in one entry fails only that one. */
function batched(action: string, act: Act): Act {
  return (queue, { Entries }) => {
    const entries = (Array.isArray(Entries) ? Entries : []) as Body[];
    checkBatch(entries, action);
    const Successful: Body[] = [];
    const Failed: Body[] = [];
    for (const entry of entries) {
      try {
        Successful.push({ Id: entry.Id, ...act(queue, entry) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
      }
    }
    return { ...(Successful.length > 0 ? { Successful } : {}), ...(Failed.length > 0 ? { Failed } : {}) };
  };
}

function receiptHandleOf({ ReceiptHandle }: Body): string {
  if (ReceiptHandle === undefined) throw missing("ReceiptHandle");
  const handle = String(ReceiptHandle);
  if (/^[0-9a-f-]{36}\.\d+$/.test(handle)) return handle;
  const message = `The input receipt handle "${handle}" is not a valid receipt handle.`;
  throw new AwsError("ReceiptHandleIsInvalid", message, { status: 404 });
}

/** SDKs prefer the error codes of SQS's old protocol, which come in a header. */
function inSqsShape({ code, message, status }: AwsError): AwsError {
  const old = code === "QueueDoesNotExist" ? "NonExistentQueue" : code;
  const prefix = /NonExistentQueue|Batch|UnsupportedOperation/.test(old) ? "AWS.SimpleQueueService." : "";
  const headers = { "x-amzn-query-error": `${prefix}${old};Sender` };
  return new AwsError(code, message, { status, headers, fields: { __type: `com.amazonaws.sqs#${code}` } });
}
