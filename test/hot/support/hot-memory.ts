import { readFileSync } from 'node:fs'
import { viewOf } from '../../../src/bson/walk.js'
import { HotMemory } from '../../../src/hot/hot-memory.js'
import type { RawBlock } from '../../../src/ports/document-source.js'
import { blockOf as rawBlockOf } from '../../support/array-source.js'

const module = new WebAssembly.Module(readFileSync(new URL('../../../dist/hot.wasm', import.meta.url)))

export const newHotMemory = (): HotMemory => new HotMemory(module)

/** Documents next to each other, as they come from a source. */
export interface Block extends RawBlock {
  readonly view: DataView
}

export function blockOf(documents: readonly Uint8Array[]): Block {
  const block = rawBlockOf(documents)
  return { ...block, view: viewOf(block.bytes) }
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
