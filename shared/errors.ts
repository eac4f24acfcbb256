// The one error class. Its kind and scope alone decide what happens next.

/** transient: may work soon. rate-limited: works later, spends no attempt. permanent: never works as it is. */
export const errorKinds = ["transient", "rate-limited", "permanent"] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** What the error is about: this unit alone, its whole task (a used-up day, a missing right), or every task. */
export type ErrorScope = "unit" | "task" | "account";

export type SyncErrorOptions = {
  cause?: unknown;
  scope?: ErrorScope;
  /** How long to wait, for a rate-limited error. */
  retryAfterSeconds?: number;
  /** The limit the upstream named with it. */
  callsAMinute?: number;
  /** The check of the database that refused the statement. */
  check?: string | undefined;
  /** The statement would have stored a key that is stored. */
  isDuplicate?: boolean;
};

export class SyncError extends Error {
  override readonly name = "SyncError";
  readonly kind: ErrorKind;
  readonly scope: ErrorScope;
  readonly retryAfterSeconds: number | undefined;
  readonly callsAMinute: number | undefined;
  readonly check: string | undefined;
  readonly isDuplicate: boolean;

  constructor(kind: ErrorKind, message: string, options: SyncErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.scope = options.scope ?? "unit";
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.callsAMinute = options.callsAMinute;
    this.check = options.check;
    this.isDuplicate = options.isDuplicate ?? false;
  }
}

/** Any thrown thing as a SyncError. What we do not know counts as transient: the attempt limit bounds it. */
export function asSyncError(thrown: unknown): SyncError {
  if (thrown instanceof SyncError) return thrown;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new SyncError("transient", message, { cause: thrown });
}

/** True when the account may not call what was called. */
export function lacksRight({ kind, scope }: SyncError): boolean {
  return kind === "permanent" && scope === "task";
}
