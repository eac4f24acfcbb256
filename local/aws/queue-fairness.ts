// The order of a standard queue as SQS's fair queues make it: a group that takes more than its share of the consumers'
// time waits while messages of others are there. Rules of the developer guide, "How Amazon SQS fair queues work".
// Unlike AWS, which detects a noisy group in its own time, this does so at once; "recent" is our choice, AWS names none.
import type { SqsQueue } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";
import type { SqsMessage } from "../../node_modules/fauxqs/dist/sqs/sqsTypes.js";

/** A group is noisy above this share of the recent processing time, or of the messages in flight if it has many. */
const noisyShare = 0.1;
const noisyInFlightMin = 30;
/** A group without a message in flight for so long is quiet again. */
const quietAfterMilliseconds = 300_000;
/** Processing time counts half after this. */
const halfLifeMilliseconds = 60_000;

/** What a group takes of the consumers. Kept only while it has messages. */
type Group = { inFlight: number; spentMilliseconds: number; at: number };

export type Fairness = {
  /** Moves the message that is to be received next to the front of the queue. */
  bringForward(): void;
};

/** To be made before the queue's first receive: it watches the messages that go into flight and come back. */
export function makeFairness(queue: SqsQueue, now: () => number): Fairness {
  const groups = new Map<string, Group>();

  /** Brings a group's time up to date. */
  function settle(group: Group): void {
    const passed = now() - group.at;
    group.spentMilliseconds =
      group.spentMilliseconds * 2 ** (-passed / halfLifeMilliseconds) + group.inFlight * passed;
    group.at = now();
  }

  function took(message: SqsMessage): void {
    const name = groupOf(message);
    const group = groups.get(name) ?? { inFlight: 0, spentMilliseconds: 0, at: now() };
    groups.set(name, group);
    settle(group);
    group.inFlight += 1;
  }

  function gaveBack(message: SqsMessage): void {
    const name = groupOf(message);
    const group = groups.get(name);
    if (group === undefined) return;
    settle(group);
    group.inFlight -= 1;
    if (group.inFlight > 0) return;
    const isOfGroup = (other: SqsMessage) => groupOf(other) === name;
    const waits = queue.messages.some(isOfGroup) || queue.delayedMessages.some(isOfGroup);
    if (!waits) groups.delete(name); // its backlog is consumed
  }

  function noisyGroups(): Map<string, Group> {
    let inFlight = 0;
    let spent = 0;
    for (const [name, group] of groups) {
      if (group.inFlight === 0 && now() - group.at > quietAfterMilliseconds) groups.delete(name);
      else {
        if (group.inFlight > 0) settle(group);
        inFlight += group.inFlight;
        spent += group.spentMilliseconds;
      }
    }
    const isNoisy = ([, group]: [string, Group]) =>
      group.spentMilliseconds > spent * noisyShare ||
      (group.inFlight >= noisyInFlightMin && group.inFlight > inFlight * noisyShare);
    return new Map([...groups].filter(isNoisy));
  }

  watch(queue.inflightMessages, took, gaveBack);

  return {
    bringForward() {
      const noisy = noisyGroups();
      if (noisy.size === 0) return;
      let chosen = 0;
      let fewest = Number.POSITIVE_INFINITY;
      for (const [index, message] of queue.messages.entries()) {
        const inFlight = noisy.get(groupOf(message))?.inFlight ?? -1; // a quiet group goes before all noisy ones
        if (inFlight >= fewest) continue;
        chosen = index;
        fewest = inFlight;
        if (inFlight === -1) break;
      }
      if (chosen > 0) queue.messages.unshift(...queue.messages.splice(chosen, 1));
    },
  };
}

/** A message without a group is a group of its own. */
function groupOf({ messageGroupId, messageId }: SqsMessage): string {
  return messageGroupId ?? messageId;
}

/** fauxqs puts messages into flight and takes them out in several places; all of them go through this map. */
function watch(
  inFlight: SqsQueue["inflightMessages"],
  took: (message: SqsMessage) => void,
  gaveBack: (message: SqsMessage) => void,
): void {
  const enter = inFlight.set.bind(inFlight);
  const leave = inFlight.delete.bind(inFlight);
  inFlight.set = (handle, entry) => {
    took(entry.message);
    return enter(handle, entry);
  };
  inFlight.delete = (handle) => {
    const entry = inFlight.get(handle);
    if (entry === undefined) return false;
    leave(handle);
    gaveBack(entry.message);
    return true;
  };
  inFlight.clear = () => {
    for (const handle of [...inFlight.keys()]) inFlight.delete(handle);
  };
}
