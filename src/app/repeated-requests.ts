import { createHash, randomInt } from 'node:crypto'
import { BSON } from 'bson'
import type { LiveDatabase } from '../ports/live-database.js'
import type { Repeatable, StoredJson } from '../ports/paper-store.js'

/** Requests that say how to know them again, so that asking twice does not do twice. */
export const REQUESTS = 'lakeferry_requests'
/** How long a request is known, in seconds. */
export const KNOWN_SECONDS: number = 24 * 60 * 60

/** What a request makes, settled before it makes it: whoever comes with the same request makes the same document. */
export interface Reserved {
  readonly _id: BSON.ObjectId
  readonly id: string
  readonly at: Date
  /** Of one that has been answered. */
  readonly answer: StoredJson | undefined
}

/**
 * The first to come settles the `_id`, by the uniqueness of `_id` in {@link REQUESTS}; later ones, and those that come at the
 * same time or after this process died, find it settled. Two of them can both write, and one document comes of it.
 *
 * @param repeatable - undefined: nobody can ask for it twice, and nothing is written down
 * @returns `other-body` where the key was used for something else
 */
export async function reserve(
  database: LiveDatabase,
  purpose: string,
  repeatable: Repeatable | undefined,
  now: Date,
): Promise<Reserved | 'other-body'> {
  const made = { _id: new BSON.ObjectId(), id: newPublicId(), at: now, answer: undefined }
  if (repeatable === undefined) return made
  const { key, body } = repeatable
  const request = createHash('sha256').update(`${purpose}\n${key}`).digest('base64url')
  const record = { _id: request, body, target: made._id, publicId: made.id, at: now }
  if ((await database.insert(REQUESTS, BSON.serialize(record))) === 'inserted') return made
  const known = await readRequest(database, request)
  // It went between the two: then it is a day old, and nothing stands against it.
  if (known === undefined) return reserve(database, purpose, repeatable, now)
  return known['body'] === body
    ? { _id: known['target'], id: known['publicId'], at: known['at'], answer: answerOf(known['answer']) }
    : 'other-body'
}

/** So that the answer is the same again, whatever becomes of the document. */
export async function remember(
  database: LiveDatabase,
  purpose: string,
  { key, body }: Repeatable,
  { _id, id, at }: Reserved,
  { json, version, id: publicId }: StoredJson,
): Promise<void> {
  const request = createHash('sha256').update(`${purpose}\n${key}`).digest('base64url')
  const before = { _id: request, body, target: _id, publicId: id, at }
  const answer = { json: new BSON.Binary(json), version, id: publicId }
  await database.swap(REQUESTS, BSON.serialize(before), BSON.serialize({ ...before, answer }))
}

async function readRequest(database: LiveDatabase, request: string): Promise<BSON.Document | undefined> {
  const { block } = await database.read(REQUESTS, { filter: { _id: { $eq: request } }, limit: 1 })
  const start = block.starts[0]
  return start === undefined
    ? undefined
    : BSON.deserialize(block.bytes.subarray(start), { allowObjectSmallerThanBufferSize: true })
}

function answerOf(answer: BSON.Document | undefined): StoredJson | undefined {
  if (answer === undefined) return undefined
  return { json: (answer['json'] as BSON.Binary).buffer, version: answer['version'], id: answer['id'] }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Ten letters and digits, as papers and comments have them. */
export function newPublicId(): string {
  return Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}
