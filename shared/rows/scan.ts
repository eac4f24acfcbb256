// Reads the rows of a reply out of its JSON text, by column. Each number keeps its own digits: a double would lose some, and
// making text of doubles again takes as long as reading them. Strict JSON; whatever is not plain rows is left to JSON.parse.

/**
 * The cells of one column; all that are not null are of the same kind. Numbers are their text, as numberText gives it. The
 * empty text is null.
 */
export type ScannedColumn = { readonly kind: "number" | "text"; readonly cells: readonly string[] };

export type ScannedRows = { readonly columns: readonly ScannedColumn[]; readonly length: number };

type Draft = { kind: ScannedColumn["kind"] | undefined; readonly cells: string[]; previous: string };

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const open = 0x5b;
const backslash = 0x5c;
const close = 0x5d;
const letterN = 0x6e;
const letterE = 0x65;

/** No JSON number of up to 15 characters has more digits than a double holds. */
const safeLength = 15;

/**
 * Reads an array of arrays of texts, numbers and nulls, as many in each row and of the same kind in each column.
 * @param start where its bracket stands
 * @returns the rows and where the text goes on; undefined for anything else, valid JSON or not
 */
export function scanRows(text: string, start: number): { rows: ScannedRows; end: number } | undefined {
  const drafts: Draft[] = [];
  let length = 0;
  let at = afterSpace(text, start + 1);
  if (text.charCodeAt(at) === close) return { rows: { columns: [], length: 0 }, end: at + 1 };
  for (;;) {
    if (text.charCodeAt(at) !== open) return undefined;
    at = scanRow(text, afterSpace(text, at + 1), drafts, length);
    if (at === -1) return undefined;
    length += 1;
    at = afterSpace(text, at);
    const code = text.charCodeAt(at);
    if (code === close) break;
    if (code !== comma) return undefined;
    at = afterSpace(text, at + 1);
  }
  const columns = drafts.map(({ kind, cells }) => ({ kind: kind ?? "text", cells }) as const);
  return { rows: { columns, length }, end: at + 1 };
}

/** Reads the cells of a row up to its closing bracket. Returns where the text goes on, -1 where it is no plain row. */
function scanRow(text: string, start: number, drafts: Draft[], row: number): number {
  let at = start;
  for (let column = 0; ; column += 1) {
    let draft = drafts[column];
    if (draft === undefined) {
      if (row > 0) return -1;
      draft = { kind: undefined, cells: [], previous: "" };
      drafts.push(draft);
    }
    const code = text.charCodeAt(at);
    if (code === quote) at = scanText(text, at + 1, draft);
    else if (code === letterN) at = scanNull(text, at, draft);
    else at = scanNumber(text, at, draft);
    if (at === -1) return -1;
    at = afterSpace(text, at);
    const next = text.charCodeAt(at);
    if (next === close) return column + 1 === drafts.length ? at + 1 : -1;
    if (next !== comma) return -1;
    at = afterSpace(text, at + 1);
  }
}

function scanNull(text: string, at: number, { cells }: Draft): number {
  if (!text.startsWith("null", at)) return -1;
  cells.push("");
  return at + 4;
}

/** A text after its quote. */
function scanText(text: string, start: number, draft: Draft): number {
  if (draft.kind === "number") return -1;
  draft.kind = "text";
  // A column of one day repeats its text: comparing takes less than making another string.
  const { previous } = draft;
  if (text.charCodeAt(start + previous.length) === quote && text.startsWith(previous, start)) {
    draft.cells.push(previous);
    return start + previous.length + 1;
  }
  let at = start;
  let hasEscape = false;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === quote) break;
    if (!(code >= 0x20)) return -1; // a control character, or the end
    if (code === backslash) {
      hasEscape = true;
      at += 1;
    }
    at += 1;
  }
  if (hasEscape) {
    const read = readEscapes(text.slice(start - 1, at + 1));
    if (read === undefined) return -1;
    draft.cells.push(read);
  } else {
    draft.previous = text.slice(start, at);
    draft.cells.push(draft.previous);
  }
  return at + 1;
}

function readEscapes(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

/** A number by JSON's grammar. */
function scanNumber(text: string, start: number, draft: Draft): number {
  if (draft.kind === "text") return -1;
  draft.kind = "number";
  let at = start;
  if (text.charCodeAt(at) === minus) at += 1;
  const whole = at;
  at = afterDigits(text, at);
  if (at === whole || (text.charCodeAt(whole) === zero && at > whole + 1)) return -1;
  let hasFraction = false;
  if (text.charCodeAt(at) === dot) {
    const fraction = at + 1;
    at = afterDigits(text, fraction);
    if (at === fraction) return -1;
    hasFraction = true;
  }
  let hasExponent = false;
  if ((text.charCodeAt(at) | 0x20) === letterE) {
    const sign = text.charCodeAt(at + 1);
    const exponent = at + (sign === minus || sign === 0x2b ? 2 : 1);
    at = afterDigits(text, exponent);
    if (at === exponent) return -1;
    hasExponent = true;
  }
  const cell =
    hasExponent || at - start > safeLength
      ? numberText(text.slice(start, at))
      : shortest(text, start, at, hasFraction);
  if (cell === undefined) return -1;
  draft.cells.push(cell);
  return at;
}

/** A number without an exponent, without the zeros that end its fraction. */
function shortest(text: string, start: number, end: number, hasFraction: boolean): string {
  let last = end;
  if (hasFraction) {
    while (text.charCodeAt(last - 1) === zero) last -= 1;
    if (text.charCodeAt(last - 1) === dot) last -= 1;
  }
  const number = text.slice(start, last);
  return number === "-0" ? "0" : number;
}

/**
 * The text by which a JSON number is stored: its own one when it has more digits than a double holds, or else the shortest
 * one, so that 1.50 and 1.5 are the same. Undefined for one beyond every double, which is no number of TuShare's.
 */
export function numberText(source: string): string | undefined {
  const value = Number(source);
  if (!Number.isFinite(value) && significantDigits(source) <= safeLength) return undefined;
  return isExact(value, source) ? String(value) : source;
}

/** Whether a double holds the number: of at most 15 digits, and not so small that it becomes 0. */
export function isExact(value: number, source: string): boolean {
  const digits = significantDigits(source);
  return digits <= safeLength && (value !== 0 || digits === 0);
}

/** Digits without the leading zeros and the exponent. */
function significantDigits(source: string): number {
  let digits = 0;
  for (let at = 0; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if ((code | 0x20) === letterE) break;
    if (code >= zero && code <= nine && (digits > 0 || code !== zero)) digits += 1;
  }
  return digits;
}

function afterDigits(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code >= zero && code <= nine; code = text.charCodeAt(at)) at += 1;
  return at;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  let code = text.charCodeAt(at);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
    at += 1;
    code = text.charCodeAt(at);
  }
  return at;
}
