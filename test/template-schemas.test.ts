// CloudFormation would take the template: every resource fits the schema that AWS publishes for its type, in each form of the
// stack; where cfn-lint is installed, it finds nothing either.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makeApp } from "../infra/app.ts";
import { type Template, wrongIn } from "./support/resource-schemas.ts";

const scratch = mkdtempSync(join(tmpdir(), "template-schemas-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const forms: readonly [string, Record<string, unknown>][] = [
  ["defaults", {}],
  ["egress=gateway", { egress: "gateway" }],
  ["egress=none", { egress: "none" }],
  ["keepData=false", { keepData: "false", egress: "none", reserveConcurrency: "false" }],
  [
    "alarms",
    { stage: "prod", alarmEmail: "oncall@example.com", alarmWebhookSecret: "robot", tushareEndpoint: "true" },
  ],
];

const made = new Map(forms.map(([name, context], at) => [name, synth(context, join(scratch, String(at)))]));

function synth(context: Record<string, unknown>, outdir: string): { file: string; template: Template } {
  // Bundles have no part in this.
  const app = makeApp({ context: { "aws:cdk:bundling-stacks": [], ...context }, outdir });
  const [stack] = app.synth().stacks;
  if (stack === undefined) throw new Error("the app has no stack");
  return { file: stack.templateFullPath, template: stack.template };
}

const hasLint = spawnSync("cfn-lint", ["--version"]).status === 0;

describe.each(forms)("with %s", (name) => {
  test("every resource fits the schema of its type", () => {
    const { template } = made.get(name) ?? { template: { Resources: {} } };
    expect(Object.keys(template.Resources).length).toBeGreaterThan(60);
    expect(wrongIn(template)).toEqual([]);
  });
});

// A dependency that a reference implies, too (W3005), is how the CDK writes a role's policy before its function.
test.skipIf(!hasLint)(
  "cfn-lint finds nothing in any form (skipped where cfn-lint is not installed)",
  { timeout: 120_000 },
  () => {
    // The others are parts of these; each takes four seconds.
    const files = ["alarms", "egress=gateway", "keepData=false"].map((name) => made.get(name)?.file ?? name);
    const run = spawnSync("cfn-lint", ["--ignore-checks", "W3005", "--", ...files], { encoding: "utf8" });
    expect(run.stdout + run.stderr).toBe("");
    expect(run.status).toBe(0);
  },
);

describe("a resource does not fit", () => {
  const changed = (type: string, change: (properties: Record<string, unknown>) => void) => {
    const template = structuredClone(made.get("defaults")?.template ?? { Resources: {} });
    const found = Object.values(template.Resources).find(({ Type }) => Type === type);
    change(found?.Properties as Record<string, unknown>);
    return wrongIn(template);
  };

  test.each<[string, string, (properties: Record<string, unknown>) => void, RegExp]>([
    [
      "a misspelt property",
      "AWS::SQS::Queue",
      (of) => Object.assign(of, { VisibilityTimout: 3 }),
      /VisibilityTimout: unknown/,
    ],
    [
      "a missing one",
      "AWS::Lambda::Function",
      (of) => delete of.Role,
      /\.Role: required property is missing/,
    ],
    [
      "a wrong type",
      "AWS::Lambda::Function",
      (of) => Object.assign(of, { Timeout: "long" }),
      /\.Timeout: no integer/,
    ],
    [
      "a text for a list",
      "AWS::Lambda::Function",
      (of) => Object.assign(of, { Layers: "one" }),
      /\.Layers: no list/,
    ],
    [
      "a misspelt property deep inside",
      "AWS::Lambda::EventSourceMapping",
      (of) => Object.assign(of, { ScalingConfig: { MaximumConcurency: 2 } }),
      /ScalingConfig\.MaximumConcurency: unknown/,
    ],
  ])("with %s", (_, type, change, wrong) => {
    expect(changed(type, change)).toEqual([expect.stringMatching(wrong)]);
  });
});
