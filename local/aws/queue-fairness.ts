// The order of a standard queue as SQS's fair queues make it: a group that uses more than its share of the consumers'
// time waits while other groups have messages. Rules of the developer guide, "How Amazon SQS fair queues work". AWS
// detects a noisy group after some time, this queue at once. What counts as "recent" is our choice: AWS gives no
// figure.

/** A group is noisy above this share of the recent processing time, or of the messages in flight if it has many. */
const noisyShare = 0.1;
const noisyInFlightMin = 30;
/** A group that had no message in flight for this long is quiet again. */
const quietAfterMilliseconds = 300_000;
/** Half-life of recorded processing time. */
const halfLifeMilliseconds = 60_000;

/** The consumers' time that one group, or all groups, had used at the time `at`. */
type Use = { inFlight: number; spentMilliseconds: number; at: number };

export function makeFairLine<T extends { group: string }>(now: () => number) {
  /** The visible messages of each group that has any, each with its place in the queue. */
  const lines = new Map<string, Map<T, number>>();
  /** Use of each group that has a message in flight, or had one and still has messages waiting. */
  const uses = new Map<string, Use>();
  const all = unused(now());
  let lastPlace = 0;

  // Each change and each decision reads the clock once: if it is set back in between, a group and all groups together
  // would be measured against different times.
  function unused(at: number): Use {
    return { inFlight: 0, spentMilliseconds: 0, at };
  }

  function spent({ inFlight, spentMilliseconds, at }: Use, until: number): number {
    const passed = Math.max(0, until - at); // the machine's clock may be set back
    if (inFlight === 0 && passed > quietAfterMilliseconds) return 0;
    return spentMilliseconds * 2 ** (-passed / halfLifeMilliseconds) + inFlight * passed;
  }

  function count(use: Use, inFlight: number, at: number): void {
    use.spentMilliseconds = spent(use, at);
    use.at = at;
    use.inFlight += inFlight;
  }

  /** A group whose messages are all consumed is treated as a new one. */
  function forgetIfConsumed(group: string, at: number): void {
    const use = uses.get(group);
    if (use === undefined || use.inFlight > 0 || lines.has(group)) return;
    uses.delete(group);
    count(all, 0, at);
    all.spentMilliseconds = uses.size === 0 ? 0 : Math.max(0, all.spentMilliseconds - spent(use, at));
  }

  function remove(message: T): void {
    const line = lines.get(message.group);
    line?.delete(message);
    if (line?.size === 0) lines.delete(message.group);
  }

  function isNoisy(use: Use, at: number): boolean {
    const { inFlight } = use;
    if (inFlight >= noisyInFlightMin && inFlight > all.inFlight * noisyShare) return true;
    const spentByAll = spent(all, at);
    // Within the clock's first millisecond nobody has used any time: then the messages in flight count.
    if (spentByAll === 0) return inFlight > all.inFlight * noisyShare;
    return spent(use, at) > spentByAll * noisyShare;
  }

  return {
    /** Adds the message at the end of its group's line. */
    add(message: T): void {
      const line = lines.get(message.group) ?? new Map<T, number>();
      lines.set(message.group, line.set(message, ++lastPlace));
    },

    remove(message: T): void {
      remove(message);
      forgetIfConsumed(message.group, now());
    },

    /** Takes the next message out of its line. */
    next(): T | undefined {
      const at = now();
      let chosen: { message: T; place: number; inFlight: number } | undefined;
      for (const [group, line] of lines) {
        const use = uses.get(group);
        const inFlight = use !== undefined && isNoisy(use, at) ? use.inFlight : -1; // quiet groups before noisy ones
        if (chosen !== undefined && inFlight > chosen.inFlight) continue;
        const [first] = line;
        if (first === undefined) continue;
        const [message, place] = first;
        if (chosen !== undefined && inFlight === chosen.inFlight && place > chosen.place) continue;
        chosen = { message, place, inFlight };
      }
      if (chosen !== undefined) remove(chosen.message);
      return chosen?.message;
    },

    /** Records that the message is in flight. */
    took({ group }: T): void {
      const at = now();
      const use = uses.get(group) ?? unused(at);
      uses.set(group, use);
      count(use, 1, at);
      count(all, 1, at);
    },

    /** Records that it no longer is: deleted, or visible again. */
    gaveBack({ group }: T): void {
      const use = uses.get(group);
      if (use === undefined) return;
      const at = now();
      count(use, -1, at);
      count(all, -1, at);
      forgetIfConsumed(group, at);
    },
  };
}
