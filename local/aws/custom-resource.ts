// Custom resources: invokes the resource's function as CloudFormation does, and receives the result that the function
// PUTs to the response URL.
import { randomUUID } from "node:crypto";
import type { Resource } from "./assembly.ts";
import { type AwsService, accountId, region } from "./endpoint.ts";
import type { Clock } from "./lambda.ts";
import type { FunctionRegistry } from "./lambda-api.ts";

type Answer = { readonly Status?: string; readonly Reason?: string };

export type CustomResources = {
  /** Receives the results. */
  readonly service: AwsService;
  /** Resolves when the resource is created. @throws Error with the reason that the function gave */
  create(resource: Resource, functions: FunctionRegistry): Promise<void>;
};

/** CloudFormation's own timeout, in seconds; a resource may set a shorter one. */
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
