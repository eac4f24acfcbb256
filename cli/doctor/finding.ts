// The result of a check: its level, one sentence, and what to do about it.

export type Level = "ok" | "note" | "warning" | "problem";

export type Finding = {
  /** Same for the same check in every language. */
  readonly check: string;
  readonly level: Level;
  readonly text: string;
  readonly remedy?: string;
};

export function ok(check: string, text: string): Finding {
  return { check, level: "ok", text };
}

/** A problem and its remedy. */
export function finding(
  check: string,
  level: "note" | "warning" | "problem",
  text: string,
  remedy: string,
): Finding {
  return { check, level, text, remedy };
}

/** The count of each level, the worst last. */
export function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const counts: Record<Level, number> = { ok: 0, note: 0, warning: 0, problem: 0 };
  for (const { level } of findings) counts[level] += 1;
  return counts;
}
