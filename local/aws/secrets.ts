// Secrets Manager on this machine: the secrets of the template with the values the caller gives them.
import { randomBytes, randomUUID } from "node:crypto";
import { AwsError, type AwsService, json, jsonBody } from "./endpoint.ts";

export type SecretSettings = {
  arn: string;
  name: string;
  description?: string;
  /** Absent: the secret has no value yet, and reading it fails as on AWS. */
  value?: string;
};

type Version = { id: string; text?: string; binary?: string; createdAt: number };
type Secret = { settings: SecretSettings; createdAt: number; current?: Version; previous?: Version };

const listMax = 100;

export function makeSecrets(settings: readonly SecretSettings[]): AwsService {
  const secrets: Secret[] = settings.map((secret) => ({
    settings: secret,
    createdAt: seconds(),
    ...(secret.value === undefined
      ? {}
      : { current: { id: randomUUID(), text: secret.value, createdAt: seconds() } }),
  }));

  function find(id: unknown): Secret {
    const wanted = String(id);
    // AWS also takes an ARN without its random suffix.
    const found = secrets.find(
      ({ settings: { arn, name } }) => arn === wanted || name === wanted || arn.slice(0, -7) === wanted,
    );
    if (found === undefined) throw notFound("Secrets Manager can't find the specified secret.");
    return found;
  }

  const actions: Record<string, (body: Record<string, unknown>) => unknown> = {
    GetSecretValue(body) {
      const secret = find(body.SecretId);
      const stage = String(body.VersionStage ?? "AWSCURRENT");
      const staged = stage === "AWSPREVIOUS" ? secret.previous : secret.current;
      const version = body.VersionId === undefined || body.VersionId === staged?.id ? staged : undefined;
      if (version === undefined || !["AWSCURRENT", "AWSPREVIOUS"].includes(stage)) {
        const what =
          body.VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${body.VersionId}`;
        throw notFound(`Secrets Manager can't find the specified secret value for ${what}`);
      }
      return {
        ...identity(secret),
        VersionId: version.id,
        ...(version.text === undefined ? { SecretBinary: version.binary } : { SecretString: version.text }),
        VersionStages: [stage],
        CreatedDate: version.createdAt,
      };
    },
    PutSecretValue(body) {
      const secret = find(body.SecretId);
      if (typeof body.SecretString !== "string" && typeof body.SecretBinary !== "string") {
        throw new AwsError(
          "InvalidRequestException",
          "You must provide either SecretString or SecretBinary.",
        );
      }
      if (secret.current !== undefined) secret.previous = secret.current;
      secret.current = {
        id: String(body.ClientRequestToken ?? randomUUID()),
        ...(typeof body.SecretString === "string"
          ? { text: body.SecretString }
          : { binary: String(body.SecretBinary) }),
        createdAt: seconds(),
      };
      return { ...identity(secret), VersionId: secret.current.id, VersionStages: ["AWSCURRENT"] };
    },
    DescribeSecret: (body) => describe(find(body.SecretId)),
    ListSecrets: () => ({ SecretList: secrets.slice(0, listMax).map(describe) }),
  };

  const actionOf = (target: unknown) => String(target).replace("secretsmanager.", "");
  return {
    name: "secretsmanager",
    accepts: ({ headers }) =>
      String(headers["x-amz-target"]).startsWith("secretsmanager.") &&
      Object.hasOwn(actions, actionOf(headers["x-amz-target"])),
    async handle(request) {
      return json(actions[actionOf(request.headers["x-amz-target"])]?.(jsonBody(request)));
    },
  };
}

/** The value CloudFormation would generate for `GenerateSecretString`. */
export function generateSecret(options: {
  SecretStringTemplate?: string;
  GenerateStringKey?: string;
}): string {
  const password = randomBytes(16).toString("hex");
  if (options.GenerateStringKey === undefined) return password;
  return JSON.stringify({
    ...(JSON.parse(options.SecretStringTemplate ?? "{}") as object),
    [options.GenerateStringKey]: password,
  });
}

function identity({ settings }: Secret) {
  return { ARN: settings.arn, Name: settings.name };
}

function describe(secret: Secret) {
  const stages: Record<string, string[]> = {};
  if (secret.current !== undefined) stages[secret.current.id] = ["AWSCURRENT"];
  if (secret.previous !== undefined) stages[secret.previous.id] = ["AWSPREVIOUS"];
  return {
    ...identity(secret),
    ...(secret.settings.description === undefined ? {} : { Description: secret.settings.description }),
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.current?.createdAt ?? secret.createdAt,
    VersionIdsToStages: stages,
  };
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}

function seconds(): number {
  return Date.now() / 1000;
}
