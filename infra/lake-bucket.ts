import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Settled } from './settings.js'

type LakeSettings = Pick<
  Settled,
  'bucketName' | 'lakePrefix' | 'encryption' | 'accessLogs' | 'noncurrentDays' | 'expireReportsAfterDays'
>

/** Where logs of jobs go: beside the lake, not in it. */
const JOB_LOGS = 'emr-logs'
const JOB_LOG_DAYS = 30
const ACCESS_LOG_DAYS = 90
/** Longer than any upload takes; `lakeferry gc` sweeps sooner. */
const ABANDONED_DAYS = 7

/**
 * The lake's bucket: versioned, encrypted, closed to the public and to plain HTTP. It holds the lake and the logs of its jobs,
 * and nothing else, which is why roles may list all of it. It outlives the stack.
 */
export class LakeBucket extends Construct {
  readonly bucket: Bucket
  readonly key: Key | undefined
  readonly prefix: string

  constructor(scope: Construct, id: string, settings: LakeSettings) {
    super(scope, id)
    this.prefix = settings.lakePrefix
    this.key =
      settings.encryption === 'kms'
        ? new Key(this, 'Key', { enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN })
        : undefined
    const closed = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
    }
    // As IBucket below: CDK's own types are not written for exactOptionalPropertyTypes.
    const accessLogs = settings.accessLogs
      ? new Bucket(this, 'AccessLogs', {
          ...closed,
          encryption: BucketEncryption.S3_MANAGED,
          lifecycleRules: [{ id: 'expire', expiration: Duration.days(ACCESS_LOG_DAYS) }],
        })
      : undefined
    this.bucket = new Bucket(this, 'Bucket', {
      ...closed,
      ...(settings.bucketName === undefined ? {} : { bucketName: settings.bucketName }),
      ...(this.key === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : // Without a bucket key each object would be a request to KMS.
          { encryption: BucketEncryption.KMS, encryptionKey: this.key, bucketKeyEnabled: true }),
      versioned: true,
      lifecycleRules: this.#rules(settings),
      ...(accessLogs === undefined
        ? {}
        : { serverAccessLogsBucket: accessLogs as IBucket, serverAccessLogsPrefix: 's3/' }),
    })
    this.bucket.addToResourcePolicy(this.#manifestsOnce())
  }

  /** `lake.url`. */
  get url(): string {
    return `s3://${this.bucket.bucketName}/${this.prefix}`
  }

  /** `emr.logs`. */
  get logsUrl(): string {
    return `s3://${this.bucket.bucketName}/${JOB_LOGS}`
  }

  /** ARN of objects of the lake. @param path - relative to the lake, with wildcards as IAM has them */
  objects(path = '*'): string {
    return this.bucket.arnForObjects(`${this.prefix}/${path}`)
  }

  /** ARN of the logs of jobs. */
  logs(): string {
    return this.bucket.arnForObjects(`${JOB_LOGS}/*`)
  }

  #rules({ noncurrentDays, expireReportsAfterDays }: LakeSettings): LifecycleRule[] {
    return [
      { id: 'abandoned-uploads', abortIncompleteMultipartUploadAfter: Duration.days(ABANDONED_DAYS) },
      {
        id: 'old-versions',
        noncurrentVersionExpiration: Duration.days(noncurrentDays),
        expiredObjectDeleteMarker: true,
      },
      { id: 'job-logs', prefix: `${JOB_LOGS}/`, expiration: Duration.days(JOB_LOG_DAYS) },
      ...(expireReportsAfterDays === undefined
        ? []
        : [
            {
              id: 'old-reports',
              prefix: `${this.prefix}/validation-reports/`,
              expiration: Duration.days(expireReportsAfterDays),
            },
          ]),
    ]
  }

  /**
   * A manifest is the commit of a run: whoever writes one, with whatever tool, has to write it on the condition that there is
   * none. The requests of a multipart upload before the last cannot carry a condition, and create nothing.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
   */
  #manifestsOnce(): PolicyStatement {
    return new PolicyStatement({
      sid: 'ManifestsAreWrittenOnce',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [this.objects('*/_manifest.json')],
      conditions: {
        Null: { 's3:if-none-match': 'true' },
        Bool: { 's3:ObjectCreationOperation': 'true' },
      },
    })
  }
}
