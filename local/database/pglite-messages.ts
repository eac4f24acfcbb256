// The few PostgreSQL wire messages the PGlite server reads and writes itself. All others pass through unchanged.

/** One frontend message, with the fields that the server needs. */
export interface Message {
  /** The type letter; P(arse), B(ind), D(escribe), E(xecute), C(lose), S(ync), H (flush), Q(uery), X (terminate). */
  readonly type: string;
  readonly bytes: Buffer;
  /** The name of the statement it prepares. */
  readonly parses?: string;
  /** The name of the prepared statement it closes. */
  readonly closes?: string;
}

/**
 * Reads a frontend message. Names of prepared statements get the prefix, so that two connections, which share one
 * session behind the server, can use the same name.
 */
export function readMessage(bytes: Buffer, prefix: string): Message {
  const type = String.fromCharCode(bytes[0] ?? 0);
  if (type === "P") {
    const [name] = cString(bytes, 5);
    const renamed = name === "" ? bytes : replaceName(bytes, 5, name, prefix + name);
    return { type, bytes: renamed, parses: name === "" ? "" : prefix + name };
  }
  if (type === "B") {
    const [, statementAt] = cString(bytes, 5);
    const [name] = cString(bytes, statementAt);
    return { type, bytes: name === "" ? bytes : replaceName(bytes, statementAt, name, prefix + name) };
  }
  if ((type === "D" || type === "C") && bytes[5] === 0x53) {
    const [name] = cString(bytes, 6);
    const renamed = name === "" ? bytes : replaceName(bytes, 6, name, prefix + name);
    return type === "C"
      ? { type, bytes: renamed, closes: name === "" ? "" : prefix + name }
      : { type, bytes: renamed };
  }
  return { type, bytes };
}

export const messages = {
  sync: typed("S"),
  query: (sql: string) => typed("Q", Buffer.from(`${sql}\0`)),
  parse: (sql: string, name = "") => typed("P", Buffer.from(`${name}\0${sql}\0\0\0`)),
  close: (statement: string) => typed("C", Buffer.from(`S${statement}\0`)),
  message: (bytes: Buffer): Message => ({ type: String.fromCharCode(bytes[0] ?? 0), bytes }),
  ready: (status: "I" | "T" | "E") => typed("Z", Buffer.from(status)),
  authenticated: typed("R", Buffer.from([0, 0, 0, 0])),
  /** Asks for a password by the one method there is here (scram.ts). */
  askPassword: typed("R", int32(10), Buffer.from("SCRAM-SHA-256\0\0")),
  challenge: (text: string) => typed("R", int32(11), Buffer.from(text)),
  lastOfPassword: (text: string) => typed("R", int32(12), Buffer.from(text)),
  parameter: (name: string, value: string) => typed("S", Buffer.from(`${name}\0${value}\0`)),
  /** Tells a client that asks for a newer minor protocol version that 3.0 is spoken here. */
  protocolThree: typed("v", int32(196608), int32(0)),
  key: (processId: number, secret: number) => typed("K", int32(processId), int32(secret)),
  /** "Send the rows": `binary` as the COPY statement says. */
  copyIn: (binary: boolean) => typed("G", Buffer.from([binary ? 1 : 0, 0, 0])),
  error: (code: string, text: string, severity: "ERROR" | "FATAL" = "ERROR") =>
    typed("E", Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`)),
};

/** The text columns of the rows in a reply. */
export function readTexts(output: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = [];
  for (const { type, start } of backendMessages(output)) {
    if (type !== "D") continue;
    const row: (string | null)[] = [];
    let at = start + 7;
    for (let column = output.readInt16BE(start + 5); column > 0; column--) {
      const length = output.readInt32BE(at);
      row.push(length < 0 ? null : output.toString("utf8", at + 4, at + 4 + length));
      at += 4 + Math.max(length, 0);
    }
    rows.push(row);
  }
  return rows;
}

/** The command tags of the statements a reply reports as complete, such as "INSERT 0 1". */
export function tagsIn(output: Buffer): string[] {
  const tags: string[] = [];
  for (const { type, start, end } of backendMessages(output)) {
    if (type === "C") tags.push(output.toString("latin1", start + 5, end - 1));
  }
  return tags;
}

/** The SQLSTATE of the first error in a reply. */
export function errorCodeIn(output: Buffer): string | undefined {
  for (const { type, start, end } of backendMessages(output)) {
    if (type === "E") return /(?:^|\0)C(\w{5})\0/.exec(output.toString("latin1", start + 5, end))?.[1];
  }
  return undefined;
}

/** The reply with another message in place of its first error. */
export function replaceError(output: Buffer, error: Buffer): Buffer {
  for (const { type, start, end } of backendMessages(output)) {
    if (type === "E") return Buffer.concat([output.subarray(0, start), error, output.subarray(end)]);
  }
  return output;
}

export function* backendMessages(output: Buffer): Generator<{ type: string; start: number; end: number }> {
  let start = 0;
  while (start + 5 <= output.length) {
    const end = start + 1 + output.readInt32BE(start + 1);
    yield { type: String.fromCharCode(output[start] ?? 0), start, end };
    start = end;
  }
}

/** A zero-terminated text and the offset behind it. */
export function cString(bytes: Buffer, start: number): [text: string, next: number] {
  const end = bytes.indexOf(0, start);
  return [bytes.toString("utf8", start, end), end + 1];
}

function replaceName(bytes: Buffer, at: number, name: string, replacement: string): Buffer {
  const rest = bytes.subarray(at + Buffer.byteLength(name));
  const replaced = Buffer.concat([bytes.subarray(0, at), Buffer.from(replacement), rest]);
  replaced.writeInt32BE(replaced.length - 1, 1);
  return replaced;
}

function typed(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value, 0);
  return bytes;
}
