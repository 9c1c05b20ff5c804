import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { LakeBucket } from '../lake-bucket.js'
import type { Validator } from '../validator.js'
import { allowKey, allowListing } from './lake-access.js'

/** What Spark is while it runs a job: it reads the lake, and writes nothing but the job's own folder and its logs. */
export class ValidatorRole extends Construct {
  readonly role: Role

  constructor(
    scope: Construct,
    id: string,
    { lake, validator }: { readonly lake: LakeBucket; readonly validator: Validator },
  ) {
    super(scope, id)
    this.role = new Role(this, 'Role', {
      description: 'Lakeferry: validation jobs on EMR Serverless',
      assumedBy: new ServicePrincipal('emr-serverless.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': validator.applicationArn },
        },
      }),
    })
    allowListing(this.role, lake)
    allowKey(this.role, lake, 'write')
    this.role.addToPolicy(new PolicyStatement({ sid: 'Read', actions: ['s3:GetObject'], resources: [lake.objects()] }))
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'Answer',
        // Spark writes to a temporary name and renames, which on S3 is to copy and to delete; large files go in parts.
        actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        resources: [lake.objects('_lakeferry/jobs/*')],
      }),
    )
    this.role.addToPolicy(new PolicyStatement({ sid: 'Logs', actions: ['s3:PutObject'], resources: [lake.logs()] }))
  }
}
