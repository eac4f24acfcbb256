// Sends alarms to a chat robot: Feishu (and Lark), WeCom, DingTalk and Slack each have their own message format. The first
// three answer 200 even when they refuse a message.
import { createHmac } from "node:crypto";
import * as z from "zod/mini";
import { formatDay, shanghaiDay, shanghaiTime } from "../catalogue/dates.ts";
import { isSafeAddress } from "../catalogue/origin.ts";
import { SyncError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { alarmWords, readAlarmText } from "../words/alarm.ts";
import { type ChatMessage, cardFor, type RobotKind, robotKinds } from "../words/chat-card.ts";
import type { Language } from "../words/language.ts";

/** The robot's address. `secret` is the signing key of robots that require signed messages. */
export type Webhook = {
  readonly kind: RobotKind;
  readonly url: string;
  readonly secret?: string | undefined;
};

const timeoutMilliseconds = 10_000;

/** @returns a function that sends one message. It throws SyncError; no error names the address, which is a secret. */
export function makeChatRobot(options: {
  webhook: () => Promise<string>;
  clock: Clock;
}): (message: ChatMessage) => Promise<void> {
  return async (message) => {
    const webhook = readWebhook(await options.webhook());
    const { url, body } = requestFor(webhook, message, options.clock.now());
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMilliseconds),
    }).catch((error: Error) => error.name);
    const refused =
      typeof response === "string"
        ? `no answer (${response})`
        : whyRefused(response.status, await response.text());
    if (refused !== undefined) throw new SyncError("transient", `${webhook.kind} robot: ${refused}`);
  };
}

const hosts: Readonly<Record<string, RobotKind>> = {
  "open.feishu.cn": "feishu",
  "open.larksuite.com": "feishu",
  "qyapi.weixin.qq.com": "wecom",
  "oapi.dingtalk.com": "dingtalk",
  "hooks.slack.com": "slack",
};

const webhookSchema = z.object({
  kind: z.optional(z.enum(robotKinds)),
  url: z.url(),
  secret: z.optional(z.string().check(z.minLength(1))),
});

/**
 * A secret's text: the robot's address, or JSON such as {"url":"https://...","secret":"SEC..."}.
 * @throws SyncError permanent, with what is expected; it never quotes the secret
 */
export function readWebhook(text: string): Webhook {
  const parsed = z.safeParse(webhookSchema, text.trim().startsWith("{") ? parse(text) : { url: text.trim() });
  const example =
    'expected the address of the robot, or {"url":"https://...","secret":"...","kind":"dingtalk"}';
  if (!parsed.success) throw refuse(`the secret of the alarm webhook cannot be read: ${example}`);
  const { url, secret, kind } = parsed.data;
  const { hostname } = new URL(url);
  if (!isSafeAddress(url)) throw refuse("the alarm webhook is not an https address");
  const found = kind ?? hosts[hostname];
  if (found === undefined) {
    throw refuse(
      `the alarm webhook is at ${hostname}, which is none we know: add "kind", one of ${robotKinds.join(", ")}`,
    );
  }
  return { kind: found, url, secret };
}

const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.optional(z.nullable(z.string())),
  NewStateValue: z.string(),
  NewStateReason: z.optional(z.string()),
  StateChangeTime: z.optional(z.string()),
  Region: z.optional(z.string()),
});

/**
 * Reads CloudWatch's message about an alarm that changed; other messages on the topic are passed on unchanged.
 * @param language of what is no alarm of this stack's; an alarm's description has its own
 */
