// A message as each chat robot shows it: a card with title, meaning, time, first command and a link. Texts that come from elsewhere
// are plain where the robot has plain text, and lose the signs of its markup where it has not.
import type { Severity } from "./alarm.ts";

export const robotKinds = ["feishu", "wecom", "dingtalk", "slack"] as const;
export type RobotKind = (typeof robotKinds)[number];

export type ChatMessage = {
  readonly title: string;
  /** over: an alarm that has ended. note: anything else that is sent to the topic. */
  readonly tone: Severity | "over" | "note";
  /** What it means, since when, and what CloudWatch says; each a sentence or a line. */
  readonly lines: readonly string[];
  readonly command?: { readonly label: string; readonly text: string } | undefined;
  readonly link?: { readonly label: string; readonly url: string } | undefined;
};

/** Slack's headers have at most 150 characters (https://docs.slack.dev/reference/block-kit/blocks/header-block). */
const titleCharactersMax = 140;

/**
 * Of all lines together. WeCom takes 4,096 bytes of Markdown (https://developer.work.weixin.qq.com/document/path/91770), Slack
 * 3,000 characters a section, DingTalk 20,000 bytes and Feishu 20 KB a request: title, command and link fit beside these.
 */
const linesBytesMax = 2_400;

/** The body of the request, without a signature. */
export function cardFor(kind: RobotKind, message: ChatMessage): Record<string, unknown> {
  const title = [...message.title].slice(0, titleCharactersMax).join("");
  const lines = beginning(message.lines.join("\n"))
    .split("\n")
    .filter((line) => line !== "");
  return cards[kind]({ ...message, title, lines });
}

type Card = (message: ChatMessage) => Record<string, unknown>;

const cards: Readonly<Record<RobotKind, Card>> = {
  // https://open.feishu.cn/document/feishu-cards/card-json-structure and .../client-docs/bot-v3/add-custom-bot
  feishu: ({ title, tone, lines, command, link }) => ({
    msg_type: "interactive",
    card: {
      header: { title: plain(title), template: colours[tone].feishu },
      elements: [
        ...lines.map((line) => ({ tag: "div", text: plain(line) })),
        ...(command === undefined
          ? []
          : [
              { tag: "div", text: plain(command.label) },
              { tag: "div", text: plain(command.text) },
            ]),
        ...(link === undefined
          ? []
          : [
              {
                tag: "action",
                actions: [{ tag: "button", text: plain(link.label), url: link.url, type: "primary" }],
              },
            ]),
      ],
    },
  }),
  // https://developer.work.weixin.qq.com/document/path/91770
  wecom: ({ title, tone, lines, command, link }) => ({
    msgtype: "markdown",
    markdown: {
      content: [
        `### <font color="${colours[tone].wecom}">${withoutMarkup(title)}</font>`,
        ...lines.map(withoutMarkup),
        ...(command === undefined ? [] : [`> ${command.label}`, `> \`${command.text}\``]),
        ...(link === undefined ? [] : [`[${link.label}](${link.url})`]),
      ].join("\n"),
    },
  }),
  // https://open.dingtalk.com/document/robots/custom-robot-access
  dingtalk({ title, lines, command, link }) {
    const text = [
      `### ${withoutMarkup(title)}`,
      ...lines.map(withoutMarkup),
      ...(command === undefined ? [] : [command.label, `\`${command.text}\``]),
    ].join("\n\n");
    return link === undefined
      ? { msgtype: "markdown", markdown: { title, text } }
      : { msgtype: "actionCard", actionCard: { title, text, singleTitle: link.label, singleURL: link.url } };
  },
  // https://docs.slack.dev/reference/messaging/attachments: only an attachment has a colour. A link and no button: a button
  // shows a warning unless the app answers it.
  slack: ({ title, tone, lines, command, link }) => ({
    text: escapeSlack(title), // of the notification
    attachments: [
      {
        color: colours[tone].slack,
        blocks: [
          { type: "header", text: { type: "plain_text", text: title, emoji: false } },
          ...(lines.length === 0
            ? []
            : [{ type: "section", text: { type: "plain_text", text: lines.join("\n"), emoji: false } }]),
          ...(command === undefined
            ? []
            : [section(`${escapeSlack(command.label)}\n\`\`\`${escapeSlack(command.text)}\`\`\``)]),
          ...(link === undefined ? [] : [section(`<${escapeSlack(link.url)}|${escapeSlack(link.label)}>`)]),
        ],
      },
    ],
  }),
};

/** WeCom's Markdown has three colours; those of the others are alike. */
const colours: Readonly<Record<ChatMessage["tone"], { feishu: string; wecom: string; slack: string }>> = {
  critical: { feishu: "red", wecom: "warning", slack: "#c0392b" },
  warning: { feishu: "orange", wecom: "warning", slack: "#d68910" },
  notice: { feishu: "blue", wecom: "comment", slack: "#2471a3" },
  over: { feishu: "green", wecom: "info", slack: "#1e8449" },
  note: { feishu: "blue", wecom: "comment", slack: "#2471a3" },
};

/** As many whole characters as fit. */
function beginning(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return new TextDecoder().decode(bytes.subarray(0, linesBytesMax), { stream: bytes.length > linesBytesMax });
}

function plain(content: string) {
  return { tag: "plain_text", content };
}

function section(text: string) {
  return { type: "section", text: { type: "mrkdwn", text } };
}

/** The signs of Markdown, as others that look alike: it has no way to write them as they are. */
function withoutMarkup(text: string): string {
  return text.replace(/[<>`*[\]]/g, (sign) => lookalikes[sign] ?? sign).replace(/^[#>-]/, " $&");
}

const lookalikes: Readonly<Record<string, string>> = {
  ...{ "<": "‹", ">": "›", "`": "'", "*": "∗", "[": "(", "]": ")" },
};

function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
