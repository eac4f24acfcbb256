// Invokes the dispatcher, for commands that the HTTP API does not have.
import { functionSeconds } from "../shared/catalogue/queue-limits.ts";
import type { DispatchAnswer } from "../shared/dispatch/dispatch.ts";
import { invoke } from "./invoke.ts";
import type { Messages } from "./messages/en.ts";
import type { Target } from "./target.ts";

/** @throws CommandError with the dispatcher's message when it refuses */
export function dispatch(target: Target, command: object, t: Messages): Promise<DispatchAnswer> {
  return invoke(target, "DispatcherName", command, functionSeconds.dispatcher, t);
}
