// The states of tasks and units, as the ledger, the API and all who show them name them.

/** A task that works by itself: of a job there is at most one. */
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

/** parked: a person is needed; not_due: upstream has not published it yet. */
export const unitStatuses = ["pending", "sent", "done", "not_due", "failed", "parked"] as const;
export type UnitStatus = (typeof unitStatuses)[number];
