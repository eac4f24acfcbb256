// Reads a cloud assembly (the folder that a CDK synth writes): the template of its only stack, and the bundles.
// template.ts resolves the template.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Properties = Record<string, unknown>;

export type Resource = {
  logicalId: string;
  type: string;
  /** The value of `Ref`. */
  id: string;
  /** The value of `Fn::GetAtt`. */
  attribute(name: string): string;
  /** Resolved; a property that resolved to AWS::NoValue is absent. */
  properties: Properties;
  metadata: Properties;
};

export type RawResource = {
  Type: string;
  Condition?: string;
  Properties?: Properties;
  Metadata?: Properties;
};

export type RawTemplate = {
  Parameters?: Record<string, { Default?: unknown }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources: Record<string, RawResource>;
  Outputs?: Record<string, { Value: unknown; Condition?: string }>;
};

type AssetFiles = Record<string, { source?: { path?: string } }>;

/** @throws Error when the folder holds no stack, or several. */
export function readAssembly(assembly: string) {
  const manifest = readJson(join(assembly, "manifest.json")) as {
    artifacts?: Record<
      string,
      { type: string; properties?: { templateFile?: string; file?: string; stackName?: string } }
    >;
  };
  const artifacts = Object.entries(manifest.artifacts ?? {});
  const stacks = artifacts.filter(([, artifact]) => artifact.type === "aws:cloudformation:stack");
  const [first] = stacks;
  if (first === undefined || stacks.length > 1) {
    const names = stacks.map(([name]) => name).join(", ") || "none";
    throw new Error(`${assembly}: expected one stack in the assembly, found ${names}`);
  }
  const [artifactName, stack] = first;
  const assets: AssetFiles = {};
  for (const [, artifact] of artifacts) {
    const file = artifact.type === "cdk:asset-manifest" ? artifact.properties?.file : undefined;
    if (file === undefined) continue;
    Object.assign(assets, (readJson(join(assembly, file)) as { files?: AssetFiles }).files);
  }
  const templateFile = stack.properties?.templateFile ?? `${artifactName}.template.json`;
  return {
    stackName: stack.properties?.stackName ?? artifactName,
    template: readJson(join(assembly, templateFile)) as RawTemplate,
    assets,
  };
}

/** The folder of a function's code. @throws Error when the assembly does not hold it. */
export function bundleFolder(
  assembly: string,
  assets: AssetFiles,
  { logicalId, ...resource }: Resource,
): string {
  const code = resource.properties.Code as { S3Key?: unknown } | undefined;
  const hash = typeof code?.S3Key === "string" ? code.S3Key.replace(/\.zip$/, "") : undefined;
  const inMetadata = resource.metadata["aws:asset:path"];
  const path = typeof inMetadata === "string" ? inMetadata : assets[hash ?? ""]?.source?.path;
  if (path === undefined || !existsSync(join(assembly, path))) {
    throw new Error(`${logicalId}: its code ${path ?? hash ?? "(inline)"} is not in ${assembly}`);
  }
  return join(assembly, path);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
