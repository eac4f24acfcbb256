// The transactions of the Data API: each has its own connection, runs one statement at a time, and is rolled back after
// three minutes without a call or after a day.
import { randomBytes } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { DataApiError } from "./errors.ts";

/** Time for the Data API server; tests use a fake one. */
export interface Clock {
  /** Runs `act` after this time, unless the returned function is called first. */
  after(milliseconds: number, act: () => void): () => void;
}

export const systemClock: Clock = {
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

export interface Transactions {
  begin(): Promise<string>;
  /** Lends the transaction's connection; refuses while a statement still runs on it. */
  use(id: string): {
    readonly client: PoolClient;
    readonly done: () => void;
    /** Called instead of `done` when the caller has disconnected: the transaction is rolled back. */
    readonly abandon: () => void;
  };
  end(id: string, command: "commit" | "rollback"): Promise<void>;
  close(): Promise<void>;
}

interface Transaction {
  readonly client: PoolClient;
  readonly stopAging: () => void;
  stopIdling: () => void;
  busy: boolean;
}

export function makeTransactions(
  pool: Pool,
  clock: Clock,
  limits: { readonly idleMilliseconds: number; readonly ageMilliseconds: number },
): Transactions {
  const open = new Map<string, Transaction>();

  async function finish(id: string, transaction: Transaction, command: "commit" | "rollback"): Promise<void> {
    open.delete(id);
    transaction.stopAging();
    transaction.stopIdling();
    try {
      await transaction.client.query(command);
    } finally {
      transaction.client.release(true); // it may have changed the session; a new connection costs little here
    }
  }

  function expire(id: string): void {
    const transaction = open.get(id);
    if (transaction) void finish(id, transaction, "rollback").catch(() => undefined);
  }

  function forget(id: string): void {
    const transaction = open.get(id);
    if (!open.delete(id)) return;
    transaction?.stopAging();
    transaction?.stopIdling();
    transaction?.client.release(true);
  }

  function find(id: string): Transaction {
    const transaction = open.get(id);
    if (!transaction)
      throw new DataApiError("TransactionNotFoundException", `Transaction ${id} is not found`);
    if (transaction.busy) {
      throw new DataApiError("DatabaseErrorException", "Transaction is still running a query");
    }
    return transaction;
  }

  return {
    async begin() {
      const client = await pool.connect();
      try {
        await client.query("begin");
      } catch (error) {
        client.release(true);
        throw error;
      }
      const id = randomBytes(96).toString("base64");
      client.on("error", () => forget(id)); // the connection broke, and the database rolled back
      open.set(id, {
        client,
        busy: false,
        stopAging: clock.after(limits.ageMilliseconds, () => expire(id)),
        stopIdling: clock.after(limits.idleMilliseconds, () => expire(id)),
      });
      return id;
    },
    use(id) {
      const transaction = find(id);
      transaction.stopIdling();
      transaction.busy = true;
      const done = () => {
        transaction.busy = false;
        if (open.has(id)) transaction.stopIdling = clock.after(limits.idleMilliseconds, () => expire(id));
      };
      return { client: transaction.client, done, abandon: () => expire(id) };
    },
    async end(id, command) {
      await finish(id, find(id), command);
    },
    async close() {
      const ending = [...open].map(([id, transaction]) => finish(id, transaction, "rollback"));
      await Promise.allSettled(ending);
    },
  };
}
