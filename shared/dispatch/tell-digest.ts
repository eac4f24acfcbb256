// Tells people in the evening of a trading day whether it is whole, where they asked for it. Rows and failures are counted in the
// database, calls by the workers' metric.
import { choiceOf } from "../catalogue/chosen-datasets.ts";
import { calledFor, isByTradingDay } from "../catalogue/dataset.ts";
import { datasets } from "../catalogue/datasets.ts";
import { shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { wasAsked } from "../coverage/coverage.ts";
import { readCoverage } from "../coverage/stored-days.ts";
import { asSyncError } from "../errors.ts";
import type { DigestPost, DispatchServices } from "../ports.ts";
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
    const failures = await countFailures(database);
    const text = writeDigest(
      { day: first.day, parts, failures, calls: await countCalls(services, digest) },
      digest.language,
    );
    await digest.send(text);
    log.info("digest sent", { text });
  } catch (error) {
    log.error("the digest was not sent; the next evening's will be", { error: asSyncError(error) });
  }
}

/** Since midnight in Shanghai. The line is sent without them rather than not at all. */
async function countCalls(
  { clock, log }: DispatchServices,
  { callsIn }: DigestPost,
): Promise<number | undefined> {
  const to = clock.now();
  try {
    const interfaces = [...new Set(Object.values(datasets).flatMap(calledFor))];
    return await callsIn(interfaces, { from: shanghaiInstant(shanghaiDay(to), 0), to });
  } catch (error) {
    log.warn("the digest goes without the number of calls", { error: asSyncError(error) });
    return undefined;
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
