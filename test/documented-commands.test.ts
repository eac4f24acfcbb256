// What the documents tell a person to type works: every command line of the runbook (and of the README, SECURITY.md and
// docs/local-stack.md, where they are about a stack) is run here, as it is written, against a stack in the state that its section is
// about, and must print what the section promises. Those that this machine cannot answer are in a table with the reason; the real
// `aws` checks their arguments.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { deploy } from "../cli/commands/deploy.ts";
import { destroy } from "../cli/commands/destroy.ts";
import type { Tools } from "../cli/deployment.ts";
import { accountClients } from "../cli/doctor/account.ts";
import { en } from "../cli/messages/en.ts";
import { makeParser } from "../cli/parser.ts";
import type { FaultPlan } from "../local/tushare/faults.ts";
import { type AwsCommand, awsVersion, openAws } from "./support/aws-command.ts";
import { writeAwsShim } from "./support/aws-shim.ts";
import { askCli, runCli } from "./support/cli.ts";
import { deploySession, roomyRegion, silentTools } from "./support/deployment.ts";
import { blocksOf, commandsOf, linesOf, wordsOf } from "./support/documented-lines.ts";
import { type OperatedStack, startOperatedStack } from "./support/operated-stack.ts";
import { until } from "./support/until.ts";

// A deployed stack is asked every five seconds, which would be half of the time that these tests take.
vi.mock("../cli/target.ts", async (original) => ({ ...(await original<object>()), pollSeconds: () => 0.1 }));

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", file), "utf8");
const runbook = read("docs/runbook.md");
const beforeYouStart = blocksOf(runbook)[0] ?? "";

let world: OperatedStack;
let bin = "";
let aws: AwsCommand | undefined;
/** Names and ids of the stack, which `output` and `resource` have been seen to print. */
let lookups = "";

type Step = {
  readonly line: string;
  /** In what it prints, on both streams. */
  readonly says: RegExp;
  /** What happened before. */
  readonly given?: (() => Promise<unknown>) | undefined;
  /** What a person puts in place of the words in capitals, besides those that are always the same. */
  readonly fill?: () => Promise<Record<string, string>>;
  readonly code?: number;
  /** What is typed while it runs. */
  readonly typed?: string;
  /** What has become of it. */
  readonly after?: () => Promise<unknown>;
};

const stackName = "TushareSync";
/** Trading days before today, and a day a year ago. A backfill of ten years is one of a month here. */
let days = { monthBegins: "", first: "", second: "", third: "" };
const daysAgo = (count: number) =>
  new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
const region = "ap-southeast-1";
const filled = (line: string, words: Record<string, string> = {}) =>
  Object.entries({ TASK: "DAILY_HISTORY", DAY: days.second, ...words }).reduce(
    (text, [word, value]) => text.replace(new RegExp(`\\b${word}\\b`, "g"), value),
    line
      .replaceAll(/\b20(16|26)0101\b/g, line.includes("FINANCE") ? daysAgo(365) : days.monthBegins)
      .replace("20261231", daysAgo(0)),
  );

const functionNamed = (part: string) => world.stack.functionName(part);

/** Sends the dispatcher a command, and waits for the end of the task. */
async function task(command: object): Promise<{ id: string; status: string }> {
  const { payload } = await world.stack.invoke(functionNamed("PipelineDispatcher"), command);
  const [{ id }] = (payload as { tasks: { id: string }[] }).tasks as [{ id: string }];
  let status = "";
  await until(async () => {
    [{ status }] = (await rows(`select status from sync_task where id = '${id}'`)) as [{ status: string }];
    return !/PENDING|RUNNING/.test(status);
  });
  return { id, status };
}

const rows = async (sql: string) => (await world.database.query(sql)).rows as Record<string, unknown>[];

const send = (QueueUrl: string | undefined, MessageBody: string) =>
  new SQSClient({ region: "us-east-1" }).send(new SendMessageCommand({ QueueUrl, MessageBody }));
const openFailures = () => rows("select id from sync_failure_record where resolved_at is null order by id");
const aFailure = async () => ({ NUMBER: String((await openFailures())[0]?.id) });
const noFailures = () => until(async () => (await openFailures()).length === 0);

const waiting = (name: string) => world.stack.queues.counts(world.stack.queueName(name)).visible;
let unitsWaiting = 0;

