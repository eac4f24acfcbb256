// The doctor's findings: each that is not ok has a remedy, and none contains the token.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { accountClients, checkAccount, checkDeployed, judgeConcurrency } from "../cli/doctor/account.ts";
import type { Finding } from "../cli/doctor/finding.ts";
import {
  checkMachine,
  checkNode,
  checkSettings,
  checkSettingsFile,
  judgeDisk,
} from "../cli/doctor/machine.ts";
import { judgeSuccess } from "../cli/doctor/stack.ts";
import {
  callsOfCheck,
  checkAddress,
  checkTushare,
  judgeClock,
  judgePoints,
  readBatches,
} from "../cli/doctor/tushare.ts";
import type { Task } from "../cli/follow.ts";
import { en } from "../cli/messages/en.ts";
import type { Upstream } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { realClock } from "./support/database.ts";

const settings = readSettings({});
const levels = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ check, level }) => [check, level]));
const find = (findings: readonly Finding[], check: string) => findings.find((each) => each.check === check);

describe("this machine", () => {
  test("a healthy one has no problem, and a folder that does not exist yet is not a problem", async () => {
    const findings = await checkMachine(join(tmpdir(), "no-such-folder-yet", "below"), {}, en);
    expect(findings.filter(({ level }) => level === "problem")).toEqual([]);
    expect(find(findings, "data-dir")?.text).toContain("created at the first start");
  });

  test.each<[string, Finding, string]>([
    ["an old Node", checkNode("22.1.0", en), "problem"],
    ["a full disk", judgeDisk(0.5, en), "problem"],
    ["a small disk", judgeDisk(5, en), "warning"],
    ["a large disk", judgeDisk(50, en), "ok"],
  ])("%s", (_, found, level) => {
    expect(found.level).toBe(level);
    expect(found.remedy === undefined).toBe(level === "ok");
  });

  test("a bad setting and a rate above the account's limit are problems that name the figures", () => {
    const [bad] = checkSettings({ WORKER_SLOTS: "many" }, en);
    expect(bad).toMatchObject({ level: "problem", text: expect.stringContaining("WORKER_SLOTS is 'many'") });
    const rate = find(checkSettings({ TUSHARE_MIN_INTERVAL: "0.1" }, en), "rate");
    expect(rate).toMatchObject({ level: "problem", text: expect.stringContaining("200 are allowed") });
  });
});

test("a file of settings that others can read is a warning, because it holds the token", () => {
  const folder = mkdtempSync(join(tmpdir(), "doctor-"));
  const file = join(folder, "settings.env");
  const here = { MIRROR_SETTINGS_FILE: file };
  expect(checkSettingsFile(here, en)).toEqual([]);
  writeFileSync(file, "", { mode: 0o644 });
  expect(checkSettingsFile(here, en)).toMatchObject([
    { level: "warning", remedy: expect.stringContaining(`chmod 600 ${file}`) },
  ]);
  chmodSync(file, 0o600);
  expect(checkSettingsFile(here, en)).toMatchObject([{ level: "ok" }]);
  rmSync(folder, { recursive: true });
});

