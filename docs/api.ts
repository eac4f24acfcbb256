// Writes docs/api.md: runs each operation's example on a small market in an embedded database.
import { writeFileSync } from "node:fs";
import { apiDocument } from "./api-document.ts";

writeFileSync(new URL("api.md", import.meta.url), await apiDocument());
