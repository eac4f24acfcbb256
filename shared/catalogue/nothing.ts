// Why there is nothing to fetch, as a code for programs.

/**
 * Why a plan has no unit. stored: everything is stored. stored_so_far: everything that is due is stored. fresh: the lists
 * were fetched today. not_due: nothing is due yet. Others: the market, or the named securities, had no data then.
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
