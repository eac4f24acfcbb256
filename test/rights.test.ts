// Least privilege, proven by use: the deployed bundles run on the local stack, which asks their roles as AWS does. What a
// function asks for is allowed on its own resources and on no neighbour's, and no right is granted that nothing uses.
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveTemplate } from "../local/aws/template.ts";
import { localClients } from "../local/running.ts";
import { hashToken } from "../shared/adapters/endpoint-tokens.ts";
import { resourceEvent, startReplies } from "./support/aws-replies.ts";
import { type LocalApi, startLocalApi } from "./support/local-api.ts";
import { guard, neighbourOf, type Roles, rolesOf, type Seen } from "./support/roles.ts";

/** Rights that AWS uses in the function's or the schedule's name, without a call of ours. */
const byAws: readonly (Row & { readonly why: string })[] = [
  {
    ...{ roles: /./, actions: /^logs:(CreateLogStream|PutLogEvents)$/ },
    why: "Lambda and the flow log write their logs (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html)",
  },
  {
    ...{ roles: /^EgressVpcFlowLog/, actions: /^logs:DescribeLogStreams$/ },
    why: "the flow log looks for its stream (docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html)",
  },
  {
    ...{
      roles: /^Pipeline(Worker|Retry)$/,
      actions: /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$/,
    },
    why: "Lambda's poller (docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html)",
  },
  {
    ...{ roles: /^PipelineDispatcher$/, actions: /^sqs:SendMessage$/, on: /MissedRuns/ },
    why: "the destination of failed events (docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html)",
  },
  {
    ...{ roles: /^PipelineWorker$/, actions: /^ec2:.*(NetworkInterface|PrivateIpAddresses|Subnets)/ },
    why: "Lambda joins the network (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html)",
  },
  {
    ...{ roles: /^(PipelineOneTime|Schedules)$/, actions: /^(sqs:SendMessage|lambda:InvokeFunction)$/ },
    why: "the Scheduler calls targets and dead-letter queues (docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html)",
  },
];

/** Calls that need a minute or hours, a failure in the middle of a transaction, or AWS's answers: each is made in another test. */
const elsewhere: readonly (Row & { readonly file: string; readonly title: string })[] = [
  {
    ...{ roles: /^PipelineWorker$/, actions: /^sqs:SendMessage$/, file: "sync-unit-failures.test.ts" },
    title: "returns to the queue without using an attempt, even thirty times",
  },
  {
    ...{
      roles: /^PipelineWorker$/,
      actions: /^rds-data:(Begin|Commit)Transaction$/,
      file: "database-adapter.test.ts",
    },
    title:
      "rows that do not fit one request of the Data API are all stored, with several requests in one transaction",
  },
  {
    ...{ roles: /^(MigrationsMigrate|PipelineWorker)$/, actions: /^rds-data:RollbackTransaction$/ },
    ...{ file: "database-adapter.test.ts", title: "a failed transaction stores nothing" },
  },
  {
    ...{ roles: /^PipelineDispatcher$/, actions: /^lambda:InvokeFunction$/ },
    ...{ file: "verify.test.ts", title: "hands over to another invocation when its time is over" },
  },
  {
    ...{ roles: /^MigrationsMigrate$/, actions: /^lambda:InvokeFunction$/ },
    file: "long-migrations.test.ts",
    title:
      "a runner that runs out of time stops, and the next one waits for the statement that the first started",
  },
  {
    ...{ roles: /^EgressPlaceChoose$/, actions: /^ec2:DescribeImages$/ },
    file: "custom-resource.test.ts",
    title: "is the first zone that has the instance type, with the newest image up to the given day",
  },
];

const seen = new Map<string, Seen & { allowed: boolean }>();
let api: LocalApi;
let roles: Roles | undefined;
let upstream: Awaited<ReturnType<typeof startReplies>>;
let cloudFormation: Awaited<ReturnType<typeof startReplies>>;

/** TuShare's next answer, by its message. */
let refusal = "";

const context = { egress: "instance", alarmWebhookSecret: "robot", tushareEndpoint: "true" };

beforeAll(async () => {
  upstream = await startReplies(() => [200, JSON.stringify({ code: 40203, msg: refusal, data: null })]);
  cloudFormation = await startReplies(() => [200, ""]);
  api = await startLocalApi({
    context,
    overrides: { TUSHARE_URL: upstream.url },
    secrets: { PipelineTushareToken: "a-token-of-a-test" },
    admit: (request) => guard(() => roles ?? fail(), seen)(request),
    onAssembly: (assembly) => {
      roles = rolesOf(assembly);
    },
  });
  await driveAll();
}, 180_000);

