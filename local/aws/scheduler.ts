// EventBridge Scheduler on this machine: keeps the schedules of the template and those created at run time, and
// delivers each to its target when it is due. The HTTP side is scheduler-api.ts, the targets are scheduler-targets.ts.
import { AwsError, accountId, region } from "./endpoint.ts";
import type { Schedule, ScheduleGroup, ScheduleInput, SchedulerOptions } from "./schedule.ts";
import { deliverSchedule } from "./schedule-delivery.ts";
import { type Expression, isTimeZone, parseExpression } from "./schedule-expression.ts";
import { makeScheduleFile } from "./schedule-file.ts";

type Entry = { schedule: Schedule; expression: Expression; due: number | undefined; ofTemplate: boolean };
/** Timers stop while a laptop sleeps. What became due meanwhile fires at most this long after it wakes. */
const longestWaitMilliseconds = 30_000;

export type Scheduler = ReturnType<typeof makeScheduler>;

export function makeScheduler(options: SchedulerOptions) {
  const { clock } = options;
  const file = makeScheduleFile(options.file);
  const entries = new Map<string, Entry>();
  const groups = new Map<string, ScheduleGroup>();
  const stopping = new AbortController();
  let changed = new AbortController();
  let firing: Promise<void> | undefined;
  const deliveries = new Set<Promise<void>>();
  const now = () => clock.now() / 1000;
  const keyOf = (group: string, name: string) => `${group}/${name}`;

  function put(schedule: Schedule, ofTemplate: boolean): Entry {
    const anchor = (schedule.StartDate ?? schedule.CreationDate) * 1000;
    const expression = parseExpression(
      schedule.ScheduleExpression,
      schedule.ScheduleExpressionTimezone,
      anchor,
    );
    if (expression === undefined)
      throw validation(`Invalid Schedule Expression ${schedule.ScheduleExpression}.`);
    const entry: Entry = { schedule, expression, due: undefined, ofTemplate };
    // A rate that starts at its creation is due in this millisecond.
    entry.due = nextDue(entry, clock.now() - 1);
    entries.set(keyOf(schedule.GroupName, schedule.Name), entry);
    changed.abort();
    return entry;
  }

  /** A one-time schedule is due even if its time has passed, a recurring one only from now on. */
  function nextDue({ schedule, expression }: Entry, from: number): number | undefined {
    if (schedule.State === "DISABLED") return undefined;
    const start = (schedule.StartDate ?? 0) * 1000;
    const due = expression.next(expression.once ? 0 : Math.max(from, start - 1));
    if (due === undefined || due > (schedule.EndDate ?? Number.POSITIVE_INFINITY) * 1000) return undefined;
    return due;
  }

  async function fire(): Promise<void> {
    while (!stopping.signal.aborted) {
      changed = new AbortController();
      const at = clock.now();
      let nearest = at + longestWaitMilliseconds;
      for (const entry of entries.values()) {
        if (entry.due !== undefined && entry.due <= at) fireOne(entry, entry.due);
        nearest = Math.min(nearest, entry.due ?? nearest);
      }
      if (nearest > at) {
        const wake = AbortSignal.any([changed.signal, stopping.signal]);
        await clock.wait(nearest - at, wake).catch(() => {});
      }
    }
  }

  function fireOne(entry: Entry, due: number): void {
    entry.due = entry.expression.once ? undefined : nextDue(entry, clock.now());
    const delivery = deliverSchedule(entry.schedule, due, options, stopping.signal)
      .then(() => complete(entry))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) options.log(`schedule ${entry.schedule.Name}: ${error}`);
      })
      .finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
  }

  /** After its last delivery a schedule stays, unless its ActionAfterCompletion is DELETE. */
  function complete(entry: Entry): void {
    const key = keyOf(entry.schedule.GroupName, entry.schedule.Name);
    if (entry.due !== undefined || entries.get(key) !== entry) return;
    if (entry.schedule.ActionAfterCompletion === "DELETE") {
      remove(entry);
    } else if (!entry.ofTemplate) {
      file.put({ put: entry.schedule, over: true });
    }
  }

  function remove({ schedule, ofTemplate }: Entry): void {
    entries.delete(keyOf(schedule.GroupName, schedule.Name));
    if (!ofTemplate) file.delete(schedule.GroupName, schedule.Name);
  }

  function find(group: string, name: string): Entry {
    const entry = entries.get(keyOf(group, name));
    if (entry === undefined) throw notFound(`Schedule ${name} does not exist.`);
    return entry;
  }

  function checked(input: ScheduleInput, created: number): Schedule {
    check(input);
    if (!groups.has(input.GroupName)) throw notFound(`Schedule group ${input.GroupName} does not exist.`);
    return {
      ScheduleExpressionTimezone: "UTC",
      State: "ENABLED",
      ActionAfterCompletion: "NONE",
      ...input,
      Arn: `arn:aws:scheduler:${region}:${accountId}:schedule/${input.GroupName}/${input.Name}`,
      CreationDate: created,
      LastModificationDate: now(),
    };
  }

  function createGroup(name: string): ScheduleGroup {
    if (groups.has(name)) throw conflict(`Schedule group ${name} already exists.`);
    const group = {
      Name: name,
      Arn: `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`,
      CreationDate: now(),
    };
    groups.set(name, group);
    return group;
  }

  createGroup("default");
  for (const { put: schedule, over } of file.read()) {
    const entry = put(schedule, false);
    if (over && entry.expression.once) entry.due = undefined;
  }
  return {
    /** Fires what is due, and what became due since an earlier run stopped, until `stop`. */
    start(): void {
      firing ??= fire();
    },
    /** Stops firing and waits for deliveries in progress. */
    async stop(): Promise<void> {
      stopping.abort();
      changed.abort();
      await firing;
      await Promise.all(deliveries);
    },
    create(input: ScheduleInput, ofTemplate = false): Schedule {
      const schedule = checked(input, now());
      const key = keyOf(schedule.GroupName, schedule.Name);
      if (entries.has(key)) throw conflict(`Schedule ${schedule.Name} already exists.`);
      put(schedule, ofTemplate);
      if (!ofTemplate) file.put({ put: schedule });
      return schedule;
    },
    update(input: ScheduleInput): Schedule {
      const old = find(input.GroupName, input.Name);
      const schedule = checked(input, old.schedule.CreationDate);
      const entry = put(schedule, old.ofTemplate);
      // A finished schedule does not start again because its description changed.
      const over = entry.expression.once && (entry.due ?? 0) <= clock.now();
      if (over) entry.due = undefined;
      if (!entry.ofTemplate) file.put(over ? { put: schedule, over } : { put: schedule });
      return schedule;
    },
    delete(group: string, name: string): void {
      remove(find(group, name));
    },
    get: (group: string, name: string): Schedule => find(group, name).schedule,
    /** In alphabetical order of group and name. */
    list: (): Schedule[] =>
      [...entries.values()]
        .map(({ schedule }) => schedule)
        .sort((a, b) => (keyOf(a.GroupName, a.Name) < keyOf(b.GroupName, b.Name) ? -1 : 1)),
    /** When a schedule fires next, in milliseconds since the epoch. */
    due: (group: string, name: string): number | undefined => find(group, name).due,
    createGroup,
    groups: (): ScheduleGroup[] => [...groups.values()],
    group(name: string): ScheduleGroup {
      const group = groups.get(name);
      if (group === undefined) throw notFound(`Schedule group ${name} does not exist.`);
      return group;
    },
    /** Deletes its schedules too, as on AWS. */
    deleteGroup(name: string): void {
      if (name === "default") throw validation("The default schedule group cannot be deleted.");
      if (!groups.delete(name)) throw notFound(`Schedule group ${name} does not exist.`);
      for (const entry of entries.values()) if (entry.schedule.GroupName === name) remove(entry);
    },
  };
}

