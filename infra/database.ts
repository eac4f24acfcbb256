// Aurora PostgreSQL, its credentials and its Data API. The one stateful part: it outlives the stack.

import { IpAddresses, type IVpc, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from "aws-cdk-lib/aws-rds";
import { CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Duration, RemovalPolicies, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { pauseMinutes } from "../shared/catalogue/prices.ts";
import { databaseName, readerUser } from "../shared/catalogue/stack.ts";
import type { NodeFunction } from "./node-function.ts";
import { allow } from "./rights.ts";

export type DatabaseProps = {
  /** Aurora capacity units. The minimum is 0: an idle database pauses. */
  readonly maxCapacity: number;
  /** False: removing the stack removes the data. */
  readonly keepData: boolean;
};

export class Database extends Construct {
  readonly arn: string;
  readonly secretArn: string;
  /** Of the user that may only read. */
  readonly readerSecretArn: string;
  /** Name of its only database. */
  readonly name = databaseName;
  /** Its name in CloudWatch. */
  readonly identifier: string;
  private readonly cluster: DatabaseCluster;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);

    // All access is through the Data API, over https, so the network needs no route in or out. as: vpnGatewayId of the
    // library's own class breaks its interface under exactOptionalPropertyTypes.
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr("10.0.0.0/24"),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: "Database", subnetType: SubnetType.PRIVATE_ISOLATED }],
      // Nothing uses the default group, and emptying it would need a custom resource with its own Lambda.
      restrictDefaultSecurityGroup: false,
    }) as IVpc;
    Validations.of(vpc).acknowledge({
      id: "AwsSolutions::AwsSolutions-VPC7",
      reason: "The network has no route in or out and no security group lets anything in: nothing to log.",
    });

    this.cluster = new DatabaseCluster(this, "Cluster", {
      // The newest 17 the library knows; the Data API does not list 18.
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_9 }),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      writer: ClusterInstance.serverlessV2("Writer"),
      serverlessV2MinCapacity: 0,
      serverlessV2MaxCapacity: props.maxCapacity,
      // Quiet moments during a run must not pause it: resuming takes 15 seconds or more.
      serverlessV2AutoPauseDuration: Duration.minutes(pauseMinutes),
      defaultDatabaseName: databaseName,
      manageMasterUserPassword: true,
      enableDataApi: true,
      iamAuthentication: true,
      storageEncrypted: true,
      backup: { retention: Duration.days(7) },
    });
    this.arn = this.cluster.clusterArn;
    this.identifier = this.cluster.clusterIdentifier;
    const { secret } = this.cluster;
    if (secret === undefined) throw new Error("a managed master password always has a secret");
    this.secretArn = secret.secretArn;

    Validations.of(this.cluster).acknowledge({
      id: "AwsSolutions::AwsSolutions-RDS10",
      reason:
        "Protected from here, it would stop a rollback; protection.ts switches it on when all is there.",
    });

    const reader = readerSecret(this);
    this.readerSecretArn = reader.secretArn;

    // Retains the network too, so that the database of a removed stack can still run. A failed first deployment retains
    // nothing, because the next one would create a second network and database.
    // The reader's secret goes with the stack: it would cost, and the next stack makes its own.
    const policies = RemovalPolicies.of(this);
    if (props.keepData)
      policies.retainOnUpdateOrDelete({ excludeResourceTypes: [CfnSecret.CFN_RESOURCE_TYPE_NAME] });
    else policies.destroy();
  }

  /** Lets a function run statements, each for itself, and tells it where. */
  connect(user: NodeFunction): void {
    allow(user.role, ["rds-data:ExecuteStatement"], this.arn);
    allow(user.role, ["secretsmanager:GetSecretValue"], this.secretArn);
    user.addEnvironment("DATABASE_RESOURCE_ARN", this.arn);
    user.addEnvironment("DATABASE_SECRET_ARN", this.secretArn);
    user.addEnvironment("DATABASE_NAME", databaseName);
  }

  /** Lets a function that is connected run several statements as one. */
  allowTransactions(user: NodeFunction): void {
    const actions = ["BeginTransaction", "CommitTransaction", "RollbackTransaction"];
    allow(
      user.role,
      actions.map((action) => `rds-data:${action}`),
      this.arn,
    );
  }

  /** Lets a function run statements as the user that cannot change a row: no other secret, unless it is connected too. */
  connectReader(user: NodeFunction): void {
    allow(user.role, ["rds-data:ExecuteStatement"], this.arn);
    this.grantReaderSecret(user);
    user.addEnvironment("DATABASE_RESOURCE_ARN", this.arn);
    user.addEnvironment("DATABASE_READER_SECRET_ARN", this.readerSecretArn);
    user.addEnvironment("DATABASE_NAME", databaseName);
  }

  /** Lets the function that migrates give the reader its password. */
  connectReaderPassword(migrate: NodeFunction): void {
    this.grantReaderSecret(migrate);
    migrate.addEnvironment("READER_PASSWORD_SECRET_ARN", this.readerSecretArn);
  }

  private grantReaderSecret(user: NodeFunction): void {
    allow(user.role, ["secretsmanager:GetSecretValue"], this.readerSecretArn);
  }
}

/** What it is generated from must never change: CloudFormation would generate another password. */
function readerSecret(scope: Construct): Secret {
  const secret = new Secret(scope, "Reader", {
    description: "The database user that may only read",
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: readerUser }),
      generateStringKey: "password",
      passwordLength: 40,
      excludePunctuation: true,
    },
  });
  Validations.of(secret).acknowledge({
    id: "AwsSolutions::AwsSolutions-SMG4",
    reason:
      "Without a way into the network the password is of use only to who may read this secret; the runbook changes it.",
  });
  return secret;
}
