// The entry of the CDK app (cdk.json): reads the context once, makes the stack, and lets synth fail on findings.

import { App, Validations } from "aws-cdk-lib/core";
import flags from "aws-cdk-lib/recommended-feature-flags.json" with { type: "json" };
import { AwsSolutionsChecks } from "cdk-nag";
import { readContext } from "./context.ts";
import { TushareSync } from "./stack.ts";

/** The app, not yet synthesised. `context` and `outdir` are for callers other than the CDK command line. */
export function makeApp(options: { context?: Record<string, unknown>; outdir?: string } = {}): App {
  const app = new App({
    ...options,
    // Behaviour of the pinned library, so it is set here and not in cdk.json: `node infra/app.ts` alone must
    // give the very template that the command line gives. Among them: template findings are errors.
    context: { ...flags, ...options.context },
    analyticsReporting: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  const context = readContext((key) => app.node.tryGetContext(key));
  new TushareSync(app, context.stage === undefined ? "TushareSync" : `TushareSync-${context.stage}`, context);
  return app;
}

if (import.meta.main) makeApp().synth();
