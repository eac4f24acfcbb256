// The order of a standard queue as SQS's fair queues make it: a group that takes more than its share of the consumers'
// time waits while messages of others are there. Rules of the developer guide, "How Amazon SQS fair queues work".
// Unlike AWS, which detects a noisy group in its own time, this does so at once; "recent" is our choice, AWS names none.

/** A group is noisy above this share of the recent processing time, or of the messages in flight if it has many. */
const noisyShare = 0.1;
const noisyInFlightMin = 30;
/** A group without a message in flight for so long is quiet again. */
const quietAfterMilliseconds = 300_000;
/** Processing time counts half after this. */
const halfLifeMilliseconds = 60_000;

/** What a group, or all together, takes of the consumers, as of the time `at`. */
type Use = { inFlight: number; spentMilliseconds: number; at: number };

export function makeFairLine<T extends { group: string }>(now: () => number) {
  /** The visible messages of each group that has any, each with its place in the queue. */
  const lines = new Map<string, Map<T, number>>();
  /** Of the groups that have a message in flight, or one waiting after that. */
  const uses = new Map<string, Use>();
  const all = unused();
  let lastPlace = 0;

  function unused(): Use {
    return { inFlight: 0, spentMilliseconds: 0, at: now() };
  }

  function spent({ inFlight, spentMilliseconds, at }: Use): number {
    const passed = Math.max(0, now() - at); // the machine's clock may be set back
    if (inFlight === 0 && passed > quietAfterMilliseconds) return 0;
    return spentMilliseconds * 2 ** (-passed / halfLifeMilliseconds) + inFlight * passed;
  }

  function count(use: Use, inFlight: number): void {
    use.spentMilliseconds = spent(use);
    use.at = now();
    use.inFlight += inFlight;
  }

  /** A group whose backlog is consumed is as quiet as one that never was. */
  function forgetIfConsumed(group: string): void {
    const use = uses.get(group);
    if (use === undefined || use.inFlight > 0 || lines.has(group)) return;
    uses.delete(group);
    count(all, 0);
    all.spentMilliseconds = uses.size === 0 ? 0 : Math.max(0, all.spentMilliseconds - spent(use));
  }

  function remove(message: T): void {
    const line = lines.get(message.group);
    line?.delete(message);
    if (line?.size === 0) lines.delete(message.group);
  }

  function isNoisy(use: Use): boolean {
    const { inFlight } = use;
    if (inFlight >= noisyInFlightMin && inFlight > all.inFlight * noisyShare) return true;
    return spent(use) > spent(all) * noisyShare;
  }

  return {
    /** At the end of its group's line. */
    add(message: T): void {
      const line = lines.get(message.group) ?? new Map<T, number>();
      lines.set(message.group, line.set(message, ++lastPlace));
    },

    remove(message: T): void {
      remove(message);
      forgetIfConsumed(message.group);
    },

    /** Takes the next message out of its line. */
    next(): T | undefined {
      let chosen: { message: T; place: number; inFlight: number } | undefined;
      for (const [group, line] of lines) {
        const use = uses.get(group);
        const inFlight = use !== undefined && isNoisy(use) ? use.inFlight : -1; // the quiet go before the noisy
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

    /** The message is in flight. */
    took({ group }: T): void {
      const use = uses.get(group) ?? unused();
      uses.set(group, use);
      count(use, 1);
      count(all, 1);
    },

    /** It is not any more: deleted, or back in its line. */
    gaveBack({ group }: T): void {
      const use = uses.get(group);
      if (use === undefined) return;
      count(use, -1);
      count(all, -1);
      forgetIfConsumed(group);
    },
  };
}
