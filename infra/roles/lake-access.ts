import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'
import type { LakeBucket } from '../lake-bucket.js'

/**
 * Lets a role list the bucket, whatever the prefix. S3 answers 403 in place of 404 for an object that is not there to who may not
 * list, and HeadBucket and GetObject have no prefix that a condition could look at: with one, "there is no manifest yet" would
 * look like a lake that is broken. The bucket has nothing but the lake and the logs of its jobs.
 */
export function allowListing(role: Role, lake: LakeBucket): void {
  role.addToPolicy(new PolicyStatement({ sid: 'List', actions: ['s3:ListBucket'], resources: [lake.bucket.bucketArn] }))
}

/** What SSE-KMS asks of who reads, and of who writes: parts of a multipart upload are decrypted to be put together. */
export function allowKey(role: Role, { key }: LakeBucket, access: 'read' | 'write'): void {
  if (key === undefined) return
  role.addToPolicy(
    new PolicyStatement({
      sid: 'Key',
      actions: access === 'read' ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
    }),
  )
}
