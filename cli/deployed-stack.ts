// Reads a stack from CloudFormation before and after a deployment: whether it exists, and its stored context values.
import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { type ChosenValues, chosenOutput, readChosenValues } from "../shared/catalogue/chosen-context.ts";

export type Deployed = {
  /** Whether a deployment has ever succeeded: one that failed at its first leaves a stack that holds nothing. */
  readonly isThere: boolean;
  /** Whether nothing is under way. */
  readonly isSettled: boolean;
  /** What was chosen; undefined when the stack does not say. */
  readonly context: ChosenValues | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
};

/** @returns undefined when the stack does not exist. @throws Error of the SDK: no credentials, region or permission */
export async function describeStack(
  client: CloudFormationClient,
  stack: string,
): Promise<Deployed | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const [found] = Stacks;
    if (found === undefined) return undefined;
    const { StackStatus = "", StackId = "", Outputs = [] } = found;
    const [, , , region, account] = StackId.split(":");
    const context = readChosenValues(
      Outputs.find(({ OutputKey }) => OutputKey === chosenOutput)?.OutputValue,
    );
    return {
      isThere: context !== undefined || /^(CREATE_COMPLETE|UPDATE_|IMPORT_)/.test(StackStatus),
      isSettled: /(?<!_IN_PROGRESS)$|_CLEANUP_IN_PROGRESS$/.test(StackStatus),
      ...{ context, account, region },
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** How CloudFormation reports a stack that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && /does not exist/.test(error.message);
}
