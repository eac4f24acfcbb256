// Migrates the schema in each deployment, before anything that uses it is changed.

import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CustomResource, Duration, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { migrationsType } from "../shared/catalogue/stack.ts";
import type { Database } from "./database.ts";
import { NodeFunction } from "./node-function.ts";

export type MigrationsProps = {
  readonly database: Database;
  /** Recorded as the origin of the rows; the deployment fails if another origin is recorded. */
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
      // If it takes longer, the next invocation waits for it (functions/migrate.ts).
      timeout: Duration.minutes(14),
      memoryMiB: 256,
      sqlFolder: "migrations",
      environment: { MIRROR_ORIGIN: props.origin },
    });
    props.database.connect(migrate);
    props.database.allowTransactions(migrate);
    props.database.connectReaderPassword(migrate);
    // To see whether an older release runs because of a rollback, which must succeed.
    migrate.addToRolePolicy(
      new PolicyStatement({
        actions: ["cloudformation:DescribeStacks"],
        resources: [Stack.of(this).stackId],
      }),
    );
    // A separate policy, as it names the function, and the role's other policy must exist before the function.
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
    // Depends on the writer instance too: without one the Data API answers "not found".
    this.schema.node.addDependency(props.database, goOn);
  }

  /** A failed migration stops the deployment before these are created or changed. */
  executeBefore(...scopes: Construct[]): void {
    for (const scope of scopes) scope.node.addDependency(this.schema);
  }
}
