// The entry of the CDK app (cdk.json): reads the context once, creates the stack, and fails the synth on findings.

import { Annotations, App, Validations } from "aws-cdk-lib/core";
import flags from "aws-cdk-lib/recommended-feature-flags.json" with { type: "json" };
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { sourceKey } from "../shared/catalogue/chosen-context.ts";
import { chooseContext, readChosenFile } from "./chosen-context.ts";
import { readContext, stackNameOf } from "./context.ts";
import { readDefaults } from "./deployment-file.ts";
import { TushareSync } from "./stack.ts";

/** The app, not yet synthesised. `context` and `outdir` are for callers other than the CDK command line. */
export function makeApp(options: { context?: Record<string, unknown>; outdir?: string } = {}): App {
  const app = new App({
    ...options,
    // Feature flags of the pinned library. Set here, not in cdk.json, so that `node infra/app.ts` gives the same
    // template as the command line. One of them makes template findings errors.
    context: { ...flags, ...options.context },
    analyticsReporting: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

  const look = (key: string) => app.node.tryGetContext(key);
  const name = stackNameOf(look("stage"));
  const choice = chooseContext({
    ...{ stack: name, look, keys: Object.keys(app.node.getAllContext()), defaults: readDefaults() },
    file: String(look(sourceKey)).startsWith("file") ? readChosenFile(name) : undefined,
    account: process.env.CDK_DEFAULT_ACCOUNT,
    region: process.env.CDK_DEFAULT_REGION,
  });
  const stack = new TushareSync(app, name, readContext(choice.look), choice.chosen);
  for (const text of choice.warnings) Annotations.of(stack).addWarning(text);
  for (const text of choice.refusals) Annotations.of(stack).addError(text);
  return app;
}

if (import.meta.main) {
  try {
    makeApp().synth();
  } catch (error) {
    // Usually a mistyped value: the message names it, and a stack trace would not help.
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
