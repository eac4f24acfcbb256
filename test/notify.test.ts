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
import { alarms, firstCommand } from "../infra/alarms.ts";
import { readAlarm, readWebhook, requestFor, whyRefused } from "../shared/adapters/chat-robot.ts";
import { aFunction } from "./support/assembly.ts";
import { cleanUp, cleanUpAll, start } from "./support/local-stack.ts";
import { functionNamed } from "./support/template.ts";

afterEach(cleanUpAll);

const now = new Date("2024-01-17T14:00:00Z");

const command = firstCommand(alarms["Data late"], { stack: "TushareSync-test", region: "ap-southeast-1" });

/** An alarm as CloudWatch sends it to a topic. */
const alarm = {
  AlarmName: "TushareSync: Data late",
  AlarmDescription: [
    "critical: A day is <not> complete.",
    `Start with: ${command}`,
    "Runbook: https://git.example.com/docs/runbook.md#alarm-data-late",
  ].join("\n"),
  NewStateValue: "ALARM",
  OldStateValue: "OK",
  NewStateReason: "Threshold Crossed: 1 datapoint [1.0] was greater than or equal to the threshold (1.0).",
  StateChangeTime: "2024-01-17T14:00:00.000+0000",
  Region: "Asia Pacific (Singapore)",
};
const message = readAlarm("ALARM", JSON.stringify(alarm));

describe("a message", () => {
  test("says the state, its meaning, a command to start with, where to look, and the time", () => {
    expect(message.title).toBe("ALARM TushareSync: Data late");
    expect(message.lines).toEqual([
      "critical: A day is <not> complete.",
      "Start with: npx tushare-sync status --stack TushareSync-test --region ap-southeast-1",
      "Runbook: https://git.example.com/docs/runbook.md#alarm-data-late",
      alarm.NewStateReason,
      "2024-01-17T14:00:00.000+0000 Asia Pacific (Singapore)",
    ]);
  });

  test("other than an alarm is passed on unchanged", () => {
    expect(readAlarm("Hello", "there")).toEqual({ title: "Hello", lines: ["there"] });
    expect(readAlarm(undefined, "{}")).toEqual({ title: "Message", lines: ["{}"] });
  });

  test("is cut to the robots' limit, never inside a character, and keeps the command to start with whole", () => {
    const long = readAlarm("ALARM", JSON.stringify({ ...alarm, NewStateReason: "错".repeat(5_000) }));
    for (const kind of ["feishu", "wecom", "dingtalk", "slack"] as const) {
      const { body } = requestFor({ kind, url: "https://example.com/hook" }, long, now);
      expect(Buffer.byteLength(body)).toBeLessThan(2_048 + 100); // WeCom's 2,048 are those of the text
      expect(body).toContain("ALARM TushareSync: Data late");
      expect(body).toContain(command); // no robot's form changes it
      expect(body).not.toContain("\ufffd");
    }
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
          Main: aFunction({ Environment: { Variables: { WEBHOOK_SECRET_ID: "tushare/alarm-webhook" } } }),
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
  const text = [message.title, ...message.lines].join("\n");

  test("writes to WeCom", async () => {
    const { got, answer } = await startWith(robot("wecom"));
    expect(answer.failed).toBe(false);
    expect(got).toMatchObject([
      { body: { msgtype: "text", text: { content: text } }, type: "application/json" },
    ]);
  });

  test("writes to Slack, whose three special characters are escaped", async () => {
    const { got } = await startWith(robot("slack"), { body: "ok" });
    expect(got[0]?.body).toEqual({ text: text.replace("<not>", "&lt;not&gt;") });
  });

  test("writes to Feishu, signed when there is a key", async () => {
    const { got } = await startWith(robot("feishu", "key"));
    const { timestamp, sign, ...body } = got[0]?.body ?? {};
    expect(body).toEqual({ msg_type: "text", content: { text } });
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    expect(sign).toBe(createHmac("sha256", `${timestamp}\nkey`).update("").digest("base64"));
    const unsigned = await startWith(robot("feishu"));
    expect(unsigned.got[0]?.body).toEqual({ msg_type: "text", content: { text } });
  });

  test("writes to DingTalk, signed in the address, which keeps its token", async () => {
    const { got } = await startWith(robot("dingtalk", "SEC42"));
    const query = got[0]?.url.searchParams;
    const timestamp = query?.get("timestamp") ?? "";
    expect(query?.get("access_token")).toBe("very-private");
    expect(query?.get("sign")).toBe(
      createHmac("sha256", "SEC42").update(`${timestamp}\nSEC42`).digest("base64"),
    );
    expect(got[0]?.body).toEqual({ msgtype: "text", text: { content: text } });
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
