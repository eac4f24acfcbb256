// From an alarm to a person: each policy on the way is evaluated, for who must pass and for who must not.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { afterAll, expect, test } from "vitest";
import { makeApp } from "../infra/app.ts";
import { accountId } from "../local/aws/endpoint.ts";
import { resolveTemplate } from "../local/aws/template.ts";

const scratch = mkdtempSync(join(tmpdir(), "alarm-path-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
makeApp({
  context: { "aws:cdk:bundling-stacks": [], egress: "none", alarmWebhookSecret: "robot" },
  outdir: scratch,
}).synth();
const { resources } = resolveTemplate(scratch, "http://127.0.0.1:1");

function only(type: string, part = "") {
  const [found, ...others] = resources.filter((one) => one.type === type && one.logicalId.includes(part));
  if (found === undefined || others.length > 0) throw new Error(`expected one ${type} ${part}`);
  return found;
}

const topicPolicy = only("AWS::SNS::TopicPolicy").properties.PolicyDocument as {
  Statement: { Resource: string }[];
};
const topicArn =
  topicPolicy.Statement[0]?.Resource.replace(/^(?!arn:)/, `arn:aws:sns:us-east-1:${accountId}:`) ?? "";
/** The template's references to the topic are its ARN on AWS; the local stack has no topics and gives a name. */
const asOnAws = (value: unknown) =>
  JSON.parse(JSON.stringify(value).replaceAll(`"${topicPolicy.Statement[0]?.Resource}"`, `"${topicArn}"`));

async function may(
  principal: string,
  action: string,
  resource: string,
  resourcePolicy: unknown,
  contextVariables: Record<string, string>,
): Promise<boolean> {
  const simulated = await runSimulation(
    {
      request: { principal, action, resource: { resource, accountId }, contextVariables },
      ...{ identityPolicies: [], serviceControlPolicies: [], resourceControlPolicies: [], resourcePolicy },
    },
    {},
  );
  if (simulated.resultType === "error") throw new Error(JSON.stringify(simulated.errors));
  return simulated.overallResult === "Allowed";
}

test.each([
  ["of this account over https", accountId, "true", true],
  ["of this account over plain http", accountId, "false", false],
  ["of another account", "111111111111", "true", false],
])("an alarm %s reaches the topic or not", async (_, account, secure, allowed) => {
  const context = { "aws:SourceAccount": account, "aws:SecureTransport": secure };
  const policy = asOnAws(topicPolicy);
  expect(await may("cloudwatch.amazonaws.com", "sns:Publish", topicArn, policy, context)).toBe(allowed);
  expect(await may("events.amazonaws.com", "sns:Publish", topicArn, policy, context)).toBe(false);
});

test("this topic may call the robot's function, no other topic and no other service", async () => {
  const { properties } = asOnAws({ properties: only("AWS::Lambda::Permission", "Notify").properties });
  const notify = only("AWS::Lambda::Function", "Notify").attribute("Arn");
  expect(properties.FunctionName).toBe(notify);
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        ...{ Effect: "Allow", Principal: { Service: properties.Principal }, Action: properties.Action },
        ...{ Resource: notify, Condition: { ArnLike: { "AWS:SourceArn": properties.SourceArn } } },
      },
    ],
  };
  const from = (topic: string) => ({ "aws:SourceArn": topic });
  const invoke = "lambda:InvokeFunction";
  expect(await may("sns.amazonaws.com", invoke, notify, policy, from(topicArn))).toBe(true);
  expect(await may("sns.amazonaws.com", invoke, notify, policy, from(`${topicArn}-other`))).toBe(false);
  expect(await may("s3.amazonaws.com", invoke, notify, policy, from(topicArn))).toBe(false);
});
