// What an operator asks first, on this machine: who am I (STS), and which outputs and resources the stack has
// (CloudFormation). Both speak AWS's old Query protocol: a form in, XML out.
import { AwsError, type AwsService, accountId, region } from "./endpoint.ts";
import { actionOf, answerForm, formOf, type Xml } from "./query-protocol.ts";
import type { ResolvedTemplate } from "./template.ts";

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
      return answerForm(action, actions[action]?.(formOf(request)) ?? {});
    },
  };
}
