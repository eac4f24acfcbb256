// Commands to try next. While the stack runs it holds the folder, so commands go to the stack. After --once a new start
// uses the folder again, with the same options for it.
import { say } from "../shared/words/say-here.ts";
import type { Options } from "./options.ts";

export type Hint = { readonly command: string; readonly about: string };

type Place = Pick<Options, "once" | "captured" | "dataDir" | "stocks">;

/** @param given the options as typed; defaults are not repeated */
export function hintsFor(
  { once, captured, dataDir, stocks }: Place,
  defaults: Pick<Options, "dataDir" | "stocks">,
): Hint[] {
  const folder = dataDir === defaults.dataDir ? "" : ` --data-dir ${quote(String(dataDir))}`;
  if (!once) return whileUp.map(({ command, about }) => ({ command: command + folder, about }));
  const market =
    captured !== undefined
      ? ` --captured ${quote(captured)}`
      : stocks === defaults.stocks
        ? ""
        : ` --stocks ${stocks}`;
  // Without options, drop npm's `--`.
  return afterOnce.map(({ command, about }) => ({
    command: (command + market + folder).replace(/ --$/, ""),
    about,
  }));
}

const whileUp: readonly Hint[] = [
  { command: "npx tushare-sync run DAILY_HISTORY --codes 600519.SH,000001.SZ", about: say("hintCodes") },
  { command: "npx tushare-sync run DAILY_INCREMENTAL", about: say("hintIncrement") },
  { command: "npx tushare-sync run ETF_LIST", about: say("hintEtfList") },
  { command: "npx tushare-sync run ETF_HISTORY --days 30", about: say("hintEtf") },
  { command: "npx tushare-sync run FINANCE_HISTORY --codes 600519.SH", about: say("hintFinance") },
  { command: "npx tushare-sync status", about: say("hintStatus") },
];

const afterOnce: readonly Hint[] = [
  { command: "npm start --", about: say("hintStay") },
  { command: "npm start -- --codes 600519.SH,000001.SZ", about: say("hintCodes") },
  { command: "npm start -- --job DAILY_INCREMENTAL", about: say("hintIncrement") },
  { command: "npm start -- --job ETF_HISTORY", about: say("hintEtf") },
  { command: "npm start -- --job FINANCE_HISTORY --codes 600519.SH", about: say("hintFinance") },
];

/** As a word of a shell. */
export function quote(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
