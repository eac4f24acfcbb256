// The one fixed address the worker calls from: TuShare limits how many addresses may use a token (error 40204).
// The Data API, SQS, Scheduler and Secrets Manager have public endpoints, so the worker reaches them the same way.

import {
  CfnEIP,
  FlowLogDestination,
  InstanceClass,
  InstanceSize,
  InstanceType,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  NatInstanceProviderV2,
  NatProvider,
  NatTrafficDirection,
  Port,
  SecurityGroup,
  SubnetType,
  UserData,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { RemovalPolicy, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { EgressWay } from "../shared/catalogue/chosen-context.ts";
import { logRetention, type Placement } from "./node-function.ts";

export type EgressProps = {
  /** An instance costs a tenth of a gateway and stops when its machine does; the work waits in its queue then. */
  readonly kind: Exclude<EgressWay, "none">;
};

export class Egress extends Construct {
  readonly address: string;
  readonly placement: Placement;

  constructor(scope: Construct, id: string, props: EgressProps) {
    super(scope, id);

    // One construct for each kind: a switch makes the new address before it gives the old one up.
    const elasticIp = new CfnEIP(this, props.kind === "instance" ? "InstanceAddress" : "GatewayAddress", {
      domain: "vpc",
    });
    const instances = props.kind === "instance" ? natInstances() : undefined;
    // as: see database.ts.
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr("10.0.1.0/24"),
      maxAzs: 1, // one address lives in one zone
      natGateways: 1,
      natGatewayProvider:
        instances ?? NatProvider.gateway({ eipAllocationIds: [elasticIp.attrAllocationId] }),
      subnetConfiguration: [
        { name: "Public", subnetType: SubnetType.PUBLIC },
        { name: "Worker", subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
      // Nothing is in the default group, and emptying it would take a custom resource with a Lambda of its own.
      restrictDefaultSecurityGroup: false,
    }) as IVpc;
    vpc.addFlowLog("FlowLog", {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, "FlowLogs", { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY }),
      ),
    });
    const worker = new SecurityGroup(this, "WorkerSecurityGroup", {
      vpc,
      description: "The worker: calls out, is never called",
    });
    if (instances) attach(instances, elasticIp, vpc, worker);

    this.address = elasticIp.ref;
    this.placement = {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [worker],
    };
  }
}

function natInstances(): NatInstanceProviderV2 {
  const userData = UserData.forLinux();
  const [install, ...rest] = NatInstanceProviderV2.DEFAULT_USER_DATA_COMMANDS;
  // The elastic address replaces the first one while the machine starts, which may cut a download short.
  userData.addCommands(`until ${install}; do sleep 5; done`, ...rest);
  return NatProvider.instanceV2({
    instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.NANO),
    defaultAllowedTraffic: NatTrafficDirection.OUTBOUND_ONLY,
    userData,
  });
}

/** Gives the one instance its address, lets the worker through it, and sets what the provider has no word for. */
function attach(provider: NatInstanceProviderV2, elasticIp: CfnEIP, vpc: IVpc, worker: ISecurityGroup): void {
  provider.connections.allowFrom(worker, Port.allTcp(), "The worker calls out through here");
  for (const { internetConnectivityEstablished } of vpc.publicSubnets) {
    elasticIp.node.addDependency(internetConnectivityEstablished); // no address before the way out is there
  }
  for (const { instance } of provider.gatewayInstances) {
    elasticIp.instanceId = instance.ref;
    instance.metadataOptions = { httpTokens: "required" };
    instance.blockDeviceMappings = [{ deviceName: "/dev/xvda", ebs: { encrypted: true } }];
    Validations.of(instance).acknowledge(
      {
        id: "AwsSolutions::AwsSolutions-EC28",
        reason: "Detailed monitoring costs as much as the instance; when it stops, the queue's age tells.",
      },
      {
        id: "AwsSolutions::AwsSolutions-EC29",
        reason: "The instance keeps nothing; a deployment must be able to replace it with a newer image.",
      },
    );
  }
}
