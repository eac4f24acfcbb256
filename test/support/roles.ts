// The roles of a synthesised template, asked as AWS asks them: may this role make this call? The evaluator is a development
// tool under the AGPL: only tests import it, and it is in no bundle (docs/decisions.md).
import { runSimulation } from "@cloud-copilot/iam-simulate";
import {
  type Admit,
  AwsError,
  type AwsRequest,
  accountId,
  callerOf,
  region,
} from "../../local/aws/endpoint.ts";
import { resolveTemplate } from "../../local/aws/template.ts";

export type Call = {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
};

export type Statement = { readonly actions: readonly string[]; readonly resources: readonly string[] };

type Document = { Statement: { Effect: string; Action: string | string[]; Resource: string | string[] }[] };

export type Roles = {
  /** The role of a function, by the function's name. */
  of(functionName: string): string | undefined;
  names(): string[];
  statements(role: string): Statement[];
  may(role: string, call: Call): Promise<boolean>;
};

/** @param assembly the `cdk.out` folder */
export function rolesOf(assembly: string): Roles {
  const { resources } = resolveTemplate(assembly, "http://127.0.0.1:1");
  const documents = new Map<string, Document[]>();
  for (const { id, type, properties } of resources) {
    const add = (role: string, document: unknown) =>
      documents.set(role, [...(documents.get(role) ?? []), document as Document]);
    if (type === "AWS::IAM::Role") {
      if (!documents.has(id)) documents.set(id, []);
      for (const inline of (properties.Policies ?? []) as { PolicyDocument: unknown }[])
        add(id, inline.PolicyDocument);
    }
    if (type === "AWS::IAM::Policy")
      for (const role of properties.Roles as string[]) add(role, properties.PolicyDocument);
  }
  const byFunction = new Map(
    resources
      .filter(({ type }) => type === "AWS::Lambda::Function")
      .map(({ id, properties }) => [id, String(properties.Role).split("/").at(-1) ?? ""]),
  );
  const answers = new Map<string, Promise<boolean>>();
  return {
    of: (name) => byFunction.get(name),
    names: () => [...documents.keys()],
    statements: (role) =>
      (documents.get(role) ?? [])
        .flatMap(({ Statement }) => Statement)
        .filter(({ Effect }) => Effect === "Allow")
        .map(({ Action, Resource }) => ({ actions: [Action].flat(), resources: [Resource].flat() })),
    may(role, call) {
      const key = JSON.stringify([role, call]);
      const known = answers.get(key) ?? evaluate(role, documents.get(role) ?? [], call);
      answers.set(key, known);
      return known;
    },
  };
}

