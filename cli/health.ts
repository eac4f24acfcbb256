// Asks the worker of a stack how it stands with TuShare, and judges its answer.
import * as z from "zod/mini";
import { functionSeconds } from "../shared/catalogue/queue-limits.ts";
import { type Health, healthUnit } from "../shared/sync/health.ts";
import { type Finding, finding, ok } from "./doctor/finding.ts";
import { CommandError, exitCodes } from "./failure.ts";
import { invoke } from "./invoke.ts";
import type { Messages } from "./messages/en.ts";
import type { Target } from "./target.ts";

const answerSchema = z.object({
  address: z.nullable(z.string()),
  answered: z.boolean(),
  token: z.enum(["accepted", "refused", "not set", "unknown"]),
  said: z.nullable(z.string()),
});

/**
 * Lets the worker call TuShare once. busy: all slots are at work, which shows the same.
 * @throws CommandError unreachable when nothing answers; failed for a worker of a release that has no health unit
 */
export async function askHealth(target: Target, t: Messages): Promise<Health | "busy"> {
  let answer: unknown;
  try {
    answer = await invoke<unknown>(target, "WorkerName", healthUnit, functionSeconds.worker, t);
  } catch (error) {
    const cause = error instanceof CommandError ? error.cause : undefined;
    if (cause instanceof Error && cause.name === "TooManyRequestsException") return "busy";
    throw error;
  }
  const read = z.safeParse(answerSchema, answer);
  if (!read.success) throw new CommandError(exitCodes.failed, t.doctor.noHealth(target.name));
  return read.data;
}

/** What a person has to do about it. The address is the one that the stack says it has. */
export function judgeHealth(health: Health | "busy", { outputs }: Target, t: Messages): Finding[] {
  if (health === "busy") return [ok("way-out", t.doctor.slotsBusy)];
  const { address, answered, token, said } = health;
  if (!answered) {
    return [finding("way-out", "problem", t.doctor.noWayOut(t.said(said ?? "")), t.doctor.noWayOutRemedy)];
  }
  const wanted = outputs.EgressAddress;
  const isOther = address !== null && wanted !== undefined && address !== wanted;
  const wayOut = isOther
    ? finding("way-out", "problem", t.doctor.otherAddress(address, wanted), t.doctor.noWayOutRemedy)
    : ok("way-out", t.doctor.wayOut(address ?? wanted ?? t.doctor.unknownAddress));
  return [wayOut, judgeToken({ token, said }, outputs.TushareTokenSecretArn ?? "", t)];
}

function judgeToken({ token, said }: Pick<Health, "token" | "said">, secret: string, t: Messages): Finding {
  switch (token) {
    case "accepted":
      return ok("worker-token", t.doctor.tokenAccepted);
    case "not set":
      return finding("worker-token", "problem", t.doctor.secretEmpty, t.doctor.secretRemedy(secret));
    default:
      return finding(
        "worker-token",
        "problem",
        t.doctor.tokenRefused(t.said(said ?? "")),
        t.doctor.tokenRemedy,
      );
  }
}
