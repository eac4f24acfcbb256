// Alarms reach a chat robot in the form it wants: the deployed bundle, in the local Lambda, against a loopback robot.
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { documentAlarmCards } from "../docs/alarm-cards-document.ts";
import { alarms, describeAlarm, firstCommand } from "../infra/alarms.ts";
import { readAlarm, readWebhook, requestFor, whyRefused } from "../shared/adapters/chat-robot.ts";
import { readAlarmText } from "../shared/words/alarm.ts";
import { cardFor, robotKinds } from "../shared/words/chat-card.ts";
import { writeDigest } from "../shared/words/digest.ts";
import { aFunction } from "./support/assembly.ts";
import { cleanUp, cleanUpAll, start } from "./support/local-stack.ts";
import { functionNamed } from "./support/template.ts";

afterEach(cleanUpAll);

const now = new Date("2024-01-17T14:00:00Z");

const place = { stack: "TushareSync-test", region: "ap-southeast-1" };
const command = firstCommand(alarms["Data late"], place);
const runbookUrl = "https://git.example.com/docs/runbook.md";
const link = `${runbookUrl}#alarm-data-late`;

/** An alarm as CloudWatch sends it to a topic, with the description that the stack gives it. */
const alarmIn = (alarmLanguage: "en" | "zh") => ({
  AlarmName: "TushareSync-test: Data late",
  AlarmDescription: describeAlarm("Data late", alarms["Data late"], { runbookUrl, alarmLanguage }, place),
  NewStateValue: "ALARM",
  OldStateValue: "OK",
  NewStateReason: "Threshold Crossed: 1 datapoint [1.0] was greater than <or> equal to the threshold (1.0).",
  StateChangeTime: "2024-01-17T14:00:00.000+0000",
  Region: "Asia Pacific (Singapore)",
});
const alarm = alarmIn("en");
const read = (given: object) => readAlarm("ALARM", JSON.stringify(given));
const message = read(alarm);

describe("a message", () => {
  test("says how grave it is, its meaning, since when in Shanghai, a command to start with, and where to look", () => {
    expect(message).toEqual({
      title: "critical · TushareSync-test: Data late",
      tone: "critical",
      lines: [
        alarms["Data late"].means,
        "Since 2024-01-17 22:00, Shanghai time, Asia Pacific (Singapore)",
        alarm.NewStateReason,
      ],
      command: { label: "Start with:", text: command },
      link: { label: "Open the runbook", url: link },
    });
  });

  test("is in Chinese where the stack's alarms are, with the name of the runbook's section", () => {
    expect(read(alarmIn("zh"))).toMatchObject({
      title: "严重 · TushareSync-test: 数据迟到 (Data late)",
      lines: [
        alarms["Data late"].zh.means,
        expect.stringContaining("自上海时间 2024-01-17 22:00 起"),
        alarm.NewStateReason,
      ],
      command: { label: "先执行：", text: command },
      link: { label: "打开运维手册", url: link },
    });
  });

  test("says when an alarm is over, without a command", () => {
    const over = read({ ...alarm, NewStateValue: "OK", NewStateReason: "no datapoints" });
    expect(over).toMatchObject({ title: "resolved · TushareSync-test: Data late", tone: "over" });
    expect(over.lines).toContain("The alarm is over.");
    expect(over.lines).toContain("Over since 2024-01-17 22:00, Shanghai time, Asia Pacific (Singapore)");
    expect(over.command).toBeUndefined();
  });

  test("names the file of a runbook that has no address", () => {
    const AlarmDescription = describeAlarm(
      ...([
        "Data late",
        alarms["Data late"],
        { runbookUrl: "docs/runbook.md", alarmLanguage: "en" },
        place,
      ] as const),
    );
    const { lines, link: none } = read({ ...alarm, AlarmDescription });
    expect(lines).toContain("Runbook: docs/runbook.md#alarm-data-late");
    expect(none).toBeUndefined();
  });

  test("other than an alarm of the stack's is passed on with all that it says", () => {
    expect(readAlarm("Hello", "there")).toEqual({ title: "Hello", tone: "note", lines: ["there"] });
    expect(readAlarm(undefined, "{}", "zh")).toMatchObject({ title: "消息", lines: ["{}"] });
    const theirs = read({ ...alarm, AlarmName: "Somebody's", AlarmDescription: "one\ntwo" });
    expect(theirs).toMatchObject({ title: "ALARM · Somebody's", tone: "warning" });
    expect(theirs.lines.slice(0, 2)).toEqual(["one", "two"]);
    const bare = { AlarmName: "Bare", NewStateValue: "ALARM" };
    expect(read(bare)).toMatchObject({ title: "ALARM · Bare" });
  });

  test("has every alarm's meaning in both languages, under the name of its section in the Chinese runbook", () => {
    const runbook = readFileSync(join(import.meta.dirname, "..", "docs", "runbook.zh.md"), "utf8");
    for (const [name, spec] of Object.entries(alarms)) {
      expect(runbook).toContain(`## 告警：${spec.zh.name}（${name}）`);
      for (const language of ["en", "zh"] as const) {
        const text = describeAlarm(name, spec, { runbookUrl, alarmLanguage: language }, place);
        const { means } = language === "zh" ? spec.zh : spec;
        expect(readAlarmText(text)).toMatchObject({ severity: spec.severity, means, language });
      }
    }
  });
});

