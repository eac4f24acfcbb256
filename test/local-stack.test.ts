import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, describe, expect, test } from "vitest";
import { resolveTemplate } from "../local/aws/template.ts";
import { aFunction, aMapping, aQueue, type Fixture, getAtt, writeAssembly } from "./support/assembly.ts";
import { cleanUp, cleanUpAll, handler, invokeOver, only, start } from "./support/local-stack.ts";

afterEach(cleanUpAll);

test("the Invoke API answers as AWS does: errors, log tail, dry run, ARNs and aliases", async () => {
  const { stack } = await only(
    handler('console.log("hello"); if (event.fail) throw new Error("x"); return event;'),
  );
  const failed = await invokeOver(stack.endpoint, "test-Main", { fail: 1 }, { "x-amz-log-type": "Tail" });
  expect(failed.status).toBe(200);
  expect(failed.headers.get("x-amz-function-error")).toBe("Unhandled");
  const tail = Buffer.from(failed.headers.get("x-amz-log-result") ?? "", "base64").toString();
  expect(tail).toMatch(/^START RequestId: .*\nhello\n.*END RequestId: .*REPORT RequestId: /s);

  const arn = "arn:aws:lambda:us-east-1:000000000000:function:test-Main";
  for (const reference of [arn, `${arn}:live`, "test-Main:live", "000000000000:function:test-Main"]) {
    const answered = await invokeOver(stack.endpoint, encodeURIComponent(reference), { a: 1 });
    expect(await answered.json()).toEqual({ a: 1 });
  }
  const dry = await invokeOver(stack.endpoint, "test-Main", {}, { "x-amz-invocation-type": "DryRun" });
  expect(dry.status).toBe(204);
  const missing = await invokeOver(stack.endpoint, "other", {});
  expect([missing.status, missing.headers.get("x-amzn-errortype")]).toEqual([
    404,
    "ResourceNotFoundException",
  ]);
  const broken = await fetch(`${stack.endpoint}/2015-03-31/functions/test-Main/invocations`, {
    method: "POST",
    body: "{",
  });
  expect([broken.status, broken.headers.get("x-amzn-errortype")]).toEqual([
    400,
    "InvalidRequestContentException",
  ]);
  const unknown = await fetch(`${stack.endpoint}/2018-10-31/layers`);
  expect([unknown.status, unknown.headers.get("x-amzn-errortype")]).toEqual([
    404,
    "UnknownOperationException",
  ]);
});

describe("the schema", () => {
  const answering = (outcome: object, before = "") => `export const handler = async (event) => {
    ${before}
    await fetch(event.ResponseURL, { method: "PUT", body: JSON.stringify(${JSON.stringify(outcome)}) });
  };`;
  const fixture = (code: string): Fixture => ({
    resources: {
      Migrate: aFunction(),
      Schema: {
        Type: "Custom::SchemaMigrations",
        Properties: { ServiceToken: getAtt("Migrate"), Version: "1" },
      },
      Worker: aFunction(),
      Work: aQueue({ VisibilityTimeout: 60 }),
      Mapping: aMapping("Work", "Worker"),
    },
    code: { Migrate: code, Worker: handler('console.log("worked");') },
  });

  test("is migrated before messages are taken, and a failure fails the start with the function's reason", async () => {
    const { lines } = await start(fixture(answering({ Status: "SUCCESS" }, 'console.log("migrated");')));
    expect(lines.map(({ text }) => text)).toEqual(["migrated"]);
    const failing = start(fixture(answering({ Status: "FAILED", Reason: "0001 was edited" })));
    await expect(failing).rejects.toThrow(/Schema: test-Migrate failed: 0001 was edited/);
    const dying = start(fixture('export const handler = async () => { throw new Error("no memory"); };'));
    await expect(dying).rejects.toThrow(/Schema: test-Migrate failed: .*no memory/);
  });

  test("may be made by a later invocation than the first", async () => {
    const { lines } = await start(
      fixture(
        answering(
          { Status: "SUCCESS" },
          `if (!event.again) {
            const url = process.env.AWS_ENDPOINT_URL_LAMBDA + "/2015-03-31/functions/test-Migrate/invocations";
            const headers = { "x-amz-invocation-type": "Event" };
            await fetch(url, { method: "POST", headers, body: JSON.stringify({ ...event, again: true }) });
            return console.log("later");
          }
          console.log("migrated");`,
        ),
      ),
    );
    expect(lines.map(({ text }) => text)).toEqual(["later", "migrated"]);
  });
});

test.each([
  ["QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/work"],
  ["AWS_ENDPOINT_URL_S3", "http://192.168.1.5:9000"],
  ["HOOK_URL", "http://localhost.example.com/"],
])("a function whose %s leads away from this machine is refused by name", async (name, url) => {
  const starting = only(handler(""), { Environment: { Variables: { [name]: url } } });
  await expect(starting).rejects.toThrow(`test-Main: ${name}=${url} is not an address of this machine`);
});

