// Queues as SQS has them: at least once, in any order, with delays, visibility, receive counts, dead letters and retention.
import type { Chance } from "./chance.ts";
import type { Loop } from "./loop.ts";

export type Message = {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  receives: number;
  visibleAt: number;
};

export type Received = { readonly message: Message; readonly handle: string };

export type Queue = {
  put(body: string, delaySeconds?: number): void;
  /** One of the visible messages, hidden now; undefined when none is visible. */
  receive(): Received | undefined;
  delete(handle: string): void;
  /** A handle of an earlier receive changes nothing. */
  show(handle: string, inSeconds: number): void;
  purge(): void;
  messages(): readonly Message[];
  /** When the next message can be received; Infinity when there is none. */
  nextAt(): number;
  clear(): void;
};

export type QueueOptions = {
  readonly name: string;
  readonly loop: Loop;
  readonly chance: Chance;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly receivesMax?: number;
  /** Where a message goes after its last receive. */
  readonly dead?: Queue;
  /** Called when a message may have become visible. */
  readonly onChange: () => void;
  /** Called when messages were too old. */
  readonly onExpired: () => void;
  /** What happens to the nth message: moments at which it becomes visible, in seconds; none loses it. */
  readonly copies?: (nth: number) => readonly number[];
};

export function makeQueue(options: QueueOptions): Queue {
  const { loop, visibilitySeconds, retentionSeconds, receivesMax = Number.POSITIVE_INFINITY } = options;
  let messages: Message[] = [];
  let made = 0;
  let sent = 0;

  function add(body: string, at: number): void {
    made += 1;
    messages.push({ id: `${options.name}-${made}`, body, sentAt: loop.now(), receives: 0, visibleAt: at });
    loop.at(at, options.onChange);
  }

  function expire(): void {
    const kept = messages.filter(({ sentAt }) => loop.now() - sentAt < retentionSeconds * 1000);
    if (kept.length < messages.length) options.onExpired();
    messages = kept;
  }

  return {
    put(body, delaySeconds = 0) {
      sent += 1;
      for (const late of options.copies?.(sent) ?? [0]) add(body, loop.now() + (delaySeconds + late) * 1000);
    },
    receive() {
      expire();
      for (;;) {
        const visible = messages.filter(({ visibleAt }) => visibleAt <= loop.now());
        if (visible.length === 0) return undefined;
        const message = options.chance.pick(visible);
        if (message.receives < receivesMax) {
          message.receives += 1;
          message.visibleAt = loop.now() + visibilitySeconds * 1000;
          loop.at(message.visibleAt, options.onChange);
          return { message, handle: `${message.id}/${message.receives}` };
        }
        messages = messages.filter((other) => other !== message);
        options.dead?.put(message.body);
      }
    },
    delete(handle) {
      messages = messages.filter(({ id }) => id !== handle.split("/")[0]);
    },
    show(handle, inSeconds) {
      for (const message of messages) {
        if (handle !== `${message.id}/${message.receives}`) continue;
        message.visibleAt = loop.now() + inSeconds * 1000;
        loop.at(message.visibleAt, options.onChange);
      }
    },
    purge() {
      messages = [];
    },
    messages() {
      expire();
      return messages;
    },
    nextAt: () => Math.min(Number.POSITIVE_INFINITY, ...messages.map(({ visibleAt }) => visibleAt)),
    clear() {
      messages = [];
      made = 0;
      sent = 0;
    },
  };
}
