import type { RawBlock } from '../../ports/document-source.js'
import { idDocumentAt } from './document-id.js'
import type { Driver } from './driver.js'
import { isSound } from './id-ranges.js'

/** What the ids that are kept may weigh, in bytes. They are few, or reading cannot be taken up among them. */
const KEPT_BYTES = 1024 * 1024
/** What keeping one costs besides its bytes. */
const KEPT_OVERHEAD_BYTES = 64

/**
 * How far a range was read, in the order of `_id`. Mostly that is the last `_id`, and `$gt` finds what comes after it. But
 * some ids cannot be sent to the server unchanged, or are compared in a way not to depend on ({@link isSound}): then it is
 * the last one that can, and the documents after that one are known by their ids, byte for byte.
 */
export class Bookmark {
  readonly #driver: Driver
  #last: Uint8Array | undefined
  #after = new Set<string>()
  #afterBytes = 0

  /** @param last `{_id: …}` of what another reading had last */
  constructor(driver: Driver, last?: Uint8Array) {
    this.#driver = driver
    this.#last = last
  }

  /** `{_id: …}` that reading can go on after; undefined: from the beginning of the range. */
  get last(): Uint8Array | undefined {
    return this.#last
  }

  /** Ids of documents after {@link last} that were had. */
  get after(): ReadonlySet<string> {
    return this.#after
  }

  /** Whether too many documents came after the last id that can be asked for. */
  get lost(): boolean {
    return this.#afterBytes > KEPT_BYTES
  }

  /** Call it for each block in turn. */
  move(block: RawBlock): void {
    const keys: string[] = []
    let bytes = 0
    for (let index = block.starts.length - 1; index >= 0; index--) {
      const id = idDocumentAt(block, index)
      if (id !== undefined && isSound(this.#driver, id)) {
        this.#last = id
        this.#after = new Set(keys)
        this.#afterBytes = bytes
        return
      }
      // A document without an _id cannot be known again.
      bytes += id === undefined ? KEPT_BYTES + 1 : id.length + KEPT_OVERHEAD_BYTES
      if (id === undefined || this.#afterBytes + bytes > KEPT_BYTES) break
      keys.push(keyOf(id))
    }
    this.#afterBytes += bytes
    if (this.lost) this.#after.clear()
    else for (const key of keys) this.#after.add(key)
  }
}

/** The block without the documents whose ids are among those. */
export function without(block: RawBlock, ids: ReadonlySet<string>): RawBlock {
  if (ids.size === 0) return block
  const starts = block.starts.filter((_, index) => {
    const id = idDocumentAt(block, index)
    return id === undefined || !ids.has(keyOf(id))
  })
  return starts.length === block.starts.length ? block : { bytes: block.bytes, starts }
}

/**
 * The same blocks, cut so that documents of one `_id` are in one block. On a sharded cluster an `_id` is unique within each
 * shard only: "after this one" must not leave out its twin.
 */
export async function* wholeTwins(blocks: AsyncIterable<RawBlock>): AsyncGenerator<RawBlock> {
  let held: RawBlock[] = []
  let heldKey: string | undefined
  for await (const block of blocks) {
    if (block.starts.length === 0) continue
    const key = keyAt(block, block.starts.length - 1)
    let cut = block.starts.length - 1
    while (cut > 0 && keyAt(block, cut - 1) === key) cut -= 1
    if (cut > 0 || key !== heldKey) {
      yield* held
      held = []
    }
    if (cut > 0) yield { bytes: block.bytes, starts: block.starts.subarray(0, cut) }
    held.push({ bytes: block.bytes, starts: block.starts.subarray(cut) })
    heldKey = key
  }
  yield* held
}

function keyAt(block: RawBlock, index: number): string {
  const id = idDocumentAt(block, index)
  return id === undefined ? '' : keyOf(id)
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
}
