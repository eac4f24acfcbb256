// The plan of a run, made from its seed alone: what the stack is like, which commands come when, and every fault. A plan is
// a list, so that a failing one can be made shorter.
import { type Chance, chanceFrom } from "./chance.ts";

export const ports = ["database", "queue", "scheduler", "upstream"] as const;
export type Port = (typeof ports)[number];

/** What may happen at one call, by the service that is called. The process ends at a crash, and hears of the others. */
export const callFaults = {
  database: [
    ...(["crash before", "crash during", "crash after", "stop at timeout"] as const),
    ...(["answer lost", "request lost", "no answer", "deadlock", "slow"] as const),
    ...([
      "unavailable",
      "internal error",
      "throttled",
      "statement stopped",
      "statement ends after its timeout",
    ] as const),
  ],
  queue: [
    ...(["crash before", "crash during", "crash after", "stop at timeout"] as const),
    ...(["answer lost", "request lost", "sent twice", "refused in part"] as const),
  ],
  scheduler: [
    ...(["crash before", "crash during", "crash after", "stop at timeout"] as const),
    ...(["answer lost", "request lost"] as const),
  ],
  upstream: [
    ...(["crash before", "crash during", "crash after", "stop at timeout"] as const),
    ...(["reset", "no answer", "http 502", "html", "half json", "no data", "has more lies"] as const),
    ...(["rows missing", "rows twice", "bad row", "column missing", "offset ignored"] as const),
    ...([
      "minute limit",
      "old minute limit",
      "hour limit",
      "old hour limit",
      "day limit",
      "old day limit",
    ] as const),
    ...([
      "no permission",
      "no permission by name",
      "address limit",
      "bad token",
      "bad token, old",
      "abuse",
    ] as const),
    ...([
      "query failed",
      "internal error",
      "unknown error",
      "argument missing",
      "argument wrong",
      "unknown interface",
    ] as const),
  ],
} as const satisfies Record<Port, readonly string[]>;

/** What may be so for a while. The value is the limit, the rows of a reply, seconds, or which third of the units. */
export const stateFaults = [
  ...(["database asleep", "database down", "queue down", "scheduler down", "upstream down"] as const),
  ...(["minute limit lowered", "day used up", "address refused", "cap lowered"] as const),
  ...(["some units refused", "some units failing", "workers throttled", "clock wrong"] as const),
] as const;

/** What may happen to a message or to a one-time schedule on its way, and to the start of a job by its schedule. */
export const messageFaults = ["delivered twice", "late", "lost"] as const;
export const scheduleFaults = ["fires twice", "fires late", "dropped"] as const;
export const tickFaults = ["fires twice", "fires late", "dropped"] as const;

export const marketChanges = [
  "day late",
  "day in part",
  "day restated",
  "stock listed",
  "stock delisted",
] as const;

/** Seconds count from the beginning of the run. */
export type Trouble =
  | { readonly on: "call"; readonly port: Port; readonly nth: number; readonly what: string }
  | {
      readonly on: "state";
      readonly second: number;
      readonly seconds: number;
      readonly what: (typeof stateFaults)[number];
      readonly value: number;
    }
  | {
      readonly on: "message";
      readonly nth: number;
      readonly what: (typeof messageFaults)[number];
      readonly seconds: number;
    }
  | {
      readonly on: "schedule";
      readonly nth: number;
      readonly what: (typeof scheduleFaults)[number];
      readonly seconds: number;
    }
  | {
      readonly on: "tick";
      readonly nth: number;
      readonly what: (typeof tickFaults)[number];
      readonly seconds: number;
    }
  | {
      readonly on: "market";
      readonly what: (typeof marketChanges)[number];
      readonly second: number;
      readonly day: number;
      readonly stock: number;
    }
  | { readonly on: "queue"; readonly what: "purged"; readonly second: number }
  | Told;

