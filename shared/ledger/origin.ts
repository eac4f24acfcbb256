// The origin of a database in SQL: recorded once, when its schema is brought up to date, and asked before anything is
// planned or stored.
import { type DatasetName, datasets } from "../catalogue/datasets.ts";
import { decodeOrigin, encodeOrigin, isReal, isSame, type Origin } from "../catalogue/origin.ts";
import { SyncError } from "../errors.ts";
import type { Database } from "../ports.ts";
import { nameOrigin } from "../words/origin.ts";
import { say } from "../words/say.ts";

/** Tables that hold what came from the upstream, or was planned for it. */
const tables = [
  "sync_task",
  ...new Set(Object.keys(datasets).map((name) => datasets[name as DatasetName].table)),
];

/** What a database holds, whichever migrations it has. */
export type Holding = "nothing" | "rows of an unknown origin" | Origin;

/**
 * Records the origin of a database that has none, or finds that it has this one. Two that record at once get the same
 * answer: the first one's. Rows stored before there was a record are taken for real TuShare's or the configured
 * address's, because a deployment had no other upstream; simulated and captured answers never take them over.
 * @throws SyncError permanent for another origin; nothing was changed then
 */
export async function claimOrigin(database: Database, origin: Origin): Promise<void> {
  const adopts = isReal(origin) || origin.kind === "address";
  // Nothing comes back when another's record was committed in between; then the next look finds it.
  for (let look = 0; look < 3; look += 1) {
    const [row] = await database.run(
      `with recorded as (
  insert into mirror_origin (kind, identity)
  select :kind, :identity
  where not exists (select 1 from mirror_origin)
    and (cast(:adopts as boolean) or not (${anyRowsIn(tables)}))
  on conflict do nothing
  returning kind, identity
)
select kind || ' ' || identity as origin from recorded
union all
select kind || ' ' || identity from mirror_origin`,
      { ...origin, adopts },
    );
    if (row !== undefined) return requireOrigin(row.origin, origin);
  }
  throw refused(say("unknownOrigin", { asked: nameOrigin(origin) }));
}

/** @throws SyncError permanent for another origin, or none */
export async function checkOrigin(database: Database, origin: Origin): Promise<void> {
  const [row] = await database.run("select kind || ' ' || identity as origin from mirror_origin");
  requireOrigin(row?.origin, origin);
}

/**
 * @param recorded kind and identity as one text, as encodeOrigin writes it; null when nothing is recorded
 * @throws SyncError permanent, about every task: the first refusal pauses all, so that none is parked unit by unit
 */
export function requireOrigin(recorded: unknown, origin: Origin): void {
  if (recorded === encodeOrigin(origin)) return;
  const asked = nameOrigin(origin);
  throw refused(
    typeof recorded === "string"
      ? say("otherOrigin", { there: nameOrigin(decodeOrigin(recorded)), asked })
      : say("noOrigin", { asked }),
  );
}

/** The recorded origin and since when; undefined when nothing is recorded. */
export async function readOrigin(
  database: Database,
): Promise<(Origin & { readonly recordedAt: string }) | undefined> {
  const [row] = await database.run(
    `select kind || ' ' || identity as origin,
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as recorded_at
from mirror_origin`,
  );
  if (typeof row?.origin !== "string") return undefined;
  return { ...decodeOrigin(row.origin), recordedAt: String(row.recorded_at) };
}

/** For who looks before the migrations have run. */
export async function readHolding(database: Database): Promise<Holding> {
  const found = await database.run(
    `select name
from unnest(string_to_array(:names, ',')) as wanted (name)
where to_regclass(name) is not null`,
    { names: ["mirror_origin", ...tables].join(",") },
  );
  const present = found.map(({ name }) => String(name));
  const recorded = present.includes("mirror_origin") ? await readOrigin(database) : undefined;
  if (recorded !== undefined) return { kind: recorded.kind, identity: recorded.identity };
  const filled = tables.filter((name) => present.includes(name));
  if (filled.length === 0) return "nothing";
  const [row] = await database.run(`select ${anyRowsIn(filled)} as has_rows`);
  return row?.has_rows === true ? "rows of an unknown origin" : "nothing";
}

export function isOrigin(holding: Holding, origin: Origin): boolean {
  return typeof holding !== "string" && isSame(holding, origin);
}

/** Of the account's scope: it is true of every unit. */
function refused(message: string): SyncError {
  return new SyncError("permanent", message, { scope: "account" });
}

function anyRowsIn(names: readonly string[]): string {
  return names.map((name) => `exists (select 1 from ${name})`).join(" or ");
}
