// Options chosen for a stack are kept: a later deployment changes only the options it names, from any checkout.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { intervalFor, stageOf } from "../cli/cdk.ts";
import type { Session } from "../cli/command.ts";
import { deploy } from "../cli/commands/deploy.ts";
import { destroy } from "../cli/commands/destroy.ts";
import type { Tools } from "../cli/deployment.ts";
import { en } from "../cli/messages/en.ts";
import { chooseContext, type Given, readChosenFile } from "../infra/chosen-context.ts";
import { type Chosen, chosenOutput } from "../shared/catalogue/chosen-context.ts";
import { deploySession, failing, plain, silentTools } from "./support/deployment.ts";

const scratch = mkdtempSync(join(tmpdir(), "chosen-context-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const first = { alarmEmail: "oncall@example.com", callsAMinute: "500", alarmWebhookSecret: "team/robot" };
const account = "123456789012";
const region = "ap-southeast-1";

/** The app's own choice, as app.ts asks for it. */
function choose(given: Partial<Given> & { said?: Record<string, unknown> }) {
  const defaults = { chosen: "file", ...given.defaults };
  const context: Record<string, unknown> = { ...defaults, ...given.said };
  const choice = chooseContext({
    ...{ stack: "TushareSync", file: undefined, account: undefined, region: undefined },
    ...given,
    ...{ defaults, keys: Object.keys(context), look: (key) => context[key] },
  });
  return { ...choice, value: choice.look };
}

describe("the app", () => {
  const file: Chosen = { account, region, context: { ...first, slots: "4" } };

  test("prefers options on the command line to the file, and the file to cdk.json", () => {
    const { value, chosen } = choose({
      file,
      defaults: { slots: 7, egress: "none" },
      said: { callsAMinute: "300" },
    });
    expect([value("callsAMinute"), value("slots"), value("egress")]).toEqual(["300", "4", "none"]);
    expect(chosen).toEqual({ ...file.context, callsAMinute: "300" }); // the values of cdk.json apply to every stack
  });

  test("warns which value of cdk.json is not used, and which option applies only to this deployment", () => {
    const { warnings } = choose({ file, defaults: { alarmEmail: "old@example.com" }, said: { slots: "5" } });
    expect(warnings.join("\n")).toContain("not old@example.com, which cdk.json has");
    expect(warnings.join("\n")).toContain(
      "slots=5 applies to this deployment only, deployment.TushareSync.json has 4",
    );
    expect(choose({ file, said: { slots: "4" } }).warnings).toEqual([]);
  });

  test("a key without a value is removed from the chosen options", () => {
    const { value, chosen } = choose({ file, said: { alarmEmail: "" } });
    expect(value("alarmEmail")).toBeUndefined();
    expect(chosen).not.toHaveProperty("alarmEmail");
  });

  test("the stage and the deletion of data are never remembered", () => {
    const { value, chosen } = choose({ file, said: { stage: "b", keepData: "false" } });
    expect([value("stage"), value("keepData")]).toEqual(["b", "false"]);
    expect(chosen).toEqual(file.context);
  });

  test("refuses a deployment that would lose chosen options, but allows a synth", () => {
    const here = { account, region };
    expect(choose({ ...here, file }).refusals).toEqual([]);
    expect(choose({ file: undefined }).refusals).toEqual([]); // no account: a synth
    expect(choose({ ...here, file: undefined }).refusals[0]).toContain("are unknown");
    expect(choose({ account: "999", region, file }).refusals[0]).toContain("this would be 999");
    expect(choose({ account, region: "eu-west-1", file }).refusals[0]).toContain("and eu-west-1");
    expect(choose({ ...here, file: { ...file, begun: {} } }).refusals[0]).toContain("its result is unknown");
    expect(choose({ ...here, said: { chosen: "file-if-any" } }).refusals).toEqual([]);
  });

  test("refuses an unknown key, but accepts the keys of libraries", () => {
    const { refusals } = choose({
      file,
      said: { databaseMaxCapcity: "8", "aws:cdk:x": 1, "@aws-cdk/x:y": true },
    });
    expect(refusals).toEqual([
      expect.stringContaining('context "databaseMaxCapcity" is not a key that this app reads'),
    ]);
    expect(choose({ file, defaults: { myTool: "x" } }).refusals).toEqual([]);
  });

  test.each(["alarmMail", "stage", "keepData"])("refuses a file with %s, which it does not know", (key) => {
    const newer = { ...file, context: { ...first, [key]: "x" } };
    expect(() => choose({ file: newer })).toThrow(
      new RegExp(`deployment.TushareSync.json for TushareSync has "${key}".*-c ${key}=$`),
    );
  });

  test.each([
    ["", "damaged"],
    ['{"context":{"slots":', "damaged"],
    ["[]", "damaged"],
    ['{"context":{"slots":null}}', "damaged (context.slots"],
    ['{"contexts":{}}', "damaged (context"],
  ])("refuses the damaged file %j, and says how to get a good one", (text, why) => {
    writeFileSync(join(scratch, "deployment.TushareSync.json"), text);
    expect(() => readChosenFile("TushareSync", scratch)).toThrow(why);
    expect(() => readChosenFile("TushareSync", scratch)).toThrow("remove it, then npm run deploy");
    rmSync(join(scratch, "deployment.TushareSync.json"));
  });

  test("reads a file that a person wrote, with numbers and objects", () => {
    const context = { slots: 4, schedules: { ETF_LIST: [] }, reserveConcurrency: false };
    writeFileSync(join(scratch, "deployment.TushareSync.json"), JSON.stringify({ context }));
    expect(readChosenFile("TushareSync", scratch)?.context).toEqual({
      ...{ slots: "4", schedules: '{"ETF_LIST":[]}', reserveConcurrency: "false" },
    });
    rmSync(join(scratch, "deployment.TushareSync.json"));
  });

  test("called without cdk.json, as the local stack calls it, reads no file", () => {
    const { value, chosen } = choose({ file, said: { chosen: undefined, slots: 3 } });
    expect([value("slots"), value("alarmEmail")]).toEqual([3, undefined]);
    expect(chosen).toEqual({ slots: 3 });
  });
});

const [lambda, formation] = [mockClient(LambdaClient), mockClient(CloudFormationClient)];
let folder = "";
let ran: { args: readonly string[]; region: string | undefined }[];
let printed: string[];
/** The stacks of the account by name, as the deployments left them. */
let stacks: Map<string, Partial<Stack>>;

beforeEach(() => {
  folder = mkdtempSync(join(scratch, "project-"));
  writeFileSync(join(folder, "cdk.json"), '{"context":{"chosen":"file"}}');
  [ran, printed, stacks] = [[], [], new Map()];
  for (const mock of [lambda, formation]) mock.reset();
  const AccountLimit = { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 };
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
  formation.on(DescribeStacksCommand).callsFake(({ StackName }) => {
    const found = StackName === "CDKToolkit" ? {} : stacks.get(StackName);
    if (found === undefined) throw new Error(`Stack with id ${StackName} does not exist`);
    return { Stacks: [found] };
  });
});

function stackThatSays(
  name: string,
  context: object | undefined,
  status = "UPDATE_COMPLETE",
): Partial<Stack> {
  const Outputs = context && [{ OutputKey: chosenOutput, OutputValue: JSON.stringify(context) }];
  const StackId = `arn:aws:cloudformation:${region}:${account}:stack/${name}/1`;
  return {
    StackName: name,
    StackId,
    StackStatus: status as Stack["StackStatus"],
    ...(Outputs && { Outputs }),
  };
}

/** The chosen keys and values that the app would read from a command line. */
function chosenIn(args: readonly string[]): Record<string, string> {
  const context = Object.fromEntries(
    args.flatMap((text, at) => (args[at - 1] === "-c" ? [text.split(/=(.*)/s).slice(0, 2)] : [])),
  );
  const keys = String(context.chosen).split(",").filter(Boolean);
  return Object.fromEntries(keys.map((key) => [key, context[key]]));
}

/** A fake CDK that changes the fake account as its command lines say. `deploy` may fail, or be cut off. */
function tools(fate: "succeeds" | "fails" | "is cut off" = "succeeds"): Tools {
  return {
    async cdk(args, environment) {
      ran.push({ args, region: environment.AWS_REGION });
      const [action, name = ""] = args;
      if (action === "diff") return 0;
      if (action === "destroy") return Number(!stacks.delete(name) && false);
      if (fate === "is cut off") stacks.set(name, stackThatSays(name, undefined, "CREATE_IN_PROGRESS"));
      if (fate !== "succeeds") return 1;
      stacks.set(name, stackThatSays(name, chosenIn(args)));
      if (args.includes("--outputs-file")) {
        writeFileSync(String(args[args.indexOf("--outputs-file") + 1]), JSON.stringify({ [name]: {} }));
      }
      return 0;
    },
    ...silentTools,
    folder,
  };
}

const session = (given: Partial<Session> = {}) => deploySession((text) => void printed.push(text), given);

const said = (context: object) => Object.entries(context).map(([key, value]) => `${key}=${value}`);
const fileOf = (stack = "TushareSync"): Chosen =>
  JSON.parse(readFileSync(join(folder, `deployment.${stack}.json`), "utf8"));
const files = () => readdirSync(folder).filter((name) => name.startsWith("deployment"));
const lastLine = () => ran.at(-1)?.args ?? [];

describe("the deploy command", () => {
  test("a second deployment differs from the first only in the options it names, also from a fresh clone", async () => {
    const schedules = '{"ETF_LIST":["cron(0 6 ? * MON-FRI *)"]}';
    const values = { ...plain, schedules, "alarm-email": first.alarmEmail, context: said(first) };
    await deploy(session({ region }), values, tools());
    expect(fileOf()).toEqual({ account, region, context: { ...first, schedules } });

    await deploy(session(), { ...plain, context: ["databaseMaxCapacity=8"] }, tools());
    const both = { ...first, schedules, databaseMaxCapacity: "8" };
    expect(chosenIn(lastLine())).toEqual(both);
    expect(ran.map((each) => each.region)).toEqual([region, region, region, region]); // chosen once, too
    expect(printed.join("\n")).toContain("databaseMaxCapacity: (default) -> 8");

    rmSync(join(folder, "deployment.TushareSync.json"));
    await deploy(session({ region }), { ...plain, slots: 3 }, tools());
    expect(chosenIn(lastLine())).toEqual({ ...both, slots: "3" });
    expect(fileOf().context).toEqual({ ...both, slots: "3" });
  });

  test("a key without a value is forgotten, and --forget forgets all", async () => {
    stacks.set("TushareSync", stackThatSays("TushareSync", first));
    await deploy(session({ region }), { ...plain, context: ["alarmEmail="] }, tools());
    const { alarmEmail: _, ...rest } = first;
    expect(chosenIn(lastLine())).toEqual(rest);
    await deploy(session({ region }), { ...plain, "alarm-email": "" }, tools());
    expect(fileOf().context).toEqual(rest);
    await deploy(session({ region }), { ...plain, forget: true, slots: 4 }, tools());
    expect(fileOf().context).toEqual({ slots: "4" });
    expect(printed.join("\n")).toContain("Removed: callsAMinute=500");
  });

  test("the stack's options win over a file that is old, damaged or of another account, with a warning", async () => {
    for (const text of [
      JSON.stringify({ account, region, context: { ...first, callsAMinute: "200" } }),
      JSON.stringify({ account: "999", region, context: { slots: "9" } }),
      '{"context":',
    ]) {
      stacks.set("TushareSync", stackThatSays("TushareSync", first));
      writeFileSync(join(folder, "deployment.TushareSync.json"), text);
      await deploy(session({ region }), { ...plain, "only-diff": true }, tools());
      expect(chosenIn(lastLine())).toEqual(first);
      expect(fileOf()).toEqual({ account, region, context: first });
      expect(printed.join("\n")).toMatch(/differs from the stack; the stack takes precedence|is damaged/);
      printed = [];
    }
  });

  test("is refused when the chosen options are unknown, until all of them are given again", async () => {
    stacks.set("TushareSync", stackThatSays("TushareSync", undefined));
    const error = await failing(deploy(session({ region }), plain, tools()));
    expect([error?.exitCode, error?.message]).toEqual([4, expect.stringContaining("--forget")]);
    expect(ran).toEqual([]);
    await deploy(session({ region }), { ...plain, forget: true, context: said(first) }, tools());
    expect(fileOf().context).toEqual(first);
  });

  test("a damaged file is refused when there is no stack to read the options from", async () => {
    writeFileSync(join(folder, "deployment.TushareSync.json"), "{");
    const error = await failing(deploy(session({ region }), plain, tools()));
    expect(error?.message).toContain("deployment.TushareSync.json is damaged");
    expect(ran).toEqual([]);
  });

  test("a stack that cannot be read is not deployed over", async () => {
    formation.on(DescribeStacksCommand, { StackName: "TushareSync" }).rejects(new Error("AccessDenied"));
    const error = await failing(deploy(session({ region }), plain, tools()));
    expect(error?.message).toMatch(/AccessDenied|not ready/);
    expect(ran).toEqual([]);
  });

  test("a failed deployment changes no chosen option, and prints the command to try again", async () => {
    const context = ["runbookUrl=https://git.example.com/it's", "slots=40"];
    const error = await failing(deploy(session({ region }), { ...plain, context }, tools("fails")));
    expect(error?.message).toContain(
      `npm run deploy -- --stack TushareSync -c 'runbookUrl=https://git.example.com/it'\\''s' -c slots=40`,
    );
    expect(files()).toEqual([]);
    stacks.set("TushareSync", stackThatSays("TushareSync", first, "UPDATE_ROLLBACK_COMPLETE"));
    await failing(deploy(session({ region }), { ...plain, context }, tools("fails")));
    expect(fileOf()).toEqual({ account, region, context: first });
  });

  test("a deployment with an unknown result is recorded, and the next read of the stack settles it", async () => {
    const error = await failing(deploy(session({ region }), { ...plain, slots: 4 }, tools("is cut off")));
    expect(error?.message).toContain("it is unknown whether");
    expect(fileOf()).toEqual({ region, context: {}, begun: { slots: "4" } });
    const meanwhile = await failing(deploy(session({ region }), plain, tools()));
    expect([meanwhile?.exitCode, meanwhile?.message]).toEqual([4, expect.stringContaining("in progress")]);
    stacks.set("TushareSync", stackThatSays("TushareSync", { slots: "4" }, "CREATE_COMPLETE"));
    await deploy(session({ region }), { ...plain, "only-diff": true }, tools());
    expect(fileOf()).toEqual({ account, region, context: { slots: "4" } });
    expect(printed.join("\n")).toContain("with slots=4 was started");
  });

  test("after a failed first deployment the next one starts without chosen options", async () => {
    stacks.set("TushareSync", stackThatSays("TushareSync", undefined, "ROLLBACK_COMPLETE"));
    expect(await deploy(session({ region }), plain, tools())).toBe(0);
  });

  test("a folder that cannot be written stops the deployment before anything is created", async () => {
    mkdirSync(join(folder, "deployment.TushareSync.json.new"));
    const error = await failing(deploy(session({ region }), plain, tools()));
    expect(error?.message).toContain("cannot be written");
    expect(ran.map(({ args }) => args[0])).toEqual(["diff"]);
  });

  test("only the finished file is left, and other users cannot read the address in it", async () => {
    await deploy(session({ region }), { ...plain, context: said(first) }, tools());
    expect(files()).toEqual(["deployment.TushareSync.json"]);
    expect(statSync(join(folder, files()[0] ?? "")).mode & 0o077).toBe(0);
  });

  test("two stages in one checkout each have their own", async () => {
    await deploy(session({ region }), { ...plain, stage: "test", slots: 2 }, tools());
    await deploy(session({ region, stack: "TushareSync" }), { ...plain, slots: 6 }, tools());
    await deploy(session({ stack: "TushareSync-test" }), plain, tools());
    expect(lastLine().slice(0, 2)).toEqual(["deploy", "TushareSync-test"]);
    expect(chosenIn(lastLine())).toEqual({ slots: "2" });
    expect(files()).toEqual(["deployment.TushareSync-test.json", "deployment.TushareSync.json"]);
  });

  test("a file of another region is ignored in this one", async () => {
    await deploy(session({ region }), { ...plain, context: said(first) }, tools());
    stacks.clear();
    await deploy(session({ region: "eu-west-1" }), plain, tools());
    expect(chosenIn(lastLine())).toEqual({});
    expect(printed.join("\n")).toContain("belongs to a stack elsewhere (ap-southeast-1)");
  });

  test("a tier is computed for the slots chosen before, and the account is checked with the chosen options", async () => {
    stacks.set("TushareSync", stackThatSays("TushareSync", { slots: "8", reserveConcurrency: "false" }));
    await deploy(session({ region }), { ...plain, tier: 500 }, tools());
    expect(chosenIn(lastLine())).toMatchObject({ tushareMinInterval: String(intervalFor(500, 8)) });
    const AccountLimit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
    lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
    stacks.clear();
    rmSync(join(folder, "deployment.TushareSync.json"));
    expect(
      await deploy(session({ region }), { ...plain, context: ["reserveConcurrency=false"] }, tools()),
    ).toBe(0);
  });

  test("keepData=false applies to one deployment only", async () => {
    await deploy(session({ region }), { ...plain, context: ["keepData=false"] }, tools());
    expect(lastLine()).toContain("keepData=false");
    expect(fileOf().context).toEqual({});
  });

  test("a key that cdk.json sets for every stack cannot be removed for one", async () => {
    writeFileSync(join(folder, "cdk.json"), '{"context":{"alarmEmail":"all@example.com"}}');
    const error = await failing(deploy(session({ region }), { ...plain, context: ["alarmEmail="] }, tools()));
    expect([error?.exitCode, error?.message]).toEqual([2, expect.stringContaining("remove it there")]);
  });
});

describe("destroy", () => {
  test("deletes the data with the chosen options unchanged, and then removes the stack's file", async () => {
    await deploy(session({ region }), { ...plain, context: said(first) }, tools());
    await destroy(session(), { ...plain, "delete-data": true }, tools());
    const [, , gave, removed] = ran;
    expect(chosenIn(gave?.args ?? [])).toEqual(first);
    expect(gave?.args).toContain("keepData=false");
    expect(removed?.args.slice(0, 2)).toEqual(["destroy", "TushareSync"]);
    expect(removed?.region).toBe(region);
    expect(files()).toEqual([]);
  });

  test("a damaged file does not block the removal", async () => {
    writeFileSync(join(folder, "deployment.TushareSync.json"), "{");
    expect(await destroy(session({ region }), plain, tools())).toBe(0);
  });
});

describe("the stack of a command line", () => {
  const of = (stack: string | undefined, stage?: string, context?: string[], defaults = {}) =>
    stageOf({ stage, context }, stack, defaults, en);

  test("is named by --stack, --stage or -c stage=, or by cdk.json where the command line names none", () => {
    expect(of(undefined)).toBeUndefined();
    expect(of("TushareSync-test")).toBe("test");
    expect(of(undefined, "test")).toBe("test");
    expect(of(undefined, undefined, ["slots=3", "stage=test"])).toBe("test");
    expect(of(undefined, undefined, undefined, { stage: "prod" })).toBe("prod");
    expect(of("TushareSync", undefined, undefined, { stage: "prod" })).toBeUndefined();
    expect(of("TushareSync-test", "test", ["stage=test"])).toBe("test");
  });

  test("is one stack, and one of this project", () => {
    expect(() => of("TushareSync", "test")).toThrow("two stacks, TushareSync and TushareSync-test");
    expect(() => of(undefined, "a", ["stage=b"])).toThrow("two stacks, TushareSync-a and TushareSync-b");
    expect(() => of("Other")).toThrow("--stack is 'Other', expected TushareSync");
    expect(() => of(undefined, "../x")).toThrow("the stage is '../x'");
  });
});
