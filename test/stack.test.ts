// The promises of the template, read from the synthesised app. What the functions do is tested elsewhere.

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { type App, Stack } from "aws-cdk-lib/core";
import { afterAll, describe, expect, test } from "vitest";
import { makeApp } from "../infra/app.ts";
import { cadences } from "../shared/catalogue/cadences.ts";
import { dataChecks } from "../shared/catalogue/checks.ts";
import { choiceOf, readChoice, scheduledJobs } from "../shared/catalogue/chosen-datasets.ts";
import { words } from "../shared/catalogue/dataset-files.ts";
import { jobs } from "../shared/catalogue/jobs.ts";
import { readSettings, settingTable } from "../shared/catalogue/settings.ts";
import { functionNamed, statements, target, text } from "./support/template.ts";

const scratch = mkdtempSync(join(tmpdir(), "stack-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let apps = 0;
function anApp(context: Record<string, unknown> = {}): App {
  apps += 1;
  // Bundling has a test of its own; without it a synth takes a second.
  return makeApp({
    context: { "aws:cdk:bundling-stacks": [], ...context },
    outdir: join(scratch, String(apps)),
  });
}

/** Synthesising the whole app runs cdk-nag and the library's validation: a finding throws here. */
function synth(context: Record<string, unknown> = {}) {
  const assembly = anApp(context).synth();
  const [stack] = assembly.stacks;
  if (stack === undefined) throw new Error("the app has no stack");
  const report = JSON.parse(readFileSync(join(assembly.directory, "validation-report.json"), "utf8"));
  return { stack, report, template: Template.fromJSON(stack.template) };
}

const standard = synth();

describe("validation", () => {
  test("cdk-nag and the library's own checks find nothing", () => {
    const conclusions = standard.report.pluginReports.map(
      (plugin: { pluginName: string; conclusion: string }) => `${plugin.pluginName}: ${plugin.conclusion}`,
    );
    // The library's checks report only findings; the next tests show that they run.
    expect(conclusions).toEqual(["AwsSolutions: success", "Serverless: success"]);
  });

  test("a queue without TLS and dead letters fails the synth", () => {
    const app = anApp();
    new Queue(theStack(app), "Careless");
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS[34]/);
  });

  test("a property CloudFormation would refuse fails the synth", () => {
    const app = anApp();
    new CfnEventSourceMapping(theStack(app), "Careless", {
      functionName: "f",
      eventSourceArn: "arn:aws:sqs:eu-west-1:123456789012:q",
      scalingConfig: { maximumConcurrency: 1 },
    });
    expect(() => app.synth()).toThrow(/MaximumConcurrency/);
  });

  test("each acknowledged finding has its own reason", () => {
    const reasons = new Map<string, string>();
    for (const { ruleName, reason } of acknowledged()) reasons.set(ruleName, reason);
    expect(new Set(reasons.values()).size).toBe(reasons.size);
    for (const reason of reasons.values()) expect(reason.length).toBeGreaterThan(40);
  });

  function acknowledged(): { ruleName: string; reason: string }[] {
    return standard.report.pluginReports.flatMap(
      (plugin: { suppressedViolations?: object[] }) => plugin.suppressedViolations ?? [],
    );
  }

  function theStack(app: App): Stack {
    const stack = app.node.children.find((child) => Stack.isStack(child));
    if (!Stack.isStack(stack)) throw new Error("the app has no stack");
    return stack;
  }
});

describe("queues", () => {
  const sources = Object.values(standard.template.findResources("AWS::Lambda::EventSourceMapping"));

  test("both queues are consumed, with partial batch responses", () => {
    expect(sources).toHaveLength(2);
    for (const source of sources) {
      expect(source.Properties.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
    }
  });

  test("a message stays invisible for at least six times its function's timeout", () => {
    for (const source of sources) {
      const queue = target(standard.template, source.Properties.EventSourceArn);
      const consumer = target(standard.template, source.Properties.FunctionName);
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * consumer.Timeout);
    }
  });

  test("a unit gets five receives, and its dead letter outlives the queue it came from, for 14 days", () => {
    const queues = Object.values(standard.template.findResources("AWS::SQS::Queue"));
    const withDeadLetters = queues.filter((queue) => queue.Properties.RedrivePolicy);
    expect(withDeadLetters).toHaveLength(1);
    for (const { Properties: source } of withDeadLetters) {
      expect(source.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
      const dead = target(standard.template, source.RedrivePolicy.deadLetterTargetArn);
      expect(dead.MessageRetentionPeriod).toBe(14 * 86_400);
      expect(source.MessageRetentionPeriod).toBeLessThan(dead.MessageRetentionPeriod);
    }
  });

  test("every queue is encrypted and refuses plain http", () => {
    const queues = standard.template.findResources("AWS::SQS::Queue");
    const policies = Object.values(standard.template.findResources("AWS::SQS::QueuePolicy"));
    for (const [id, queue] of Object.entries(queues)) {
      expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
      const policy = policies.find(({ Properties }) => text(Properties.Queues).includes(id));
      expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
    }
  });
});

describe("the rate", () => {
  test.each([2, 5, 10])("%i slots are reserved, polled for and set for the worker", (slots) => {
    const { template } = slots === 5 ? standard : synth({ slots, tushareMinInterval: 0.5 });
    const worker = functionNamed(template, "Worker");
    expect(worker.properties.ReservedConcurrentExecutions).toBe(slots);
    expect(worker.properties.Environment.Variables.WORKER_SLOTS).toBe(String(slots));
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      FunctionName: { Ref: worker.id },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: slots },
    });
  });

  test("a bound over the account's limit fails the synth; a bound equal to it does not", () => {
    expect(() => anApp({ slots: "5", tushareMinInterval: "0.35", callsAMinute: "179" })).toThrow(
      "5 slots with a call every 0.35 s can make 180 calls to one interface in a minute; the account allows 179",
    );
    expect(() => anApp({ slots: "5", tushareMinInterval: "0.35", callsAMinute: "180" })).not.toThrow();
  });

  test("without a reservation the event source still limits the slots", () => {
    const { template } = synth({ reserveConcurrency: "false", egress: "none" });
    const worker = functionNamed(template, "Worker");
    expect(worker.properties.ReservedConcurrentExecutions).toBeUndefined();
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });
});

