// Sends alarms to a chat robot: Feishu (and Lark), WeCom, DingTalk and Slack each have their own message format. The first
// three answer 200 even when they refuse a message.
import { createHmac } from "node:crypto";
import * as z from "zod/mini";
import { isSafeAddress } from "../catalogue/origin.ts";
import { SyncError } from "../errors.ts";
import type { Clock } from "../ports.ts";

const kinds = ["feishu", "wecom", "dingtalk", "slack"] as const;
export type RobotKind = (typeof kinds)[number];

/** The robot's address. `secret` is the signing key of robots that require signed messages. */
export type Webhook = {
  readonly kind: RobotKind;
  readonly url: string;
  readonly secret?: string | undefined;
};

export type AlarmMessage = { readonly title: string; readonly lines: readonly string[] };

const timeoutMilliseconds = 10_000;

/** @returns a function that sends one message. It throws SyncError; no error names the address, which is a secret. */
export function makeChatRobot(options: {
  webhook: () => Promise<string>;
  clock: Clock;
}): (message: AlarmMessage) => Promise<void> {
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

/** WeCom has the lowest limit, 2,048 bytes. The beginning has what matters: state, meaning, first command to run. */
const textBytesMax = 2_000;

const hosts: Readonly<Record<string, RobotKind>> = {
  "open.feishu.cn": "feishu",
  "open.larksuite.com": "feishu",
  "qyapi.weixin.qq.com": "wecom",
  "oapi.dingtalk.com": "dingtalk",
  "hooks.slack.com": "slack",
};

const webhookSchema = z.object({
  kind: z.optional(z.enum(kinds)),
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
      `the alarm webhook is at ${hostname}, which is none we know: add "kind", one of ${kinds.join(", ")}`,
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

/** Reads CloudWatch's message about an alarm that changed; other messages on the topic are passed on unchanged. */
export function readAlarm(subject: string | undefined, message: string): AlarmMessage {
  const parsed = z.safeParse(alarmSchema, parse(message));
  if (!parsed.success) return { title: subject ?? "Message", lines: [message] };
  const { AlarmName, AlarmDescription, NewStateValue, NewStateReason, StateChangeTime, Region } = parsed.data;
  return {
    title: `${NewStateValue} ${AlarmName}`,
    lines: [
      ...(AlarmDescription ?? "").split("\n"),
      NewStateReason,
      [StateChangeTime, Region].filter(Boolean).join(" "),
    ]
      .map((line) => line ?? "")
      .filter((line) => line !== ""),
  };
}

/** The URL and the body to post. */
export function requestFor(webhook: Webhook, alarm: AlarmMessage, now: Date): { url: string; body: string } {
  const text = beginning([alarm.title, ...alarm.lines].join("\n"));
  return forms[webhook.kind](webhook, text, now);
}

/** As many whole characters as fit into textBytesMax. */
function beginning(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return new TextDecoder().decode(bytes.subarray(0, textBytesMax), { stream: bytes.length > textBytesMax });
}

type Form = (webhook: Webhook, text: string, now: Date) => { url: string; body: string };

const forms: Readonly<Record<RobotKind, Form>> = {
  // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
  feishu({ url, secret }, text, now) {
    const timestamp = String(Math.floor(now.getTime() / 1000));
    const signed = secret === undefined ? {} : { timestamp, sign: hmac(`${timestamp}\n${secret}`, "") };
    return { url, body: JSON.stringify({ ...signed, msg_type: "text", content: { text } }) };
  },
  // https://developer.work.weixin.qq.com/document/path/91770
  wecom: ({ url }, text) => ({ url, body: JSON.stringify({ msgtype: "text", text: { content: text } }) }),
  // https://open.dingtalk.com/document/robots/customize-robot-security-settings
  dingtalk({ url, secret }, text, now) {
    const signed = new URL(url);
    if (secret !== undefined) {
      const timestamp = String(now.getTime());
      signed.searchParams.set("timestamp", timestamp);
      signed.searchParams.set("sign", hmac(secret, `${timestamp}\n${secret}`));
    }
    return { url: signed.href, body: JSON.stringify({ msgtype: "text", text: { content: text } }) };
  },
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  slack: ({ url }, text) => ({ url, body: JSON.stringify({ text: escapeSlack(text) }) }),
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

function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
