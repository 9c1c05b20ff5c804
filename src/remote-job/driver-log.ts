import { gunzipSync } from 'node:zlib'
import { MASK, redactUris } from '../model/redact-uri.js'
import type { ObjectStore } from '../ports/object-store.js'
import { type Patience, pauseFor } from './patience.js'

/** Opens the object store at an address such as `s3://logs/emr`. */
export type OpenStore = (url: string) => Promise<ObjectStore>

/** A driver's log is read whole: more than this, in bytes of gzip, is not brought back. */
const LARGEST_LOG_BYTES = 16 * 1024 * 1024
const LARGEST_TEXT_BYTES = 128 * 1024 * 1024
/** Lines of the log's end that are shown where no error stands out. */
const LAST_LINES = 5
const LONGEST_EXCERPT = 1_500

/** `s3://logs/emr` and what is below it: `{store: 's3://logs/emr', key}`. */
export interface LogPlace {
  /** Address of the store, without a `/` at its end. */
  readonly url: string
  /** Keys to try, in order, relative to it. */
  readonly keys: readonly string[]
}

/**
 * What the driver said last, or undefined when there is no log (yet). Services bring logs to S3 some time after the end, so
 * it is looked for more than once. Nothing that goes wrong here hides what the log was wanted for.
 *
 * @param waits - milliseconds before each further look
 */
export async function driverError(
  { url, keys }: LogPlace,
  open: OpenStore,
  { patience, waits }: { patience: Patience; waits: readonly number[] },
): Promise<string | undefined> {
  let store: ObjectStore | undefined
  try {
    store = await open(url)
    for (const wait of [0, ...waits]) {
      if (wait > 0) await pauseFor(wait, patience, undefined)
      for (const key of keys) {
        const head = await store.head(key)
        if (head === undefined || head.bytes > LARGEST_LOG_BYTES) continue
        const stored = await store.get(key)
        if (stored !== undefined) return lastError(logText(stored.body))
      }
    }
  } catch {
    return undefined
  } finally {
    await store?.close().catch(() => undefined)
  }
  return undefined
}

function logText(body: Uint8Array): string {
  const zipped = body[0] === 0x1f && body[1] === 0x8b
  return (zipped ? gunzipSync(body, { maxOutputLength: LARGEST_TEXT_BYTES }) : Buffer.from(body)).toString('utf8')
}

/** A Python exception's last line; a Java one's first, with its cause; a line that Spark logged as ERROR. */
const PYTHON = /^(?:[\w.]*\.)?[A-Z]\w*(?:Error|Exception|Interrupt|Exit)\b(?:: .*)?$/
const JAVA = /^(?:Exception in thread "[^"]*" |Caused by: )(?:[\w$.]+)(?:: .*)?$/
const LOGGED = /\b(?:ERROR|FATAL)\b/

/** The part of a log that says why: at most some lines, without secrets. */
export function lastError(log: string): string | undefined {
  const lines = log.split(/\r?\n/).filter(line => line.trim() !== '')
  const find = (pattern: RegExp): string | undefined => lines.findLast(line => pattern.test(line))
  const found = find(PYTHON) ?? find(JAVA) ?? find(LOGGED)
  const excerpt = found ?? lines.slice(-LAST_LINES).join('\n')
  if (excerpt === '') return undefined
  const safe = withoutSecrets(excerpt.trim())
  return safe.length > LONGEST_EXCERPT ? `${safe.slice(0, LONGEST_EXCERPT)}…` : safe
}

/** `secret.key=abc`, `"password": "abc"`, `Authorization: AWS4-HMAC-SHA256 …`, and an AWS access key id by its form. */
const NAMED_SECRET =
  /((?:secret|password|passwd|token|credential|authorization|access\.?key)[\w.\-"']*\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+(?:\s+Credential=[^\n]*)?)/gi
const KEY_ID = /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g

/** A service's or a driver's words as people and files may have them. */
export function withoutSecrets(text: string): string {
  return redactUris(text).replace(NAMED_SECRET, `$1${MASK}`).replace(KEY_ID, MASK)
}
