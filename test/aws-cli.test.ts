// The real `aws` command line, version 1 or 2, against the local endpoint: what an operator types on AWS works here.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDataApi } from "../local/data-api/server.ts";
import { startDatabase } from "../local/database/database.ts";
import { aFunction, aMapping, aQueue, aSchedule, getAtt } from "./support/assembly.ts";
import { awsVersion, openAws } from "./support/aws-command.ts";
import { resourceArn, secretArn } from "./support/data-api.ts";
import { cleanUp, cleanUpAll, handler, start } from "./support/local-stack.ts";
import { until } from "./support/until.ts";

const run = promisify(execFile);
const version = awsVersion;
/** Version 2 takes a payload as base64 without this option; version 1 does not know the option. */
const payloadAsText = version === "1" ? [] : ["--cli-binary-format", "raw-in-base64-out"];
const why = version === undefined ? "there is no aws command here" : `version ${version}`;

let world: Awaited<ReturnType<typeof makeWorld>>;

/** A function behind a queue with dead letters, a schedule, a secret, and a database behind the Data API. */
async function makeWorld() {
  const database = await startDatabase({ dataDir: undefined });
  const dataApi = await startDataApi({ databaseUrl: database.url });
  cleanUp(
    () => database.close(),
    () => dataApi.close(),
  );
  const { stack, lines } = await start(
    {
      resources: {
        Main: aFunction({ Description: "echo" }),
        Work: aQueue({
          VisibilityTimeout: 60,
          RedrivePolicy: { deadLetterTargetArn: getAtt("Dead"), maxReceiveCount: 1 },
        }),
        Dead: aQueue(),
        Mapping: aMapping("Work", "Main", { ScalingConfig: { MaximumConcurrency: 2 } }),
        Daily: aSchedule(getAtt("Main"), { Name: "daily" }),
        Token: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "tushare/token" } },
      },
      template: { Outputs: { MainName: { Value: { Ref: "Main" } } } },
      code: {
        Main: handler(
          'console.log("got " + JSON.stringify(event)); if (event.metric) console.log(event.metric); if (event.fail) throw new Error("x"); return { got: event };',
        ),
      },
    },
    { endpoints: { rdsData: dataApi.url }, secrets: { Token: "a-token" } },
  );
  const folder = mkdtempSync(join(tmpdir(), "aws-cli-"));
  const command = await openAws(folder);
  cleanUp(
    () => command.close(),
    () => rmSync(folder, { recursive: true }),
  );
  const env = {
    ...process.env,
    // Not the developer's profile: keys without any rights, and another region than the stack's.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_PAGER: "",
  };
  const aws = async (...parameters: string[]) => {
    const { stdout } = await run(command.path, ["--endpoint-url", stack.endpoint, ...parameters], { env });
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  };
  return {
    stack,
    aws,
    outFile: join(folder, "out.json"),
    printed: (text: string) => lines.some((line) => line.text.includes(text)),
    /** What the command says when it fails. */
    refused: (...parameters: string[]) =>
      aws(...parameters).then(
        () => "",
        ({ stderr }: { stderr: string }) => stderr.trim(),
      ),
    url: (name: string) => `${stack.sqsEndpoint}/000000000000/test-${name}`,
    arn: (name: string) => `arn:aws:sqs:us-east-1:000000000000:test-${name}`,
  };
}

