// A schedule as the Scheduler API has it, and the options of the local scheduler.
import type { Clock } from "./lambda.ts";

export type Target = {
  Arn: string;
  RoleArn: string;
  Input?: string;
  RetryPolicy?: { MaximumEventAgeInSeconds?: number; MaximumRetryAttempts?: number };
  DeadLetterConfig?: { Arn?: string };
  SqsParameters?: { MessageGroupId?: string };
};

/** As the API returns it; times in seconds since the epoch. */
export type Schedule = {
  Name: string;
  GroupName: string;
  Arn: string;
  ScheduleExpression: string;
  ScheduleExpressionTimezone: string;
  State: "ENABLED" | "DISABLED";
  FlexibleTimeWindow: { Mode: string; MaximumWindowInMinutes?: number };
  Target: Target;
  ActionAfterCompletion: "NONE" | "DELETE";
  Description?: string;
  StartDate?: number;
  EndDate?: number;
  CreationDate: number;
  LastModificationDate: number;
};

export type ScheduleInput = Omit<
  Schedule,
  | "Arn"
  | "CreationDate"
  | "LastModificationDate"
  | "State"
  | "ScheduleExpressionTimezone"
  | "ActionAfterCompletion"
> &
  Partial<Pick<Schedule, "State" | "ScheduleExpressionTimezone" | "ActionAfterCompletion">>;

export type ScheduleGroup = { Name: string; Arn: string; CreationDate: number };

export type SchedulerOptions = {
  clock: Clock;
  /** Delivers the input to the target; a rejection is retried by the schedule's retry policy. */
  deliver(target: Target, input: string): Promise<void>;
  /** Receives input that could not be delivered. */
  deadLetter(queueArn: string, input: string, attributes: Record<string, string>): Promise<void>;
  log(text: string): void;
  /** File that keeps the schedules created at run time over a restart, a line for each change. */
  file?: string;
};
