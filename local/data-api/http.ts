// The HTTP side of the Data API server: a JSON body in, a JSON text out, errors in the format AWS clients read.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenAt } from "../listen.ts";
import { whyNotFromHere } from "../loopback.ts";
import { DataApiError, toDataApiError } from "./errors.ts";

/**
 * Handles one operation: takes the decoded request, returns the response as JSON text.
 * @param gone aborted when the caller disconnects before the response
 */
export type Route = (call: Readonly<Record<string, unknown>>, gone: AbortSignal) => Promise<string>;

export interface JsonServerOptions {
  readonly port: number;
  /** Of headers and body together, as the service counts them. */
  readonly requestBytesMax: number;
  readonly answer: (
    path: string,
    call: Readonly<Record<string, unknown>>,
    gone: AbortSignal,
  ) => Promise<string>;
}

/** Listens on loopback. */
export async function serveJson(
  options: JsonServerOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void handle(request, response, options);
  });
  server.keepAliveTimeout = 60_000; // longer than clients keep idle sockets, so none is closed as a request arrives
  const port = await listenAt(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: JsonServerOptions,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => response.writableFinished || gone.abort());
  try {
    const refusal = whyNotFromHere(request.headers);
    if (refusal !== undefined) throw new DataApiError("ForbiddenException", refusal);
    if (request.method !== "POST") {
      throw new DataApiError("NotFoundException", `${request.method} is not an operation of the Data API`);
    }
    const call = decode(await readBody(request, options.requestBytesMax));
    send(response, 200, await options.answer(request.url ?? "/", call, gone.signal));
  } catch (cause) {
    const error = toDataApiError(cause);
    const body = JSON.stringify({ message: error.message, ...error.details });
    send(response, error.status, body, { "x-amzn-errortype": error.name });
  }
}

/** Reads the body. One that is too large is read to its end and discarded, so that the client receives the error. */
async function readBody(request: IncomingMessage, requestBytesMax: number): Promise<Buffer> {
  let bytes = request.rawHeaders.reduce((sum, header) => sum + header.length + 2, 0);
  let chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > requestBytesMax) chunks = [];
    else chunks.push(chunk);
  }
  if (bytes > requestBytesMax) {
    const text = `Request entity too large: ${bytes} bytes exceed the limit of ${requestBytesMax}`;
    throw new DataApiError("RequestEntityTooLargeException", text);
  }
  return Buffer.concat(chunks);
}

function decode(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const call: unknown = JSON.parse(body.toString("utf8") || "{}");
    if (typeof call === "object" && call !== null && !Array.isArray(call)) return { ...call };
  } catch {
    // Not JSON: the same error below.
  }
  throw new DataApiError("ValidationException", "The request body is not a JSON object");
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-amzn-requestid": randomUUID(),
    ...headers,
  });
  response.end(body);
}
