// The ranges a chart can show.

/** Calendar days back from the newest stored one; undefined for all. */
export const ranges = { "1m": 31, "3m": 92, "1y": 366, "5y": 1_827, all: undefined } as const;
export type Range = keyof typeof ranges;
