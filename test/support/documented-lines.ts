// The command lines of a document, as a person types them.

/** The shell blocks of a document. */
export const blocksOf = (text: string) =>
  [...text.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

/** Code in the text that is to be typed. */
export function spansOf(text: string): string[] {
  const spans = text.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`]+)`/g);
  return [...spans]
    .map(([, span = ""]) => span.replaceAll("\n", " "))
    .filter((span) => /^(npx|npm|aws|dispatch|sql|logs|metric|output|curl|read) /.test(span));
}

/** The lines of a block, each with its continued ones. */
export const linesOf = (block: string) =>
  block
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Every command, of blocks and of text, with its continued lines on one. */
export const commandsOf = (text: string): string[] => [
  ...blocksOf(text).flatMap(linesOf),
  ...spansOf(text).map((line) => line.trim()),
];

/** A line in its parts, without the quotes around them. */
export const wordsOf = (line: string) =>
  (line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []).map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ""),
  );
