// Writes docs/api.md: asks each operation's example of a small market on an embedded database.
import { writeFileSync } from "node:fs";
import { apiDocument } from "./api-document.ts";

writeFileSync(new URL("api.md", import.meta.url), await apiDocument());
