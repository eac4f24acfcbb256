// One cheap call to TuShare before anything is created, so that a wrong token fails at once, with TuShare's own
// message.
import { makeTushare } from "../shared/adapters/tushare.ts";
import { calendarDataset, type Dataset } from "../shared/catalogue/datasets.ts";
import { asSyncError, lacksRight } from "../shared/errors.ts";
import { say } from "../shared/words/say-here.ts";
import type { Account } from "./origin.ts";

/** A day in the past: one row that never changes. */
const aDay = { exchange: "SSE", start_date: "20240102", end_date: "20240102" };

/** @throws Error of one sentence when TuShare refuses the token, or the calendar that is to be kept, or does not answer */
export async function tryAccount(
  { url, token }: Account,
  { kept }: { kept: readonly Dataset[] },
): Promise<void> {
  const clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };
  const tushare = makeTushare({ url, token: () => Promise.resolve(token), clock });
  try {
    await tushare.fetchPage(calendarDataset().main, aDay);
  } catch (thrown) {
    const error = asSyncError(thrown);
    const { kind, message } = error;
    if (lacksRight(error)) {
      if (!kept.some(({ name }) => name === calendarDataset().name)) return; // the token is valid, and that is all it needs
      throw new Error(say("tokenTooFewPoints", { why: message }));
    }
    if (kind === "rate-limited") return; // the token is valid, but other clients use up its limit now
    throw new Error(
      kind === "permanent"
        ? say("tokenRefused", { why: message })
        : say("tokenNotTried", { host: new URL(url).host, why: message }),
    );
  }
}
