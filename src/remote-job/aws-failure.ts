import { reasonOf } from '../errors.js'
import { redactUris } from '../model/redact-uri.js'

/**
 * What an error of the AWS SDK means for who asked.
 *
 * `passing`: nobody can know whether the request was done, and asking again may help. `refused`: throttled before anything
 * was done. `final`: asking again gives the same.
 */
export interface AwsFailure {
  readonly kind: 'passing' | 'refused' | 'final'
  /** The service's name of it: `ThrottlingException`. */
  readonly name: string
  /** Undefined when there was no answer. */
  readonly status: number | undefined
  /** For people, without secrets. */
  readonly reason: string
  /** How long the service asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number
}

/** EMR throttles with status 400, EMR Serverless with 429: the name tells. */
const THROTTLED = /throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i
const PASSING = /InternalServer|InternalFailure|ServiceUnavailable|Timeout|RequestTimeTooSkewed|RequestExpired/

export function awsFailure(error: unknown): AwsFailure {
  const name = error instanceof Error ? error.name : ''
  const metadata = member(error, '$metadata')
  const statusValue = member(metadata, 'httpStatusCode')
  const status = typeof statusValue === 'number' ? statusValue : undefined
  const errno = member(error, 'code')
  const text = redactUris(reasonOf(error))
  const bare = text === '' || text === 'UnknownError' ? `HTTP ${status ?? 'error'}` : text
  const reason =
    name === '' || name === 'Error' || name === 'Unknown' || bare.includes(name) ? bare : `${name}: ${bare}`
  const noAnswer =
    status === undefined &&
    !(error instanceof RangeError || error instanceof TypeError) &&
    !/Credentials|TokenProvider/.test(name) &&
    (typeof errno === 'string' || /socket|aborted|hang up|Timeout/i.test(`${name} ${text}`))
  const kind =
    THROTTLED.test(name) || status === 429
      ? 'refused'
      : noAnswer || PASSING.test(name) || (status !== undefined && status >= 500 && status !== 501)
        ? 'passing'
        : 'final'
  return { kind, name, status, reason, retryAfterMs: retryAfterOf(error) }
}

/** The next step for a failure that will not pass. @param permission - IAM action: `emr-serverless:GetJobRun` */
export function nextStep({ name, status, kind }: AwsFailure, permission: string): string {
  if (
    /CredentialsProvider|TokenProvider|UnrecognizedClient|ExpiredToken|InvalidSignature|IncompleteSignature/.test(name)
  ) {
    return 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or sign in with `aws sso login`.'
  }
  if (status === 401 || status === 403 || /AccessDenied|NotAuthorized/.test(name)) {
    return `Allow ${permission}${/Start|Run|Add/.test(permission) ? ' (and iam:PassRole for the roles of emr:)' : ''} to these credentials.`
  }
  if (kind === 'passing' || kind === 'refused')
    return 'Run the same command again: a job that was started goes on, and is found.'
  return 'Check the keys below emr: in lakeferry.yaml; docs/emr.md explains each.'
}

function retryAfterOf(error: unknown): number {
  const headers = member(member(error, '$response'), 'headers')
  const text = member(headers, 'retry-after')
  if (typeof text !== 'string' || text.trim() === '') return 0
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
