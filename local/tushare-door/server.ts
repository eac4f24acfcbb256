// The mirror under TuShare's protocol, on 127.0.0.1 only: clients of TuShare need only its address. It reads with the user
// that may only read, and never calls TuShare.
//
//   POST /  /dataapi  /dataapi/{api_name}  /{api_name}   one question: {"api_name", "token", "params", "fields"}
//   POST /lenient/...                                     the same, also where rows may be missing
//
// As with TuShare, a refusal has HTTP status 200, and the code in the body tells it.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Settings } from "../../shared/catalogue/settings.ts";
import { makeDoor } from "../../shared/tushare-door/answer.ts";
import { questionBytesMax, readPath } from "../../shared/tushare-door/path.ts";
import { refusalText } from "../../shared/tushare-door/refusal.ts";
import { readOnly } from "../database/url.ts";
import { listen } from "../listen.ts";
import { whyNotFromHere } from "../loopback.ts";
import { openDatabase } from "../page/database.ts";

export type DoorServer = { readonly url: string; close(): Promise<void> };

export type DoorServerOptions = {
  readonly readerUrl: string;
  readonly settings: Settings;
  /** Rows of an answer, where that is more than the interface's own cap. */
  readonly rowsMax?: number;
  /** Port to prefer; any free one when it is taken or absent. */
  readonly port?: number;
};

export async function startDoor({
  readerUrl,
  settings,
  rowsMax,
  port = 0,
}: DoorServerOptions): Promise<DoorServer> {
  const database = openDatabase(readerUrl, readOnly);
  const answer = makeDoor({ database, settings, rowsMax });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = whyNotFromHere(request.headers);
    if (foreign !== undefined) return send(response, 403, "text/plain", `${foreign}\n`);
    const path = readPath((request.url ?? "/").split("?")[0] ?? "/");
    if (path === undefined) return send(response, 404, "text/plain", "There is no such path.\n");
    if (request.method !== "POST") return send(response, 405, "text/plain", "Questions are sent by POST.\n");
    const body = await readBody(request);
    if (body === undefined) return send(response, 413, "text/plain", "The question is too long.\n");
    const text = await answer({ ...path, body, requestId: randomUUID(), now: new Date() });
    send(response, 200, "application/json", text);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      // In TuShare's shape and code for a fault of the server.
      const msg = `系统内部错误: ${error instanceof Error ? error.message : String(error)}`;
      send(response, 200, "application/json", refusalText(randomUUID(), { code: -1000, msg }));
    });
  });
  return {
    url: `http://127.0.0.1:${await listen(server, port)}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await database.close();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= questionBytesMax) chunks.push(chunk);
  }
  return bytes > questionBytesMax ? undefined : Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
