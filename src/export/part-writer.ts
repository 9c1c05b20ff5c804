import { createHash } from 'node:crypto'
import { LakeferryError } from '../errors.js'
import type { Format } from '../model/format.js'
import { lakeKey } from '../model/lake-key.js'
import type { Part } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { Budget } from './budget.js'
import { MAX_UPLOADS } from './limits.js'
import type { EncodedPart } from './segment-message.js'

/**
 * Puts the objects of one run on the lake, each if absent, and remembers which ones this process created: those, and no
 * others, may be removed when the run fails. Somebody else's object under the same key is never touched.
 */
export class PartWriter {
  readonly #lake: ObjectStore
  readonly #dataset: string
  readonly #runId: RunId
  readonly #uploads = new Budget(MAX_UPLOADS)
  readonly #next = new Map<Format | '_rejects', number>()
  readonly #created: string[] = []
  readonly #pending = new Set<Promise<void>>()
  readonly parts: Part[] = []
  readonly rejectKeys: string[] = []

  constructor(lake: ObjectStore, dataset: string, runId: RunId) {
    this.#lake = lake
    this.#dataset = dataset
    this.#runId = runId
  }

  /** Waits for the puts under way, whatever becomes of them. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending)
  }

  async put({ format, body, ...rest }: EncodedPart): Promise<Part> {
    const key = lakeKey.part(this.#dataset, this.#runId, format, this.#number(format), rest.partition?.folder)
    await this.#putNew(key, body, rest.sha256)
    const part: Part = { format, key, bytes: body.byteLength, ...rest }
    this.parts.push(part)
    return part
  }

  async putRejects(body: Uint8Array): Promise<string> {
    const key = lakeKey.rejects(this.#dataset, this.#runId, this.#number('_rejects'))
    await this.#putNew(key, body, createHash('sha256').update(body).digest('hex'))
    this.rejectKeys.push(key)
    return key
  }

  /** Counts parts of an earlier attempt as the run's own. They are not this process's to remove. */
  adopt(parts: readonly Part[], rejectKeys: readonly string[]): void {
    this.parts.push(...parts)
    this.rejectKeys.push(...rejectKeys)
  }

  /**
   * Numbers new objects after these, which are there already: whoever wrote them may, against all likelihood, still be at
   * work, and must not find his objects to be others than he wrote.
   */
  numberAfter(keys: Iterable<string>): void {
    const run = lakeKey.run(this.#dataset, this.#runId)
    for (const key of keys) {
      const folder = key.slice(run.length).split('/')[0] as Format | '_rejects'
      const [, digits] = /(?:part-|_chunk_)(\d+)\.[^/]*$/.exec(key) ?? []
      // One more than needed for chunks, which count from 1: a gap is no harm.
      if (digits !== undefined) this.#next.set(folder, Math.max(this.#next.get(folder) ?? 0, Number(digits) + 1))
    }
  }

  /** Removes what was written and begins anew. Numbers are not used again: a put whose answer was lost may come late. */
  async startOver(): Promise<void> {
    await this.removeAll()
    this.#created.length = 0
    this.parts.length = 0
    this.rejectKeys.length = 0
  }

  /** Takes back what was written. The lake may be what failed, so this may fail too; then the objects stay, unseen. */
  async removeAll(): Promise<void> {
    await this.#lake.delete(this.#created)
  }

  #number(folder: Format | '_rejects'): number {
    const number = this.#next.get(folder) ?? 0
    this.#next.set(folder, number + 1)
    return number
  }

  async #putNew(key: string, body: Uint8Array, sha256: string): Promise<void> {
    const put = this.#putWithin(key, body, sha256)
    this.#pending.add(put)
    try {
      await put
    } finally {
      this.#pending.delete(put)
    }
  }

  async #putWithin(key: string, body: Uint8Array, sha256: string): Promise<void> {
    await this.#uploads.take(1)
    try {
      // Before the answer is known: a put whose answer was lost has to be removed as well.
      this.#created.push(key)
      if ((await this.#lake.putIfAbsent(key, body, { sha256 })) === 'created') return
      this.#created.splice(this.#created.indexOf(key), 1)
      throw new LakeferryError('RUN_CLAIMED', {
        dataset: this.#dataset,
        runId: this.#runId,
        since: 'an unknown time',
        by: `another writer, which already put ${key}`,
      })
    } finally {
      this.#uploads.give(1)
    }
  }
}
