// Runs one statement with one or many sets of values on a pg connection, in one round trip and one implicit transaction.
// pg's own query() cannot give parameter types or send many sets at once; this uses its documented extension point.
import { connect } from "node:net";
import type { Connection, FieldDef, PoolClient, Submittable } from "pg";
import type { BoundValues } from "./parameters.ts";

export interface Reply {
  readonly fields: readonly FieldDef[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** The command tag, such as "INSERT 0 1". */
  readonly tag: string;
}

export interface QueryOutcome {
  /** One for each set of values. */
  readonly replies: readonly Reply[];
  /** Bytes of the widest row, and of all rows: rows over the limit are counted, but not kept. */
  readonly widestRowBytes: number;
  readonly bytes: number;
  /** False when the statement left a transaction open (it was BEGIN, or ran in one). */
  readonly idle: boolean;
}

interface PreparedWire {
  parse(message: { name?: string; text: string; types: readonly number[] }): void;
  bind(message: { statement?: string; values: readonly (string | Buffer | null)[] }): void;
  describe(message: { type: "P" }): void;
  execute(message: object): void;
  sync(): void;
  readonly stream: { cork(): void; uncork(): void };
  sendCopyFail(reason: string): void;
}

/** The statements that connections have prepared: names by text and types. */
export type PreparedStatements = WeakMap<PoolClient, Map<string, string>>;

/**
 * Rejects with PostgreSQL's error. `keptBytesMax` limits the bytes of a result kept in memory.
 * @param prepared where given, a connection parses each statement once; after an error it cannot be used again
 */
export function runQuery(
  client: PoolClient,
  text: string,
  sets: readonly BoundValues[],
  keptBytesMax: number,
  prepared?: PreparedStatements,
): Promise<QueryOutcome> {
  return new Promise((resolve, reject) => {
    const replies: Reply[] = [];
    let fields: FieldDef[] = [];
    let rows: (string | null)[][] = [];
    let bytes = 0;
    let widestRowBytes = 0;

    function complete(tag: string): void {
      replies.push({ fields, rows, tag });
      fields = [];
      rows = [];
    }

    /** Returns the statement's name; undefined where it has none. */
    function parse(wire: PreparedWire, types: readonly number[]): string | undefined {
      if (prepared === undefined) {
        wire.parse({ text, types });
        return undefined;
      }
      const known = prepared.get(client) ?? new Map<string, string>();
      prepared.set(client, known);
      const key = `${types} ${text}`;
      const name = known.get(key) ?? `s${known.size}`;
      if (!known.has(key)) wire.parse({ name, text, types });
      known.set(key, name);
      return name;
    }

    const query = {
      submit(connection: Connection) {
        const wire = connection as unknown as PreparedWire;
        wire.stream.cork();
        let parsed: readonly number[] | undefined;
        let statement: string | undefined;
        for (const { types, values } of sets) {
          if (!parsed || types.some((type, index) => type !== parsed?.[index])) {
            statement = parse(wire, types);
            parsed = types;
          }
          wire.bind({ ...(statement !== undefined && { statement }), values });
          wire.describe({ type: "P" });
          wire.execute({});
        }
        wire.sync();
        wire.stream.uncork();
      },
      handleRowDescription(message: { fields: FieldDef[] }) {
        fields = message.fields;
      },
      handleDataRow(message: { length: number; fields: (string | null)[] }) {
        bytes += message.length;
        widestRowBytes = Math.max(widestRowBytes, message.length);
        if (bytes <= keptBytesMax) rows.push(message.fields);
      },
      handleCommandComplete: (message: { text: string }) => complete(message.text),
      handleEmptyQuery: () => complete(""),
      handlePortalSuspended() {},
      handleCopyInResponse(wire: PreparedWire) {
        wire.sendCopyFail("COPY is not supported");
        wire.sync(); // the Sync sent above was read as part of the copy
      },
      handleCopyData() {},
      handleError: reject,
      handleReadyForQuery() {
        resolve({ replies, widestRowBytes, bytes, idle: client.getTransactionStatus() === "I" });
      },
    };
    client.query(query as Submittable);
  });
}

/** Asks the server to cancel the connection's statement. Settles once the server has received the request. */
export function cancelStatement(client: PoolClient): Promise<void> {
  const { processID, secretKey, host, port } = client as unknown as {
    processID: number;
    secretKey: number;
    host: string;
    port: number;
  };
  return new Promise((resolve) => {
    const request = Buffer.alloc(16);
    request.writeInt32BE(16, 0);
    request.writeInt32BE(80877102, 4);
    request.writeInt32BE(processID, 8);
    request.writeInt32BE(secretKey, 12);
    const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.on("connect", () => socket.end(request));
    socket.on("error", () => resolve()).on("close", () => resolve());
    socket.resume();
  });
}
