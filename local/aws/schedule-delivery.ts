// The delivery of one firing: context put into the input, the target called, retries, the dead-letter queue.
import { randomUUID } from "node:crypto";
import type { Schedule, SchedulerOptions } from "./schedule.ts";

const retryWaitMilliseconds = { first: 1000, longest: 60_000 };
const defaultRetry = { attempts: 185, ageSeconds: 86_400 };

/**
 * Delivers a schedule's input to its target. A failure is retried by the schedule's retry policy; after the last
 * attempt the input goes to its dead-letter queue.
 * @param due scheduled time, in milliseconds since the epoch
 */
export async function deliverSchedule(
  { Target: target, ...schedule }: Schedule,
  due: number,
  options: SchedulerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = options;
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy ?? {};
  const attemptsMax = 1 + (MaximumRetryAttempts ?? defaultRetry.attempts);
  const oldest = due + (MaximumEventAgeInSeconds ?? defaultRetry.ageSeconds) * 1000;
  const executionId = randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    const input = withContext(target.Input ?? "{}", {
      "schedule-arn": schedule.Arn,
      "scheduled-time": `${new Date(due).toISOString().slice(0, 19)}Z`,
      "execution-id": executionId,
      "attempt-number": String(attempt),
    });
    const failure = await options.deliver(target, input).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (failure === undefined) return;
    const wait = Math.min(retryWaitMilliseconds.first * 2 ** (attempt - 1), retryWaitMilliseconds.longest);
    if (attempt >= attemptsMax || clock.now() + wait > oldest) {
      options.log(`schedule ${schedule.Name} gave up after ${attempt} attempts: ${failure.message}`);
      const queue = target.DeadLetterConfig?.Arn;
      if (queue !== undefined) {
        await options.deadLetter(queue, input, {
          ERROR_CODE: failure.name,
          ERROR_MESSAGE: failure.message,
          EXECUTION_ID: executionId,
          RETRY_ATTEMPTS: String(attempt - 1),
          SCHEDULED_TIME: new Date(due).toISOString(),
          SCHEDULE_ARN: schedule.Arn,
          TARGET_ARN: target.Arn,
        });
      }
      return;
    }
    await clock.wait(wait, signal);
  }
}

function withContext(input: string, context: Record<string, string>): string {
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (text, name: string) => context[name] ?? text);
}
