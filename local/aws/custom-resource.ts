// Resources that a function of the template makes: asks it as CloudFormation does, and takes the answer that it puts to
// the address it was given.
import { randomUUID } from "node:crypto";
import type { Resource } from "./assembly.ts";
import { type AwsService, accountId, region } from "./endpoint.ts";
import type { Clock } from "./lambda.ts";
import type { FunctionRegistry } from "./lambda-api.ts";

type Answer = { readonly Status?: string; readonly Reason?: string };

export type CustomResources = {
  /** Takes the answers. */
  readonly service: AwsService;
  /** Resolves when the resource is made. @throws Error with the function's own reason */
  create(resource: Resource, functions: FunctionRegistry): Promise<void>;
};

/** As long as CloudFormation waits, unless the resource says less. */
const waitSecondsMax = 3_600;

const folder = "/custom-resource/";

export function makeCustomResources(endpoint: string, stackName: string, clock: Clock): CustomResources {
  const waiting = new Map<string, (answer: Answer) => void>();

  async function create({ logicalId, type, properties }: Resource, functions: FunctionRegistry) {
    const { ServiceToken, ServiceTimeout = waitSecondsMax } = properties;
    const lambda = functions.find(String(ServiceToken))?.lambda;
    if (lambda === undefined)
      throw new Error(`${logicalId}: its function ${ServiceToken} is not in the template`);
    const requestId = randomUUID();
    const answered = Promise.withResolvers<Answer>();
    waiting.set(folder + requestId, answered.resolve);
    const event = {
      ...{ RequestType: "Create", ServiceToken, RequestId: requestId, LogicalResourceId: logicalId },
      ResponseURL: `${endpoint}${folder}${requestId}`,
      StackId: `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${requestId}`,
      ...{ ResourceType: type, ResourceProperties: properties },
    };
    const stop = new AbortController();
    try {
      const tooLong = clock
        .wait(Number(ServiceTimeout) * 1_000, stop.signal)
        .then((): Answer => ({ Reason: `no answer within ${ServiceTimeout} seconds` }));
      tooLong.catch(() => undefined);
      const { failed, payload } = await lambda.invoke(JSON.stringify(event));
      if (failed) throw new Error(`${logicalId}: ${lambda.settings.name} failed: ${payload}`);
      const { Status, Reason = "no reason" } = await Promise.race([answered.promise, tooLong]);
      if (Status !== "SUCCESS") throw new Error(`${logicalId}: ${lambda.settings.name} failed: ${Reason}`);
    } finally {
      stop.abort();
      waiting.delete(folder + requestId);
    }
  }

  return {
    create,
    service: {
      name: "custom-resource",
      accepts: ({ method, path }) => method === "PUT" && path.startsWith(folder),
      async handle({ path, body }) {
        waiting.get(path)?.(JSON.parse(body.toString("utf8")) as Answer);
        return { status: waiting.has(path) ? 200 : 404, body: "" };
      },
    },
  };
}
