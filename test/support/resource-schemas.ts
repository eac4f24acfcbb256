// The resources of a template, compared with the schemas that AWS publishes for CloudFormation (@aws-cdk/aws-service-spec).
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";

const schemas = loadAwsServiceSpecSync();

type Resource = NonNullable<ReturnType<typeof schemaOf>>;
type Properties = Resource["properties"];
type PropertyType = Properties[string]["type"];

/** Types that CloudFormation has no schema for: our own custom resources. */
const isOwn = (type: string) => type.startsWith("Custom::") || type === "AWS::CDK::Metadata";

/** The published schema of a type; undefined when there is none. */
export function schemaOf(type: string) {
  return schemas.lookup("resource", "cloudFormationType", "equals", type)[0];
}

export type Template = {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
};

/** What CloudFormation would refuse: each with its resource and the way to the property. */
export function wrongIn({ Resources }: Template): string[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (isOwn(Type)) return [];
    const schema = schemaOf(Type);
    if (schema === undefined) return [`${id}: ${Type} is no published type`];
    return wrongProperties(schema.properties, Properties, `${id} (${Type})`);
  });
}

function wrongProperties(known: Properties, value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(known, name));
  const missing = Object.keys(known).filter((name) => known[name]?.required && !(name in value));
  return [
    ...unknown.map((name) => `${at}.${name}: unknown property`),
    ...missing.map((name) => `${at}.${name}: required property is missing`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const property = known[name];
      return property === undefined ? [] : wrongValue(property.type, inner, `${at}.${name}`);
    }),
  ];
}

function wrongValue(type: PropertyType, value: unknown, at: string): string[] {
  if (isIntrinsic(value)) return []; // its value is known in the deployment only
  switch (type.type) {
    case "ref":
      return wrongProperties(schemas.get("typeDefinition", type.reference.$ref).properties, value, at);
    case "array":
      if (!Array.isArray(value)) return [`${at}: no list`];
      return value.flatMap((item, index) => wrongValue(type.element, item, `${at}[${index}]`));
    case "map":
      if (typeof value !== "object" || value === null) return [`${at}: no map`];
      return Object.entries(value).flatMap(([key, item]) => wrongValue(type.element, item, `${at}.${key}`));
    case "union": {
      const each = type.types.map((one) => wrongValue(one, value, at));
      return each.some((wrong) => wrong.length === 0) ? [] : (each[0] ?? []);
    }
    case "tag":
      return typeof value === "object" && value !== null && "Key" in value && "Value" in value
        ? []
        : [`${at}: no tag`];
    case "json":
      return [];
    case "string":
    case "integer":
      if ("allowedValues" in type && type.allowedValues && !isOneOf(type.allowedValues, value))
        return [`${at}: ${value} is none of ${type.allowedValues.join(", ")}`];
      return isOfType(type.type, value) ? [] : [`${at}: no ${type.type}`];
    default:
      return isOfType(type.type, value) ? [] : [`${at}: no ${type.type}`];
  }
}

const isOneOf = (allowed: readonly (string | number)[], value: unknown) =>
  allowed.some((one) => String(one) === String(value));

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value) || /^-?\d+$/.test(String(value)); // CloudFormation takes numbers as text
    case "number":
      return typeof value === "number" || (typeof value === "string" && Number.isFinite(Number(value)));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    default:
      return typeof value === "string";
  }
}

function isIntrinsic(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const [only, ...others] = Object.keys(value);
  return others.length === 0 && only !== undefined && (only === "Ref" || only.startsWith("Fn::"));
}
