// The template's custom resources: each reports its result to CloudFormation, and the last one protects the database.
import type { Context } from "aws-lambda";
import { describe, expect, onTestFinished, test } from "vitest";
import { respond } from "../functions/custom-resource.ts";
import { isRollingBack, makeQueryApi, protectCluster } from "../shared/adapters/query-api.ts";
import { refusal, resourceEvent, startReplies } from "./support/aws-replies.ts";

const account = { region: "eu-west-1", accessKeyId: "local", secretAccessKey: "local" };

async function replies(answer: Parameters<typeof startReplies>[0] = () => [200, ""]) {
  const server = await startReplies(answer);
  onTestFinished(server.close);
  return server;
}

const told = ({ asked }: Awaited<ReturnType<typeof replies>>) =>
  asked.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

test("the result is sent to CloudFormation's URL without a content type", async () => {
  const place = await replies();
  await respond(resourceEvent(place.url, {}), async () => ({ id: "made", attributes: { Zone: "a" } }));
  expect(told(place)).toEqual([
    {
      ...{ Status: "SUCCESS", StackId: expect.stringContaining("TushareSync"), RequestId: "r1" },
      ...{ LogicalResourceId: "Resource", PhysicalResourceId: "made", Data: { Zone: "a" } },
    },
  ]);
  expect(place.asked.map(({ method, type }) => [method, type])).toEqual([["PUT", ""]]);
});

test("an error fails the deployment, with a reason within CloudFormation's limit and the known id", async () => {
  const place = await replies();
  const fail = async () => {
    throw new Error(`migration 0016: ${"x".repeat(10_000)}`);
  };
  await respond(resourceEvent(place.url, {}), fail);
  await respond(resourceEvent(place.url, {}, { RequestType: "Update", PhysicalResourceId: "before" }), fail);
  expect(told(place)).toMatchObject(
    [
      { Status: "FAILED", Reason: /^migration 0016: x+$/, PhysicalResourceId: "Resource" },
      { Status: "FAILED", PhysicalResourceId: "before" },
    ].map((each) => ({
      ...each,
      ...("Reason" in each && { Reason: expect.stringMatching(each.Reason as RegExp) }),
    })),
  );
  for (const { body } of place.asked) expect(Buffer.byteLength(body)).toBeLessThan(4_096);
});

test("the deletion of a resource always succeeds, whatever state it is in", async () => {
  const place = await replies();
  const event = resourceEvent(place.url, {}, { RequestType: "Delete", PhysicalResourceId: "made" });
  await respond(event, async () => {
    throw new Error("not to be called");
  });
  expect(told(place)).toMatchObject([{ Status: "SUCCESS", PhysicalResourceId: "made" }]);
});

test("a response that CloudFormation does not accept is sent again; if it is never accepted, Lambda repeats the event", async () => {
  const stumbling = await replies((_, before) => [before < 2 ? 503 : 200, ""]);
  await respond(resourceEvent(stumbling.url, {}), async () => ({ id: "made" }));
  expect(stumbling.asked).toHaveLength(3);
  const deaf = await replies(() => [403, ""]);
  await expect(respond(resourceEvent(deaf.url, {}), async () => ({ id: "made" }))).rejects.toThrow("403");
});

test("work that continues elsewhere gets no response yet", async () => {
  const place = await replies();
  await respond(resourceEvent(place.url, {}), async () => "later");
  expect(place.asked).toEqual([]);
});

