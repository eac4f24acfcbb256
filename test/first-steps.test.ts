// What follows a deployment: the way out is proven, the token is set, the first rows are fetched, and a repeated deployment
// goes on where the last one stopped. The stack is the local one with the deployed bundles; only the CDK is played.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deploy } from "../cli/commands/deploy.ts";
import type { Tools } from "../cli/deployment.ts";
import { checkRoom } from "../cli/doctor/account.ts";
import { askHealth } from "../cli/health.ts";
import { en } from "../cli/messages/en.ts";
import { localTarget, type Target } from "../cli/target.ts";
import { SyncError } from "../shared/errors.ts";
import { deploySession, failing, plain, roomyRegion, silentTools } from "./support/deployment.ts";
import { type Mirror, openMirror } from "./support/mirror.ts";
import { temporaryDataDir } from "./support/npm-start.ts";

const placeholder = "put the TuShare token here";
const token = "5f2e-a-token-that-is-shown-to-nobody";

describe("a deployment", () => {
  const folder = mkdtempSync(join(tmpdir(), "first-steps-"));
  const dataDir = temporaryDataDir();
  let mirror: Mirror;
  let target: Target;
  let printed: string[];
  let json: Record<string, unknown>;

  beforeAll(async () => {
    writeFileSync(join(folder, "cdk.json"), "{}");
    mirror = await openMirror(["--data-dir", dataDir.path, "--stocks", "60"]);
    target = localTarget(dataDir.path, { wantsReal: false }, en);
  });
  afterAll(async () => {
    await mirror.close();
    dataDir.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function setSecret(text: string): Promise<void> {
    const client = new SecretsManagerClient(target.clients);
    const SecretId = target.outputs.TushareTokenSecretArn ?? "";
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: text }));
    client.destroy();
  }

  /** As a person with a terminal who types these tokens, or a program that pipes one in. */
  function tools({ typed, piped }: { typed?: string[]; piped?: string } = {}): Tools {
    const clients = silentTools.clients("ap-southeast-1");
    const formation = mockClient(clients.cloudFormation as CloudFormationClient);
    formation.on(DescribeStacksCommand).resolves({ Stacks: [] });
    const AccountLimit = { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 };
    mockClient(clients.lambda as LambdaClient)
      .on(GetAccountSettingsCommand)
      .resolves({ AccountLimit });
    return {
      ...silentTools,
      async cdk(args) {
        const file = args[args.indexOf("--outputs-file") + 1] ?? "";
        if (args.includes("--outputs-file"))
          writeFileSync(file, JSON.stringify({ [args[1] ?? ""]: target.outputs }));
        return 0;
      },
      clients: () => clients,
      ...(typed && {
        ask: () => Promise.resolve("y"),
        askSecret: () => Promise.resolve(typed.shift() ?? ""),
      }),
      ...(piped !== undefined && { readInput: () => Promise.resolve(piped) }),
      target: () => Promise.resolve(target),
      folder,
    };
  }

  const run = (given: Parameters<typeof tools>[0] = {}, more: Partial<Parameters<typeof deploy>[1]> = {}) => {
    [printed, json] = [[], {}];
    const session = deploySession((text) => void printed.push(text), { region: "ap-southeast-1" });
    const output = { ...session.output, json: (value: unknown) => void Object.assign(json, value) };
    const progress = {
      progress: () => ({ update() {}, note() {}, finish() {} }),
      line() {},
      steps: () => () => {},
    };
    return deploy(
      { ...session, output: { ...output, progress } },
      { ...plain, "first-steps": true, ...more },
      tools(given),
    );
  };
  const said = () => printed.join("\n");

  test("without a token it proves the way out, says what is left, and fetches nothing", async () => {
    await setSecret(placeholder);
    expect(await run()).toBe(0);
    expect(said()).toContain("[4/7] The way out");
    expect(said()).toContain("the workers reach TuShare, from 127.0.0.1");
    expect(said()).toContain("No token yet, so nothing was fetched.");
    expect(said()).toContain("--yes --token-stdin < token.txt");
    expect(json).toMatchObject({ token: "not set", tasks: [], health: { answered: true, token: "not set" } });
  });

  test("--yes asks nothing, also not for the token", async () => {
    expect(await run({ typed: ["bad-token-nobody-is-asked-for"] })).toBe(0);
    expect(json).toMatchObject({ token: "not set" });
  });

  test("a text that cannot be a token is refused before anything is deployed, and is not repeated", async () => {
    const error = await failing(run({ piped: "two words\n" }, { "token-stdin": true }));
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("not a token") });
    expect(`${error?.message}${said()}`).not.toContain("two words");
    expect(said()).not.toContain("Checks");
  });

  test("a token that TuShare refuses ends it at the token's step, with TuShare's own words", async () => {
    const error = await failing(run({ typed: ["short", "bad-token-of-another"] }, { yes: false }));
    expect(error?.exitCode).toBe(1);
    expect(error?.message).toMatch(/step 5 \(The TuShare token\) failed: .*您的token不对/);
    expect(error?.message).toContain("goes on from here");
    expect(error?.message).not.toContain("bad-token-of-another");
    expect(said()).not.toContain("[6/7]");
  });

  test("with the token it fetches the lists and one whole day, and prints the dashboard", async () => {
    expect(await run({ piped: `${token}\n` }, { "token-stdin": true })).toBe(0);
    expect(json).toMatchObject({
      token: "accepted",
      tasks: [
        { job_type: "REFERENCE", status: "COMPLETED" },
        { job_type: "DAILY_HISTORY", status: "COMPLETED", total_units: 1 },
      ],
    });
    expect(said()).toContain("npx tushare-sync drill --stack TushareSync --region ap-southeast-1");
    expect(said()).toMatch(/Dashboard: https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudwatch\/home/);
    expect(said() + JSON.stringify(json)).not.toContain(token);
  });

  test("repeated, it asks nothing and fetches nothing again", async () => {
    expect(await run()).toBe(0);
    expect(json).toMatchObject({ token: "accepted", tasks: [null, null] });
    expect(said()).toMatch(/Done before: REFERENCE, task [\da-f-]{36}/);
  });

  test("when nothing gets out, it tries for a while, then names the step and the runbook", async () => {
    await fetch(new URL("/control/faults", target.upstreamUrl), { method: "POST", body: '"http-5xx:1"' });
    try {
      const error = await failing(run());
      expect(error?.message).toMatch(
        /step 4 \(The way out.*\) failed: the workers do not reach TuShare: .*50\d/,
      );
      expect(error?.message).toContain("docs/runbook.md");
      expect(said()).toContain("trying for up to two minutes");
    } finally {
      await fetch(new URL("/control/faults", target.upstreamUrl), { method: "POST", body: '"none"' });
    }
  });

  test("what is made, its price and who gets the alarms are said before the question", async () => {
    expect(
      await run({}, { "first-steps": false, egress: "gateway", "alarm-email": "oncall@example.com" }),
    ).toBe(0);
    const [made, asked] = [said().indexOf("a NAT gateway"), said().indexOf("[3/7]")];
    expect(made).toBeGreaterThan(0);
    expect(asked).toBeGreaterThan(made);
    expect(said()).toMatch(/A month of daily runs with ten years of rows: about \$\d+ .*egress \$\d+/);
    expect(said()).toContain("Alarms go to oncall@example.com");
  });

  test("the worker tells its health over the Invoke API, with one call to TuShare", async () => {
    expect(await askHealth(target, en)).toEqual({
      ...{ address: "127.0.0.1", answered: true, token: "accepted", said: null },
    });
  });
});

