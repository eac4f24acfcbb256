// A server on this machine that answers as AWS would, and the URL where CloudFormation waits for a resource of ours.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Asked = {
  readonly method: string;
  readonly form: URLSearchParams;
  readonly body: string;
  readonly type: string;
};

/** `answer` gives status and text for each request; what was asked is kept, in order. */
export async function startReplies(answer: (asked: Asked, before: number) => readonly [number, string]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = "", headers } = request;
    const one = { method, form: new URLSearchParams(body), body, type: headers["content-type"] ?? "" };
    const [status, text] = answer(one, asked.length);
    asked.push(one);
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An error as the Query services send it. */
export function refusal(code: string, message: string): string {
  return `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

/** What CloudFormation sends for a resource of ours. */
export function resourceEvent(
  responseUrl: string,
  properties: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    RequestType: "Create" as const,
    ServiceToken: "arn:aws:lambda:eu-west-1:123456789012:function:f",
    ResponseURL: responseUrl,
    StackId: "arn:aws:cloudformation:eu-west-1:123456789012:stack/TushareSync/1",
    RequestId: "r1",
    LogicalResourceId: "Resource",
    ResourceType: "Custom::Resource",
    ResourceProperties: { ServiceToken: "arn:aws:lambda:eu-west-1:123456789012:function:f", ...properties },
    ...more,
  };
}
