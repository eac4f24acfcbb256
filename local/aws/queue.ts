// The state of one standard SQS queue: its messages, which are hidden and until when, which is next. Pure: time comes
// from the clock it is given. queue-receive.ts waits for messages, queue-api.ts speaks the protocol.
import { randomUUID } from "node:crypto";
import { decodeAttributes, encodeAttributes, nameOfArn, type QueueAttributes } from "./queue-attributes.ts";
import { makeFairLine } from "./queue-fairness.ts";

export type MessageAttribute = { DataType: string; StringValue?: string; BinaryValue?: string };

/** The fields that a sender sets. */
export type Outgoing = {
  body: string;
  attributes?: Record<string, MessageAttribute> | undefined;
  groupId?: string | undefined;
  delaySeconds?: number | undefined;
};

/** A message as it was when it was sent or received; times are in milliseconds since the epoch. */
export type Message = Readonly<
  Omit<Outgoing, "delaySeconds"> & {
    messageId: string;
    /** First enqueue: a move to a dead-letter queue does not change it. */
    sentAt: number;
    /** Counted over all queues. */
    receives: number;
    firstReceivedAt?: number | undefined;
    /** Handle of the latest receive, the only one that can still delete the message; empty before the first. */
    receiptHandle: string;
    deadLetterSourceArn?: string;
  }
>;

/** The queues of a stack, by name. */
export type Queues = Map<string, Queue>;

export type QueueCounts = { visible: number; inFlight: number; delayed: number };

type Stored = {
  message: Message;
  state: keyof QueueCounts;
  /** When it becomes visible; infinity when it already is. */
  visibleAt: number;
  receivesHere: number;
  /** Group that its processing time counts for. */
  group: string;
};

export class Queue {
  readonly arn: string;
  attributes: QueueAttributes;
  /** Called when a message may be available now, or earlier than the previous `nextChangeAt`. */
  readonly watchers = new Set<() => void>();
  /** When the next message becomes visible or expires. */
  nextChangeAt = Number.POSITIVE_INFINITY;
  readonly #queues: Queues;
  readonly #now: () => number;
  readonly #messages = new Map<string, Stored>();
  readonly #line;

  /** @param queues all queues, to find its dead-letter queue */
  constructor(arn: string, attributes: Record<string, string>, queues: Queues, now: () => number = Date.now) {
    this.arn = arn;
    this.#queues = queues;
    this.#now = now;
    this.#line = makeFairLine<Stored>(now);
    this.attributes = decodeAttributes(attributes);
  }

  /** @throws AwsError for an unknown attribute or an invalid value */
  setAttributes(changed: Record<string, string>): void {
    this.attributes = decodeAttributes({ ...encodeAttributes(this.attributes), ...changed });
    this.nextChangeAt = 0; // messages may have expired by the new retention
  }

