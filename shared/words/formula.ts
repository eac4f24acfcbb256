// Texts of CSV cells that a spreadsheet would run as a formula.
// https://owasp.org/www-community/attacks/CSV_Injection

/** How a formula begins; spreadsheets in Chinese and Japanese take the full-width signs too. */
const begin = /^'*[=+\-@＝＋－＠\t\r\n]/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const onlySigns = /^[+-]+$/; // a dash for "nothing"

/**
 * The text behind an apostrophe, which makes a spreadsheet show it as it is. A text that already has one gets another, so
 * that no two texts become the same. Numbers are left alone.
 */
export function defuse(text: string): string {
  return begin.test(text) && !number.test(text) && !onlySigns.test(text) ? `'${text}` : text;
}
