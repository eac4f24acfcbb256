// AWS services with the query protocol (a form in, XML out): EC2, RDS, CloudFormation, CloudWatch, SNS. Each call is one signed request,
// because their SDK clients are larger than our functions.
import { AwsClient } from "aws4fetch";
import { SyncError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { say } from "../words/say.ts";

export type Account = {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** API versions, from each service's reference, by the name that its address and its signature have. */
const versions = {
  cloudformation: "2010-05-15",
  ec2: "2016-11-15",
  rds: "2014-10-31",
  monitoring: "2010-08-01", // CloudWatch
  sns: "2010-03-31",
} as const;

export type QueryService = keyof typeof versions;

/** @returns the answer's XML. @throws SyncError transient, or permanent when the service refuses */
export type QueryApi = (action: string, parameters: Readonly<Record<string, string>>) => Promise<string>;

const requestTimeoutMilliseconds = 20_000;

export function makeQueryApi(service: QueryService, endpoint: string, account: Account): QueryApi {
  const client = new AwsClient({ ...account, service, retries: 3 });
  return async (action, parameters) => {
    const form = new URLSearchParams({ Action: action, Version: versions[service], ...parameters });
    let answer: Response;
    let text: string;
    try {
      answer = await client.fetch(endpoint, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
        body: form.toString(),
        signal: AbortSignal.timeout(requestTimeoutMilliseconds),
      });
      text = await answer.text();
    } catch (error) {
      throw new SyncError("transient", say("awsUnreached", { action, said: String(error) }), {
        cause: error,
      });
    }
    if (answer.ok) return text;
    const code = valuesIn(text, "Code")[0] ?? String(answer.status);
    const said = valuesIn(text, "Message")[0] ?? text.slice(0, 200);
    const kind = answer.status >= 500 || passing.has(code) ? "transient" : "permanent";
    throw new SyncError(kind, say("awsRefused", { action, code, said }));
  };
}

/** Transient error codes. */
const passing = new Set(["Throttling", "RequestLimitExceeded", "InvalidDBClusterStateFault"]);

/** The text of each element with this name that contains only text. */
export function valuesIn(xml: string, element: string): string[] {
  const found = xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"));
  return [...found].map(([, value = ""]) => value);
}

/** A cluster refuses a change while another one is in progress, which takes a few minutes. */
const changeWaitSeconds = 10;
const changeTriesMax = 24;

/**
 * Switches deletion protection on or off. It takes effect at once, not in the maintenance window.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html
 * @throws SyncError when the service refuses, or when another change takes too long
 */
export async function protectCluster(
  { rds, clock }: { readonly rds: QueryApi; readonly clock: Clock },
  cluster: string,
  isProtected: boolean,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await rds("ModifyDBCluster", {
        DBClusterIdentifier: cluster,
        DeletionProtection: String(isProtected),
        ApplyImmediately: "true",
      });
      return;
    } catch (error) {
      const isPassing = error instanceof SyncError && error.kind === "transient";
      if (!isPassing || tries >= changeTriesMax) throw error;
      await clock.sleep(changeWaitSeconds * 1_000);
    }
  }
}

/** Whether CloudFormation is rolling a stack back. @throws SyncError when that is unknown */
export async function isRollingBack(cloudformation: QueryApi, stack: string): Promise<boolean> {
  const answer = await cloudformation("DescribeStacks", { StackName: stack });
  return valuesIn(answer, "StackStatus").some((status) => status.includes("ROLLBACK"));
}

/**
 * The zones of the region that offer a type of machine, by name. Zones that a person has to opt in to have longer names.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
 * @throws SyncError
 */
export async function zonesWith(ec2: QueryApi, type: string): Promise<string[]> {
  const answer = await ec2("DescribeInstanceTypeOfferings", {
    LocationType: "availability-zone",
    "Filter.1.Name": "instance-type",
    "Filter.1.Value.1": type,
  });
  return valuesIn(answer, "location")
    .filter((zone) => /^[a-z]+(-[a-z]+)+-\d[a-z]$/.test(zone))
    .sort();
}

/**
 * The newest image of Amazon's under a name, of a day or before; so one day always means the same image. Those that
 * Amazon advises against by now are counted: they can be used for two years.
 * @throws SyncError
 */
export async function newestImage(ec2: QueryApi, name: string, until: string): Promise<string | undefined> {
  const answer = await ec2("DescribeImages", {
    ...{ "Owner.1": "amazon", IncludeDeprecated: "true", "Filter.1.Name": "name", "Filter.1.Value.1": name },
    ...{ "Filter.2.Name": "state", "Filter.2.Value.1": "available" },
  });
  const made = valuesIn(answer, "creationDate");
  const images = valuesIn(answer, "imageId").map((image, at) => ({
    image,
    day: made[at]?.slice(0, 10) ?? "",
  }));
  if (images.length !== made.length)
    throw new SyncError("permanent", say("awsUnread", { action: "DescribeImages" }));
  const [newest] = images
    .filter(({ day }) => day <= until)
    .sort((one, other) => (one.day > other.day ? -1 : 1));
  return newest?.image;
}

export type CountedMetric = {
  readonly namespace: string;
  /** The dimension that every metric of a stack has. */
  readonly service: string;
  readonly name: string;
  readonly by: string;
};

/** One request takes 500; fewer keep it short. */
const queriesMax = 50;

const periodSeconds = 3_600;

/**
 * The sum over all values of its dimension.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * @param from on a full hour, because figures are kept by hours
 * @throws SyncError; Error when CloudWatch has not all the figures
 */
export async function sumOfMetric(
  monitoring: QueryApi,
  { namespace, service, name, by }: CountedMetric,
  values: readonly string[],
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<number> {
  let sum = 0;
  for (let at = 0; at < values.length; at += queriesMax) {
    const queries = values.slice(at, at + queriesMax).map((value, index) => {
      const query = `MetricDataQueries.member.${index + 1}`;
      const metric = `${query}.MetricStat.Metric`;
      return {
        [`${query}.Id`]: `m${index}`,
        [`${query}.MetricStat.Stat`]: "Sum",
        [`${query}.MetricStat.Period`]: String(periodSeconds),
        [`${metric}.Namespace`]: namespace,
        [`${metric}.MetricName`]: name,
        [`${metric}.Dimensions.member.1.Name`]: "service",
        [`${metric}.Dimensions.member.1.Value`]: service,
        [`${metric}.Dimensions.member.2.Name`]: by,
        [`${metric}.Dimensions.member.2.Value`]: value,
      };
    });
    const answer = await monitoring("GetMetricData", {
      StartTime: from.toISOString(),
      EndTime: to.toISOString(),
      ...Object.assign({}, ...queries),
    });
    const statuses = valuesIn(answer, "StatusCode");
    if (statuses.length < queries.length || statuses.some((status) => status !== "Complete"))
      throw new Error(`CloudWatch has not all figures of ${name}: ${statuses.join(", ") || "no answer"}`);
    // Lists of values and of times look the same; a time is no number.
    const numbers = valuesIn(answer, "member").map(Number).filter(Number.isFinite);
    sum += numbers.reduce((before, each) => before + each, 0);
  }
  return sum;
}
