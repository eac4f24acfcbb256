// The stream of one browser: each part of the page when it has changed, and announcements for screen readers.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
import type { IncomingMessage, ServerResponse } from "node:http";
import { coverageWeeks } from "./coverage.ts";
import type { Feed, Snapshot } from "./feed.ts";
import { describeChange, fragmentNames, renderFragments } from "./fragments.ts";
import type { PageWords } from "./words.ts";

/** Proxies and browsers close an idle connection. */
const heartbeatMilliseconds = 20_000;

const weeksMin = 8;

/** How long the browser waits to reconnect; then it gets all parts again. */
const reconnectMilliseconds = 2_000;

export function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  { feed, words, weeks }: { feed: Feed; words: PageWords; weeks: number },
): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(`retry: ${reconnectMilliseconds}\n\n`);
  const sent = new Map<string, string>();
  let before: Snapshot | undefined;

  function say(event: string, data: object): void {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function show(snapshot: Snapshot | undefined): void {
    sayOnce("state", {
      text: snapshot === undefined ? words.silent : words.live,
      isLive: snapshot !== undefined,
    });
    if (snapshot === undefined) return;
    const fragments = renderFragments(snapshot, words, weeks);
    for (const name of fragmentNames) sayOnce("fragment", { name, html: fragments[name] }, name);
    const change = before === undefined ? "" : describeChange(before, snapshot, words);
    if (change !== "") say("change", { text: change });
    before = snapshot;
  }

  function sayOnce(event: string, data: object, key = event): void {
    const text = JSON.stringify(data);
    if (sent.get(key) === text) return;
    sent.set(key, text);
    say(event, data);
  }

  const heartbeat = setInterval(() => response.write(":\n\n"), heartbeatMilliseconds);
  const unsubscribe = feed.subscribe((snapshot) => {
    try {
      show(snapshot);
    } catch {
      response.destroy(); // a rendering error must not end the sync; the browser reconnects
    }
  });
  request.on("close", () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}

export function readWeeks(text: string | null): number {
  const weeks = Math.floor(Number(text ?? coverageWeeks)) || coverageWeeks;
  return Math.min(coverageWeeks, Math.max(weeksMin, weeks));
}
