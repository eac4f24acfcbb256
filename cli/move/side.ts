// A side of a move: the database of a folder, of a deployed stack or at an address, however it is reached.
import { existsSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type DataDir, takeDataDir } from "../../local/data-dir.ts";
import { startDatabase } from "../../local/database/database.ts";
import { withSettings } from "../../local/database/url.ts";
import { discard, holdsDatabase } from "../../local/holding.ts";
import { openDatabase } from "../../local/page/database.ts";
import { findRunning } from "../../local/running.ts";
import { makeDataApi } from "../../shared/adapters/data-api.ts";
import type { Database } from "../../shared/ports.ts";
import { realClock } from "../clock.ts";
import { CommandError, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { localTarget, outputOf, sentence, type Target } from "../target.ts";
import { lanesMax } from "./move.ts";

export type Side = {
  readonly kind: "folder" | "stack" | "address";
  /** For people; without a password. */
  readonly name: string;
  /** Of two sides with the same one, one would be moved into itself. */
  readonly place: string;
  readonly database: Database;
  /** Whether its calls are paid for. */
  readonly isDeployed: boolean;
  close(): Promise<void>;
  /** Takes away what opening it has made. */
  undo(): Promise<void>;
};

/** Texts of dates and times that are the same everywhere. */
const sameTexts = "-c TimeZone=UTC -c DateStyle=ISO,MDY -c IntervalStyle=postgres -c bytea_output=hex";

/** The oldest PostgreSQL that the local stack takes, too. */
const serverVersionMin = 15;

/** As the Data API's. */
const statementMilliseconds = 45_000;

const connectMilliseconds = 10_000;

/** A paused cluster takes up to half a minute to resume, longer after a day. */
const resumeSecondsMax = 120;

/** A stack, deployed or running here, through its Data API, as the user who owns the tables. */
export function sideOfStack(target: Target, place: string, t: Messages): Side {
  const resourceArn = outputOf(target, "DatabaseArn", t);
  const database = makeDataApi({
    resourceArn,
    secretArn: outputOf(target, "DatabaseSecretArn", t),
    database: outputOf(target, "DatabaseName", t),
    clock: realClock,
    resumeSecondsMax,
    client: target.clients,
  });
  const isDeployed = target.stack !== undefined;
  return {
    kind: isDeployed ? "stack" : "folder",
    name: isDeployed ? target.name : place,
    place: isDeployed ? resourceArn : place,
    ...{ database, isDeployed },
    close: async () => undefined,
    undo: async () => undefined,
  };
}

/**
 * The data folder of a local stack. While the stack runs, through its Data API; else its database is opened by this process.
 * @param isWritten a folder that is not there is made
 */
export async function sideOfFolder(folder: string, isWritten: boolean, t: Messages): Promise<Side> {
  const path = resolve(folder);
  const running = findRunning(path).find(({ dataDir }) => dataDir === path);
  if (running !== undefined) {
    const side = sideOfStack(localTarget(path, { wantsReal: false }, t), realpathSync(path), t);
    return { ...side, name: folder };
  }
  const isThere = holdsDatabase(path);
  if (!isThere && !isWritten) throw new CommandError(exitCodes.usage, t.move.nothingIn(folder));
  const hadFolder = existsSync(path);
  const dataDir = await takeFolder(path, t);
  try {
    const engine = await startDatabase({ dataDir: join(path, "postgres"), content: "schema" });
    const opened = openAddress(engine.url);
    const close = async () => {
      await opened.close();
      await engine.close();
      dataDir.release();
    };
    return {
      ...{ kind: "folder", name: folder, place: realpathSync(path), isDeployed: false },
      ...{ database: opened, close },
      async undo() {
        await close();
        if (isThere) return;
        discard(path);
        if (!hadFolder) removeFolder(path);
      },
    };
  } catch (error) {
    dataDir.release();
    throw new CommandError(exitCodes.unreachable, t.move.notOpened(folder, sentenceOf(error)), {
      cause: error,
    });
  }
}

/** A PostgreSQL server that this process reaches. */
export async function sideOfAddress(url: string, t: Messages): Promise<Side> {
  const address = new URL(url);
  const name = `postgres://${address.host}${address.pathname}`;
  const database = openAddress(url);
  const close = () => database.close();
  try {
    const [row] = await database.run("select current_setting('server_version') as version");
    const version = String(row?.version);
    if (!(Number.parseInt(version, 10) >= serverVersionMin))
      throw new CommandError(exitCodes.usage, t.move.oldServer(name, version, String(serverVersionMin)));
  } catch (error) {
    await close();
    if (error instanceof CommandError) throw error;
    throw new CommandError(exitCodes.unreachable, t.move.notReached(name, sentenceOf(error)), {
      cause: error,
    });
  }
  return { kind: "address", name, place: name, database, isDeployed: false, close, undo: close };
}

function openAddress(url: string) {
  return openDatabase(withSettings(url, sameTexts), "", {
    statementMilliseconds,
    connectMilliseconds,
    connections: lanesMax,
  });
}

async function takeFolder(path: string, t: Messages): Promise<DataDir> {
  try {
    return await takeDataDir(path);
  } catch (error) {
    throw new CommandError(exitCodes.conflict, t.said(sentenceOf(error)), { cause: error });
  }
}

/** Only when nothing else is in it. */
function removeFolder(path: string): void {
  try {
    for (const name of ["holder.lock", "holder.json"]) rmSync(join(path, name), { force: true });
    rmdirSync(path);
  } catch {
    // something of another is in it
  }
}

function sentenceOf(error: unknown): string {
  // Node reports all addresses of a name that it has tried.
  if (error instanceof AggregateError) return sentenceOf(error.errors[0]);
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : sentence(error);
}
