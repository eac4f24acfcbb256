// What a release would do to the resources of a deployed stack that hold something. CloudFormation replaces a resource whose
// logical id changes, or a property that AWS cannot change in place, by a new and empty one. release/stateful.json has both
// as of the last release; which properties these are is in AWS's published schemas.
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";

/** Types whose resources hold data, messages, an address that others know, or logs. */
export const holdingTypes: readonly string[] = [
  ...["AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::SecretsManager::Secret", "AWS::SQS::Queue"],
  ...[
    "AWS::SNS::Topic",
    "AWS::EC2::EIP",
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::Scheduler::ScheduleGroup",
  ],
  ...["AWS::ApiGatewayV2::Api", "AWS::Logs::LogGroup"],
];

type Resources = Readonly<
  Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
>;

/** A resource as a release leaves it: the properties that a later one cannot change without replacing it. */
export type Held = { readonly type: string; readonly fixed: Readonly<Record<string, unknown>> };

const schemas = loadAwsServiceSpecSync();

/** Of a template, by logical id. @throws Error on a type without a published schema */
export function heldIn(resources: Resources): Readonly<Record<string, Held>> {
  const holding = Object.entries(resources).filter(([, { Type }]) => holdingTypes.includes(Type));
  return Object.fromEntries(
    holding.map(([id, { Type, Properties = {} }]) => {
      const fixed = Object.entries(Properties).filter(([name]) => isFixed(Type, name));
      return [id, { type: Type, fixed: Object.fromEntries(fixed) }];
    }),
  );
}

/** A property that the schema calls "maybe" depends on its values; it counts as replacing. */
function isFixed(type: string, property: string): boolean {
  const [schema] = schemas.lookup("resource", "cloudFormationType", "equals", type);
  if (schema === undefined) throw new Error(`${type} has no published schema`);
  const { causesReplacement = "no" } = schema.properties[property] ?? {};
  return causesReplacement !== "no";
}

/** What happens to each resource of the last release that does not stay as it is; new ones are listed too. */
export function replacementsBy(
  before: Readonly<Record<string, Held>>,
  after: Readonly<Record<string, Held>>,
): string[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids.flatMap((id) => {
    const [old, now] = [before[id], after[id]];
    if (now === undefined)
      return [`${id} (${old?.type}) is no longer in the template: a deployment removes it`];
    if (old === undefined) return [`${id} (${now.type}) is new: add it to release/stateful.json`];
    if (old.type !== now.type)
      return [`${id} is ${now.type}, no longer ${old.type}: a deployment replaces it`];
    const names = [...new Set([...Object.keys(old.fixed), ...Object.keys(now.fixed)])];
    return names.flatMap((name) => {
      const [was, is] = [old.fixed[name], now.fixed[name]].map((value) => JSON.stringify(value) ?? "nothing");
      return was === is
        ? []
        : [`${id} (${now.type}): ${name} changes from ${was} to ${is}, which replaces it`];
    });
  });
}
