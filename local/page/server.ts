// The local page: one document with script and styles, a stream of events, charts, and commands for the dispatcher. It
// listens on the loopback address only and refuses requests from other sites.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Choice } from "../../shared/catalogue/chosen-datasets.ts";
import type { Origin } from "../../shared/catalogue/origin.ts";
import { style } from "../../shared/widget/style.ts";
import { readOnly } from "../database/url.ts";
import { listen } from "../listen.ts";
import { whyNotFromHere } from "../loopback.ts";
import { drawChart, readChoice } from "./chart.ts";
import { wordsFor } from "./choose-words.ts";
import { carryOut, type Dispatch } from "./commands.ts";
import { coverageWeeks } from "./coverage.ts";
import { openDatabase } from "./database.ts";
import { drawDatasets } from "./datasets.ts";
import { renderDocument } from "./document.ts";
import { readWeeks, streamEvents } from "./events.ts";
import { type InterfaceRate, makeFeed } from "./feed.ts";
import { renderFragments } from "./fragments.ts";
import { drawNames } from "./names.ts";
import { searchPlain } from "./plain-bars.ts";
import { changeQuestions, readQuestions } from "./questions.ts";
import { search } from "./search.ts";
import type { SetUp } from "./setup.ts";
import { askSql, questionOptions } from "./sql.ts";
import { drawFailure, drawUnits } from "./units.ts";
import { drawFindings } from "./verifications.ts";
import type { PageWords } from "./words.ts";

export type PageOptions = {
  /** All that the page shows is read there, as a user that may only read. */
  readonly readerUrl: string;
  /** There the page keeps which days are whole, which it has counted; it changes nothing else but by commands. */
  readonly databaseUrl: string;
  readonly dispatch: Dispatch;
  /** Calls of the last minute, for each interface that was called. */
  readonly rates: () => Promise<readonly InterfaceRate[]>;
  /** Origin of the data on the page. */
  readonly origin: Origin;
  /** What the schedules keep up to date. */
  readonly choice: Choice;
  /** Keeps a person's own questions for the SQL box. */
  readonly questionsFile: string;
  /** Leads to real data; absent where it is not offered. */
  readonly setUp?: SetUp | undefined;
  /** Port to prefer; any free one when it is taken or absent. */
  readonly port?: number;
};

export type Page = { readonly url: string; close(): Promise<void> };

const bodyBytesMax = 100_000;

/** Another site can send this header only after a CORS preflight, which this server does not allow. */
const commandHeader = "x-tushare-sync";

const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#1d5fa8"/><path d="M3 11l3-4 3 2 4-5" fill="none" stroke="#fff" stroke-width="2"/></svg>';