test("the database is protected as its resource says, signed, and a refusal fails the deployment", async () => {
  const rds = await replies((_, before) => [before === 0 ? 200 : 403, refusal("AccessDenied", "not you")]);
  const place = await replies();
  Object.assign(process.env, {
    ...{ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
    AWS_ENDPOINT_URL_RDS: rds.url,
  });
  const { handler } = await import("../functions/protect.ts");
  // as: what the logger's middleware reads of it is there.
  const context = { functionName: "f", awsRequestId: "1" } as Context;
  const event = resourceEvent(place.url, { Cluster: "the-cluster", IsProtected: "true" });
  await handler(event, context);
  await handler(event, context);
  const asked = { DBClusterIdentifier: "the-cluster", DeletionProtection: "true", Action: "ModifyDBCluster" };
  expect(Object.fromEntries(rds.asked[0]?.form ?? [])).toMatchObject(asked);
  expect(told(place)).toMatchObject([
    { Status: "SUCCESS", PhysicalResourceId: "protection of the-cluster" },
    { Status: "FAILED", Reason: "AWS refused ModifyDBCluster: AccessDenied not you" },
  ]);
});

test("the function waits for a cluster that is being changed, but for less than its own time limit", async () => {
  const busy = refusal("InvalidDBClusterStateFault", "DBCluster the-cluster is not in available state");
  const waits: number[] = [];
  const clock = {
    ...{ now: () => new Date(0), monotonic: () => 0 },
    sleep: async (milliseconds: number) => void waits.push(milliseconds),
  };
  const changing = await replies((_, before) => (before < 3 ? [400, busy] : [200, ""]));
  await protectCluster({ rds: makeQueryApi("rds", changing.url, account), clock }, "the-cluster", false);
  expect(waits).toEqual([10_000, 10_000, 10_000]);
  expect(changing.asked.at(-1)?.form.get("DeletionProtection")).toBe("false");

  const stuck = await replies(() => [400, busy]);
  const trying = protectCluster({ rds: makeQueryApi("rds", stuck.url, account), clock }, "c", true);
  await expect(trying).rejects.toThrow("InvalidDBClusterStateFault");
  expect(waits.reduce((all, one) => all + one, 0)).toBeLessThan(300_000); // the function's own time
});

test.each([
  ["UPDATE_ROLLBACK_IN_PROGRESS", true],
  ["UPDATE_IN_PROGRESS", false],
])("a stack in %s is recognized as rolling back or not", async (status, expected) => {
  const formation = await replies(() => [
    200,
    `<DescribeStacksResponse><Stacks><member><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResponse>`,
  ]);
  expect(await isRollingBack(makeQueryApi("cloudformation", formation.url, account), "arn")).toBe(expected);
  expect(formation.asked[0]?.form.get("StackName")).toBe("arn");
});

describe("the place of the egress", () => {
  const offers = (zones: readonly string[]) =>
    `<R><set>${zones.map((zone) => `<item><instanceType>t4g.nano</instanceType><location>${zone}</location></item>`).join("")}</set></R>`;
  const images = (made: Readonly<Record<string, string>>) =>
    `<R><imagesSet>${Object.entries(made)
      .map(
        ([image, day]) =>
          `<item><imageId>${image}</imageId><creationDate>${day}T09:00:00.000Z</creationDate></item>`,
      )
      .join("")}</imagesSet></R>`;
  const known = { "ami-c": "2026-11-20", "ami-a": "2026-10-01", "ami-b": "2026-11-15" };
  const wanted = { InstanceType: "t4g.nano", ImageName: "al2023-*", ImagesUntil: "2026-11-15" };

  async function placed(
    zones: readonly string[],
    properties: Readonly<Record<string, string>>,
    more: Readonly<Record<string, unknown>> = {},
  ) {
    const ec2 = await replies(({ form }) =>
      form.get("Action") === "DescribeImages" ? [200, images(known)] : [200, offers(zones)],
    );
    const place = await replies();
    Object.assign(process.env, {
      ...{ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
      AWS_ENDPOINT_URL_EC2: ec2.url,
    });
    const { handler } = await import("../functions/egress-place.ts");
    // as: see above.
    await handler(resourceEvent(place.url, properties, more), { functionName: "f" } as Context);
    return { ...told(place)[0], asked: ec2.asked.map(({ form }) => form.get("Action")) };
  }

  test("is the first zone that has the instance type, with the newest image up to the given day", async () => {
    const zones = ["us-east-1f", "us-east-1b", "us-east-1-bos-1a", "us-east-1c"];
    expect(await placed(zones, wanted)).toMatchObject({
      ...{ Status: "SUCCESS", PhysicalResourceId: "us-east-1b" },
      Data: { Zone: "us-east-1b", Image: "ami-b" },
    });
  });

  test("stays in the zone of the deployment before while that zone has the instance type", async () => {
    const earlier = { RequestType: "Update", PhysicalResourceId: "us-east-1c" };
    expect(await placed(["us-east-1b", "us-east-1c"], wanted, earlier)).toMatchObject({
      Data: { Zone: "us-east-1c" },
    });
    expect(await placed(["us-east-1b"], wanted, earlier)).toMatchObject({ Data: { Zone: "us-east-1b" } });
  });

  test("needs no image for a gateway", async () => {
    const { InstanceType } = wanted;
    expect(await placed(["us-east-1b"], { InstanceType })).toMatchObject({
      ...{ Status: "SUCCESS", Data: { Zone: "us-east-1b" } },
      asked: ["DescribeInstanceTypeOfferings"],
    });
  });

  test("without a zone or an image fails the deployment and says what to do", async () => {
    expect(await placed([], wanted)).toMatchObject({
      ...{ Status: "FAILED", Reason: expect.stringContaining("-c egress=gateway or -c egress=none") },
    });
    expect(await placed(["us-east-1b"], { ...wanted, ImagesUntil: "2020-01-01" })).toMatchObject({
      ...{ Status: "FAILED", Reason: expect.stringContaining("egressImagesUntil") },
    });
  });
});
