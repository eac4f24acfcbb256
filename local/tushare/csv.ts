// Reads the CSV of captured answers: comma, double quotes doubled inside quotes, LF or CRLF, UTF-8.

/** The records of a CSV text, header first; an empty line is left out. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  for (const line of text.includes('"') ? quotedLines(text) : text.split("\n")) {
    const plain = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (plain !== "") records.push(plain.includes('"') ? quotedCells(plain) : plain.split(","));
  }
  return records;
}

// Lines that end outside quotes.
function* quotedLines(text: string): Generator<string> {
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') isQuoted = !isQuoted;
    if (sign !== "\n" || isQuoted) continue;
    yield text.slice(from, at);
    from = at + 1;
  }
  yield text.slice(from);
}

function quotedCells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}
