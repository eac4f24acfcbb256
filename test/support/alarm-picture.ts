// Draws what each chat robot is sent, from the body of the request, about as the chats show it. test/alarm-picture.test.ts makes
// docs/alarm-cards.png from it.

import { html, type Markup } from "../../shared/widget/html.ts";
import type { RobotKind } from "../../shared/words/chat-card.ts";

type Text = { readonly content?: string; readonly text?: string };

/** The parts of a card, in their order, whatever a robot calls them. */
type Part =
  | { readonly as: "title" | "line" | "command"; readonly text: string }
  | { readonly as: "link" | "button"; readonly text: string; readonly url: string };

export type Drawn = { readonly colour: string; readonly parts: readonly Part[] };

// biome-ignore lint/suspicious/noExplicitAny: the bodies of four services, which share no type
type Body = any;

const readers: Readonly<Record<RobotKind, (body: Body) => Drawn>> = {
  feishu({ card: { header, elements } }) {
    const shown = elements.flatMap((element: Body): Part[] =>
      element.tag === "action"
        ? element.actions.map(({ text, url }: Body) => ({ as: "button", text: text.content, url }))
        : [{ as: "line", text: element.text.content }],
    );
    return {
      colour: feishuColours[header.template] ?? "grey",
      parts: [{ as: "title", text: header.title.content }, ...shown],
    };
  },
  wecom: ({ markdown: { content } }) => readMarkdown(content.split("\n")),
  dingtalk(body) {
    const { text, singleTitle, singleURL } = body.actionCard ?? body.markdown;
    const { colour, parts } = readMarkdown(text.split("\n\n"));
    const button: Part[] =
      singleURL === undefined ? [] : [{ as: "button", text: singleTitle, url: singleURL }];
    return { colour, parts: [...parts, ...button] };
  },
  slack({ attachments: [{ color, blocks }] }) {
    return {
      colour: color,
      parts: blocks.flatMap(({ type, text }: { type: string; text: Text }) => readBlock(type, text)),
    };
  },
};

const feishuColours: Readonly<Record<string, string>> = {
  ...{ red: "#f54a45", orange: "#ff8800", blue: "#3370ff", green: "#34c724" },
};
const wecomColours: Readonly<Record<string, string>> = {
  warning: "#ff7d00",
  info: "#1aad19",
  comment: "#8f8f8f",
};

function readMarkdown(lines: readonly string[]): Drawn {
  let colour = "#8f8f8f";
  const parts = lines.map((line): Part => {
    const [, tone, coloured] = /^### <font color="(\w+)">(.*)<\/font>$/.exec(line) ?? [];
    if (tone !== undefined) colour = wecomColours[tone] ?? colour;
    if (coloured !== undefined) return { as: "title", text: coloured };
    if (line.startsWith("### ")) return { as: "title", text: line.slice(4) };
    const [, label, url] = /^\[(.*)\]\((.*)\)$/.exec(line) ?? [];
    if (label !== undefined && url !== undefined) return { as: "link", text: label, url };
    const [, command] = /^(?:> )?`(.*)`$/.exec(line) ?? [];
    return command === undefined
      ? { as: "line", text: line.replace(/^> /, "") }
      : { as: "command", text: command };
  });
  return { colour, parts };
}

function readBlock(type: string, { text = "" }: Text): Part[] {
  const plain = (part: string) =>
    part.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  if (type === "header") return [{ as: "title", text }];
  const [, url, label] = /^<(.*)\|(.*)>$/.exec(text) ?? [];
  if (url !== undefined && label !== undefined) return [{ as: "link", text: plain(label), url }];
  const [, before, command] = /^([\s\S]*)\n```([\s\S]*)```$/.exec(text) ?? [];
  if (before === undefined || command === undefined)
    return text.split("\n").map((line) => ({ as: "line", text: line }));
  return [
    { as: "line", text: plain(before) },
    { as: "command", text: plain(command) },
  ];
}

export function readCard(kind: RobotKind, body: object): Drawn {
  return readers[kind](body);
}

/** A page with the cards in a row for each chat. */
export function drawCards(
  rows: readonly { readonly name: string; readonly kind: RobotKind; readonly cards: readonly Drawn[] }[],
): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><style>${style}</style>${
    html`${rows.map(({ name, kind, cards }) => html`<h2>${name}</h2><div class="row ${kind}">${cards.map(drawCard)}</div>`)}`
      .markup
  }</html>`;
}

function drawCard({ colour, parts }: Drawn): Markup {
  return html`<article style="--colour:${colour}">${parts.map(drawPart)}</article>`;
}

function drawPart(part: Part): Markup {
  if ("url" in part) return html`<a class="${part.as}" href="${part.url}">${part.text}</a>`;
  if (part.as === "title") return html`<h3>${part.text}</h3>`;
  return part.as === "line" ? html`<p>${part.text}</p>` : html`<code>${part.text}</code>`;
}

const style = `
body { margin: 16px; width: 900px; background: #eef0f3; font: 14px/1.5 sans-serif; color: #1f2329; }
h2 { margin: 14px 0 6px; font-size: 14px; color: #646a73; }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; align-items: start; }
article { padding: 12px 14px; border-radius: 8px; background: #fff; overflow-wrap: anywhere; }
h3 { margin: 0 0 8px; font-size: 15px; }
p { margin: 4px 0; }
code { display: block; margin: 6px 0; padding: 6px 8px; border-radius: 4px; background: #f2f3f5; font: 12px/1.5 monospace; }
a { display: inline-block; margin-top: 6px; color: #1664ff; text-decoration: none; }
.button { padding: 4px 12px; border-radius: 6px; background: #1664ff; color: #fff; }
.feishu article { padding: 0 0 12px; overflow: hidden; }
.feishu h3 { padding: 8px 14px; background: var(--colour); color: #fff; }
.feishu p, .feishu a { margin-left: 14px; margin-right: 14px; }
.wecom h3 { color: var(--colour); }
.dingtalk .button { display: block; margin-top: 10px; border-top: 1px solid #e5e6eb; border-radius: 0; background: none; color: #1664ff; text-align: center; }
.slack article { border-left: 4px solid var(--colour); border-radius: 4px; }
`;
