// The data of the page, read again when the ledger has changed. Checked once a second while a page is open, never
// otherwise.
import type { Day } from "../../shared/catalogue/dates.ts";
import type { DatasetCoverage } from "../../shared/coverage/dataset-coverage.ts";
import type { Database } from "../../shared/ports.ts";
import { newestTradeDate } from "../../shared/reads/daily.ts";
import { countListed } from "../../shared/reads/instruments.ts";
import { currentTasks } from "../../shared/reads/ledger.ts";
import {
  countFailures,
  type FailureRecord,
  readFailures,
  type TaskProgress,
} from "../../shared/reads/progress.ts";
import { readVerifications, type Verification } from "../../shared/reads/verifications.ts";
import { makeCoverageReader } from "./coverage.ts";

export type InterfaceRate = {
  readonly name: string;
  readonly callsLastMinute: number;
  readonly minuteLimit: number;
};

/** Stored data and running tasks at one moment. */
export type Snapshot = {
  readonly at: Date;
  readonly tasks: readonly TaskProgress[];
  readonly failures: readonly FailureRecord[];
  readonly needPerson: number;
  /** Failures with a planned automatic retry. */
  readonly plannedRetries: number;
  readonly newestDay: Day | undefined;
  readonly stocks: number;
  readonly etfs: number;
  readonly coverage: readonly DatasetCoverage[];
  readonly rates: readonly InterfaceRate[];
  /** The newest first. */
  readonly verifications: readonly Verification[];
};

export type Listener = (snapshot: Snapshot | undefined) => void;

export type Feed = {
  /**
   * Calls the listener with the current snapshot at once, then at every change; undefined while the database does not
   * answer.
   */
  subscribe(listener: Listener): () => void;
  /** Looks at once, because something was just started. */
  wake(): void;
  /** The current snapshot, once; undefined when the database does not answer soon. */
  once(): Promise<Snapshot | undefined>;
};

export type FeedOptions = {
  readonly database: Database;
  /** Where whole days may be kept (coverage.ts); the same when absent. */
  readonly keeper?: Database;
  readonly rates: () => Promise<readonly InterfaceRate[]>;
  readonly now?: () => Date;
};

const pollMilliseconds = 1_000;
/** After so many looks without a change, a look is made this seldom: an open page costs half a percent of a core then. */
const [quietLooks, quietPollMilliseconds] = [20, 3_000];
/** Rates and estimated ends change even when no unit is settled. */
const readAtLeastEveryMilliseconds = 15_000;
/** The first page waits at most this long for its content. */
const firstMilliseconds = 3_000;
const tasksShown = 8;
const failuresShown = 20;
const verificationsShown = 6;

export function makeFeed({ database, keeper, rates, now = () => new Date() }: FeedOptions): Feed {
  const coverage = makeCoverageReader(database, undefined, keeper);
  const listeners = new Set<Listener>();
  let current: Snapshot | undefined;
  let isPolling = false;
  let signature = "";
  let readAt = 0;
  let unchangedLooks = 0;
  let next: NodeJS.Timeout | undefined;

  async function look(): Promise<Snapshot> {
    const at = now();
    const found = await readSignature(database);
    const isDue = found !== signature || at.getTime() >= readAt + readAtLeastEveryMilliseconds;
    const ledger = current === undefined || isDue ? await readLedger(database) : current;
    if (isDue) readAt = at.getTime();
    unchangedLooks = found === signature ? unchangedLooks + 1 : 0;
    signature = found;
    return { ...ledger, at: new Date(readAt), coverage: await coverage.read(at), rates: await rates() };
  }

  async function poll(): Promise<void> {
    next = undefined;
    if (listeners.size === 0) {
      isPolling = false;
      return;
    }
    try {
      current = await look();
    } catch {
      current = undefined; // retried in a second; the page shows that it is lost
      unchangedLooks = 0;
    }
    for (const listener of listeners) listener(current);
    const wait = unchangedLooks < quietLooks ? pollMilliseconds : quietPollMilliseconds;
    next = setTimeout(() => void poll(), wait).unref();
  }

  function wake(): void {
    unchangedLooks = 0;
    if (next === undefined) return; // a look is under way, or none is wanted
    clearTimeout(next);
    next = undefined;
    void poll();
  }

  function subscribe(listener: Listener): () => void {
    listeners.add(listener);
    if (current !== undefined && isPolling) listener(current);
    wake(); // somebody looks at it
    if (!isPolling) {
      isPolling = true;
      void poll();
    }
    return () => listeners.delete(listener);
  }

  return {
    subscribe,
    wake,
    once() {
      const { promise, resolve } = Promise.withResolvers<Snapshot | undefined>();
      const timer = setTimeout(() => resolve(undefined), firstMilliseconds).unref();
      const leave = subscribe(resolve);
      return promise.finally(() => {
        clearTimeout(timer);
        leave();
      });
    },
  };
}

/** Changes whenever a task, unit, failure record or verification does. */
async function readSignature(database: Database): Promise<string> {
  const [row] = await database.run(`select concat_ws(
  ' ',
  (select concat_ws(' ', count(*), max(updated_at)) from sync_task),
  (select concat_ws(' ', count(*), max(last_attempt_at), max(resolved_at)) from sync_failure_record),
  (select concat_ws(' ', count(*), max(updated_at)) from sync_verification)
) as signature`);
  return String(row?.signature);
}

async function readLedger(database: Database): Promise<Omit<Snapshot, "at" | "coverage" | "rates">> {
  const { planned, needPerson } = await countFailures(database);
  return {
    tasks: await currentTasks(database, tasksShown),
    failures: await readFailures(database, { needsPerson: true, limit: failuresShown }),
    needPerson,
    plannedRetries: planned,
    newestDay: await newestTradeDate(database),
    verifications: await readVerifications(database, verificationsShown),
    ...(await countListed(database)),
  };
}