/** A command of a person. `task` and `failure` are numbers of what exists then, the newest first. */
export type Told = {
  readonly on: "command";
  readonly second: number;
  readonly what:
    | "start"
    | "pause"
    | "resume"
    | "resume all"
    | "cancel"
    | "retry"
    | "retry all"
    | "dismiss"
    | "verify"
    | "compare"
    | "check";
  /** Of a start: which of the commands of start.ts. Of the others: which task or failure. */
  readonly which: number;
  /** Two for two dispatchers at the same time. */
  readonly times: number;
};

export type Plan = {
  readonly seed: number;
  /** Slots, limits and bounds of the stack. */
  readonly slots: number;
  readonly callsAMinute: number;
  readonly batchSize: number;
  readonly retriesMax: number;
  /** Whether the lists are stored when the run begins, and whether they are fetched every morning. */
  readonly hasLists: boolean;
  readonly fetchesLists: boolean;
  /** Whether suspensions are fetched too, and at the end compared. */
  readonly fetchesSuspensions: boolean;
  /** When the run begins, in hours of the last day. */
  readonly startHour: number;
  /** How long faults and commands go on. */
  readonly seconds: number;
  readonly troubles: readonly Trouble[];
};

const hour = 3_600;

export function planFrom(seed: number): Plan {
  const chance = chanceFrom(seed, "plan");
  const seconds = chance.pick([2 * hour, 8 * hour, 30 * hour]);
  const starts = chance.pick([15.9, 16.9, 17.5, 18, 20.4, 22.8, 23.9]);
  const storms = chance.pick([0, 3, 8, 16]);
  const troubles: Trouble[] = [firstCommand(chance)];
  for (let left = storms; left > 0; left -= 1) troubles.push(callFault(chance));
  for (let left = chance.pick([0, 0, 1, 2]); left > 0; left -= 1) troubles.push(stateFault(chance, seconds));
  if (chance.is(0.5)) troubles.push(unitFault(chance));
  for (let left = chance.pick([0, 1, 3, 6]); left > 0; left -= 1)
    troubles.push(laterCommand(chance, seconds));
  for (let left = chance.pick([0, 0, 1, 2]); left > 0; left -= 1)
    troubles.push(marketChange(chance, seconds));
  for (let left = chance.pick([0, 1, 2, 5]); left > 0; left -= 1) troubles.push(deliveryFault(chance));
  // A person looks at what has failed when all is over.
  const last = { on: "command", second: seconds - 1, which: 0, times: 1 } as const;
  if (chance.is(0.4)) troubles.push({ ...last, what: "retry all" });
  else if (chance.is(0.2)) troubles.push({ ...last, what: "dismiss" });
  if (chance.is(0.1)) troubles.push({ on: "queue", what: "purged", second: early(chance, seconds) });
  // Waiting workers until messages expire takes nine days of schedules, so it is rare.
  const isLong = chance.is(0.02);
  if (isLong)
    troubles.push({
      ...({ on: "state", what: "workers throttled", value: 0 } as const),
      ...{ second: chance.whole(0, 60), seconds: 8 * 24 * hour },
    });
  const hasLists = chance.is(0.85);
  return {
    seed,
    slots: chance.whole(2, 4),
    callsAMinute: chance.pick([14, 24, 60, 200]),
    batchSize: chance.pick([2, 3, 5, 50]),
    retriesMax: chance.pick([1, 2, 3]),
    hasLists,
    fetchesLists:
      !hasLists ||
      troubles.some((trouble) => trouble.on === "market" && trouble.what.startsWith("stock")) ||
      chance.is(0.2),
    fetchesSuspensions: chance.is(0.4),
    startHour: starts,
    seconds: isLong ? 9 * 24 * hour : seconds,
    troubles,
  };
}

/** Most happens while units are being sent and fetched. */
function early(chance: Chance, seconds: number): number {
  return chance.whole(0, chance.pick([240, 240, hour, seconds]));
}