describe("TuShare", () => {
  let upstream: Upstream;
  const token = "a-token-nobody-may-see";
  beforeAll(async () => {
    upstream = await serveUpstream({ today: "20260630", stocks: 50, latencyMs: 0, tokens: [token] });
  });
  afterAll(() => upstream.close());
  const account = (given: string) => ({ url: upstream.url, token: given, settings, clock: realClock });

  test("it takes one call to each interface, and a missing right is a note with a workaround", async () => {
    const findings = await checkTushare(account(token), en);
    const { interfaces } = await upstream.stats();
    const calls = Object.values(interfaces).reduce((sum, each) => sum + each.calls, 0);
    expect(calls).toBe(callsOfCheck(account(token).settings));
    expect(levels(findings)).toMatchObject({
      ...{ https: "ok", token: "ok", tier: "ok", "interface-daily": "ok", "interface-fina_indicator": "ok" },
      ...{ "interface-etf_basic": "note", "interface-fina_indicator_vip": "note" },
    });
    expect(JSON.stringify(findings)).not.toContain(token);
  });

  test("a token that is refused is one problem, not one for each interface", async () => {
    const findings = await checkTushare(account("bad-token-of-somebody"), en);
    expect(levels(findings)).toEqual({ https: "ok", token: "problem", clock: "ok" });
    expect(JSON.stringify(findings)).not.toContain("bad-token-of-somebody");
  });

  test("an upstream that does not answer is a problem with a remedy", async () => {
    const findings = await checkTushare({ ...account(token), url: "http://127.0.0.1:9" }, en);
    expect(find(findings, "token")).toMatchObject({ level: "problem", remedy: en.doctor.noTushareRemedy });
  });

  test("a token over plain http is a problem, except on this machine", () => {
    expect(checkAddress("http://api.tushare.pro", en).level).toBe("problem");
    expect(checkAddress("https://api.tushare.pro", en).level).toBe("ok");
    expect(checkAddress("http://127.0.0.1:1234", en).level).toBe("ok");
  });

  test.each([
    ["2026-06-30T00:00:10Z", "ok"],
    ["2026-06-30T00:05:00Z", "problem"],
    ["2026-06-29T23:55:00Z", "problem"],
  ])("at 00:00:00 to 00:00:02 here it is %s there: %s", (theirs, level) => {
    const [asked, answered] = [new Date("2026-06-30T00:00:00Z"), new Date("2026-06-30T00:00:02Z")];
    expect(judgeClock(new Date(theirs).toUTCString(), asked, answered, en).level).toBe(level);
  });

  test.each<[string, [string, number][], string, Record<string, string>]>([
    ["enough, for long", [["2027-06-01", 2_000]], "200", { token: "ok", tier: "ok" }],
    ["soon to expire", [["2026-07-10", 2_000]], "200", { token: "warning", tier: "ok" }],
    ["expired", [["2026-06-01", 2_000]], "200", { token: "problem" }],
    ["fewer than the rate wants", [["2027-06-01", 120]], "200", { token: "ok", tier: "problem" }],
    [
      "more than the rate wants",
      [
        ["2027-06-01", 3_000],
        ["2027-03-01", 2_000],
      ],
      "200",
      { token: "ok", tier: "note" },
    ],
  ])("points that are %s", (_, batches, callsAMinute, expected) => {
    const rows = batches.map(([until, points]) => ({ user_id: "1", 到期时间: until, 到期积分: points }));
    const configured = readSettings({ TUSHARE_CALLS_A_MINUTE: callsAMinute });
    expect(levels(judgePoints(readBatches(rows), configured, "20260630", en))).toEqual(expected);
  });
});

describe("the last success of a job", () => {
  const now = new Date("2026-06-30T12:00:00Z");
  const daily = { job_type: "DAILY_INCREMENTAL", schedules: ["cron(30 17 ? * MON-FRI *)"] };
  const weekly = { job_type: "ETF_LIST", schedules: ["cron(0 8 ? * MON *)"] };
  const ended = (days: number) =>
    ({ completed_at: new Date(now.getTime() - days * 86_400_000).toISOString() }) as Task;

  test.each<[typeof daily, Task | undefined, boolean, string]>([
    [daily, ended(3), true, "ok"],
    [daily, ended(5), true, "warning"],
    [daily, ended(5), false, "note"],
    [daily, undefined, true, "warning"],
    [weekly, ended(7), true, "ok"],
    [weekly, ended(9), true, "warning"],
  ])("%o %o, deployed %o: %s", (job, last, isDeployed, level) => {
    expect(judgeSuccess(job, last, now, isDeployed, en).level).toBe(level);
  });
});