describe("schedules", () => {
  const all = Object.values(standard.template.findResources("AWS::Scheduler::Schedule"));
  const schedules = all.filter(({ Properties }) => "start" in JSON.parse(Properties.Target.Input));

  test("there is one for the evening check every day, beside those of the jobs", () => {
    const others = all.filter((schedule) => !schedules.includes(schedule));
    expect(others.map(({ Properties }) => [Properties.ScheduleExpression, Properties.Target.Input])).toEqual([
      ["cron(0 22 * * ? *)", '{"check":"freshness"}'],
    ]);
    const { template } = synth({ freshnessCheckAt: "23:45", egress: "none" });
    template.hasResourceProperties("AWS::Scheduler::Schedule", { ScheduleExpression: "cron(45 23 * * ? *)" });
  });

  test("there is one for each time at which chosen datasets are published, in Shanghai time", () => {
    const expected = new Set(
      scheduledJobs(choiceOf(readSettings({})).datasets).flatMap((job) => jobs[job].schedules),
    );
    expect(schedules.map(({ Properties }) => Properties.ScheduleExpression)).toEqual([...expected]);
    for (const { Properties } of schedules)
      expect(Properties.ScheduleExpressionTimezone).toBe("Asia/Shanghai");
  });

  test("more datasets start at the same times: all of them need no schedule, alarm or function more than cadences have times", () => {
    const resources = (template: Template) => Object.keys(template.toJSON().Resources).length;
    const { template } = synth({ datasets: "all", egress: "none" });
    const times = Object.values(cadences).flat().length;
    const before = resources(standard.template) - schedules.length;
    expect(resources(template)).toBeLessThanOrEqual(before + times);
    const starts = Object.values(template.findResources("AWS::Scheduler::Schedule")).flatMap(
      ({ Properties }) => JSON.parse(Properties.Target.Input).start ?? [],
    );
    const tried = readChoice("all", settingTable.TUSHARE_CALLS_A_MINUTE.default).datasets;
    expect(new Set(starts)).toEqual(new Set(scheduledJobs(tried)));
    for (const { Properties } of Object.values(template.findResources("AWS::Scheduler::Schedule"))) {
      expect(Properties.Description.length).toBeLessThanOrEqual(512);
    }
  });

  test("a choice of datasets has their schedules only, and every function that reads it is told", () => {
    const { template } = synth({ datasets: "index_daily", egress: "none" });
    const starts = Object.values(template.findResources("AWS::Scheduler::Schedule")).flatMap(
      ({ Properties }) => JSON.parse(Properties.Target.Input).start ?? [],
    );
    expect(new Set(starts)).toEqual(new Set(["REFERENCE", "INDEX_DAILY_INCREMENTAL"]));
    for (const name of ["Dispatcher", "Worker", "ApiHandler"]) {
      const { Variables } = functionNamed(template, name).properties.Environment;
      expect([name, Variables.SYNC_DATASETS]).toEqual([name, "index_daily"]);
    }
    const board = JSON.stringify(template.findResources("AWS::CloudWatch::Dashboard"));
    expect(board).toContain("index_daily");
    expect(board).not.toContain("fund_daily");
  });

  test("a job's schedules can be changed or switched off by context", () => {
    const set = { ETF_LIST: [], REFERENCE: ["cron(0 6 ? * MON-FRI *)"] };
    const { template } = synth({ schedules: JSON.stringify(set) });
    const expressions = (job: string) =>
      Object.values(template.findResources("AWS::Scheduler::Schedule"))
        .filter(({ Properties }) => JSON.parse(Properties.Target.Input).start?.includes(job))
        .map(({ Properties }) => Properties.ScheduleExpression);
    expect(expressions("ETF_LIST")).toEqual([]);
    expect(expressions("REFERENCE")).toEqual(set.REFERENCE);
    expect(expressions("DAILY_INCREMENTAL")).toEqual(jobs.DAILY_INCREMENTAL.schedules);
  });

  test("each starts the dispatcher with its jobs and the time it was meant for", () => {
    const dispatcher = functionNamed(standard.template, "Dispatcher");
    for (const { Properties } of schedules) {
      expect(text(Properties.Target.Arn)).toBe(`<${dispatcher.id}.Arn>`);
      const input = JSON.parse(Properties.Target.Input);
      expect(Object.keys(jobs)).toEqual(expect.arrayContaining(input.start));
      expect(input.requestKey).toBe("schedule/<aws.scheduler.scheduled-time>");
    }
  });

  test("each gives up within the hour, to a dead-letter queue", () => {
    for (const { Properties } of all) {
      expect(Properties.Target.RetryPolicy.MaximumEventAgeInSeconds).toBeLessThanOrEqual(3_600);
      expect(Properties.Target.RetryPolicy.MaximumRetryAttempts).toBeLessThanOrEqual(5);
      expect(target(standard.template, Properties.Target.DeadLetterConfig.Arn).MessageRetentionPeriod).toBe(
        14 * 86_400,
      );
    }
  });

  test("worker and retry may make one-time schedules, in their own group only", () => {
    for (const entry of ["Worker", "Retry"]) {
      const { properties } = functionNamed(standard.template, entry);
      const group = properties.Environment.Variables.SCHEDULE_GROUP_NAME;
      expect(schedules.map((schedule) => schedule.Properties.GroupName)).not.toContain(group);
      const grants = statements(standard.template).filter(({ role, actions }) => {
        return text(properties.Role).includes(role) && actions.includes("scheduler:CreateSchedule");
      });
      expect(grants.map((grant) => grant.resources)).toEqual([
        [expect.stringContaining(`schedule/${group}/*`)],
      ]);
    }
  });

  test("one-time schedules leave what they cannot deliver in the queue that raises an alarm, and may do so", () => {
    const [first] = schedules;
    const missed = text(first?.Properties.Target.DeadLetterConfig.Arn);
    for (const entry of ["Worker", "Retry"]) {
      const { Variables } = functionNamed(standard.template, entry).properties.Environment;
      expect(text(Variables.SCHEDULE_DEAD_LETTERS_ARN)).toBe(missed);
      const senders = statements(standard.template).filter(
        ({ role, actions, resources }) =>
          text(Variables.SCHEDULE_ROLE_ARN).includes(role) &&
          actions.includes("sqs:SendMessage") &&
          resources.includes(missed),
      );
      expect(senders).toHaveLength(1);
    }
  });
});

