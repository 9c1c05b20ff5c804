import { PatternError } from './tree.js'

/** RE2's own limit (`kMaxRepeat`, re2/parse.cc). */
export const MAX_REPEAT = 1_000

/** The pattern and how far it was read. */
export class PatternText {
  readonly text: string
  /** In UTF-16 units. */
  offset = 0

  constructor(text: string) {
    this.text = text
  }

  /** The next UTF-16 unit; undefined at the end. */
  peek(): string | undefined {
    return this.text[this.offset]
  }

  rest(): string {
    return this.text.slice(this.offset)
  }

  startsWith(start: string): boolean {
    return this.text.startsWith(start, this.offset)
  }

  skip(units = 1): void {
    this.offset += units
  }

  /** Whether this came next, which is then behind us. */
  take(start: string): boolean {
    const found = this.startsWith(start)
    if (found) this.offset += start.length
    return found
  }

  codePoint(): number {
    const codePoint = this.text.codePointAt(this.offset)
    if (codePoint === undefined) this.refuse('the pattern ends too early', 'Finish it.')
    if (codePoint >= 0xd800 && codePoint <= 0xdfff)
      this.refuse('half a character (a lone surrogate)', 'Write it whole.')
    this.offset += codePoint > 0xffff ? 2 : 1
    return codePoint
  }

  refuse(problem: string, next: string): never {
    throw new PatternError(this.offset, problem, next)
  }
}
