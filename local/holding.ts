// Checks what a database already holds, before a start changes anything in it. The deployed functions refuse another
// origin too; here the message names the command line's options.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Origin } from "../shared/catalogue/origin.ts";
import { isOrigin, readHolding } from "../shared/ledger/origin.ts";
import { nameOrigin } from "../shared/words/origin.ts";
import { say } from "../shared/words/say-here.ts";
import { OptionError } from "./options.ts";
import { openDatabase } from "./page/database.ts";

/** Files and folders that a start creates in its data folder, besides the lock. */
const made = ["postgres", "cdk.out", "logs", "schedules.jsonl", "running.json", "running.json.new"];

const held = ["holder.json", "holder.lock"];

export type Place = {
  readonly databaseUrl: string;
  /** Undefined when DATABASE_URL names the database. */
  readonly dataDir: string | undefined;
};

/** True when an earlier start has put its database there. */
export function holdsDatabase(dataDir: string): boolean {
  return existsSync(join(dataDir, "postgres", "created"));
}

/**
 * @param adopt treats rows without a recorded origin as rows of this origin
 * @throws OptionError when it has rows of another origin, or of an unrecorded one
 */
export async function refuseOtherOrigin(place: Place, origin: Origin, adopt: boolean): Promise<void> {
  const database = openDatabase(place.databaseUrl);
  try {
    const holding = await readHolding(database);
    if (holding === "nothing" || isOrigin(holding, origin)) return;
    if (holding === "rows of an unknown origin" && adopt) return;
    throw new OptionError(refusal(place, holding, origin));
  } finally {
    await database.close();
  }
}

function refusal({ dataDir: path }: Place, holding: Origin | string, origin: Origin): string {
  if (typeof holding === "string") {
    return path === undefined ? say("serverUnknownOrigin") : say("folderUnknownOrigin", { path });
  }
  const named = { there: nameOrigin(holding), asked: nameOrigin(origin) };
  return path === undefined ? say("serverOtherOrigin", named) : say("folderOtherOrigin", { path, ...named });
}

/** @throws OptionError when `--discard` would delete anything that this program did not create */
export function requireOurs(dataDir: string, databaseUrl: string | undefined): void {
  if (databaseUrl) {
    throw new OptionError(say("discardNoServer"));
  }
  if (!existsSync(dataDir)) return;
  const hasOnlyOurs = readdirSync(dataDir).every((name) => [...made, ...held].includes(name));
  if ((hasOnlyOurs && !existsSync(join(dataDir, "postgres"))) || isOurs(join(dataDir, "postgres"))) return;
  throw new OptionError(say("discardNotOurs", { path: dataDir }));
}

/** Removes only what starts have created in the folder. The caller must hold the folder's lock. */
export function discard(dataDir: string): void {
  for (const name of made) rmSync(join(dataDir, name), { recursive: true, force: true });
}

function isOurs(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const names = readdirSync(folder);
  return names.includes("cluster") && names.every((name) => name === "cluster" || name === "created");
}
