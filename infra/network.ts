import { Stack } from 'aws-cdk-lib'
import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import type { Settled } from './settings.js'

type NetworkSettings = Pick<Settled, 'vpcId' | 'subnetIds' | 'publicAddress' | 'natGateway' | 'ports'>

/**
 * Where tasks run: subnets of a network that is there, or of a small one with two of them and a free endpoint for S3. Nothing
 * can connect to a task; a task can reach HTTPS (AWS, and what alerts are sent to) and the database.
 */
export class Network extends Construct {
  readonly subnets: readonly ISubnet[]
  readonly securityGroup: SecurityGroup
  /** Whether tasks get an address of their own on the internet. */
  readonly publicAddress: boolean

  constructor(scope: Construct, id: string, settings: NetworkSettings) {
    super(scope, id)
    const { vpcId, subnetIds = [] } = settings
    let vpc: IVpc
    if (vpcId === undefined) {
      const made = this.#small(settings.natGateway)
      // CDK's own types are not written for exactOptionalPropertyTypes.
      vpc = made as IVpc
      this.subnets = settings.natGateway ? made.privateSubnets : made.publicSubnets
      this.publicAddress = !settings.natGateway
    } else {
      vpc = Vpc.fromVpcAttributes(this, 'Vpc', { vpcId, availabilityZones: Stack.of(this).availabilityZones })
      this.subnets = subnetIds.map((subnetId, index) => Subnet.fromSubnetId(this, `Subnet${index + 1}`, subnetId))
      this.publicAddress = settings.publicAddress
    }
    this.securityGroup = new SecurityGroup(this, 'Tasks', {
      vpc,
      description: 'Tasks of Lakeferry: nothing in, HTTPS and the database out',
      allowAllOutbound: false,
    })
    for (const port of new Set([443, ...settings.ports])) {
      this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(port))
    }
  }

  /** Without a NAT gateway, which would cost more than all of the rest: tasks have an address themselves, and no port open. */
  #small(natGateway: boolean): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.73.0.0/24'),
      maxAzs: 2,
      natGateways: natGateway ? 1 : 0,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 27, mapPublicIpOnLaunch: false },
        ...(natGateway ? [{ name: 'tasks', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 27 }] : []),
      ],
    })
    // Parts go to S3 without a gateway in between that would be paid by the gigabyte.
    vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 })
    return vpc
  }
}
