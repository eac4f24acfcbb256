// `destroy`: removes a deployed stack. Database and network stay, unless told: then they are given up first, by a
// deployment that takes their protection away, and go with the stack.
import { cdkArguments, contextOf, type DeployValues, deployOptions, stackName, withRegion } from "../cdk.ts";
import { command, type Session } from "../command.ts";
import { CommandError, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { confirm, realTools, type Tools } from "./deploy.ts";

export const destroyCommand = (t: Messages) =>
  command({
    usage: "destroy",
    about: t.destroy.about,
    options: {
      ...deployOptions(t),
      "delete-data": { type: "boolean", default: false, describe: t.destroy.deleteDataOption },
    },
    examples: [
      ["destroy --stage test", t.destroy.exampleKeep],
      ["destroy --stage test --delete-data", t.destroy.exampleDelete],
    ],
    run: (session, values) => destroy(session, values, realTools()),
  });

export async function destroy(
  session: Session,
  values: DeployValues & { "delete-data": boolean },
  tools: Tools,
): Promise<number> {
  const { t, output } = session;
  const stack = stackName(values.stage);
  const context = contextOf(values, t);
  const environment = withRegion(session.environment, session.region);
  const isDeleting = values["delete-data"];

  output.note(isDeleting ? t.destroy.deletes(stack) : t.destroy.keeps(stack));
  if (!values.yes) await confirm(tools, t.destroy.confirm(stack), [stack], t);
  if (isDeleting) {
    const args = cdkArguments(
      "deploy",
      stack,
      { ...context, keepData: "false" },
      "--require-approval",
      "never",
    );
    if ((await tools.cdk(args, environment)) !== 0)
      throw new CommandError(exitCodes.failed, t.destroy.notGivenUp(stack));
  }
  if ((await tools.cdk(cdkArguments("destroy", stack, context, "--force"), environment)) !== 0) {
    throw new CommandError(exitCodes.failed, t.destroy.failed(stack));
  }
  output.json({ stack, data: isDeleting ? "deleted" : "kept" });
  output.line(isDeleting ? t.destroy.deleted(stack) : t.destroy.kept(stack));
  return exitCodes.done;
}
