// Chance from a seed: the same seed makes the same choices everywhere.

export type Chance = {
  /** From 0 to 1. */
  random(): number;
  /** True in this share of cases. */
  is(share: number): boolean;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  pick<Choice>(choices: readonly Choice[]): Choice;
  /** Chance of its own for a part, so that choices in one part do not move those of others. */
  of(part: string): Chance;
};

export function chanceFrom(seed: number, part = ""): Chance {
  let state = seed | 0;
  for (let at = 0; at < part.length; at += 1)
    state = Math.imul(state ^ part.charCodeAt(at), 0x5bd1e995) ^ (state >>> 13);
  // mulberry32
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  return {
    random,
    is: (share) => random() < share,
    whole,
    pick(choices) {
      const chosen = choices[whole(0, choices.length - 1)];
      if (chosen === undefined) throw new Error("there is nothing to choose from");
      return chosen;
    },
    of: (inner) => chanceFrom(seed, `${part}/${inner}`),
  };
}