describe.skipIf(version === undefined)(`the aws command line (${why})`, () => {
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(cleanUpAll);

  test("invokes a function and waits for its answer, or leaves it to run", async () => {
    const { aws, outFile, printed } = world;
    const invoke = (payload: string, ...more: string[]) => {
      const what = ["--function-name", "test-Main", "--payload", payload, ...payloadAsText, ...more];
      return aws("lambda", "invoke", ...what, outFile);
    };
    expect(await invoke('{"job":"REFERENCE"}')).toMatchObject({ StatusCode: 200 });
    expect(JSON.parse(readFileSync(outFile, "utf8"))).toEqual({ got: { job: "REFERENCE" } });
    expect(await invoke('{"fail":1}')).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(await invoke('{"job":"LATER"}', "--invocation-type", "Event")).toEqual({ StatusCode: 202 });
    await until(() => printed('got {"job":"LATER"}'));
    const { Functions } = await aws("lambda", "list-functions");
    expect(Functions).toMatchObject([{ FunctionName: "test-Main", Description: "echo", Timeout: 10 }]);
  });

  test("pauses and resumes an event source", async () => {
    const { aws, printed, stack, url } = world;
    const { EventSourceMappings } = await aws("lambda", "list-event-source-mappings");
    const [{ UUID }] = EventSourceMappings;
    const state = async () => (await aws("lambda", "get-event-source-mapping", "--uuid", UUID)).State;
    const update = (flag: string) => aws("lambda", "update-event-source-mapping", "--uuid", UUID, flag);
    expect(await state()).toBe("Enabled");
    expect(await update("--no-enabled")).toMatchObject({ State: "Disabling" });
    expect(await state()).toBe("Disabled");
    await aws("sqs", "send-message", "--queue-url", url("Work"), "--message-body", "while paused");
    expect(stack.queues.counts("test-Work").visible).toBe(1);
    expect(printed("while paused")).toBe(false);
    expect(await update("--enabled")).toMatchObject({ State: "Enabling" });
    await until(() => printed("while paused"));
    expect(await state()).toBe("Enabled");
  });

  test("sends, receives and counts messages, and moves dead letters back", async () => {
    const { aws, url, arn, stack } = world;
    await stack.pauseEventSource("test-Main");
    const { QueueUrls } = await aws("sqs", "list-queues");
    expect(QueueUrls).toEqual([url("Dead"), url("Work")]);
    expect(await aws("sqs", "get-queue-url", "--queue-name", "test-Work")).toEqual({ QueueUrl: url("Work") });
    const send = ["--queue-url", url("Work"), "--message-body", "一", "--message-group-id", "DAILY_HISTORY"];
    const { MessageId } = await aws("sqs", "send-message", ...send);
    const receive = (name: string, ...more: string[]) =>
      aws("sqs", "receive-message", "--queue-url", url(name), "--attribute-names", "All", ...more);
    expect(await receive("Work", "--visibility-timeout", "0")).toMatchObject({
      Messages: [{ MessageId, Body: "一", Attributes: { MessageGroupId: "DAILY_HISTORY" } }],
    });
    expect(await receive("Work")).toBeUndefined(); // its second receive made it a dead letter
    const counted = async (name: string) => {
      const asked = ["--queue-url", url(name), "--attribute-names", "All"];
      const { Attributes } = await aws("sqs", "get-queue-attributes", ...asked);
      return [Attributes.ApproximateNumberOfMessages, Attributes.QueueArn];
    };
    expect(await counted("Dead")).toEqual(["1", arn("Dead")]);
    await aws("sqs", "start-message-move-task", "--source-arn", arn("Dead"));
    expect([await counted("Dead"), await counted("Work")]).toEqual([
      ["0", arn("Dead")],
      ["1", arn("Work")],
    ]);
    const { Messages } = await receive("Work");
    const handle = ["--receipt-handle", Messages[0].ReceiptHandle];
    await aws("sqs", "delete-message", "--queue-url", url("Work"), ...handle);
    expect(stack.queues.counts("test-Work")).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test("queries the database over the Data API", async () => {
    const execute = (sql: string, ...more: string[]) => {
      const where = ["--resource-arn", resourceArn, "--secret-arn", secretArn, "--database", "tushare"];
      return ["rds-data", "execute-statement", ...where, "--sql", sql, ...more];
    };
    const parameters = ["--parameters", '[{"name":"code","value":{"stringValue":"600519.SH"}}]'];
    const sql = "select :code as ts_code, cast(1 as int) as one";
    expect(await world.aws(...execute(sql, ...parameters))).toMatchObject({
      records: [[{ stringValue: "600519.SH" }, { longValue: 1 }]],
    });
    const json = ["--format-records-as", "JSON"];
    const { formattedRecords } = await world.aws(...execute("select 1 as one", ...json));
    expect(JSON.parse(formattedRecords)).toEqual([{ one: 1 }]);
    expect(await world.refused(...execute("select nothing from nowhere"))).toMatch(
      /\(DatabaseErrorException\).*relation "nowhere" does not exist/,
    );
  });

  test("lists, makes, shows and deletes schedules", async () => {
    const { aws, refused, arn } = world;
    const listed = async () => {
      const { Schedules } = await aws("scheduler", "list-schedules");
      return Schedules.map(({ Name }: { Name: string }) => Name).sort();
    };
    expect(await listed()).toEqual(["daily"]);
    const target = { Arn: arn("Work"), RoleArn: "arn:aws:iam::000000000000:role/one-time", Input: "later" };
    const when = ["--schedule-expression", "at(2099-01-01T00:00:00)", "--flexible-time-window", "Mode=OFF"];
    const create = ["scheduler", "create-schedule", "--name", "once", ...when];
    expect(await aws(...create, "--target", JSON.stringify(target))).toEqual({
      ScheduleArn: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/once",
    });
    expect(await refused(...create, "--target", JSON.stringify(target))).toContain("(ConflictException)");
    expect(await listed()).toEqual(["daily", "once"]);
    expect(await aws("scheduler", "get-schedule", "--name", "once")).toMatchObject({
      ScheduleExpression: "at(2099-01-01T00:00:00)",
      Target: target,
    });
    await aws("scheduler", "delete-schedule", "--name", "once");
    expect(await refused("scheduler", "get-schedule", "--name", "once")).toContain(
      "(ResourceNotFoundException)",
    );
  });

  test("reads and changes a secret", async () => {
    const { aws } = world;
    const read = async () =>
      (await aws("secretsmanager", "get-secret-value", "--secret-id", "tushare/token")).SecretString;
    expect(await read()).toBe("a-token");
    const put = ["--secret-id", "tushare/token", "--secret-string", "another"];
    await aws("secretsmanager", "put-secret-value", ...put);
    expect(await read()).toBe("another");
  });

  test("says who one is, and the stack's outputs and resources, as the runbook asks for them", async () => {
    const { aws, refused } = world;
    expect(await aws("sts", "get-caller-identity")).toMatchObject({ Account: "000000000000" });
    const { Stacks } = await aws("cloudformation", "describe-stacks", "--stack-name", "test");
    expect(Stacks).toMatchObject([
      {
        StackName: "test",
        StackStatus: "CREATE_COMPLETE",
        Outputs: [{ OutputKey: "MainName", OutputValue: "test-Main" }],
      },
    ]);
    const ofMain =
      "StackResourceSummaries[?starts_with(LogicalResourceId,'Main') && ResourceType=='AWS::Lambda::Function'].PhysicalResourceId";
    const list = ["cloudformation", "list-stack-resources", "--stack-name", "test", "--query", ofMain];
    expect(await aws(...list)).toEqual(["test-Main"]);
    expect(await refused("cloudformation", "describe-stacks", "--stack-name", "another")).toContain(
      "Stack with id another does not exist",
    );
  });

  test("shows what a function printed", async () => {
    const { aws, refused, outFile, printed } = world;
    const invoke = [
      "lambda",
      "invoke",
      "--function-name",
      "test-Main",
      "--payload",
      '{"job":"<LOGGED & read>"}',
    ];
    await aws(...invoke, ...payloadAsText, outFile);
    await until(() => printed("<LOGGED & read>"));
    const ask = (...more: string[]) => [
      "logs",
      "filter-log-events",
      "--log-group-name",
      "/aws/lambda/test-Main",
      ...more,
    ];
    const { events } = await aws(...ask());
    expect(events.map(({ message }: { message: string }) => message)).toContainEqual(
      expect.stringContaining("<LOGGED & read>"),
    );
    expect(await aws(...ask("--end-time", String(events[0].timestamp)))).toMatchObject({ events: [] });
    expect(await refused("logs", "filter-log-events", "--log-group-name", "none")).toContain(
      "(ResourceNotFoundException)",
    );
  });

  test("shows the metrics that a function printed", async () => {
    const { aws, refused, outFile } = world;
    const Dimensions = [["service"]];
    const _aws = {
      Timestamp: Date.UTC(2026, 10, 20, 12, 0, 30),
      CloudWatchMetrics: [
        { Namespace: "TushareSync", Dimensions, Metrics: [{ Name: "DaysLate", Unit: "Count" }] },
      ],
    };
    const metric = JSON.stringify({ _aws, service: "test", DaysLate: 2 });
    const payload = ["--payload", JSON.stringify({ metric }), ...payloadAsText];
    await aws("lambda", "invoke", "--function-name", "test-Main", ...payload, outFile);
    const list = ["cloudwatch", "list-metrics", "--namespace", "TushareSync"];
    await until(async () => (await aws(...list)).Metrics.length > 0);
    const range = ["--start-time", "2026-11-20T12:00:00Z", "--end-time", "2026-11-20T12:05:00Z"];
    const of = [
      "--namespace",
      "TushareSync",
      "--metric-name",
      "DaysLate",
      "--dimensions",
      "Name=service,Value=test",
    ];
    const statistics = ["cloudwatch", "get-metric-statistics", ...of, ...range, "--period", "300"];
    const { Datapoints } = await aws(...statistics, "--statistics", "Maximum");
    expect(Datapoints).toMatchObject([{ Maximum: 2, Unit: "Count" }]);
    const Metric = {
      Namespace: "TushareSync",
      MetricName: "DaysLate",
      Dimensions: [{ Name: "service", Value: "test" }],
    };
    const data = (query: object) => {
      const queries = ["--metric-data-queries", JSON.stringify([{ Id: "late", ...query }])];
      return ["cloudwatch", "get-metric-data", ...queries, ...range];
    };
    expect(await aws(...data({ MetricStat: { Metric, Period: 60, Stat: "Sum" } }))).toMatchObject({
      MetricDataResults: [{ Id: "late", Label: "DaysLate", Values: [2], StatusCode: "Complete" }],
    });
    expect(await refused(...data({ Expression: "SUM(METRICS())" }))).toMatch(
      /\(InvalidParameterValue(Exception)?\).*does not evaluate Expression/,
    );
  });

  test.each([
    [["lambda", "list-layers"], "(UnknownOperationException)"],
    [["dynamodb", "list-tables"], "(UnknownOperationException)"],
    [["cloudformation", "delete-stack", "--stack-name", "test"], "(UnknownOperationException)"],
    [["sqs", "get-queue-url", "--queue-name", "none"], "NonExistentQueue"],
  ])("%j gets an error that AWS clients understand", async (parameters, error) => {
    const sentence = await world.refused(...parameters);
    expect(sentence).toMatch(
      /^(aws: \[ERROR\]: )?An error occurred \(.+\) when calling the \w+ operation: .+/,
    );
    expect(sentence).toContain(error);
  });
});
