// What a schedule can call here: a function, a queue, or one of three API actions by a universal target.
import type { EventSource } from "./event-source.ts";
import type { FunctionRegistry } from "./lambda-api.ts";
import type { Queues } from "./queue.ts";
import { nameOfArn } from "./queue-attributes.ts";
import type { SchedulerOptions, Target } from "./schedule.ts";

type Parts = { functions: FunctionRegistry; queues: Queues; eventSources: readonly EventSource[] };

export function makeTargets(parts: Parts): Pick<SchedulerOptions, "deliver" | "deadLetter"> {
  const { functions, queues } = parts;

  function invoke(reference: string, input: string): void {
    const found = functions.find(reference);
    if (found === undefined) throw unknownTarget(reference);
    found.lambda.invokeEvent(input);
  }

  function send(queue: string, body: string, groupId?: unknown, delaySeconds?: unknown): void {
    const found = queues.get(queue.split(/[:/]/).at(-1) ?? "");
    if (found === undefined) throw unknownTarget(queue);
    found.send({
      body,
      groupId: typeof groupId === "string" ? groupId : undefined,
      delaySeconds: typeof delaySeconds === "number" ? delaySeconds : undefined,
    });
  }

  async function universal(action: string, input: string): Promise<void> {
    const request = JSON.parse(input) as Record<string, unknown>;
    switch (action.toLowerCase()) {
      case "lambda:invoke": {
        const payload = request.Payload ?? {};
        return invoke(
          String(request.FunctionName),
          typeof payload === "string" ? payload : JSON.stringify(payload),
        );
      }
      case "lambda:updateeventsourcemapping": {
        const source = parts.eventSources.find(({ settings }) => settings.uuid === request.UUID);
        if (source === undefined) throw unknownTarget(String(request.UUID));
        if (request.Enabled === true) source.start();
        if (request.Enabled === false) void source.stop();
        return;
      }
      case "sqs:sendmessage":
        return send(
          String(request.QueueUrl),
          String(request.MessageBody),
          request.MessageGroupId,
          request.DelaySeconds,
        );
      default:
        throw unknownTarget(action);
    }
  }

  return {
    async deliver({ Arn, SqsParameters }: Target, input) {
      const [, , service = "", , , ...rest] = Arn.split(":");
      if (service === "lambda") return invoke(Arn, input);
      if (service === "sqs") return send(Arn, input, SqsParameters?.MessageGroupId);
      if (Arn.includes(":aws-sdk:")) return universal(rest.slice(1).join(":"), input);
      throw unknownTarget(Arn);
    },
    async deadLetter(queueArn, input, attributes) {
      const queue = queues.get(nameOfArn(queueArn));
      if (queue === undefined) throw unknownTarget(queueArn);
      queue.send({
        body: input,
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [key, { DataType: "String", StringValue: value }]),
        ),
      });
    },
  };
}

function unknownTarget(target: string): Error {
  const error = new Error(`the local stack has no target ${target}`);
  error.name = "ResourceNotFoundException";
  return error;
}
