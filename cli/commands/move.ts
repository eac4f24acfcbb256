// `push` and `pull`: make one mirror equal to another. They are the same, with the sides exchanged.
import { readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { holdsDatabase } from "../../local/holding.ts";
import { dataDirOf } from "../../local/origin.ts";
import { findRunning } from "../../local/running.ts";
import type { Origin } from "../../shared/catalogue/origin.ts";
import { stageIn } from "../../shared/catalogue/stack.ts";
import { SyncError } from "../../shared/errors.ts";
import { readOrigin } from "../../shared/ledger/origin.ts";
import type { Database } from "../../shared/ports.ts";
import { command, type Session } from "../command.ts";
import { confirm, realTools, type Tools } from "../deployment.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { type Comparison, compareMirrors, lostRows } from "../move/difference.ts";
import { type Entered, enter, makeSchema, requireRest, type Sides, takeOrigin } from "../move/door.ts";
import { readSizes } from "../move/layout.ts";
import { moveAll, moveIdentities } from "../move/move.ts";
import { type MovePrice, priceMove } from "../move/price.ts";
import { type Side, sideOfAddress, sideOfFolder, sideOfStack } from "../move/side.ts";
import { deployedTarget } from "../target.ts";
import { duration } from "./plan.ts";

/** Comparisons after which a move gives up: something writes to one of the sides. */
const roundsMax = 3;

/** Slices of a difference that are named. */
const slicesShown = 5;

/** What a database without tables answers. */
const nothing: Database = { run: async () => [], transaction: (work) => work(async () => []) };

const options = (t: Messages) =>
  ({
    from: { type: "string", describe: t.move.fromOption },
    to: { type: "string", describe: t.move.toOption },
    check: { type: "boolean", default: false, describe: t.move.checkOption },
    plan: { type: "boolean", default: false, describe: t.move.planOption },
    replace: { type: "boolean", default: false, describe: t.move.replaceOption },
    yes: { alias: "y", type: "boolean", default: false, describe: t.move.yesOption },
  }) as const;

export const moveCommands = (t: Messages) => [
  command({
    usage: "push",
    talks: true,
    about: t.move.pushAbout,
    options: options(t),
    examples: [
      ["push --stack TushareSync", t.move.examplePush],
      ["push --stack TushareSync --check", t.move.exampleCheck],
      ["push --from postgres://me@one/tushare --to postgres://me@other/tushare", t.move.exampleAddress],
    ],
    run: (session, values) => move(session, { ...values, way: "push" }, realTools(t)),
  }),
  command({
    usage: "pull",
    talks: true,
    about: t.move.pullAbout,
    options: options(t),
    examples: [["pull --stack TushareSync", t.move.examplePull]],
    run: (session, values) => move(session, { ...values, way: "pull" }, realTools(t)),
  }),
];

export type MoveValues = {
  readonly way: "push" | "pull";
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly check: boolean;
  readonly plan: boolean;
  readonly replace: boolean;
  readonly yes: boolean;
};

export async function move(session: Session, values: MoveValues, tools: Pick<Tools, "ask">): Promise<number> {
  const { t, stop } = session;
  const opened: Side[] = [];
  let isChanged = false;
  const work = async () => {
    const sides = await openSides(session, values, opened);
    const entered = await enter(sides, t);
    return await moveBetween(session, values, tools, sides, entered, () => {
      isChanged = true;
    });
  };
  try {
    return await unlessStopped(work(), stop);
  } catch (error) {
    if (stop.aborted) throw new CommandError(exitCodes.interrupted, t.move.interrupted);
    throw explain(error, opened, t);
  } finally {
    for (const side of opened.reverse()) {
      // Its statement may take longer than a person waits for the end: the process ends before it.
      if (stop.aborted) side.close().catch(() => undefined);
      else await (isChanged ? side.close() : side.undo());
    }
  }
}

/** Rejects at once when it is stopped, whatever is awaited then. */
async function unlessStopped<Result>(work: Promise<Result>, stop: AbortSignal): Promise<Result> {
  work.catch(() => undefined);
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(stop.reason);
  stop.addEventListener("abort", end, { once: true });
  try {
    stop.throwIfAborted();
    return await Promise.race([work, promise]);
  } finally {
    stop.removeEventListener("abort", end);
  }
}

async function moveBetween(
  session: Session,
  { check, plan, replace, yes }: MoveValues,
  tools: Pick<Tools, "ask">,
  { source, target }: Sides,
  { origin, isNew, isBlank, tables }: Entered,
  onChange: () => void,
): Promise<number> {
  const { t, output, stop } = session;
  const startedAt = performance.now();
  // A database without tables stays so until the move is confirmed.
  const before = { source: source.database, target: isBlank ? nothing : target.database };
  const both = { source: source.database, target: target.database };
  const route = t.move.route(source.name, target.name);
  const compare = async (label: string, sides = both) => {
    const progress = output.progress.progress(label);
    const onTable = (name: string, at: number, total: number) =>
      progress.update({ done: at, total, note: t.move.tables(name) });
    const comparison = await compareMirrors(sides, tables, { stop, onTable });
    progress.finish(route);
    return comparison;
  };
  let comparison = await compare(t.move.comparing, before);
  if (check) return sayCheck(session, comparison, { source, target });
  refuseLoss(comparison, { source, target }, replace, t);
  const price = priceMove(
    comparison,
    { source: source.isDeployed, target: target.isDeployed },
    await readSizes(both.source),
  );
  if (comparison.differences.length > 0)
    for (const line of describe(comparison, price, t)) plan ? output.line(line) : output.note(line);
  if (plan) {
    output.json({ ...asJson(comparison, { source, target }), ...priceAsJson(price) });
    if (comparison.differences.length === 0) output.line(sayEqual(comparison, t));
    return exitCodes.done;
  }
  if (comparison.differences.length > 0) {
    for (const side of [source, target]) if (side.isDeployed) output.note(t.move.schedules(side.name));
    // as: the question and its refusals are those of a deployment.
    if (!yes) await confirm(tools as Tools, t.move.confirm(target.name), ["y", "yes", "是"], t);
  }
  onChange();
  if (isBlank) await makeSchema(target.database);
  if (isNew) await takeOrigin(target.database, origin);
  const isDone = () =>
    comparison.differences.length === 0 ||
    (!replace && comparison.differences.some((each) => lostRows(each, comparison.differences) > 0));
  for (let round = 1; !isDone() && round <= roundsMax; round += 1) {
    const total = comparison.differences.reduce((sum, { rows }) => sum + rows, 0);
    const progress = output.progress.progress(t.move.moving);
    const movedAt = performance.now();
    let done = 0;
    await moveAll(both, comparison, replace, {
      stop,
      onRows({ table, year }, rows) {
        done += rows;
        const rate = number(Math.round(done / Math.max(0.001, (performance.now() - movedAt) / 1000)));
        progress.update({
          done,
          total: Math.max(total, done),
          note: t.move.rate(nameOf(table.name, year), rate),
        });
      },
    });
    progress.finish(t.move.done(number(done), secondsSince(movedAt).toFixed(1)));
    comparison = await compare(t.move.verifying);
  }
  await moveIdentities(target.database, tables);
  const left = comparison.differences.length;
  if (left > 0) {
    for (const side of [source, target]) await requireRest(side, t); // names the task that came in between
    throw new CommandError(exitCodes.failed, t.move.notEqual(number(left)));
  }
  output.json({
    ...asJson(comparison, { source, target }),
    ...{ moved: price.rows, slices: price.slices, seconds: secondsSince(startedAt) },
  });
  output.line(sayEqual(comparison, t));
  return exitCodes.done;
}

/** Rows that a move would take away are named, and only taken away when that is wanted. */
function refuseLoss(
  { source: rows, target: there, differences }: Comparison,
  { source, target }: Sides,
  replaces: boolean,
  t: Messages,
): void {
  if (rows.rows === 0 && there.rows > 0)
    throw new CommandError(exitCodes.conflict, t.move.emptySource(source.name, target.name));
  const lossy = differences.filter((each) => lostRows(each, differences) > 0);
  if (replaces || lossy.length === 0) return;
  const where = lossy
    .slice(0, slicesShown)
    .map((each) => `${nameOf(each.table.name, each.year)}: ${number(lostRows(each, differences))}`);
  const all = lossy.reduce((sum, each) => sum + lostRows(each, differences), 0);
  const named = [...where, ...(lossy.length > slicesShown ? ["…"] : [])].join(", ");
  throw new CommandError(exitCodes.conflict, t.move.conflict(target.name, number(all), named), {
    details: {
      slices: lossy.map(({ table, year, foreignRows, newerRows }) => ({
        ...{ table: table.name, year, only_in_target: foreignRows, newer_in_target: newerRows },
      })),
    },
  });
}

function sayCheck({ t, output }: Session, comparison: Comparison, sides: Sides): number {
  const { differences } = comparison;
  output.json({
    ...asJson(comparison, sides),
    differences: differences.map(({ table, year, rows, foreignRows, newerRows }) => ({
      ...{ table: table.name, year, rows, only_in_target: foreignRows, newer_in_target: newerRows },
    })),
  });
  if (differences.length === 0) {
    output.line(sayEqual(comparison, t));
    return exitCodes.done;
  }
  output.line(t.move.different(number(differences.length)));
  for (const { table, year, rows, foreignRows, newerRows } of differences.slice(0, 4 * slicesShown))
    output.line(
      t.move.differs(nameOf(table.name, year), number(rows), number(foreignRows), number(newerRows)),
    );
  const more = differences.length - 4 * slicesShown;
  if (more > 0) output.line(t.move.more(number(more)));
  return exitCodes.failed;
}

function describe({ differences }: Comparison, price: MovePrice, t: Messages): string[] {
  const tables = new Set(differences.map(({ table }) => table.name)).size;
  const lost = differences.reduce((sum, each) => sum + lostRows(each, differences), 0);
  const { dataApiCalls: calls, cost } = price;
  return [
    t.move.price(number(price.rows), number(price.slices), number(tables), (price.bytes / 1e6).toFixed(1)),
    t.move.time(duration(price.minutes, t)),
    calls === 0 ? t.move.free : t.move.dollars(number(calls), cost.dollars.toFixed(2)),
    ...(lost === 0 ? [] : [t.move.removes(number(lost))]),
  ];
}

function sayEqual({ tables, source: { rows, sum } }: Comparison, t: Messages): string {
  return t.move.equal(number(tables.length), number(rows), checksumOf(sum));
}

const nameOf = (table: string, year: string): string => (year === "all" ? table : `${table} ${year || "-"}`);
const secondsSince = (at: number): number => Math.round((performance.now() - at) / 100) / 10;
const checksumOf = (sum: bigint): string => sum.toString(16);

function asJson({ tables, slices, source: rows, differences }: Comparison, { source, target }: Sides) {
  return {
    ...{ from: source.name, to: target.name, equal: differences.length === 0 },
    ...{ tables: tables.length, slices_compared: slices, rows: rows.rows, bytes: rows.bytes },
    checksum: checksumOf(rows.sum),
  };
}

function priceAsJson({ slices, rows, bytes, minutes, dataApiCalls, cost }: MovePrice) {
  return {
    move: { slices, rows, bytes, minutes, data_api_calls: dataApiCalls, dollars: cost.dollars },
  };
}

/** Pushes to `opened` what it opens, so that it is closed whatever happens. */
async function openSides(session: Session, { way, from, to }: MoveValues, opened: Side[]): Promise<Sides> {
  const { t, stack, namedDataDir } = session;
  const [other, own] = way === "push" ? [to, from] : [from, to];
  const [otherOption, ownOption] = way === "push" ? ["--to", "--from"] : ["--from", "--to"];
  if (other !== undefined && stack !== undefined)
    throw new CommandError(exitCodes.usage, t.move.twice(otherOption, "--stack"));
  if (own !== undefined && namedDataDir !== undefined)
    throw new CommandError(exitCodes.usage, t.move.twice(ownOption, "--data-dir"));
  const there = stack ?? other;
  if (there === undefined) throw new CommandError(exitCodes.usage, t.move.needsOther(otherOption));
  const named = own ?? (namedDataDir === undefined ? undefined : asFolder(namedDataDir));
  if (named !== undefined && resolve(named) === resolve(there))
    throw new CommandError(exitCodes.usage, t.move.sameSide(there));
  const isPush = way === "push";
  const theirs = await openSide(session, there, isPush, stack !== undefined);
  opened.push(theirs);
  const ours = await openSide(session, named ?? (await ownFolder(session, theirs, isPush)), !isPush, false);
  opened.push(ours);
  return isPush ? { source: ours, target: theirs } : { source: theirs, target: ours };
}

async function openSide(session: Session, text: string, isWritten: boolean, isStack: boolean): Promise<Side> {
  const { t, region } = session;
  if (/^postgres(ql)?:\/\//i.test(text)) {
    if (!URL.canParse(text)) throw new CommandError(exitCodes.usage, t.move.badAddress);
    return await sideOfAddress(text, t);
  }
  if (isStack || isStackName(text)) return sideOfStack(await deployedTarget(text, region, t), text, t);
  return await sideOfFolder(text, isWritten, t);
}

/** A folder is written with a separator or a dot, unless there is one of that name. */
function isStackName(text: string): boolean {
  if (stageIn(text) !== undefined) return true;
  return /^[A-Za-z][A-Za-z0-9-]*$/.test(text) && statSync(text, { throwIfNoEntry: false }) === undefined;
}

/** So that it is not taken for a stack. */
const asFolder = (path: string): string => (/[\\/.]/.test(path) ? path : `./${path}`);

/** The data directory of the other side's origin; else the one that runs, or the only one there is. */
async function ownFolder({ dataDir, t }: Session, other: Side, isSource: boolean): Promise<string> {
  const origin = await originIn(other);
  const ofOrigin = origin === undefined ? undefined : join(dataDir, relative(".local", dataDirOf(origin)));
  if (ofOrigin !== undefined && (!isSource || holdsDatabase(ofOrigin))) return ofOrigin;
  const running = findRunning(dataDir).map((each) => each.dataDir);
  const found = running.length > 0 ? running : foldersIn(dataDir).filter((folder) => holdsDatabase(folder));
  const [first, ...others] = found;
  if (first === undefined) throw new CommandError(exitCodes.usage, t.move.noFolder(dataDir));
  if (others.length > 0) throw new CommandError(exitCodes.usage, t.move.severalFolders(found.join(", ")));
  return first;
}

async function originIn({ database }: Side): Promise<Origin | undefined> {
  const [found] = await database.run("select to_regclass('mirror_origin') is not null as is_there");
  return found?.is_there === true ? await readOrigin(database) : undefined;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

/** Errors of the databases, as a sentence that names the side where that is known. */
function explain(error: unknown, sides: readonly Side[], t: Messages): unknown {
  if (error instanceof CommandError) return error;
  const cause = error instanceof SyncError ? error.cause : error;
  const { name, message } = cause instanceof Error ? cause : { name: "", message: String(cause) };
  const said = `${name}: ${message.split("\n")[0]}`;
  if (/AccessDenied|Forbidden|not authorized/i.test(said)) {
    const deployed = sides.filter(({ isDeployed }) => isDeployed).map((side) => side.name);
    return new CommandError(exitCodes.unreachable, t.move.forbidden(deployed.join(", "), said), {
      cause: error,
    });
  }
  return new CommandError(exitCodes.failed, t.move.failed(said), { cause: error });
}
