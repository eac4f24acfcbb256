// Resolves a synthesised template as CloudFormation would: every Ref, Fn::GetAtt and the rest become the values a
// deployment would give. stack.ts runs the resources.
import { createHash } from "node:crypto";
import {
  bundleFolder,
  type Properties,
  type RawResource,
  type RawTemplate,
  type Resource,
  readAssembly,
} from "./assembly.ts";
import { accountId, region } from "./endpoint.ts";

export type ResolvedTemplate = {
  stackName: string;
  resources: Resource[];
  outputs: Record<string, string>;
  /** Folder of a Lambda function's bundle. Throws when the assembly does not hold it. */
  bundle(lambdaFunction: Resource): string;
};

/**
 * @param assembly the `cdk.out` folder; it must hold exactly one stack.
 * @param queueEndpoint origin of queue URLs, without a slash at the end.
 * @param apiEndpoint address of the HTTP API, in place of the one AWS would give it.
 */
export function resolveTemplate(
  assembly: string,
  queueEndpoint: string,
  apiEndpoint?: string,
): ResolvedTemplate {
  const { stackName, template, assets } = readAssembly(assembly);
  const values = new Values(stackName, template, queueEndpoint, apiEndpoint);
  const resources = Object.keys(template.Resources)
    .filter((logicalId) => values.exists(logicalId))
    .map((logicalId) => values.resource(logicalId));
  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    if (values.condition(output.Condition)) outputs[name] = String(values.resolve(output.Value));
  }
  return {
    stackName,
    resources,
    outputs,
    bundle: (lambdaFunction) => bundleFolder(assembly, assets, lambdaFunction),
  };
}

const noValue = Symbol("AWS::NoValue");

/** Everything a template can refer to. Resolved on first use, so the order of resources does not matter. */
class Values {
  private readonly stackName: string;
  private readonly template: RawTemplate;
  private readonly queueEndpoint: string;
  private readonly apiEndpoint: string | undefined;
  private readonly ids = new Map<string, string>();

  constructor(stackName: string, template: RawTemplate, queueEndpoint: string, apiEndpoint?: string) {
    this.stackName = stackName;
    this.template = template;
    this.queueEndpoint = queueEndpoint;
    this.apiEndpoint = apiEndpoint;
  }

  exists(logicalId: string): boolean {
    return this.condition(this.template.Resources[logicalId]?.Condition);
  }

  resource(logicalId: string): Resource {
    const raw = this.raw(logicalId);
    return {
      logicalId,
      type: raw.Type,
      id: this.ref(logicalId),
      attribute: (name) => this.attribute(logicalId, name),
      properties: this.resolve(raw.Properties ?? {}) as Properties,
      metadata: raw.Metadata ?? {},
    };
  }

  resolve(value: unknown): unknown {
    const resolved = this.value(value);
    return resolved === noValue ? undefined : resolved;
  }

  condition(name: string | undefined): boolean {
    if (name === undefined) return true;
    const expression = this.template.Conditions?.[name];
    if (expression === undefined) throw new Error(`the template names a condition it does not have: ${name}`);
    return Boolean(this.resolve(expression));
  }

