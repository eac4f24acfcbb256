// TuShare Pro over HTTP. The only place that reads its codes and Chinese messages. Pacing is in pacer.ts.
import * as z from "zod/mini";
import { shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { type ErrorKind, SyncError, type SyncErrorOptions } from "../errors.ts";
import type { Clock, Page, Upstream } from "../ports.ts";
import { ExactNumber } from "../rows/rows.ts";
import { say } from "../words/say.ts";

/** The official client's own timeout. */
const timeoutMilliseconds = 30_000;

/** Ten times the largest documented reply of the interfaces we use. */
const replyBytesMax = 32 * 1024 * 1024;

/** Characters kept of TuShare's message; real messages are far shorter. */
const saidCharactersMax = 500;

/** After "too fast" for a minute, waits a whole minute: it is not known whether the window slides or is fixed. */
const minuteRestSeconds = 61;

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
        items: z.custom<unknown[][]>((items) => Array.isArray(items) && items.every(Array.isArray)),
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
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch {
    throw new SyncError("transient", say("replyNotJson", { what, excerpt: excerpt(text, token) }));
  }
  const parsed = z.safeParse(replySchema, value);
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
  return { fields: data?.fields ?? [], items: data?.items ?? [], hasMore: data?.has_more === true };
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
 * Parses JSON with exact numbers. A double holds any 15 significant digits, so only a reply with longer numbers needs the
 * slow way, which keeps their text.
 */
function parseExactly(text: string): unknown {
  if (!mayPassDouble(text)) return JSON.parse(text);
  return JSON.parse(text, function reviveExactly(_key, value: unknown, context?: { source?: string }) {
    if (typeof value !== "number" || context?.source === undefined) return value;
    return significantDigits(context.source) > 15 || isUnderflow(value, context.source)
      ? new ExactNumber(context.source)
      : value;
  });
}

/**
 * Whether a text may contain a number that a double cannot hold: a run of digits and dots longer than 15 digits can make, or
 * an exponent of three digits. A loop, because a regular expression takes as long as the parser.
 */
function mayPassDouble(text: string): boolean {
  let run = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 57 && code >= 46 && code !== 47) {
      run += 1;
      if (run > 15) return true;
    } else run = 0;
  }
  return /[eE]-\d{3}/.test(text);
}

/** Too small for a double: 1e-400 would become 0. */
function isUnderflow(value: number, source: string): boolean {
  return value === 0 && /[1-9]/.test(source.replace(/[eE].*$/, ""));
}

function significantDigits(source: string): number {
  return source
    .replace(/[eE].*$/, "")
    .replace(/^-?0*\.?0*/, "")
    .replace(".", "").length;
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