export function readAlarm(
  subject: string | undefined,
  message: string,
  language: Language = "en",
): ChatMessage {
  const parsed = z.safeParse(alarmSchema, parse(message));
  if (!parsed.success)
    return { title: subject ?? alarmWords[language].message, tone: "note", lines: message.split("\n") };
  const {
    AlarmName,
    AlarmDescription,
    NewStateValue,
    NewStateReason = "",
    StateChangeTime,
    Region,
  } = parsed.data;
  const text = readAlarmText(AlarmDescription ?? "");
  const words = alarmWords[text?.language ?? language];
  const [stack = "", name = ""] = AlarmName.split(/: (.*)/s);
  const named = text?.name === undefined ? AlarmName : `${stack}: ${text.name} (${name})`;
  const where = (time: string) => [time, Region].filter(Boolean).join(", ");
  const at = StateChangeTime === undefined ? undefined : shanghaiMinute(StateChangeTime);
  if (NewStateValue === "OK") {
    const lines = [words.isOver, at === undefined ? "" : where(words.overSince(at)), NewStateReason];
    return {
      title: `${words.resolved} · ${named}`,
      tone: "over",
      lines,
      link: linkTo(text?.runbook, words.open),
    };
  }
  const state = text === undefined ? NewStateValue : words.severities[text.severity];
  return {
    title: `${state} · ${named}`,
    tone: text?.severity ?? "warning",
    lines: [
      ...(text === undefined ? (AlarmDescription ?? "").split("\n") : [text.means]),
      at === undefined ? "" : where(words.since(at)),
      NewStateReason,
      // A path in the project is no link, but says where to look.
      ...(text === undefined || linkTo(text.runbook, "") !== undefined
        ? []
        : [`${words.runbook}${text.runbook}`]),
    ],
    command: text && { label: words.startWith.trim(), text: text.command },
    link: linkTo(text?.runbook, words.open),
  };
}

function linkTo(runbook: string | undefined, label: string): ChatMessage["link"] {
  return runbook?.startsWith("https://") ? { label, url: runbook } : undefined;
}

/** 2024-01-17 22:00, in Shanghai; undefined for a text that is no time. */
function shanghaiMinute(time: string): string | undefined {
  const at = new Date(time.replace(/\+0000$/, "Z"));
  return Number.isNaN(at.getTime()) ? undefined : `${formatDay(shanghaiDay(at))} ${shanghaiTime(at)}`;
}

/** The URL and the body to post. */
export function requestFor(webhook: Webhook, message: ChatMessage, now: Date): { url: string; body: string } {
  const { kind, url, secret } = webhook;
  const signed = secret === undefined ? undefined : signs[kind]?.({ ...webhook, secret }, now);
  return { url: signed?.url ?? url, body: JSON.stringify({ ...signed?.more, ...cardFor(kind, message) }) };
}

/** Where a robot that requires signed messages looks for the signature: in the body, or in the address. */
type Sign = (webhook: Webhook & { readonly secret: string }, now: Date) => { url: string; more: object };

const signs: Readonly<Partial<Record<RobotKind, Sign>>> = {
  // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
  feishu({ url, secret }, now) {
    const timestamp = String(Math.floor(now.getTime() / 1000));
    return { url, more: { timestamp, sign: hmac(`${timestamp}\n${secret}`, "") } };
  },
  // https://open.dingtalk.com/document/robots/customize-robot-security-settings
  dingtalk({ url, secret }, now) {
    const signed = new URL(url);
    const timestamp = String(now.getTime());
    signed.searchParams.set("timestamp", timestamp);
    signed.searchParams.set("sign", hmac(secret, `${timestamp}\n${secret}`));
    return { url: signed.href, more: {} };
  },
};

const replySchema = z.object({
  code: z.optional(z.number()),
  errcode: z.optional(z.number()),
  msg: z.optional(z.string()),
  errmsg: z.optional(z.string()),
});

/** Why a message was refused. Feishu, WeCom and DingTalk answer a refusal with 200 and a code in the body. */
export function whyRefused(status: number, reply: string): string | undefined {
  if (status < 200 || status >= 300) return `HTTP ${status} ${reply.slice(0, 200)}`;
  const { data } = z.safeParse(replySchema, parse(reply));
  const code = data?.code ?? data?.errcode ?? 0;
  return code === 0 ? undefined : `${code} ${(data?.msg ?? data?.errmsg ?? "").slice(0, 200)}`;
}

function refuse(what: string): SyncError {
  return new SyncError("permanent", what);
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
