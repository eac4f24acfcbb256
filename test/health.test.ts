// The health unit: what the worker tells of the way to TuShare and of its token, and what a person is told to do.
import { expect, test } from "vitest";
import { judgeHealth } from "../cli/health.ts";
import { en } from "../cli/messages/en.ts";
import type { Target } from "../cli/target.ts";
import { SyncError } from "../shared/errors.ts";
import { checkHealth, type Health } from "../shared/sync/health.ts";

const account = (text: string) => new SyncError("permanent", text, { scope: "account" });
const services = {
  token: () => Promise.resolve("a-token"),
  call: () => Promise.resolve(),
  ownAddress: () => Promise.resolve("203.0.113.7\n"),
};
const fails = (error: Error) => () => Promise.reject(error);

test.each<[string, Partial<typeof services>, Partial<Health>]>([
  ["a good token", {}, { address: "203.0.113.7", answered: true, token: "accepted", said: null }],
  [
    "no token yet",
    { token: fails(account("not set")), call: fails(account("40101")) },
    { answered: true, token: "not set" },
  ],
  [
    "no token and no way out",
    { token: fails(account("not set")), call: fails(new SyncError("transient", "timeout")) },
    { answered: false, token: "unknown", said: "timeout" },
  ],
  [
    "too many addresses",
    { call: fails(account("40204 IP数量超限")) },
    { answered: true, token: "refused", said: "40204 IP数量超限" },
  ],
  [
    "a right that is missing",
    { call: fails(new SyncError("permanent", "no right", { scope: "task" })) },
    { answered: true, token: "accepted", said: "no right" },
  ],
  [
    "the limit of a minute",
    { call: fails(new SyncError("rate-limited", "too fast")) },
    { answered: true, token: "accepted" },
  ],
  [
    "a name that cannot be resolved",
    { call: fails(new TypeError("fetch failed")) },
    { answered: false, token: "unknown" },
  ],
  ["nobody who tells the address", { ownAddress: fails(new Error("no")) }, { address: null, answered: true }],
  ["a page instead of an address", { ownAddress: () => Promise.resolve("<html>") }, { address: null }],
])("%s", async (_, given, expected) => {
  expect(await checkHealth({ ...services, ...given })).toMatchObject(expected);
});

test("a secret that may not be read is an error of the function, not a state of the token", async () => {
  const denied = Object.assign(new Error("AccessDenied"), { name: "AccessDeniedException" });
  await expect(checkHealth({ ...services, token: fails(denied) })).rejects.toThrow("AccessDenied");
});

const stack = {
  outputs: { EgressAddress: "203.0.113.7", TushareTokenSecretArn: "arn:secret" },
} as unknown as Target; // as: all it looks at
const healthy: Health = { address: "203.0.113.7", answered: true, token: "accepted", said: null };
test.each<[string, Health | "busy", string[]]>([
  ["all well", healthy, ["ok", "ok"]],
  ["all slots at work", "busy", ["ok"]],
  ["another address than the stack's", { ...healthy, address: "198.51.100.1" }, ["problem", "ok"]],
  ["an address nobody told", { ...healthy, address: null }, ["ok", "ok"]],
  ["a refused token", { ...healthy, token: "refused", said: "40101" }, ["ok", "problem"]],
  ["no token", { ...healthy, token: "not set" }, ["ok", "problem"]],
  ["no way out", { ...healthy, answered: false, token: "unknown" }, ["problem"]],
])("judged: %s", (_, health, levels) => {
  const findings = judgeHealth(health, stack, en);
  expect(findings.map(({ level }) => level)).toEqual(levels);
  for (const { level, remedy } of findings) expect(remedy === undefined).toBe(level === "ok");
});
