/** A regular expression of the portable subset, as a syntax tree. Characters are Unicode code points. */
export type PatternNode =
  | { readonly kind: 'character'; readonly codePoint: number }
  /** `.`: anything but a line feed. */
  | { readonly kind: 'any' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly CharacterRange[] }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  /** `max` undefined: without end. */
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number | undefined }

/** Both ends inclusive. */
export type CharacterRange = readonly [from: number, until: number]

/** What is wrong with a pattern, where (in UTF-16 units from its start), and what to write instead. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
  readonly offset: number
  readonly next: string

  constructor(offset: number, problem: string, next: string) {
    super(problem)
    this.offset = offset
    this.next = next
  }
}