describe.each(robotKinds)("a card of %s", (kind) => {
  const bodyOf = (given: typeof message) =>
    requestFor({ kind, url: "https://example.com/hook" }, given, now).body;

  test("has the title, the meaning, the time, the whole command and the link", () => {
    const body = bodyOf(message);
    for (const text of [message.title, alarms["Data late"].means, "22:00, Shanghai time", command, link]) {
      expect(body).toContain(text);
    }
  });

  test("fits the robot's limit whatever the reason says, is never cut inside a character, and keeps the command whole", () => {
    const body = bodyOf(
      read({ ...alarmIn("zh"), AlarmName: "x".repeat(255), NewStateReason: "错".repeat(5_000) }),
    );
    expect(Buffer.byteLength(body)).toBeLessThan(4_096); // WeCom's, the lowest
    for (const text of [command, link]) expect(body).toContain(text);
    expect(body).not.toContain("\ufffd");
  });

  test("of what is no alarm shows it without a command", () => {
    expect(bodyOf(readAlarm("Hello", "there"))).toMatch(/Hello[\s\S]*there/);
  });

  test("does not take signs of a reason for markup", () => {
    const evil = '[click](https://evil.example) <!channel> <font color="info">fine</font> `x` **y**';
    const body = bodyOf(read({ ...alarm, NewStateReason: evil }));
    if (kind === "wecom" || kind === "dingtalk")
      expect(body).not.toMatch(/\[click\]\(|<font color=\\"info|\*\*y/);
    // Feishu and Slack show such a text as it is.
    else expect(body).toMatch(/"(plain_text|type)"[^{}]*\[click\]/);
  });
});

test("docs/alarm-cards.md is up to date; if not, `npm run docs`", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "alarm-cards.md"), "utf8");
  expect(page).toBe(documentAlarmCards());
});

describe("a digest", () => {
  const title = { en: "stock daily data", zh: "股票日线" };
  const part = { title, day: "20261120", stored: 5_412, missing: 0, unexplained: 0, isWhole: true };
  const none = { needPerson: 0, planned: 0 };
  const line = (
    given: Partial<typeof part>,
    failures = none,
    calls: number | undefined = undefined,
    language: "en" | "zh" = "en",
  ) =>
    writeDigest(
      {
        day: "20261120",
        parts: [part, { ...part, title: { en: "ETF prices", zh: "ETF 日线" }, ...given }],
        ...{ failures, calls },
      },
      language,
    );

  test.each<[Partial<typeof part>, string]>([
    [{ stored: 1_021 }, "2026-11-20 whole: stock daily data 5,412, ETF prices 1,021; 0 failures"],
    [
      { missing: 3, isWhole: false },
      "2026-11-20 NOT WHOLE: stock daily data 5,412, ETF prices 5,412 (3 missing); 0 failures",
    ],
    // Nothing is fetched any more, but rows were never found.
    [
      { unexplained: 2 },
      "2026-11-20 NOT WHOLE: stock daily data 5,412, ETF prices 5,412 (2 looked for and not found); 0 failures",
    ],
    [
      { isWhole: false },
      "2026-11-20 NOT WHOLE: stock daily data 5,412, ETF prices 5,412 (not complete); 0 failures",
    ],
  ])("%j: %s", (given, expected) => {
    expect(line(given)).toBe(expected);
  });

  test("says which failures wait for a person", () => {
    expect(line({}, { needPerson: 2, planned: 1 })).toMatch(/; 2 failures need action, 1 is retried later$/);
    expect(line({}, { needPerson: 1, planned: 2 })).toMatch(/; 1 failure needs action, 2 are retried later$/);
  });

  test.each<[number | undefined, string, string]>([
    [38, "; 0 failures; 38 calls", "；没有失败；调用 38 次"],
    [1, "; 0 failures; 1 call", "；没有失败；调用 1 次"],
    [12_345, "; 0 failures; 12,345 calls", "；没有失败；调用 12,345 次"],
    [undefined, "; 0 failures", "；没有失败"],
  ])("of %s calls ends with '%s'", (calls, english, chinese) => {
    expect(line({}, none, calls).endsWith(english)).toBe(true);
    expect(line({}, none, calls, "zh").endsWith(chinese)).toBe(true);
  });

  test("comes to a chat as one line under the stack's name", () => {
    const digest = line({});
    expect(readAlarm("TushareSync", digest)).toEqual({ title: "TushareSync", tone: "note", lines: [digest] });
  });
});