/** What happens to the stack between the commands, as the sections of the runbook have it. */
const state = {
  aLiveTask: async () => {
    await world.stack.pauseEventSource(functionNamed("PipelineWorker"));
    const command = { job: "DAILY_HISTORY", from: days.monthBegins, refresh: true };
    await world.stack.invoke(functionNamed("PipelineDispatcher"), command);
  },
  workersAgain: async () => world.stack.resumeEventSource(functionNamed("PipelineWorker")),
  aMissedRun: () => send(world.stack.outputs.MissedRunsQueueUrl, '{"job":"ETF_LIST"}'),
  anUnreadableMessage: async () => {
    await send(world.stack.outputs.DeadLetterQueueUrl, "not a unit");
    await until(async () => (await openFailures()).length > 0);
  },
  deadLettersStuck: async () => {
    await world.stack.pauseEventSource(functionNamed("PipelineWorker"));
    await world.stack.pauseEventSource(functionNamed("PipelineRetry"));
    await send(world.stack.outputs.DeadLetterQueueUrl, "not a unit either");
    unitsWaiting = waiting("PipelineWork");
  },
  refusedFor: (plan: FaultPlan) => async () => {
    await world.upstream.setFaults(plan);
    const { status } = await task({
      job: "DAILY_HISTORY",
      from: days.second,
      to: days.second,
      refresh: true,
    });
    expect(status).toBe("PAUSED");
    await world.upstream.setFaults([]);
  },
  /** The task that asks by stock instead would start two minutes later, between whatever is typed then. */
  notStartedAgain: async () => {
    const next = world.stack.scheduler.list().find(({ Name }) => Name.startsWith("by-stock-"));
    if (next === undefined) throw new Error("no schedule starts it again");
    world.stack.scheduler.delete(next.GroupName, next.Name);
  },
  parked: async () => {
    const date = [days.first, days.second, days.third];
    await world.upstream.setFaults([{ kind: "column-missing", interface: "daily", column: "close", date }]);
    const { status } = await task({ job: "DAILY_HISTORY", from: days.first, to: days.third, refresh: true });
    expect(status).toBe("FAILED");
    await world.upstream.setFaults([]);
  },
  tooFast: async () => {
    world.stack.resumeEventSource(functionNamed("PipelineWorker"));
    await world.upstream.setFaults([{ kind: "too-fast", interface: "fund_daily", count: 1 }]);
    const command = { job: "ETF_HISTORY", from: days.second, to: days.second, refresh: true };
    await world.stack.invoke(functionNamed("PipelineDispatcher"), command);
    await until(() => world.printed.some((line) => line.includes('"TooFast":1')));
  },
};

const ours = (line: string, says: RegExp, more: Partial<Step> = {}): Step => ({
  line: `npx tushare-sync ${line} --stack $STACK`,
  says,
  ...more,
});
const typed = (line: string, says: RegExp, more: Partial<Step> = {}): Step => ({ line, says, ...more });
const completed = / COMPLETED: /;
/** Two lines, one of times and one of values, an hour of which begins like this. */
const hours = (value: string) => new RegExp(`^\\S.*\\n(\\S+\\t)*${value}`, "m");

