// Which upstream a start is asked to fetch from, and so where its rows will come from: decided before anything is made.
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  decodeOrigin,
  isSafeAddress,
  type Origin,
  originOfAddress,
  simulatedOrigin,
  tushareUrl,
} from "../shared/catalogue/origin.ts";
import { say } from "../shared/words/say.ts";
import { OptionError, type Options } from "./options.ts";
import { originOfCaptured } from "./tushare/captured.ts";

/** Of the real TuShare, or of what answers at TUSHARE_URL in its place. */
export type Account = { readonly url: string; readonly token: string };

export type Asked = {
  readonly origin: Origin;
  /** Undefined where the upstream is started here. */
  readonly account: Account | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Seed of the market of `npm start`; its size is an option. */
export const marketSeed = 1;
export const stocksByDefault = 5_400;

/** Folder of the data folders that have an origin's own name. */
const home = ".local";

/** A server that is not TuShare's is asked what it is; one that does not know is known by its address. */
const aboutMilliseconds = 5_000;

/** @throws OptionError for a token or an address that cannot be one, and for options that contradict them */
export async function readAsked(options: Options, environment: Environment): Promise<Asked> {
  const account = readAccount(environment);
  if (account !== undefined) {
    refuseOptionsOfTrials(options);
    return { account, origin: await originOf(account.url) };
  }
  if (options.adopt) throw new OptionError(say("adoptNeedsToken"));
  return {
    account,
    origin:
      options.captured === undefined
        ? simulatedOrigin({ seed: marketSeed, stocks: options.stocks ?? stocksByDefault })
        : await capturedIn(options),
  };
}

/** Each origin has a folder of its own, so that going from a trial to the real one takes a token and nothing else. */
export function dataDirOf({ kind, identity }: Origin): string {
  if (kind === "tushare") return join(home, kind);
  const name = identity
    .replace(/^seed 1, (\d+) stocks$/, "$1")
    .replace(/, content (\w{8})\w*$/, "-$1")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-");
  return join(home, `${kind}-${name}`);
}

/** Data of a version that had one folder for all; it is left where it is. */
export function describeOldData(): string | undefined {
  if (!existsSync(join(home, "postgres"))) return undefined;
  return say("oldData", { home, folder: home });
}

function readAccount(environment: Environment): Account | undefined {
  const token = environment.TUSHARE_TOKEN?.trim() ?? "";
  const address = environment.TUSHARE_URL?.trim() || undefined;
  if (token === "") {
    if (address === undefined) return undefined;
    throw new OptionError(say("urlNeedsToken"));
  }
  // It is not printed, not even a wrong one.
  if (!/^[!-~]+$/.test(token)) {
    throw new OptionError(say("tokenMalformed"));
  }
  return { token, url: readAddress(address) };
}

/** The token travels to it, so plain http is for this machine alone. */
function readAddress(text: string | undefined): string {
  if (text === undefined) return tushareUrl;
  if (isSafeAddress(text)) return text;
  throw new OptionError(
    say("valueIs", {
      field: "TUSHARE_URL",
      value: `'${text}'`,
      allowed: say("allowedAddress", { example: tushareUrl }),
    }),
  );
}

function refuseOptionsOfTrials({ captured, faults, stocks }: Options): void {
  if (captured !== undefined) throw new OptionError(say("twoUpstreams"));
  const option = faults.length > 0 ? "--faults" : stocks !== undefined ? "--stocks" : undefined;
  if (option !== undefined) throw new OptionError(say("optionOfTrials", { option }));
}

async function capturedIn({ captured, stocks }: Options): Promise<Origin> {
  if (stocks !== undefined) throw new OptionError(say("stocksOfMarket"));
  try {
    return await originOfCaptured(captured ?? "");
  } catch (error) {
    throw new OptionError(
      say("capturedRefused", { why: error instanceof Error ? error.message : String(error) }),
    );
  }
}

async function originOf(url: string): Promise<Origin> {
  const origin = originOfAddress(url);
  if (origin.kind !== "address") return origin;
  try {
    const response = await fetch(new URL("/control/about", url), {
      redirect: "error",
      signal: AbortSignal.timeout(aboutMilliseconds),
    });
    const { origin: said } = (await response.json()) as { origin?: unknown };
    const told = decodeOrigin(String(said));
    return told.kind === "tushare" ? origin : told; // nobody else is TuShare, whatever it says
  } catch {
    return origin;
  }
}
