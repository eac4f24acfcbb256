// Checks a local or deployed stack: the API, the last success of each job, failures that need action.
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { JobAnswer } from "../../shared/api/answers.ts";
import type { Api } from "../api.ts";
import { shanghaiClock, type Task } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sentence, type Target } from "../target.ts";
import { type Finding, finding, ok } from "./finding.ts";

type Job = Pick<JobAnswer, "schedules"> & { readonly job_type: string };

/** From Friday evening to Monday evening plus a day; for a weekly schedule, a week plus a day. */
const daysBetweenRuns = 4;
const daysBetweenWeeklyRuns = 8;
const dayMilliseconds = 86_400_000;

/** @throws CommandError when the API does not answer */
export async function checkStack(target: Target, api: Api, now: Date, t: Messages): Promise<Finding[]> {
  const { jobs } = await api.listJobs();
  const successes = await Promise.all(
    jobs
      .filter(({ schedules }) => schedules.length > 0)
      .map(async (job) => {
        const { tasks } = await api.listTasks({ job: job.job_type, status: "COMPLETED", limit: 1 });
        return judgeSuccess(job, tasks[0], now, target.stack !== undefined, t);
      }),
  );
  const [failures, paused] = await Promise.all([
    api.listFailures({ resolved: false, needs_person: true }),
    api.listTasks({ status: "PAUSED" }),
  ]);
  return [
    ok("api", t.doctor.api(target.apiUrl)),
    ...successes,
    failures.failures.length === 0
      ? ok("failures", t.doctor.noFailures)
      : finding(
          "failures",
          "warning",
          t.doctor.failures(String(failures.failures.length)),
          t.doctor.failuresRemedy,
        ),
    ...paused.tasks.map(({ job_type, reason, id }) =>
      finding(
        "paused",
        "warning",
        t.doctor.paused(job_type, t.said(reason ?? "")),
        t.doctor.pausedRemedy(id),
      ),
    ),
    ...(await checkQueues(target, t)),
  ];
}

export function judgeSuccess(
  job: Job,
  last: Task | undefined,
  now: Date,
  isDeployed: boolean,
  t: Messages,
): Finding {
  const check = `last-success-${job.job_type}`;
  if (last?.completed_at == null) {
    // On a laptop the schedules are not expected to have run.
    return isDeployed
      ? finding(check, "warning", t.doctor.neverRan(job.job_type), t.doctor.runRemedy(job.job_type))
      : finding(check, "note", t.doctor.neverRan(job.job_type), t.doctor.runRemedy(job.job_type));
  }
  const isWeekly = job.schedules.every((expression) =>
    / (MON|TUE|WED|THU|FRI|SAT|SUN) \*\)$/.test(expression),
  );
  const days = isWeekly ? daysBetweenWeeklyRuns : daysBetweenRuns;
  const when = shanghaiClock(last.completed_at);
  return now.getTime() - Date.parse(last.completed_at) <= days * dayMilliseconds
    ? ok(check, t.doctor.succeeded(job.job_type, when))
    : finding(
        check,
        isDeployed ? "warning" : "note",
        t.doctor.longAgo(job.job_type, when),
        t.doctor.runRemedy(job.job_type),
      );
}

/** Runs that schedules could not start. Dead letters are only counted: they are consumed within a minute. */
async function checkQueues(target: Target, t: Messages): Promise<Finding[]> {
  const { MissedRunsQueueUrl: url } = target.outputs;
  if (url === undefined) return [];
  const client = new SQSClient(target.clients);
  try {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    const missed = Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    return [
      missed === 0
        ? ok("missed-runs", t.doctor.noMissedRuns)
        : finding(
            "missed-runs",
            "warning",
            t.doctor.missedRuns(String(missed)),
            t.doctor.missedRunsRemedy(url),
          ),
    ];
  } catch (error) {
    return [
      finding("missed-runs", "note", t.doctor.notReadable("SQS", sentence(error)), t.doctor.rightsRemedy),
    ];
  } finally {
    client.destroy();
  }
}
