// Finds the known word closest to a mistyped one.

/** Undefined when none is close enough: a wrong guess is worse than none. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = bare(word);
  const ranked = known
    .map((one) => ({ one, steps: distance(typed, bare(one)) }))
    .sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  return best !== undefined && best.steps <= Math.max(1, Math.floor((typed.length + 1) / 3))
    ? best.one
    : undefined;
}

/** Case and the separator between words do not matter. */
function bare(word: string): string {
  return word
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[-_\s]/g, "")
    .slice(0, 60);
}

/** Edit distance: letters deleted, inserted, replaced, or two neighbours swapped (optimal string alignment). */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    const above = rows[row - 1] ?? [];
    const here = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      const steps = [
        (above[column] ?? 0) + 1,
        (here[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + changed,
      ];
      const isExchanged =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isExchanged) steps.push((rows[row - 2]?.[column - 2] ?? 0) + 1);
      here.push(Math.min(...steps));
    }
    rows.push(here);
  }
  return rows[from.length]?.[to.length] ?? 0;
}
