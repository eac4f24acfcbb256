// What a deployment that fails leaves behind, and what a removed stack does: read from each resource of the template.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makeApp } from "../infra/app.ts";
import { egressWays } from "../shared/catalogue/chosen-context.ts";

type Resource = {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Readonly<Record<string, unknown>>;
};

const scratch = mkdtempSync(join(tmpdir(), "undo-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function resourcesOf(context: Record<string, unknown>): [string, Resource][] {
  const outdir = join(scratch, JSON.stringify(context).replaceAll(/\W/g, "-"));
  const app = makeApp({ context: { "aws:cdk:bundling-stacks": [], ...context }, outdir });
  const [stack] = app.synth().stacks;
  return Object.entries<Resource>(stack?.template.Resources);
}

/** CloudFormation's default for a resource without a policy (aws-attribute-deletionpolicy). */
function policyOf({ Type, DeletionPolicy }: Resource): string {
  return DeletionPolicy ?? (Type === "AWS::RDS::DBCluster" ? "Snapshot" : "Delete");
}

/** What keeps a resource from being deleted, whatever its policy, and so ends a rollback half-way. */
const locks = ["DeletionProtection", "DeletionProtectionEnabled", "DisableApiTermination"];

/** Why the rollback of a first deployment cannot take this away; undefined when it can. */
function leftByRollback(resource: Resource): string | undefined {
  const policy = policyOf(resource);
  if (policy !== "Delete" && policy !== "RetainExceptOnCreate") return policy;
  return locks.find(
    (lock) => ![undefined, false].includes(resource.Properties?.[lock] as boolean | undefined),
  );
}

/** Everything that must be there before a resource is made. */
function before(id: string, resources: ReadonlyMap<string, Resource>, seen = new Set<string>()): Set<string> {
  const resource = resources.get(id);
  const text = JSON.stringify([resource?.Properties, resource?.DependsOn]);
  const named = [...text.matchAll(/"([A-Za-z0-9]+)[".]|\$\{([A-Za-z0-9]+)[.}]/g)].flatMap(
    ([, one, other]) => [one ?? other ?? ""],
  );
  for (const each of named) {
    if (each === id || seen.has(each) || !resources.has(each)) continue;
    seen.add(each);
    before(each, resources, seen);
  }
  return seen;
}

describe.each([...egressWays])("a first deployment with egress=%s", (egress) => {
  const resources = resourcesOf({ egress });

  test("that fails at any resource leaves none of those it has made", () => {
    const left = resources.flatMap(([id, resource]) => {
      const reason = leftByRollback(resource);
      return reason === undefined ? [] : [`${id}: ${reason}`];
    });
    expect(resources.length).toBeGreaterThan(80);
    expect(left).toEqual([]);
  });

  test("protects the database only after everything that could fail", () => {
    const [last, ...others] = resources.filter(([, { Type }]) => Type === "Custom::DatabaseProtection");
    expect(others).toEqual([]);
    const [id = "", protection] = last ?? [];
    expect(protection?.Properties).toMatchObject({ IsProtected: "true" });
    const earlier = before(id, new Map(resources));
    expect(resources.map(([each]) => each).filter((each) => each !== id && !earlier.has(each))).toEqual([]);
  });

  test("has no log group that a function would create again after its deletion", () => {
    expect(JSON.stringify(resources)).not.toMatch(/logs:CreateLogGroup|AWSLambdaBasicExecutionRole/);
  });
});

test("the walk finds what would be left: a retained network, a protected or a forgotten cluster", () => {
  expect(leftByRollback({ Type: "AWS::EC2::VPC", DeletionPolicy: "Retain" })).toBe("Retain");
  expect(leftByRollback({ Type: "AWS::RDS::DBCluster" })).toBe("Snapshot");
  const guarded = { DeletionPolicy: "Delete", Properties: { DeletionProtection: true } };
  expect(leftByRollback({ Type: "AWS::RDS::DBCluster", ...guarded })).toBe("DeletionProtection");
  const chain = new Map<string, Resource>([
    ["A", { Type: "A" }],
    ["B", { Type: "B", Properties: { x: { "Fn::GetAtt": ["A", "Arn"] } } }],
    ["C", { Type: "C", DependsOn: ["B"] }],
    ["D", { Type: "D" }],
  ]);
  expect([...before("C", chain)].sort()).toEqual(["A", "B"]);
});

describe("a stack that is removed", () => {
  /** Dollars a month of what may stay, apart from what the database stores. */
  const costs: Readonly<Record<string, number>> = {
    "AWS::EC2::VPC": 0,
    "AWS::EC2::Subnet": 0,
    "AWS::EC2::RouteTable": 0,
    "AWS::EC2::SubnetRouteTableAssociation": 0,
    "AWS::EC2::SecurityGroup": 0,
    "AWS::RDS::DBSubnetGroup": 0,
    "AWS::RDS::DBCluster": 0,
    "AWS::RDS::DBInstance": 0,
  };
  const stays = (resources: readonly [string, Resource][]) =>
    resources
      .filter(([, resource]) => policyOf(resource) !== "Delete")
      .map(([id, { Type }]) => `${id} ${Type}`);

  test("leaves the database with its network, and nothing that costs more than what is stored", () => {
    const left = stays(resourcesOf({}));
    expect(left.filter((each) => !each.startsWith("Database"))).toEqual([]);
    expect(new Set(left.map((each) => each.split(" ")[1]))).toEqual(new Set(Object.keys(costs)));
    expect(Object.values(costs).every((dollars) => dollars === 0)).toBe(true);
  });

  test("keeps the database also when an update would replace it", () => {
    for (const [id, resource] of resourcesOf({})) {
      if (policyOf(resource) !== "Delete") expect([id, resource.UpdateReplacePolicy]).toEqual([id, "Retain"]);
    }
  });

  test("leaves nothing when the data is to be deleted too, and nothing prevents that", () => {
    const resources = resourcesOf({ keepData: "false" });
    expect(stays(resources)).toEqual([]);
    expect(resources.filter(([, resource]) => leftByRollback(resource) !== undefined)).toEqual([]);
    const [protection] = resources.filter(([, { Type }]) => Type === "Custom::DatabaseProtection");
    expect(protection?.[1].Properties).toMatchObject({ IsProtected: "false" });
  });
});
