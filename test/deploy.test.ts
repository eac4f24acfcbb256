// Deploy and destroy: the order of the steps, the arguments for the CDK, and the templates for each option.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { contextOf, type DeployValues, intervalFor } from "../cli/cdk.ts";
import { deploy } from "../cli/commands/deploy.ts";
import { destroy } from "../cli/commands/destroy.ts";
import { type CostPart, template as costed, costOfMonth, costOfRun, keptByDefault } from "../cli/cost.ts";
import type { Tools } from "../cli/deployment.ts";
import type { CommandError } from "../cli/failure.ts";
import { en } from "../cli/messages/en.ts";
import { makeApp } from "../infra/app.ts";
import { callsAMinuteMax } from "../shared/catalogue/slot.ts";
import { stackName } from "../shared/catalogue/stack.ts";
import { deploySession, failing, plain, silentTools } from "./support/deployment.ts";

const scratch = mkdtempSync(join(tmpdir(), "deploy-test-"));
writeFileSync(join(scratch, "cdk.json"), "{}");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const [lambda, formation] = [mockClient(LambdaClient), mockClient(CloudFormationClient)];
let ran: { args: readonly string[]; region: string | undefined }[];
let printed: string[];
beforeEach(() => {
  ran = [];
  printed = [];
  for (const mock of [lambda, formation]) mock.reset();
  rmSync(join(scratch, "deployment.TushareSync.json"), { force: true });
  const AccountLimit = { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 };
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
  formation.on(DescribeStacksCommand).resolves({ Stacks: [] });
});

function tools(options: { exitCodes?: Record<string, number>; answer?: string } = {}): Tools {
  return {
    async cdk(args, environment) {
      ran.push({ args, region: environment.AWS_REGION });
      const file = args[args.indexOf("--outputs-file") + 1];
      const outputs = {
        [args[1] ?? ""]: { TushareTokenSecretArn: "arn:the-secret", EgressAddress: "203.0.113.7" },
      };
      if (args.includes("--outputs-file")) writeFileSync(file ?? "", JSON.stringify(outputs));
      return options.exitCodes?.[args[0] ?? ""] ?? 0;
    },
    ...silentTools,
    ask: options.answer === undefined ? undefined : () => Promise.resolve(options.answer ?? ""),
    folder: scratch,
  };
}

const session = () => deploySession((text) => void printed.push(text), { region: "ap-southeast-1" });

