// Reads a synthesised template: follows its references and flattens its grants.

import type { Template } from "aws-cdk-lib/assertions";

type Properties = ReturnType<Template["findResources"]>[string][string];

/** The properties of what a Ref or Fn::GetAtt points at. */
export function target(template: Template, reference: object): Properties {
  const [id] = text(reference).slice(1, -1).split(".");
  return template.toJSON().Resources[id ?? ""].Properties;
}

/** The one function whose construct has this name. */
export function functionNamed(template: Template, name: string): { id: string; properties: Properties } {
  const functions = Object.entries(template.findResources("AWS::Lambda::Function"));
  const [found, ...others] = functions.filter(([id]) => new RegExp(`${name}[0-9A-F]{8}$`).test(id));
  if (found === undefined || others.length > 0) throw new Error(`expected one function named ${name}`);
  return { id: found[0], properties: found[1].Properties };
}

export type Grant = { role: string; actions: string[]; resources: string[] };

/** Every statement that allows something, with the logical id of its role. */
export function statements(template: Template): Grant[] {
  const attached = Object.values(template.findResources("AWS::IAM::Policy")).flatMap(({ Properties }) =>
    grants(Properties.Roles[0].Ref, Properties.PolicyDocument),
  );
  const inline = Object.entries(template.findResources("AWS::IAM::Role")).flatMap(([role, { Properties }]) =>
    (Properties.Policies ?? []).flatMap((policy: Properties) => grants(role, policy.PolicyDocument)),
  );
  return [...attached, ...inline];
}

function grants(role: string, document: Properties): Grant[] {
  const allowed = document.Statement.filter((statement: Properties) => statement.Effect === "Allow");
  return allowed.map(({ Action, Resource }: Properties) => ({
    role,
    actions: [Action].flat().map(text),
    resources: [Resource].flat().map(text),
  }));
}

/** An intrinsic as one string: a reference is `<Id>` or `<Id.Attribute>`. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(text).join();
  const [[name, operand] = ["", undefined]] = Object.entries(value ?? {});
  if (name === "Fn::Join" && Array.isArray(operand)) return operand[1].map(text).join(operand[0]);
  if (name === "Fn::GetAtt" && Array.isArray(operand)) return `<${operand.join(".")}>`;
  return `<${operand}>`;
}
