// The context values of earlier deployments. The stack stores them; the file beside cdk.json is a copy, used when the
// stack does not exist yet and when the CDK is run by hand.
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { type Found, removeDeployment, writeDeployment } from "../infra/deployment-file.ts";
import { type Chosen, type ChosenValues, chosenFile } from "../shared/catalogue/chosen-context.ts";
import { type Deployed, describeStack } from "./deployed-stack.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { sentence } from "./target.ts";

export type Before = {
  readonly context: ChosenValues;
  readonly deployed: Deployed | undefined;
  /** For a person: where this is from, and what does not agree. */
  readonly remarks: readonly string[];
};

export type Where = {
  readonly client: CloudFormationClient;
  readonly folder: string;
  readonly stack: string;
  readonly region: string | undefined;
  /** The person has said that nothing chosen earlier counts. */
  readonly forget: boolean;
};

/**
 * The values that a deployment starts from. If a deployed stack's values are unknown, it refuses to deploy: values not
 * given again would be lost silently.
 * @throws CommandError that says what is unknown, and what to do
 */
export async function recall(where: Where, found: Found, t: Messages): Promise<Before> {
  const { client, stack, region, forget } = where;
  const file = chosenFile(stack);
  const deployed = await describeStack(client, stack).catch((error: unknown) => {
    throw new CommandError(exitCodes.unreachable, t.deploy.notAsked(stack, sentence(error)), {
      cause: error,
    });
  });
  const begun =
    found.chosen?.begun === undefined ? [] : [t.deploy.begun(stack, listed(found.chosen.begun, t))];
  if (deployed?.isSettled === false) throw new CommandError(exitCodes.conflict, t.deploy.underWay(stack));
  if (forget) {
    const context = deployed?.context ?? found.chosen?.context ?? {};
    return { context: {}, deployed, remarks: [t.deploy.forgets(listed(context, t))] };
  }
  if (deployed?.context !== undefined) {
    const remarks = [...begun, ...disagreement(found, deployed.context, file, t)];
    return { context: deployed.context, deployed, remarks };
  }
  if (found.damage !== undefined) {
    throw new CommandError(exitCodes.failed, t.deploy.fileDamaged(file, found.damage));
  }
  if (found.chosen !== undefined && isHere(found.chosen, deployed, region)) {
    return { context: found.chosen.context, deployed, remarks: [...begun, t.deploy.fromFile(stack, file)] };
  }
  if (deployed?.isThere) throw new CommandError(exitCodes.conflict, t.deploy.unknownChoice(stack));
  const remarks =
    found.chosen === undefined ? [] : [t.deploy.fileElsewhere(file, found.chosen.region ?? "?")];
  return { context: {}, deployed, remarks };
}

/** Copies the stack's values into the file. */
export function copyFromStack(folder: string, stack: string, deployed: Deployed | undefined): void {
  if (deployed?.context === undefined) return;
  const { account, region, context } = deployed;
  writeDeployment(folder, stack, { account, region, context });
}

/** Records in the file that a deployment has begun. noteEnd records the result, read from the stack. */
export function noteBegin(
  { folder, stack, region }: Where,
  { context, deployed }: Before,
  begun: ChosenValues,
  t: Messages,
): void {
  try {
    const place = { account: deployed?.account, region: deployed?.region ?? region };
    writeDeployment(folder, stack, { ...place, context: deployed?.isThere ? context : {}, begun });
  } catch (error) {
    throw new CommandError(exitCodes.failed, t.deploy.fileNotWritten(chosenFile(stack), sentence(error)));
  }
}

/**
 * Call it after a deployment, successful or not. Resolves with whether the result is known: CloudFormation continues even
 * when this process or the network fails.
 */
export async function noteEnd(
  where: Where,
  intended: ChosenValues,
  succeeded: boolean,
  found: Found,
): Promise<boolean> {
  const { client, folder, stack, region } = where;
  const deployed = await describeStack(client, stack).catch(() => "unreadable" as const);
  if (deployed !== "unreadable" && deployed?.isSettled && deployed.context !== undefined) {
    copyFromStack(folder, stack, deployed);
    return true;
  }
  if (succeeded) {
    const place = deployed === "unreadable" ? undefined : deployed;
    writeDeployment(folder, stack, {
      ...{ account: place?.account, region: place?.region ?? region },
      context: intended,
    });
    return true;
  }
  if (deployed === "unreadable" || deployed?.isSettled === false) return false;
  // The stack does not exist: restore the file as it was.
  if (found.chosen === undefined) removeDeployment(folder, stack);
  else writeDeployment(folder, stack, { ...found.chosen, begun: undefined });
  return true;
}

export function listed(context: ChosenValues, t: Messages): string {
  const parts = Object.entries(context).map(([key, value]) => `${key}=${value}`);
  return parts.length === 0 ? t.deploy.nothing : parts.join(", ");
}

/** The changes from earlier values to the new ones, a line for each changed key. */
export function changesOf(before: ChosenValues, after: ChosenValues, t: Messages): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((key) => before[key] !== after[key])
    .map((key) => `  ${key}: ${before[key] ?? t.deploy.standard} -> ${after[key] ?? t.deploy.standard}`);
}

function disagreement(found: Found, context: ChosenValues, file: string, t: Messages): string[] {
  if (found.damage !== undefined) return [t.deploy.fileReplaced(file, found.damage)];
  if (found.chosen === undefined) return [t.deploy.fileRestored(file)];
  const changes = changesOf(found.chosen.context, context, t);
  return changes.length === 0 ? [] : [t.deploy.stackCounts(file), ...changes];
}

/** Whether a file belongs to the requested stack, as far as that can be known. */
function isHere(chosen: Chosen, deployed: Deployed | undefined, region: string | undefined): boolean {
  const isSame = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other;
  return isSame(chosen.region, deployed?.region ?? region) && isSame(chosen.account, deployed?.account);
}
