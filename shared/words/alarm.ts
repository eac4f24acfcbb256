// The words of an alarm: its description, which the stack writes, and the chat card that is made from it.
import type { Language } from "./language.ts";

/** critical: data stops or is lost if nobody acts today. warning: look within a day. notice: good to know. */
export const severities = ["critical", "warning", "notice"] as const;
export type Severity = (typeof severities)[number];

type AlarmWords = {
  readonly severities: Readonly<Record<Severity, string>>;
  readonly startWith: string;
  readonly runbook: string;
  readonly open: string;
  readonly resolved: string;
  readonly isOver: string;
  readonly since: (time: string) => string;
  readonly overSince: (time: string) => string;
  readonly message: string;
};

export const alarmWords: Readonly<Record<Language, AlarmWords>> = {
  en: {
    severities: { critical: "critical", warning: "warning", notice: "notice" },
    startWith: "Start with: ",
    runbook: "Runbook: ",
    open: "Open the runbook",
    resolved: "resolved",
    isOver: "The alarm is over.",
    since: (time) => `Since ${time}, Shanghai time`,
    overSince: (time) => `Over since ${time}, Shanghai time`,
    message: "Message",
  },
  zh: {
    severities: { critical: "严重", warning: "警告", notice: "提示" },
    startWith: "先执行：",
    runbook: "运维手册：",
    open: "打开运维手册",
    resolved: "已恢复",
    isOver: "告警已解除。",
    since: (time) => `自上海时间 ${time} 起`,
    overSince: (time) => `上海时间 ${time} 恢复`,
    message: "消息",
  },
};

export type AlarmText = {
  readonly severity: Severity;
  /** In Chinese; the English name is the alarm's own. */
  readonly name?: string | undefined;
  /** One sentence. */
  readonly means: string;
  readonly command: string;
  /** An https address with the section's anchor, or the path of a file in the project. */
  readonly runbook: string;
};

/** The description of an alarm, which mails show as it is. */
export function writeAlarm(text: AlarmText, language: Language): string {
  const words = alarmWords[language];
  const severity = words.severities[text.severity];
  const head = language === "zh" ? `${severity} ${text.name}：${text.means}` : `${severity}: ${text.means}`;
  return [head, `${words.startWith}${text.command}`, `${words.runbook}${text.runbook}`].join("\n");
}

/** What writeAlarm wrote, in either language; undefined for any other text. */
export function readAlarmText(text: string): (AlarmText & { readonly language: Language }) | undefined {
  const [head = "", command = "", runbook = ""] = text.split("\n");
  for (const language of ["en", "zh"] as const) {
    const words = alarmWords[language];
    if (!command.startsWith(words.startWith) || !runbook.startsWith(words.runbook)) continue;
    const severity = severities.find((each) => head.startsWith(words.severities[each]));
    const parts = (language === "zh" ? /^\S+ (?<name>[^：]+)：(?<means>.*)$/ : /^\w+: (?<means>.*)$/).exec(
      head,
    )?.groups;
    if (severity === undefined || parts === undefined) continue;
    return {
      ...{ language, severity, name: parts.name, means: parts.means ?? "" },
      command: command.slice(words.startWith.length),
      runbook: runbook.slice(words.runbook.length),
    };
  }
  return undefined;
}