afterAll(async () => {
  await api?.close();
  await upstream?.close();
  await cloudFormation?.close();
});

function fail(): never {
  throw new Error("a function ran before its template was read");
}

/** Lets every function do what it does in a life: work, failures of each kind, a person's requests, a deployment. */
async function driveAll(): Promise<void> {
  const { stack, url, database } = api;
  const named = (part: string) => stack.functionName(part);
  const signed = {
    authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/execute-api/aws4_request",
  };
  await fetch(`${url}/api/jobs`, { headers: signed });
  const token = "a-token-of-a-test-for-questions";
  const tokens = { test: { sha256: hashToken(token), since: "2026-11-23" } };
  const secrets = new SecretsManagerClient({ ...localClients, endpoint: stack.endpoint });
  const { EndpointTokensSecretArn: SecretId, TushareEndpointUrl = "" } = stack.outputs;
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(tokens) }));
  const question = { api_name: "trade_cal", token, params: { limit: 1 } };
  const asked = `${url}${new URL(TushareEndpointUrl).pathname}/lenient`;
  expect(await (await fetch(asked, { method: "POST", body: JSON.stringify(question) })).json()).toMatchObject(
    {
      code: 0,
    },
  );
  const begun = await fetch(`${url}/api/jobs/ETF_LIST/run`, {
    ...{ method: "POST", headers: { ...signed, "content-type": "application/json" }, body: "{}" },
  });
  expect(begun.status, await begun.text()).toBeLessThan(300);
  const unit = await workMessage();
  const record = (receiptHandle: string, count = "1") => ({
    Records: [
      {
        ...{
          messageId: "m1",
          body: unit.body,
          receiptHandle,
          attributes: { ApproximateReceiveCount: count },
        },
        ...{
          messageAttributes: {},
          md5OfBody: "",
          eventSource: "aws:sqs",
          eventSourceARN: "",
          awsRegion: "",
        },
      },
    ],
  });
  // A failure that another try may heal, a failure for good, the day's calls used up.
  const worker = named("PipelineWorker");
  refusal = "系统内部错误";
  await stack.invoke(worker, record(unit.receiptHandle));
  await stack.invoke(named("PipelineRetry"), record("dead", "6"));
  await database.query("update sync_unit set status = 'sent'");
  refusal = "抱歉，您每天最多访问该接口5次";
  await stack.invoke(worker, record(unit.receiptHandle));
  // The evening's check looks for units that nobody has heard of for long.
  await database.query("update sync_task set status = 'RUNNING', current_offset = total_units");
  await database.query("update sync_unit set status = 'sent', delivery_at = now() - interval '3 days'");
  await stack.invoke(named("PipelineDispatcher"), { check: "freshness" });
  await stack.invoke(named("ProgressWidget"), {});
  const alarm = { AlarmName: "TushareSync: Data late", NewStateValue: "ALARM", NewStateReason: "" };
  await stack.invoke(named("MonitoringNotify"), {
    Records: [{ Sns: { Subject: "ALARM", Message: JSON.stringify(alarm) } }],
  });
  // A deployment: where the way out is, the schema after a newer release, and the database's protection.
  const { resources } = resolveTemplate(api.assembly, stack.endpoint);
  const customResource = (type: string, event: object = {}) => {
    const found = resources.find((resource) => resource.type === type);
    return { ...resourceEvent(cloudFormation.url, propertiesOf(found)), ...event };
  };
  await stack.invoke(named("EgressPlaceChoose"), customResource("Custom::EgressPlace"));
  await stack.invoke(named("ProtectionProtect"), customResource("Custom::DatabaseProtection"));
  await database.query(
    "insert into schema_migration (name, checksum) values ('9999_newer.sql', 'of another release')",
  );
  const [own] = stackIds();
  const again = { RequestType: "Update", PhysicalResourceId: "schema", StackId: own };
  await stack.invoke(named("Migrate"), customResource("Custom::SchemaMigrations", again));
}

/** CloudFormation passes every property as text. */
function propertiesOf(resource: { properties: object } | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(resource?.properties ?? {}).map(([name, value]) => [name, String(value)]),
  );
}

