// SQS's dead-letter redrive (StartMessageMoveTask and its companions), which fauxqs does not have.
import { randomUUID } from "node:crypto";
import { type SqsQueue, SqsStore } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";
import { AwsError } from "./endpoint.ts";
import type { QueuedMessage } from "./queue-messages.ts";

type Body = Record<string, unknown>;

type MoveTask = {
  handle: string;
  sourceArn: string;
  destinationArn?: string;
  perSecond?: number;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  moved: number;
  toMove: number;
  startedAt: number;
};

/** Also AWS's own ceiling a second (developer guide, dead-letter queue redrive). */
const movesPerSecondMax = 500;
const tasksKept = 10;

export function makeMoveTasks(store: SqsStore) {
  const tasks: MoveTask[] = [];
  const timers = new Set<NodeJS.Timeout>();

  const sourcesOf = (deadLetterArn: string): SqsQueue[] =>
    store.listQueues().queues.filter(({ attributes }) => {
      const policy = JSON.parse(attributes.RedrivePolicy ?? "{}") as { deadLetterTargetArn?: string };
      return policy.deadLetterTargetArn === deadLetterArn;
    });

  /** Moves up to `count` visible messages; false when the source holds no more of them. */
  function move(task: MoveTask, source: SqsQueue, count: number): boolean {
    source.processTimers();
    for (let index = 0; index < count; index += 1) {
      const message: QueuedMessage | undefined = source.messages.shift();
      if (message === undefined) return false;
      const back = task.destinationArn ?? message.deadLetterSourceArn ?? sourcesOf(source.arn)[0]?.arn ?? "";
      const destination = store.getQueueByArn(back);
      if (destination === undefined) {
        source.messages.unshift(message);
        task.status = "FAILED";
        return false;
      }
      // A moved message is a new one: new id, new time, nothing received yet.
      const { body, messageAttributes, messageGroupId, messageDeduplicationId } = message;
      destination.enqueue(
        SqsStore.createMessage(body, messageAttributes, undefined, messageGroupId, messageDeduplicationId),
      );
      task.moved += 1;
    }
    return source.messages.length > 0;
  }

  function run(task: MoveTask, source: SqsQueue): void {
    if (task.status !== "RUNNING") return;
    if (!move(task, source, task.perSecond ?? movesPerSecondMax)) {
      if (task.status === "RUNNING") task.status = "COMPLETED";
      return;
    }
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        run(task, source);
      },
      task.perSecond === undefined ? 0 : 1000,
    );
    timers.add(timer);
  }

  return {
    sourcesOf,

    start(body: Body): unknown {
      const source = queueByArn("SourceArn", body.SourceArn);
      if (sourcesOf(source.arn).length === 0) {
        throw new AwsError(
          "InvalidParameterValue",
          "Source queue must be configured as a Dead Letter Queue.",
        );
      }
      const destination =
        body.DestinationArn === undefined ? undefined : queueByArn("DestinationArn", body.DestinationArn);
      if (tasks.some(({ sourceArn, status }) => sourceArn === source.arn && status === "RUNNING")) {
        const message =
          "There is already a task running. Only one active task is allowed for a source queue arn at a given time.";
        throw new AwsError("UnsupportedOperation", message);
      }
      const perSecond = body.MaxNumberOfMessagesPerSecond;
      if (perSecond !== undefined && !(Number(perSecond) >= 1 && Number(perSecond) <= movesPerSecondMax)) {
        const message = `Value ${perSecond} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and ${movesPerSecondMax}, if provided.`;
        throw new AwsError("InvalidParameterValue", message);
      }
      source.processTimers();
      const task: MoveTask = {
        handle: randomUUID(),
        sourceArn: source.arn,
        ...(destination === undefined ? {} : { destinationArn: destination.arn }),
        ...(perSecond === undefined ? {} : { perSecond: Number(perSecond) }),
        status: "RUNNING",
        moved: 0,
        toMove: source.messages.length,
        startedAt: Date.now(),
      };
      tasks.unshift(task);
      run(task, source);
      return { TaskHandle: task.handle };
    },

    list(body: Body): unknown {
      const { arn } = queueByArn("SourceArn", body.SourceArn);
      const max = Math.min(Number(body.MaxResults ?? 1), tasksKept);
      return {
        Results: tasks
          .filter(({ sourceArn }) => sourceArn === arn)
          .slice(0, max)
          .map(encodeTask),
      };
    },

    cancel(body: Body): unknown {
      const task = tasks.find(({ handle, status }) => handle === body.TaskHandle && status === "RUNNING");
      if (task === undefined) {
        throw new AwsError("ResourceNotFoundException", "Task does not exist.", { status: 404 });
      }
      task.status = "CANCELLED";
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },

    close(): void {
      for (const timer of timers) clearTimeout(timer);
    },
  };

  function queueByArn(parameter: string, arn: unknown): SqsQueue {
    const queue = store.getQueueByArn(String(arn));
    if (queue !== undefined) return queue;
    const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
    throw new AwsError("ResourceNotFoundException", message, { status: 404 });
  }
}

function encodeTask(task: MoveTask): unknown {
  return {
    ...(task.status === "RUNNING" ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    StartedTimestamp: task.startedAt,
  };
}