export async function startPage({
  readerUrl,
  databaseUrl,
  dispatch,
  rates,
  origin,
  choice,
  questionsFile,
  setUp,
  port = 0,
}: PageOptions): Promise<Page> {
  const database = openDatabase(readerUrl, readOnly);
  const keeper = openDatabase(databaseUrl);
  const feed = makeFeed({ database, keeper, rates });
  const here = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
  const files: Readonly<Record<string, { type: string; body: string }>> = {
    "/page.css": {
      type: "text/css; charset=utf-8",
      body: style + ["page.css", "data.css", "controls.css", "setup.css", "sql.css"].map(here).join("\n"),
    },
    "/browser.js": { type: "text/javascript; charset=utf-8", body: here("browser.js") },
    "/setup.js": { type: "text/javascript; charset=utf-8", body: here("setup.js") },
    "/questions.js": { type: "text/javascript; charset=utf-8", body: here("questions.js") },
    "/sql.js": { type: "text/javascript; charset=utf-8", body: here("sql.js") },
    "/take.js": { type: "text/javascript; charset=utf-8", body: here("take.js") },
    "/icon.svg": { type: "image/svg+xml", body: icon },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refuse(request);
    if (refusal !== undefined) return send(response, refusal.status, "text/plain", `${refusal.text}\n`);
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://localhost");
    const words = wordsFor(request.headers["accept-language"]);
    const file = files[pathname];
    if (file !== undefined) return send(response, 200, file.type, file.body);
    switch (`${request.method} ${pathname}`) {
      case "GET /":
        return sendHtml(response, await document(request, query, words));
      case "GET /events":
        return streamEvents(request, response, { feed, words, weeks: readWeeks(query.get("weeks")) });
      case "GET /chart":
        return sendJson(response, 200, await drawChart(database, readChoice(query), words));
      case "GET /names":
        return sendHtml(response, await drawNames(database, query, words));
      case "GET /units":
        return sendHtml(response, await drawUnits(database, query, new Date(), words));
      case "GET /failure":
        return sendHtml(response, await drawFailure(database, query, new Date(), words));
      case "GET /datasets":
        return sendHtml(response, await drawDatasets(database, choice, new Date(), words));
      case "GET /findings":
        return sendHtml(response, await drawFindings(database, query, words));
      case "GET /codes":
        return sendJson(response, 200, await suggest(query.get("q") ?? ""));
      case "POST /command":
        return await command(request, response, words);
      case "POST /sql":
        return await sql(request, response, words);
      case "POST /questions":
        return await questions(request, response, words);
      case "POST /setup":
        return await setup(request, response, words);
      default:
        return send(response, 404, "text/plain", "There is no such path: the page is at /.\n");
    }
  }

  async function suggest(typed: string) {
    return [...(await search(database, typed)), ...(await searchPlain(database, typed))];
  }

  /** With its content, so that nothing moves when the browser's script starts. */
  async function document({ headers }: IncomingMessage, query: URLSearchParams, words: PageWords) {
    const saved = readQuestions(questionsFile, words);
    const snapshot = await feed.once();
    if (snapshot === undefined) return renderDocument(words, origin, saved);
    const room = likelyRoom(headers["user-agent"]);
    const choice = readChoice(
      new URLSearchParams({ width: String(room.width), ...Object.fromEntries(query) }),
    );
    return renderDocument(words, origin, saved, {
      fragments: renderFragments(snapshot, words, room.weeks),
      // A chart that cannot be drawn now is asked for again by the browser.
      chart: await drawChart(database, choice, words).catch(() => ({ code: "", html: "" })),
    });
  }

  async function sql(request: IncomingMessage, response: ServerResponse, words: PageWords) {
    const given = await readJson(request);
    if (given === undefined) return sendJson(response, 400, { refusal: words.sql.tooLong });
    sendJson(response, 200, await askSql(readerUrl, given, words));
  }

  async function questions(request: IncomingMessage, response: ServerResponse, words: PageWords) {
    const given = await readJson(request);
    if (given === undefined) return sendJson(response, 400, { refusal: words.sql.tooLong });
    const changed = changeQuestions(questionsFile, given, words);
    if ("refusal" in changed) return sendJson(response, 200, changed);
    const { text, name, questions } = changed;
    sendJson(response, 200, { text, name, html: questionOptions(questions).markup });
  }

  async function setup(request: IncomingMessage, response: ServerResponse, { language }: PageWords) {
    const given = await readJson(request);
    if (given === undefined || setUp === undefined) {
      return sendJson(response, 400, { outcome: "refused", text: "nothing can be set up here" });
    }
    const { outcome, lines } = await setUp(given, language === "en" ? "en" : "zh");
    sendJson(response, 200, { outcome, text: lines.join("\n") });
  }

  async function command(request: IncomingMessage, response: ServerResponse, words: PageWords) {
    const given = await readJson(request);
    if (given === undefined) return sendJson(response, 400, { text: "the command is not a JSON object" });
    const { status, body } = await carryOut(dispatch, given, words);
    feed.wake();
    sendJson(response, status, body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { widget } = wordsFor(request.headers["accept-language"]);
      const text = widget.said(error instanceof Error ? error.message : String(error));
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { text });
    });
  });
  return {
    url: `http://127.0.0.1:${await listen(server, port)}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections(); // event streams do not end otherwise
      await closed;
      await Promise.all([database.close(), keeper.close()]);
    },
  };
}

/** Width of a chart, in pixels, and weeks of coverage: of a usual phone or screen, until the browser has measured its own. */
function likelyRoom(userAgent = ""): { width: number; weeks: number } {
  return /\bMobi/.test(userAgent) ? { width: 306, weeks: 18 } : { width: 730, weeks: coverageWeeks };
}

/** Checks that Host is a local name, and that a command comes from this page. */
function refuse({ method, headers: given }: IncomingMessage): { status: number; text: string } | undefined {
  const foreign = whyNotFromHere(given);
  if (foreign !== undefined) return { status: 403, text: foreign };
  if (given["sec-fetch-site"] === "cross-site" && given["sec-fetch-mode"] !== "navigate") {
    return { status: 403, text: "another site's page may not read this one" };
  }
  if (method === "POST" && (given.origin === undefined || given[commandHeader] !== "page")) {
    return { status: 403, text: `a command needs an Origin and the header ${commandHeader}: page` };
  }
  return undefined;
}

async function readJson(request: IncomingMessage): Promise<object | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...headers, "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function sendHtml(response: ServerResponse, body: string): void {
  send(response, 200, "text/html; charset=utf-8", body);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, "application/json", JSON.stringify(body));
}
