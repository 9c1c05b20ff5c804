/** From here on it matters whether memory goes back to the system when it is freed. */
export const LARGE_BYTES: number = 2 * 1024 * 1024

/**
 * glibc serves requests up to a threshold, which rises to the largest block of the kind that was ever freed, 32 MiB at
 * most, from a hoard that it hardly gives back: measured, 536 MB at the peak instead of 293. Larger blocks are mapped one
 * by one and unmapped when they are freed; of what is mapped, only the pages that were written to are memory.
 */
const MAPPED_BYTES = 32 * 1024 * 1024 + 64 * 1024

/** So many zeros, in memory that is given back as soon as it is garbage and collected. The ArrayBuffer may be longer. */
export function mappedBytes(size: number): Uint8Array<ArrayBuffer> {
  if (size < LARGE_BYTES) return new Uint8Array(size)
  return new Uint8Array(new ArrayBuffer(Math.max(size, MAPPED_BYTES)), 0, size)
}
