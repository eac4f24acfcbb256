// The way from invented to one's own data, on the page: a token, what its points allow and how long it takes, and one button
// that writes the settings for the next start. setup.js sends the form.
import { isReal, type Origin } from "../../shared/catalogue/origin.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { setupWords } from "./setup-words.ts";
import type { PageWords } from "./words.ts";

/** Does what `tushare-sync setup` does, with what the form gives; the answer never holds the token. */
export type SetUp = (
  given: object,
  language: "en" | "zh",
) => Promise<{ outcome: "done" | "starts again" | "not enough" | "refused"; lines: readonly string[] }>;

/** The usual levels; TuShare is asked without one. */
const levels = [120, 2_000, 5_000, 10_000];

/** Offered where the rows are not TuShare's own and no other server is used. */
export function offersSetup(origin: Origin): boolean {
  return !isReal(origin) && origin.kind !== "address";
}

export function setupBox({ language }: PageWords, origin: Origin): Markup | undefined {
  if (!offersSetup(origin)) return undefined;
  const words = setupWords[language];
  return html`<section aria-label="${words.summary}"><details id="setup" class="setup">
<summary>${words.summary}</summary>
<p>${words.needs} <a href="https://tushare.pro" rel="noreferrer" target="_blank">tushare.pro</a></p>
<form id="setup-form" data-waiting="${words.waiting}" data-lost="${words.lost}" data-away="${words.away}">
<label>${words.token}<input type="password" name="token" autocomplete="off" spellcheck="false" required></label>
<label>${words.points}<select name="points"><option value="">${words.ask}</option>${levels.map((points) => html`<option value="${points}">${points.toLocaleString("en-US")}</option>`)}</select></label>
<label>${words.datasets}<input type="text" name="datasets" value="core" autocomplete="off" spellcheck="false"></label>
<div class="actions"><button class="plain">${words.check}</button> <button type="button" id="setup-write" class="main" disabled>${words.write}</button></div>
</form>
<pre id="setup-said" class="setup-said" role="status" tabindex="0" aria-label="${words.answer}" hidden></pre>
</details></section>`;
}
