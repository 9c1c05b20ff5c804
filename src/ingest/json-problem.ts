/** Why a text is no document. `offset` is where, in bytes from the start of what was parsed. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem'
  readonly offset: number

  constructor(reason: string, offset: number) {
    super(reason)
    this.offset = offset
  }
}
