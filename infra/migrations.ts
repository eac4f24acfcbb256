// Brings the schema up to date in each deployment, before anything that uses it is touched.

import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CustomResource, Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { migrationsType } from "../shared/catalogue/stack.ts";
import type { Database } from "./database.ts";
import { NodeFunction } from "./node-function.ts";

export type MigrationsProps = {
  readonly database: Database;
  /** Recorded as where the rows come from; another one that is recorded fails the deployment. */
  readonly origin: string;
  /** Whether this release may work on the schema of a newer one. */
  readonly allowsNewer: boolean;
};

export class Migrations extends Construct {
  private readonly schema: CustomResource;

  constructor(scope: Construct, id: string, props: MigrationsProps) {
    super(scope, id);

    const migrate = new NodeFunction(this, "Migrate", {
      entry: "migrate",
      description: "Applies the migrations that the database does not have yet",
      // What takes longer is waited for by the next invocation (functions/migrate.ts).
      timeout: Duration.minutes(14),
      memoryMiB: 256,
      sqlFolder: "migrations",
      environment: { MIRROR_ORIGIN: props.origin },
    });
    props.database.connect(migrate);
    // Whether an older release comes by a rollback, which has to succeed.
    migrate.addToRolePolicy(
      new PolicyStatement({
        actions: ["cloudformation:DescribeStacks"],
        resources: [Stack.of(this).stackId],
      }),
    );
    // Beside the role's other policy, which has to be there before the function that this one names.
    const goOn = new Policy(this, "GoOn", {
      roles: [migrate.role],
      statements: [
        new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [migrate.functionArn] }),
      ],
    });

    this.schema = new CustomResource(this, "Schema", {
      resourceType: migrationsType,
      serviceToken: migrate.functionArn,
      serviceTimeout: Duration.hours(1), // the longest that CloudFormation waits
      properties: {
        // Runs again when the bundle changes, and the SQL files are part of it.
        Version: migrate.currentVersion.functionArn,
        AllowsNewer: String(props.allowsNewer),
      },
    });
    // The writer too: without one the Data API answers "not found".
    this.schema.node.addDependency(props.database, goOn);
  }

  /** A failed migration stops the deployment before these are created or changed. */
  executeBefore(...scopes: Construct[]): void {
    for (const scope of scopes) scope.node.addDependency(this.schema);
  }
}
