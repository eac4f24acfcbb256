// The database's protection against deletion, switched on when everything else is there. A protected cluster cannot be
// deleted by CloudFormation either, so in the template it would stop the rollback of a first deployment half-way.

import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CustomResource, Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Database } from "./database.ts";
import { NodeFunction } from "./node-function.ts";

export type ProtectionProps = {
  readonly database: Database;
  /** False: the data is about to be removed. */
  readonly isProtected: boolean;
  /** Everything whose failure takes a first deployment back. */
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
