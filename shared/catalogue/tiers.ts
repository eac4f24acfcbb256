// Rate limits by an account's points (https://tushare.pro/document/1?doc_id=290).

export type Tier = {
  readonly points: number;
  /** To one interface. */
  readonly callsAMinute: number;
  /** Undefined where a day is not limited. */
  readonly callsADay: { readonly calls: number; readonly of: "all interfaces" | "an interface" } | undefined;
};

const least: Tier = { points: 0, callsAMinute: 50, callsADay: { calls: 8_000, of: "all interfaces" } };

/** The most first. */
const tiers: readonly Tier[] = [
  { points: 5_000, callsAMinute: 500, callsADay: undefined },
  { points: 2_000, callsAMinute: 200, callsADay: { calls: 100_000, of: "an interface" } },
  least,
];

/** The tier of an account with so many points. */
export function tierOfPoints(points: number): Tier {
  return tiers.find((tier) => points >= tier.points) ?? least;
}

/** The tier of an account with such a limit of calls a minute to an interface. */
export function tierOfCalls(callsAMinute: number): Tier {
  return tiers.find((tier) => callsAMinute >= tier.callsAMinute) ?? least;
}
