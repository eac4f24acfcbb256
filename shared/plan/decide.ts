// Facts -> the plan for data by time: slices of all securities, or codes with a range. Pure.
import { type Dataset, listOf, securityOf } from "../catalogue/datasets.ts";
import { openDaysIn } from "../coverage/calendar.ts";
import { SyncError } from "../errors.ts";
import type { PlannedUnit } from "../unit.ts";
import { say } from "../words/say.ts";
import type { Facts } from "./facts.ts";
import { jobOfDataset } from "./job-of.ts";
import { type Plan, planByCode } from "./plan.ts";
import type { Request, Scope } from "./scope.ts";

/** @throws SyncError permanent when a code of the command is unknown */
export function decide(request: Request, facts: Facts): Plan {
  const { scope } = facts;
  if ("units" in scope) return scope;
  if (request.command.codes !== undefined) return planCodesNamed(request, scope, facts);
  if (facts.lacksMembers) refuseWithoutList(request.dataset);
  const { range, reason, warns } = scope;
  const bySlice = facts.missing && mixed(request, scope, facts.missing, facts);
  const units = fewerCalls(bySlice, unitsByCode(request, scope, facts));
  return { units, range, reason, ...(warns && { warns }), nothing: storedOf(scope) };
}

/** Plans the missing ranges of the command's codes; the reason names codes that were not listed then. */
function planCodesNamed(request: Request, scope: Scope, facts: Facts): Plan {
  const { codes = [], unknownCodes = [], unlistedCodes = [] } = facts;
  refuseUnknown(request.dataset, unknownCodes);
  const { from, to } = scope.range;
  const remark = unlistedCodes.length > 0 && say("notListed", { codes: few(unlistedCodes), from, to });
  return {
    units: unitsByCode(request, scope, facts) ?? [],
    reason: [scope.reason, remark].filter(Boolean).join("; ") || null,
    range: scope.range,
    nothing: unlistedCodes.length === codes.length ? "not_listed" : storedOf(scope),
  };
}

/**
 * A missing list is an error; it must not be taken for a market without securities.
 * @throws SyncError permanent when the dataset has a list
 */
export function refuseWithoutList(dataset: Dataset): void {
  const list = listOf(dataset);
  if (list === undefined) return;
  const told = { list: list.title.en, table: list.table, job: jobOfDataset(list, "reference") };
  throw new SyncError("permanent", say("listNotStored", told));
}

/** Days of which few rows are missing are fetched by code where that takes fewer units; all other days by day. */
function mixed(
  { dataset, settings }: Request,
  { range }: Scope,
  missing: readonly PlannedUnit[],
  { calendar, few }: Facts,
): readonly PlannedUnit[] {
  if (few === undefined) return missing;
  const byCode = planByCode(dataset, few.ranges, openDaysIn(calendar, range), settings);
  if (byCode.length >= few.days.length) return missing;
  const isFew = ({ selector }: PlannedUnit) =>
    selector.by === "date" && few.days.includes(selector.trade_date);
  return [...missing.filter((unit) => !isFew(unit)), ...byCode];
}

/** The plan with fewer calls: a unit of either kind costs one call to each interface. */
function fewerCalls(
  bySlice: readonly PlannedUnit[] | undefined,
  byCode: readonly PlannedUnit[] | undefined,
): readonly PlannedUnit[] {
  if (bySlice === undefined || byCode === undefined) return bySlice ?? byCode ?? [];
  return byCode.length < bySlice.length ? byCode : bySlice;
}

function unitsByCode(
  { dataset, settings }: Request,
  { range }: Scope,
  { calendar, codes = [], missingRanges }: Facts,
): PlannedUnit[] | undefined {
  if (missingRanges === undefined || codes.length === 0) return undefined;
  return planByCode(dataset, missingRanges, openDaysIn(calendar, range), settings);
}

function storedOf({ reason }: Scope): "stored" | "stored_so_far" {
  return reason === null ? "stored" : "stored_so_far";
}

/** @throws SyncError permanent when `codes` is not empty */
export function refuseUnknown(dataset: Dataset, codes: readonly string[]): void {
  const list = listOf(dataset);
  if (codes.length === 0 || list === undefined) return;
  const kind = say(securityOf(dataset) ?? "stock");
  const told = { kind, codes: few(codes), table: list.table, list: jobOfDataset(list, "reference") };
  throw new SyncError("permanent", say("unknownCodes", told));
}

/** The first codes of a list, and how many more there are. */
function few(codes: readonly string[]): string {
  const shown = codes.slice(0, 5).join(", ");
  return codes.length > 5 ? say("andMore", { shown, count: codes.length - 5 }) : shown;
}
