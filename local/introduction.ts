// What `npm start` says once everything is up: in five lines what runs, where to look, what real data need, and how to stop.
import type { Origin } from "../shared/catalogue/origin.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { warnOfOrigin } from "../shared/words/origin.ts";
import { say } from "../shared/words/say-here.ts";
import type { Environment } from "./environment.ts";
import { quote } from "./hints.ts";
import type { Options } from "./options.ts";

/** @param path the folder of the data */
export function introduce(
  { once, dataDir }: Pick<Options, "once" | "dataDir">,
  { origin, pageUrl }: Pick<Environment, "origin" | "pageUrl">,
  path: string,
): string[] {
  const warning = warnOfOrigin(origin);
  const folder = dataDir === undefined ? "" : ` --data-dir ${quote(dataDir)}`;
  return [
    ...(warning === undefined ? [] : [warning]),
    `  ${say("startPage", { url: pageUrl })}`,
    ...(once ? [] : [`  ${say("startAsk", { command: `npx tushare-sync connect${folder}` })}`]),
    ...sayUpstream(origin).map((line) => `  ${line}`),
    `  ${say(once ? "startOnce" : "startStop", { path })}`,
  ];
}

/** Another server than TuShare, at an address of its own, is named by the warning. */
function sayUpstream({ kind }: Origin): string[] {
  if (kind === "address") return [];
  const { TUSHARE_CALLS_A_MINUTE: calls } = readSettings(process.env);
  return [
    kind === "tushare" ? say("startOwn", { calls }) : say("startReal", { command: "npx tushare-sync setup" }),
  ];
}
