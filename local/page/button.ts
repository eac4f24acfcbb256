// A button of the page that sends a command to the dispatcher after a question.
import type { Action } from "../../shared/widget/actions.ts";
import { html, type Markup } from "../../shared/widget/html.ts";

/** The question is its price where `confirm` is "plan". */
export function button({ key, text, label, command, confirm }: Action): Markup {
  return html`<button type="button" data-key="${key}" data-command="${JSON.stringify(command)}" data-confirm="${confirm}" aria-label="${label}">${text}</button>`;
}
