import { awsClientConfig, openAwsClient } from '../../remote-job/aws-client.js'
import { PATIENCE } from '../../remote-job/patience.js'
import type { RemoteRunner } from '../../remote-job/remote-service.js'
import { ServiceRunner } from '../../remote-job/runner.js'
import type { EmrOptions } from './emr-options.js'
import { EmrService } from './emr-service.js'

/**
 * Runs jobs as steps of EMR on EC2: on the running cluster that is named, or each on one that is made for it and ends
 * with it. Judged by the step, not by the cluster. Nothing is sent yet.
 *
 * @throws `JOB_UNAVAILABLE` when no region can be found
 */
export async function openEmrRunner(options: EmrOptions): Promise<RemoteRunner> {
  const sdk = await import('@aws-sdk/client-emr')
  const client = await openAwsClient('emr', () => new sdk.EMRClient(awsClientConfig(options)))
  const patience = { ...PATIENCE, ...options.patience }
  return new ServiceRunner(new EmrService(sdk, client, options, patience), options)
}
