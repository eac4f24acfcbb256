// What a fault at a call does: whether the call takes effect, and what the caller hears and when.
import { SyncError } from "../shared/errors.ts";
import type { Chance } from "./chance.ts";
import type { Port } from "./plan.ts";

export type Fault = {
  /** Whether the call takes effect. */
  readonly performs: boolean;
  /** Seconds after which it takes effect, when that is later than the answer. */
  readonly performsAfter?: number;
  /** What the caller hears; absent: the answer. */
  readonly error?: Error;
  /** Seconds until it hears. */
  readonly seconds?: number;
};

const asleep =
  "The Aurora DB instance is resuming after being auto-paused. Please wait a few seconds and try again.";

/** How long the service lets a statement run. */
const statementSeconds = 45;

/** How long a client of TuShare waits. */
const upstreamSeconds = 30;

/** Faults that change the text of a reply of the upstream are its own: see upstream.ts. */
export function fault(port: Port, what: string, answerSecondsMax: number, chance: Chance): Fault {
  const silence = {
    performs: chance.is(0.5),
    seconds: answerSecondsMax,
    error: failed("TimeoutError", "no answer in time"),
  };
  if (port === "database") {
    switch (what) {
      case "asleep":
        return { performs: false, error: failed("DatabaseResumingException", asleep, "client") };
      case "transaction gone":
        return {
          performs: false,
          error: failed("TransactionNotFoundException", "Transaction is not found", "client"),
        };
      case "deadlock":
        return {
          performs: false,
          seconds: 1,
          error: failed("DatabaseErrorException", "ERROR: deadlock detected; SQLState: 40P01", "client"),
        };
      case "answer lost":
        return { performs: true, error: failed("Error", "socket hang up") };
      case "request lost":
        return { performs: false, error: failed("Error", "connect ECONNREFUSED") };
      case "no answer":
        return silence;
      case "slow":
        return { performs: true, seconds: chance.whole(1, Math.min(44, answerSecondsMax - 1)) };
      case "unavailable":
        return {
          performs: false,
          error: failed("DatabaseUnavailableException", "The database cannot be reached", "server"),
        };
      case "internal error":
        return {
          performs: chance.is(0.5),
          error: failed("InternalServerErrorException", "internal error", "server"),
        };
      case "throttled":
        return { performs: false, error: failed("ThrottlingException", "Rate exceeded", "client") };
      case "statement stopped":
        return {
          performs: false,
          seconds: Math.min(statementSeconds, answerSecondsMax),
          error: failed("StatementTimeoutException", "Request timed out", "client"),
        };
      case "statement ends after its timeout":
        return {
          ...{
            performs: true,
            performsAfter: statementSeconds + chance.whole(1, 30),
            seconds: Math.min(statementSeconds, answerSecondsMax),
          },
          error: failed("StatementTimeoutException", "Request timed out", "client"),
        };
    }
  }
  if (port === "queue" || port === "scheduler") {
    if (what === "request lost")
      return { performs: false, seconds: 16, error: failed("TimeoutError", "no answer in time") };
    if (what === "answer lost" && port === "queue")
      return { performs: true, seconds: 16, error: failed("TimeoutError", "no answer in time") };
  }
  if (port === "upstream") {
    const lost = (said: string, seconds?: number): Fault => ({
      ...{ performs: true, ...(seconds !== undefined && { seconds }) },
      error: new SyncError("transient", said),
    });
    if (what === "reset") return lost("TuShare did not answer: ECONNRESET");
    if (what === "no answer") return lost("TuShare did not answer: TimeoutError", upstreamSeconds);
    if (what === "http 502") return lost("TuShare answered with HTTP 502");
  }
  return { performs: true };
}

/** Whether a fault of the upstream concerns the connection, and not the text of the reply. */
export function isLost(what: string): boolean {
  return [
    "reset",
    "no answer",
    "http 502",
    "crash before",
    "crash during",
    "crash after",
    "stop at timeout",
  ].includes(what);
}

function failed(name: string, message: string, side?: "client" | "server"): Error {
  return Object.assign(new Error(message), { name }, side === undefined ? {} : { $fault: side });
}
