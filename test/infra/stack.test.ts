import { existsSync, readFileSync } from 'node:fs'
import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { list } from './iam.js'
import { idsOf, only, otherSettings, synthesize } from './synthesized.js'

const stack = synthesize({ alarmEmails: ['data@example.org'] }, true)
const other = synthesize(otherSettings, true)
const withNat = synthesize({ natGateway: true })

const { template } = stack
const schema = JSON.parse(readFileSync(new URL('../../schema/lakeferry.schema.json', import.meta.url), 'utf8'))

it('has this shape', () => {
  const counts: Record<string, number> = {}
  for (const { Type } of Object.values(stack.resources)) counts[Type] = (counts[Type] ?? 0) + 1
  expect(counts).toMatchInlineSnapshot(`
    {
      "AWS::CloudWatch::Alarm": 5,
      "AWS::EC2::InternetGateway": 1,
      "AWS::EC2::Route": 2,
      "AWS::EC2::RouteTable": 2,
      "AWS::EC2::SecurityGroup": 1,
      "AWS::EC2::Subnet": 2,
      "AWS::EC2::SubnetRouteTableAssociation": 2,
      "AWS::EC2::VPC": 1,
      "AWS::EC2::VPCEndpoint": 1,
      "AWS::EC2::VPCGatewayAttachment": 1,
      "AWS::ECR::Repository": 1,
      "AWS::ECS::Cluster": 1,
      "AWS::ECS::TaskDefinition": 1,
      "AWS::EMRServerless::Application": 1,
      "AWS::Events::Rule": 1,
      "AWS::IAM::Policy": 5,
      "AWS::IAM::Role": 5,
      "AWS::Logs::LogGroup": 1,
      "AWS::Logs::MetricFilter": 5,
      "AWS::S3::Bucket": 1,
      "AWS::S3::BucketPolicy": 1,
      "AWS::SNS::Subscription": 1,
      "AWS::SNS::Topic": 1,
      "AWS::SNS::TopicPolicy": 1,
      "AWS::SQS::Queue": 1,
      "AWS::SQS::QueuePolicy": 1,
      "AWS::Scheduler::Schedule": 3,
      "AWS::SecretsManager::Secret": 1,
    }
  `)
})

it('tells what the steps of docs/deploy/aws.md ask for', () => {
  const guide = readFileSync(new URL('../../docs/deploy/aws.md', import.meta.url), 'utf8')
  const asked = new Set([...guide.matchAll(/\$\(output (\w+)\)/g)].map(([, name]) => name!))
  expect(asked.size).toBeGreaterThan(5)
  for (const name of asked) expect(stack.outputs, name).toHaveProperty(name)
})

it('is nothing that CloudFormation would refuse, whatever was decided', () => {
  // The two above were held to CloudFormation's rules, which says something only where a mistake is noticed.
  expect(() => synthesize({ ...otherSettings, subnetIds: ['subnet 1'] }, true)).toThrow(/subnet 1|alidation/)
})

it('leaves nothing behind in the checkout', () => {
  expect(existsSync(new URL('../../cdk.out', import.meta.url))).toBe(false)
})

describe('the validator', () => {
  it('has the release that the configuration has by default, limits, and stops when idle', () => {
    const release = schema.properties.emr.properties.release.default
    expect(only(stack, 'AWS::EMRServerless::Application').Properties).toMatchObject({
      Type: 'SPARK',
      ReleaseLabel: release,
      Architecture: 'X86_64',
      MaximumCapacity: { Cpu: '64 vCPU', Memory: '256 GB', Disk: '400 GB' },
      AutoStartConfiguration: { Enabled: true },
      AutoStopConfiguration: { Enabled: true, IdleTimeoutMinutes: 10 },
    })
  })
})

