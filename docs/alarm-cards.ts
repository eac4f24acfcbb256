// Writes docs/alarm-cards.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentAlarmCards } from "./alarm-cards-document.ts";

writeFileSync(join(import.meta.dirname, "alarm-cards.md"), documentAlarmCards());
console.log("docs/alarm-cards.md written");
