// A custom resource: CloudFormation sends a request, and waits for a response at a presigned address.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from "aws-lambda";

export type ResourceEvent = CloudFormationCustomResourceEvent;

/** The created resource: CloudFormation identifies it by its id, and the template may refer to its attributes. */
export type Made = { readonly id: string; readonly attributes?: Readonly<Record<string, string>> };

/** The response may have 4,096 bytes. */
const reasonLengthMax = 1_000;

/** Tries to send the response: without it CloudFormation waits for an hour. */
const triesMax = 5;
const requestTimeoutMilliseconds = 10_000;

/**
 * Makes the resource and sends the result to CloudFormation. An error fails the deployment, with its message as the reason.
 * Deleting the resource does nothing. `later`: another invocation will send the result.
 * @throws Error when the result cannot be sent; Lambda then repeats the whole event
 */
export async function respond(event: ResourceEvent, make: () => Promise<Made | "later">): Promise<void> {
  const known = "PhysicalResourceId" in event ? event.PhysicalResourceId : event.LogicalResourceId;
  if (event.RequestType === "Delete") return await tell(event, { Status: "SUCCESS" }, { id: known });
  try {
    const made = await make();
    if (made !== "later") await tell(event, { Status: "SUCCESS" }, made);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    await tell(event, { Status: "FAILED", Reason: said.slice(0, reasonLengthMax) }, { id: known });
  }
}

type Outcome = { readonly Status: "SUCCESS" } | { readonly Status: "FAILED"; readonly Reason: string };

async function tell(event: ResourceEvent, outcome: Outcome, { id, attributes = {} }: Made): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const response: CloudFormationCustomResourceResponse = {
    ...outcome,
    ...{ StackId, RequestId, LogicalResourceId, PhysicalResourceId: id, Data: attributes },
  };
  for (let tries = 1; ; tries += 1) {
    try {
      return await put(event.ResponseURL, JSON.stringify(response));
    } catch (error) {
      if (tries >= triesMax) throw error;
    }
  }
}

async function put(address: string, text: string): Promise<void> {
  // Bytes, so that fetch adds no content type: the address is signed for a request without one.
  const answer = await fetch(address, {
    method: "PUT",
    body: new TextEncoder().encode(text),
    signal: AbortSignal.timeout(requestTimeoutMilliseconds),
  });
  if (!answer.ok) throw new Error(`CloudFormation did not take the answer: ${answer.status}`);
}
