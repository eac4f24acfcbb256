// Why there is nothing to fetch: the planner's findings, in a word for programs.

/**
 * Why a plan has no unit. stored: all of it is here. stored_so_far: what is due of it is here. fresh: the lists were
 * fetched today. not_due: none of it is due. Others: the market, or the securities named, had nothing then.
 */
export const nothings = [
  "stored",
  "stored_so_far",
  "fresh",
  "not_due",
  "before_first_day",
  "no_open_day",
  "not_listed",
  "no_period",
  "no_filing",
] as const;
export type Nothing = (typeof nothings)[number];