const actions = () => ran.map(({ args }) => args.slice(0, 2).join(" "));
describe("deploy", () => {
  test("checks, shows the difference, deploys, and prints the next steps", async () => {
    expect(await deploy(session(), plain, tools())).toBe(0);
    expect(actions()).toEqual(["diff TushareSync", "deploy TushareSync"]);
    expect(ran.map(({ region }) => region)).toEqual(["ap-southeast-1", "ap-southeast-1"]);
    const said = printed.join("\n");
    expect(said).toContain(
      "npm run deploy -- --stack TushareSync --region ap-southeast-1 --yes --token-stdin",
    );
    expect(said).toContain("npx tushare-sync doctor --stack TushareSync");
    expect(said).toContain("call TuShare from 203.0.113.7");
  });

  test("an account that is not ready stops it before anything is created, and the remedies are printed", async () => {
    const AccountLimit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
    lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
    const error = await failing(deploy(session(), plain, tools()));
    expect(error?.exitCode).toBe(1);
    expect(ran).toEqual([]);
    expect(printed.join("\n")).toContain("--no-reserve");
    expect(await deploy(session(), { ...plain, reserve: false }, tools())).toBe(0);
    expect(ran[0]?.args).toContain("reserveConcurrency=false");
  });

  /** A stack as CloudFormation describes it; an existing one has its chosen options. */
  function standing(status: "CREATE_COMPLETE" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED", chosen?: object) {
    const StackId = "arn:aws:cloudformation:ap-southeast-1:123456789012:stack/TushareSync/1";
    const Outputs = chosen && [{ OutputKey: "ChosenContext", OutputValue: JSON.stringify(chosen) }];
    const stack = { StackName: "TushareSync", StackId, CreationTime: new Date(0), StackStatus: status };
    formation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, ...(Outputs && { Outputs }) }] });
  }

  const limited = (free: number) => {
    const AccountLimit = { ConcurrentExecutions: free, UnreservedConcurrentExecutions: free };
    lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
  };

  test.each([
    ["nothing", 104, [], 1],
    ["nothing", 105, [], 0],
    ["-c reserveConcurrency=false", 10, ["reserveConcurrency=false"], 0],
    ["-c slots=20", 119, ["slots=20", "tushareMinInterval=0.5"], 1],
    ["-c slots=20", 120, ["slots=20", "tushareMinInterval=0.5"], 0],
  ])(
    "with %s given, an account with %i free executions is checked for what will be reserved",
    async (_, free, context, end) => {
      limited(free);
      const outcome = await deploy(session(), { ...plain, context }, tools()).catch(
        (error: CommandError) => error.exitCode,
      );
      expect(outcome).toBe(end);
    },
  );

  test.each(["ROLLBACK_COMPLETE", "ROLLBACK_FAILED"] as const)(
    "a stack in %s reserves nothing, so the account is checked again",
    async (status) => {
      standing(status);
      limited(10);
      expect((await failing(deploy(session(), plain, tools())))?.exitCode).toBe(1);
      expect(ran).toEqual([]);
    },
  );

  test("an existing stack has its slots; the account is checked only for additional ones", async () => {
    standing("CREATE_COMPLETE", { slots: "5" });
    limited(101);
    expect(await deploy(session(), plain, tools())).toBe(0);
    const more = { ...plain, context: ["slots=7"] };
    expect((await failing(deploy(session(), more, tools())))?.exitCode).toBe(1);
    standing("CREATE_COMPLETE", { reserveConcurrency: "false" });
    const reserving = { ...plain, context: ["reserveConcurrency="] };
    expect((await failing(deploy(session(), reserving, tools())))?.exitCode).toBe(1);
  });

  test("-c stage= names the stack that is checked and deployed", async () => {
    expect(await deploy(session(), { ...plain, context: ["stage=trial"] }, tools())).toBe(0);
    expect(actions()).toEqual(["diff TushareSync-trial", "deploy TushareSync-trial"]);
    const asked = formation.commandCalls(DescribeStacksCommand).map(({ args }) => args[0].input.StackName);
    expect(new Set(asked)).toEqual(new Set(["TushareSync-trial", "CDKToolkit"]));
  });

  test("the effect of having no fixed address is printed before anything is created", async () => {
    await deploy(session(), { ...plain, egress: "none", "only-diff": true }, tools());
    expect(printed.join("\n")).toContain("40204");
    printed.length = 0;
    await deploy(session(), { ...plain, "only-diff": true }, tools());
    expect(printed.join("\n")).not.toContain("40204");
  });

  test("without a yes nothing changes, and without a terminal it requires --yes", async () => {
    const careful = { ...plain, yes: false };
    expect((await failing(deploy(session(), careful, tools({ answer: "n" }))))?.exitCode).toBe(130);
    expect((await failing(deploy(session(), careful, tools())))?.message).toContain("--yes");
    expect(actions()).toEqual(["diff TushareSync", "diff TushareSync"]);
    expect(await deploy(session(), careful, tools({ answer: "y" }))).toBe(0);
  });

  test("a failed deployment is a failure, and --only-diff deploys nothing", async () => {
    expect((await failing(deploy(session(), plain, tools({ exitCodes: { deploy: 1 } }))))?.exitCode).toBe(1);
    ran = [];
    await deploy(session(), { ...plain, "only-diff": true }, tools());
    expect(actions()).toEqual(["diff TushareSync"]);
  });
});

