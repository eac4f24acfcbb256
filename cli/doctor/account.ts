// Checks the AWS account and a deployed stack through AWS: quotas, bootstrap, stack, schedules, the token's secret.
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type QueryApi, valuesIn, zonesWith } from "../../shared/adapters/query-api.ts";
import { tokenPattern } from "../../shared/adapters/secrets.ts";
import type { EgressWay } from "../../shared/catalogue/chosen-context.ts";
import { natInstanceType, type StackOutputs } from "../../shared/catalogue/stack.ts";
import { reservedSlots } from "../cdk.ts";
import { describeStack, isMissing } from "../deployed-stack.ts";
import type { Messages } from "../messages/en.ts";
import { queryService } from "../query-service.ts";
import { type ClientConfig, sentence } from "../target.ts";
import { type Finding, finding, ok } from "./finding.ts";

/** What AWS keeps unreserved (docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html). */
const unreservedMin = 100;

const bootstrapStack = "CDKToolkit";

export type AccountClients = {
  readonly cloudFormation: CloudFormationClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly secrets: SecretsManagerClient;
  readonly ec2: QueryApi;
};

export function accountClients(clients: ClientConfig): AccountClients {
  return {
    cloudFormation: new CloudFormationClient(clients),
    lambda: new LambdaClient(clients),
    scheduler: new SchedulerClient(clients),
    secrets: new SecretsManagerClient(clients),
    ec2: queryService("ec2", clients),
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

/** What AWS allows in a region without asking: networks (docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html). */
const networksMax = 5;

/** The database has a network of its own; a way out with a fixed address has another. */
const networksOf = (egress: EgressWay) => (egress === "none" ? 1 : 2);

/** Whether the region has room for the networks, the address and the machine of a first deployment. */
export async function checkRoom({ ec2 }: AccountClients, egress: EgressWay, t: Messages): Promise<Finding[]> {
  try {
    const networks = new Set(valuesIn(await ec2("DescribeVpcs", {}), "vpcId")).size;
    const wanted = networksOf(egress);
    const room =
      networks + wanted <= networksMax
        ? ok("networks", t.doctor.networks(String(networks)))
        : finding(
            "networks",
            "warning", // the account may have been given more
            t.doctor.networksMany(String(networks), String(wanted), String(networksMax)),
            t.doctor.networksRemedy,
          );
    if (egress === "none") return [room];
    const limit = await ec2("DescribeAccountAttributes", { "AttributeName.1": "vpc-max-elastic-ips" });
    const allowed = Number(valuesIn(limit, "attributeValue")[0] ?? Number.POSITIVE_INFINITY);
    const addresses = valuesIn(await ec2("DescribeAddresses", {}), "publicIp").length;
    const address =
      addresses < allowed
        ? ok("addresses", t.doctor.addresses(String(addresses)))
        : finding(
            "addresses",
            "problem",
            t.doctor.addressesMany(String(addresses)),
            t.doctor.addressesRemedy,
          );
    if (egress === "gateway") return [room, address];
    const [zone] = await zonesWith(ec2, natInstanceType);
    return [
      ...[room, address],
      zone === undefined
        ? finding("zone", "problem", t.doctor.noZone(natInstanceType), t.doctor.noZoneRemedy)
        : ok("zone", t.doctor.zone(zone, natInstanceType)),
    ];
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [finding("networks", "note", t.doctor.notReadable("EC2", t.said(said)), t.doctor.rightsRemedy)];
  }
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