describe("the secret of the webhook", () => {
  test.each([
    ["https://open.feishu.cn/open-apis/bot/v2/hook/x", "feishu"],
    ["https://open.larksuite.com/open-apis/bot/v2/hook/x", "feishu"],
    ["https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", "wecom"],
    ["https://oapi.dingtalk.com/robot/send?access_token=x", "dingtalk"],
    ["https://hooks.slack.com/services/T/B/x", "slack"],
  ])("may be an address alone, whose host tells the kind: %s", (url, kind) => {
    expect(readWebhook(` ${url}\n`)).toEqual({ kind, url, secret: undefined });
  });

  test("may be JSON with a kind and a signing key", () => {
    const given = { kind: "dingtalk", url: "https://proxy.example.com/robot", secret: "SEC123" };
    expect(readWebhook(JSON.stringify(given))).toEqual(given);
  });

  test.each([
    ["", "cannot be read"],
    ["put the address here", "cannot be read"],
    ['{"url":"https://hooks.slack.com/x","kind":"irc"}', "cannot be read"],
    ["http://hooks.slack.com/services/T/B/private", "is not an https address"],
    ["https://example.com/private", 'is at example.com, which is none we know: add "kind"'],
  ])("is refused, and not repeated, when it is %j", (text, why) => {
    expect(() => readWebhook(text)).toThrow(why);
    expect(() => readWebhook(text)).not.toThrow(/private/);
  });
});

test.each([
  [200, "ok", undefined],
  [200, '{"code":0,"msg":"success"}', undefined],
  [200, '{"errcode":0,"errmsg":"ok"}', undefined],
  [
    200,
    '{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}',
    "19021 sign match fail",
  ],
  [200, '{"errcode":310000,"errmsg":"sign not match"}', "310000 sign not match"],
  [200, '{"errcode":93000,"errmsg":"invalid webhook url"}', "93000 invalid webhook url"],
  [404, "no_service", "HTTP 404 no_service"],
])("an answer of %i %s is read as %s", (status, reply, expected) => {
  if (expected === undefined) expect(whyRefused(status, reply)).toBeUndefined();
  else expect(whyRefused(status, reply)).toContain(expected);
});

