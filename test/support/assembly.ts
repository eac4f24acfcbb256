// Builds small cloud assemblies by hand, as the CDK would write them: a manifest, a template and one bundle for
// each function. For tests of the local stack that need no CDK.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Resource = { Type: string; Properties?: Record<string, unknown>; [more: string]: unknown };

export type Fixture = {
  resources: Record<string, Resource>;
  /** Source of the bundle (an .mjs file) of each function, by logical id. */
  code?: Record<string, string>;
  /** More of the template: Conditions, Outputs, Mappings, Parameters. */
  template?: Record<string, unknown>;
};

/** Writes the assembly into a new folder. `remove` deletes it. */
export function writeAssembly({ resources, code = {}, template = {} }: Fixture) {
  const directory = mkdtempSync(join(tmpdir(), "assembly-"));
  const complete = structuredClone(resources);
  for (const [logicalId, source] of Object.entries(code)) {
    const asset = `asset.${logicalId.toLowerCase()}`;
    mkdirSync(join(directory, asset));
    writeFileSync(join(directory, asset, "index.mjs"), source);
    const resource = complete[logicalId];
    if (resource !== undefined) resource.Metadata = { "aws:asset:path": asset, "aws:asset:property": "Code" };
  }
  writeJson(join(directory, "Test.template.json"), { ...template, Resources: complete });
  writeJson(join(directory, "manifest.json"), {
    version: "55.0.0",
    artifacts: {
      Test: {
        type: "aws:cloudformation:stack",
        properties: { templateFile: "Test.template.json", stackName: "test" },
      },
    },
  });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export function aFunction(properties: Record<string, unknown> = {}): Resource {
  return {
    Type: "AWS::Lambda::Function",
    Properties: {
      Code: { S3Bucket: "assets", S3Key: "code.zip" },
      Handler: "index.handler",
      Runtime: "nodejs24.x",
      Timeout: 10,
      ...properties,
    },
  };
}

export function aQueue(properties: Record<string, unknown> = {}): Resource {
  return { Type: "AWS::SQS::Queue", Properties: properties };
}

/** From the queue `queue` to the function `lambda`, both logical ids. */
export function aMapping(queue: string, lambda: string, properties: Record<string, unknown> = {}): Resource {
  return {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: {
      EventSourceArn: getAtt(queue),
      FunctionName: { Ref: lambda },
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ...properties,
    },
  };
}

export function aSchedule(target: unknown, properties: Record<string, unknown> = {}): Resource {
  return {
    Type: "AWS::Scheduler::Schedule",
    Properties: {
      ScheduleExpression: "cron(30 17 ? * MON-FRI *)",
      ScheduleExpressionTimezone: "Asia/Shanghai",
      FlexibleTimeWindow: { Mode: "OFF" },
      State: "ENABLED",
      Target: { Arn: target, RoleArn: "arn:aws:iam::000000000000:role/schedules", Input: '{"job":"DAILY"}' },
      ...properties,
    },
  };
}

export function getAtt(logicalId: string, attribute = "Arn") {
  return { "Fn::GetAtt": [logicalId, attribute] };
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 1));
}
