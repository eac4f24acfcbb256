// Writes NOTICE: the licences of all packages that are in the functions' bundles.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundledFiles } from "../infra/bundle.ts";
import { documentNotice, packagesOf } from "./notice-document.ts";

writeFileSync(join(import.meta.dirname, "..", "NOTICE"), documentNotice(packagesOf(bundledFiles())));
console.log("NOTICE written");
