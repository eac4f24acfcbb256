// The HTTP side of the simulated TuShare Pro, on 127.0.0.1 only.
//
//   POST /  /dataapi  /dataapi/{api_name}  /{api_name}   one call: {"api_name", "token", "params", "fields"}
//   GET  /control/stats    calls, refusals, errors and the fullest minute of each interface
//   GET  /control/about    origin, seed, clock, first and last trade date, listed stocks
//   GET  /control/faults   the faults in force
//   POST /control/faults   replaces them: "none", "mild", "storm", "reset:0.1,hang:x2" or [{"kind": "reset"}, ...]
//   GET  /control/address  the address of the caller, as services of the internet tell it
//   POST /control/clock    {"today": "YYYYMMDD", "time": "HH:MM"} fixes the Shanghai clock; {} lets it run live
//
// As with the real one, nearly every reply has HTTP status 200, and the code in the body gives the result. answer.ts
// makes the replies. A request that a web page of another site sent is refused (../loopback.ts).
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { encodeOrigin, simulatedOrigin } from "../../shared/catalogue/origin.ts";
import { listenAt } from "../listen.ts";
import { whyNotFromHere } from "../loopback.ts";
import { type Answer, makeAnswerer } from "./answer.ts";
import { originOfCaptured, readCaptured } from "./captured.ts";
import { type ClockSetting, makeClock } from "./clock.ts";
import { type Interfaces, known } from "./default-interfaces.ts";
import { makeFaults } from "./faults.ts";
import { controlled, type Upstream, type UpstreamAbout, type UpstreamOptions } from "./handle.ts";
import { unit } from "./hash.ts";
import { makeLimits } from "./limits.ts";
import { makeMarket } from "./market.ts";

const bodyBytesMax = 1024 * 1024;
const gzipBytesMin = 16 * 1024;
const compress = promisify(gzip);
const gatewayPage = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

/**
 * Serves the upstream in the calling thread; rejects when the options or the captured folder cannot be used.
 * @param interfaces the interfaces it serves; by default those of the catalogue
 */
export async function serveUpstream(
  options: UpstreamOptions = {},
  interfaces: Interfaces = known,
): Promise<Upstream> {
  const { port = 0, seed = 1, stocks = 5400, minuteLimit = 200, points = 2000, latencyMs = 55 } = options;
  const clock = makeClock({ today: options.today, time: options.time });
  const faults = makeFaults(seed, options.faults);
  const source =
    options.captured === undefined
      ? makeMarket({ seed, stocks, points, publicationHour: options.publicationHour ?? {}, interfaces })
      : await readCaptured(options.captured, seed, interfaces);
  const origin = encodeOrigin(
    options.captured === undefined
      ? simulatedOrigin({ seed, stocks })
      : await originOfCaptured(options.captured, interfaces),
  );
  const { tokens } = options;
  const isToken = (token: string) =>
    tokens ? tokens.includes(token) : token !== "" && !token.startsWith("bad-token");
  const limits = makeLimits();
  const answerer = makeAnswerer({
    seed,
    interfaces,
    source,
    clock,
    limits,
    faults,
    isToken,
    points,
    minuteLimit,
  });
  let answered = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = whyNotFromHere(request.headers);
    if (foreign !== undefined) return sendJson(response, 403, { error: foreign });
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const body = await readBody(request);
    if (path === "/control/address")
      return send(response, 200, "text/plain", `${request.socket.remoteAddress}\n`);
    if (path.startsWith("/control/")) return control(`${request.method} ${path.slice(9)}`, body, response);
    const route = /^\/(?:dataapi\/?)?(\w*)\/?$/.exec(path);
    if (request.method !== "POST" || !route) {
      return send(response, 404, "text/html", gatewayPage("404 Not Found"));
    }
    const luck = unit(seed, answered++, 901);
    const answer = answerer.answer(body, route[1] || undefined);
    const { strikes } = answer;
    if (latencyMs > 0) await sleep(latencyMs * (0.55 + 0.9 * luck));
    const late = strikes.get("latency");
    if (late) await sleep(late.fault.value ?? 2000);
    if (strikes.has("hang")) return answerer.lose(answer);
    const page = strikes.get("http-5xx") ?? strikes.get("html-200");
    if (page) {
      answerer.lose(answer);
      const status = [502, 503, 504][Math.floor(page.luck * 3)] ?? 502;
      if (strikes.has("http-5xx"))
        return send(response, status, "text/html", gatewayPage(`${status} Bad Gateway`));
      return send(response, 200, "text/html", gatewayPage("系统维护中"));
    }
    await deliver(request, response, answer);
  }

  async function deliver(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    const { strikes } = answer;
    const head = `{"request_id":"${randomUUID()}","code":${answer.code},"msg":${JSON.stringify(answer.msg)}`;
    const whole = Buffer.from(`${head},"data":${answer.data}}`);
    const reset = strikes.get("reset");
    if (reset) {
      answerer.lose(answer);
      if (reset.luck < 0.5) return void response.socket?.resetAndDestroy();
      response.writeHead(200, { "content-type": "application/json", "content-length": whole.length });
      response.write(whole.subarray(0, whole.length >> 1), () => response.socket?.resetAndDestroy());
      return;
    }
    const torn = strikes.get("truncated-json");
    if (torn) answerer.lose(answer);
    const bytes = torn ? whole.subarray(0, Math.floor(whole.length * (0.1 + 0.8 * torn.luck))) : whole;
    const type = strikes.has("wrong-content-type") ? "text/html; charset=utf-8" : "application/json";
    const accepts = String(request.headers["accept-encoding"] ?? "").includes("gzip");
    if (options.gzip === false || !accepts || bytes.length < gzipBytesMin)
      return send(response, 200, type, bytes);
    response.setHeader("content-encoding", "gzip");
    send(response, 200, type, await compress(bytes, { level: constants.Z_BEST_SPEED }));
  }

  function control(route: string, body: string, response: ServerResponse): void {
    const routes: Record<string, () => unknown> = {
      "GET stats": () => answerer.stats(),
      "GET about": (): UpstreamAbout => ({ origin, seed, ...nowParts(), ...source.about(clock.now()) }),
      "GET faults": () => faults.list(),
      "POST faults": () => {
        faults.set(JSON.parse(body));
        return faults.list();
      },
      "POST clock": () => {
        clock.set(JSON.parse(body) as ClockSetting);
        return clock.now();
      },
    };
    try {
      const answer = routes[route]?.() ?? null;
      sendJson(response, answer === null ? 404 : 200, answer ?? { error: "no such route" });
    } catch (error) {
      sendJson(response, 400, { error: error instanceof Error ? error.message : "" });
    }
  }

  function nowParts() {
    const { date, time } = clock.now();
    return { today: date, time };
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy()); // the client disconnected, or sent too much
  });
  const taken = await listenAt(server, port);
  return controlled(`http://127.0.0.1:${taken}`, async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bodyBytesMax) throw new RangeError(`request body is over ${bodyBytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function sendJson(response: ServerResponse, status: number, answer: unknown): void {
  send(response, status, "application/json", JSON.stringify(answer));
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
