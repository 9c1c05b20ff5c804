/**
 * Bytes that are no BSON. Not of the table of errors, because nobody outside sees it: the export asks
 * `checkDocument` first and sets such a document aside with the reason.
 */
export class MalformedBson extends Error {
  override readonly name = 'MalformedBson'
  /** Where in the buffer. */
  readonly offset: number

  constructor(problem: string, offset: number) {
    super(`malformed BSON at byte ${offset}: ${problem}`)
    this.offset = offset
  }
}
