// The origin of the rows of a mirror: the type, its encoding and comparison. One database never holds rows of two origins.
// The sentences about it are in words/origin.ts.

/**
 * tushare: the real one, at its own addresses. simulated: the generated market. captured: a folder of saved answers.
 * address: a server at an address that is not TuShare's own.
 */
export const originKinds = ["tushare", "simulated", "captured", "address"] as const;
export type OriginKind = (typeof originKinds)[number];

export type Origin = {
  readonly kind: OriginKind;
  /** Distinguishes origins of the same kind, readable for a person: seed and size, name and content, address. */
  readonly identity: string;
};

/** The addresses of TuShare Pro: the documented one and the one of its own client. */
const tushareHosts = ["api.tushare.pro", "api.waditu.com"] as const;

export const tushareUrl = `https://${tushareHosts[0]}`;

export const tushareOrigin: Origin = { kind: "tushare", identity: tushareHosts[0] };

export function simulatedOrigin({ seed, stocks }: { seed: number; stocks: number }): Origin {
  return { kind: "simulated", identity: `seed ${seed}, ${stocks} stocks` };
}

/** @param fingerprint hash of the content, because folders with the same name may hold different answers */
export function capturedOrigin(name: string, fingerprint: string): Origin {
  return { kind: "captured", identity: `${name}, content ${fingerprint}` };
}

/** The origin that follows from an address alone. Plain http can be intercepted, so it never counts as TuShare. */
export function originOfAddress(address: string): Origin {
  const { protocol, host, origin, pathname } = new URL(address);
  if (protocol === "https:" && tushareHosts.some((known) => known === host)) return tushareOrigin;
  return { kind: "address", identity: `${origin}${pathname.replace(/\/+$/, "")}` };
}

/** Whether a secret may be sent to an address: over https, or over http to this machine. */
export function isSafeAddress(text: string): boolean {
  const { protocol, hostname } = URL.canParse(text) ? new URL(text) : { protocol: "", hostname: "" };
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return protocol === "https:" || (protocol === "http:" && isHere);
}

/** Only data of the real TuShare is shown without a warning. */
export function isReal({ kind }: Origin): boolean {
  return kind === "tushare";
}

export function isSame(one: Origin, other: Origin): boolean {
  return one.kind === other.kind && one.identity === other.identity;
}

export function encodeOrigin({ kind, identity }: Origin): string {
  return `${kind} ${identity}`;
}

/** @throws Error that names the expected format */
export function decodeOrigin(text: string): Origin {
  const space = text.indexOf(" ");
  const [kind, identity] = [text.slice(0, space), text.slice(space + 1)];
  const known = originKinds.find((name) => name === kind);
  if (known === undefined || identity === "") {
    throw new Error(`origin is '${text}', expected ${originKinds.join(", ")} and what identifies it`);
  }
  return { kind: known, identity };
}
