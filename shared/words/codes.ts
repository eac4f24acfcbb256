// Codes as people write them -> codes as TuShare writes them. Every door that takes a code reads it here.

/** TuShare's form. Old and special codes have letters, and Beijing has some of seven digits. */
export const codePattern = /^[0-9A-Z]{1,12}\.[A-Z]{2,4}$/;

/**
 * Where six digits are listed. Shanghai: A shares 60, 68, B shares 90, funds 5. Shenzhen: A shares 00, 30, B shares 20,
 * funds 15, 16, 18. Beijing: 43, 82, 83, 87, 88, 92.
 */
const exchanges: readonly (readonly [RegExp, string])[] = [
  [/^(60|68|90|5)/, "SH"],
  [/^(00|30|20|15|16|18)/, "SZ"],
  [/^(43|82|83|87|88|92)/, "BJ"],
];

/** Any code in TuShare's form, also an index's; undefined when it is not one. */
export function readAnyCode(text: string): string | undefined {
  const code = plain(text);
  return codePattern.test(code) ? code : undefined;
}

/** A security's code in TuShare's form; undefined when it is not one, or has the suffix of another exchange. */
export function readCode(text: string): string | undefined {
  const code = readAnyCode(text);
  if (code === undefined) return undefined;
  const [digits = "", suffix] = code.split(".");
  const exchange = exchangeOf(digits);
  return exchange === undefined || exchange === suffix ? code : undefined;
}

/** The code that was probably meant by one that cannot be read. */
export function suggestCode(text: string): string | undefined {
  const code = plain(text);
  const digits = /^(?:[A-Z]{2,4}[.:]?)?(\d{6})(?:[.:]?[A-Z]{2,4})?$/.exec(code)?.[1] ?? shortened(code);
  const exchange = digits && exchangeOf(digits);
  return exchange === undefined ? undefined : `${digits}.${exchange}`;
}

/** The parts of a list as typed: commas of either width, semicolons, spaces and line ends part it. */
export function splitCodes(text: string): string[] {
  return text
    .normalize("NFKC")
    .split(/[\s,;、]+/)
    .filter((part) => part !== "");
}

/** Full-width characters become plain ones. */
function plain(text: string): string {
  return text.normalize("NFKC").replaceAll(/\s/g, "").replaceAll("。", ".").toUpperCase();
}

/** A spreadsheet drops the zeros in front. */
function shortened(code: string): string | undefined {
  return /^\d{1,4}$/.test(code) ? code.padStart(6, "0") : undefined;
}

function exchangeOf(digits: string): string | undefined {
  if (!/^\d{6}$/.test(digits)) return undefined;
  return exchanges.find(([pattern]) => pattern.test(digits))?.[1];
}
