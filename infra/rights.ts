// Rights of roles, action by action. The library's own grants give more than our code uses: a sender of messages could
// also look queues up, a reader of a secret read its description, a maker of schedules change others.
import { type IRole, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IQueue } from "aws-cdk-lib/aws-sqs";

/** Adds these actions on these resources, and nothing else, to a role. */
export function allow(role: IRole, actions: readonly string[], ...resources: string[]): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources }));
}

/** SendMessageBatch asks for the same right as SendMessage. */
export function allowSending(role: IRole, queue: IQueue): void {
  allow(role, ["sqs:SendMessage"], queue.queueArn);
}

/**
 * What Lambda's poller does as the function's role
 * (docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions).
 */
export function allowPolling(role: IRole, queue: IQueue): void {
  allow(role, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.queueArn);
}
