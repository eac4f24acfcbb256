// Codes as people write them -> codes as TuShare writes them. Command line, API and page all read codes here.

/** TuShare's format. Old and special codes contain letters, and some Beijing codes have seven digits. */
export const codePattern = /^[0-9A-Z]{1,12}\.[A-Z]{2,4}$/;

/**
 * The exchange of a six-digit code. Shanghai: A shares 60, 68, B shares 90, funds 5. Shenzhen: A shares 00, 30, B shares 20,
 * funds 15, 16, 18. Beijing: 43, 82, 83, 87, 88, 92.
 */
const exchanges: readonly (readonly [RegExp, string])[] = [
  [/^(60|68|90|5)/, "SH"],
  [/^(00|30|20|15|16|18)/, "SZ"],
  [/^(43|82|83|87|88|92)/, "BJ"],
];

/** Any code in TuShare's format, index codes included; undefined when the text is not a code. */
export function readAnyCode(text: string): string | undefined {
  const code = plain(text);
  return codePattern.test(code) ? code : undefined;
}

/** A security's code in TuShare's format; undefined when the text is not a code, or has the suffix of the wrong exchange. */
export function readCode(text: string): string | undefined {
  const code = readAnyCode(text);
  if (code === undefined) return undefined;
  const [digits = "", suffix] = code.split(".");
  const exchange = exchangeOf(digits);
  return exchange === undefined || exchange === suffix ? code : undefined;
}

/** The code that was probably meant when a text cannot be read as a code. */
export function suggestCode(text: string): string | undefined {
  const code = plain(text);
  const digits = /^(?:[A-Z]{2,4}[.:]?)?(\d{6})(?:[.:]?[A-Z]{2,4})?$/.exec(code)?.[1] ?? shortened(code);
  const exchange = digits && exchangeOf(digits);
  return exchange === undefined ? undefined : `${digits}.${exchange}`;
}

/** The parts of a typed list, separated by commas of either width, semicolons, spaces or line ends. */
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

/** Restores leading zeros, which a spreadsheet drops. */
function shortened(code: string): string | undefined {
  return /^\d{1,4}$/.test(code) ? code.padStart(6, "0") : undefined;
}

function exchangeOf(digits: string): string | undefined {
  if (!/^\d{6}$/.test(digits)) return undefined;
  return exchanges.find(([pattern]) => pattern.test(digits))?.[1];
}
