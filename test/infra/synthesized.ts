import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { LakeferryStack } from '../../infra/lakeferry-stack.js'
import type { LakeferrySettings } from '../../infra/settings.js'

// biome-ignore lint/suspicious/noExplicitAny: as it is in the file
export const cdkJson: any = JSON.parse(readFileSync(new URL('../../infra/cdk.json', import.meta.url), 'utf8'))

export interface Resource {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation has a thousand shapes
  readonly Properties: any
  readonly DeletionPolicy?: string
}

export interface Synthesized {
  readonly template: Template
  readonly resources: Readonly<Record<string, Resource>>
  readonly outputs: Readonly<Record<string, unknown>>
}

/**
 * The stack as CloudFormation gets it; what is written on the way does not stay.
 *
 * @param validated - whether CDK holds the template to CloudFormation's own rules, and throws where it breaks one. It takes
 * seconds to load them
 */
export function synthesize(settings: LakeferrySettings = {}, validated = false): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'lakeferry-cdk-'))
  try {
    const app = new App({
      outdir,
      context: { ...cdkJson.context, lakeferry: undefined },
      builtinCloudFormationValidation: validated,
      treeMetadata: false,
    })
    const template = Template.fromStack(new LakeferryStack(app, 'Lakeferry', { settings }))
    const json = template.toJSON()
    return { template, resources: json['Resources'], outputs: json['Outputs'] }
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

/** Logical ids of a type. */
export function idsOf({ resources }: Synthesized, type: string): string[] {
  return Object.keys(resources).filter(id => resources[id]?.Type === type)
}

/** The only one of a type. */
export function only(synthesized: Synthesized, type: string): Resource {
  const [id, ...more] = idsOf(synthesized, type)
  if (id === undefined || more.length > 0) throw new Error(`${more.length + (id === undefined ? 0 : 1)} of ${type}`)
  return synthesized.resources[id]!
}

/** Everything that a person may decide otherwise. */
export const otherSettings: LakeferrySettings = {
  bucketName: 'iclr-lake',
  lakePrefix: 'data/prod',
  encryption: 'kms',
  accessLogs: true,
  noncurrentDays: 7,
  expireReportsAfterDays: 730,
  vpcId: 'vpc-0a1b2c3d',
  subnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
  ports: [27017, 587],
  secrets: { MONGODB_URI: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:mongo-AbCdEf' },
  exportAt: 'cron(30 3 * * ? *)',
  timezone: 'Europe/Berlin',
  monitorAt: '',
  flexibleMinutes: 15,
  paused: true,
  architecture: 'ARM64',
}
