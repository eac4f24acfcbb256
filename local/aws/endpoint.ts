// The one HTTP address that SDK clients and the `aws` command line talk to: reads a request, passes it to its service
// and writes the response, with errors in AWS's format.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { listen } from "../listen.ts";
import { whyNotFromHere } from "../loopback.ts";
import { localClients } from "../running.ts";

export const { region } = localClients;
export const accountId = "000000000000";

/** Requests above this are refused; the largest a service takes is Lambda's 6 MB payload. */
const requestBytesMax = 16 * 1024 * 1024;

export type AwsRequest = {
  method: string;
  /** Path as sent, still percent-encoded: an ARN in it may hold slashes. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Aborted when the caller disconnects before the response. */
  gone?: AbortSignal;
};

export type AwsResponse = { status: number; headers?: Record<string, string>; body: string | Buffer };

export type AwsService = {
  name: string;
  accepts(request: AwsRequest): boolean;
  handle(request: AwsRequest): Promise<AwsResponse>;
};

/** Throws an AwsError for a request that is not to be answered. */
export type Admit = (request: AwsRequest) => Promise<void>;

/** The access key that a request is signed with; a function's is its name. Undefined: the request is not signed. */
export function callerOf({ headers }: Pick<AwsRequest, "headers">): string | undefined {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1];
}

/** An error as an AWS service returns it; SDKs choose their error class by `code`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly fields: Record<string, unknown>;

  constructor(
    code: string,
    message: string,
    options: { status?: number; headers?: Record<string, string>; fields?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.headers = options.headers ?? {};
    this.fields = options.fields ?? {};
  }
}

export type AwsEndpoint = { url: string; close(): Promise<void> };

/**
 * Listens on the loopback address, on `port` if it is free, else on any.
 * @param services read at each request, so services may be added after the address is known.
 * @param admit called before the service answers
 */
export async function startAwsEndpoint(
  services: readonly AwsService[],
  port = 0,
  admit?: Admit,
): Promise<AwsEndpoint> {
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on("close", () => response.writableFinished || gone.abort());
    answer(services, admit, request, gone.signal).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { "x-amzn-requestid": randomUUID(), ...headers });
        response.end(body);
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  // Longer than SDK clients keep an idle connection, so that none is closed just as a client reuses it.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  const listening = await listen(server, port);
  return {
    url: `http://127.0.0.1:${listening}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(body: unknown, status = 200): AwsResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** The request's JSON object; an empty body is an empty object. */
export function jsonBody(request: AwsRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(request.body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Not JSON: the error below, as for JSON that is not an object.
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}

/** Forwards calls to another server, so that one `--endpoint-url` serves every command. */
export function forward(name: string, url: string, paths: readonly string[]): AwsService {
  return {
    name,
    accepts: ({ method, path }) => method === "POST" && paths.includes(path),
    async handle({ path, body, gone }) {
      const reply = await fetch(new URL(path, url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new Uint8Array(body),
        signal: gone ?? null, // so the other server sees the disconnect too
      });
      const errorType = reply.headers.get("x-amzn-errortype");
      return {
        status: reply.status,
        headers: {
          "content-type": "application/json",
          ...(errorType === null ? {} : { "x-amzn-errortype": errorType }),
        },
        body: Buffer.from(await reply.arrayBuffer()),
      };
    },
  };
}

async function answer(
  services: readonly AwsService[],
  admit: Admit | undefined,
  incoming: IncomingMessage,
  gone: AbortSignal,
): Promise<AwsResponse> {
  try {
    refuseBrowsers(incoming.headers);
    const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const request: AwsRequest = {
      method: incoming.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await readBody(incoming),
      gone,
    };
    await admit?.(request);
    const service = services.find((candidate) => candidate.accepts(request));
    if (service === undefined) throw unknownOperation(request);
    return await service.handle(request);
  } catch (error) {
    return encodeError(error, String(incoming.headers["content-type"]));
  }
}

/** No AWS client sends an Origin header, and this endpoint has no page of its own. */
function refuseBrowsers(headers: IncomingHttpHeaders): void {
  if (headers.origin !== undefined || whyNotFromHere(headers) !== undefined) {
    throw new AwsError("AccessDeniedException", "This endpoint answers AWS clients on this machine only.", {
      status: 403,
    });
  }
}

function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= requestBytesMax) chunks.push(chunk);
    });
    incoming.on("end", () => {
      if (bytes <= requestBytesMax) resolve(Buffer.concat(chunks));
      else {
        const message = `The request has ${bytes} bytes, more than ${requestBytesMax}.`;
        reject(new AwsError("RequestEntityTooLargeException", message, { status: 413 }));
      }
    });
    incoming.on("error", reject);
  });
}

function unknownOperation(request: AwsRequest): AwsError {
  const target = request.headers["x-amz-target"];
  const what = typeof target === "string" ? target : `${request.method} ${request.path}`;
  return new AwsError("UnknownOperationException", `The local stack does not answer ${what}.`, {
    status: 404,
  });
}

/** Serves both JSON protocols: REST clients read the header, the others `__type`. The old services want XML. */
function encodeError(error: unknown, contentType: string): AwsResponse {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const known = error instanceof AwsError ? error : new AwsError("InternalFailure", text, { status: 500 });
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    const message = known.message.replace(/[<&]/g, " ");
    const code = known.headers["x-amzn-query-error"]?.split(";")[0] ?? known.code;
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    return { status: known.status, headers: { "content-type": "text/xml" }, body };
  }
  return {
    status: known.status,
    headers: { "content-type": "application/json", "x-amzn-errortype": known.code, ...known.headers },
    body: JSON.stringify({
      __type: known.code,
      message: known.message,
      Message: known.message,
      ...known.fields,
    }),
  };
}
