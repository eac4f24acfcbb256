// Starts the local stack on assemblies written by hand, collects what its functions print, and stops it all.
import { type StackOptions, startStack } from "../../local/aws/stack.ts";
import { aFunction, type Fixture, writeAssembly } from "./assembly.ts";

const cleanups: (() => unknown)[] = [];

/** Runs at the end of the test, the last one given first. */
export function cleanUp(...cleanup: (() => unknown)[]): void {
  cleanups.push(...cleanup);
}

/** To be called after each test. */
export async function cleanUpAll(): Promise<void> {
  while (cleanups.length > 0) await cleanups.pop()?.();
}

export const nowhere = { rdsData: "http://127.0.0.1:1" };

export async function start(fixture: Fixture, options: Partial<StackOptions> = {}) {
  const assembly = writeAssembly(fixture);
  cleanUp(assembly.remove);
  const lines: { function: string; requestId?: string; text: string }[] = [];
  const stack = await startStack({
    assembly: assembly.directory,
    endpoints: nowhere,
    onLog: (line) => lines.push(line),
    ...options,
  });
  cleanUp(() => stack.close());
  const credentials = { accessKeyId: "x", secretAccessKey: "x" };
  // Another region than the stack's: what a person's profile says must not matter.
  return { stack, lines, client: { region: "eu-west-1", endpoint: stack.endpoint, credentials } };
}

/** A stack of one function, `test-Main`, of the given source. */
export function only(
  code: string,
  properties: Record<string, unknown> = {},
  options: Partial<StackOptions> = {},
) {
  return start({ resources: { Main: aFunction(properties) }, code: { Main: code } }, options);
}

/** The source of a handler with that body; `calls` counts the invocations of its environment. */
export const handler = (body: string) =>
  `let calls = 0; export const handler = async (event, context) => { calls += 1; ${body} };`;

/** Over HTTP, as the SDKs and the command line do. */
export function invokeOver(
  endpoint: string,
  reference: string,
  payload: unknown,
  headers: Record<string, string> = {},
) {
  return fetch(`${endpoint}/2015-03-31/functions/${reference}/invocations`, {
    method: "POST",
    headers,
    body: JSON.stringify(payload),
  });
}