describe("the AWS account", () => {
  const [lambda, formation] = [mockClient(LambdaClient), mockClient(CloudFormationClient)];
  const [scheduler, secrets] = [mockClient(SchedulerClient), mockClient(SecretsManagerClient)];
  const credentials = { accessKeyId: "x", secretAccessKey: "x" };
  const clients = (region = "ap-southeast-1") => accountClients({ region, credentials });
  afterEach(() => {
    for (const mock of [lambda, formation, scheduler, secrets]) mock.reset();
  });
  const missing = new Error("Stack with id X does not exist");

  test.each([
    [1_000, 995, 5, "ok"],
    [10, 10, 5, "problem"],
    [10, 10, 0, "ok"],
    [1_000, 104, 5, "problem"],
  ])("%i concurrent executions, %i unreserved, for %i slots: %s", (all, free, slots, level) => {
    const limit = { ConcurrentExecutions: all, UnreservedConcurrentExecutions: free };
    expect(judgeConcurrency(limit, slots, en).level).toBe(level);
  });

  test("a new account: too little concurrency, no bootstrap, both with a remedy", async () => {
    lambda.on(GetAccountSettingsCommand).resolves({
      AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 },
    });
    formation.on(DescribeStacksCommand).rejects(missing);
    const findings = await checkAccount(clients(), 5, "TushareSync", en);
    expect(levels(findings)).toEqual({ region: "ok", concurrency: "problem", bootstrap: "problem" });
    expect(find(findings, "concurrency")?.remedy).toContain("--no-reserve");
    expect(find(findings, "bootstrap")?.remedy).toContain("cdk bootstrap");
  });

  test("an existing stack has already reserved its slots, and needs no more", async () => {
    lambda.on(GetAccountSettingsCommand).resolves({
      AccountLimit: { ConcurrentExecutions: 105, UnreservedConcurrentExecutions: 100 },
    });
    const Stacks = [{ StackName: "X", CreationTime: new Date(), StackStatus: "CREATE_COMPLETE" as const }];
    formation.on(DescribeStacksCommand).resolves({ Stacks });
    expect(levels(await checkAccount(clients(), 5, "TushareSync", en)).concurrency).toBe("ok");
  });

  test("credentials that AWS refuses and a region without the Data API are reported first", async () => {
    lambda.on(GetAccountSettingsCommand).rejects(new Error("The security token is invalid"));
    expect(levels(await checkAccount(clients(), 5, "TushareSync", en))).toEqual({ credentials: "problem" });
    expect(levels(await checkAccount(clients("cn-north-1"), 5, "TushareSync", en))).toEqual({
      region: "problem",
    });
  });

  test("a deployed stack: status, schedules that are off, a token that is not set", async () => {
    const Stacks = [
      { StackName: "X", CreationTime: new Date(), StackStatus: "UPDATE_ROLLBACK_COMPLETE" as const },
    ];
    formation.on(DescribeStacksCommand).resolves({ Stacks });
    formation.on(ListStackResourcesCommand).resolves({
      StackResourceSummaries: [
        {
          ...{
            LogicalResourceId: "Group",
            PhysicalResourceId: "the-group",
            ResourceStatus: "CREATE_COMPLETE",
          },
          ...{ ResourceType: "AWS::Scheduler::ScheduleGroup", LastUpdatedTimestamp: new Date() },
        },
      ],
    });
    scheduler.on(ListSchedulesCommand, { GroupName: "the-group" }).resolves({
      Schedules: [
        { Name: "on", State: "ENABLED" },
        { Name: "off", State: "DISABLED" },
      ],
    });
    secrets.on(GetSecretValueCommand).resolves({ SecretString: "put the TuShare token here" });
    const findings = await checkDeployed(clients(), "X", { TushareTokenSecretArn: "arn:secret" }, en);
    expect(levels(findings)).toEqual({ stack: "warning", schedules: "warning", secret: "problem" });
    expect(find(findings, "schedules")?.text).toContain("off");
    expect(find(findings, "secret")?.remedy).toContain("arn:secret");

    secrets.on(GetSecretValueCommand).resolves({ SecretString: "0123456789abcdef" });
    const set = await checkDeployed(clients(), "X", { TushareTokenSecretArn: "arn:secret" }, en);
    expect(find(set, "secret")).toMatchObject({ level: "ok" });
    expect(JSON.stringify(set)).not.toContain("0123456789abcdef");
  });

  test("missing read rights of the credentials are a note, not a problem", async () => {
    const denied = new Error("AccessDenied");
    formation.onAnyCommand().rejects(denied);
    scheduler.onAnyCommand().rejects(denied);
    secrets.onAnyCommand().rejects(denied);
    const findings = await checkDeployed(clients(), "X", {}, en);
    expect(new Set(findings.map(({ level }) => level))).toEqual(new Set(["note"]));
  });
});
