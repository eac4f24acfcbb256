// Texts of CSV cells that a spreadsheet would run as a formula.
// https://owasp.org/www-community/attacks/CSV_Injection

/** How a formula begins; spreadsheets in Chinese and Japanese take the full-width signs too. */
const begin = /^'*[=+\-@＝＋－＠\t\r\n]/;
const number = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const onlySigns = /^[+-]+$/; // a dash for "nothing"

/**
 * The text behind an apostrophe, which makes a spreadsheet show it as it is. A text that already has one gets another, so
 * that no two texts become the same. Numbers are left alone.
 */
export function defuse(text: string): string {
  return begin.test(text) && !number.test(text) && !onlySigns.test(text) ? `'${text}` : text;
}

/** The same as an SQL expression, for texts that the database writes. */
export function defuseSql(text: string): string {
  const is = ({ source }: RegExp) => `${text} ~ '${source.replaceAll("'", "''")}'`;
  return `case when ${is(begin)} and not ${is(number)} and not ${is(onlySigns)} then '''' || ${text} else ${text} end`;
}