  send(outgoing: Outgoing): Message {
    const { body, attributes, groupId, delaySeconds = this.attributes.DelaySeconds } = outgoing;
    const fresh = { messageId: randomUUID(), sentAt: this.#now(), receives: 0, receiptHandle: "" };
    return this.#accept({ body, attributes, groupId, ...fresh }, delaySeconds);
  }

  /** Receives up to `max` visible messages: they are in flight from now on. */
  take(max: number, visibilitySeconds = this.attributes.VisibilityTimeout): Message[] {
    this.#settle();
    const { deadLetterTargetArn = "", maxReceiveCount = 0 } = this.attributes.RedrivePolicy ?? {};
    const deadLetters = this.#queues.get(nameOfArn(deadLetterTargetArn));
    const taken: Message[] = [];
    while (taken.length < max) {
      const stored = this.#line.next();
      if (stored === undefined) break;
      if (deadLetters === undefined || stored.receivesHere < maxReceiveCount) {
        taken.push(this.#receive(stored, visibilitySeconds));
      } else {
        // Its receive count continues in the dead-letter queue, but not for that queue's own limit.
        this.#remove(stored);
        const moved = { ...stored.message, firstReceivedAt: undefined, deadLetterSourceArn: this.arn };
        deadLetters.#accept(moved, 0);
      }
    }
    if (taken.length > 0) this.#changed();
    return taken;
  }

  /** Deletes the message unless it was received again since. As on AWS, the caller sees no difference. */
  delete(receiptHandle: string): void {
    const stored = this.#messages.get(receiptHandle.split(".")[0] ?? "");
    if (stored?.message.receiptHandle === receiptHandle) this.#remove(stored);
  }

  /**
   * False when the message is gone. One that is visible again, or received again by another consumer, is not changed.
   */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    this.#settle();
    const stored = this.#messages.get(receiptHandle.split(".")[0] ?? "");
    if (stored?.message.receiptHandle === receiptHandle && stored.state === "inFlight") {
      if (seconds === 0) this.#show(stored);
      else this.#hide(stored, "inFlight", seconds);
      this.#changed();
    }
    return stored !== undefined;
  }

  purge(): void {
    for (const stored of this.#messages.values()) this.#remove(stored);
  }

  counts(): QueueCounts {
    this.#settle();
    const counts = { visible: 0, inFlight: 0, delayed: 0 };
    for (const { state } of this.#messages.values()) counts[state] += 1;
    return counts;
  }

  /**
   * Brings the queue up to date: removes expired messages, and makes those visible whose delay or visibility timeout is
   * over.
   */
  #settle(): void {
    const now = this.#now();
    if (now < this.nextChangeAt) return;
    this.nextChangeAt = Number.POSITIVE_INFINITY;
    const due: Stored[] = [];
    for (const stored of this.#messages.values()) {
      const expiresAt = this.#expiresAt(stored.message);
      if (expiresAt <= now) this.#remove(stored);
      else if (stored.visibleAt <= now) due.push(stored);
      if (expiresAt > now) this.#changesAt(expiresAt);
      if (stored.visibleAt > now) this.#changesAt(stored.visibleAt);
    }
    for (const stored of due.sort((a, b) => a.visibleAt - b.visibleAt)) this.#show(stored);
  }

  #accept(message: Message, delaySeconds: number): Message {
    // Without a group id, all messages not yet received here share one group.
    const group = message.groupId ?? "";
    const stored: Stored = { message, state: "delayed", visibleAt: 0, receivesHere: 0, group };
    this.#messages.set(message.messageId, stored);
    this.#changesAt(this.#expiresAt(message));
    if (delaySeconds > 0) this.#hide(stored, "delayed", delaySeconds);
    else this.#show(stored);
    this.#changed();
    return message;
  }

  #receive(stored: Stored, visibilitySeconds: number): Message {
    const { messageId, groupId, firstReceivedAt = this.#now() } = stored.message;
    const receives = stored.message.receives + 1;
    const receiptHandle = `${messageId}.${receives}`;
    stored.message = { ...stored.message, receives, receiptHandle, firstReceivedAt };
    stored.receivesHere += 1;
    stored.group = groupId ?? messageId;
    this.#line.took(stored);
    this.#hide(stored, "inFlight", visibilitySeconds);
    return stored.message;
  }

  #hide(stored: Stored, state: "delayed" | "inFlight", seconds: number): void {
    stored.state = state;
    stored.visibleAt = this.#now() + seconds * 1000;
    this.#changesAt(stored.visibleAt);
  }

  #show(stored: Stored): void {
    this.#line.add(stored);
    if (stored.state === "inFlight") this.#line.gaveBack(stored);
    stored.state = "visible";
    stored.visibleAt = Number.POSITIVE_INFINITY;
  }

  #remove(stored: Stored): void {
    this.#messages.delete(stored.message.messageId);
    if (stored.state === "visible") this.#line.remove(stored);
    if (stored.state === "inFlight") this.#line.gaveBack(stored);
  }

  #expiresAt({ sentAt }: Message): number {
    return sentAt + this.attributes.MessageRetentionPeriod * 1000;
  }

  #changesAt(time: number): void {
    this.nextChangeAt = Math.min(this.nextChangeAt, time);
  }

  #changed(): void {
    for (const lookAgain of [...this.watchers]) lookAgain();
  }
}
