// Simulated time: events in the order of their moments, one after the other. Between two events everything that has become
// possible runs to its next wait, so that a run depends on its seed only.
import { setImmediate as settle } from "node:timers/promises";

export type Loop = {
  /** Milliseconds since 1970 of the simulated world; it never goes back. */
  now(): number;
  /** What an event begins ends before the next event, or waits for one. */
  at(time: number, act: () => unknown): void;
  /** Runs the events up to a moment, and lets the time be that moment. */
  runTo(time: number): Promise<void>;
  /** The moment of the next event; Infinity when there is none. */
  nextAt(): number;
  /** Forgets all events. */
  clear(start: number): void;
  /** Events that have run since the start. */
  count(): number;
};

type Event = { readonly time: number; readonly order: number; readonly act: () => unknown };

/** A run has some thousands; more means that it goes in circles. */
const eventsMax = 200_000;

export class EndlessRun extends Error {}

/** @param isBusy whether something runs that will end without an event */
export function makeLoop(isBusy: () => boolean): Loop {
  let now = 0;
  let made = 0;
  let ran = 0;
  const heap: Event[] = [];

  return {
    now: () => now,
    at(time, act) {
      made += 1;
      push(heap, { time: Math.max(time, now), order: made, act });
    },
    async runTo(time) {
      for (let next = heap[0]; next !== undefined && next.time <= time; next = heap[0]) {
        pop(heap);
        now = next.time;
        ran += 1;
        if (ran > eventsMax) throw new EndlessRun(`more than ${eventsMax} events`);
        next.act();
        do await settle();
        while (isBusy());
      }
      if (time !== Number.POSITIVE_INFINITY) now = Math.max(now, time);
    },
    nextAt: () => heap[0]?.time ?? Number.POSITIVE_INFINITY,
    clear(start) {
      heap.length = 0;
      now = start;
      made = 0;
      ran = 0;
    },
    count: () => ran,
  };
}

function isBefore(one: Event | undefined, other: Event | undefined): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(event, heap[parent])) break;
    heap[at] = heap[parent] as Event; // as: within the heap
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const smaller = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    const child = heap[smaller];
    if (child === undefined || !isBefore(child, last)) break;
    heap[at] = child;
    at = smaller;
  }
  heap[at] = last;
}
