// The health unit: a person who deploys, and `doctor`, invoke the worker with it instead of a message. It shows what only
// the worker can know: whether it reaches TuShare, from which address, and whether TuShare takes its token.
import * as z from "zod/mini";
import type { InterfaceSpec } from "../catalogue/dataset.ts";
import type { Catalogue } from "../catalogue/datasets.ts";
import { asSyncError, type SyncError } from "../errors.ts";
import { paramsOf } from "../unit.ts";

/** The event that asks for it. */
export const healthUnit = { health: true } as const;

export type Health = {
  /** The address that others see, which is the one to name to TuShare; null when nothing could tell. */
  readonly address: string | null;
  /** Whether anything came back that only TuShare says, also a refusal. */
  readonly answered: boolean;
  /** unknown: TuShare did not answer, or could not say now. */
  readonly token: "accepted" | "refused" | "not set" | "unknown";
  /** Why the token is not accepted, or nothing was reached; a sentence of ours with TuShare's own words. */
  readonly said: string | null;
};

export type HealthServices = {
  /** @throws SyncError with scope account when it is not set yet */
  readonly token: () => Promise<string>;
  /** Calls TuShare once. @throws SyncError */
  readonly call: (token: string) => Promise<unknown>;
  /** The text of a service that says which address called it. @throws Error */
  readonly ownAddress: () => Promise<string>;
};

/** What it calls: one day of the calendar, the smallest answer there is. @throws Error of a catalogue without a calendar */
export function healthCall(datasets: Catalogue): {
  readonly spec: InterfaceSpec;
  readonly params: Readonly<Record<string, string>>;
} {
  const calendar = Object.values(datasets).find(({ main }) => main.answers.includes("calendar"));
  if (calendar === undefined) throw new Error("the catalogue has no calendar");
  const [day, spec] = ["20240102", calendar.main];
  return { spec, params: paramsOf(spec, { by: "calendar", exchange: "SSE", from: day, to: day }) };
}

export function isHealthUnit(event: unknown): event is typeof healthUnit {
  return typeof event === "object" && event !== null && "health" in event;
}

/** @throws only what is neither of TuShare nor of the way to it, such as a secret that may not be read */
export async function checkHealth(services: HealthServices): Promise<Health> {
  const [address, told] = await Promise.all([addressOf(services), callOnce(services)]);
  return { address, ...told };
}

/** Without a token TuShare refuses, and that proves the way to it just as well. */
async function callOnce({ token, call }: HealthServices): Promise<Omit<Health, "address">> {
  let known: string;
  let missing: SyncError | undefined;
  try {
    known = await token();
  } catch (thrown) {
    missing = asSyncError(thrown);
    if (missing.scope !== "account") throw thrown;
    known = "";
  }
  const failed = await call(known).then(() => undefined, asSyncError);
  // A transient error is of the way to TuShare, or of a gateway in front of it.
  if (failed?.kind === "transient") return { answered: false, token: "unknown", said: failed.message };
  if (missing !== undefined) return { answered: true, token: "not set", said: missing.message };
  if (failed === undefined) return { answered: true, token: "accepted", said: null };
  if (failed.scope === "account") return { answered: true, token: "refused", said: failed.message };
  // A right that is missing, or a limit: TuShare knows the token.
  return { answered: true, token: "accepted", said: failed.message };
}

const ipAddress = z.union([z.ipv4(), z.ipv6()]);

async function addressOf({ ownAddress }: HealthServices): Promise<string | null> {
  const said = await ownAddress().then(
    (text) => text.trim(),
    () => "",
  );
  return z.safeParse(ipAddress, said).data ?? null;
}
