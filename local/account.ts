// One cheap call of TuShare before anything is made, so that a wrong token is told at once and in TuShare's own words.
import { makeTushare } from "../shared/adapters/tushare.ts";
import { calendarDataset } from "../shared/catalogue/datasets.ts";
import { asSyncError } from "../shared/errors.ts";
import { say } from "../shared/words/say.ts";
import type { Account } from "./origin.ts";

/** A day whose answer never changes: one row. */
const aDay = { exchange: "SSE", start_date: "20240102", end_date: "20240102" };

/** @throws Error in one sentence when TuShare refuses the token or does not answer */
export async function tryAccount({ url, token }: Account): Promise<void> {
  const clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };
  const tushare = makeTushare({ url, token: () => Promise.resolve(token), clock });
  try {
    await tushare.fetchPage(calendarDataset().main, aDay);
  } catch (thrown) {
    const { kind, message } = asSyncError(thrown);
    if (kind === "rate-limited") return; // a token that others use at this moment is a token
    throw new Error(
      kind === "permanent"
        ? say("tokenRefused", { why: message })
        : say("tokenNotTried", { host: new URL(url).host, why: message }),
    );
  }
}
