import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type { LakeBucket } from '../lake-bucket.js'
import type { Validator } from '../validator.js'
import { allowKey, allowListing } from './lake-access.js'

export interface ExporterRoleProps {
  readonly lake: LakeBucket
  readonly validator: Validator
  /** The role that it hands to jobs. */
  readonly validatorRole: Role
  readonly topic: ITopic
}

/**
 * What the program is on AWS: reads and writes the lake, has jobs run on the validator's application under the validator's
 * role, and tells the topic. What may be reached of the network is not its matter but that of the security group.
 */
export class ExporterRole extends Construct {
  readonly role: Role

  constructor(scope: Construct, id: string, { lake, validator, validatorRole, topic }: ExporterRoleProps) {
    super(scope, id)
    const { account } = Stack.of(this)
    this.role = new Role(this, 'Role', {
      description: 'Lakeferry: exports, validates, reports, alerts',
      // Of another account's cluster nobody gets it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    })
    allowListing(this.role, lake)
    allowKey(this.role, lake, 'write')
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'Lake',
        actions: [
          's3:GetObject',
          's3:PutObject',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ],
        resources: [lake.objects()],
      }),
    )
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'AbandonedUploads',
        actions: ['s3:ListBucketMultipartUploads'],
        resources: [lake.bucket.bucketArn],
      }),
    )
    this.role.addToPolicy(new PolicyStatement({ sid: 'JobLogs', actions: ['s3:GetObject'], resources: [lake.logs()] }))
    allowJobs(this.role, validator, validatorRole)
    this.role.addToPolicy(new PolicyStatement({ sid: 'Alerts', actions: TOPIC_ACTIONS, resources: [topic.topicArn] }))
  }
}

/** Telling, and `lakeferry doctor`, which asks whether the topic is there without telling anybody anything. */
const TOPIC_ACTIONS = ['sns:Publish', 'sns:GetTopicAttributes']

function allowJobs(role: Role, { applicationArn }: Validator, validatorRole: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      sid: 'StartJobs',
      actions: ['emr-serverless:StartJobRun', 'emr-serverless:ListJobRuns'],
      resources: [applicationArn],
    }),
  )
  role.addToPolicy(
    new PolicyStatement({
      sid: 'FollowJobs',
      actions: ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'],
      resources: [`${applicationArn}/jobruns/*`],
    }),
  )
  role.addToPolicy(
    new PolicyStatement({
      sid: 'TagJobs',
      // A job run that is started with tags asks for this as well; AWS does not say of which of the two.
      actions: ['emr-serverless:TagResource'],
      resources: [applicationArn, `${applicationArn}/jobruns/*`],
      conditions: { 'ForAllValues:StringLike': { 'aws:TagKeys': 'lakeferry:*' } },
    }),
  )
  role.addToPolicy(
    new PolicyStatement({
      sid: 'HandRoleToJobs',
      actions: ['iam:PassRole'],
      resources: [validatorRole.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } },
    }),
  )
}
