// The target of commands: the local stack, or a deployed one by name. Both are a set of outputs, reached by the same calls.
import { resolve } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { findRunning, localClients } from "../local/running.ts";
import { decodeOrigin, isReal, type Origin, tushareOrigin } from "../shared/catalogue/origin.ts";
import type { StackOutput, StackOutputs } from "../shared/catalogue/stack.ts";
import { nameOrigin } from "../shared/words/origin.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";

/** The options of the SDK clients. */
export type ClientConfig = {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

export type Target = {
  /** undefined: the local one. */
  readonly stack: string | undefined;
  readonly name: string;
  readonly clients: ClientConfig;
  readonly outputs: StackOutputs;
  /** Where its rows come from. */
  readonly origin: Origin;
  /** Where the local one's TuShare is; undefined for a deployed stack. */
  readonly upstreamUrl: string | undefined;
  /** The local one's HTTP API, or the deployed one's, which wants signed requests. */
  readonly apiUrl: string;
  /** Other ways to its data, for programs of others. */
  readonly ways: WaysIn;
};

export type WaysIn = {
  /** The user that only reads, without a password; undefined for a deployed database, which has no address. */
  readonly databaseUrl?: string | undefined;
  /** Whether that user has a password. */
  readonly asksPassword?: boolean | undefined;
  /** Where the mirror answers as TuShare does. */
  readonly tushareUrl?: string | undefined;
  readonly pageUrl?: string | undefined;
};

/** Polling interval in seconds. Polling a local stack is free; on a deployed one it costs a Data API call each time. */
export function pollSeconds(target: Target): number {
  return target.stack === undefined ? 0.5 : 5;
}

/**
 * The stack that runs in a folder or one of its subfolders.
 * @param wantsReal a token is set and no folder was named, so a simulated market is refused
 * @throws CommandError unreachable, saying how to start one; usage when several run; conflict for another origin
 */
export function localTarget(dataDir: string, { wantsReal }: { wantsReal: boolean }, t: Messages): Target {
  const [found, ...others] = findRunning(resolve(dataDir));
  if (found === undefined) throw new CommandError(exitCodes.unreachable, t.target.nothingRuns(dataDir));
  if (others.length > 0) {
    const each = [found, ...others].map(
      (one) => `--data-dir ${one.dataDir} (${t.said(nameOrigin(originOf(one.running.outputs)))})`,
    );
    throw new CommandError(exitCodes.usage, t.target.severalRun(each.join(", ")));
  }
  const { running } = found;
  const origin = originOf(running.outputs);
  if (wantsReal && !isReal(origin)) {
    const named = t.said(nameOrigin(origin));
    throw new CommandError(exitCodes.conflict, t.target.otherOrigin(found.dataDir, named));
  }
  if (running.apiUrl === undefined) throw missingOutput("ApiUrl", t.target.local, t);
  return {
    stack: undefined,
    name: t.target.local,
    clients: { ...localClients, endpoint: running.endpoint },
    outputs: running.outputs,
    origin,
    upstreamUrl: running.upstreamUrl,
    apiUrl: running.apiUrl,
    ways: {
      databaseUrl: running.readerUrl,
      asksPassword: running.asksPassword,
      tushareUrl: running.tushareUrl,
      pageUrl: running.pageUrl,
    },
  };
}

/** @throws CommandError unreachable: no credentials, no region, no such stack */
export async function deployedTarget(
  stack: string,
  region: string | undefined,
  t: Messages,
  client = new CloudFormationClient(region === undefined ? {} : { region }),
): Promise<Target> {
  const outputs = await readOutputs(client, stack, t);
  const apiUrl = outputs.ApiUrl;
  if (apiUrl === undefined) throw missingOutput("ApiUrl", stack, t);
  const clients = { region: await client.config.region() };
  const origin = originOf(outputs);
  return {
    stack,
    name: stack,
    clients,
    outputs,
    origin,
    upstreamUrl: undefined,
    apiUrl,
    ways: { tushareUrl: outputs.TushareEndpointUrl },
  };
}

/** Stacks without this output predate recorded origins: they are deployed and use the real TuShare. */
function originOf(outputs: StackOutputs): Origin {
  return outputs.MirrorOrigin === undefined ? tushareOrigin : decodeOrigin(outputs.MirrorOrigin);
}

async function readOutputs(client: CloudFormationClient, stack: string, t: Messages): Promise<StackOutputs> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return Object.fromEntries(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue ?? ""]),
    );
  } catch (error) {
    throw new CommandError(exitCodes.unreachable, t.target.noStack(stack, sentence(error)), { cause: error });
  }
}

export function outputOf(target: Target, name: StackOutput, t: Messages): string {
  const value = target.outputs[name];
  if (value === undefined) throw missingOutput(name, target.name, t);
  return value;
}

/** The message of an SDK error, on one line. */
export function sentence(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
}

function missingOutput(name: StackOutput, stack: string, t: Messages): CommandError {
  return new CommandError(exitCodes.unreachable, t.target.noOutput(name, stack));
}
