import { LakeferryError } from '../errors.js'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface AwsConnection {
  /** @defaultValue what the AWS SDK finds: AWS_REGION, the profile */
  readonly region?: string
  /** Address of a service that is not AWS's public one. @defaultValue AWS, by region */
  readonly endpoint?: string
  /** @defaultValue the AWS SDK's own chain: environment, profile, container, instance */
  readonly credentials?: AwsCredentials
}

/** The part of an SDK's configuration that is the same for every service. */
export interface AwsClientConfig {
  maxAttempts: number
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean }
  region?: string
  endpoint?: string
  credentials?: AwsCredentials
}

/** Milliseconds. Together less than the time after which another process takes over an announced submission. */
const CONNECT_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 20_000
const WARNING_SWITCH = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'

export function awsClientConfig({ region, endpoint, credentials }: AwsConnection): AwsClientConfig {
  return {
    // Asked again by us, who know which requests may have been done.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
  }
}

interface Client {
  readonly config: { region: () => Promise<string> }
  destroy(): void
}

/**
 * Makes a client and sees that it knows its region. The SDK's warning about Node 20 is no news for a user of a command line.
 *
 * @throws `JOB_UNAVAILABLE` without a region: unlike with a bucket, no region can be guessed
 */
export async function openAwsClient<C extends Client>(runner: string, make: () => C): Promise<C> {
  const before = process.env[WARNING_SWITCH]
  process.env[WARNING_SWITCH] = 'true'
  let client: C
  try {
    client = make()
  } finally {
    if (before === undefined) delete process.env[WARNING_SWITCH]
    else process.env[WARNING_SWITCH] = before
  }
  try {
    await client.config.region()
    return client
  } catch (error) {
    client.destroy()
    throw new LakeferryError(
      'JOB_UNAVAILABLE',
      {
        runner,
        operation: 'find its AWS region',
        reason: 'looked at emr.region, then lake.region, AWS_REGION and the profile',
        next: 'Set emr.region in lakeferry.yaml.',
      },
      { cause: error },
    )
  }
}
