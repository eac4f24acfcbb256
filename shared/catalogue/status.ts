// The states of tasks and units, with the same names in the ledger, the API and on every page.

/** States of a live task; a job has at most one live task. */
export const liveStatuses = ["PENDING", "RUNNING"] as const;

const endedStatuses = ["COMPLETED", "FAILED", "CANCELLED"] as const;

export const taskStatuses = [...liveStatuses, ...endedStatuses, "PAUSED"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export function isLive(status: TaskStatus): boolean {
  return liveStatuses.some((live) => live === status);
}

export function hasEnded(status: TaskStatus): boolean {
  return endedStatuses.some((ended) => ended === status);
}

/** parked: needs action; not_due: the upstream has not published it yet. */
export const unitStatuses = ["pending", "sent", "done", "not_due", "failed", "parked"] as const;
export type UnitStatus = (typeof unitStatuses)[number];

export function isUnitStatus(name: string): name is UnitStatus {
  return unitStatuses.some((status) => status === name);
}

export const verificationStatuses = ["RUNNING", "COMPLETED", "FAILED"] as const;
export type VerificationStatus = (typeof verificationStatuses)[number];

/** explained: whole, with absences that are recorded. different: not as upstream has it. */
export const verdicts = ["complete", "explained", "missing", "different"] as const;
export type Verdict = (typeof verdicts)[number];
