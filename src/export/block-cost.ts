import { LARGE_DOCUMENT_BYTES, TEXT_GROWTH } from './limits.js'

/**
 * What a block takes from the flight's budget, in bytes: its own, and for the largest of its documents, where the warm
 * buffers of a worker are too small for it, what its text may come to and what the formats make of it.
 */
export function blockCost(bytes: Uint8Array, starts: Uint32Array, formats: number): number {
  let largest = 0
  let end = bytes.length
  for (let index = starts.length - 1; index >= 0; index--) {
    const start = starts[index]!
    if (end - start > largest) largest = end - start
    end = start
  }
  return bytes.length + (largest < LARGE_DOCUMENT_BYTES ? 0 : largest * (TEXT_GROWTH + formats))
}
