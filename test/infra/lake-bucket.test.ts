import { describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { allows, type Context, type Statement } from './iam.js'
import { idsOf, only, otherSettings, synthesize } from './synthesized.js'

const stack = synthesize()
const other = synthesize(otherSettings)
const { template } = stack

describe('the bucket', () => {
  const lake = only(stack, 'AWS::S3::Bucket')

  it('is versioned, encrypted, closed to the public, and stays when the stack goes', () => {
    expect(lake.DeletionPolicy).toBe('Retain')
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    })
  })

  it('forgets abandoned uploads, old versions and logs of jobs, and never a report or a part', () => {
    const rules = lake.Properties.LifecycleConfiguration.Rules as Record<string, unknown>[]
    expect(rules).toEqual([
      { Id: 'abandoned-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      {
        Id: 'old-versions',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        ExpiredObjectDeleteMarker: true,
      },
      { Id: 'job-logs', Status: 'Enabled', Prefix: 'emr-logs/', ExpirationInDays: 30 },
    ])
  })

  it('forgets reports when asked, after as long as asked', () => {
    const [, lakes] = idsOf(other, 'AWS::S3::Bucket').map(id => other.resources[id]!)
    const rules = lakes?.Properties.LifecycleConfiguration.Rules as { Id: string }[]
    expect(rules.find(({ Id }) => Id === 'old-reports')).toEqual({
      Id: 'old-reports',
      Status: 'Enabled',
      Prefix: 'data/prod/validation-reports/',
      ExpirationInDays: 730,
    })
    expect(`data/prod/${lakeKey.reports('papers')}`).toContain('data/prod/validation-reports/')
    expect(rules.find(({ Id }) => Id === 'old-versions')).toMatchObject({
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
    })
  })

  it('is encrypted with a key of its own, and logs its accesses, when asked', () => {
    other.template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true })
    other.template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'iclr-lake',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      LoggingConfiguration: { LogFilePrefix: 's3/' },
    })
    const policies = JSON.stringify(idsOf(other, 'AWS::IAM::Policy').map(id => other.resources[id]?.Properties))
    expect(policies.match(/"kms:GenerateDataKey"/g)).toHaveLength(2)
    expect(policies.match(/"kms:Decrypt"/g)).toHaveLength(3)
  })

  describe('lets whoever is allowed to write', () => {
    const policy = only(stack, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement as Statement[]
    const anybody: Statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
    const [id] = idsOf(stack, 'AWS::S3::Bucket')
    const tls = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3', 's3:ObjectCreationOperation': 'true' }
    const may = (action: string, key: string, context: Context = {}): boolean =>
      allows(stack, [...policy, anybody], {
        action,
        resource: `arn:aws:s3:::${id}/lake/${key}`,
        context: { ...tls, ...context },
      })
    const manifest = lakeKey.manifest('papers', '20261122T020000.000Z-1a2b3c')

    it('write a manifest only on the condition that there is none', () => {
      expect(may('s3:PutObject', manifest, { 's3:if-none-match': '*' })).toBe(true)
      expect(may('s3:PutObject', manifest)).toBe(false)
      // Not even one that is there already, as it stands.
      expect(may('s3:PutObject', manifest, { 's3:if-match': '"etag"' })).toBe(false)
    })

    it('begin a manifest that goes up in parts, since only its last request can carry the condition', () => {
      expect(may('s3:PutObject', manifest, { 's3:ObjectCreationOperation': 'false' })).toBe(true)
    })

    it('write everything else as the exporter does, with a condition or without', () => {
      const keys = [lakeKey.pointer('papers'), lakeKey.alerts, lakeKey.part('papers', 'r', 'parquet', 0)]
      for (const key of keys) {
        for (const context of [{}, { 's3:if-none-match': '*' }, { 's3:if-match': '"etag"' }]) {
          expect(may('s3:PutObject', key, context as Context), key).toBe(true)
        }
      }
      expect(may('s3:DeleteObject', manifest)).toBe(true)
      expect(may('s3:GetObject', manifest)).toBe(true)
    })

    it('do nothing without TLS', () => {
      expect(may('s3:GetObject', manifest, { 'aws:SecureTransport': 'false' })).toBe(false)
      expect(may('s3:GetObject', manifest, { 's3:TlsVersion': '1.1' })).toBe(false)
    })
  })
})