describe("destroy", () => {
  test("keeps the data: it only removes the stack, without a deployment that deletes the data", async () => {
    expect(await destroy(session(), { ...plain, stage: "test" }, tools())).toBe(0);
    expect(actions()).toEqual(["destroy TushareSync-test"]);
    expect(ran[0]?.args.join(" ")).not.toContain("keepData");
    expect(printed.join("\n")).toContain("Its database is kept");
  });

  test("with --delete-data it first removes the protection, and stops when that fails", async () => {
    const values = { ...plain, "delete-data": true };
    await destroy(session(), values, tools());
    expect(actions()).toEqual(["deploy TushareSync", "destroy TushareSync"]);
    expect(ran[0]?.args).toContain("keepData=false");
    ran = [];
    await failing(destroy(session(), values, tools({ exitCodes: { deploy: 1 } })));
    expect(actions()).toEqual(["deploy TushareSync"]);
  });

  test("a stack whose first deployment failed is only removed, because it has no data", async () => {
    const StackId = "arn:aws:cloudformation:ap-southeast-1:123456789012:stack/TushareSync/1";
    const failed = { StackName: "TushareSync", StackId, CreationTime: new Date(0) };
    formation
      .on(DescribeStacksCommand)
      .resolves({ Stacks: [{ ...failed, StackStatus: "ROLLBACK_COMPLETE" }] });
    await destroy(session(), { ...plain, "delete-data": true }, tools());
    expect(actions()).toEqual(["destroy TushareSync"]);
  });

  test("requires the stack's name to be typed, not a yes", async () => {
    const careful = { ...plain, yes: false };
    expect((await failing(destroy(session(), careful, tools({ answer: "y" }))))?.exitCode).toBe(130);
    expect(ran).toEqual([]);
    expect(await destroy(session(), careful, tools({ answer: "TushareSync" }))).toBe(0);
  });
});

describe("options", () => {
  test("two environments have two names", () => {
    expect([stackName(undefined), stackName("test")]).toEqual(["TushareSync", "TushareSync-test"]);
  });

  test.each([
    [200, 5],
    [500, 5],
    [200, 2],
    [500, 10],
    [50, 2],
    [10, 4],
  ])("%i calls a minute and %i slots: the interval keeps the limit and wastes little", (tier, slots) => {
    const most = callsAMinuteMax(slots, intervalFor(tier, slots));
    expect(most).toBeLessThanOrEqual(tier);
    expect(most).toBeGreaterThan(tier * 0.75);
  });

  test("become context; --context wins over the other options", () => {
    const context = contextOf(
      {
        ...plain,
        tier: 500,
        slots: 4,
        egress: "none",
        "alarm-email": "a@b.cn",
        context: ["slots=6", 'settings={"A":"b=c"}'],
      },
      en,
    );
    expect(context).toEqual({
      ...{ callsAMinute: "500", tushareMinInterval: String(intervalFor(500, 4)), slots: "6" },
      ...{ egress: "none", alarmEmail: "a@b.cn", settings: '{"A":"b=c"}' },
    });
    expect(() => contextOf({ ...plain, context: ["slots"] }, en)).toThrow(
      "--context is 'slots', expected key=value",
    );
  });
});

type Resource = { Type: string; DeletionPolicy?: string; Properties: Record<string, unknown> };

/** Findings of cdk-nag and of the library's own checks throw here. */
function synth(values: Partial<DeployValues>, more: Record<string, string> = {}): Record<string, Resource> {
  const { stage } = values;
  const context = { ...(stage && { stage }), ...contextOf({ ...plain, ...values }, en), ...more };
  const app = makeApp({
    context: { "aws:cdk:bundling-stacks": [], ...context },
    outdir: mkdtempSync(join(scratch, "out-")),
  });
  const [stack] = app.synth().stacks;
  if (stack === undefined) throw new Error("the app has no stack");
  return (stack.template as { Resources: Record<string, Resource> }).Resources;
}