function check(input: ScheduleInput): void {
  const { Name, ScheduleExpression, ScheduleExpressionTimezone = "UTC", Target, FlexibleTimeWindow } = input;
  if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(Name)) {
    throw validation(`Value '${Name}' at 'name' must be 1 to 64 of the characters 0-9 a-z A-Z - _ .`);
  }
  if (!isTimeZone(ScheduleExpressionTimezone)) {
    throw validation(`Invalid ScheduleExpressionTimezone ${ScheduleExpressionTimezone}.`);
  }
  if (parseExpression(ScheduleExpression, ScheduleExpressionTimezone, 0) === undefined) {
    throw validation(`Invalid Schedule Expression ${ScheduleExpression}.`);
  }
  if (!["OFF", "FLEXIBLE"].includes(FlexibleTimeWindow?.Mode)) {
    throw validation("FlexibleTimeWindow must have the Mode OFF or FLEXIBLE.");
  }
  if (!Target?.Arn?.startsWith("arn:") || !Target.RoleArn?.startsWith("arn:")) {
    throw validation("Target must have an Arn and a RoleArn.");
  }
  const inputBytesMax = 256 * 1024;
  if (Buffer.byteLength(Target.Input ?? "") > inputBytesMax) {
    throw validation(`Target.Input is longer than ${inputBytesMax} bytes.`);
  }
}

function validation(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function conflict(message: string): AwsError {
  return new AwsError("ConflictException", message, { status: 409 });
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, { status: 404 });
}
