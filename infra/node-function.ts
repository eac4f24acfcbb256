// The one function shape: Node 24 on arm64, one ESM bundle with our pinned SDK inside, JSON logs that expire, and a
// role with the right to write those logs and only the rights granted to it.

import { cpSync } from "node:fs";
import { join } from "node:path";
import type { ISecurityGroup, IVpc, SubnetSelection } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  AssetHashType,
  DockerImage,
  type Duration,
  RemovalPolicy,
  Stack,
  Validations,
} from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import manifest from "../package.json" with { type: "json" };
import type { FunctionEnvironment, FunctionVariable } from "../shared/catalogue/stack.ts";
import { bundleInto } from "./bundle.ts";

const root = join(import.meta.dirname, "..");

/** Long enough to investigate last month's failures. */
export const logRetention = RetentionDays.ONE_MONTH;

/** A function's place in a network, as properties of lambda.FunctionProps. */
export type Placement = {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
};

/** Namespace of the functions' metrics; their dimension "service" is the stack. */
export const metricNamespace = "TushareSync";

export type NodeFunctionProps = {
  /** The file in functions/, without its ending, that exports `handler`. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  readonly environment?: FunctionEnvironment;
  readonly reservedConcurrency?: number | undefined;
  /** The network it calls from; without one it runs outside the stack's networks. */
  readonly placement?: Placement | undefined;
  /** A folder of the project; its SQL files are copied beside the bundle, into a folder of the same name. */
  readonly sqlFolder?: string;
};

export class NodeFunction extends lambda.Function {
  declare readonly role: Role;
  readonly memoryMiB: number;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);
    if (props.placement) allowNetworkInterfaces(role);

    super(scope, id, {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: "index.handler",
      code: bundle(props.entry, props.sqlFolder),
      timeout: props.timeout,
      memorySize: props.memoryMiB,
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: {
        POWERTOOLS_SERVICE_NAME: Stack.of(scope).stackName, // the dimension that keeps two stacks' metrics apart
        POWERTOOLS_METRICS_NAMESPACE: metricNamespace,
        POWERTOOLS_LOG_LEVEL: "INFO",
        RELEASE_VERSION: manifest.version,
        ...props.environment,
      },
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      ...props.placement,
    });
    this.memoryMiB = props.memoryMiB;
    Validations.of(this).acknowledge(
      {
        id: "Serverless::Serverless-LambdaTracing",
        reason:
          "Each log line names unit, task and request, and each stage of a unit is a metric; traces would cost more.",
      },
      {
        id: "Serverless::Serverless-LambdaDLQ",
        reason:
          "What invokes it keeps what fails: a queue with a redrive policy, an asynchronous invocation with a destination, " +
          "CloudFormation, which fails the deployment, a caller who waits for the answer, or, of an alarm for a chat, the mail.",
      },
    );
  }

  /** Accepts only known variable names. */
  override addEnvironment(name: FunctionVariable, value: string): this {
    return super.addEnvironment(name, value);
  }
}

/**
 * Bundled in this process: NodejsFunction starts npx for each function, which takes longer than the bundling. The hash is
 * that of the output, so a function changes only when its own bundle does.
 */
function bundle(entry: string, sqlFolder: string | undefined): lambda.Code {
  return lambda.Code.fromAsset(join(root, "functions"), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("unused"), // the type asks for one; bundling never leaves this process
      command: [entry], // the library keeps bundles by these options, so without it all functions would share one
      local: {
        tryBundle(outputDir) {
          bundleInto(outputDir, entry);
          if (sqlFolder !== undefined) copySql(sqlFolder, outputDir);
          return true;
        },
      },
    },
  });
}

/** A deployment never runs down files, so they are not copied. */
function copySql(folder: string, outputDir: string): void {
  cpSync(join(root, folder), join(outputDir, folder), {
    recursive: true,
    filter: (source) => !source.endsWith(".down.sql"),
  });
}

/** The rights that Lambda needs to join a network (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html). */
function allowNetworkInterfaces(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
      ],
      resources: ["*"],
    }),
  );
  Validations.of(role).acknowledge({
    id: "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
    reason:
      "Lambda makes the network interfaces itself, before any has a name, and checks for these rights on *.",
  });
}
