// The interfaces through which the core uses outside services. Adapters and tests implement them.
import type { InterfaceSpec } from "./catalogue/dataset.ts";
import type { Catalogue } from "./catalogue/datasets.ts";
import type { Dimension, Metric } from "./catalogue/metrics.ts";
import type { Origin } from "./catalogue/origin.ts";
import type { Settings } from "./catalogue/settings.ts";
import type { ScannedRows } from "./rows/scan.ts";
import type { Unit } from "./unit.ts";
import type { Language } from "./words/language.ts";

/** A statement's parameters by name. null is SQL's null. */
export type SqlParameters = Readonly<Record<string, string | number | boolean | null>>;

/** A result row: numeric, date and timestamp columns leave SQL as text. */
export type SqlRow = Readonly<Record<string, string | number | boolean | null>>;

/** One PostgreSQL database. Every statement is idempotent: when its outcome is unknown, it is sent again. */
export type Database = {
  /** Runs one statement. @throws SyncError: transient when it may work soon, permanent when the data or the SQL is wrong. */
  run(sql: string, parameters?: SqlParameters): Promise<SqlRow[]>;
  /** Runs statements in one transaction and returns the result of `work`. */
  transaction<Result>(work: (run: Database["run"]) => Promise<Result>): Promise<Result>;
};

/** Statements that take longer than the timeout of the database's interface, such as building a large index. */
export type LongStatements = {
  /**
   * Starts one statement outside of any transaction. It is never sent twice. running: still running, or unknown.
   * @throws SyncError when the statement was refused or failed
   */
  runLong(sql: string): Promise<"ended" | "running">;
};

/** One reply of TuShare. */
export type Page = {
  readonly fields: readonly string[];
  /** By column; or rows as JSON gave them, where a number that a double cannot hold exactly is an ExactNumber. */
  readonly items: ScannedRows | readonly (readonly unknown[])[];
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
  /**
   * Resolves when every unit is accepted. `delaySeconds` is at most queueDelaySecondsMax.
   * @throws SyncError transient when some units were not accepted
   */
  send(units: readonly Unit[], delaySeconds?: number): Promise<void>;
  /** Makes a received message visible again after `seconds`. */
  returnAfter(receiptHandle: string, seconds: number): Promise<void>;
  /** Messages in the queue: waiting, delayed, or received and not deleted. Nearly exact a minute after the last change. */
  count(): Promise<number>;
};

/** One-time schedules. Creating a schedule whose name exists changes nothing. */
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

/** Structured log: one entry for each outcome. */
export type Log = {
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
};

/** Counts, levels and durations, named in metrics.ts. Zero is sent too, or the graph would have gaps. */
export type Meter = {
  count(metric: Metric, value: number, dimensions?: Dimensions): void;
  /** A level or a duration: dashboards read its maximum or average, not its sum. */
  measure(metric: Metric, value: number, dimensions?: Dimensions): void;
};

/** Each dimension has few values: an interface's name, never a stock code. */
export type Dimensions = Readonly<Partial<Record<Dimension, string>>>;

/** Slot pacing: the only rate limit. */
export type Pacer = {
  /** Begins an invocation. Its first calls wait for leadMilliseconds (pacer.ts), because `hold` ended that much early. */
  enter(): void;
  /** Milliseconds until this slot may call the interface. */
  waitFor(interfaceName: string): number;
  /** Waits until this slot may call the interface, then calls. Each interface is paced separately. */
  call<Result>(interfaceName: string, send: () => Promise<Result>): Promise<Result>;
  /** Blocks calls to the interface for `seconds`, after the upstream answered "too fast". */
  rest(interfaceName: string, seconds: number): void;
  /** Slows an interface to the limit the upstream named. Returns the new seconds between calls; undefined: no change. */
  learn(interfaceName: string, callsAMinute: number): number | undefined;
  /**
   * Keeps the slot until (nearly) T has passed since its last call. Must be awaited however an invocation ends. With less time
   * than that, the environment's next calls still wait.
   */
  hold(millisecondsMax?: number): Promise<void>;
};

/** The services of the dispatcher's use case. */
export type DispatchServices = {
  readonly database: Database;
  /** Origin of the data that the workers will fetch. */
  readonly origin: Origin;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly log: Log;
  readonly meter: Meter;
  /** For work that may take longer than one invocation; undefined where it may take any time. */
  readonly another?: AnotherInvocation;
  /** For a line each evening; undefined where nobody wants one. */
  readonly digest?: DigestPost | undefined;
};

export type DigestPost = {
  readonly language: Language;
  send(text: string): Promise<void>;
  /** Calls to TuShare's interfaces that the workers counted in some hours. */
  callsIn(interfaces: readonly string[], range: { readonly from: Date; readonly to: Date }): Promise<number>;
};

/** Time is limited, and another invocation can continue. */
export type AnotherInvocation = {
  /** Milliseconds until this invocation times out. */
  readonly remainingMilliseconds: () => number;
  /** Starts another invocation with a command and does not wait for it. */
  readonly start: Dispatcher["start"];
};

/** The services of the worker's use case. */
export type SyncServices = {
  readonly datasets: Catalogue;
  readonly database: Database;
  readonly upstream: Upstream;
  /** Origin of the data that the upstream returns. */
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

/** One delivery of one message. */
export type Delivery = {
  readonly body: string;
  readonly receiptHandle: string;
  /** 1 for the first delivery. */
  readonly receiveCount: number;
  /** When the message was sent. */
  readonly sentAt?: Date;
  /** Milliseconds until this invocation times out. */
  readonly remainingMilliseconds: () => number;
};

/** settled: the message can be deleted. redeliver: it stays on the queue. */
export type Outcome = "settled" | "redeliver";

/** The services of the retry function's use case. */
export type RetryServices = Pick<
  SyncServices,
  "database" | "planner" | "clock" | "random" | "settings" | "log" | "meter"
>;