describe("functions", () => {
  const functions = Object.values(standard.template.findResources("AWS::Lambda::Function"));

  test("all run on Node 24 on arm64", () => {
    expect(functions.length).toBeGreaterThanOrEqual(4);
    for (const { Properties } of functions) {
      expect([Properties.Runtime, Properties.Architectures]).toEqual(["nodejs24.x", ["arm64"]]);
    }
  });

  test("all logs expire", () => {
    for (const { Properties } of functions) {
      expect(target(standard.template, Properties.LoggingConfig.LogGroup).RetentionInDays).toBeGreaterThan(0);
    }
    for (const { Properties } of Object.values(standard.template.findResources("AWS::Logs::LogGroup"))) {
      expect(Properties.RetentionInDays).toBeGreaterThan(0);
    }
  });

  test.each([
    ["Dispatcher", ["DATABASE_RESOURCE_ARN", "DATABASE_SECRET_ARN", "DATABASE_NAME", "WORK_QUEUE_URL"]],
    ["Worker", ["DATABASE_RESOURCE_ARN", "WORK_QUEUE_URL", "TUSHARE_URL", "TUSHARE_TOKEN_SECRET_ARN"]],
    ["Worker", ["WORK_QUEUE_URL", "SCHEDULE_GROUP_NAME", "SCHEDULE_ROLE_ARN", "DISPATCHER_ARN"]],
    ["Retry", ["WORK_QUEUE_URL", "SCHEDULE_GROUP_NAME", "SCHEDULE_ROLE_ARN", "DISPATCHER_ARN"]],
    [
      "Migrate",
      ["DATABASE_RESOURCE_ARN", "DATABASE_SECRET_ARN", "DATABASE_NAME", "READER_PASSWORD_SECRET_ARN"],
    ],
    ["ProgressWidget", ["DATABASE_RESOURCE_ARN", "DATABASE_READER_SECRET_ARN", "DATABASE_NAME"]],
  ])("%s gets the variables it needs: %j", (name, variables) => {
    const { properties } = functionNamed(standard.template, name);
    expect(Object.keys(properties.Environment.Variables)).toEqual(expect.arrayContaining(variables));
  });

  test("settings of the context reach those that plan, work and retry", () => {
    const settings = { SYNC_FAILURE_MAX_RETRIES: 5 };
    const { template } = synth({ settings: JSON.stringify(settings), egress: "none" });
    for (const entry of ["Dispatcher", "Worker", "Retry"]) {
      const { properties } = functionNamed(template, entry);
      expect(properties.Environment.Variables.SYNC_FAILURE_MAX_RETRIES).toBe("5");
    }
  });

  test("node infra/app.ts writes to CDK_OUTDIR, a bundle for each function, the SQL beside the one of migrate", () => {
    const outdir = join(scratch, "bundled");
    const env = { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: "false" };
    const run = spawnSync(process.execPath, ["infra/app.ts"], { env, encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);

    const template = Template.fromJSON(
      JSON.parse(readFileSync(join(outdir, "TushareSync.template.json"), "utf8")),
    );
    const folder = (entry: string) => {
      const { S3Key } = functionNamed(template, entry).properties.Code;
      return join(outdir, `asset.${S3Key.replace(".zip", "")}`);
    };
    const folders = ["Dispatcher", "Worker", "Retry", "Migrate"].map(folder);
    expect(new Set(folders).size).toBe(4);
    for (const each of folders) expect(existsSync(join(each, "index.mjs"))).toBe(true);

    const forward = readdirSync("migrations").filter((name) => /^\d{4}_\w+\.sql$/.test(name));
    expect(readdirSync(join(folder("Migrate"), "migrations")).sort()).toEqual(forward.sort());

    // What only documents and migrations need stays out of what Lambda loads. Short meanings may be words of other places.
    const meanings = Object.values(words).flatMap(({ about, columns, example }) => [
      ...[about.en, about.zh, example?.sql ?? ""],
      ...Object.values(columns).flatMap(([, en, zh]) => [en, zh]),
    ]);
    meanings.push(...Object.values(dataChecks).flatMap(({ means }) => [means.en, means.zh]));
    const bundles = readdirSync(outdir)
      .map((name) => join(outdir, name, "index.mjs"))
      .filter(existsSync);
    expect(bundles.length).toBeGreaterThan(5);
    for (const bundle of bundles) {
      const code = readFileSync(bundle, "utf8");
      expect(
        meanings.filter((text) => text.length > 20 && code.includes(text)),
        bundle,
      ).toEqual([]);
    }
  });
});

describe("grants", () => {
  test("no action is a wildcard, and no resource but those acknowledged", () => {
    const open = statements(standard.template).filter(({ actions, resources }) => {
      return [...actions, ...resources].some((part) => part.includes("*"));
    });
    expect(
      open.map(({ role, actions }) => `${role.replace(/[0-9A-F]{8}$/, "")} ${actions[0]}`).sort(),
    ).toEqual([
      "EgressPlaceChooseRole ec2:DescribeImages", // public images
      "PipelineRetryRole scheduler:CreateSchedule", // one-time schedules of one group
      "PipelineWorkerRole ec2:AssignPrivateIpAddresses", // a network interface has no name before it is made
      "PipelineWorkerRole scheduler:CreateSchedule",
    ]);
  });

  test("no role has a right that nothing asks for", () => {
    const given = statements(standard.template).flatMap(({ role, actions }) =>
      actions.map((action) => `${role.replace(/[0-9A-F]{8}$/, "")} ${action}`),
    );
    const unused =
      /DescribeSecret|BatchExecute|UpdateSchedule|GetQueueUrl|Dispatcher.*(CreateSchedule|PassRole)|Retry.*(Visibility|Send)/;
    expect(given.filter((right) => unused.test(right))).toEqual([]);
    const together = given
      .filter((right) => right.endsWith("Transaction"))
      .map((right) => right.split(" ")[0]);
    expect([...new Set(together)]).toEqual(["MigrationsMigrateRole", "PipelineWorkerRole"]);
  });

  const secrets = Object.entries(standard.template.findResources("AWS::SecretsManager::Secret"));
  const secretNamed = (name: string) => secrets.find(([id]) => id.startsWith(name)) ?? [];
  /** The logical ids of the roles that may read a secret. */
  const readersOf = (arn: string) =>
    statements(standard.template)
      .filter(({ actions, resources }) => /secretsmanager:/.test(actions.join()) && resources.includes(arn))
      .map(({ role }) => role.replace(/[0-9A-F]{8}$/, ""))
      .sort();

  test("there are two, and no role may read any other by a wildcard", () => {
    expect(secrets).toHaveLength(2);
    const wide = statements(standard.template).filter(
      ({ actions, resources }) => /secretsmanager:/.test(actions.join()) && /\*/.test(resources.join()),
    );
    expect(wide).toEqual([]);
  });

  test("what only reads may read the secret of the database's reader, and not that of its owner", () => {
    const [id = "", secret] = secretNamed("DatabaseReader");
    expect(readersOf(`<${id}>`)).toEqual([
      "ApiHandlerRole",
      "DashboardProgressWidgetRole",
      "MigrationsMigrateRole",
    ]);
    const [cluster] = Object.keys(standard.template.findResources("AWS::RDS::DBCluster"));
    // The API changes tasks and failures when it is asked to by a POST; its reads have the other secret (read-paths.test.ts).
    expect(readersOf(`<${cluster}.MasterUserSecret.SecretArn>`)).toEqual([
      "ApiHandlerRole",
      "MigrationsMigrateRole",
      "PipelineDispatcherRole",
      "PipelineRetryRole",
      "PipelineWorkerRole",
    ]);
    const { Variables } = functionNamed(standard.template, "ProgressWidget").properties.Environment;
    expect(text(Variables.DATABASE_READER_SECRET_ARN)).toBe(`<${id}>`);
    expect(Variables.DATABASE_SECRET_ARN).toBeUndefined();
    expect(secret?.Properties.GenerateSecretString).toMatchObject({
      SecretStringTemplate: '{"username":"tushare_reader"}',
      GenerateStringKey: "password",
      PasswordLength: 40,
    });
  });

  test("the reader's password is given to the database after the secret is there and may be read", () => {
    const { Environment, Role } = functionNamed(standard.template, "Migrate").properties;
    expect(text(Environment.Variables.READER_PASSWORD_SECRET_ARN)).toBe(
      `<${secretNamed("DatabaseReader")[0]}>`,
    );
    const { DependsOn } =
      standard.template.toJSON().Resources[functionNamed(standard.template, "Migrate").id];
    expect([DependsOn].flat().join()).toContain(
      text(Role)
        .slice(1)
        .split(".")[0]
        ?.replace(/[0-9A-F]{8}$/, "DefaultPolicy"),
    );
  });

  test("only the worker can read the token, and it is nowhere in the template", () => {
    const [id, secret] = secretNamed("PipelineTushareToken");
    expect(secret?.Properties.SecretString).toBe("put the TuShare token here");
    expect(secret?.Properties.GenerateSecretString).toBeUndefined();

    const readers = statements(standard.template).filter(({ resources }) => resources.includes(`<${id}>`));
    expect(readers.map(({ role }) => role)).toEqual([expect.stringContaining("WorkerRole")]);
  });
});

describe("the database", () => {
  const [cluster] = Object.values(standard.template.findResources("AWS::RDS::DBCluster"));

  test("scales to zero, is encrypted, and reached through the Data API", () => {
    expect(cluster?.Properties).toMatchObject({
      Engine: "aurora-postgresql",
      EngineVersion: expect.stringMatching(/^17\./),
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, SecondsUntilAutoPause: expect.any(Number) },
      StorageEncrypted: true,
      EnableHttpEndpoint: true,
      ManageMasterUserPassword: true,
    });
    expect(cluster?.Properties.MasterUserPassword).toBeUndefined();
  });

  test("is kept with its network when the stack is deleted", () => {
    for (const type of ["AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup"]) {
      standard.template.allResources(type, {
        DeletionPolicy: "RetainExceptOnCreate",
        UpdateReplacePolicy: "Retain",
      });
    }
    for (const [id, subnet] of Object.entries(standard.template.findResources("AWS::EC2::Subnet"))) {
      if (id.startsWith("Database")) expect(subnet.DeletionPolicy).toBe("RetainExceptOnCreate");
    }
  });

  test("is migrated once it answers, before anything can send or start work", () => {
    const [[schema, migration] = ["", undefined]] = Object.entries(
      standard.template.findResources("Custom::SchemaMigrations"),
    );
    const [writer] = Object.keys(standard.template.findResources("AWS::RDS::DBInstance"));
    expect(migration?.DependsOn).toContain(writer);
    expect(text(migration?.Properties.Version)).toContain("MigrationsMigrateCurrentVersion");

    for (const type of ["AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule"]) {
      for (const later of Object.values(standard.template.findResources(type))) {
        expect(later.DependsOn).toContain(schema);
      }
    }
  });
});

