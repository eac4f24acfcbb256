// Counts calls in sliding windows of 60 seconds, as the upstream does: for each token and each interface, refused calls
// too. Also keeps the fullest window of each interface, for tests of the rate.

const windowMs = 60_000;

export type Limits = {
  /** Counts a call at `nowMs` and says whether it is within `callsPerMinute`. */
  take(token: string, interfaceName: string, callsPerMinute: number, nowMs: number): boolean;
  /** The largest number of calls seen in any 60 seconds, all tokens together. */
  peak(interfaceName: string): number;
  /** Calls in the 60 seconds before `nowMs`, all tokens together. */
  recent(interfaceName: string, nowMs: number): number;
};

export function makeLimits(): Limits {
  const windows = new Map<string, number[]>();
  const peaks = new Map<string, number>();

  function count(key: string, nowMs: number): number {
    const times = windows.get(key) ?? [];
    windows.set(key, times);
    times.push(nowMs);
    let expired = 0;
    while ((times[expired] ?? nowMs) <= nowMs - windowMs) expired++;
    if (expired > 0) times.splice(0, expired);
    return times.length;
  }

  return {
    take(token, interfaceName, callsPerMinute, nowMs) {
      peaks.set(interfaceName, Math.max(peaks.get(interfaceName) ?? 0, count(interfaceName, nowMs)));
      return count(`${interfaceName}\n${token}`, nowMs) <= callsPerMinute;
    },
    peak: (interfaceName) => peaks.get(interfaceName) ?? 0,
    recent: (interfaceName, nowMs) =>
      (windows.get(interfaceName) ?? []).filter((time) => time > nowMs - windowMs).length,
  };
}
