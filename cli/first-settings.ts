// What the first settings of this machine are made from: the account's points, found with as few calls as possible; what works
// with them; and what ten years take. `setup` and the local page ask here.
import { makeTushare } from "../shared/adapters/tushare.ts";
import { affordableWith, pointsFor, readChoice } from "../shared/catalogue/chosen-datasets.ts";
import { calendarDataset, datasets } from "../shared/catalogue/datasets.ts";
import { type Day, shanghaiDay } from "../shared/catalogue/dates.ts";
import { readSettings, settingTable } from "../shared/catalogue/settings.ts";
import { tierOfPoints } from "../shared/catalogue/tiers.ts";
import { asSyncError, lacksRight, SyncError } from "../shared/errors.ts";
import { paramsOf } from "../shared/unit.ts";
import { intervalFor } from "./cdk.ts";
import { type ChoicePrice, priceOfChoice } from "./choice-price.ts";
import { type Account, askUser, type Probe, uniqueProbes, validPoints } from "./doctor/tushare.ts";

type Asked = Omit<Account, "settings">;

/** Levels of points that TuShare sells (https://tushare.pro/document/1?doc_id=290), for a person who knows theirs. */
export const usualPoints = [120, 2_000, 5_000, 10_000] as const;

/** found: by which interfaces answer, because the account's own page does not say. */
export type FoundPoints =
  | { readonly by: "tushare"; readonly points: number; readonly until: Day }
  | { readonly by: "found" | "given"; readonly points: number };

/**
 * The account's points; undefined when neither its own page nor the interfaces tell.
 * @throws SyncError permanent, scope account, for a token or an address that TuShare refuses; transient when nothing answers
 */
export async function findPoints(account: Asked): Promise<FoundPoints | undefined> {
  const { batches, answeredAt } = await askUser(account);
  if (batches instanceof SyncError) {
    if (batches.scope === "account") throw batches;
  } else {
    const valid = validPoints(batches, shanghaiDay(answeredAt));
    // Points that never expire, such as the first 120, may be missing there.
    if (valid !== undefined) return { by: "tushare", ...valid };
  }
  const points = await probePoints(account);
  return points === undefined ? undefined : { by: "found", points };
}

/** From the most points down: the first interface that answers tells. @throws SyncError as findPoints */
async function probePoints(account: Asked): Promise<number | undefined> {
  for (const probe of probesByPoints()) {
    const answer = await hasRight(account, probe);
    if (answer === undefined) return undefined;
    if (answer) return probe.spec.points;
  }
  return 0;
}

/** One interface of the catalogue for each number of points, the most first. */
export function probesByPoints(): Probe[] {
  const all = uniqueProbes(Object.values(datasets));
  const levels = new Map(all.toReversed().map((probe) => [probe.spec.points, probe]));
  return [...levels.values()].sort((a, b) => b.spec.points - a.spec.points);
}

/** Undefined when it cannot be known now. @throws SyncError, scope account */
async function hasRight({ url, token, clock }: Asked, probe: Probe): Promise<boolean | undefined> {
  const upstream = makeTushare({ url, token: () => Promise.resolve(token), clock });
  try {
    await upstream.fetchPage(probe.spec, { ...paramsOf(probe.spec, probe.selector), limit: "1" });
    return true;
  } catch (thrown) {
    const error = asSyncError(thrown);
    if (error.scope === "account") throw error;
    if (lacksRight(error)) return false;
    if (error.kind !== "rate-limited") return undefined;
    return error.callsAMinute !== undefined; // a few calls an hour or a day are what TuShare gives without the right
  }
}

export type Plan = {
  readonly points: number;
  readonly callsAMinute: number;
  /** Undefined where a day is not limited. */
  readonly callsADay: number | undefined;
  /** Points without which no day can be planned: those of the trading calendar. */
  readonly pointsNeeded: number;
  readonly isEnough: boolean;
  /** Below it, what needs neither calendar nor list can still be kept up to date. */
  readonly isUsable: boolean;
  /** What that is, whatever was chosen of it; nothing where the points are enough. */
  readonly alone: readonly string[];
  /** Every dataset, with its points and the price of ten years. */
  readonly all: ChoicePrice["datasets"];
  /** What is kept up to date, and its price. */
  readonly kept: ChoicePrice;
  /** What is written, besides the token. */
  readonly settings: Readonly<Record<string, string>>;
};

/** @throws Error that names the word that is neither a set nor a dataset */
export function planSetup(points: number, asked: string): Plan {
  const { callsAMinute, callsADay } = tierOfPoints(points);
  const pointsNeeded = pointsFor(calendarDataset());
  const isEnough = points >= pointsNeeded;
  const alone: string[] = isEnough ? [] : affordableWith(points).map(({ name }) => name);
  const choice = alone.length === 0 ? asked : chosenAmong(alone, asked, callsAMinute).join(",");
  const interval = intervalFor(callsAMinute, settingTable.WORKER_SLOTS.default);
  const settings = {
    TUSHARE_CALLS_A_MINUTE: String(callsAMinute),
    TUSHARE_MIN_INTERVAL: String(interval),
    SYNC_DATASETS: choice,
  };
  const read = readSettings(settings);
  const priced = (text: string) => priceOfChoice(readChoice(text, callsAMinute), read);
  const all = priced("all").datasets.toSorted((a, b) => a.points - b.points);
  const kept = priced(choice);
  return {
    ...{ points, callsAMinute, callsADay: callsADay?.calls, pointsNeeded, isEnough },
    ...{ isUsable: isEnough || alone.length > 0, alone, all, kept, settings },
  };
}

/** What was chosen of them; all of them where nothing was, as by the usual choice. */
function chosenAmong(names: readonly string[], choice: string, callsAMinute: number): readonly string[] {
  const { datasets: tried, beyondPoints } = readChoice(choice, callsAMinute);
  const chosen: string[] = [...tried, ...beyondPoints].map(({ name }) => name);
  const both = names.filter((name) => chosen.includes(name));
  return both.length > 0 ? both : names;
}
