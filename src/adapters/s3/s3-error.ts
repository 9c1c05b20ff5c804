import { LakeferryError, reasonOf } from '../../errors.js'

export interface S3Operation {
  readonly lake: string
  readonly operation: string
  readonly key?: string
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; what is not in a list goes by its status. */
const FORBIDDEN = new Set([
  'AccessDenied',
  'AccountProblem',
  'AllAccessDisabled',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'NotSignedUp',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  // Of the SDK itself, before anything is sent: an expired sign-in, a role that cannot be assumed.
  'CredentialsProviderError',
  'TokenProviderError',
])
const FULL = new Set(['InsufficientStorage', 'QuotaExceeded', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded'])
const OTHER_REGION = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
])
/** Repeating may help although the status (400, 403, 409) would not say so. After a clock error the SDK has corrected its clock. */
const PASSING = new Set([
  'ConditionalRequestConflict',
  // Of a multipart upload that somebody, or a rule of the bucket, ended under our hands: the next attempt begins a new one.
  'NoSuchUpload',
  'OperationAborted',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'RequestExpired',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'TimeoutError',
])
const DAMAGED = new Set(['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch'])

interface Facts {
  readonly name: string
  /** HTTP status, or undefined when there was no answer. */
  readonly status: number | undefined
  /** Of Node's sockets and DNS (`ECONNRESET`), when there was none. */
  readonly errno: string | undefined
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { name: '', status: undefined, errno: undefined }
  const metadata = '$metadata' in error ? error.$metadata : undefined
  const status = isRecord(metadata) ? metadata['httpStatusCode'] : undefined
  const errno = 'code' in error ? error.code : undefined
  return {
    name: error.name,
    status: typeof status === 'number' ? status : undefined,
    errno: typeof errno === 'string' ? errno : undefined,
  }
}

/** HTTP status, undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return factsOf(error).status
}

/** No such object. `HEAD` has no body, so there a missing bucket looks the same. */
export function isAbsent(error: unknown): boolean {
  const { name, status } = factsOf(error)
  return status === 404 && name !== 'NoSuchBucket'
}

/** `If-None-Match` or `If-Match` did not hold. */
export function isPreconditionFailed(error: unknown): boolean {
  const { name, status } = factsOf(error)
  return status === 412 || name === 'PreconditionFailed'
}

/** The store's checksum of the body is not the one sent with it. */
export function isDamaged(error: unknown): boolean {
  return DAMAGED.has(factsOf(error).name)
}

/** The store does not know this kind of request. */
export function isUnsupported(error: unknown): boolean {
  const { name, status } = factsOf(error)
  return status === 501 || status === 405 || name === 'NotImplemented' || name === 'MethodNotAllowed'
}

/** The SDK's or the network's failure in Lakeferry's words; what is neither comes back as it is. */
export function s3Error(error: unknown, { lake, operation, key }: S3Operation): unknown {
  if (!(error instanceof Error) || error instanceof LakeferryError) return error
  const { name, status, errno } = factsOf(error)
  if (error instanceof RangeError || (error instanceof TypeError && status === undefined)) return error
  const cause = { cause: withoutRequest(error, name, status) }
  const details = { lake, operation, reason: reasonFor(error, name, status), ...(key === undefined ? {} : { key }) }
  const retryAfterMs = retryAfterOf(error)
  const passing = { ...details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }

  if (name === 'NoSuchBucket') return new LakeferryError('LAKE_BUCKET_MISSING', { lake }, cause)
  if (name === 'CredentialsProviderError' && /from any providers/i.test(error.message)) {
    return new LakeferryError('LAKE_CREDENTIALS_MISSING', { lake, tried: credentialPlaces() }, cause)
  }
  if (OTHER_REGION.has(name) || status === 301) return new LakeferryError('LAKE_URL', otherRegion(lake, error), cause)
  if (PASSING.has(name) || name.includes('Timeout')) return new LakeferryError('LAKE_UNREACHABLE', passing, cause)
  if (FULL.has(name) || status === 507) {
    return new LakeferryError('LAKE_FULL', { lake, key: key ?? '', reason: details.reason }, cause)
  }
  if (FORBIDDEN.has(name) || status === 401 || status === 403)
    return new LakeferryError('LAKE_FORBIDDEN', details, cause)
  // Without a status there was no answer, or only a part of one: a socket, a name that does not resolve, TLS.
  const noAnswer = errno !== undefined || (status === undefined && /socket|aborted|hang up/i.test(error.message))
  if (noAnswer || status === 429 || (status !== undefined && status >= 500 && status !== 501)) {
    return new LakeferryError('LAKE_UNREACHABLE', passing, cause)
  }
  return new LakeferryError('LAKE_REFUSED', details, cause)
}

/** The SDK's error holds the whole request, with signature and session token: what is kept may end up in a log. */
function withoutRequest(error: Error, name: string, status: number | undefined): Error {
  const metadata = '$metadata' in error && isRecord(error.$metadata) ? error.$metadata : {}
  const slim = new Error(error.message)
  slim.name = name
  if (error.stack !== undefined) slim.stack = error.stack
  return Object.assign(slim, { status, requestId: metadata['requestId'] })
}

/** The SDK calls an error without a body `UnknownError`; then the status tells more. */
function reasonFor(error: Error, name: string, status: number | undefined): string {
  const text = reasonOf(error)
  const known = text === 'UnknownError' ? `HTTP ${status ?? 'error'}` : text
  return name === '' || name === 'Error' || name.startsWith('Unknown') || known.includes(name)
    ? known
    : `${name}: ${known}`
}

/** Rule: missing configuration lists every place that was tried, in order. The order is that of the SDK's chain. */
function credentialPlaces(): string[] {
  const profile = process.env['AWS_PROFILE']
  return [
    'lake.credentials',
    ...(profile === undefined ? ['AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'] : []),
    `profile ${profile ?? 'default'} of ~/.aws/config and ~/.aws/credentials`,
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'the container or instance role',
  ]
}

function otherRegion(lake: string, error: Error): { url: string; reason: string } {
  const region = regionHeader(error)
  const where = region === undefined ? '' : `, ${region}`
  return { url: lake, reason: `the bucket is in another region${where}: set lake.region` }
}

function regionHeader(error: Error): string | undefined {
  return headerOf(error, 'x-amz-bucket-region')
}

/** How long the store asks to be left alone: seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterOf(error: Error): number | undefined {
  const text = headerOf(error, 'retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** @param name - in lower case */
function headerOf(error: Error, name: string): string | undefined {
  return responseHeader('$response' in error ? error.$response : undefined, name)
}

/** Of what the SDK got from the store. @param name - in lower case */
export function responseHeader(response: unknown, name: string): string | undefined {
  const headers = isRecord(response) ? response['headers'] : undefined
  const value = isRecord(headers) ? headers[name] : undefined
  return typeof value === 'string' ? value : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
