/** What a framer finds in the text of a file: something that should be a document, or why nothing can be made of it. */
export type Framed =
  | {
      readonly kind: 'text'
      /** Valid until the framer is given more. */
      readonly bytes: Uint8Array
      /** Where it begins: lines and characters count from 1. */
      readonly line: number
    }
  | {
      readonly kind: 'problem'
      readonly line: number
      readonly reason: string
      /** The file as a whole is concerned: never left out of a list. */
      readonly fatal?: true
    }

/** Finds documents in a stream of bytes, with memory for one at a time. */
export interface Framer {
  /** Lines begun so far, for BSON documents. */
  readonly line: number
  push(chunk: Uint8Array): Iterable<Framed>
  end(): Iterable<Framed>
}

/** Text of one document in bytes: several times what becomes of it as BSON at most, which MongoDB limits to 16 MiB. */
export const MAX_TEXT_BYTES: number = 64 * 1024 * 1024

export function tooLong(bytes: number): string {
  return `longer than ${bytes} bytes`
}
