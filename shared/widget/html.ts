// HTML and SVG as text, safe by construction: every value in a template is escaped, unless it is Markup itself.

/** HTML in which all values are escaped. */
export type Markup = { readonly markup: string };

export type Part = Markup | string | number | undefined | readonly Part[];

/** A tag for template literals. Texts and numbers are escaped, lists are joined, undefined is nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = pieces.reduce((before, piece, at) => `${before}${asText(parts[at - 1])}${piece}`);
  return { markup: text };
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function asText(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return escaped(String(part));
  return "markup" in part ? part.markup : part.map(asText).join("");
}
