// What a person may mean by a code, digits, a name or its pinyin initials.
import type { Database } from "../../shared/ports.ts";
import { suggestCodes } from "../../shared/reads/instruments.ts";
import { readCode, suggestCode } from "../../shared/words/codes.ts";

export type Match = { readonly ts_code: string; readonly name: string };

/** The likeliest first. A code of no list is a match too: there may be prices of it. */
export async function search(database: Database, typed: string): Promise<readonly Match[]> {
  const code = readCode(typed);
  const found = await suggestCodes(database, code ?? typed);
  if (found.length > 0) return found;
  if (code !== undefined) return [{ ts_code: code, name: "" }];
  const meant = suggestCode(typed); // SH600519
  return meant === undefined ? [] : await suggestCodes(database, meant);
}