function stackIds(): string[] {
  const { resources } = resolveTemplate(api.assembly, api.stack.endpoint);
  return [...new Set(JSON.stringify(resources).match(/arn:aws:cloudformation:[^"]+/g))];
}

async function workMessage(): Promise<{ body: string; receiptHandle: string }> {
  const { stack } = api;
  const client = new SQSClient({ ...localClients, endpoint: stack.endpoint });
  const QueueUrl = stack.outputs.WorkQueueUrl;
  const { Messages: [message] = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }),
  );
  if (message?.Body === undefined || message.ReceiptHandle === undefined) throw new Error("no unit was sent");
  return { body: message.Body, receiptHandle: message.ReceiptHandle };
}

describe("what a function asks for", () => {
  test("is allowed, whatever it does", () => {
    const refused = [...seen.values()].filter(({ allowed }) => !allowed);
    expect(refused).toEqual([]);
    expect(new Set([...seen.values()].map(({ role }) => role)).size).toBe(10);
  });

  test("is not allowed on a neighbour's resource of the same type", async () => {
    const named = [...seen.values()].filter(({ resource }) => resource !== "*");
    expect(named.length).toBeGreaterThan(25);
    for (const { role, action, resource, context } of named) {
      const neighbour = neighbourOf(resource);
      const call = { action, resource: neighbour, ...(context && { context }) };
      expect(await roles?.may(role, call), `${role} ${action} ${neighbour}`).toBe(false);
    }
  });

  test("a role is passed to the Scheduler and to no other service", async () => {
    const passes = [...seen.values()].filter(({ action }) => action === "iam:PassRole");
    expect(new Set(passes.map(({ role }) => short(role)))).toEqual(
      new Set(["PipelineWorker", "PipelineRetry"]),
    );
    for (const { role, action, resource } of passes) {
      const call = { action, resource, context: { "iam:PassedToService": "lambda.amazonaws.com" } };
      expect(await roles?.may(role, call)).toBe(false);
    }
  });

  test("a right that is taken away is missed: the call is refused as on AWS", async () => {
    const poorer: Roles = {
      ...(roles ?? fail()),
      may: async (_, { action }) => action !== "sqs:SendMessage",
    };
    const headers = {
      ...{
        authorization:
          "AWS4-HMAC-SHA256 Credential=TushareSync-PipelineWorker/20260101/us-east-1/sqs/aws4_request",
      },
      "x-amz-target": "AmazonSQS.SendMessageBatch",
    };
    const body = Buffer.from(JSON.stringify({ QueueUrl: api.stack.outputs.WorkQueueUrl }));
    const request = { method: "POST", path: "/", query: new URLSearchParams(), headers, body };
    await expect(guard(() => poorer, new Map())(request)).rejects.toMatchObject({
      ...{ code: "AccessDeniedException", status: 403 },
    });
  });
});

describe("what is granted", () => {
  test("is used by a call that was seen, needed by AWS itself, or by what another test does", () => {
    const unused = granted().filter(
      ({ role, action, resource }) =>
        ![...seen.values()].some(
          (call) => call.role === role && call.action === action && covers(resource, call.resource),
        ) && ![...byAws, ...elsewhere].some((row) => isOf(row, { role, action, resource })),
    );
    expect(unused).toEqual([]);
  });

  test("no line of the lists is without a right", () => {
    const idle = [...byAws, ...elsewhere].filter((row) => !granted().some((right) => isOf(row, right)));
    expect(idle).toEqual([]);
  });

  test.each(elsewhere)("$actions of $roles: the other test is there: $title", ({ file, title }) => {
    const path = join(import.meta.dirname, file);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, "utf8")).toContain(`"${title}"`);
  });
});

test("only tests use the evaluator, whose licence is the AGPL", () => {
  const files = globSync(
    "{bin,cli,functions,infra,local,migrations,release,schema,shared,simulate}/**/*.{ts,mjs}",
  );
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => readFileSync(file, "utf8").includes("@cloud-copilot"))).toEqual([]);
});

const short = (role: string) => role.replace(/^TushareSync-|Role$/g, "");

function granted(): { role: string; action: string; resource: string }[] {
  const all = roles ?? fail();
  return all
    .names()
    .flatMap((role) =>
      all
        .statements(role)
        .flatMap(({ actions, resources }) =>
          actions.flatMap((action) => resources.map((resource) => ({ role, action, resource }))),
        ),
    );
}

type Row = { readonly roles: RegExp; readonly actions: RegExp; readonly on?: RegExp };

function isOf(
  row: Row,
  { role, action, resource }: { role: string; action: string; resource: string },
): boolean {
  return row.roles.test(short(role)) && row.actions.test(action) && (row.on ?? /./).test(resource);
}

/** Whether a resource of a policy, with its wildcards, is that of a call. */
function covers(pattern: string, resource: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`).test(resource);
}
