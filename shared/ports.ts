// What the core needs from the outside, in the core's words. Adapters and tests implement these.
import type { InterfaceSpec } from "./catalogue/dataset.ts";
import type { Catalogue } from "./catalogue/datasets.ts";
import type { Dimension, Metric } from "./catalogue/metrics.ts";
import type { Origin } from "./catalogue/origin.ts";
import type { Settings } from "./catalogue/settings.ts";
import type { Unit } from "./unit.ts";

/** A statement's parameters by name. null is SQL's null. */
export type SqlParameters = Readonly<Record<string, string | number | boolean | null>>;

/** A result row: numeric, date and timestamp columns leave SQL as text. */
export type SqlRow = Readonly<Record<string, string | number | boolean | null>>;

/** One PostgreSQL database. Every statement is idempotent: after an unknown outcome it is simply sent again. */
export type Database = {
  /** Runs one statement. @throws SyncError: transient when it may work soon, permanent when the data or the SQL is wrong. */
  run(sql: string, parameters?: SqlParameters): Promise<SqlRow[]>;
  /** Runs statements in one transaction: all of them happen, or none. Rows of the last are returned. */
  transaction<Result>(work: (run: Database["run"]) => Promise<Result>): Promise<Result>;
};

/** Statements that take longer than the database's interface waits for one: an index over years of rows. */
export type LongStatements = {
  /**
   * Starts one alone, outside of any transaction, and never twice. running: it goes on, or nobody knows.
   * @throws SyncError when it was refused or has failed
   */
  runLong(sql: string): Promise<"ended" | "running">;
};

/** One reply of TuShare. */
export type Page = {
  readonly fields: readonly string[];
  /** Cells as JSON gave them; a number a double cannot hold exactly is an ExactNumber. */
  readonly items: readonly (readonly unknown[])[];
  /** True when TuShare says the selection holds more rows; it does not always say so. */
  readonly hasMore: boolean;
};

/** The upstream. Each call counts against the minute limit of its interface. */
export type Upstream = {
  /** @throws SyncError of any kind; the kind and scope say what to do. */
  fetchPage(spec: InterfaceSpec, params: Readonly<Record<string, string>>): Promise<Page>;
};

/** The work queue, at least once, in any order. */
export type WorkQueue = {
  /** Resolves when every unit is accepted. `delaySeconds` is at most queueDelaySecondsMax. @throws SyncError transient when some were not. */
  send(units: readonly Unit[], delaySeconds?: number): Promise<void>;
  /** Makes a message that is in hand visible again after `seconds`. */
  returnAfter(receiptHandle: string, seconds: number): Promise<void>;
};

/** One-time schedules. Creating one whose name exists changes nothing. */
export type Planner = {
  sendUnitAt(name: string, at: Date, unit: Unit): Promise<void>;
  invokeDispatcherAt(name: string, at: Date, command: object): Promise<void>;
};

/** Starts the dispatcher with a command and does not wait for it. @throws SyncError transient when it was not accepted. */
export type Dispatcher = {
  start(command: object): Promise<void>;
};

export type Clock = {
  now(): Date;
  /** Milliseconds that never go back, for measuring and pacing. */
  monotonic(): number;
  sleep(milliseconds: number): Promise<void>;
};

/** Structured log: one entry where something is settled. */
export type Log = {
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
};

/** Counts, levels and durations, named in metrics.ts. Nought is worth saying too: a graph without it has holes. */
export type Meter = {
  count(metric: Metric, value: number, dimensions?: Dimensions): void;
  /** A level or a duration, of which not the sum but the highest or the average is read. */
  measure(metric: Metric, value: number, dimensions?: Dimensions): void;
};

/** Few values each: an interface's name, never a stock code. */
export type Dimensions = Readonly<Partial<Record<Dimension, string>>>;

/** Slot pacing: the only rate limit. */
export type Pacer = {
  /** Begins an invocation. Its calls wait a moment from here, by which `hold` ends early: see leadMilliseconds. */
  enter(): void;
  /** Waits until this slot may call the interface, then calls. Interfaces do not wait for each other. */
  call<Result>(interfaceName: string, send: () => Promise<Result>): Promise<Result>;
  /** Keeps the interface quiet for `seconds` from now, after the upstream said "too fast". */
  rest(interfaceName: string, seconds: number): void;
  /** Slows an interface to the limit the upstream told. Gives the new seconds between calls, or undefined when none. */
  learn(interfaceName: string, callsAMinute: number): number | undefined;
  /** Keeps the slot until (nearly) T has passed since its last call. To be awaited however an invocation ends. */
  hold(): Promise<void>;
};

/** What the dispatcher's use case is given. */
export type DispatchServices = {
  readonly database: Database;
  /** Of what the workers will fetch. */
  readonly origin: Origin;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly log: Log;
  readonly meter: Meter;
};

/** What the worker's use case is given. */
export type SyncServices = {
  readonly datasets: Catalogue;
  readonly database: Database;
  readonly upstream: Upstream;
  /** Of what the upstream answers. */
  readonly origin: Origin;
  readonly pacer: Pacer;
  readonly queue: WorkQueue;
  readonly planner: Planner;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: Settings;
  readonly log: Log;
  readonly meter: Meter;
};

/** One receipt of one message. */
export type Delivery = {
  readonly body: string;
  readonly receiptHandle: string;
  /** 1 for the first receipt. */
  readonly receiveCount: number;
  /** When the message was sent. */
  readonly sentAt?: Date;
  /** Milliseconds this invocation still has. */
  readonly remainingMilliseconds: () => number;
};

/** settled: the message may go. redeliver: it stays on the queue. */
export type Outcome = "settled" | "redeliver";

/** What the retry function's use case is given. */
export type RetryServices = Pick<
  SyncServices,
  "database" | "planner" | "clock" | "random" | "settings" | "log" | "meter"
>;
