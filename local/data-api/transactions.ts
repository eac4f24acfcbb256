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
    /** `isReusable`: the statement did not fail, and left the session as it was. */
    readonly done: (isReusable: boolean) => void;
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
  /** Listens for the end of the connection. */
  readonly onLost: () => void;
  busy: boolean;
  /** Whether the session is as it was before. */
  isReusable: boolean;
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
    let isReusable = false;
    try {
      await transaction.client.query(command);
      isReusable = !transaction.busy && transaction.isReusable;
    } finally {
      transaction.client.off("error", transaction.onLost);
      transaction.client.release(!isReusable);
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
      const onLost = () => forget(id); // the connection broke, and the database rolled back
      client.on("error", onLost);
      open.set(id, {
        ...{ client, onLost },
        busy: false,
        isReusable: true,
        stopAging: clock.after(limits.ageMilliseconds, () => expire(id)),
        stopIdling: clock.after(limits.idleMilliseconds, () => expire(id)),
      });
      return id;
    },
    use(id) {
      const transaction = find(id);
      transaction.stopIdling();
      transaction.busy = true;
      const done = (isReusable: boolean) => {
        transaction.busy = false;
        transaction.isReusable &&= isReusable;
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
