// Lets the SDK's client ask a Data API server of the same process without HTTP: signing, sending and reading a request takes
// longer than many a statement. The whole way is shown by database-adapter.test.ts and by every test of the local stack.
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
  RollbackTransactionCommand,
} from "@aws-sdk/client-rds-data";
import { toDataApiError } from "../../local/data-api/errors.ts";
import type { DataApi } from "../../local/data-api/server.ts";

const paths = new Map<unknown, string>([
  [ExecuteStatementCommand, "/Execute"],
  [BeginTransactionCommand, "/BeginTransaction"],
  [CommitTransactionCommand, "/CommitTransaction"],
  [RollbackTransactionCommand, "/RollbackTransaction"],
]);

type Command = { readonly input: { readonly resourceArn?: string } };
type Send = (this: unknown, command: Command, options?: { abortSignal?: AbortSignal }) => Promise<object>;

const servers = new Map<string, Pick<DataApi, "answer">>();
const never = new AbortController().signal;

/** Requests to this cluster go to the server from now on. Returns what ends that. */
export function answerInProcess(resourceArn: string, server: Pick<DataApi, "answer">): () => void {
  interceptClients();
  servers.set(resourceArn, server);
  return () => {
    servers.delete(resourceArn);
  };
}

let isIntercepted = false;

function interceptClients(): void {
  if (isIntercepted) return;
  isIntercepted = true;
  const prototype = RDSDataClient.prototype as unknown as { send: Send };
  const before = prototype.send;
  prototype.send = async function send(command, options) {
    const server = servers.get(command.input.resourceArn ?? "");
    const path = paths.get(command.constructor);
    if (server === undefined || path === undefined) return await before.call(this, command, options);
    try {
      const call = JSON.parse(JSON.stringify(command.input)) as Record<string, unknown>;
      return JSON.parse(await server.answer(path, call, options?.abortSignal ?? never)) as object;
    } catch (cause) {
      const error = toDataApiError(cause);
      throw Object.assign(error, { $fault: error.status < 500 ? "client" : "server" });
    }
  };
}