describe("TuShare's protocol", () => {
  const { template } = synth({ tushareEndpoint: "true" });
  const resources: Record<string, object> = template.toJSON().Resources;
  const before: Record<string, object> = standard.template.toJSON().Resources;

  test("is off unless chosen, and then changes nothing but what throttles, watches or waits for it", () => {
    expect(JSON.stringify(standard.template.toJSON())).not.toMatch(
      /tushare-endpoint|"POST |Endpoint(Handler|Tokens)/,
    );
    expect(Object.keys(before).filter((id) => resources[id] === undefined)).toEqual([]);
    const changed = Object.keys(before).filter(
      (id) => JSON.stringify(before[id]) !== JSON.stringify(resources[id]),
    );
    expect(changed.map((id) => id.replace(/[0-9A-F]{8}$/, "")).sort()).toEqual([
      "ApiStage",
      "DashboardBoard",
      "MonitoringFunctionerrors",
      "MonitoringRecursiondropped",
      "MonitoringThrottles",
      "ProtectionDatabase",
    ]);
    const added = Object.keys(resources).filter((id) => before[id] === undefined);
    expect(
      added.map((id) => id.replace(/[0-9A-F]{8}$/, "")).every((id) => /^(Endpoint|ApiHttpPOST)/.test(id)),
    ).toBe(true);
  });

  test("two routes take questions without a signature, every other still wants one", () => {
    const routes = Object.values(template.findResources("AWS::ApiGatewayV2::Route")).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    expect(routes.sort()).toEqual([
      ["$default", "AWS_IAM"],
      ["POST /tushare", "NONE"],
      ["POST /tushare/{proxy+}", "NONE"],
    ]);
  });

  test("they are throttled for themselves, below the stage, and exist before the stage names them", () => {
    const [stage] = Object.values(template.findResources("AWS::ApiGatewayV2::Stage"));
    const { RouteSettings, DefaultRouteSettings } = stage?.Properties ?? {};
    expect(Object.keys(RouteSettings)).toEqual(["POST /tushare", "POST /tushare/{proxy+}"]);
    for (const { ThrottlingRateLimit, ThrottlingBurstLimit } of Object.values<Record<string, number>>(
      RouteSettings,
    )) {
      expect(ThrottlingRateLimit).toBeLessThan(DefaultRouteSettings.ThrottlingRateLimit);
      expect(ThrottlingBurstLimit).toBeLessThan(DefaultRouteSettings.ThrottlingBurstLimit);
    }
    const routes = Object.keys(template.findResources("AWS::ApiGatewayV2::Route")).filter((id) =>
      /POST/.test(id),
    );
    expect(stage?.DependsOn).toEqual(expect.arrayContaining(routes));
  });

  test("its function may read as the reader, its tokens, and write its log: nothing else", () => {
    const { properties } = functionNamed(template, "EndpointHandler");
    const role = text(properties.Role).slice(1).split(".")[0] ?? "";
    const [secret] = Object.keys(template.findResources("AWS::SecretsManager::Secret")).filter((id) =>
      id.startsWith("EndpointTokens"),
    );
    const [reader] = Object.keys(template.findResources("AWS::SecretsManager::Secret")).filter((id) =>
      id.startsWith("DatabaseReader"),
    );
    const granted = statements(template).filter((statement) => statement.role === role);
    const rights = granted.flatMap(({ actions, resources }) =>
      actions.flatMap((action) =>
        resources.map((resource) => `${action} ${resource.replace(/[0-9A-F]{8}[.>].*$/, "")}`),
      ),
    );
    expect(rights.sort()).toEqual([
      "logs:CreateLogStream <EndpointHandlerLogs",
      "logs:PutLogEvents <EndpointHandlerLogs",
      expect.stringMatching(/^rds-data:ExecuteStatement .*DatabaseCluster/),
      `secretsmanager:GetSecretValue <${reader?.slice(0, -8)}`,
      `secretsmanager:GetSecretValue <${secret?.slice(0, -8)}`,
    ]);
    expect(Object.keys(properties.Environment.Variables)).not.toContain("DATABASE_SECRET_ARN");
    expect(properties.Timeout).toBeLessThan(30);
  });

  test("no token is in the template", () => {
    const [tokens] = Object.entries(template.findResources("AWS::SecretsManager::Secret")).filter(([id]) =>
      id.startsWith("EndpointTokens"),
    );
    expect(tokens?.[1].Properties.SecretString).toBe("{}");
  });
});

