// Shell completion beyond what yargs does: a script for fish that passes the word that is being typed, and the words that a command
// takes without being limited to them.
import type { Command } from "./command.ts";
import { wordsOf } from "./line.ts";

/**
 * yargs prints one for fish too, but without the word at the cursor, so that nothing is offered after a space. It tells the shell by
 * SHELL, as here.
 */
const fishScript = `# tushare-sync completion > ~/.config/fish/completions/tushare-sync.fish
complete -c tushare-sync -f -a '(tushare-sync --get-yargs-completions tushare-sync (commandline -opc)[2..-1] (commandline -ct))'`;

/** The script that a line asks for, where yargs has no good one. */
export function completionScript(
  argv: readonly string[],
  { SHELL: shell = "" }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const isAsked = argv[0] === "completion" && !argv.some((word) => /^(--help|-h)$/.test(word));
  return isAsked && /(^|\/)fish$/.test(shell) ? fishScript : undefined;
}

/** What may be meant by the first word of a command that takes other words as well. @param words typed so far, without the program */
export function suggestedWords(commands: readonly Command[], words: readonly string[]): string[] {
  const [name, current = ""] = words;
  const command = commands.find(({ usage }) => usage.split(" ")[0] === name);
  const [place] = command === undefined ? [] : wordsOf(command.usage);
  if (command === undefined || place === undefined || words.length !== 2) return [];
  return (command.options[place]?.suggests ?? []).filter((word) => word.startsWith(current));
}
