import { readFileSync } from 'node:fs'
import { viewOf } from '../../../src/bson/walk.js'
import { HotMemory } from '../../../src/hot/hot-memory.js'

const module = new WebAssembly.Module(readFileSync(new URL('../../../dist/hot.wasm', import.meta.url)))

export const newHotMemory = (): HotMemory => new HotMemory(module)

/** Documents next to each other, as they come from a source. */
export interface Block {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly starts: Uint32Array
}

export function blockOf(documents: readonly Uint8Array[]): Block {
  const bytes = new Uint8Array(documents.reduce((sum, { length }) => sum + length, 0))
  const starts = new Uint32Array(documents.length)
  let at = 0
  for (const [index, document] of documents.entries()) {
    starts[index] = at
    bytes.set(document, at)
    at += document.length
  }
  return { bytes, view: viewOf(bytes), starts }
}

/**
 * The block in linear memory, with bytes of our choice behind it: what is there must change nothing, and a name or a
 * length that is read on into it does.
 */
export function place(hot: HotMemory, { bytes, starts }: Block, behind = 0xff): Block {
  const placed = hot.place(bytes)
  const end = placed.byteOffset + placed.length
  hot.slice(end, 16).fill(behind)
  return { bytes: placed, view: viewOf(placed), starts }
}