describe("the function", () => {
  const scratch = mkdtempSync(join(tmpdir(), "notify-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  let bundle = "";
  beforeAll(() => {
    const context = { alarmWebhookSecret: "tushare/alarm-webhook", egress: "none" };
    const env = {
      ...process.env,
      CDK_OUTDIR: scratch,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: "false",
    };
    const run = spawnSync(process.execPath, ["infra/app.ts"], { env, encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);
    const template = Template.fromJSON(
      JSON.parse(readFileSync(join(scratch, "TushareSync.template.json"), "utf8")),
    );
    const { properties } = functionNamed(template, "Notify");
    expect(properties.Environment.Variables.WEBHOOK_SECRET_ID).toBe("tushare/alarm-webhook");
    expect(properties.Environment.Variables.ALARM_LANGUAGE).toBe("en");
    bundle = readFileSync(
      join(scratch, `asset.${properties.Code.S3Key.replace(".zip", "")}`, "index.mjs"),
      "utf8",
    );
  });

  type Got = { url: URL; body: Record<string, unknown>; type: string | undefined };

  /** A robot that notes what it gets, and the stack with the function, told of it by a secret. */
  async function startWith(secret: (url: string) => string, reply: { status?: number; body?: string } = {}) {
    const got: Got[] = [];
    const server = createServer(async (request, response) => {
      const body = JSON.parse(await textOf(request));
      got.push({
        url: new URL(request.url ?? "", "http://robot"),
        body,
        type: request.headers["content-type"],
      });
      response.writeHead(reply.status ?? 200).end(reply.body ?? '{"errcode":0,"code":0}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanUp(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?access_token=very-private`;
    const { stack, lines } = await start(
      {
        resources: {
          Main: aFunction({
            Environment: { Variables: { WEBHOOK_SECRET_ID: "tushare/alarm-webhook", ALARM_LANGUAGE: "en" } },
          }),
          Webhook: {
            Type: "AWS::SecretsManager::Secret",
            Properties: { Name: "tushare/alarm-webhook", SecretString: secret(url) },
          },
        },
        code: { Main: bundle },
      },
      {},
    );
    const event = { Records: [{ Sns: { Subject: "ALARM", Message: JSON.stringify(alarm) } }] };
    const answer = await stack.invoke("test-Main", event);
    return { got, answer, printed: lines.map(({ text }) => text).join("\n") };
  }
  const robot = (kind: string, secret?: string) => (url: string) => JSON.stringify({ kind, url, secret });
  test("writes to WeCom", async () => {
    const { got, answer } = await startWith(robot("wecom"));
    expect(answer.failed).toBe(false);
    expect(got).toMatchObject([{ body: cardFor("wecom", message), type: "application/json" }]);
  });

  test("writes to Slack", async () => {
    const { got } = await startWith(robot("slack"), { body: "ok" });
    expect(got[0]?.body).toEqual(cardFor("slack", message));
  });

  test("writes to Feishu, signed when there is a key", async () => {
    const { got } = await startWith(robot("feishu", "key"));
    const { timestamp, sign, ...body } = got[0]?.body ?? {};
    expect(body).toEqual(cardFor("feishu", message));
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    expect(sign).toBe(createHmac("sha256", `${timestamp}\nkey`).update("").digest("base64"));
    const unsigned = await startWith(robot("feishu"));
    expect(unsigned.got[0]?.body).toEqual(cardFor("feishu", message));
  });

  test("writes to DingTalk, signed in the address, which keeps its token", async () => {
    const { got } = await startWith(robot("dingtalk", "SEC42"));
    const query = got[0]?.url.searchParams;
    const timestamp = query?.get("timestamp") ?? "";
    expect(query?.get("access_token")).toBe("very-private");
    expect(query?.get("sign")).toBe(
      createHmac("sha256", "SEC42").update(`${timestamp}\nSEC42`).digest("base64"),
    );
    expect(got[0]?.body).toEqual(cardFor("dingtalk", message));
  });

  test.each([
    [
      "a code of refusal under status 200",
      { body: '{"errcode":310000,"errmsg":"sign not match"}' },
      "310000 sign not match",
    ],
    ["an error status", { status: 500, body: "oops" }, "HTTP 500 oops"],
  ])("fails, so that Lambda tries again, on %s", async (_, reply, why) => {
    const { answer } = await startWith(robot("dingtalk"), reply);
    expect(answer.failed).toBe(true);
    expect(JSON.stringify(answer.payload)).toContain(why);
  });

  test("never prints the address, whether the robot answers or not", async () => {
    for (const kind of ["wecom", "slack"]) {
      const { printed } = await startWith(robot(kind));
      expect(printed).toContain("alarm passed on");
      expect(printed).not.toContain("very-private");
    }
    const { answer, printed } = await startWith(() =>
      JSON.stringify({ kind: "wecom", url: "http://127.0.0.1:1/hook?key=very-private" }),
    );
    expect(answer.failed).toBe(true);
    expect(printed + JSON.stringify(answer.payload)).not.toContain("very-private");
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
