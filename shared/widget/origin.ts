// The warning above every view of data that is not from the real TuShare.
import type { Origin } from "../catalogue/origin.ts";
import type { Language } from "../words/language.ts";
import { warnOfOrigin } from "../words/origin.ts";
import { translate } from "../words/translate.ts";
import { html, type Markup } from "./html.ts";

export function renderOrigin(origin: Origin, language: Language): Markup {
  const warning = warnOfOrigin(origin);
  return warning === undefined
    ? html``
    : html`<p class="ts-origin" role="note">${translate(warning, language)}</p>`;
}
