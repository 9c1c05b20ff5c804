import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { LakeferryError } from '../../errors.js'

/** `@aws-sdk/client-s3`, loaded with the first S3 lake and not before: it takes a tenth of a second. */
export type S3Sdk = typeof import('@aws-sdk/client-s3')

export const loadS3Sdk = (): Promise<S3Sdk> => import('@aws-sdk/client-s3')

const CONNECT_TIMEOUT_MS = 10_000
/**
 * Longer than SeaweedFS may hold a conditional write that many others compete with, 25 s. Well below the budget of
 * `withRetry`, so that a request that nobody answers is tried again.
 */
const IDLE_TIMEOUT_MS = 30_000
const FALLBACK_REGION = 'us-east-1'
const WARNING_SWITCH = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface S3Connection {
  /** @defaultValue what the AWS SDK finds (AWS_REGION, the profile), or us-east-1 */
  readonly region?: string
  /** URL of a store that is not AWS. @defaultValue AWS, by region */
  readonly endpoint?: string
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. @defaultValue true with an endpoint, false without */
  readonly pathStyle?: boolean
  /** @defaultValue the AWS SDK's own chain: environment, profile, container, instance */
  readonly credentials?: S3Credentials
  /** Until a connection stands, in milliseconds. @defaultValue 10_000 */
  readonly connectTimeoutMs?: number
  /** Without a byte in either direction, in milliseconds. @defaultValue 30_000 */
  readonly idleTimeoutMs?: number
}

/** @throws {@link LakeferryError} `LAKE_URL` if the endpoint is no address of an HTTP server */
export async function openS3Client(sdk: S3Sdk, connection: S3Connection): Promise<S3Client> {
  const { region, endpoint, credentials } = connection
  if (endpoint !== undefined) checkEndpoint(endpoint)
  const config: S3ClientConfig = {
    forcePathStyle: connection.pathStyle ?? endpoint !== undefined,
    // The store is wrapped in our own retry, which knows what a lost answer to a conditional write means.
    maxAttempts: 1,
    // We send a SHA-256 of our own; trailing checksums are more than some stores understand.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connection.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      // Not requestTimeout: it bounds a whole request, and nobody knows how long a good one takes.
      socketTimeout: connection.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
    ...(region === undefined ? {} : { region }),
  }
  const client = withoutWarning(() => new sdk.S3Client(config))
  try {
    await client.config.region()
    return client
  } catch {
    client.destroy()
    return withoutWarning(() => new sdk.S3Client({ ...config, region: FALLBACK_REGION }))
  }
}

/**
 * What the AWS SDK's own chain (environment, profile, container, instance) finds, for another program that is to reach the
 * same lake. Undefined when it finds nothing: that program may know more.
 */
export async function findS3Credentials(connection: S3Connection): Promise<S3Credentials | undefined> {
  const client = await openS3Client(await loadS3Sdk(), connection)
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials()
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  } catch {
    return undefined
  } finally {
    client.destroy()
  }
}

function checkEndpoint(endpoint: string): void {
  let url: URL
  try {
    url = new URL(endpoint)
  } catch {
    throw new LakeferryError('LAKE_URL', { url: endpoint, reason: 'lake.endpoint is no URL' })
  }
  const shown = `${url.protocol}//${url.host}`
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new LakeferryError('LAKE_URL', { url: shown, reason: 'lake.endpoint must begin with http:// or https://' })
  }
  if (url.username !== '' || url.password !== '') {
    throw new LakeferryError('LAKE_URL', { url: shown, reason: 'credentials belong into lake.credentials, not a URL' })
  }
}

/** The SDK warns once, when a client is made, that it will leave Node 20: no news for a user of a command-line tool. */
function withoutWarning<T>(make: () => T): T {
  const before = process.env[WARNING_SWITCH]
  process.env[WARNING_SWITCH] = 'true'
  try {
    return make()
  } finally {
    if (before === undefined) delete process.env[WARNING_SWITCH]
    else process.env[WARNING_SWITCH] = before
  }
}
