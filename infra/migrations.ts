// Brings the schema up to date in each deployment, before anything that uses it is touched.

import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnResource, Duration, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { Trigger } from "aws-cdk-lib/triggers";
import { Construct } from "constructs";
import type { Database } from "./database.ts";
import { logRetention, NodeFunction } from "./node-function.ts";

export type MigrationsProps = {
  readonly database: Database;
  /** Recorded as where the rows come from; another one that is recorded fails the deployment. */
  readonly origin: string;
};

export class Migrations extends Construct {
  private readonly trigger: Trigger;

  constructor(scope: Construct, id: string, props: MigrationsProps) {
    super(scope, id);

    const migrate = new NodeFunction(this, "Migrate", {
      entry: "migrate",
      description: "Applies the migrations that the database does not have yet",
      // An index over years of rows takes minutes, and waking the database comes first. The trigger's own
      // function lives for 15 minutes: ending before it lets it tell CloudFormation what went wrong.
      timeout: Duration.minutes(14),
      memoryMiB: 256,
      sqlFolder: "migrations",
      environment: { MIRROR_ORIGIN: props.origin },
    });
    props.database.connect(migrate);

    // Runs again when the bundle changes, and the SQL files are part of it.
    this.trigger = new Trigger(this, "Trigger", {
      handler: migrate,
      timeout: Duration.minutes(14.5),
      executeAfter: [props.database], // the writer too: without one the Data API answers "not found"
    });
    tameProvider(this);
  }

  /** A failed migration stops the deployment before these are created or changed. */
  executeBefore(...scopes: Construct[]): void {
    this.trigger.executeBefore(...scopes);
  }
}

/** The library's own function behind every trigger: its logs would stay for ever, and it has no options. */
function tameProvider(scope: Construct): void {
  const logGroup = new LogGroup(scope, "ProviderLogs", {
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const provider = Stack.of(scope).node.findChild(
    "AWSCDK.TriggerCustomResourceProviderCustomResourceProvider",
  );
  const handler = provider.node.findChild("Handler");
  if (!CfnResource.isCfnResource(handler))
    throw new Error("the trigger provider's handler is not a resource");
  handler.addPropertyOverride("LoggingConfig", { LogFormat: "JSON", LogGroup: logGroup.logGroupName });
  handler.addPropertyOverride("Architectures", ["arm64"]);
}