describe('the network', () => {
  it('is small and free: no NAT gateway, an endpoint for S3, nothing open to the outside', () => {
    expect(idsOf(stack, 'AWS::EC2::NatGateway')).toEqual([])
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' })
    const group = only(stack, 'AWS::EC2::SecurityGroup').Properties
    expect(group).not.toHaveProperty('SecurityGroupIngress')
    expect(group.SecurityGroupEgress.map((rule: { FromPort: number }) => rule.FromPort)).toEqual([443, 27017])
    expect(idsOf(stack, 'AWS::EC2::SecurityGroupIngress')).toEqual([])
  })

  it('has one address for all that goes out, when asked', () => {
    expect(idsOf(withNat, 'AWS::EC2::NatGateway')).toHaveLength(1)
    withNat.template.hasResourceProperties('AWS::Scheduler::Schedule', networkOf('DISABLED'))
  })

  it('may be one that is there', () => {
    expect(idsOf(other, 'AWS::EC2::VPC')).toEqual([])
    other.template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: 'vpc-0a1b2c3d',
      SecurityGroupEgress: [443, 27017, 587].map(FromPort => Match.objectLike({ FromPort })),
    })
    other.template.hasResourceProperties(
      'AWS::Scheduler::Schedule',
      networkOf('DISABLED', ['subnet-0a1b2c3d', 'subnet-1a2b3c4d']),
    )
  })
})

describe('the task', () => {
  it('runs as nobody of note, on a read-only disk but for one folder, and is given time to stop', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
      EphemeralStorage: { SizeInGiB: 50 },
      ContainerDefinitions: [
        Match.objectLike({
          User: '1000:1000',
          ReadonlyRootFilesystem: true,
          StopTimeout: 120,
          LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'] } },
          MountPoints: [{ ContainerPath: '/scratch', ReadOnly: false, SourceVolume: 'scratch' }],
          LogConfiguration: Match.objectLike({ LogDriver: 'awslogs' }),
        }),
      ],
    })
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 })
    template.hasResourceProperties('AWS::ECR::Repository', { ImageTagMutability: 'IMMUTABLE' })
  })

  it('has its secrets from Secrets Manager, and only settings in its environment that there are', () => {
    const [container] = only(stack, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions
    expect(container.Secrets).toEqual([
      { Name: 'MONGODB_URI', ValueFrom: { Ref: idsOf(stack, 'AWS::SecretsManager::Secret')[0] } },
    ])
    expect(only(stack, 'AWS::SecretsManager::Secret').Properties).not.toHaveProperty('SecretString')
    for (const { Name } of container.Environment as { Name: string }[]) {
      if (!Name.startsWith('LAKEFERRY_')) continue
      const [, section = '', key = ''] = Name.toLowerCase().split('_')
      expect(schema.properties[section]?.properties, Name).toHaveProperty(key)
    }
    expect(idsOf(other, 'AWS::SecretsManager::Secret')).toEqual([])
  })
})

describe('the schedule', () => {
  const schedules = (from: typeof stack) =>
    idsOf(from, 'AWS::Scheduler::Schedule').map(id => from.resources[id]?.Properties)

  it('starts the export, the monitor and the sweep, each as a command of its own', () => {
    const found = schedules(stack).map(({ ScheduleExpression, State, Target }) => {
      const [{ name, command }] = JSON.parse(Target.Input).containerOverrides
      return [ScheduleExpression, State, name, command.join(' '), Target.EcsParameters.Group]
    })
    expect(found).toEqual([
      ['cron(0 2 * * ? *)', 'ENABLED', 'lakeferry', 'run --json', 'lakeferry-export'],
      ['rate(1 hour)', 'ENABLED', 'lakeferry', 'monitor --json', 'lakeferry-monitor'],
      ['cron(0 12 ? * SUN *)', 'ENABLED', 'lakeferry', 'gc --json', 'lakeferry-sweep'],
    ])
    template.hasResourceProperties('AWS::Scheduler::Schedule', networkOf('ENABLED'))
  })

  it('tries for an hour, and keeps what it could not start', () => {
    for (const { Target } of schedules(stack)) {
      expect(Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 30 })
      expect(Target.DeadLetterConfig.Arn).toEqual({ 'Fn::GetAtt': [idsOf(stack, 'AWS::SQS::Queue')[0], 'Arn'] })
    }
  })

  it('goes by a time zone, with a window, or not at all, as asked', () => {
    const found = schedules(other)
    expect(found.map(({ State }) => State)).toEqual(['DISABLED', 'DISABLED'])
    expect(found[0]).toMatchObject({
      ScheduleExpression: 'cron(30 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    })
  })
})

function networkOf(AssignPublicIp: string, subnets?: readonly string[]): object {
  const awsvpc = { AssignPublicIp, ...(subnets === undefined ? {} : { Subnets: list(subnets) }) }
  return {
    Target: Match.objectLike({
      EcsParameters: Match.objectLike({
        LaunchType: 'FARGATE',
        NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike(awsvpc) },
      }),
    }),
  }
}
