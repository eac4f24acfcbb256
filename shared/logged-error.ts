// How an error is logged: its message, then what its causes add. The stack is logged only for an unexpected error: an
// error that an adapter has classified comes from an outside service, and its stack does not help.
import { asSyncError, type ErrorKind, type ErrorScope } from "./errors.ts";

export type LoggedError = {
  readonly kind: ErrorKind;
  /** Left out for the usual scope, a single unit. */
  readonly scope?: Exclude<ErrorScope, "unit">;
  readonly message: string;
  readonly retryAfterSeconds?: number;
  /** Messages of the causes, the nearest first; those that repeat an earlier message are left out. */
  readonly causes?: readonly string[];
  /** Stack of an unexpected error, the innermost call first. */
  readonly at?: readonly string[];
};

const causesMax = 5;
const callsMax = 5;

export function loggedError(thrown: unknown): LoggedError {
  const error = asSyncError(thrown);
  const { kind, scope, message, retryAfterSeconds } = error;
  const causes = causesOf(error);
  const [origin] = causes;
  const isForeseen = origin === undefined || describe(origin) !== message;
  const added = textsBeyond(message, causes.map(describe));
  return {
    kind,
    ...(scope !== "unit" && { scope }),
    message,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(added.length > 0 && { causes: added }),
    ...(!isForeseen && origin instanceof Error && { at: callsOf(origin) }),
  };
}

/** Details of a log line; errors among them become LoggedError. */
export function loggedDetails(details: object): object {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      value instanceof Error ? loggedError(value) : value,
    ]),
  );
}

function causesOf(error: Error): unknown[] {
  const causes: unknown[] = [];
  for (let { cause } = error; cause !== undefined && causes.length < causesMax; ) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

/** In the format of asSyncError, so that an error it has wrapped is recognised. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return `${cause.name}: ${cause.message === "" ? code : cause.message}`;
}

function textsBeyond(message: string, texts: readonly string[]): string[] {
  const said = [message];
  return texts.filter((text) => {
    const words = text.slice(text.indexOf(": ") + 2);
    if (said.some((earlier) => earlier.includes(words))) return false;
    said.push(text);
    return true;
  });
}

/** The stack, without the message and without folders in file paths. */
function callsOf({ stack = "" }: Error): string[] {
  const calls = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return calls.slice(0, callsMax).map((line) =>
    line
      .trim()
      .slice(3)
      .replace(/(?:file:\/\/)?\/\S*\//, ""),
  );
}
