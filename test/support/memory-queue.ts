// A queue in memory that behaves as SQS does where it matters: at least once, visibility, receive counts, dead letters.
// And one-time schedules beside it. Time is the world's.

export type Message = { readonly id: string; readonly body: string; receiveCount: number; visibleAt: number };
export type Receipt = { readonly message: Message; readonly handle: string };

export type MemoryQueue = ReturnType<typeof makeMemoryQueue>;

/** @param receivesMax receipts after which a message becomes a dead letter instead */
export function makeMemoryQueue(options: {
  now: () => number;
  visibilitySeconds: number;
  receivesMax?: number;
  onDead?: (message: Message) => void;
}) {
  const { now, visibilitySeconds, receivesMax = Number.POSITIVE_INFINITY } = options;
  let messages: Message[] = [];
  let made = 0;

  function put(body: string, delaySeconds = 0): Message {
    made += 1;
    const message = { id: `message-${made}`, body, receiveCount: 0, visibleAt: now() + delaySeconds * 1000 };
    messages.push(message);
    return message;
  }

  return {
    put,
    /** A message that came from another queue, its id and count kept. */
    take(message: Message): void {
      messages.push({ ...message, visibleAt: now() });
    },
    /** One of the visible messages, now hidden; undefined when there is none. */
    receive(choose: (count: number) => number = () => 0): Receipt | undefined {
      for (;;) {
        const visible = messages.filter(({ visibleAt }) => visibleAt <= now());
        const message = visible[choose(visible.length)];
        if (message === undefined) return undefined;
        if (message.receiveCount < receivesMax) {
          message.receiveCount += 1;
          message.visibleAt = now() + visibilitySeconds * 1000;
          return { message, handle: `${message.id}/${message.receiveCount}` };
        }
        messages = messages.filter((other) => other !== message);
        options.onDead?.(message);
      }
    },
    acknowledge(handle: string): void {
      messages = messages.filter(({ id }) => id !== handle.split("/")[0]);
    },
    /** As ChangeMessageVisibility; a handle of an earlier receipt changes nothing. */
    returnAfter(handle: string, seconds: number): void {
      for (const message of messages)
        if (handle === `${message.id}/${message.receiveCount}`) message.visibleAt = now() + seconds * 1000;
    },
    clear(): void {
      messages = [];
    },
    bodies: () => messages.map(({ body }) => body),
    nextVisibleAt: () => Math.min(...messages.map(({ visibleAt }) => visibleAt)),
  };
}

export type MemorySchedules<Target> = ReturnType<typeof makeMemorySchedules<Target>>;

/** Fires each once and forgets it then; creating a name that still exists changes nothing. */
export function makeMemorySchedules<Target>() {
  const planned = new Map<string, { at: number; target: Target }>();
  const created: string[] = [];
  return {
    create(name: string, at: Date, target: Target): void {
      if (planned.has(name)) return;
      planned.set(name, { at: at.getTime(), target });
      created.push(name);
    },
    /** Names in the order of their creation, also of those that have fired. */
    created,
    planned: () => [...planned].map(([name, { at, target }]) => ({ name, at: new Date(at), target })),
    fire(now: number): Target[] {
      const due = [...planned].filter(([, { at }]) => at <= now);
      for (const [name] of due) planned.delete(name);
      return due.map(([, { target }]) => target);
    },
    nextAt: () => Math.min(...[...planned.values()].map(({ at }) => at)),
    clear(): void {
      planned.clear();
      created.length = 0;
    },
  };
}
