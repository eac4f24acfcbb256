// Writes docs/alarm-cards.md: what each chat robot is sent about an alarm, in both languages, from the code that sends it.
import { alarms, describeAlarm } from "../infra/alarms.ts";
import { readAlarm } from "../shared/adapters/chat-robot.ts";
import { cardFor, robotKinds } from "../shared/words/chat-card.ts";

export const chatNames = {
  feishu: "Feishu and Lark",
  wecom: "WeCom",
  dingtalk: "DingTalk",
  slack: "Slack",
} as const;

/** As CloudWatch sends it. */
export function anAlarm(alarmLanguage: "en" | "zh", state: "ALARM" | "OK") {
  const runbook = alarmLanguage === "zh" ? "runbook.zh.md" : "runbook.md";
  const runbookUrl = `https://git.example.com/docs/${runbook}`;
  const place = { stack: "TushareSync", region: "ap-southeast-1" };
  return JSON.stringify({
    AlarmName: "TushareSync: Data late",
    AlarmDescription: describeAlarm("Data late", alarms["Data late"], { runbookUrl, alarmLanguage }, place),
    NewStateValue: state,
    NewStateReason:
      state === "ALARM"
        ? "Threshold Crossed: 1 datapoint [1.0] was greater than or equal to the threshold (1.0)."
        : "Threshold Crossed: 1 datapoint [0.0] was not greater than or equal to the threshold (1.0).",
    StateChangeTime: "2026-11-20T14:00:00.000+0000",
    Region: "Asia Pacific (Singapore)",
  });
}

export function documentAlarmCards(): string {
  const card = (kind: (typeof robotKinds)[number], language: "en" | "zh", state: "ALARM" | "OK") => [
    "```json",
    JSON.stringify(cardFor(kind, readAlarm("ALARM", anAlarm(language, state))), undefined, 2),
    "```",
    "",
  ];
  return [
    "# What a chat robot is sent",
    "",
    "<!-- Made by `npm run docs`; a test compares. -->",
    "",
    "An alarm and its end, as each robot gets them. The address, and the key of robots that want signed messages, are in the secret that",
    "`alarmWebhookSecret` names: `-c alarmLanguage=zh` makes alarms Chinese, and `-c runbookUrl=` gives the link. Without an https",
    "address of the runbook the card names its file. Times are Shanghai's. A robot that asks for a keyword can have the stack's name: every title has it.",
    "",
    "![Cards of Feishu, WeCom, DingTalk and Slack: an alarm, and its end](alarm-cards.png)",
    "",
    "The picture is drawn from the requests below, about as the chats show them: `WRITE_PICTURES=1 npm test -- alarm-picture` makes it again.",
    "",
    ...robotKinds.flatMap((kind) => [
      `## ${chatNames[kind]}`,
      "",
      ...card(kind, "en", "ALARM"),
      "In Chinese:",
      "",
      ...card(kind, "zh", "ALARM"),
      "When it is over:",
      "",
      ...card(kind, "en", "OK"),
    ]),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}
