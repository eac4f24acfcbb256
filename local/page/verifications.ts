// The newest verifications as a table, what one of them has found as the content of the dialog, and the form that starts one.
import { datasets, isDatasetName } from "../../shared/catalogue/datasets.ts";
import { formatDay } from "../../shared/catalogue/dates.ts";
import type { Database } from "../../shared/ports.ts";
import {
  type Finding,
  readFindings,
  readVerification,
  type Verification,
} from "../../shared/reads/verifications.ts";
import { formatNumber, formatTime } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { renderTable } from "../../shared/widget/table.ts";
import type { PageWords } from "./words.ts";

/** Findings in the dialog; all that are kept are in the table sync_finding. */
const findingsShown = 200;

const idPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export function renderVerifications(
  verifications: readonly Verification[],
  now: Date,
  words: PageWords,
): string {
  const { verify, widget } = words;
  if (verifications.length === 0) return html`<p class="ts-quiet">${verify.none}</p>`.markup;
  return renderTable({
    columns: [
      { name: verify.dataset, cell: ({ dataset }) => titleOf(dataset, words) },
      { name: verify.days, cell: daysOf },
      { name: verify.how, cell: ({ how }) => verify.hows[how] },
      { name: verify.verdict, cell: (one) => verdictOf(one, words) },
      { name: verify.found, cell: (one) => countsOf(one, words) },
      { name: widget.started, cell: ({ startedAt }) => formatTime(startedAt, now) },
    ],
    rows: verifications,
    note: ({ reason }) => (reason === null ? undefined : widget.said(reason)),
  }).markup;
}

/** Opens in the dialog, or without a script as a page of its own. */
function verdictOf({ id, status, verdict, findings }: Verification, { verify }: PageWords): Markup | string {
  const text = verdict === null ? verify.statuses[status] : verify.verdicts[verdict];
  if (findings === 0) return text;
  const href = `/findings?${new URLSearchParams({ verification: id })}`;
  return html`<a href="${href}" data-names="" data-key="findings-${id}">${text}</a>`;
}

function countsOf({ counts }: Verification, { verify }: PageWords): string {
  const { expected, stored } = counts;
  const parts = [
    expected !== null && verify.stored(formatNumber(stored ?? 0), formatNumber(expected)),
    ...(["explained", "unexplained", "missing", "different", "failedChecks"] as const).map(
      (name) => counts[name] > 0 && verify.counts[name](formatNumber(counts[name])),
    ),
  ];
  return parts.filter((part) => part !== false).join(", ");
}

function daysOf({ from, to }: Verification): string {
  return from === null || to === null ? "" : `${formatDay(from)} – ${formatDay(to)}`;
}

function titleOf(name: string, { widget }: PageWords): string {
  return isDatasetName(name) ? widget.title(datasets[name].title) : name;
}

/** @param query the verification; of anything else it says that nothing is known */
export async function drawFindings(
  database: Database,
  query: URLSearchParams,
  words: PageWords,
): Promise<string> {
  const { verify } = words;
  const id = query.get("verification") ?? "";
  const verification = idPattern.test(id) ? await readVerification(database, id) : undefined;
  if (verification === undefined) return html`<p>${verify.unknown}</p>`.markup;
  const findings = await readFindings(database, id, { limit: findingsShown });
  const heading = html`<h3>${titleOf(verification.dataset, words)} ${daysOf(verification)}</h3>`;
  const table = renderTable<Finding>({
    columns: [
      { name: verify.finding, cell: ({ finding }) => verify.findings[finding] ?? finding },
      { name: words.day, cell: ({ day }) => (day === null ? "" : formatDay(day)) },
      { name: words.widget.code, cell: ({ ts_code, key }) => ts_code ?? textOf(key) },
      { name: verify.part, cell: ({ part }) => part ?? "" },
      { name: verify.storedValue, cell: ({ stored }) => stored ?? "" },
      { name: verify.upstreamValue, cell: ({ upstream }) => upstream ?? "" },
    ],
    rows: findings,
  });
  const cut =
    verification.findings <= findings.length
      ? undefined
      : html`<p class="ts-quiet">${verify.first(formatNumber(findings.length), formatNumber(verification.findings))}</p>`;
  return html`${heading}${table}${cut}`.markup;
}

function textOf(key: Finding["key"]): string {
  return Object.values(key ?? {})
    .filter((value) => value !== null)
    .join(" ");
}

/** Starts a verification. A list takes no days. */
export function verifyForm(words: PageWords): Markup {
  const { verify } = words;
  const options = Object.values(datasets).map(
    ({ name, title, slices }) =>
      html`<option value="${name}"${slices === "lists" ? html` data-list=""` : undefined}>${words.widget.title(title)}</option>`,
  );
  const isListFirst = Object.values(datasets)[0]?.slices === "lists"; // a list takes no days
  const disabled = isListFirst ? html` disabled` : undefined;
  return html`<form id="verify-form">
<label>${verify.dataset}<select name="dataset">${options}</select></label>
<label>${words.from}<input type="date" name="from"${disabled}></label><label>${words.to}<input type="date" name="to"${disabled}></label>
<label class="check"><input type="checkbox" name="upstream">${verify.upstream}</label>
<label class="check"><input type="checkbox" name="repair">${verify.repair}</label>
<button class="main">${verify.button}</button>
</form>`;
}
