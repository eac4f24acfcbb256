// The drill: the alarm goes through CloudWatch and SNS (played here, over their own protocol), and only who has read its
// message can type the code.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drill } from "../cli/commands/drill.ts";
import { queryService } from "../cli/query-service.ts";
import type { Target } from "../cli/target.ts";
import { readAlarm } from "../shared/adapters/chat-robot.ts";
import { deploySession, failing } from "./support/deployment.ts";

const arn = "arn:aws:sns:ap-southeast-1:123456789012:Alarms";
const mail = { protocol: "email", endpoint: "oncall@example.com", arn: `${arn}:1` };
const chat = { protocol: "lambda", endpoint: "arn:aws:lambda:the-robot", arn: `${arn}:2` };
const unconfirmed = { ...mail, arn: "PendingConfirmation" };

let server: Server;
let target: Target;
/** The state of the one alarm; undefined: the stack has none. */
let state: string | undefined;
let subscriptions: (typeof mail)[];
/** What came at each receiver. */
let messages: string[];
let asked: { action: string | null; authorization: string | undefined }[];
let printed: string[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    asked.push({ action: form.get("Action"), authorization: request.headers.authorization });
    response.end(answer(form));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "the-secret-key" };
  target = {
    ...{ stack: "TushareSync", name: "TushareSync", outputs: { AlarmTopicArn: arn }, apiUrl: "" },
    ...{ upstreamUrl: undefined, origin: { kind: "tushare", identity: "" }, ways: {} },
    clients: { region: "ap-southeast-1", endpoint: `http://127.0.0.1:${port}`, credentials },
  };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  [state, subscriptions] = ["INSUFFICIENT_DATA", [mail]];
  [messages, asked, printed] = [[], [], []];
});

/** As CloudWatch and SNS answer; a change of the state is sent to those who have confirmed. */
function answer(form: URLSearchParams): string {
  switch (form.get("Action")) {
    case "ListSubscriptionsByTopic": {
      // Two pages, as for a topic with many subscriptions.
      const [at, last] = [Number(form.get("NextToken") ?? 0), subscriptions.length - 1];
      const members = subscriptions
        .slice(at, at + 1)
        .map(
          (each) =>
            `<member><Protocol>${each.protocol}</Protocol><Endpoint>${each.endpoint}</Endpoint><SubscriptionArn>${each.arn}</SubscriptionArn></member>`,
        );
      return `<r>${members.join("")}${at < last ? `<NextToken>${at + 1}</NextToken>` : ""}</r>`;
    }
    case "DescribeAlarms":
      return state === undefined ? "<r/>" : `<r><StateValue>${state}</StateValue></r>`;
    case "SetAlarmState": {
      const [next, why] = [form.get("StateValue") ?? "", form.get("StateReason") ?? ""];
      if (next !== state) {
        const text = { AlarmName: form.get("AlarmName"), NewStateValue: next, NewStateReason: why };
        const { title, lines } = readAlarm(undefined, JSON.stringify(text));
        for (const { arn: confirmed } of subscriptions)
          if (confirmed.startsWith("arn:")) messages.push([title, ...lines].join("\n"));
      }
      state = next;
      return "<r/>";
    }
    default:
      return "<r/>";
  }
}

const codeIn = (message = "") => /\d{4}/.exec(message)?.[0] ?? "";

/** @param answers of a person; a function reads the messages first */
function run(...answers: (string | (() => string))[]) {
  const services = {
    alarms: queryService("monitoring", target.clients),
    topics: queryService("sns", target.clients),
  };
  const ask = (question: string) => {
    printed.push(question);
    const next = answers.shift() ?? "";
    return Promise.resolve(typeof next === "string" ? next : next());
  };
  return drill(
    deploySession((text) => void printed.push(text)),
    target,
    services,
    { ask },
  );
}
const read = () => codeIn(messages.findLast((message) => message.startsWith("ALARM")));

describe("a drill", () => {
  test("who types the code of the message proves that alarms arrive, and the alarm is taken back", async () => {
    expect(await run(read)).toBe(0);
    expect(messages.map((message) => message.split("\n")[0])).toEqual([
      "ALARM · TushareSync: Drill",
      "resolved · TushareSync: Drill",
    ]);
    expect(printed.join("\n")).toContain("Alarms arrive at oncall@example.com.");
    expect(printed.join("\n")).not.toContain(read()); // nothing but the message has it
    for (const { authorization } of asked) {
      expect(authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/ap-southeast-1\/(monitoring|sns)\//);
    }
  });

  test("without the code it failed: nothing typed, or three times another", async () => {
    expect(await run("")).toBe(1);
    expect(printed.join("\n")).toContain("did not arrive at oncall@example.com");
    const other = () => (read() === "1234" ? "4321" : "1234");
    expect(await run(other, other, other, read)).toBe(1);
    expect(state).toBe("OK");
  });

  test("a typing error is no failure", async () => {
    expect(await run("12", read)).toBe(0);
    expect(printed.join("\n")).toContain("12 is not the code of this drill");
  });

  test("each receiver is asked for, and one that got nothing fails it by name", async () => {
    subscriptions = [mail, chat];
    expect(await run(read, "y", "n")).toBe(1);
    expect(printed.join("\n")).toContain(`did not arrive at ${chat.endpoint}`);
    expect(await run(read, "y", "是")).toBe(0);
  });

  test("one who has not confirmed is named, and does not count", async () => {
    subscriptions = [mail, { ...unconfirmed, endpoint: "other@example.com" }];
    expect(await run(read)).toBe(0);
    expect(printed.join("\n")).toContain("other@example.com has not confirmed");
  });

  test.each([
    ["nobody is subscribed", () => (subscriptions = []), /reach nobody.*--alarm-email/],
    ["nobody has confirmed", () => (subscriptions = [unconfirmed]), /reach nobody: confirm/],
    ["the stack is older than the drill", () => (state = undefined), /no alarm 'TushareSync: Drill'/],
  ])("when %s, it says so and raises nothing", async (_, make, said) => {
    make();
    expect((await failing(run(read)))?.message).toMatch(said);
    expect(asked.map(({ action }) => action)).not.toContain("SetAlarmState");
  });

  test("an alarm that an interrupted drill left on is raised again", async () => {
    await expect(
      run(() => {
        throw new Error("the terminal is gone");
      }),
    ).rejects.toThrow("the terminal is gone");
    expect(state).toBe("OK"); // taken back also then
    state = "ALARM"; // killed, so not even that
    expect(await run(read)).toBe(0);
  });
});
