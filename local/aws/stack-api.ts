// What an operator asks first, on this machine: who am I (STS), and which outputs and resources the stack has
// (CloudFormation). Both speak AWS's old Query protocol: a form in, XML out.
import { randomUUID } from "node:crypto";
import {
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  accountId,
  region,
} from "./endpoint.ts";
import type { ResolvedTemplate } from "./template.ts";

type Xml = string | readonly Xml[] | { readonly [name: string]: Xml };

export function makeStackApi(template: ResolvedTemplate, createdAt: Date): AwsService {
  const { stackName, resources, outputs } = template;
  const stackId = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`;
  const status = "CREATE_COMPLETE";
  const time = createdAt.toISOString();

  function checkName(form: URLSearchParams): void {
    const name = form.get("StackName");
    if (name !== null && name !== stackName && name !== stackId) {
      throw new AwsError("ValidationError", `Stack with id ${name} does not exist`);
    }
  }

  const actions: Readonly<Record<string, (form: URLSearchParams) => Xml>> = {
    GetCallerIdentity: () => ({
      UserId: "local",
      Account: accountId,
      Arn: `arn:aws:iam::${accountId}:user/local`,
    }),
    DescribeStacks(form) {
      checkName(form);
      const listed = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return {
        Stacks: [
          {
            StackName: stackName,
            StackId: stackId,
            StackStatus: status,
            CreationTime: time,
            Outputs: listed,
          },
        ],
      };
    },
    ListStackResources(form) {
      checkName(form);
      return {
        StackResourceSummaries: resources.map(({ logicalId, id, type }) => ({
          ...{ LogicalResourceId: logicalId, PhysicalResourceId: id, ResourceType: type },
          ...{ ResourceStatus: status, LastUpdatedTimestamp: time },
        })),
      };
    },
  };

  return {
    name: "stack",
    accepts: (request) => Object.hasOwn(actions, actionOf(request)),
    async handle(request) {
      const action = actionOf(request);
      const result = actions[action]?.(formOf(request)) ?? {};
      return xml({
        [`${action}Response`]: {
          [`${action}Result`]: result,
          ResponseMetadata: { RequestId: randomUUID() },
        },
      });
    },
  };
}

function formOf({ body }: AwsRequest): URLSearchParams {
  return new URLSearchParams(body.toString("utf8"));
}

function actionOf(request: AwsRequest): string {
  const isForm = String(request.headers["content-type"]).startsWith("application/x-www-form-urlencoded");
  return request.method === "POST" && isForm ? (formOf(request).get("Action") ?? "") : "";
}

function xml(value: Xml): AwsResponse {
  return { status: 200, headers: { "content-type": "text/xml" }, body: encode(value) };
}

function encode(value: Xml): string {
  if (typeof value === "string")
    return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  if (isList(value)) return value.map((member) => `<member>${encode(member)}</member>`).join("");
  return Object.entries(value)
    .map(([name, inner]) => `<${name}>${encode(inner)}</${name}>`)
    .join("");
}

function isList(value: Exclude<Xml, string>): value is readonly Xml[] {
  return Array.isArray(value);
}
