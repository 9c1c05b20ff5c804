import { hash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ByteSink } from '../bson/byte-sink.js'
import { textDecoder } from '../bson/utf8.js'

/** Documents in one bucket, about: what is compared at a time, and so has to fit into memory. */
export const BUCKET_DOCUMENTS = 100_000
export const MAX_BUCKETS = 4_096

/** All buckets together keep so many bytes in memory before they are written out. */
const BUFFER_BYTES = 32 * 1024 * 1024
const MAX_BUFFER_BYTES = 256 * 1024

/** Ids may have megabytes. A longer one stands as its beginning and its SHA-256: still its own, and no longer to be held. */
export const MAX_ID_BYTES = 1_024
const KEPT_ID_BYTES = 120

/** SHA-256. */
const HASH_BYTES = 32

/** A document as it is compared. */
export interface Fingerprint {
  /** Text of its `_id`. */
  readonly id: string
  /** Of what it is, 32 characters below U+0100; empty where only ids are compared. */
  readonly hash: string
}

export function bucketsFor(documents: number): number {
  return Math.max(1, Math.min(MAX_BUCKETS, Math.ceil(documents / BUCKET_DOCUMENTS)))
}

/**
 * Fingerprints of one side of a comparison, spread over files by their ids: what has the same id is in the bucket of the
 * same number on both sides, so that one pair of buckets after another can be compared in memory.
 */
export class Spill {
  readonly #folder: string
  readonly #side: string
  readonly #buckets: readonly ByteSink[]
  readonly #bufferBytes: number

  /** @param side - the name that tells its files from the other side's in the same folder */
  constructor(folder: string, side: string, buckets: number) {
    this.#folder = folder
    this.#side = side
    this.#bufferBytes = Math.min(MAX_BUFFER_BYTES, Math.floor(BUFFER_BYTES / buckets))
    this.#buckets = Array.from({ length: buckets }, () => new ByteSink(1024))
  }

  /** @param id - its text in UTF-8 @param documentHash - see {@link Fingerprint} */
  add(id: Uint8Array, documentHash: string): void {
    const text = id.length > MAX_ID_BYTES ? shortened(id) : id
    const number = fnv1a(text) % this.#buckets.length
    const bucket = this.#buckets[number]!
    // Two bytes of length are enough, by what is shortened.
    bucket.byte(text.length >> 8)
    bucket.byte(text.length & 0xff)
    bucket.copy(text, 0, text.length)
    bucket.byte(documentHash.length)
    for (let at = 0; at < documentHash.length; at++) bucket.byte(documentHash.charCodeAt(at))
    if (bucket.length < this.#bufferBytes) return
    appendFileSync(this.#file(number), bucket.view())
    bucket.clear()
  }

  /** Everything that was added to one bucket. */
  *bucket(number: number): Generator<Fingerprint> {
    const file = this.#file(number)
    if (existsSync(file)) yield* fingerprintsIn(readFileSync(file))
    yield* fingerprintsIn(Buffer.from(this.#buckets[number]!.view()))
  }

  #file(number: number): string {
    return join(this.#folder, `${this.#side}-${number}`)
  }
}

function* fingerprintsIn(bytes: Buffer): Generator<Fingerprint> {
  for (let at = 0; at < bytes.length; ) {
    const idEnd = at + 2 + bytes.readUInt16BE(at)
    const hashEnd = idEnd + 1 + bytes[idEnd]!
    yield { id: bytes.toString('utf8', at + 2, idEnd), hash: bytes.toString('latin1', idEnd + 1, hashEnd) }
    at = hashEnd
  }
}

const encoder = new TextEncoder()
function shortened(id: Uint8Array): Uint8Array {
  return encoder.encode(
    `${textDecoder.decode(id.subarray(0, KEPT_ID_BYTES))}… (${id.length} bytes, SHA-256 ${hash('sha256', id)})`,
  )
}

/** 32 bits, well spread: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(bytes: Uint8Array): number {
  let sum = 0x811c9dc5
  for (let at = 0; at < bytes.length; at++) sum = Math.imul(sum ^ bytes[at]!, 0x01000193)
  return sum >>> 0
}

/** The SHA-256 of a document for {@link Spill.add}. */
export function documentHash(bytes: Uint8Array): string {
  const text = hash('sha256', bytes, 'binary')
  if (text.length !== HASH_BYTES) throw new TypeError(`a hash of ${text.length} characters`)
  return text
}