describe("the room in a region", () => {
  const clients = (answers: Record<string, string>) => ({
    ...silentTools.clients("ap-southeast-1"),
    ec2: (async (action, parameters) =>
      answers[action] ?? (await roomyRegion(action, parameters))) as typeof roomyRegion,
  });
  const vpcs = (count: number) =>
    Array.from({ length: count }, (_, at) => `<item><vpcId>vpc-${at}</vpcId></item>`).join("");

  test.each<[string, Record<string, string>, Parameters<typeof checkRoom>[1], Record<string, string>]>([
    ["an empty region", {}, "instance", { networks: "ok", addresses: "ok", zone: "ok" }],
    [
      "four networks, and two are needed",
      { DescribeVpcs: vpcs(4) },
      "gateway",
      { networks: "warning", addresses: "ok" },
    ],
    ["four networks, and one is needed", { DescribeVpcs: vpcs(4) }, "none", { networks: "ok" }],
    [
      "no address left",
      { DescribeAddresses: "<publicIp>198.51.100.1</publicIp>".repeat(5) },
      "gateway",
      { networks: "ok", addresses: "problem" },
    ],
    [
      "no zone with the machine",
      { DescribeInstanceTypeOfferings: "<location>us-west-2-lax-1a</location>" },
      "instance",
      { networks: "ok", addresses: "ok", zone: "problem" },
    ],
  ])("%s", async (_, answers, egress, levels) => {
    const findings = await checkRoom(clients(answers), egress, en);
    expect(Object.fromEntries(findings.map(({ check, level }) => [check, level]))).toEqual(levels);
    for (const { level, remedy } of findings) expect(remedy === undefined).toBe(level === "ok");
  });

  test("rights that are missing are a note, not a problem", async () => {
    const ec2 = () => Promise.reject(new SyncError("permanent", "UnauthorizedOperation"));
    const [finding, ...others] = await checkRoom({ ...clients({}), ec2 }, "instance", en);
    expect([finding?.level, others]).toEqual(["note", []]);
  });
});
