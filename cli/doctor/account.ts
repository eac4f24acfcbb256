// Checks the AWS account and a deployed stack through AWS: quotas, bootstrap, stack, schedules, the token's secret.
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { StackOutputs } from "../../shared/catalogue/stack.ts";
import { reservedSlots } from "../cdk.ts";
import { describeStack, isMissing } from "../deployed-stack.ts";
import type { Messages } from "../messages/en.ts";
import { type ClientConfig, sentence } from "../target.ts";
import { type Finding, finding, ok } from "./finding.ts";

/** What AWS keeps unreserved (docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html). */
const unreservedMin = 100;

/** As in shared/adapters/secrets.ts; the placeholder in a new secret contains spaces. */
const tokenPattern = /^[\x21-\x7e]{8,200}$/;

const bootstrapStack = "CDKToolkit";

export type AccountClients = {
  readonly cloudFormation: CloudFormationClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly secrets: SecretsManagerClient;
};

export function accountClients(clients: ClientConfig): AccountClients {
  return {
    cloudFormation: new CloudFormationClient(clients),
    lambda: new LambdaClient(clients),
    scheduler: new SchedulerClient(clients),
    secrets: new SecretsManagerClient(clients),
  };
}

/** The preconditions of a deployment. `slots` is the concurrency it will reserve; 0 for none. */
export async function checkAccount(
  { cloudFormation, lambda }: AccountClients,
  slots: number,
  stack: string,
  t: Messages,
): Promise<Finding[]> {
  const region = await lambda.config.region().catch(() => undefined);
  if (region === undefined) return [finding("region", "problem", t.doctor.noRegion, t.doctor.noRegionRemedy)];
  if (region.startsWith("cn-")) {
    return [finding("region", "problem", t.doctor.chinaRegion(region), t.doctor.chinaRegionRemedy)];
  }
  let concurrency: Finding;
  try {
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    const held = await heldBy(cloudFormation, stack, slots);
    concurrency = judgeConcurrency(AccountLimit ?? {}, Math.max(0, slots - held), t);
  } catch (error) {
    return [
      finding("credentials", "problem", t.doctor.noCredentials(sentence(error)), t.doctor.credentialsRemedy),
    ];
  }
  return [ok("region", t.doctor.region(region)), concurrency, await checkBootstrap(cloudFormation, t)];
}

export function judgeConcurrency(
  limit: { ConcurrentExecutions?: number | undefined; UnreservedConcurrentExecutions?: number | undefined },
  slots: number,
  t: Messages,
): Finding {
  const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = all } = limit;
  const needed = slots === 0 ? slots : slots + unreservedMin;
  return free >= needed
    ? ok("concurrency", t.doctor.concurrency(String(all), String(free)))
    : finding(
        "concurrency",
        "problem",
        t.doctor.concurrencySmall(String(all), String(free), String(needed)),
        t.doctor.concurrencyRemedy,
      );
}

/** Checks a deployed stack. */
export async function checkDeployed(
  clients: AccountClients,
  stack: string,
  outputs: StackOutputs,
  t: Messages,
): Promise<Finding[]> {
  return [
    await checkStatus(clients.cloudFormation, stack, t),
    ...(await checkSchedules(clients, stack, t)),
    await checkSecret(clients.secrets, outputs.TushareTokenSecretArn ?? "", t),
  ];
}

/** The requested slots that a stack already reserves. A stack never created, or rolled back, reserves none. */
async function heldBy(client: CloudFormationClient, stack: string, wanted: number): Promise<number> {
  const deployed = await describeStack(client, stack);
  if (deployed?.isThere !== true) return 0;
  return deployed.context === undefined ? wanted : reservedSlots(deployed.context);
}

async function checkBootstrap(client: CloudFormationClient, t: Messages): Promise<Finding> {
  try {
    await client.send(new DescribeStacksCommand({ StackName: bootstrapStack }));
    return ok("bootstrap", t.doctor.bootstrapped);
  } catch (error) {
    return isMissing(error)
      ? finding("bootstrap", "problem", t.doctor.notBootstrapped, t.doctor.bootstrapRemedy)
      : finding(
          "bootstrap",
          "note",
          t.doctor.notReadable("CloudFormation", sentence(error)),
          t.doctor.rightsRemedy,
        );
  }
}

async function checkStatus(client: CloudFormationClient, stack: string, t: Messages): Promise<Finding> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const status = Stacks[0]?.StackStatus ?? "";
    return /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)
      ? ok("stack", t.doctor.stackStatus(stack, status))
      : finding("stack", "warning", t.doctor.stackStatus(stack, status), t.doctor.stackStatusRemedy);
  } catch (error) {
    return finding(
      "stack",
      "note",
      t.doctor.notReadable("CloudFormation", sentence(error)),
      t.doctor.rightsRemedy,
    );
  }
}

async function checkSchedules(
  { cloudFormation, scheduler }: AccountClients,
  stack: string,
  t: Messages,
): Promise<Finding[]> {
  try {
    const groups: string[] = [];
    for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stack })) {
      for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
        if (ResourceType === "AWS::Scheduler::ScheduleGroup" && PhysicalResourceId)
          groups.push(PhysicalResourceId);
      }
    }
    const found = await Promise.all(
      groups.map((GroupName) => scheduler.send(new ListSchedulesCommand({ GroupName, MaxResults: 100 }))),
    );
    const schedules = found.flatMap(({ Schedules = [] }) => Schedules);
    const disabled = schedules.filter(({ State }) => State === "DISABLED").map(({ Name }) => Name ?? "");
    return disabled.length === 0
      ? [ok("schedules", t.doctor.schedules(String(schedules.length)))]
      : [
          finding(
            "schedules",
            "warning",
            t.doctor.schedulesOff(disabled.join(", ")),
            t.doctor.schedulesRemedy,
          ),
        ];
  } catch (error) {
    return [
      finding("schedules", "note", t.doctor.notReadable("Scheduler", sentence(error)), t.doctor.rightsRemedy),
    ];
  }
}

/** Whether a token is set. Its value is read but not kept. */
async function checkSecret(client: SecretsManagerClient, arn: string, t: Messages): Promise<Finding> {
  try {
    const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    return tokenPattern.test(SecretString.trim())
      ? ok("secret", t.doctor.secret)
      : finding("secret", "problem", t.doctor.secretEmpty, t.doctor.secretRemedy(arn));
  } catch (error) {
    return finding(
      "secret",
      "note",
      t.doctor.notReadable("Secrets Manager", sentence(error)),
      t.doctor.rightsRemedy,
    );
  }
}
