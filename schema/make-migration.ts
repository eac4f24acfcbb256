// npm run make-migration NAME: writes the next migration, from the difference between the datasets' files and the
// schema that all migrations give.
import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { differenceOf } from "./changes.ts";
import { checksDifference } from "./checks.ts";
import { checkedDatasetFiles, collection, datasetFilesText } from "./dataset-files.ts";
import { migratedCatalog } from "./migrated-catalog.ts";
import { type Migration, migrationOf, wrongName } from "./migration.ts";
import { type DatasetFile, tablesOf } from "./tables.ts";

const folder = new URL("../migrations/", import.meta.url);
const [name = "", ...others] = process.argv.slice(2);

process.exitCode = await make();

/** @returns the exit code: 0 when the database will match the catalogue, 2 on wrong usage, else 1 */
async function make(): Promise<number> {
  const wrong = others.length > 0 ? "it takes one name" : wrongName(name || undefined);
  if (wrong !== undefined) return say(2, [`${wrong}: npm run make-migration add_index_daily`]);
  let files: DatasetFile[];
  try {
    files = await checkedDatasetFiles();
  } catch (error) {
    return say(1, [error instanceof Error ? error.message : String(error), "Nothing was written."]);
  }
  writeFileSync(collection, datasetFilesText(files));
  const catalog = await migratedCatalog();
  const { changes: ofTables, refusals } = differenceOf(tablesOf(files), catalog);
  const changes = [...ofTables, ...checksDifference(files, catalog)];
  if (refusals.length > 0) {
    return say(1, [...refusals, "A person must decide this: no migration was written."]);
  }
  if (changes.length === 0)
    return say(0, ["The migrations already match the catalogue: no new one is needed."]);
  const migration = migrationOf(name, changes, readdirSync(folder));
  write(migration);
  const written = [migration.up.name, migration.down.name].map((file) => `wrote migrations/${file}`);
  return say(0, [...written, "Read them, then: npm run docs"]);
}

/** The migration is written last and atomically: a program that is stopped leaves nothing that would be applied. */
function write({ up, down }: Migration): void {
  writeFileSync(new URL(down.name, folder), down.text);
  const unfinished = new URL(`${up.name}.unfinished`, folder);
  writeFileSync(unfinished, up.text);
  renameSync(unfinished, new URL(up.name, folder));
}

function say(exitCode: number, lines: readonly string[]): number {
  (exitCode === 0 ? process.stdout : process.stderr).write(`${lines.join("\n")}\n`);
  return exitCode;
}
