// Writes the table of docs/tushare-endpoint.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withInterfaces } from "./endpoint-document.ts";

const file = join(import.meta.dirname, "tushare-endpoint.md");
writeFileSync(file, withInterfaces(readFileSync(file, "utf8")));
console.log("docs/tushare-endpoint.md written");