async function evaluate(role: string, documents: Document[], call: Call): Promise<boolean> {
  const simulated = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/${role}`,
        action: call.action,
        resource: { resource: call.resource, accountId },
        contextVariables: { ...call.context },
      },
      identityPolicies: documents.map((policy, at) => ({ name: String(at), policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (simulated.resultType === "error")
    throw new Error(`${role} ${call.action} ${call.resource}: ${JSON.stringify(simulated.errors)}`);
  return simulated.overallResult === "Allowed";
}

export type Seen = Call & { readonly role: string };

/** Refuses what a function's role does not allow, as AWS would, and records each call of a function. */
export function guard(roles: () => Roles, seen: Map<string, Seen & { allowed: boolean }>): Admit {
  return async (request) => {
    const caller = callerOf(request);
    const role = caller === undefined ? undefined : roles().of(caller);
    if (role === undefined) return; // a person, or the test
    for (const call of callsOf(request)) {
      const allowed = await roles().may(role, call);
      seen.set(JSON.stringify([role, call]), { role, ...call, allowed });
      if (!allowed) {
        const said = `${role} is not authorized to perform: ${call.action} on resource: ${call.resource}`;
        throw new AwsError("AccessDeniedException", said, { status: 403 });
      }
    }
  };
}

const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${accountId}:${rest}`;

const dataApiActions: Readonly<Record<string, string>> = {
  "/Execute": "ExecuteStatement",
  "/BatchExecute": "BatchExecuteStatement",
};

/** What AWS asks the caller's role about a request. @throws Error for a request that is not known */
function callsOf({ method, path, headers, body }: AwsRequest): Call[] {
  const target = String(headers["x-amz-target"] ?? "");
  const text = body.toString("utf8");
  const json = () => JSON.parse(text || "{}") as Record<string, unknown>;
  if (target.startsWith("AmazonSQS.")) {
    const action = target.slice("AmazonSQS.".length).replace(/Batch$/, "");
    return [
      { action: `sqs:${action}`, resource: arn("sqs", String(json().QueueUrl).split("/").at(-1) ?? "") },
    ];
  }
  if (target.startsWith("secretsmanager."))
    return [secretCall(String(json().SecretId), target.split(".")[1])];
  const [, kind = "", ...rest] = path.split("/");
  if (kind === "2015-03-31" && rest.at(-1) === "invocations") {
    const name = decodeURIComponent(rest[1] ?? "");
    return [{ action: "lambda:InvokeFunction", resource: arn("lambda", `function:${name}`) }];
  }
  if (method === "POST" && kind === "schedules") {
    const { GroupName, Target } = json() as { GroupName: string; Target: { RoleArn: string } };
    return [
      { action: "scheduler:CreateSchedule", resource: arn("scheduler", `schedule/${GroupName}/${rest[0]}`) },
      {
        ...{ action: "iam:PassRole", resource: Target.RoleArn },
        context: { "iam:PassedToService": "scheduler.amazonaws.com" },
      },
    ];
  }
  if ("resourceArn" in (text.startsWith("{") ? json() : {})) {
    const { resourceArn, secretArn } = json();
    const action = `rds-data:${dataApiActions[path] ?? path.slice(1)}`;
    return [{ action, resource: String(resourceArn) }, secretCall(String(secretArn))];
  }
  const form = new URLSearchParams(text);
  switch (form.get("Action")) {
    case "DescribeStacks":
      return [{ action: "cloudformation:DescribeStacks", resource: form.get("StackName") ?? "" }];
    case "ModifyDBCluster": {
      const cluster = arn("rds", `cluster:${form.get("DBClusterIdentifier")}`);
      return [{ action: "rds:ModifyDBCluster", resource: cluster }];
    }
    case "DescribeImages":
    case "DescribeInstanceTypeOfferings":
      return [{ action: `ec2:${form.get("Action")}`, resource: "*" }];
  }
  if (method === "PUT" && kind === "custom-resource") return []; // a presigned address, not a call of a role
  throw new Error(`no right is known for ${method} ${path} ${target} ${form.get("Action")}`);
}

/** Of a secret that is named without the six characters that AWS adds, the ARN with some. */
function secretCall(id: string, action = "GetSecretValue"): Call {
  const resource = id.startsWith("arn:") ? id : arn("secretsmanager", `secret:${id}-aB3dE6`);
  return { action: `secretsmanager:${action}`, resource };
}

/**
 * Asks the roles of a template before each call of its functions. refuse() fails a test in which one was refused, or would be
 * allowed on a neighbour's resource too.
 */
export function guardOf(assembly: string): { readonly admit: Admit; refuse(): Promise<void> } {
  const seen = new Map<string, Seen & { allowed: boolean }>();
  let roles: Roles | undefined;
  return {
    admit: guard(() => {
      roles ??= rolesOf(assembly);
      return roles;
    }, seen),
    async refuse() {
      const refused = [...seen.values()].filter(({ allowed }) => !allowed);
      if (refused.length > 0)
        throw new Error(
          refused.map(({ role, action, resource }) => `${role} may not ${action} on ${resource}`).join("\n"),
        );
      if (seen.size === 0) throw new Error("no function has made a call");
      for (const { role, action, resource, context } of seen.values()) {
        if (resource === "*") continue;
        const call = { action, resource: neighbourOf(resource), ...(context && { context }) };
        if (await roles?.may(role, call)) throw new Error(`${role} may ${action} on ${call.resource} too`);
      }
    },
  };
}

/** Another resource of the same type in the same account; of schedules, in another group. */
export function neighbourOf(resource: string): string {
  if (resource.includes(":schedule/")) return resource.replace(":schedule/", ":schedule/other-");
  return resource.replace(/([:/])([^:/]+)(\/[0-9a-f-]{36})?$/, "$1other-$2$3");
}