test("the endpoint cannot be reached from another machine, nor by a web page", async () => {
  const { stack } = await only(handler("return calls;"));
  const port = Number(new URL(stack.endpoint).port);
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal);
  if (outside === undefined) console.warn("no other network interface here: not tried from outside");
  else {
    const socket = connect(port, outside.address);
    const outcome = await new Promise((resolve) => {
      socket.on("connect", () => resolve("connected"));
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(outcome).toBe("ECONNREFUSED");
  }
  const page = await invokeOver(stack.endpoint, "test-Main", {}, { origin: "https://example.com" });
  expect(page.status).toBe(403);
});

test("when its port is taken the stack uses a free one", async () => {
  const first = await only(handler(""));
  const port = Number(new URL(first.stack.endpoint).port);
  const second = await only(handler(""), {}, { port });
  expect(second.stack.endpoint).not.toBe(first.stack.endpoint);
});

test("a secret has the value it was given, keeps a new one, and one without a value says so", async () => {
  const { stack, client } = await start(
    {
      resources: {
        Token: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "tushare/token" } },
        Other: { Type: "AWS::SecretsManager::Secret", Properties: {} },
        Main: aFunction({ Environment: { Variables: { SECRET: { Ref: "Token" } } } }),
      },
      code: { Main: handler("return process.env.SECRET;") },
    },
    { secrets: { Token: "abc" } },
  );
  const secrets = new SecretsManagerClient(client);
  const arn = (await stack.invoke("test-Main", {})).payload as string;
  const read = (SecretId: string) => secrets.send(new GetSecretValueCommand({ SecretId }));
  expect((await read(arn)).SecretString).toBe("abc");
  await secrets.send(new PutSecretValueCommand({ SecretId: "tushare/token", SecretString: "rotated" }));
  expect((await read("tushare/token")).SecretString).toBe("rotated");
  await expect(read("test-Other")).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: /secret value for staging label: AWSCURRENT/,
  });
  await expect(read("unknown")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("CloudFormation's intrinsics give the values of a deployment", () => {
  const { directory, remove } = writeAssembly({
    resources: {
      Work1A2B3C4D: aQueue({ QueueName: { "Fn::Join": ["-", [{ Ref: "AWS::StackName" }, "jobs"]] } }),
      Cluster: { Type: "AWS::RDS::DBCluster", Properties: {} },
      Absent: { Type: "AWS::SQS::Queue", Condition: "InChina" },
      Probe: {
        Type: "Custom::Probe",
        Properties: {
          sub: {
            "Fn::Sub": [
              // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
              "${AWS::Partition}/${Work1A2B3C4D.Arn}/${own}/${!kept}",
              { own: { Ref: "AWS::Region" } },
            ],
          },
          select: { "Fn::Select": [5, { "Fn::Split": [":", getAtt("Work1A2B3C4D")] }] },
          chosen: {
            "Fn::If": ["InChina", "yes", { "Fn::FindInMap": ["Sizes", { Ref: "Stage" }, "memory"] }],
          },
          left: { Ref: "AWS::NoValue" },
          list: ["a", { "Fn::If": ["InChina", "b", { Ref: "AWS::NoValue" }] }],
          cluster: {
            "Fn::Join": [
              "",
              [
                "arn:",
                { Ref: "AWS::Partition" },
                ":rds:",
                { Ref: "AWS::Region" },
                ":",
                { Ref: "AWS::AccountId" },
                ":cluster:",
                { Ref: "Cluster" },
              ],
            ],
          },
          secret: getAtt("Cluster", "MasterUserSecret.SecretArn"),
          unknown: getAtt("Probe", "Endpoint"),
        },
      },
    },
    template: {
      Parameters: { Stage: { Type: "String", Default: "small" } },
      Mappings: { Sizes: { small: { memory: 256 } } },
      Conditions: { InChina: { "Fn::Equals": [{ Ref: "AWS::Region" }, "cn-north-1"] } },
      Outputs: { Queue: { Value: { Ref: "Work1A2B3C4D" } } },
    },
  });
  cleanUp(remove);
  const { resources, outputs } = resolveTemplate(directory, "http://127.0.0.1:9324");
  expect(resources.map(({ logicalId }) => logicalId)).toEqual(["Work1A2B3C4D", "Cluster", "Probe"]);
  expect(resources.at(-1)?.properties).toEqual({
    sub: `aws/arn:aws:sqs:us-east-1:000000000000:test-jobs/us-east-1/\${kept}`,
    select: "test-jobs",
    chosen: 256,
    list: ["a"],
    cluster: "arn:aws:rds:us-east-1:000000000000:cluster:test-Cluster",
    secret: expect.stringMatching(
      /^arn:aws:secretsmanager:us-east-1:000000000000:secret:rds!test-Cluster-\w{6}$/,
    ),
    unknown: "Probe.Endpoint",
  });
  expect(outputs).toEqual({ Queue: "http://127.0.0.1:9324/000000000000/test-jobs" });
});
