// Writes client/operations.ts: the types of the HTTP API's client.
import { writeFileSync } from "node:fs";
import { clientSource } from "./client-document.ts";

writeFileSync(new URL("../client/operations.ts", import.meta.url), clientSource());
console.log("client/operations.ts written");
