// Describes the origin of data: its name inside a sentence, and the warning above every view of data that is not from
// the real TuShare. In English; the caller translates it for Chinese readers.
import type { Origin } from "../catalogue/origin.ts";
import { say } from "./say.ts";

/** A short mark for titles, where a sentence is too long; undefined for real TuShare data. */
export function markOfOrigin({ kind }: Origin): string | undefined {
  if (kind === "tushare") return undefined;
  const marks = { simulated: "markSimulated", captured: "markCaptured", address: "markAddress" } as const;
  return say(marks[kind]);
}

export function nameOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "tushare":
      return say("originTushare");
    case "simulated":
      return say("originSimulated", { market: identityOf(origin) });
    case "captured":
      return say("originCaptured", { folder: identityOf(origin) });
    case "address":
      return say("originAddress", { address: origin.identity });
  }
}

/** Undefined for real TuShare data. */
export function warnOfOrigin(origin: Origin): string | undefined {
  switch (origin.kind) {
    case "tushare":
      return undefined;
    case "simulated":
      return say("warnSimulated", { market: identityOf(origin) });
    case "captured":
      return say("warnCaptured", { folder: identityOf(origin) });
    case "address":
      return say("warnAddress", { address: origin.identity });
  }
}

/** Made with `say`, so that it is translated together with its sentence. */
function identityOf({ identity }: Origin): string {
  const market = /^seed (\d+), (\d+) stocks$/.exec(identity);
  if (market !== null) return say("market", { seed: market[1] ?? "", stocks: market[2] ?? "" });
  const folder = /^(.+), content (\w+)$/.exec(identity);
  return folder === null ? identity : say("folder", { name: folder[1] ?? "", content: folder[2] ?? "" });
}
