// Alarms, dashboard and runbook match: what an alarm watches is emitted, its text links to an existing section, and
// what the runbook names is in the stack.
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type AlarmSpec, alarms, runbookAnchor } from "../infra/alarms.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { metrics } from "../shared/catalogue/metrics.ts";
import { aFunction } from "./support/assembly.ts";
import { cleanUpAll, start } from "./support/local-stack.ts";
import { functionNamed, statements, text } from "./support/template.ts";

afterEach(cleanUpAll);

const scratch = mkdtempSync(join(tmpdir(), "monitoring-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const webhookName = "tushare/alarm-webhook";
const full = synth("full", {
  stage: "prod",
  alarmEmail: "oncall@example.com",
  alarmWebhookSecret: webhookName,
  runbookUrl: "https://git.example.com/docs/runbook.md",
  databaseMaxCapacity: 8,
  dailyDigest: true,
});
const plain = synth("plain", { egress: "none" });

/** The real synthesis, in its own process, with every check: a finding of cdk-nag makes it fail. */
function synth(name: string, context: Record<string, unknown>) {
  const folder = join(scratch, name);
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const run = spawnSync(process.execPath, ["infra/app.ts"], { env, encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  const stackName = context.stage === undefined ? "TushareSync" : `TushareSync-${context.stage}`;
  const template = JSON.parse(readFileSync(join(folder, `${stackName}.template.json`), "utf8"));
  return { folder, stackName, template: Template.fromJSON(template) };
}

type Properties = ReturnType<Template["findResources"]>[string][string];
const alarmsOf = ({ template }: { template: Template }): Properties[] =>
  Object.values(template.findResources("AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);

/** Namespace, name and dimensions of each metric an alarm reads. */
function metricsOf(
  alarm: Properties,
): { namespace: string; name: string; dimensions: Record<string, string> }[] {
  const read = ({ Namespace, MetricName, Dimensions = [] }: Properties) => ({
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }: Properties) => [Name, text(Value)])),
  });
  if (alarm.MetricName) return [read(alarm)];
  return alarm.Metrics.filter(({ MetricStat }: Properties) => MetricStat).map(({ MetricStat }: Properties) =>
    read(MetricStat.Metric),
  );
}

const runbook = readFileSync("docs/runbook.md", "utf8");
const headings = [...runbook.matchAll(/^## Alarm: (.+)$/gm)].map(([, name = ""]) => name);

describe("the runbook", () => {
  test("has a section for each alarm, and an alarm for each such section", () => {
    expect(headings.toSorted()).toEqual(Object.keys(alarms).toSorted());
    expect(new Set(headings).size).toBe(headings.length);
  });

  test.each(headings)(
    "%s: says its severity, where to look, what to do, when it is over, and what if not",
    (name) => {
      const section = runbook.split(`## Alarm: ${name}\n`)[1]?.split(/^#+ /m)[0] ?? "";
      const { severity } = alarms[name as keyof typeof alarms];
      expect(section.trim().toLowerCase().startsWith(`${severity}.`)).toBe(true);
      for (const part of ["**Look.**", "**Do.**", "**Over when**", "**If not.**"])
        expect(section).toContain(part);
      expect(section).toMatch(/`[^`]+`/); // a command
    },
  );

  test("every link inside it leads to a heading", () => {
    const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    const links = [...runbook.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !anchors.includes(link ?? ""))).toEqual([]);
  });

  test("names outputs and resources that the stack has, each resource exactly once", () => {
    const { Outputs, Resources } = full.template.toJSON();
    const outputs = [...runbook.matchAll(/\boutput ([A-Z]\w+)/g)].map(([, name = ""]) => name);
    expect(outputs.length).toBeGreaterThan(5);
    expect(outputs.filter((name) => !(name in Outputs))).toEqual([]);

    const named = [
      ...[...runbook.matchAll(/\bresource (\w+) (AWS::\w+::\w+)/g)].map(([, id, type]) => [id, type]),
      ...[...runbook.matchAll(/\blogs ([A-Z]\w+)/g)].map(([, id]) => [id, "AWS::Logs::LogGroup"]),
    ];
    expect(named.length).toBeGreaterThan(10);
    for (const [id = "", type] of named) {
      const found = Object.entries<Properties>(Resources).filter(
        ([logicalId, resource]) => logicalId.startsWith(id) && resource.Type === type,
      );
      expect(`${id} ${found.length}`).toBe(`${id} 1`);
    }
  });

  test("uses commands that the command line has", () => {
    const source = globSync("cli/commands/*.ts")
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const verbs = [
      ...[...source.matchAll(/usage: "(\w+)/g)].map(([, verb]) => verb),
      ...[...source.matchAll(/const verbs = (\[[^\]]*\])/g)].flatMap(([, list = "[]"]) => JSON.parse(list)),
    ];
    const used = [...runbook.matchAll(/npx tushare-sync (\w+)/g)].map(([, verb]) => verb);
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((verb) => !verbs.includes(verb))).toEqual([]);
  });

  test("has the procedures a person looks for", () => {
    for (const procedure of [
      "First deployment",
      "Setting the token",
      "Backfilling ten years",
      "Changing tier",
      "Rotating secrets",
      "Restoring from a snapshot",
      "Taking it down",
    ])
      expect(runbook).toContain(`\n## ${procedure}\n`);
  });
});

describe("alarms", () => {
  test("watch the EC2 instance for outbound traffic, also when it sends no data, and do not exist without one", () => {
    const wayOut = (found: { template: Template }) =>
      alarmsOf(found).filter(({ AlarmName }) => AlarmName.endsWith("Way out down"));
    const [machine] = Object.keys(full.template.findResources("AWS::EC2::Instance"));
    expect(wayOut(full)).toMatchObject([
      {
        ...{ Namespace: "AWS/EC2", MetricName: "StatusCheckFailed", TreatMissingData: "breaching" },
        Dimensions: [{ Name: "InstanceId", Value: { Ref: machine } }],
      },
    ]);
    expect(wayOut(plain)).toEqual([]);
  });

  test("are those of the catalogue, named after stack and entry", () => {
    expect(
      alarmsOf(full)
        .map(({ AlarmName }) => AlarmName)
        .toSorted(),
    ).toEqual(
      Object.keys(alarms)
        .map((name) => `TushareSync-prod: ${name}`)
        .toSorted(),
    );
  });

  test("say the severity, the meaning, a command to start with, and the runbook section", () => {
    for (const { AlarmName, AlarmDescription } of alarmsOf(full)) {
      const name = AlarmName.replace("TushareSync-prod: ", "");
      const { severity, means, first } = alarms[name as keyof typeof alarms];
      expect(text(AlarmDescription)).toBe(
        [
          `${severity}: ${means}`,
          `Start with: npx tushare-sync ${first} --stack TushareSync-prod --region <AWS::Region>`,
          `Runbook: https://git.example.com/docs/runbook.md#${runbookAnchor(name)}`,
        ].join("\n"),
      );
      expect(text(AlarmDescription).length).toBeLessThan(1_000); // CloudWatch takes 1,024
      expect(runbook.toLowerCase()).toContain(`## alarm: ${name.toLowerCase()}`);
    }
    expect(runbookAnchor("Data late")).toBe("alarm-data-late");
    expect(text(alarmsOf(plain)[0]?.AlarmDescription)).toContain(" docs/runbook.md#alarm-");
  });

  test("notify the one topic when they start and when they clear", () => {
    const [topic] = Object.keys(full.template.findResources("AWS::SNS::Topic"));
    for (const alarm of alarmsOf(full)) {
      expect(alarm.AlarmActions).toEqual([{ Ref: topic }]);
      expect(alarm.OKActions).toEqual([{ Ref: topic }]);
    }
  });

  test("watch only metrics that are emitted: ours by this stack, AWS's by resources in it", () => {
    for (const found of [full, plain]) {
      const { Resources } = found.template.toJSON();
      for (const alarm of alarmsOf(found)) {
        for (const { namespace, name, dimensions } of metricsOf(alarm)) {
          if (namespace === "TushareSync") {
            expect(Object.keys(metrics)).toContain(name);
            expect("by" in metrics[name as keyof typeof metrics]).toBe(false);
            expect(dimensions).toEqual({ service: found.stackName });
          } else {
            expect(namespace).toMatch(/^AWS\/(SQS|Lambda|RDS|ApiGateway|EC2)$/);
            for (const value of Object.values(dimensions)) {
              const [id = ""] = value.slice(1, -1).split(".");
              expect(Object.keys(Resources)).toContain(id);
            }
          }
        }
      }
    }
  });

  test("treat missing data as an alarm only where missing data is the problem", () => {
    const breaching = Object.entries<AlarmSpec>(alarms).filter(([, { missing }]) => missing === "breaching");
    expect(breaching.map(([name]) => name)).toEqual(["Job not running", "Way out down"]);
  });

  test("stay within what CloudWatch evaluates: a day, or seven days with periods of an hour or more", () => {
    for (const { periodMinutes, periods } of Object.values<AlarmSpec>(alarms)) {
      expect(periodMinutes * periods).toBeLessThanOrEqual(periodMinutes >= 60 ? 7 * 1_440 : 1_440);
    }
  });

  test("use the capacity limit that the database was given", () => {
    const ceiling = alarmsOf(full).find(({ AlarmName }) => AlarmName.endsWith("Database at its ceiling"));
    expect(ceiling?.Threshold).toBe(8);
  });

  test("of two stages in one account read separate metrics", () => {
    const service = (found: typeof full) =>
      functionNamed(found.template, "Worker").properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
    expect([service(full), service(plain)]).toEqual(["TushareSync-prod", "TushareSync"]);
  });
});

describe("the topic", () => {
  test("takes the alarms of this account, and of no other", () => {
    const [topic] = Object.keys(full.template.findResources("AWS::SNS::Topic"));
    const [policy] = Object.values(full.template.findResources("AWS::SNS::TopicPolicy"));
    const allowed = policy?.Properties.PolicyDocument.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === "Allow",
    );
    expect(allowed).toEqual([
      {
        Sid: "AlarmsOfThisAccount",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: { Ref: topic },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      },
    ]);
  });

  test("refuses plain http, and writes to the address given", () => {
    const [policy] = Object.values(full.template.findResources("AWS::SNS::TopicPolicy"));
    expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
    full.template.hasResourceProperties("AWS::SNS::Subscription", {
      Protocol: "email",
      Endpoint: "oncall@example.com",
    });
  });

  test("has no subscriber, and the stack no robot, unless one is asked for", () => {
    plain.template.resourceCountIs("AWS::SNS::Topic", 1);
    plain.template.resourceCountIs("AWS::SNS::Subscription", 0);
    expect(() => functionNamed(plain.template, "Notify")).toThrow("expected one function");
  });

  test("calls the robot's function, which may read its own secret and nothing else", () => {
    const { id, properties } = functionNamed(full.template, "Notify");
    full.template.hasResourceProperties("AWS::SNS::Subscription", {
      Protocol: "lambda",
      Endpoint: { "Fn::GetAtt": [id, "Arn"] },
    });
    const role = text(properties.Role);
    const grants = statements(full.template).filter((grant) => role.includes(grant.role));
    const readable = grants.filter(({ actions }) => actions.includes("secretsmanager:GetSecretValue"));
    expect(readable.flatMap(({ resources }) => resources)).toEqual([
      expect.stringMatching(/secret:tushare\/alarm-webhook-\?{6}$/),
    ]);
    expect(
      grants.flatMap(({ actions }) => actions).filter((action) => !/^(logs|secretsmanager):/.test(action)),
    ).toEqual([]);
  });
});

describe("the dashboard", () => {
  const [board] = Object.values(full.template.findResources("AWS::CloudWatch::Dashboard"));
  const body: { widgets: { type: string; y: number; x: number; width: number; properties: Properties }[] } =
    JSON.parse(text(board?.Properties.DashboardBody));
  /** [namespace, name, dimension, value, ...] as CloudWatch has them; expressions have none. */
  const drawn: string[][] = body.widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .map((metric: unknown[]) => metric.filter((part) => typeof part === "string"))
    .filter((metric) => metric.length > 0);

  test("asks its five questions from top to bottom", () => {
    const titles = body.widgets
      .filter(({ type }) => type === "text")
      .toSorted((a, b) => a.y - b.y)
      .map(({ properties }) => properties.markdown.split("\n")[0]);
    expect(titles).toEqual([
      "## Is today's data here?",
      "## Is a task running, how far is it, when will it end?",
      "## Is anything failing?",
      "## Are we inside the limits?",
      "## What does it cost?",
    ]);
    expect(Math.max(...body.widgets.map(({ x, width }) => x + width))).toBe(24);
  });

  test("draws only metrics that are emitted, by values of their dimension that exist", () => {
    const interfaces = Object.values(datasets).flatMap(({ main, details, byPeriod }) =>
      [main, ...details, byPeriod, main.fallback].flatMap((spec) => spec?.name ?? []),
    );
    const values: Record<string, readonly string[]> = {
      interface: interfaces,
      dataset: Object.keys(datasets),
      job: jobTypes,
    };
    const ours = drawn.filter(([namespace]) => namespace === "TushareSync");
    expect(ours.length).toBeGreaterThan(20);
    for (const [, name = "", ...parts] of ours) {
      const spec = metrics[name as keyof typeof metrics];
      const dimensions = Object.fromEntries(
        Array.from({ length: parts.length / 2 }, (_, at) => [parts[2 * at], parts[2 * at + 1]]),
      );
      const { service, ...by } = dimensions;
      expect(service).toBe("TushareSync-prod");
      expect(Object.keys(by)).toEqual("by" in spec ? [spec.by] : []);
      for (const [dimension, value] of Object.entries(by)) expect(values[dimension]).toContain(value);
    }
    const others = drawn.filter(([namespace]) => namespace !== "TushareSync");
    for (const [namespace] of others) expect(namespace).toMatch(/^AWS\/(SQS|Lambda|RDS)$/);
  });

  test("shows every metric of the catalogue but the heartbeat", () => {
    const shown = new Set(drawn.map(([, name]) => name));
    const hidden = Object.keys(metrics).filter((name) => !shown.has(name));
    expect(hidden).toEqual(["TooFast", "RowsStored", "Heartbeat"]); // sums of others that are shown
  });

  test("shows every alarm, and calls at the limit they may not pass", () => {
    const status = body.widgets.find(({ type }) => type === "alarm");
    expect(status?.properties.alarms).toHaveLength(Object.keys(alarms).length);
    const calls = body.widgets.find(
      ({ properties }) => properties.title === "Calls a minute to each interface",
    );
    expect(calls?.properties.annotations.horizontal).toMatchObject([{ value: 200, label: "allowed" }]);
  });

  test("has room for fifty datasets: for each its lag, two jobs and three interfaces", () => {
    const many = { dataset: 50, job: 2 * 50, interface: 3 * 50 };
    const sizes = body.widgets.map(({ properties }) => {
      const metrics: unknown[][] = properties.metrics ?? [];
      const by = (Object.keys(many) as (keyof typeof many)[]).find((dimension) =>
        metrics[0]?.includes(dimension),
      );
      return by === undefined ? metrics.length : many[by];
    });
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2_500);
    expect(sizes.filter((size) => Object.values(many).includes(size))).toHaveLength(4);
  });

  test("has the progress widget, which does not refresh by itself", () => {
    const [widget, ...others] = body.widgets.filter(({ type }) => type === "custom");
    expect(others).toEqual([]);
    const { id, properties } = functionNamed(full.template, "ProgressWidget");
    expect(widget?.properties.endpoint).toBe(`<${id}.Arn>`);
    expect(widget?.properties.updateOn).toEqual({ refresh: false, resize: false, timeRange: false });
    expect(text(properties.Environment.Variables.DISPATCHER_ARN)).toContain("Dispatcher");
  });
});

test("the widget's bundle describes itself, refuses bad parameters, and reports a database that does not answer", async () => {
  const { properties } = functionNamed(plain.template, "ProgressWidget");
  const asset = join(plain.folder, `asset.${properties.Code.S3Key.replace(".zip", "")}`, "index.mjs");
  const names = ["DISPATCHER_ARN", "DATABASE_RESOURCE_ARN", "DATABASE_READER_SECRET_ARN", "DATABASE_NAME"];
  const variables = {
    ...Object.fromEntries(names.map((name) => [name, `arn:aws:x:us-east-1:000000000000:${name}`])),
    MIRROR_ORIGIN: properties.Environment.Variables.MIRROR_ORIGIN,
  };
  const { stack } = await start({
    resources: { Main: aFunction({ Timeout: 60, Environment: { Variables: variables } }) },
    code: { Main: readFileSync(asset, "utf8") },
  });
  const ask = async (event: object) =>
    (await stack.invoke("test-Main", event)).payload as { markdown: string };
  expect((await ask({ describe: true })).markdown).toMatch(
    /^## Progress of the sync\n[\s\S]*coverageDays: 180/,
  );
  expect((await ask({ coverageDays: 9_999 })).markdown).toContain("7 to 1000");
  expect((await ask({ widgetContext: {} })).markdown).toContain("The database does not answer");
});

test("no schedule of the stack fires more often than once a day: the database may sleep between them", () => {
  for (const { Properties } of Object.values(full.template.findResources("AWS::Scheduler::Schedule"))) {
    expect(Properties.ScheduleExpression).toMatch(/^cron\(\d+ \d+ /); // one minute of one hour of a day
  }
  full.template.resourceCountIs("AWS::Events::Rule", 0);
});

test("the dispatcher may publish a digest to the alarms' topic and count calls, and only where one is wanted", () => {
  const publishing = ({ template }: typeof full) =>
    statements(template).filter(({ actions }) => actions.includes("sns:Publish"));
  const [topic] = Object.keys(full.template.findResources("AWS::SNS::Topic"));
  const role = functionNamed(full.template, "Dispatcher").properties.Role["Fn::GetAtt"][0];
  expect(publishing(full)).toEqual([{ role, actions: ["sns:Publish"], resources: [`<${topic}>`] }]);
  expect(publishing(plain)).toEqual([]);
  const counting = ({ template }: typeof full) =>
    statements(template).filter(({ actions }) => actions.includes("cloudwatch:GetMetricData"));
  expect(counting(full)).toEqual([{ role, actions: ["cloudwatch:GetMetricData"], resources: ["*"] }]);
  expect(counting(plain)).toEqual([]);
  const variables = ({ template }: typeof full) =>
    functionNamed(template, "Dispatcher").properties.Environment.Variables;
  expect(variables(full)).toMatchObject({ DIGEST_TOPIC_ARN: { Ref: topic }, ALARM_LANGUAGE: "en" });
  expect(variables(plain)).not.toHaveProperty("DIGEST_TOPIC_ARN");
});