describe("egress", () => {
  test("by default one NAT instance with one elastic address, for the worker alone", () => {
    const { template } = standard;
    template.resourceCountIs("AWS::EC2::EIP", 1);
    template.resourceCountIs("AWS::EC2::NatGateway", 0);
    const [instance] = Object.keys(
      template.findResources("AWS::EC2::Instance", { Properties: { InstanceType: "t4g.nano" } }),
    );
    template.hasResourceProperties("AWS::EC2::EIP", { InstanceId: { Ref: instance } });
    expect(functionsInANetwork(template)).toEqual([expect.stringContaining("Worker")]);
    expect(Object.keys(standard.stack.template.Outputs)).toContain("EgressAddress");
  });

  test.each(["instance", "gateway"])(
    "its zone is one where AWS offers the instance type, with egress=%s",
    (egress) => {
      const { template } = egress === "instance" ? standard : synth({ egress });
      const [[id, place] = ["", undefined]] = Object.entries(template.findResources("Custom::EgressPlace"));
      expect(place?.Properties.InstanceType).toBe("t4g.nano");
      const zones = Object.entries(template.findResources("AWS::EC2::Subnet"))
        .filter(([name]) => name.startsWith("Egress"))
        .map(([, { Properties }]) => text(Properties.AvailabilityZone));
      expect(new Set(zones)).toEqual(new Set([`<${id}.Zone>`]));
    },
  );

  test("the NAT instance's image is pinned to a date, so no other change replaces the instance", () => {
    const placeOf = (template: Template) =>
      Object.values(template.findResources("Custom::EgressPlace"))[0]?.Properties;
    const [machine] = Object.values(standard.template.findResources("AWS::EC2::Instance"));
    expect(text(machine?.Properties.ImageId)).toMatch(/^<EgressPlaceFound\w+\.Image>$/);
    expect(JSON.stringify(standard.template.toJSON().Parameters)).not.toContain("ami");
    expect(placeOf(standard.template).ImagesUntil).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(placeOf(synth({ egressImagesUntil: "2027-01-31" }).template).ImagesUntil).toBe("2027-01-31");
  });

  test("a deployment waits until the NAT instance forwards packets, and fails when it does not", () => {
    const [[id, machine] = ["", undefined]] = Object.entries(
      standard.template.findResources("AWS::EC2::Instance"),
    );
    expect(machine?.CreationPolicy).toEqual({ ResourceSignal: { Count: 1, Timeout: "PT10M" } });
    const script = text(machine?.Properties.UserData["Fn::Base64"]);
    const written = join(scratch, "set-up.sh");
    writeFileSync(written, script);
    expect(spawnSync("bash", ["-n", written], { encoding: "utf8" }).stderr).toBe("");
    // However the script ends, its result is signalled for this instance.
    expect(script).toContain("trap exitTrap EXIT");
    expect(script).toContain(
      `cfn-signal --stack TushareSync --resource ${id} --region <AWS::Region> -e $exitCode`,
    );
    expect(script).toContain("set -euo pipefail");
    // Half a gigabyte is too little for the package manager, and the number of tries is limited.
    expect(script.indexOf("swapon")).toBeLessThan(script.indexOf("dnf install"));
    expect(script.match(/^.*\b(until|while)\b.*$/gm)).toBeNull();
  });

  test.each([
    ["works", 0, 0],
    ["finds no package", 1, 1],
  ])("a machine whose package manager %s signals that, within a limited number of tries", (_, dnf, ended) => {
    const [machine] = Object.values(standard.template.findResources("AWS::EC2::Instance"));
    const script = text(machine?.Properties.UserData["Fn::Base64"]);
    const root = mkdtempSync(join(scratch, "machine-"));
    for (const folder of ["bin", "etc/sysctl.d", "etc/sysconfig"])
      mkdirSync(join(root, folder), { recursive: true });
    const stub = (name: string, code: string) =>
      writeFileSync(join(root, "bin", name), `#!/bin/bash\necho "${name} $*" >> ${root}/ran\n${code}\n`, {
        mode: 0o755,
      });
    for (const name of ["dd", "chmod", "mkswap", "swapon", "systemctl", "iptables", "iptables-save", "sleep"])
      stub(name, "");
    stub("sysctl", "echo 1");
    stub("ip", "echo default via 10.0.1.1 dev ens5 proto dhcp");
    stub("dnf", `exit ${dnf}`);
    stub("rpm", `exit ${dnf}`);
    stub("cfn-signal", "");
    const here = script
      .replaceAll("/opt/aws/bin/", "")
      .replaceAll("/etc/", `${root}/etc/`)
      .replaceAll("<AWS::Region>", "eu-west-1");
    const run = spawnSync("bash", ["-c", here], {
      env: { PATH: `${root}/bin:/usr/bin:/bin` },
      encoding: "utf8",
    });
    const ran = readFileSync(join(root, "ran"), "utf8").split("\n");
    expect(run.status, run.stderr).toBe(ended);
    expect(ran.filter((line) => line.startsWith("cfn-signal"))).toEqual([
      expect.stringMatching(new RegExp(` -e ${ended}$`)),
    ]);
    expect(ran.filter((line) => line.startsWith("dnf"))).toHaveLength(ended === 0 ? 1 : 8);
    expect(ran.includes("iptables -t nat -A POSTROUTING -o ens5 -j MASQUERADE")).toBe(ended === 0);
  });

  test("a NAT gateway with one elastic address, on request", () => {
    const { template } = synth({ egress: "gateway" });
    template.resourceCountIs("AWS::EC2::Instance", 0);
    template.resourceCountIs("AWS::EC2::EIP", 1);
    const [address] = Object.keys(template.findResources("AWS::EC2::EIP"));
    template.hasResourceProperties("AWS::EC2::NatGateway", {
      AllocationId: { "Fn::GetAtt": [address, "AllocationId"] },
    });
    expect(functionsInANetwork(template)).toEqual([expect.stringContaining("Worker")]);
  });

  test("no egress, on request, and then no function is in a VPC", () => {
    const { template, stack } = synth({ egress: "none" });
    for (const type of [
      "AWS::EC2::EIP",
      "AWS::EC2::Instance",
      "AWS::EC2::NatGateway",
      "AWS::EC2::InternetGateway",
    ]) {
      template.resourceCountIs(type, 0);
    }
    expect(functionsInANetwork(template)).toEqual([]);
    expect(Object.keys(stack.template.Outputs)).not.toContain("EgressAddress");
  });

  function functionsInANetwork(template: Template): string[] {
    const functions = Object.entries(template.findResources("AWS::Lambda::Function"));
    return functions.filter(([, { Properties }]) => Properties.VpcConfig).map(([id]) => id);
  }
});

