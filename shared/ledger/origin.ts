// The origin of a database in SQL: recorded once, after the migrations, and checked before anything is planned or stored.
import { type DatasetName, datasets } from "../catalogue/datasets.ts";
import { decodeOrigin, encodeOrigin, isReal, isSame, type Origin } from "../catalogue/origin.ts";
import { SyncError } from "../errors.ts";
import type { Database } from "../ports.ts";
import { nameOrigin } from "../words/origin.ts";
import { say } from "../words/say.ts";

/** Tables with rows from the upstream, or with plans for it. */
const tables = [
  "sync_task",
  ...new Set(Object.keys(datasets).map((name) => datasets[name as DatasetName].table)),
];

/** Origin of a database's rows, for a database at any migration. */
export type Holding = "nothing" | "rows of an unknown origin" | Origin;

/**
 * Records the origin of a database without one, or checks that the recorded one is equal. Of two concurrent calls the first
 * wins. Rows without a recorded origin count as real TuShare data, or as data from the configured address, because earlier
 * deployments had no other upstream. They never count as simulated or captured.
 * @throws SyncError permanent when another origin is recorded; nothing was changed then
 */
export async function claimOrigin(database: Database, origin: Origin): Promise<void> {
  const adopts = isReal(origin) || origin.kind === "address";
  // No row comes back when another call has committed its record in between; the next attempt reads it.
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

/** @throws SyncError permanent when another origin is recorded, or none */
export async function checkOrigin(database: Database, origin: Origin): Promise<void> {
  const [row] = await database.run("select kind || ' ' || identity as origin from mirror_origin");
  requireOrigin(row?.origin, origin);
}

/**
 * @param recorded kind and identity as one text, as encodeOrigin writes it; null when nothing is recorded
 * @throws SyncError permanent, with scope account: the first refusal pauses all tasks instead of parking every unit
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

/** For callers that run before the migrations. */
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

/** With scope account, because it applies to every unit. */
function refused(message: string): SyncError {
  return new SyncError("permanent", message, { scope: "account" });
}

function anyRowsIn(names: readonly string[]): string {
  return names.map((name) => `exists (select 1 from ${name})`).join(" or ");
}
