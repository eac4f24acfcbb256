// TuShare Pro over HTTP. The only place that reads its codes and Chinese messages. Pacing is in pacer.ts.
import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { type ErrorKind, SyncError, type SyncErrorOptions } from "../errors.ts";
import type { Clock, Page, Upstream } from "../ports.ts";
import { ExactNumber } from "../rows/rows.ts";
import { isExact, type ScannedRows, scanRows } from "../rows/scan.ts";
import { say } from "../words/say.ts";

/** The official client's own timeout. */
const timeoutMilliseconds = 30_000;

/** Ten times the largest documented reply of the interfaces we use. */
const replyBytesMax = 32 * 1024 * 1024;

/** Characters kept of TuShare's message; real messages are far shorter. */
const saidCharactersMax = 500;

/** After "too fast" for a minute, waits a whole minute: it is not known whether the window slides or is fixed. */
const minuteRestSeconds = 61;

/** Stands for the rows that were scanned, while JSON.parse reads the rest: no reply can contain it. */
const scanned = randomUUID();

const replySchema = z.object({
  request_id: z.optional(z.nullable(z.string())),
  code: z.int(),
  msg: z.optional(z.nullable(z.string())),
  message: z.optional(z.nullable(z.string())),
  data: z.optional(
    z.nullable(
      z.object({
        fields: z.array(z.string()),
        // Cells are checked in rows.ts, where their column is known; checking them here too would cost as much as parsing.
        items: z.custom<Page["items"]>(
          (items: unknown) => items === scanned || (Array.isArray(items) && items.every(Array.isArray)),
        ),
        has_more: z.optional(z.nullable(z.boolean())),
      }),
    ),
  ),
});

export function makeTushare(options: { url: string; token: () => Promise<string>; clock: Clock }): Upstream {
  const { url, clock } = options;

  return {
    async fetchPage(spec, params) {
      const what = `${spec.name} ${Object.values(params).join(" ")}`;
      const token = await options.token();
      const fields = [...new Set(spec.columns.map(({ name, from }) => from ?? name))].join(",");
      const text = await post(
        url,
        JSON.stringify({ api_name: spec.name, token, params, fields }),
        what,
        token,
      );
      return readReply(text, what, token, clock.now());
    },
  };
}

/** @throws SyncError transient for any response that does not come from TuShare itself */
async function post(url: string, body: string, what: string, token: string): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body,
      redirect: "error", // the body contains the token, which must not go to another host
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    text = await readText(response, what);
  } catch (error) {
    if (error instanceof SyncError) throw error;
    const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause : error) : undefined;
    throw new SyncError(
      "transient",
      say("noAnswer", { what, said: `${cause?.name}: ${withoutToken(cause?.message ?? "", token)}` }),
    );
  }
  if (response.status >= 400) {
    throw new SyncError(
      "transient",
      say("httpStatus", { what, status: response.status, excerpt: excerpt(text, token) }),
    );
  }
  return text;
}

async function readText(response: Response, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > replyBytesMax)
      throw new SyncError("transient", say("replyTooLarge", { what, bytes: replyBytesMax }));
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8").decode(Buffer.concat(chunks));
}

/** @throws SyncError with the kind that follows from TuShare's answer */
export function readReply(text: string, what: string, token: string, now: Date): Page {
  let read: ReturnType<typeof parseExactly>;
  try {
    read = parseExactly(text);
  } catch {
    throw new SyncError("transient", say("replyNotJson", { what, excerpt: excerpt(text, token) }));
  }
  const parsed = z.safeParse(replySchema, read.reply);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => issue.path.join(".") || "the whole reply").slice(0, 3);
    throw new SyncError("transient", say("replyNotForm", { what, fields: wrong.join(", ") }));
  }
  const { code, msg, message, data, request_id } = parsed.data;
  const said = withoutToken(msg ?? message ?? "", token).slice(0, saidCharactersMax);
  if (code !== 0)
    throw classify(
      code,
      said,
      say("tushareSays", { what, code, said, request: request_id ?? String(request_id) }),
      now,
    );
  return {
    fields: data?.fields ?? [],
    items: read.rows ?? data?.items ?? [],
    hasMore: data?.has_more === true,
  };
}

/** The kind of a refusal. Rate limits are checked before rights, because older rate messages also contain 权限. */
function classify(code: number, said: string, text: string, now: Date): SyncError {
  const current = /频率超限\((?<calls>\d+)次\/(?<unit>分钟|小时|天)\)/.exec(said)?.groups;
  const older = /每(?<unit>分钟|小时|天)最多访问该接口(?<calls>\d+)次/.exec(said)?.groups;
  const { unit: rate, calls } = current ?? older ?? {};
  if (rate === "分钟") {
    return refused("rate-limited", text, {
      retryAfterSeconds: minuteRestSeconds,
      callsAMinute: Number(calls),
    });
  }
  if (rate === "小时") return refused("rate-limited", text, { scope: "task", retryAfterSeconds: 3_660 });
  if (rate === "天")
    return refused("rate-limited", text, { scope: "task", retryAfterSeconds: secondsToTomorrow(now) });
  if (code === 40204 || /IP数量超限/i.test(said)) return refused("permanent", text, { scope: "account" });
  if (code === 40101 && !said.includes("接口名")) return refused("permanent", text, { scope: "account" });
  if (/token不对|TOKEN无效|恶意行为/.test(said)) return refused("permanent", text, { scope: "account" });
  if (said.includes("访问权限")) return refused("permanent", text, { scope: "task" });
  if (said.includes("请指定正确的接口名")) return refused("permanent", text, { scope: "task" });
  if (/必填参数|参数校验失败/.test(said)) return refused("permanent", text);
  return refused("transient", text);
}

function refused(kind: ErrorKind, text: string, options?: SyncErrorOptions): SyncError {
  return new SyncError(kind, text, options);
}

/** Seconds until five minutes past midnight in Shanghai, when the daily quota is reset. */
function secondsToTomorrow(now: Date): number {
  return Math.ceil((shanghaiInstant(shanghaiDay(now), 24).getTime() - now.getTime()) / 1000) + 300;
}

/**
 * Parses a reply with exact numbers. Its rows are scanned by column, if they are plain rows; JSON.parse reads the rest, so a
 * text that is no JSON is refused either way.
 */
function parseExactly(text: string): { reply: unknown; rows?: ScannedRows } {
  const found = /"items"\s*:\s*(?=\[)/.exec(text);
  const start = found === null ? -1 : found.index + found[0].length;
  const read = start === -1 ? undefined : scanRows(text, start);
  if (read !== undefined) {
    const reply = JSON.parse(`${text.slice(0, start)}"${scanned}"${text.slice(read.end)}`) as {
      data?: { items?: unknown } | null;
    } | null;
    // Else the rows were those of something else that has this name.
    if (reply?.data?.items === scanned) return { reply, rows: read.rows };
  }
  const reply: unknown = JSON.parse(
    text,
    function reviveExactly(_key, value: unknown, context?: { source?: string }) {
      if (typeof value !== "number" || context?.source === undefined) return value;
      return isExact(value, context.source) ? value : new ExactNumber(context.source);
    },
  );
  return { reply };
}

function excerpt(text: string, token: string): string {
  return say("excerpt", {
    count: text.length,
    text: JSON.stringify(withoutToken(text.slice(0, 2_000), token).slice(0, 80)),
  });
}

/** Removes the token from a text: an upstream or a proxy may echo the request. */
function withoutToken(text: string, token: string): string {
  return token === "" ? text : text.replaceAll(token, "***");
}