  private value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item)).filter((item) => item !== noValue);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      const [name, argument] = only;
      if (name === "Ref" && typeof argument === "string") return this.ref(argument);
      if (name.startsWith("Fn::")) return this.intrinsic(name, argument);
      // Inside Conditions; a policy statement's "Condition" holds an object.
      if (name === "Condition" && typeof argument === "string") return this.condition(argument);
    }
    const resolved: Properties = {};
    for (const [key, item] of entries) {
      const inner = this.value(item);
      if (inner !== noValue) resolved[key] = inner;
    }
    return resolved;
  }

  private intrinsic(name: string, argument: unknown): unknown {
    if (name === "Fn::If") {
      const [condition, then, otherwise] = argument as [string, unknown, unknown];
      return this.value(this.condition(condition) ? then : otherwise);
    }
    if (name === "Fn::Sub") return this.substitute(argument);
    const resolved = this.resolve(argument);
    const list = Array.isArray(resolved) ? resolved : [resolved];
    const [first, second] = list;
    switch (name) {
      case "Fn::GetAtt": {
        const [logicalId, ...path] = (typeof resolved === "string" ? resolved.split(".") : list).map(String);
        return this.attribute(logicalId ?? "", path.join("."));
      }
      case "Fn::Join":
        return (second as unknown[]).map(String).join(String(first));
      case "Fn::Split":
        return String(second).split(String(first));
      case "Fn::Select":
        return (second as unknown[])[Number(first)];
      case "Fn::Equals":
        return JSON.stringify(first) === JSON.stringify(second);
      case "Fn::Not":
        return !first;
      case "Fn::And":
        return list.every(Boolean);
      case "Fn::Or":
        return list.some(Boolean);
      case "Fn::Base64":
        return Buffer.from(String(resolved)).toString("base64");
      case "Fn::GetAZs":
        return ["a", "b", "c"].map((zone) => `${region}${zone}`);
      case "Fn::FindInMap":
        return this.value(this.template.Mappings?.[String(first)]?.[String(second)]?.[String(list[2])]);
      default:
        return `{${name}}`;
    }
  }

  private substitute(argument: unknown): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== "") return `\${${name}}`;
      if (Object.hasOwn(variables, name)) return String(this.resolve(variables[name]));
      const [logicalId = "", ...path] = name.split(".");
      return String(path.length > 0 ? this.attribute(logicalId, path.join(".")) : this.ref(name));
    });
  }

  private ref(name: string): string {
    const pseudo: Record<string, unknown> = {
      "AWS::Region": region,
      "AWS::AccountId": accountId,
      "AWS::Partition": "aws",
      "AWS::URLSuffix": "amazonaws.com",
      "AWS::StackName": this.stackName,
      "AWS::StackId": arn("cloudformation", `stack/${this.stackName}/${uuid(this.stackName)}`),
      "AWS::NotificationARNs": [],
      "AWS::NoValue": noValue,
    };
    if (Object.hasOwn(pseudo, name)) return pseudo[name] as string;
    const parameter = this.template.Parameters?.[name];
    if (parameter !== undefined) return (parameter.Default ?? "") as string;
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = this.physicalId(name);
    this.ids.set(name, id);
    return id;
  }

  private physicalId(logicalId: string): string {
    const { Type: type, Properties: properties = {} } = this.raw(logicalId);
    const text = (property: string) => String(this.resolve(properties[property]));
    switch (type) {
      case "AWS::SQS::Queue":
        return `${this.queueEndpoint}/${accountId}/${this.name(logicalId)}`;
      case "AWS::Lambda::Version":
        return `${this.functionArn(text("FunctionName"))}:1`;
      case "AWS::Lambda::Alias":
        return `${this.functionArn(text("FunctionName"))}:${text("Name")}`;
      case "AWS::Lambda::EventSourceMapping":
        return uuid(`${this.stackName}/${logicalId}`);
      case "AWS::SecretsManager::Secret":
        return arn("secretsmanager", `secret:${this.name(logicalId)}-${uuid(logicalId).slice(0, 6)}`);
      case "AWS::SNS::Topic":
        return arn("sns", this.name(logicalId));
      case "AWS::SecretsManager::SecretTargetAttachment":
        return text("SecretId");
      default:
        return this.name(logicalId);
    }
  }

  private attribute(logicalId: string, attribute: string): string {
    const { Type: type, Properties: properties = {} } = this.raw(logicalId);
    const name = this.name(logicalId);
    const group = String(this.resolve(properties.GroupName) ?? "default");
    const attributes: Record<string, () => string> = {
      "AWS::SQS::Queue.Arn": () => arn("sqs", name),
      "AWS::SQS::Queue.QueueName": () => name,
      "AWS::SQS::Queue.QueueUrl": () => this.ref(logicalId),
      "AWS::Lambda::Function.Arn": () => this.functionArn(name),
      "AWS::Lambda::Version.Version": () => "1",
      "AWS::Lambda::Version.FunctionArn": () => this.ref(logicalId),
      "AWS::Lambda::Alias.AliasArn": () => this.ref(logicalId),
      "AWS::Lambda::EventSourceMapping.Id": () => this.ref(logicalId),
      "AWS::Lambda::EventSourceMapping.EventSourceMappingArn": () =>
        arn("lambda", `event-source-mapping:${this.ref(logicalId)}`),
      "AWS::ApiGatewayV2::Api.ApiEndpoint": () =>
        this.apiEndpoint ?? `https://${name}.execute-api.${region}.amazonaws.com`,
      "AWS::Scheduler::Schedule.Arn": () => arn("scheduler", `schedule/${group}/${name}`),
      "AWS::Scheduler::ScheduleGroup.Arn": () => arn("scheduler", `schedule-group/${name}`),
      "AWS::SecretsManager::Secret.Id": () => this.ref(logicalId),
      "AWS::RDS::DBCluster.DBClusterArn": () => arn("rds", `cluster:${name}`),
      "AWS::RDS::DBCluster.DBClusterResourceId": () => `cluster-${uuid(logicalId).slice(0, 8).toUpperCase()}`,
      "AWS::RDS::DBCluster.Endpoint.Address": () => `${name}.cluster.${region}.rds.amazonaws.com`,
      "AWS::RDS::DBCluster.ReadEndpoint.Address": () => `${name}.cluster-ro.${region}.rds.amazonaws.com`,
      "AWS::RDS::DBCluster.Endpoint.Port": () => "5432",
      "AWS::RDS::DBCluster.MasterUserSecret.SecretArn": () =>
        arn("secretsmanager", `secret:rds!${name}-${uuid(logicalId).slice(0, 6)}`),
      "AWS::IAM::Role.Arn": () => `arn:aws:iam::${accountId}:role/${name}`,
      "AWS::Logs::LogGroup.Arn": () => arn("logs", `log-group:${name}:*`),
    };
    const known = attributes[`${type}.${attribute}`];
    if (known !== undefined) return known();
    const service = type.split("::")[1]?.toLowerCase() ?? "custom";
    return attribute.endsWith("Arn") ? arn(service, name) : `${logicalId}.${attribute}`;
  }

  private functionArn(nameOrArn: string): string {
    return nameOrArn.startsWith("arn:") ? nameOrArn : arn("lambda", `function:${nameOrArn}`);
  }

  /** The name in the template, else one generated as CloudFormation does, but the same at each start. */
  private name(logicalId: string): string {
    const { Type: type, Properties: properties = {} } = this.raw(logicalId);
    const kind = type.split("::").at(-1) ?? "";
    for (const property of ["Name", `${kind}Name`, `${kind}Identifier`]) {
      const given = this.resolve(properties[property]);
      if (typeof given === "string" && type !== "AWS::Lambda::Alias") return given;
    }
    const short = logicalId.replace(/[0-9A-F]{8}$/, "");
    const twins = Object.entries(this.template.Resources).filter(
      ([other, { Type }]) => Type === type && other.replace(/[0-9A-F]{8}$/, "") === short,
    );
    const suffix = properties.FifoQueue === true ? ".fifo" : "";
    const made = `${this.stackName}-${twins.length > 1 ? logicalId : short}`.slice(0, 64 - suffix.length);
    return `${made}${suffix}`;
  }

  private raw(logicalId: string): RawResource {
    const raw = this.template.Resources[logicalId];
    if (raw === undefined) throw new Error(`the template names a resource it does not have: ${logicalId}`);
    return raw;
  }
}

function arn(service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${rest}`;
}

function uuid(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