function firstCommand(chance: Chance): Told {
  return {
    on: "command",
    second: 0,
    what: "start",
    which: chance.whole(0, 9),
    times: chance.is(0.3) ? 2 : 1,
  };
}

function laterCommand(chance: Chance, seconds: number): Told {
  const what = chance.pick([
    ...(["start", "start", "start", "pause", "resume", "resume", "resume all", "cancel", "cancel"] as const),
    ...(["retry", "retry all", "retry all", "dismiss", "dismiss", "verify", "compare", "check"] as const),
  ]);
  const which = what === "start" ? chance.whole(0, 9) : chance.whole(0, 2);
  return { on: "command", second: early(chance, seconds), what, which, times: chance.is(0.2) ? 2 : 1 };
}

/** About as many calls as a run makes. */
const callsOf: Readonly<Record<Port, number>> = { database: 200, queue: 14, scheduler: 4, upstream: 80 };

function callFault(chance: Chance): Trouble {
  const port = chance.pick([
    "database",
    "database",
    "database",
    "queue",
    "scheduler",
    "upstream",
    "upstream",
  ] as const);
  return { on: "call", port, nth: chance.whole(1, callsOf[port]), what: chance.pick(callFaults[port]) };
}

function stateFault(chance: Chance, most: number): Trouble {
  const what = chance.pick(stateFaults);
  const seconds = chance.pick([5, 40, 240, 900, 3 * hour]);
  const values: Partial<Record<typeof what, () => number>> = {
    "minute limit lowered": () => chance.whole(3, 12),
    "cap lowered": () => chance.whole(2, 6),
    "clock wrong": () => chance.pick([-90, -5, 5, 90]),
    "day used up": () => chance.whole(0, 20),
  };
  return { on: "state", second: early(chance, most), seconds, what, value: values[what]?.() ?? 0 };
}

/** Some units fail for so long that they are recorded, tried again and parked, while the others are done. */
function unitFault(chance: Chance): Trouble {
  const what = chance.pick(["some units refused", "some units failing", "some units failing"] as const);
  const seconds = chance.pick([600, hour, 5 * hour]);
  return { on: "state", second: 0, seconds, what, value: chance.whole(0, 2) };
}

function marketChange(chance: Chance, seconds: number): Trouble {
  const what = chance.pick(marketChanges);
  return {
    on: "market",
    what,
    second: chance.whole(0, seconds),
    day: chance.whole(0, 3),
    stock: chance.whole(0, 5),
  };
}

function deliveryFault(chance: Chance): Trouble {
  const seconds = chance.pick([3, 60, 600, 3 * hour]);
  const on = chance.pick(["message", "message", "schedule", "tick"] as const);
  if (on === "message") return { on, nth: chance.whole(1, 40), what: chance.pick(messageFaults), seconds };
  if (on === "schedule") return { on, nth: chance.whole(1, 5), what: chance.pick(scheduleFaults), seconds };
  return { on, nth: chance.whole(1, 8), what: chance.pick(tickFaults), seconds };
}

/** One line for a person. */
export function describe(trouble: Trouble): string {
  switch (trouble.on) {
    case "call":
      return `${trouble.port} call ${trouble.nth}: ${trouble.what}`;
    case "state":
      return `from second ${trouble.second} for ${trouble.seconds} s: ${trouble.what}${trouble.value === 0 ? "" : ` (${trouble.value})`}`;
    case "command":
      return `at second ${trouble.second}: ${trouble.what} ${trouble.which}${trouble.times > 1 ? ", by two dispatchers at once" : ""}`;
    case "market":
      return `at second ${trouble.second}: ${trouble.what} (day ${trouble.day}, stock ${trouble.stock})`;
    case "queue":
      return `at second ${trouble.second}: the queue is purged`;
    default:
      return `${trouble.on} ${trouble.nth} ${trouble.what}${trouble.what === "lost" || trouble.what === "dropped" ? "" : ` (${trouble.seconds} s)`}`;
  }
}
