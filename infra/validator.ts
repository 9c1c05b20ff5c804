import { CfnApplication } from 'aws-cdk-lib/aws-emrserverless'
import { Construct } from 'constructs'
import type { Settled } from './settings.js'

type ValidatorSettings = Pick<
  Settled,
  'architecture' | 'emrRelease' | 'emrMaxVcpu' | 'emrMaxMemoryGb' | 'emrMaxDiskGb' | 'emrIdleMinutes'
>

/**
 * The application of EMR Serverless that validates what one machine cannot hold (`engine.kind: emr-serverless`, or `auto`).
 * It starts with a job, stops when idle, and costs nothing in between. Jobs need no network of ours: they read S3.
 */
export class Validator extends Construct {
  /** `emr.application`. */
  readonly applicationId: string
  readonly applicationArn: string

  constructor(scope: Construct, id: string, settings: ValidatorSettings) {
    super(scope, id)
    const application = new CfnApplication(this, 'Application', {
      type: 'SPARK',
      releaseLabel: settings.emrRelease,
      architecture: settings.architecture,
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: settings.emrIdleMinutes },
      maximumCapacity: {
        cpu: `${settings.emrMaxVcpu} vCPU`,
        memory: `${settings.emrMaxMemoryGb} GB`,
        disk: `${settings.emrMaxDiskGb} GB`,
      },
    })
    this.applicationId = application.attrApplicationId
    this.applicationArn = application.attrArn
  }
}
