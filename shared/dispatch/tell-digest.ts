// Tells people in the evening of a trading day whether it is whole, where they asked for it. Each figure is counted from rows or
// from the ledger.
import { choiceOf } from "../catalogue/chosen-datasets.ts";
import { isByTradingDay } from "../catalogue/dataset.ts";
import { shanghaiDay } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { wasAsked } from "../coverage/coverage.ts";
import { readCoverage } from "../coverage/stored-days.ts";
import { asSyncError } from "../errors.ts";
import type { DispatchServices } from "../ports.ts";
import { countFailures } from "../reads/progress.ts";
import { type DigestPart, writeDigest } from "../words/digest.ts";

/** Never throws: the check before it has been carried out, and an alarm does not depend on it. */
export async function tellDigest(services: DispatchServices): Promise<void> {
  const { database, digest, log } = services;
  if (digest === undefined) return;
  try {
    const parts = await readParts(services);
    const [first] = parts;
    if (first === undefined) return; // no trading day is due today
    const text = writeDigest(
      { day: first.day, parts, failures: await countFailures(database) },
      digest.language,
    );
    await digest.send(text);
    log.info("digest sent", { text });
  } catch (error) {
    log.error("the digest was not sent; the next evening's will be", { error: asSyncError(error) });
  }
}

/** Of each chosen dataset that is due today. On other days there is nothing new to tell. */
async function readParts({ database, clock, settings }: DispatchServices): Promise<DigestPart[]> {
  const now = clock.now();
  const today = shanghaiDay(now);
  const parts: DigestPart[] = [];
  for (const dataset of choiceOf(settings).datasets.filter(isByTradingDay)) {
    const due = lastDueDay(dataset, now);
    if (due !== today || !(await wasAsked(database, dataset))) continue;
    const [found] = await readCoverage(database, dataset, { from: today, to: today }, true);
    if (found === undefined) continue; // not a trading day
    const { day, stored, missing, unexplained, whole } = found;
    parts.push({ title: dataset.title, day, stored, missing, unexplained, isWhole: whole });
  }
  return parts;
}
