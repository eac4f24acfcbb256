// The one fixed address the worker calls from: TuShare limits how many addresses may use a token (error 40204).
// The Data API, SQS, Scheduler and Secrets Manager have public endpoints, so the worker reaches them the same way.

import {
  CfnEIP,
  FlowLogDestination,
  InstanceType,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  type NatInstanceProviderV2,
  NatProvider,
  NatTrafficDirection,
  OperatingSystemType,
  Port,
  SecurityGroup,
  SubnetType,
  UserData,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CustomResource, Duration, RemovalPolicy, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { EgressWay } from "../shared/catalogue/chosen-context.ts";
import { natInstanceType } from "../shared/catalogue/stack.ts";
import { logRetention, NodeFunction, type Placement } from "./node-function.ts";

export type EgressProps = {
  /** An instance costs a tenth of a gateway. When its machine stops, units wait in the queue. */
  readonly kind: Exclude<EgressWay, "none">;
  /** The day of the instance's image. */
  readonly imagesUntil: string;
};

export class Egress extends Construct {
  readonly address: string;
  readonly placement: Placement;
  /** The NAT instance's id. */
  readonly machine: string | undefined;

  constructor(scope: Construct, id: string, props: EgressProps) {
    super(scope, id);

    // One construct for each kind: changing the kind creates the new address before it releases the old one.
    const elasticIp = new CfnEIP(this, props.kind === "instance" ? "InstanceAddress" : "GatewayAddress", {
      domain: "vpc",
    });
    const place = new Place(this, "Place", props);
    const instances = props.kind === "instance" ? natInstances(place.image) : undefined;
    // as: see database.ts.
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr("10.0.1.0/24"),
      availabilityZones: [place.zone], // one address lives in one zone
      natGateways: 1,
      natGatewayProvider:
        instances ?? NatProvider.gateway({ eipAllocationIds: [elasticIp.attrAllocationId] }),
      subnetConfiguration: [
        { name: "Public", subnetType: SubnetType.PUBLIC },
        { name: "Worker", subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
      // Nothing uses the default group, and emptying it would need a custom resource with its own Lambda.
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

    this.machine = instances?.gatewayInstances[0]?.instanceId;
    this.address = elasticIp.ref;
    this.placement = {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [worker],
    };
  }
}

/** A zone may not offer the machine type, and zone names differ between accounts, so it asks AWS. */
class Place extends Construct {
  readonly zone: string;
  readonly image: string;

  constructor(scope: Construct, id: string, { kind, imagesUntil }: EgressProps) {
    super(scope, id);
    const choose = new NodeFunction(this, "Choose", {
      entry: "egress-place",
      description: "Finds a zone and an image for the way out",
      timeout: Duration.minutes(2),
      memoryMiB: 128,
    });
    const actions = ["ec2:DescribeInstanceTypeOfferings", "ec2:DescribeImages"];
    choose.addToRolePolicy(new PolicyStatement({ actions, resources: ["*"] }));
    Validations.of(choose.role).acknowledge({
      id: "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
      reason: "Both read what AWS offers to everybody, and know no resource to be named.",
    });
    const found = new CustomResource(this, "Found", {
      resourceType: "Custom::EgressPlace",
      serviceToken: choose.functionArn,
      properties: {
        // A zone with this machine type also has NAT gateways and Lambda; old zones have none of them.
        InstanceType: machine.toString(),
        ...(kind === "instance" && { ImageName: imageName, ImagesUntil: imagesUntil }),
      },
    });
    found.node.addDependency(choose);
    this.zone = found.getAttString("Zone");
    this.image = found.getAttString("Image");
  }
}

const machine = new InstanceType(natInstanceType);

/** The standard Amazon Linux 2023, which has the program for the signal; the star matches the release. */
const imageName = "al2023-ami-2023.*-kernel-6.1-arm64";

function natInstances(imageId: string): NatInstanceProviderV2 {
  const userData = UserData.forLinux();
  userData.addCommands(...setUp);
  return NatProvider.instanceV2({
    instanceType: machine,
    machineImage: { getImage: () => ({ imageId, osType: OperatingSystemType.LINUX, userData }) },
    defaultAllowedTraffic: NatTrafficDirection.OUTBOUND_ONLY,
    userData,
  });
}

/** How long the deployment waits for the machine's signal that it forwards packets. */
const readyMinutes = 10;

/**
 * Any failing step ends the script, and the script's result is sent to CloudFormation: the deployment fails if the
 * machine does not forward packets. The package manager is killed in half a gigabyte of memory
 * (amazonlinux/amazon-linux-2023, issue 404), so there is swap first. A mirror that does not answer is retried for some
 * minutes.
 */
const setUp = [
  "set -euo pipefail",
  "dd if=/dev/zero of=/swapfile bs=1M count=1024",
  "chmod 600 /swapfile",
  "mkswap /swapfile",
  "swapon /swapfile",
  'echo "/swapfile none swap defaults 0 0" >> /etc/fstab',
  "for try in 1 2 3 4 5 6 7 8; do dnf install -y iptables-services && break; sleep 15; done",
  "rpm -q iptables-services",
  'echo "net.ipv4.ip_forward=1" > /etc/sysctl.d/custom-ip-forwarding.conf',
  "sysctl -p /etc/sysctl.d/custom-ip-forwarding.conf",
  "systemctl enable --now iptables",
  "way=$(ip -o -4 route show to default | awk 'NR == 1 {print $5}')",
  'iptables -t nat -A POSTROUTING -o "$way" -j MASQUERADE',
  "iptables -F FORWARD",
  "iptables-save > /etc/sysconfig/iptables",
  'iptables -t nat -C POSTROUTING -o "$way" -j MASQUERADE',
  'test "$(sysctl -n net.ipv4.ip_forward)" = 1',
];

/**
 * Gives the one instance its address, lets the worker through it, and sets properties that the provider has no option
 * for.
 */
function attach(provider: NatInstanceProviderV2, elasticIp: CfnEIP, vpc: IVpc, worker: ISecurityGroup): void {
  provider.connections.allowFrom(worker, Port.allTcp(), "The worker calls out through here");
  for (const { internetConnectivityEstablished } of vpc.publicSubnets) {
    elasticIp.node.addDependency(internetConnectivityEstablished); // the address needs the internet route first
  }
  for (const machine of provider.gatewayInstances) {
    const { instance } = machine;
    machine.userData.addSignalOnExitCommand(machine);
    // Only then, as the elastic address replaces the first one and would interrupt a download.
    elasticIp.instanceId = instance.ref;
    instance.cfnOptions.creationPolicy = {
      resourceSignal: { count: 1, timeout: Duration.minutes(readyMinutes).toIsoString() },
    };
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
