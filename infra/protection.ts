// The database's protection against deletion, switched on after everything else. CloudFormation cannot delete a
// protected cluster either, so protection in the template would stop the rollback of a first deployment half-way.

import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CustomResource, Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Database } from "./database.ts";
import { NodeFunction } from "./node-function.ts";

export type ProtectionProps = {
  readonly database: Database;
  /** False: the data is to be deleted. */
  readonly isProtected: boolean;
  /** Everything whose failure rolls a first deployment back. */
  readonly after: readonly Construct[];
};

export class Protection extends Construct {
  constructor(scope: Construct, id: string, { database, isProtected, after }: ProtectionProps) {
    super(scope, id);
    const protect = new NodeFunction(this, "Protect", {
      entry: "protect",
      description: "Switches the database's protection against deletion on or off",
      timeout: Duration.minutes(5),
      memoryMiB: 128,
    });
    protect.addToRolePolicy(
      new PolicyStatement({ actions: ["rds:ModifyDBCluster"], resources: [database.arn] }),
    );
    const resource = new CustomResource(this, "Database", {
      resourceType: "Custom::DatabaseProtection",
      serviceToken: protect.functionArn,
      properties: { Cluster: database.identifier, IsProtected: String(isProtected) },
    });
    resource.node.addDependency(protect, database, ...after);
  }
}