describe("context", () => {
  test.each([
    [
      { slots: "1" },
      'context "slots" is "1"; expected a whole number from 2 to 100, for example: -c slots=5',
    ],
    [{ slots: "many" }, 'context "slots" is "many"; expected a whole number from 2'],
    [{ tushareMinInterval: "0" }, 'context "tushareMinInterval" is "0"; expected seconds from 0.01 to 60'],
    [{ egress: "nat" }, 'context "egress" is "nat"; expected instance, gateway or none'],
    [{ reserveConcurrency: "no" }, 'context "reserveConcurrency" is "no"; expected true or false'],
    [
      { tushareUrl: "http://api.tushare.pro" },
      'context "tushareUrl" is "http://api.tushare.pro"; expected an https',
    ],
    [{ tushareUrl: "http://127.0.0.1:80@example.com" }, "expected an https address (http to loopback only)"],
    [{ alarmEmail: "somebody" }, 'context "alarmEmail" is "somebody"; expected a mail address'],
    [
      { freshnessCheckAt: "24:00" },
      'context "freshnessCheckAt" is "24:00"; expected a time of day in Shanghai',
    ],
    [{ runbookUrl: "http://x" }, 'context "runbookUrl" is "http://x"; expected an https address'],
    [
      { alarmWebhookSecret: "https://hooks.example.com/x" },
      'context "alarmWebhookSecret" is "https://hooks.example.com/x"; expected the name of an existing secret',
    ],
    [{ stage: "my stage" }, 'context "stage" is "my stage"; expected 1 to 20 letters'],
    [{ settings: { TUSHARE_TOKEN: "x" } }, "expected an object of settings named SYNC_"],
    [
      { settings: { SYNC_FAILURE_MAX_RETRIES: 99 } },
      "SYNC_FAILURE_MAX_RETRIES is '99', expected a whole number",
    ],
  ])("%j is refused by name, with what is allowed", (context, message) => {
    expect(() => anApp(context)).toThrow(message);
  });

  test("a stage makes a second stack beside the first, with the same resources", () => {
    const { stack, template } = synth({ stage: "test" });
    expect(stack.stackName).toBe("TushareSync-test");
    expect(types(template)).toEqual(types(standard.template));
  });

  function types(template: Template): string[] {
    const resources: { Type: string }[] = Object.values(template.toJSON().Resources);
    return resources.map(({ Type }) => Type).sort();
  }
});
