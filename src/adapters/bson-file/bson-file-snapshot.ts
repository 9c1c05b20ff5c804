import { interruption, isLakeferryError, LakeferryError, reasonOf } from '../../errors.js'
import type { Guarantee } from '../../model/manifest.js'
import type { IdRange, RawBlock, ReadOptions, SourceSnapshot } from '../../ports/document-source.js'
import type { BackedUp } from './backup.js'
import { systemCode } from './backup-error.js'
import { type BackupFile, type FileIdentity, type OpenFile, openFile } from './backup-file.js'
import { ByteWindow } from './byte-window.js'
import { firstOf, withoutFirst } from './documents.js'

export interface SnapshotOf {
  /** `database.collection`, for errors. */
  readonly namespace: string
  readonly collection: BackedUp
  readonly file: BackupFile
  /** Of the file when the snapshot was opened: what is read must be that, from the beginning to the end. */
  readonly identity: FileIdentity
  readonly guarantee: Guarantee
  readonly windowBytes: number
}

/** One collection of a backup: one range, in the file's own order. */
export class BsonFileSnapshot implements SourceSnapshot {
  readonly order = 'own'
  readonly resumable = true
  readonly guarantee: Guarantee
  readonly #of: SnapshotOf
  readonly #closing = new AbortController()
  readonly #reading = new Set<AsyncGenerator<RawBlock>>()

  constructor(of: SnapshotOf) {
    this.guarantee = of.guarantee
    this.#of = of
  }

  async ranges(count: number): Promise<readonly IdRange[]> {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`count must be a positive integer, got ${count}`)
    return [{ from: undefined, until: undefined }]
  }

  async sample(count: number, signal?: AbortSignal): Promise<RawBlock> {
    const blocks: RawBlock[] = []
    let documents = 0
    const reading = this.read({ from: undefined, until: undefined }, signal === undefined ? {} : { signal })
    for await (const block of reading) {
      blocks.push(firstOf(block, count - documents))
      documents += block.starts.length
      if (documents >= count) break
    }
    return joined(blocks)
  }

  async *read(range: IdRange, { signal, after }: ReadOptions = {}): AsyncGenerator<RawBlock> {
    if (range.from !== undefined || range.until !== undefined)
      throw new RangeError('a backup has one range, without bounds')
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    const blocks = this.#blocks(after?.documents ?? 0, stop)
    this.#reading.add(blocks)
    try {
      yield* blocks
      // Whoever closed the snapshot ended the blocks, too; that is not the end of the documents.
      if (stop.aborted) throw interruption(stop)
    } finally {
      this.#reading.delete(blocks)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new LakeferryError('INTERRUPTED', { signal: 'the end of the export' }))
    await Promise.allSettled([...this.#reading].map(blocks => blocks.return(undefined)))
  }

  async *#blocks(skip: number, signal: AbortSignal): AsyncGenerator<RawBlock> {
    const { collection, file, windowBytes } = this.#of
    if (signal.aborted) throw interruption(signal)
    let read = 0
    const opened = await openFile(file).catch(error => {
      // It was there when the snapshot was opened.
      throw isLakeferryError(error, 'SOURCE_FILE') ? this.#interrupted(read, error.details.reason, error) : error
    })
    try {
      await this.#unchanged(opened, read)
      const window = new ByteWindow(opened.source, file.path, { size: windowBytes, signal })
      for await (const block of collection.documents(window)) {
        const before = read
        read += block.starts.length
        if (signal.aborted) throw interruption(signal)
        if (read > skip) yield withoutFirst(block, Math.max(0, skip - before))
      }
      await this.#unchanged(opened, read)
      if (read < skip) throw this.#interrupted(read, `there were ${skip} documents, and now there are ${read}`)
    } catch (error) {
      // What is wrong with a file that somebody wrote to meanwhile is that.
      if (isLakeferryError(error, 'SOURCE_FILE_DAMAGED')) await this.#unchanged(opened, read)
      if (systemCode(error) !== undefined) throw this.#interrupted(read, reasonOf(error), error)
      throw error
    } finally {
      await opened.close()
    }
  }

  async #unchanged(opened: OpenFile, read: number): Promise<void> {
    const change = await opened.changeSince(this.#of.identity)
    if (change !== undefined) throw this.#interrupted(read, change)
  }

  #interrupted(read: number, reason: string, cause?: unknown): LakeferryError {
    const { namespace, file } = this.#of
    return new LakeferryError('SOURCE_INTERRUPTED', { namespace, read, reason: `${file.path}: ${reason}` }, { cause })
  }
}

/** As one block: small ones only. */
function joined(blocks: readonly RawBlock[]): RawBlock {
  const bytes = Buffer.concat(blocks.map(block => block.bytes))
  const starts: number[] = []
  let offset = 0
  for (const block of blocks) {
    for (const start of block.starts) starts.push(offset + start)
    offset += block.bytes.length
  }
  return { bytes, starts: Uint32Array.from(starts) }
}
