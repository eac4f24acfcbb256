// The HTTP side of the scheduler: EventBridge Scheduler's REST calls, decoded and encoded.
import { AwsError, type AwsRequest, type AwsService, json, jsonBody } from "./endpoint.ts";
import type { Schedule, ScheduleInput } from "./schedule.ts";
import type { Scheduler } from "./scheduler.ts";

const pageMax = 100;

export function makeSchedulerApi(scheduler: Scheduler): AwsService {
  const routes: Record<string, (name: string, request: AwsRequest) => unknown> = {
    "POST schedules": (name, request) => ({ ScheduleArn: scheduler.create(decode(name, request)).Arn }),
    "PUT schedules": (name, request) => ({ ScheduleArn: scheduler.update(decode(name, request)).Arn }),
    "GET schedules": (name, { query }) =>
      name === "" ? listSchedules(query) : scheduler.get(query.get("groupName") ?? "default", name),
    "DELETE schedules": (name, { query }) => {
      scheduler.delete(query.get("groupName") ?? "default", name);
      return {};
    },
    "POST schedule-groups": (name) => ({ ScheduleGroupArn: scheduler.createGroup(name).Arn }),
    "GET schedule-groups": (name, { query }) => {
      if (name !== "") return encodeGroup(scheduler.group(name));
      const groups = scheduler
        .groups()
        .filter((group) => group.Name.startsWith(query.get("NamePrefix") ?? ""));
      return page(groups, query, "ScheduleGroups", encodeGroup);
    },
    "DELETE schedule-groups": (name) => {
      scheduler.deleteGroup(name);
      return {};
    },
  };

  function listSchedules(query: URLSearchParams) {
    const [group, state, prefix] = [query.get("ScheduleGroup"), query.get("State"), query.get("NamePrefix")];
    const found = scheduler
      .list()
      .filter(({ GroupName }) => group === null || GroupName === group)
      .filter(({ State }) => state === null || State === state)
      .filter(({ Name }) => Name.startsWith(prefix ?? ""));
    return page(found, query, "Schedules", summary);
  }

  const routeOf = ({ method, path }: AwsRequest) => {
    const [, kind, name = "", ...rest] = path.split("/");
    return rest.length > 0 ? undefined : { route: `${method} ${kind}`, name: decodeURIComponent(name) };
  };
  return {
    name: "scheduler",
    accepts: (request) => Object.hasOwn(routes, routeOf(request)?.route ?? ""),
    async handle(request) {
      const { route, name } = routeOf(request) ?? { route: "", name: "" };
      return json(routes[route]?.(name, request));
    },
  };
}

/** Only the fields of a schedule: anything else that a client sends is not stored. */
function decode(name: string, request: AwsRequest): ScheduleInput {
  const body = jsonBody(request) as Partial<ScheduleInput>;
  const { ScheduleExpression, Target, FlexibleTimeWindow } = body;
  if (ScheduleExpression === undefined || Target === undefined || FlexibleTimeWindow === undefined) {
    throw new AwsError(
      "ValidationException",
      "ScheduleExpression, Target and FlexibleTimeWindow are required.",
    );
  }
  const optional = {
    ScheduleExpressionTimezone: body.ScheduleExpressionTimezone,
    State: body.State,
    ActionAfterCompletion: body.ActionAfterCompletion,
    Description: body.Description,
    StartDate: body.StartDate,
    EndDate: body.EndDate,
  };
  return {
    Name: name,
    GroupName: body.GroupName ?? "default",
    ScheduleExpression,
    Target,
    FlexibleTimeWindow,
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined && value !== null),
    ) as Partial<ScheduleInput>),
  };
}

function summary({ Arn, Name, GroupName, State, CreationDate, LastModificationDate, Target }: Schedule) {
  return { Arn, Name, GroupName, State, CreationDate, LastModificationDate, Target: { Arn: Target.Arn } };
}

function encodeGroup(group: { Name: string; Arn: string; CreationDate: number }) {
  return { ...group, State: "ACTIVE", LastModificationDate: group.CreationDate };
}

/** The token is the position of the next page. */
function page<T>(all: readonly T[], query: URLSearchParams, key: string, encode: (item: T) => unknown) {
  const begin = Number(query.get("NextToken") ?? 0);
  const end = begin + Math.min(Number(query.get("MaxResults") ?? pageMax), pageMax);
  return {
    [key]: all.slice(begin, end).map(encode),
    ...(end < all.length ? { NextToken: String(end) } : {}),
  };
}
