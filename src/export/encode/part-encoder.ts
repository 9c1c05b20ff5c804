/**
 * Turns documents into the bytes of one part. Used for many parts in turn, because its buffers are warm by then: after
 * `finish` the next `add` begins a new part. Documents have passed `checkDocument`, so an encoder never refuses one.
 */
export interface PartEncoder {
  /** Appends the document at `bytes[start, end)`. `view` is over the same buffer as `bytes`. */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): void
  /** Whether the part has grown so large that it should end with this document, where the format has parts that may. */
  readonly isFull?: boolean
  /** The part, in a buffer of its own that may be transferred to another thread. Valid for no documents too. */
  finish(): Uint8Array
}
