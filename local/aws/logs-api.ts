// CloudWatch Logs on this machine, as far as `aws logs tail` asks: the last lines that each function printed.
import { randomUUID } from "node:crypto";
import { AwsError, type AwsService, json, jsonBody } from "./endpoint.ts";

/** Lines that are kept of each log group; the log file of `npm start` has all. */
const linesMax = 5_000;
/** Events in one answer (API reference, FilterLogEvents). */
const eventsMax = 10_000;

type Event = { readonly eventId: string; readonly timestamp: number; readonly message: string };

export type LocalLogs = {
  readonly service: AwsService;
  add(group: string, text: string): void;
};

/** @param groups names of the log groups, which exist before their first line */
export function makeLogs(groups: readonly string[], now: () => number): LocalLogs {
  const events = new Map<string, Event[]>(groups.map((group) => [group, []]));
  const target = "Logs_20140328.FilterLogEvents";
  return {
    add(group, text) {
      const held = events.get(group);
      if (held === undefined) return;
      held.push({ eventId: randomUUID(), timestamp: now(), message: text.trimEnd() });
      if (held.length > linesMax) held.splice(0, held.length - linesMax);
    },
    service: {
      name: "logs",
      accepts: ({ headers }) => headers["x-amz-target"] === target,
      async handle(request) {
        const { logGroupName, logGroupIdentifier, startTime, endTime, filterPattern, limit } =
          jsonBody(request);
        const group = String(logGroupName ?? logGroupIdentifier);
        const held = events.get(group);
        if (held === undefined) {
          throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
        }
        if (filterPattern !== undefined && filterPattern !== "") {
          throw new AwsError("InvalidParameterException", "Filter patterns are not supported here.");
        }
        const [from, to] = [Number(startTime ?? 0), Number(endTime ?? Number.POSITIVE_INFINITY)];
        const found = held.filter(({ timestamp }) => timestamp >= from && timestamp < to);
        const logStreamName = "local";
        return json({
          events: found
            .slice(-Math.min(eventsMax, Number(limit ?? eventsMax)))
            .map((event) => ({ ...event, logStreamName, ingestionTime: event.timestamp })),
        });
      },
    },
  };
}
