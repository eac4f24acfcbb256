// `destroy`: removes a deployed stack. Database and network stay, unless told: then they are given up first, by a
// deployment that takes their protection away, and go with the stack.
import { removeDeployment } from "../../infra/deployment-file.ts";
import { layOver } from "../../shared/catalogue/chosen-context.ts";
import { cdkArguments, contextOf, type DeployValues, deployOptions } from "../cdk.ts";
import { command, type Session } from "../command.ts";
import { describeStack } from "../deployed-stack.ts";
import { confirm, realTools, setOut, succeed, type Tools } from "../deployment.ts";
import { exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";

export const destroyCommand = (t: Messages) =>
  command({
    usage: "destroy",
    talks: true,
    endsSlowly: true,
    about: t.destroy.about,
    options: {
      ...deployOptions(t),
      "delete-data": { type: "boolean", default: false, describe: t.destroy.deleteDataOption },
    },
    examples: [
      ["destroy --stack TushareSync-test", t.destroy.exampleKeep],
      ["destroy --stack TushareSync-test --delete-data", t.destroy.exampleDelete],
    ],
    run: (session, values) => destroy(session, values, realTools(t)),
  });

export async function destroy(
  session: Session,
  values: DeployValues & { "delete-data": boolean },
  tools: Tools,
): Promise<number> {
  const { t, output } = session;
  const { stack, found, region, environment } = await setOut(session, values, tools);
  const isDeleting = values["delete-data"];

  output.note(isDeleting ? t.destroy.deletes(stack) : t.destroy.keeps(stack));
  if (!values.yes) await confirm(tools, t.destroy.confirm(stack), [stack], t);
  // As it is deployed, so that giving the data up changes nothing else.
  const client = tools.clients(region).cloudFormation;
  const deployed = await describeStack(client, stack).catch(() => undefined);
  const before = deployed?.context ?? found.chosen?.context ?? {};
  const context = layOver(before, contextOf(values, t, before));
  // A stack that never stood has no data to give up: a deployment would first make all of it.
  if (isDeleting && deployed?.isThere !== false) {
    const given = { ...context, keepData: "false" };
    const args = cdkArguments("deploy", stack, given, "--require-approval", "never");
    await succeed(tools.cdk(args, environment), t.destroy.notGivenUp(stack));
  }
  const args = cdkArguments("destroy", stack, context, "--force");
  await succeed(tools.cdk(args, environment), t.destroy.failed(stack));
  // What was chosen for a stack goes with it; a file of a stack of this name elsewhere stays.
  if (found.chosen?.region === undefined || found.chosen.region === (deployed?.region ?? region)) {
    removeDeployment(tools.folder, stack);
  }
  output.json({ stack, data: isDeleting ? "deleted" : "kept" });
  output.line(isDeleting ? t.destroy.deleted(stack) : t.destroy.kept(stack));
  return exitCodes.done;
}
