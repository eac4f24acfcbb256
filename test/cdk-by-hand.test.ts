// The CDK as a person calls it by hand, in a process of its own, with options that were chosen before.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "cdk-by-hand-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const first = { alarmEmail: "oncall@example.com", callsAMinute: "500", alarmWebhookSecret: "team/robot" };
const account = "123456789012";
const region = "ap-southeast-1";

describe("the CDK called by hand", () => {
  /** A stage of this run's own, whose file lies beside cdk.json while the test lasts. */
  const stage = `t${process.pid}`;
  const file = join(root, `deployment.TushareSync-${stage}.json`);
  afterAll(() => rmSync(file, { force: true }));

  async function synth(args: string[], environment: Record<string, string> = {}) {
    const out = mkdtempSync(join(scratch, "out-"));
    const cdk = join(root, "node_modules", ".bin", "cdk");
    const all = ["synth", "--quiet", "-o", out, "-c", `stage=${stage}`, ...args];
    const { stderr } = await promisify(execFile)(process.execPath, [cdk, ...all], {
      cwd: root,
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true", ...environment }, // no real account
    });
    const template = JSON.parse(readFileSync(join(out, `TushareSync-${stage}.template.json`), "utf8"));
    return {
      text: JSON.stringify(template),
      said: stderr,
      chosen: JSON.parse(template.Outputs.ChosenContext.Value),
    };
  }

  test("starts from the chosen options: `-c databaseMaxCapacity=8` changes that and nothing else", async () => {
    const settings = '{"SYNC_FAILURE_MAX_RETRIES":"7"}';
    const schedules = '{"ETF_LIST":["cron(0 6 ? * MON-FRI *)"]}'; // spaces and quotes
    const context = { ...first, settings, schedules, databaseMaxCapacity: "6" };
    writeFileSync(file, JSON.stringify({ account, region, context }));
    const { text, said, chosen } = await synth(["-c", "databaseMaxCapacity=8"]);
    expect(chosen).toEqual({ ...context, databaseMaxCapacity: "8" });
    expect(text).toContain('"Endpoint":"oncall@example.com"');
    expect(text).toContain('"TUSHARE_CALLS_A_MINUTE":"500"');
    expect(text).toContain('"SYNC_FAILURE_MAX_RETRIES":"7"');
    expect(text).toContain("cron(0 6 ? * MON-FRI *)");
    expect(text).toContain("team/robot");
    expect(text).toContain('"MaxCapacity":8');
    expect(said).toContain("applies to this deployment only");
    expect(said).toContain(`npm run deploy -- --stack TushareSync-${stage} -c 'databaseMaxCapacity=8'`);
  });

  test("is refused in an account where the stack's chosen options are unknown", async () => {
    rmSync(file, { force: true });
    const refused = synth([], { CDK_DEFAULT_ACCOUNT: account });
    await expect(refused).rejects.toThrow(
      `the values set in earlier deployments of TushareSync-${stage} are unknown`,
    );
  });
});
