// Fetches all rows of a slice from one interface. TuShare cuts a reply at its cap without notice: a range that may be cut
// is fetched in halves, anything else page by page.
import type { InterfaceSpec } from "../catalogue/dataset.ts";
import { type Day, halvesOf } from "../catalogue/dates.ts";
import type { Selector } from "../catalogue/selector.ts";
import { SyncError } from "../errors.ts";
import type { Page } from "../ports.ts";
import { rowsOf } from "../rows/rows.ts";
import { paramsOf } from "../unit.ts";
import { say } from "../words/say.ts";

/** Most calls to one interface for one unit; planned units need far fewer. */
export const pagesMax = 12;

type FetchPage = (params: Readonly<Record<string, string>>) => Promise<Page>;

/**
 * All pages of a selector. A range that may be cut is halved, where the interface takes ranges; anything else is paged.
 * @param hasDuplicates whether several rows may be the same in every column
 * @throws SyncError permanent, before any call, when the interface does not support the selector; transient when the
 * answer cannot be proven whole within `pagesMax` calls
 */
export async function fetchWhole(
  spec: InterfaceSpec,
  selector: Selector,
  fetchPage: FetchPage,
  hasDuplicates = false,
): Promise<Page[]> {
  checkAsked(spec, selector);
  let calls = 0;
  const bounded: FetchPage = (params) => {
    calls += 1;
    if (calls > pagesMax)
      throw notWhole(say("stillNotWhole", { what: nameOf(spec, selector), calls: pagesMax }));
    return fetchPage(params);
  };
  return "from" in selector && takesRange(spec)
    ? await fetchRange(spec, selector, bounded)
    : await fetchByOffset(spec, selector, bounded, hasDuplicates);
}

/** Without parameters for its days each half of a range has the whole answer again. */
function takesRange({ parameters = {} }: InterfaceSpec): boolean {
  return parameters.start_date !== null && parameters.end_date !== null;
}

/** Checked before a call, because TuShare answers a missing parameter with an error or with unrelated rows. */
function checkAsked(spec: InterfaceSpec, selector: Selector): void {
  if (!spec.answers.includes(selector.by)) {
    throw new SyncError("permanent", say("notAskedBy", { interface: spec.name, by: selector.by }));
  }
  const params = paramsOf(spec, selector);
  const parameter = spec.requires?.find((name) => (params[name] ?? "") === "");
  if (parameter !== undefined) {
    throw new SyncError("permanent", say("needsParameter", { interface: spec.name, parameter }));
  }
}

async function fetchRange(
  spec: InterfaceSpec,
  selector: Selector & { from: Day; to: Day },
  fetchPage: FetchPage,
): Promise<Page[]> {
  const page = await fetchPage(paramsOf(spec, selector));
  if (!mayBeCut(page, spec)) return [page];
  if (selector.from === selector.to)
    throw notWhole(say("capForOneDay", { what: nameOf(spec, selector), rows: page.items.length }));
  const pages: Page[] = [];
  for (const half of halvesOf(selector)) {
    pages.push(...(await fetchRange(spec, { ...selector, ...half }, fetchPage)));
  }
  return pages;
}

async function fetchByOffset(
  spec: InterfaceSpec,
  selector: Selector,
  fetchPage: FetchPage,
  hasDuplicates: boolean,
): Promise<Page[]> {
  const pages: Page[] = [];
  const seen = new Set<string>();
  for (let offset = 0; ; ) {
    const page = await fetchPage({
      ...paramsOf(spec, selector),
      ...(offset > 0 && { offset: String(offset) }),
    });
    const rows = mayBeCut(page, spec) || offset > 0 ? rowsOf(page).map((row) => JSON.stringify(row)) : [];
    // With duplicates a page may begin with rows seen before. A page of only such rows that claims more is a repeated page.
    const isSeen = (row: string) => seen.has(row);
    const isRepeat = hasDuplicates ? mayBeCut(page, spec) && rows.every(isSeen) : rows.some(isSeen);
    if (offset > 0 && rows.length > 0 && isRepeat)
      throw notWhole(say("pageRepeats", { what: nameOf(spec, selector), offset }));
    if (page.items.length > 0) pages.push(page);
    if (!mayBeCut(page, spec)) return pages;
    if (page.items.length === 0) throw notWhole(say("emptyPageSaysMore", { what: nameOf(spec, selector) }));
    for (const row of rows) seen.add(row);
    offset += page.items.length;
  }
}

function mayBeCut(page: Page, spec: InterfaceSpec): boolean {
  return page.hasMore || page.items.length >= spec.rowCap;
}

function notWhole(why: string): SyncError {
  return new SyncError("transient", why);
}

function nameOf(spec: InterfaceSpec, selector: Selector): string {
  return `${spec.name} ${Object.values(paramsOf(spec, selector)).join(" ")}`;
}
