// The command line against a deployed stack: found by its name, called with signed requests, its answers as exit codes.
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { AccessDeniedException, RDSDataClient } from "@aws-sdk/client-rds-data";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openApi } from "../cli/api.ts";
import { dispatch } from "../cli/dispatcher.ts";
import { CommandError } from "../cli/failure.ts";
import { en } from "../cli/messages/en.ts";
import { deployedTarget, type Target } from "../cli/target.ts";
import { askCli } from "./support/cli.ts";

let server: Server;
let asked: {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}[];
let answers: { status: number; body: object }[];
const [formation, lambda] = [mockClient(CloudFormationClient), mockClient(LambdaClient)];

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = "AKIDEXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "the-secret-key";
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { method, url, headers } = request;
    asked.push({ method, url, headers, body });
    const answer = answers.shift() ?? { status: 500, body: {} };
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  formation.reset();
  lambda.reset();
});

/** The stack in Singapore whose API is the server here; it gives these answers in turn. */
async function theStack(...given: typeof answers): Promise<Target> {
  [asked, answers] = [[], given];
  const { port } = server.address() as AddressInfo;
  const Outputs = [
    { OutputKey: "ApiUrl", OutputValue: `http://127.0.0.1:${port}` },
    { OutputKey: "DispatcherName", OutputValue: "the-dispatcher" },
  ];
  const stack = {
    StackName: "Prod",
    CreationTime: new Date(),
    StackStatus: "CREATE_COMPLETE" as const,
    Outputs,
  };
  formation.on(DescribeStacksCommand, { StackName: "Prod" }).resolves({ Stacks: [stack] });
  return await deployedTarget("Prod", "ap-southeast-1", en);
}

const failing = async (work: Promise<unknown>) =>
  await work.then(
    () => undefined,
    (error: unknown) => (error instanceof CommandError ? error : Promise.reject(error)),
  );

test("requests are signed for the API's region, and carry no secret", async () => {
  const api = await openApi(
    await theStack({ status: 200, body: { tasks: [] } }, { status: 202, body: { id: "x" } }),
    en,
  );
  expect(await api.listTasks({ limit: 3, job: undefined })).toEqual({ tasks: [] });
  await api.runJob({ job_type: "REFERENCE", refresh: true }, { idempotencyKey: "k" });
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET /api/tasks?limit=3",
    "POST /api/jobs/REFERENCE/run",
  ]);
  for (const { headers } of asked) {
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/ap-southeast-1\/execute-api\/aws4_request/,
    );
  }
  expect(asked[1]).toMatchObject({ body: '{"refresh":true}', headers: { "idempotency-key": "k" } });
  expect(JSON.stringify(asked)).not.toContain("the-secret-key");
});

test("the command line waits for a database that is resuming", async () => {
  const waking = { status: 503, body: { error: "unavailable", message: "the database is waking up" } };
  let pauses = 0;
  const api = await openApi(
    await theStack(waking, waking, { status: 200, body: { ok: 1 } }),
    en,
    async () => {
      pauses += 1;
    },
  );
  expect(await api.listJobs()).toEqual({ ok: 1 });
  expect(pauses).toBe(2);
});

test.each([
  [400, { error: "bad_input", message: "from is bad" }, 2, "from is bad"],
  [404, { error: "not_found", message: "there is no task" }, 2, "there is no task"],
  [409, { error: "conflict", message: "a task is live" }, 4, "a task is live"],
  [403, { message: "Forbidden" }, 3, "execute-api:Invoke"],
  [500, { error: "internal", message: "look at the log" }, 1, "look at the log"],
])("HTTP %i %o is exit code %i", async (status, body, exitCode, words) => {
  const api = await openApi(await theStack({ status, body }), en);
  const error = await failing(api.listTasks());
  expect(error?.exitCode).toBe(exitCode);
  expect(error?.message).toContain(words);
});

test("a stack that does not exist or may not be read gives exit code 3 and says what to check", async () => {
  formation.on(DescribeStacksCommand).rejects(new Error("Stack with id Prod does not exist"));
  const error = await failing(deployedTarget("Prod", "ap-southeast-1", en));
  expect(error?.exitCode).toBe(3);
  expect(error?.message).toMatch(/Prod could not be found .*does not exist.*check its name, --region/);
});

test("for a stack older than the command line, the error names the missing output", async () => {
  const stack = { StackName: "Prod", CreationTime: new Date(), StackStatus: "CREATE_COMPLETE" as const };
  formation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  const error = await failing(deployedTarget("Prod", "ap-southeast-1", en));
  expect(error?.message).toContain("has no output ApiUrl");
});

test("a refusal by the dispatcher is printed as it is, and a lost connection is not reported as a refusal", async () => {
  const target = await theStack();
  const refusal = {
    errorType: "SyncError",
    errorMessage: "the trading calendar is empty: run the job REFERENCE",
  };
  lambda.on(InvokeCommand, { FunctionName: "the-dispatcher" }).resolvesOnce({
    FunctionError: "Unhandled",
    Payload: Buffer.from(JSON.stringify(refusal)) as never,
  });
  const refused = await failing(dispatch(target, { plan: { job: "DAILY_HISTORY" } }, en));
  expect(refused).toMatchObject({ exitCode: 1, message: refusal.errorMessage });

  lambda.on(InvokeCommand).rejectsOnce(new Error("socket hang up"));
  const silent = await failing(dispatch(target, { retry: "all" }, en));
  expect(silent).toMatchObject({ exitCode: 3, message: expect.stringContaining("Prod does not answer") });
});

test("a move says which rights its credentials lack, and makes no folder", async () => {
  const outputs = {
    ApiUrl: "https://api",
    DatabaseArn: "arn:aws:rds:us-east-1:1:cluster:x",
    DatabaseSecretArn: "arn:aws:secretsmanager:us-east-1:1:secret:x",
    DatabaseName: "tushare",
  };
  const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
  const stack = {
    StackName: "Prod",
    CreationTime: new Date(),
    StackStatus: "CREATE_COMPLETE" as const,
    Outputs,
  };
  formation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  const data = mockClient(RDSDataClient);
  data.rejects(
    new AccessDeniedException({
      message: "User: me is not authorized to perform: rds-data:ExecuteStatement",
      $metadata: {},
    }),
  );
  const folder = join(tmpdir(), `pulled-${process.pid}`);
  const line = ["pull", "--stack", "Prod", "--region", "us-east-1", "--data-dir", folder];
  const { code, error } = await askCli(line);
  data.restore();
  expect([code, error]).toEqual([
    3,
    expect.stringMatching(/^Prod refuses these credentials.*BeginTransaction.*DatabaseSecretArn/),
  ]);
  expect(existsSync(folder)).toBe(false);
});
