// Where the data comes from, above every view of it that is not real TuShare's.
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
