// The handle of a running simulated upstream: its options, its statistics, and its control routes.
import type { ClockSetting } from "./clock.ts";
import type { Fault, FaultPlan } from "./faults.ts";

export type UpstreamOptions = {
  /** Port on 127.0.0.1; 0 (the default) takes any free one. */
  port?: number | undefined;
  /** Seed of the market, of every order and of every fault; default 1. */
  seed?: number | undefined;
  /** Listed stocks at the start of 2026; default 5400. About 6 % delisted ones come on top. */
  stocks?: number | undefined;
  /** YYYYMMDD in Shanghai. Fixes the clock, at 23:59 unless `time` is set; default: live. */
  today?: string | undefined;
  /** HH:MM in Shanghai; fixes the time of day. */
  time?: string | undefined;
  /** Calls a minute to one interface with one token; default 200. stock_basic has 50 unless this is lower. */
  minuteLimit?: number | undefined;
  /**
   * Points of the account, which decide the interfaces it may call; default 2000. etf_basic needs 8000,
   * fina_indicator_vip 5000.
   */
  points?: number | undefined;
  /** Folder of captured answers; it replaces the generated market. */
  captured?: string | undefined;
  /** Accepted tokens; default: every token that is not empty and does not begin with "bad-token". */
  tokens?: readonly string[] | undefined;
  /** When the row of a day appears, HH:MM in Shanghai, by interface; overrides the known hour. */
  publicationHour?: Readonly<Record<string, string>> | undefined;
  /** Mean latency in milliseconds, with a spread of ±45 %; default 55, so 30 to 80. 0 is none. */
  latencyMs?: number | undefined;
  /** Compress answers over 16 KiB for clients that accept gzip; default true. */
  gzip?: boolean | undefined;
  /** Faults from the start; see faults.ts. */
  faults?: FaultPlan | undefined;
};

export type InterfaceStats = {
  /** Calls that reached the interface with an accepted token, refused and faulted ones too. */
  calls: number;
  /** Refused for speed: over a minute limit or a day quota. */
  refusals: number;
  /** Every other reply whose code was not 0, and calls that got no whole reply because of a fault. */
  errors: number;
  /** Rows sent with code 0. */
  rows: number;
  /** The largest number of calls in any 60 seconds. */
  peakCallsPerMinute: number;
  /** Calls in the last 60 seconds. */
  callsLastMinute: number;
  /** Calls a minute that the account has, without faults. */
  minuteLimit: number;
};

export type UpstreamStats = {
  interfaces: Record<string, InterfaceStats>;
  /** Requests not counted for any interface: bad token, unknown interface, malformed body. */
  rejected: number;
  /** How often each fault struck. */
  faults: Record<string, number>;
};

export type UpstreamAbout = {
  /** As shared/catalogue/origin.ts writes it, so that a client can see that this server is not TuShare. */
  origin: string;
  source: "generated" | "captured";
  seed: number;
  today: string;
  time: string;
  /** First and last trade date of the daily bars that are visible now; empty texts when there is none. */
  firstDate: string;
  lastDate: string;
  /** Stocks of list status L now. */
  listed: number;
};

export type Upstream = {
  /** Base address, without a slash at the end: http://127.0.0.1:PORT. */
  readonly url: string;
  stats(): Promise<UpstreamStats>;
  about(): Promise<UpstreamAbout>;
  /** Replaces all faults. */
  setFaults(plan: FaultPlan): Promise<void>;
  /** The faults in force. */
  faults(): Promise<Fault[]>;
  /** Fixes the clock, or with {} lets it run live. */
  setClock(setting: ClockSetting): Promise<void>;
  close(): Promise<void>;
};

/** The handle of a running upstream, over its control routes. */
export function controlled(url: string, close: () => Promise<void>): Upstream {
  async function control<T>(path: string, body?: unknown): Promise<T> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${url}/control/${path}`, init);
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(`simulated upstream, ${path}: ${answer.error ?? response.status}`);
    return answer;
  }
  return {
    url,
    stats: () => control<UpstreamStats>("stats"),
    about: () => control<UpstreamAbout>("about"),
    setFaults: async (plan) => void (await control("faults", plan)),
    faults: () => control<Fault[]>("faults"),
    setClock: async (setting) => void (await control("clock", setting)),
    close,
  };
}
