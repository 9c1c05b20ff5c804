import { awsClientConfig, openAwsClient } from '../../remote-job/aws-client.js'
import { PATIENCE } from '../../remote-job/patience.js'
import type { RemoteRunner } from '../../remote-job/remote-service.js'
import { ServiceRunner } from '../../remote-job/runner.js'
import type { EmrServerlessOptions } from './serverless-options.js'
import { EmrServerlessService } from './serverless-service.js'

/**
 * Runs jobs as job runs of an application of EMR Serverless. Nothing is sent yet.
 *
 * @throws `JOB_UNAVAILABLE` when no region can be found
 */
export async function openEmrServerlessRunner(options: EmrServerlessOptions): Promise<RemoteRunner> {
  const sdk = await import('@aws-sdk/client-emr-serverless')
  const client = await openAwsClient('emr-serverless', () => new sdk.EMRServerlessClient(awsClientConfig(options)))
  const patience = { ...PATIENCE, ...options.patience }
  return new ServiceRunner(new EmrServerlessService(sdk, client, options, patience), options)
}
