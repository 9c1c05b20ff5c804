import { interruption, LakeferryError, reasonOf } from '../../errors.js'
import { MalformedReply } from './cursor-reply.js'
import type { Driver } from './driver.js'

/** Codes of the server that we tell apart. Source: `src/mongo/base/error_codes.yml` of the server. */
export const SERVER_CODE = {
  userNotFound: 11,
  unauthorized: 13,
  authenticationFailed: 18,
  namespaceNotFound: 26,
  maxTimeMsExpired: 50,
  notAReplicaSet: 123,
  cappedPositionLost: 136,
  snapshotTooOld: 239,
  snapshotUnavailable: 246,
  mechanismUnavailable: 334,
  /** Atlas answers with it in place of several of the others. */
  atlas: 8000,
} as const

/** The server's code of an error, NaN when it is none of the server's. */
export function codeOf(error: unknown): number {
  return Number((error as { code?: unknown } | undefined)?.code)
}

const AUTH_CODES: ReadonlySet<number> = new Set([
  SERVER_CODE.userNotFound,
  SERVER_CODE.authenticationFailed,
  SERVER_CODE.mechanismUnavailable,
])

/** The server has understood, and said no. */
export function isServerError(driver: Driver, error: unknown): boolean {
  return error instanceof driver.MongoServerError
}

export function isUnauthorized(driver: Driver, error: unknown): boolean {
  return isServerError(driver, error) && codeOf(error) === SERVER_CODE.unauthorized
}

/** A reply that did not come in the time that it was given. */
export class SilentServer extends Error {
  override readonly name = 'SilentServer'

  constructor(ms: number) {
    super(`the server has not answered within ${ms / 1000} s`)
  }
}

/**
 * Codes of the server after which the same documents can be had from another cursor, perhaps of another member: the cursor
 * is lost, the server steps down, shuts down, is cut off from its own, or has too much to do. Not Interrupted, 11601:
 * somebody ended our operation, and meant it.
 */
const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  43, // CursorNotFound
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  SERVER_CODE.snapshotUnavailable,
  237, // CursorKilled
  262, // ExceededTimeLimit
  355, // InterruptedDueToStorageChange
  365, // TemporarilyUnavailable
  402, // ResourceExhausted
  407, // PooledConnectionAcquisitionExceededTimeLimit
  433, // AdmissionQueueOverflow
  449, // RateLimitExceeded
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
])

/** Whether what broke a reading may be gone when it is taken up again. */
export function isTransient(driver: Driver, error: unknown): boolean {
  if (error instanceof SilentServer) return true
  if (error instanceof driver.MongoNetworkError || error instanceof driver.MongoServerSelectionError) return true
  return isServerError(driver, error) && TRANSIENT_CODES.has(codeOf(error))
}

/** What was going on, for the message. */
export interface Attempt {
  /** Hosts only. */
  readonly server: string
  readonly namespace: string
  /** `read`, `list collections of`: what the error says is not allowed. */
  readonly operation: string
  /** Documents handed over so far. */
  readonly read?: number
  /** How long the driver looks for a server, in milliseconds. */
  readonly waitedMs: number
  readonly signal?: AbortSignal | undefined
  readonly redact: (text: string) => string
  /** What it is called when it has no code of its own. @defaultValue `SOURCE_INTERRUPTED`: reading broke off */
  readonly otherwise?: ((reason: string, cause: ErrorOptions) => LakeferryError) | undefined
}

/** The LakeferryError that a failure of the driver means. What is no failure of the driver's is a bug, and stays as it is. */
export function mongoFailure(driver: Driver, error: unknown, attempt: Attempt): unknown {
  if (error instanceof LakeferryError) return error
  const { server, namespace, operation, signal, redact } = attempt
  if (signal?.aborted) return interruption(signal, error)
  const reason = redact(codeOf(error) === SERVER_CODE.cappedPositionLost ? OVERWRITTEN : reasonOf(error))
  const cause = { cause: error }
  const otherwise = () =>
    attempt.otherwise?.(reason, cause) ??
    new LakeferryError('SOURCE_INTERRUPTED', { namespace, read: attempt.read ?? 0, reason }, cause)
  if (error instanceof MalformedReply || error instanceof SilentServer) return otherwise()
  if (!(error instanceof driver.MongoError)) return error
  if (error instanceof driver.MongoServerSelectionError) {
    const detail = redact(selectionReason(error))
    return new LakeferryError('SOURCE_UNREACHABLE', { uri: server, waitedMs: attempt.waitedMs, reason: detail }, cause)
  }
  const code = codeOf(error)
  if (
    AUTH_CODES.has(code) ||
    (code === SERVER_CODE.atlas && /auth/i.test(reason)) ||
    error instanceof driver.MongoMissingCredentialsError ||
    (code === SERVER_CODE.unauthorized && /requires authentication/i.test(reason))
  )
    return new LakeferryError('SOURCE_AUTH', { uri: server, reason }, cause)
  if (code === SERVER_CODE.unauthorized || code === SERVER_CODE.atlas)
    return new LakeferryError('SOURCE_FORBIDDEN', { namespace, operation, reason }, cause)
  if (code === SERVER_CODE.snapshotTooOld || code === SERVER_CODE.snapshotUnavailable)
    return new LakeferryError('SOURCE_SNAPSHOT_EXPIRED', { namespace, read: attempt.read ?? 0, reason }, cause)
  return otherwise()
}

/** The server's own words are about positions and cursors. */
const OVERWRITTEN = 'the collection is capped, and newer documents took the place of those that were next to be read'

/** What each server answered instead, which the driver's own message leaves out. */
function selectionReason(error: InstanceType<Driver['MongoServerSelectionError']>): string {
  const servers = [...(error.reason?.servers.values() ?? [])].map(server => {
    const problem = server.error === null || server.error === undefined ? undefined : reasonOf(server.error)
    return problem?.includes(server.address) ? problem : `${server.address}: ${problem ?? server.type}`
  })
  if (servers.length <= 1) return servers[0] ?? reasonOf(error)
  return `none of ${servers.length} servers can be used: ${servers.join('; ')}`
}
