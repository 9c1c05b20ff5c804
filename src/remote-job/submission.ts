import { canonicalJson } from '../model/canonical-json.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * What is known of a job that was handed to a service: `submission.json` in the job's folder. It is written before the
 * request, so that whoever comes after a death knows the name under which to look for what was started, and again when
 * the service has told its own ids.
 */
export interface Submission {
  readonly version: 1
  /** The runner that it was handed to: `emr`, `emr-serverless`. */
  readonly runner: string
  /** From 1; a job that failed is submitted again under the next one. */
  readonly attempt: number
  /** RFC 3339, UTC, by the clock of who submitted. */
  readonly submittedAt: string
  /** Of the process that submits, so that it knows its own note. */
  readonly by: string
  /** The service's ids of what was started, once known: `cluster` and `step`, or `application` and `jobRun`. */
  readonly ids: Readonly<Record<string, string>>
}

export interface NotedSubmission {
  /** Undefined when it cannot be read: it is only ever a hint to what the service knows. */
  readonly submission: Submission | undefined
  readonly etag: string
}

const SUBMISSION_FILE = 'submission.json'
export const ANSWERS_FILE = 'answers.json'

/** The name of a job at the service: what a look-up finds it by. 256 characters at most, of EMR and EMR Serverless alike. */
export function attemptName(job: { readonly id: string; readonly name: string }, attempt: number): string {
  // The id first: a name that has to be cut keeps it.
  return `lakeferry-${job.id}-${attempt} ${job.name}`.slice(0, 256)
}

/** The attempt that a name is of, or undefined when it is of something else. */
export function attemptOf(name: string | undefined, jobId: string): number | undefined {
  const [, id, attempt] = /^lakeferry-([0-9a-f]+)-([1-9]\d{0,8})(?: |$)/.exec(name ?? '') ?? []
  return id === jobId ? Number(attempt) : undefined
}

/** The note in a job's folder, or undefined when there is none. */
export async function readSubmission(lake: ObjectStore, folder: string): Promise<NotedSubmission | undefined> {
  const stored = await lake.get(`${folder}${SUBMISSION_FILE}`)
  if (stored === undefined) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(stored.body).toString('utf8'))
    return { submission: isSubmission(value) ? value : undefined, etag: stored.etag }
  } catch {
    return { submission: undefined, etag: stored.etag }
  }
}

/** @returns whether it was written: of several that replace the same note, one is */
export async function writeSubmission(
  lake: ObjectStore,
  folder: string,
  submission: Submission,
  etag: string | undefined,
): Promise<boolean> {
  const key = `${folder}${SUBMISSION_FILE}`
  const { written } = await lake.putIfMatch(key, Buffer.from(`${canonicalJson(submission)}\n`), etag)
  return written
}

/** Adds the service's ids to our own note, for as long as it is ours. */
export async function noteIds(
  lake: ObjectStore,
  folder: string,
  { by, attempt }: Submission,
  ids: Submission['ids'],
): Promise<void> {
  for (;;) {
    const noted = await readSubmission(lake, folder)
    const note = noted?.submission
    if (note === undefined || note.by !== by || note.attempt !== attempt) return
    if (await writeSubmission(lake, folder, { ...note, ids }, noted?.etag)) return
  }
}

function isSubmission(value: unknown): value is Submission {
  if (typeof value !== 'object' || value === null) return false
  const { version, runner, attempt, submittedAt, by, ids } = value as Record<string, unknown>
  return (
    version === 1 &&
    typeof runner === 'string' &&
    Number.isInteger(attempt) &&
    typeof submittedAt === 'string' &&
    !Number.isNaN(Date.parse(submittedAt)) &&
    typeof by === 'string' &&
    typeof ids === 'object' &&
    ids !== null
  )
}
