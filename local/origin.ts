// Decides, before anything is created, which upstream a start uses, and so the origin of its rows.
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
import { say } from "../shared/words/say-here.ts";
import { OptionError, type Options } from "./options.ts";
import { originOfCaptured } from "./tushare/captured.ts";

/** Account of the real TuShare, or of the server at TUSHARE_URL. */
export type Account = { readonly url: string; readonly token: string };

export type Asked = {
  readonly origin: Origin;
  /** Undefined when the upstream is started here. */
  readonly account: Account | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Seed of the market of `npm start`; its size is an option. */
export const marketSeed = 1;
export const stocksByDefault = 5_400;

/** Parent of the default data folders, each named after its origin. */
const home = ".local";

/** Timeout for asking another server than TuShare for its origin; without an answer its address is its origin. */
const aboutMilliseconds = 5_000;

/** @throws OptionError for an invalid token or address, and for options that contradict them */
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

/** Each origin has its own folder, so that switching from simulated to real data needs only a token. */
export function dataDirOf({ kind, identity }: Origin): string {
  if (kind === "tushare") return join(home, kind);
  const name = identity
    .replace(/^seed 1, (\d+) stocks$/, "$1")
    .replace(/, content (\w{8})\w*$/, "-$1")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-");
  return join(home, `${kind}-${name}`);
}

/** Describes data of an old version that had one folder for all origins; it is not moved. */
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
  // The error never prints the token, not even an invalid one.
  if (!/^[!-~]+$/.test(token)) {
    throw new OptionError(say("tokenMalformed"));
  }
  return { token, url: readAddress(address) };
}

/** The token is sent there, so plain http is allowed only for this machine. */
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
    return told.kind === "tushare" ? origin : told; // another server is never TuShare, whatever it says
  } catch {
    return origin;
  }
}