/** In the order in which they are run. */
const steps: readonly Step[] = [
  // Before you start
  typed("output ApiUrl", /^http:\/\/127\.0\.0\.1:\d+$/m),
  typed("aws sts get-caller-identity", /"Account": "000000000000"/),
  typed("output EgressAddress", /Egress/),
  typed("output ChosenContext", /"callsAMinute":"1100"/),
  typed("npx tushare-sync --version", /^\d+\.\d+\.\d+/),

  // A new stack, on which only REFERENCE has run
  ours("status", /REFERENCE +COMPLETED +12\/12/),
  ours("coverage", /not requested/),
  ours("verify", /stock_list: complete/),
  // A laptop has no bootstrap and no schedules that are on; nothing else is wrong.
  ours("doctor --no-calls", /^ok +the stack TushareSync is CREATE_COMPLETE[\s\S]*, 1 problems?/m, {
    code: 1,
  }),
  ours("doctor", /no TUSHARE_TOKEN in the environment/, { code: 1 }),
  typed("npx tushare-sync doctor", /no TUSHARE_TOKEN in the environment/, { code: 1 }),
  ours("plan DAILY_HISTORY --from 20160101", /units +\d+[\s\S]*Nothing was started/),
  ours("plan DAILY_HISTORY --from DAY", /units +\d+[\s\S]*Nothing was started/),
  typed("npx tushare-sync plan DAILY_HISTORY --from 20160101 --cost", /\$\d/),
  typed("npx tushare-sync plan core,index", /index_daily[\s\S]*all +[\d,]+[\s\S]*awake for \d+ minutes/),
  typed("npx tushare-sync datasets", /^stock_list +core +yes +[1-9][\s\S]*^index_daily +index +no +0/m),
  ours("run REFERENCE --refresh", /REFERENCE COMPLETED: 12\/12/),
  ours("run JOB", completed, { fill: async () => ({ JOB: "REFERENCE" }) }),
  ours("run DAILY_INCREMENTAL", completed),
  ours("run ETF_LIST", completed),
  ours("run ETF_INCREMENTAL", completed),
  ours("run DAILY_HISTORY --from 20160101", completed),
  ours("run ETF_HISTORY --from 20160101", completed),
  typed("npx tushare-sync run ETF_HISTORY --from 20260101", completed),
  ours("run DAILY_HISTORY --from DAY --to DAY --refresh", /DAILY_HISTORY COMPLETED: 1\/1/),
  typed("npx tushare-sync run INDEX_DAILY_HISTORY", completed),
  typed(`dispatch '{"job":"DAILY_INCREMENTAL"}'`, /"outcome":\s*"[\s\S]*"StatusCode": 200/),
  typed(`dispatch '{"check":"freshness"}'`, /"StatusCode": 200/),
  ours("status", /DAILY_HISTORY +COMPLETED/),
  typed("npx tushare-sync status", /DAILY_HISTORY +COMPLETED/),
  typed("npx tushare-sync failures", /No failures/),
  typed("npx tushare-sync coverage stock_daily --from 20260101", /^\d{8} +[1-9]\d* .*whole$/m),
  typed("npx tushare-sync status --watch", /DAILY_HISTORY +COMPLETED/),
  ours("coverage", /^\d{8} +[1-9]\d* +100% +whole/m),
  ours('query "select 1"', /^ *1$/m),
  typed('npx tushare-sync query "select count(*) from stock_daily"', /^ *[1-9]\d+$/m),
  typed("npx tushare-sync verify --repair", /^stock_daily .*(complete|whole)/m),
  typed("npx tushare-sync verify", /^stock_daily .*(complete|whole)/m),
  typed("npx tushare-sync verify stock_daily --upstream --plan", /calls/),
  typed("npx tushare-sync instruments --on 20240102 --kind stock", /600519\.SH/),
  typed("npx tushare-sync connect", /--aws-sigv4 "aws:amz:ap-southeast-1:execute-api"/),
  typed(
    "npx tushare-sync export stock_daily --from 20260101 --to 20261231 --format parquet --out daily.parquet",
    /daily\.parquet/,
  ),
  typed("npx tushare-sync export stock_info --out stocks.csv", /stock_info [1-9]\d* rows/),
  typed("npx tushare-sync export --all --out mirror", /read_parquet[\s\S]*rows in \d+ files/),
  // To a folder that is made for it, and back.
  typed(
    "npx tushare-sync pull --stack TushareSync --yes",
    /^equal: 60 tables[\s\S]*calls to the Data API, \$\d/,
  ),
  typed("npx tushare-sync push --stack TushareSync --check", /^equal: 60 tables/m),
  typed("npx tushare-sync push --stack TushareSync --plan", /^equal: 60 tables/m, {
    after: () => rows("delete from stock_info where ts_code = (select max(ts_code) from stock_info)"),
  }),
  typed("npx tushare-sync push --stack TushareSync --yes", /^equal: 60 tables[\s\S]*moving 1 rows? moved/),
  // This account may not ask by report period, so it falls back to asking by stock.
  ours("run FINANCE_HISTORY --from 20160101", /started again by stock/, {
    code: 1,
    after: state.notStartedAgain,
  }),
  ours("revisions --since 20260101", /No revisions/),

  // What the functions printed
  typed("logs PipelineWorkerLogs", /unit done/),
  typed("logs PipelineWorkerLogs 30m", /unit done/),
  typed("logs PipelineDispatcherLogs", /DAILY_HISTORY/),
  typed("logs PipelineDispatcherLogs 2d", /DAILY_HISTORY/),
  typed("logs PipelineDispatcherLogs 30m", /DAILY_HISTORY/),
  typed("logs MigrationsMigrateLogs", /"Heartbeat":1/),
  typed("logs ApiHandlerLogs", /^(?!.*not exist)/s), // nothing to print; the group is there
  typed("logs ApiAccessLogs", /^$/), // no access log on this machine: only that the group is there
  typed("metric UnitsDone Sum", hours("[1-9]")),
  typed("metric DaysLate Maximum", hours("0")),
  typed("metric Heartbeat Sum", hours("[1-9]")),

  // Schedules, functions, queues
  typed(
    'aws scheduler list-schedules --group-name "$(resource SchedulesGroup AWS::Scheduler::ScheduleGroup)" --query "Schedules[].[Name,State]" --output table',
    /At3017MonFri\w* +\| +DISABLED/,
  ),
  typed(
    "aws lambda list-functions --query \"Functions[?contains(FunctionName,'$STACK')].FunctionName\" --output text",
    /TushareSync-PipelineWorker/,
  ),
  typed("aws lambda get-account-settings --query AccountLimit", /"UnreservedConcurrentExecutions": 99\d/),
  typed("aws lambda get-function-concurrency --function-name $(output DispatcherName)", /^$/), // none is set
  typed(
    "aws lambda get-function-concurrency --function-name $(resource PipelineWorker AWS::Lambda::Function)",
    /"ReservedConcurrentExecutions": 5/,
  ),
  typed(
    'aws lambda list-event-source-mappings --function-name "$(resource PipelineWorker AWS::Lambda::Function)" --query "EventSourceMappings[].ScalingConfig"',
    /"MaximumConcurrency": 5/,
  ),
  typed(
    "aws lambda put-function-concurrency --reserved-concurrent-executions SLOTS --function-name $(resource PipelineWorker AWS::Lambda::Function)",
    /"ReservedConcurrentExecutions": 6/,
    { fill: async () => ({ SLOTS: "6" }) },
  ),
  typed(
    'aws lambda list-event-source-mappings --function-name "$(resource PipelineWorker AWS::Lambda::Function)" --query "EventSourceMappings[].[State,UUID]" --output text',
    /^Enabled\t[0-9a-f-]{36}$/m,
  ),
  typed(
    "aws sqs get-queue-attributes --queue-url $(output WorkQueueUrl) --attribute-names All",
    /"ApproximateNumberOfMessages": "0"/,
  ),

  // Account refused, Interface refused, Quota used up
  ours("status", /DAILY_HISTORY +PAUSED[\s\S]*IP数量超限/, {
    given: state.refusedFor([{ kind: "address-limit" }]),
  }),
  ours("resume TASK", /DAILY_HISTORY continues/, { after: () => ended("COMPLETED") }),
  ours("status", /DAILY_HISTORY +PAUSED[\s\S]*daily/, {
    given: state.refusedFor([{ kind: "permission", interface: "daily" }]),
  }),
  ours("cancel TASK", /DAILY_HISTORY is cancelled/),
  ours("status", /DAILY_HISTORY +PAUSED[\s\S]*daily/, {
    given: state.refusedFor([{ kind: "day-quota", interface: "daily", value: 0 }]),
  }),
  typed(
    'aws scheduler list-schedules --group-name "$(resource PipelineOneTime AWS::Scheduler::ScheduleGroup)" --name-prefix resume-',
    /"Name": "resume-/,
  ),
  ours("resume TASK", /DAILY_HISTORY continues/, { after: () => ended("COMPLETED") }),
  typed(
    `curl -s https://api.tushare.pro -d '{"api_name":"trade_cal","token":"...","params":{"start_date":"20240101","end_date":"20240105"}}'`,
    /"code": ?0[\s\S]*20240102/,
  ),

  // A task that runs
  ours("pause TASK", /DAILY_HISTORY is paused/, { given: state.aLiveTask }),
  ours("resume TASK", /DAILY_HISTORY continues/),
  typed(`dispatch '{"resume":"all"}'`, /"StatusCode": 200/),
  ours("cancel TASK", /DAILY_HISTORY is cancelled/, { after: state.workersAgain }),

  // Failures parked
  ours("failures --person", /close/, { given: state.parked }),
  ours("failures", /permanent[\s\S]*close/),
  typed(
    `sql "select kind, left(error_message, 120) as why, count(*) from sync_failure_record where resolved_at is null group by 1, 2 order by 3 desc limit 20"`,
    /"kind":"permanent"/,
  ),
  typed(
    `sql "select unit_key, status, attempts, last_error from sync_unit where status <> 'done' order by sent_at desc nulls last limit 20"`,
    /"status":"parked"/,
  ),
  ours("retry NUMBER", /was sent again/, {
    fill: aFailure,
    after: () => until(async () => (await openFailures()).length === 2),
  }),
  ours("retry all", /2 units were sent again/, { after: noFailures }),
  ours("run JOB --from DAY --to DAY --refresh --accept-changes", completed, {
    fill: async () => ({ JOB: "DAILY_HISTORY" }),
  }),
  typed("logs PipelineRetryLogs", /unreadable/, { given: state.anUnreadableMessage }),
  ours('dismiss NUMBER --reason "an unreadable message"', /dismissed/, {
    fill: aFailure,
    after: noFailures,
  }),

  // Job start failed
  typed(
    'aws sqs get-queue-attributes --queue-url "$(output MissedRunsQueueUrl)" --attribute-names ApproximateNumberOfMessages',
    /"ApproximateNumberOfMessages": "1"/,
    { given: state.aMissedRun },
  ),
  ours("doctor --no-calls", /1 scheduled runs? could not be started/, { code: 1 }),
  typed(
    'aws sqs receive-message --queue-url "$(output MissedRunsQueueUrl)" --max-number-of-messages 10 --visibility-timeout 5 --message-attribute-names All --attribute-names All',
    /ETF_LIST/,
  ),
  typed('aws sqs purge-queue --queue-url "$(output MissedRunsQueueUrl)"', /^$/, {
    after: async () => expect(waiting("MissedRuns")).toBe(0),
  }),

  // Other questions to the database
  typed(
    `sql "select usename, application_name, state, max(query_start) as last, left(max(query), 80) as query from pg_stat_activity where query_start > now() - interval '10 minutes' group by 1, 2, 3"`,
    /^\[/,
  ),
  typed('sql "select slot_name from pg_replication_slots"', /^\[\]/),
  typed(
    `sql "select pid, now() - query_start as since, left(query, 100) from pg_stat_activity where state = 'active' order by 2 desc limit 5"`,
    /^\[/,
  ),
  typed('sql "select pg_cancel_backend(PID)"', /"pg_cancel_backend":false/, {
    fill: async () => ({ PID: "4194304" }), // larger than any process's
  }),
  typed(
    `sql "select pid, state, now() - query_start as since, left(query, 60) as query from pg_stat_activity where starts_with(query, '/* migration')"`,
    /^\[\]/,
  ),
  typed(
    `sql "select dataset, column_name, class, count(*) from data_revision where seen_at > now() - interval '7 days' group by 1, 2, 3 order by 4 desc"`,
    /^\[\]/,
  ),
  typed(`sql "delete from data_revision where seen_at < now() - interval '3 years'"`, /^/),
  typed(
    `sql "select count(*) as units, pg_size_pretty(pg_total_relation_size('sync_unit')) as size from sync_unit"`,
    /"units":[1-9]\d*,"size":"\d+ kB"/,
  ),
  typed('sql "select sum(pruned_units) as removed, max(pruned_at) as lately from sync_task"', /"removed":0/),

  // The password of the user that only reads
  typed(
    `aws lambda invoke --function-name "$(resource MigrationsMigrate AWS::Lambda::Function)" --cli-binary-format raw-in-base64-out --cli-read-timeout 0 --payload '{"only":"reader"}' /dev/stdout`,
    /"StatusCode": 200(?![\s\S]*FunctionError)/,
  ),

  // Setting the token
  typed(
    'read -rs TOKEN && aws secretsmanager put-secret-value --secret-id "$(output TushareTokenSecretArn)" --secret-string "$TOKEN"; unset TOKEN',
    /"VersionId"/,
    {
      typed: "the-new-token\n",
      after: async () => {
        const SecretId = world.stack.outputs.TushareTokenSecretArn;
        const client = new SecretsManagerClient({ region: "us-east-1" });
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
        expect(SecretString).toBe("the-new-token");
      },
    },
  ),

  // Deploying and removing; what would be given to the CDK
  ...deploying("", / -c callsAMinute=1100/),
  ...deploying(" -- --stack $STACK", / -c callsAMinute=1100/),
  typed("npm run deploy -- -c databaseMaxCapacity=8", /^cdk deploy .* -c databaseMaxCapacity=8/m),
  typed("npm run deploy -- --stack $STACK --only-diff", /^cdk diff (?![\s\S]*^cdk deploy)/m),
  ...deploying(
    " -- --stack $STACK --region $AWS_REGION --tier 200 --alarm-email you@example.com",
    / -c callsAMinute=200 .*-c alarmEmail=you@example.com/,
  ),
  ...deploying(
    " -- --stack $STACK -c alarmWebhookSecret=tushare/alarm-webhook -c runbookUrl=https://git.example.com/tushare-sync/docs/runbook.md",
    / -c alarmWebhookSecret=tushare\/alarm-webhook/,
  ),
  ...deploying(" -- --stack $STACK -c databaseMaxCapacity=8", / -c databaseMaxCapacity=8/),
  typed(
    "npm run deploy -- --stack $STACK -c databaseMaxCapacity=",
    /^cdk deploy TushareSync (?!.*databaseMaxCapacity=\d)/m,
  ),
  ...deploying(" -- --stack $STACK -c egressImagesUntil=2026-11-15", / -c egressImagesUntil=2026-11-15/),
  ...deploying(" -- --stack $STACK --egress instance", / -c egress=instance/),
  ...deploying(" -- --stack $STACK --egress gateway", / -c egress=gateway/),
  ...deploying(
    ` -- --stack $STACK --schedules '{"ETF_INCREMENTAL":[],"ETF_LIST":[]}'`,
    / -c schedules=\{"ETF_INCREMENTAL":\[\],"ETF_LIST":\[\]\}/,
  ),
  ...deploying(" -- -c datasets=core,index", / -c datasets=core,index/),
  ...deploying(" -- --stack $STACK --tier 200 --slots 3", / -c callsAMinute=200 .*-c slots=3/),
  ...deploying(" -- --stack $STACK --no-reserve", / -c reserveConcurrency=false/),
  ...deploying(" -- --stack $STACK -c olderRelease=true", / -c olderRelease=true/),
  ...deploying(" -- --stack $STACK --tier 200", / -c callsAMinute=200/),
  ...deploying(" -- --stack $STACK --tier 500", / -c callsAMinute=500/),
  typed("CLUSTER=$(resource DatabaseCluster AWS::RDS::DBCluster)", /^TushareSync-DatabaseCluster$/m),
  typed("SUBNETS=$(resource DatabaseCluster AWS::RDS::DBSubnetGroup)", /^TushareSync-DatabaseCluster\w+$/m),
  typed("GROUP=$(resource DatabaseCluster AWS::EC2::SecurityGroup)", /^TushareSync-DatabaseCluster\w+$/m),
  typed("export CLUSTER=$(resource DatabaseCluster AWS::RDS::DBCluster)", /^TushareSync-DatabaseCluster$/m),
  typed(
    "export WRITER=$(resource DatabaseCluster AWS::RDS::DBInstance)",
    /^TushareSync-DatabaseCluster\w+$/m,
  ),
  typed('echo "$CLUSTER $WRITER"', /^TushareSync-DatabaseCluster TushareSync-DatabaseCluster\w+$/m),
  typed("npm run destroy", /^cdk destroy TushareSync /m),
  typed("npm run destroy -- --stack $STACK --region $AWS_REGION", /^cdk destroy TushareSync /m),
  typed(
    "npm run destroy -- --stack $STACK --region $AWS_REGION --delete-data",
    /^cdk deploy TushareSync .*-c keepData=false[\s\S]*^cdk destroy TushareSync /m,
  ),

  // Dead letters stuck
  typed(
    'aws lambda list-event-source-mappings --function-name "$(resource PipelineRetry AWS::Lambda::Function)" --query "EventSourceMappings[].[State,UUID]" --output text',
    /^Disabled\t[0-9a-f-]{36}$/m,
    { given: state.deadLettersStuck },
  ),
  typed(
    'aws sqs start-message-move-task --source-arn $(aws sqs get-queue-attributes --queue-url "$(output DeadLetterQueueUrl)" --attribute-names QueueArn --query Attributes.QueueArn --output text)',
    /"TaskHandle"/,
    {
      after: async () => {
        expect(waiting("PipelineDeadLetters")).toBe(0);
        expect(waiting("PipelineWork")).toBe(unitsWaiting + 1);
      },
    },
  ),
  typed("aws lambda update-event-source-mapping --uuid UUID --enabled", /"State": "Enabling"/, {
    fill: async () => {
      const line =
        'aws lambda list-event-source-mappings --function-name "$(resource PipelineRetry AWS::Lambda::Function)" --query "EventSourceMappings[].UUID" --output text';
      return { UUID: (await shell(line)).text.trim() };
    },
  }),

  // Too many refusals, after which the workers wait for the next minute
  typed("metric TooFast Sum", hours("1\\b"), { given: state.tooFast }),
];

function deploying(line: string, context: RegExp): Step[] {
  const given = new RegExp(
    `^cdk diff TushareSync .*\\n[\\s\\S]*^cdk deploy TushareSync .*${context.source}`,
    "m",
  );
  return [typed(`npm run deploy${line}`, given)];
}

const ended = (status: string) =>
  until(async () => {
    const sql =
      "select status from sync_task where job_type = 'DAILY_HISTORY' order by started_at desc limit 1";
    return (await rows(sql))[0]?.status === status;
  });

const otherwise = "another file's tests are about it, or it changes the checkout";
const readersPassword = `aws secretsmanager put-secret-value --secret-id "$(output DatabaseReaderSecretArn)" --secret-string "$(aws secretsmanager get-random-password --password-length 40 --exclude-punctuation --query RandomPassword --output text | sed 's/.*/{"username":"tushare_reader","password":"&"}/')"`;
/** Lines that cannot be run here, with the reason. Those of `aws` are compared with its model of the operation. */
const notHere: Readonly<Record<string, string>> = {
  "git log --oneline -5": otherwise,
  "git switch --detach REVISION": otherwise,
  "git switch main": otherwise,
  "npx cdk deploy": "needs an account",
  "npx cdk bootstrap aws://$(aws sts get-caller-identity --query Account --output text)/$AWS_REGION":
    "needs an account",
  "npx tushare-sync setup":
    "asks for a token of the real TuShare; another file's tests give it a simulated one",
  "npx tushare-sync drill --stack $STACK": "no alarm fires here; another file's tests play it",
  "npx tushare-sync drill --stack NAME": "no alarm fires here; another file's tests play it",
  'aws cloudwatch describe-alarm-history --alarm-name "$STACK: Drill" --history-item-type StateUpdate --max-records 3':
    "no alarm fires here",
  "logs MonitoringNotifyLogs": "only a stack with a robot has it",
  [readersPassword]: "nothing here makes a random password",
  "aws scheduler update-schedule": "names an operation, whose arguments the reader chooses",
  "aws rds-data execute-statement": "names an operation; `sql` runs it",
  "aws lambda get-function-recursion-config --function-name $(resource PipelineWorker AWS::Lambda::Function)":
    "nothing counts recursion here",
  "aws cloudformation detect-stack-drift --stack-name $STACK": "a local stack cannot drift",
  'aws secretsmanager rotate-secret --secret-id "$(output DatabaseSecretArn)"': "no secret rotates here",
  "npx tushare-sync push --from postgres://me@one/tushare --to postgres://me@other/tushare":
    "two servers: move.test.ts moves from one to another",
  'read -rs WEBHOOK && aws secretsmanager create-secret --name tushare/alarm-webhook --secret-string "$WEBHOOK"; unset WEBHOOK':
    "the local stack has only the template's secrets",
  'read -rs WEBHOOK && aws secretsmanager put-secret-value --secret-id tushare/alarm-webhook --secret-string "$WEBHOOK"; unset WEBHOOK':
    "the local stack has only the template's secrets",
};
/** Services that the local stack does not have at all. */
const servicesNotHere = /^aws (ec2|rds|sns) /;

const needsAws = (line: string) => !/^(npx|npm|curl) /.test(line);

/** Two lines that differ in what makes no difference: the region, and quotes around what a shell puts in. */
const same = (line: string) =>
  line
    .replace(/ --region \$AWS_REGION(?! --| -)/, "")
    .replace(/"(\$\([^"]*\))"/g, "$1")
    .replace(/ +# .*/, "")
    .replace(/ +/g, " ");

const isOurs = (line: string) => /^(npx tushare-sync|npm run (deploy|destroy)|aws) ?/.test(line);
const guides = ["README", "docs/quant", "docs/operator", "docs/developer"];
const documents = [
  ...guides.flatMap((name) => [`${name}.md`, `${name}.zh.md`]),
  ...["SECURITY.md", "docs/local-stack.md"],
];
const lines = [
  ...commandsOf(runbook),
  ...commandsOf(read("docs/runbook.zh.md")),
  ...documents.flatMap((file) => commandsOf(read(file)).filter(isOurs)),
].map(same);
const setUp = linesOf(beforeYouStart).map(same);

test("every command of the documents is run here, or listed with the reason", () => {
  const known = new Set([
    ...steps.map(({ line }) => same(line)),
    ...Object.keys(notHere).map(same),
    ...setUp,
  ]);
  expect(new Set(lines.filter((line) => !known.has(line) && !servicesNotHere.test(line)))).toEqual(new Set());
  // And nothing is run or listed that no document says any more.
  expect([...known].filter((line) => !lines.includes(line))).toEqual([]);
  expect(lines.length).toBeGreaterThan(150);
});

beforeAll(async () => {
  world = await startOperatedStack();
  Object.assign(process.env, world.environment);
  const open = `select to_char(cal_date, 'YYYYMMDD') as day from trade_cal where is_open = 1 and exchange = 'SSE'`;
  const past = await rows(`${open} and cal_date < current_date - 1 order by cal_date desc limit 20`);
  const [third, second, first] = past.slice(4).map((row) => String(row.day)) as [string, string, string];
  days = { monthBegins: String(past.at(-1)?.day), first, second, third };
  delete process.env.TUSHARE_TOKEN;
  if (awsVersion !== undefined) {
    aws = await openAws(world.folder);
    bin = writeAwsShim(world.folder, aws.path);
    await noteNames();
  }
  mkdirSync(join(world.folder, "checkout"));
  writeFileSync(join(world.folder, "checkout", "cdk.json"), "{}");
});
afterAll(async () => {
  aws?.close();
  await world?.close();
});

describe.skipIf(awsVersion === undefined)("in a terminal", () => {
  test("the lines to begin with print the account and an address", async () => {
    const { text, code } = await bash(beforeYouStart);
    expect(text).toMatch(/"Account": "000000000000"[\s\S]*http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(code).toBe(0);
  });

  test.each(
    [...new Set([...Object.keys(notHere), ...lines])].filter(
      (line) => (servicesNotHere.test(line) || notHere[line] !== undefined) && /^(aws|read) /.test(line),
    ),
  )("%s has the arguments of its operation", async (line) => {
    // A line that only names an operation has no arguments; and some models give an answer that they refuse themselves.
    const check = /^aws \S+ \S+$|secretsmanager|describe-alarm-history/.test(line) ? "input" : "output";
    const { text, code } = await shell(line.replace(/; unset \w+$/, ""), "secret\n", check);
    expect({ code, text }).toEqual({ code: 0, text });
  });
});

describe("a person who types what the documents say gets what they promise:", () => {
  for (const [at, { line, says, given, fill, code = 0, typed: input, after }] of steps.entries()) {
    // Those that need a command which is not installed are named as skipped.
    test.skipIf(needsAws(line) && awsVersion === undefined)(`${at + 1}: ${line}`, async () => {
      await given?.();
      const ran = await run(filled(line, await fill?.()), input);
      expect(ran.text).toMatch(says);
      expect(ran).toEqual({ text: ran.text, code });
      await after?.();
    });
  }
});

async function run(line: string, input = ""): Promise<{ text: string; code: number }> {
  if (/^npm run (deploy|destroy)\b/.test(line)) return await throughTheCdk(line);
  if (!line.startsWith("npx tushare-sync ")) return await shell(line, input);
  const named = line
    .replace("$STACK", stackName)
    .replace(/(?<=--out )\S+/, (file) => join(world.folder, file));
  const ofMirror = /^npx tushare-sync (push|pull) /.test(named)
    ? ["--data-dir", join(world.folder, "copy")]
    : [];
  const words = [...wordsOf(named).slice(2), ...ofMirror];
  const isAboutStack = named.includes("--stack");
  const { code, out, error } = named.endsWith("--version")
    ? await runCli(words) // which the parser prints by itself
    : await askCli([...words, ...(isAboutStack ? [] : ["--stack", stackName]), "--region", region]);
  return { text: `${out}${error}`, code };
}

/** Parses the line as the command line does, and carries it out with what would be given to the CDK written down. */
async function throughTheCdk(line: string): Promise<{ text: string; code: number }> {
  const said: string[] = [];
  const outputs = { [stackName]: { ...world.stack.outputs } };
  const tools: Tools = {
    ...silentTools,
    async cdk(args) {
      said.push(`cdk ${args.join(" ")} `);
      const file = args[args.indexOf("--outputs-file") + 1];
      if (args.includes("--outputs-file")) writeFileSync(file ?? "", JSON.stringify(outputs));
      return 0;
    },
    clients(region = "us-east-1") {
      const clients = { ...accountClients({ region }), ec2: roomyRegion };
      const { cloudFormation } = clients;
      const ask = cloudFormation.send.bind(cloudFormation);
      // The one thing of an account that is not on this machine.
      cloudFormation.send = (async (command: { input: { StackName?: string } }) =>
        command.input.StackName === "CDKToolkit" ? { Stacks: [{}] } : await ask(command as never)) as never;
      return clients;
    },
    ask: async (question) => (question.includes(stackName) && line.includes("destroy") ? stackName : "y"),
    folder: join(world.folder, "checkout"),
  };
  let code = -1;
  const parse = makeParser(en, async ({ usage }, { stack, region }, values) => {
    const session = deploySession((text) => said.push(text), { stack, region });
    const carryOut = usage === "deploy" ? deploy : destroy;
    // What it offers to do after a deployment is in deploy.test.ts and here above.
    code = await carryOut(session, { ...(values as object), "first-steps": false } as never, tools);
    return code;
  });
  const [, , verb = "", , ...rest] = wordsOf(
    line.replace("$STACK", stackName).replace("$AWS_REGION", "us-east-1"),
  );
  await parse([verb, ...rest]);
  return { text: said.join("\n"), code };
}

/** A line as it is typed after those to begin with, with the names of the stack looked up. */
async function shell(line: string, input = "", check?: "input" | "output") {
  const functions = beforeYouStart.split("\n").slice(0, -3).join("\n");
  const names = linesOf(runbook).filter((each) => /^(export )?(CLUSTER|WRITER|SUBNETS|GROUP)=/.test(each));
  const [, variable] = /^(?:export )?([A-Z]+)=/.exec(line) ?? [];
  const shown = variable === undefined ? line : `${line}; echo "$${variable}"`;
  const asked = line.replace("https://api.tushare.pro", world.upstream.url);
  const script = [functions, lookups, ...(/\$(CLUSTER|WRITER|SUBNETS|GROUP)\b/.test(line) ? names : [])];
  return await bash([...script, variable === undefined ? asked : shown].join("\n"), input, check);
}

function bash(
  script: string,
  input = "",
  check?: "input" | "output",
): Promise<{ text: string; code: number }> {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, ...(check && { ONLY_CHECK: check }) };
  return new Promise((resolve) => {
    // Through a pipe, as in a terminal with a pager: the sockets that Node gives to a child have no /dev/stdout.
    const piped = `set -o pipefail; {\n${script}\n} 2>&1 | cat`;
    // A bash whose input is a socket may take it for a login from afar, and read ~/.bashrc, which changes PATH.
    const child = execFile(
      "bash",
      ["--norc", "-c", piped],
      { cwd: world.folder, env },
      (error, stdout, stderr) =>
        resolve({ text: stdout + stderr, code: typeof error?.code === "number" ? error.code : 0 }),
    );
    child.stdin?.on("error", () => undefined); // a line that reads no input may have ended already
    child.stdin?.end(input);
  });
}

/** Once `output` and `resource` have been seen to work, their answers are looked up: each call takes half a second. */
async function noteNames(): Promise<void> {
  const list = 'aws cloudformation list-stack-resources --stack-name "$STACK" --output json';
  const { text } = await bash(
    `export STACK=${stackName} AWS_DEFAULT_REGION=${region} AWS_REGION=${region}\n${list}`,
  );
  const { StackResourceSummaries } = JSON.parse(text) as {
    StackResourceSummaries: { LogicalResourceId: string; PhysicalResourceId: string; ResourceType: string }[];
  };
  const asked = new Set(
    lines.flatMap((line) => [...line.matchAll(/resource (\w+) ([\w:]+)/g)].map(([all]) => all)),
  );
  for (const group of lines
    .filter((line) => notHere[line] === undefined)
    .flatMap((line) => /^logs (\w+)/.exec(line)?.slice(1) ?? [])) {
    asked.add(`resource ${group} AWS::Logs::LogGroup`);
  }
  const resources = [...asked].map((ask) => {
    const [, prefix = "", type = ""] = ask.split(" ");
    const found = StackResourceSummaries.filter(
      ({ LogicalResourceId, ResourceType }) => LogicalResourceId.startsWith(prefix) && ResourceType === type,
    );
    expect([ask, found.length]).toEqual([ask, 1]); // else the person gets none, or several
    return [`${prefix} ${type}`, found[0]?.PhysicalResourceId ?? ""];
  });
  const cases = (entries: readonly (readonly string[])[]) =>
    entries.map(([name, value]) => `'${name}') echo '${value}' ;;`).join(" ");
  lookups = [
    `output() { case "$1" in ${cases(Object.entries(world.stack.outputs))} esac; }`,
    `resource() { case "$1 $2" in ${cases(resources)} esac; }`,
  ].join("\n");
}
