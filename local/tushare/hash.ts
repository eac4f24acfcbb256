// Seeded random numbers without state: the same arguments always give the same number. The market and the faults are
// built on this; nothing here knows about either.

/** A well-mixed unsigned 32-bit number from a seed and up to two coordinates. */
export function mix(seed: number, a: number, b = 0): number {
  let hash = seed ^ Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1) from a seed and up to two coordinates. */
export function unit(seed: number, a: number, b = 0): number {
  return mix(seed, a, b) / 4294967296;
}

/** A 32-bit number from a text (FNV-1a over its UTF-16 units). */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** One element of a non-empty list, chosen by a number in [0, 1). */
export function pick<T>(items: readonly [T, ...T[]], luck: number): T {
  return items[Math.floor(luck * items.length)] ?? items[0];
}

/** Shuffles in place and returns the same array; the order depends on the seed and the length only. */
export function shuffle<T>(items: T[], seed: number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = mix(seed, last) % (last + 1);
    const held = items[last] as T;
    items[last] = items[other] as T;
    items[other] = held;
  }
  return items;
}