describe("the templates for the options", () => {
  const standard = synth({});
  const ofType = (resources: Record<string, Resource>, type: RegExp) =>
    Object.entries(resources).filter(([, { Type }]) => type.test(Type));
  const stateful = /^AWS::(RDS|SecretsManager|SQS)::/;

  test.each<[string, Partial<DeployValues>]>([
    ["a fast tier with more slots", { tier: 500, slots: 8 }],
    ["a NAT gateway", { egress: "gateway" }],
    ["no fixed address, nothing reserved", { egress: "none", reserve: false }],
    [
      "a second environment with its own schedules and alarms",
      { stage: "test", schedules: '{"ETF_LIST":[]}', "alarm-email": "a@b.cn" },
    ],
  ])("%s: no finding, and no resource that holds something is replaced", (_, values) => {
    const resources = synth(values);
    const names = (found: Record<string, Resource>) =>
      ofType(found, stateful).map(([id, { Type }]) => `${Type} ${id}`);
    expect(names(resources)).toEqual(names(standard));
    const [, cluster] = ofType(resources, /^AWS::RDS::DBCluster$/)[0] ?? [];
    const [, before] = ofType(standard, /^AWS::RDS::DBCluster$/)[0] ?? [];
    expect(cluster).toEqual(before); // so an update neither touches nor replaces it
  });

  test("the data is kept when the stack is removed, unless a deployment gave it up; then nothing is kept", () => {
    const kept = ofType(standard, /^AWS::(RDS|EC2::(VPC|Subnet|SecurityGroup))/).filter(([id]) =>
      id.startsWith("Database"),
    );
    expect(new Set(kept.map(([, { DeletionPolicy }]) => DeletionPolicy))).toEqual(
      new Set(["RetainExceptOnCreate"]),
    );
    const given = synth({}, { keepData: "false" });
    expect(Object.keys(given)).toEqual(Object.keys(standard));
    const policies = Object.values(given).map(({ DeletionPolicy }) => DeletionPolicy ?? "Delete");
    expect(new Set(policies)).toEqual(new Set(["Delete"]));
    const [, cluster] = ofType(given, /^AWS::RDS::DBCluster$/)[0] ?? [];
    expect(cluster?.Properties.DeletionProtection).toBeUndefined();
    const [, protection] = ofType(given, /^Custom::DatabaseProtection$/)[0] ?? [];
    expect(protection?.Properties.IsProtected).toBe("false");
  });

  test("a rate above the tier's limit always fails the synth", () => {
    expect(() => synth({ tier: 500, context: ["callsAMinute=200"] })).toThrow(/the account allows 200/);
  });

  test("the cost includes the alarms, dashboards and queues of the template", () => {
    expect(ofType(standard, /::CloudWatch::Alarm$/)).toHaveLength(costed.alarms);
    expect(ofType(standard, /::CloudWatch::Dashboard$/)).toHaveLength(costed.dashboards);
    expect(ofType(standard, /::EventSourceMapping$/)).toHaveLength(costed.polledQueues);
    const [, worker] =
      ofType(standard, /::Lambda::Function$/).find(([id]) => id.startsWith("PipelineWorker")) ?? [];
    expect(worker?.Properties.MemorySize).toBe(costed.workerGigabytes * 1024);
  });
});

describe("cost", () => {
  const part = (cost: { parts: readonly { name: CostPart; dollars: number }[] }, name: CostPart) =>
    cost.parts.find((each) => each.name === name)?.dollars ?? 0;
  const asDeployed = { kept: keptByDefault, egress: "instance", pauses: true, freeAmounts: false } as const;

  test("daily use stays under 15 dollars a month with what AWS gives every account, or without a fixed address", () => {
    expect(costOfMonth({ ...asDeployed, freeAmounts: true }).dollars).toBeLessThan(15);
    expect(costOfMonth({ ...asDeployed, egress: "none" }).dollars).toBeLessThan(15);
  });

  test("pausing and the NAT instance reduce the cost", () => {
    const { dollars } = costOfMonth(asDeployed);
    expect(costOfMonth({ ...asDeployed, pauses: false }).dollars - dollars).toBeGreaterThan(30);
    expect(costOfMonth({ ...asDeployed, egress: "gateway" }).dollars - dollars).toBeGreaterThan(25);
    expect(part(costOfMonth({ ...asDeployed, egress: "none" }), "egress")).toBe(0);
  });

  test("the parts of a run add up, and twice the run costs about twice", () => {
    const run = {
      job: "DAILY_HISTORY",
      units: 2_430,
      rows: 10_000_000,
      minutes: 14.2,
      slotSeconds: 4_253,
    } as const;
    const once = costOfRun(run);
    expect(once.parts.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(once.dollars, 2);
    const twice = costOfRun({ ...run, units: 4_860, rows: 20_000_000, minutes: 28.4, slotSeconds: 8_506 });
    expect(twice.dollars / once.dollars).toBeGreaterThan(1.8);
    expect(readFileSync(new URL("../docs/cost.md", import.meta.url), "utf8")).toContain(
      `**${costOfMonth(asDeployed).dollars.toFixed(2)}**`,
    );
  });
});
