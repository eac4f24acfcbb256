// npm run make-migration NAME: the next migration, from what the datasets' files say and the migrations before it give.
import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { differenceOf } from "./changes.ts";
import { checkedDatasetFiles, collection, datasetFilesText } from "./dataset-files.ts";
import { migratedCatalog } from "./migrated-catalog.ts";
import { type Migration, migrationOf, wrongName } from "./migration.ts";
import { type DatasetFile, tablesOf } from "./tables.ts";

const folder = new URL("../migrations/", import.meta.url);
const [name = "", ...others] = process.argv.slice(2);

process.exitCode = await make();

/** @returns the exit code: 0 when the database will have what the catalogue asks for, 2 when wrongly called, else 1 */
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
  const { changes, refusals } = differenceOf(tablesOf(files), await migratedCatalog());
  if (refusals.length > 0) {
    return say(1, [...refusals, "This is for a person to decide: no migration was written."]);
  }
  if (changes.length === 0)
    return say(0, ["The migrations give what the catalogue asks for: none is needed."]);
  const migration = migrationOf(name, changes, readdirSync(folder));
  write(migration);
  const written = [migration.up.name, migration.down.name].map((file) => `wrote migrations/${file}`);
  return say(0, [...written, "Read them, then: npm run docs"]);
}

/** The migration comes last, and at once: a program that is stopped leaves nothing that would be applied. */
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
