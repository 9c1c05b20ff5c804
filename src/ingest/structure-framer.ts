import { Carry } from './carry.js'
import { type Framed, type Framer, MAX_TEXT_BYTES, tooLong } from './framed-text.js'
import { isSpace } from './json-to-bson.js'

const [LF, QUOTE, COMMA, COLON, BACKSLASH] = [0x0a, 0x22, 0x2c, 0x3a, 0x5c]
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Documents that may spread over several lines, one after another or as the items of one array. Only brackets and
 * strings are looked at; whether it is JSON, the parser tells.
 *
 * A document with a bracket or a quote too few would swallow all that follow. It is given up where a string meets the
 * end of its line, where a bracket closes another kind, and where a line begins with a `{` no further to the right than
 * the document's own in a place that has no room for a value; from such a line it goes on.
 */
export class StructureFramer implements Framer {
  readonly #carry = new Carry()
  #line = 1
  /** Bytes before the current one on its line. */
  #column = 0
  /** Nothing but white space so far on this line. */
  #blank = true
  #state: 'between' | 'inside' | 'seeking' = 'between'
  #array: 'none' | 'open' | 'closed' = 'none'
  #begun = false
  /** A line's surplus is told once. */
  #surplusLine = 0
  // Of the document that is being read:
  #startLine = 0
  #startColumn = 0
  readonly #containers: number[] = []
  #inString = false
  #escaped = false
  #last = 0
  #giveUp: { line: number; reason: string } | undefined

  get line(): number {
    return this.#line
  }

  *push(chunk: Uint8Array): Generator<Framed> {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (this.#state === 'inside') {
        const problem = this.#inside(byte)
        if (problem !== undefined) {
          this.#carry.clear()
          this.#state = 'seeking'
          this.#giveUp = { line: this.#startLine, reason: problem }
        } else if (this.#containers.length === 0) {
          this.#state = 'between'
          yield { kind: 'text', bytes: this.#carry.finish(chunk.subarray(start, at + 1)), line: this.#startLine }
          this.#advance(byte)
          continue
        }
      } else if (this.#state === 'between' && byte !== OPEN) {
        const problem = this.#between(byte)
        if (problem !== undefined) yield problem
      }
      if (byte === OPEN && this.#mayBegin()) {
        yield* this.#resumed()
        start = at
        this.#begin()
      }
      this.#advance(byte)
    }
    if (this.#state !== 'inside') return
    const rest = chunk.subarray(start)
    if (this.#carry.length + rest.length <= MAX_TEXT_BYTES) return this.#carry.add(rest)
    this.#carry.clear()
    this.#state = 'seeking'
    this.#giveUp = { line: this.#startLine, reason: tooLong(MAX_TEXT_BYTES) }
  }

  *end(): Generator<Framed> {
    if (this.#state === 'inside') {
      const reason = 'a document is not closed at the end of the file, which may be cut off'
      yield { kind: 'problem', line: this.#startLine, reason }
    } else if (this.#giveUp !== undefined) {
      const { line, reason } = this.#giveUp
      yield { kind: 'problem', line, reason: `${reason}; from here to the end of the file nothing could be read` }
    } else if (this.#array === 'open') {
      yield { kind: 'problem', line: this.#line, reason: 'the array is not closed: the file may be cut off' }
    }
  }

  #mayBegin(): boolean {
    if (this.#state === 'between') return true
    return this.#state === 'seeking' && this.#blank && this.#column <= this.#startColumn
  }

  #begin(): void {
    this.#begun = true
    this.#state = 'inside'
    this.#startLine = this.#line
    this.#startColumn = this.#column
    this.#containers.length = 0
    this.#containers.push(CLOSE)
    this.#inString = false
    this.#escaped = false
    this.#last = OPEN
  }

  *#resumed(): Generator<Framed> {
    if (this.#giveUp === undefined) return
    const { line, reason } = this.#giveUp
    this.#giveUp = undefined
    const until = this.#line - 1
    yield { kind: 'problem', line, reason: until > line ? `${reason}; left out up to line ${until}` : reason }
  }

  #advance(byte: number): void {
    if (byte === LF) {
      this.#line += 1
      this.#column = 0
      this.#blank = true
      return
    }
    this.#column += 1
    if (!isSpace(byte)) this.#blank = false
  }

  /** Follows one byte of a document. @returns why it has to be given up */
  #inside(byte: number): string | undefined {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (byte === BACKSLASH) this.#escaped = true
      else if (byte === QUOTE) this.#inString = false
      return byte === LF ? `a string on line ${this.#line} is not closed` : undefined
    }
    if (isSpace(byte)) return undefined
    if (byte === OPEN && this.#blank && this.#column <= this.#startColumn && !this.#wantsValue())
      return 'a document is not closed'
    if (byte === QUOTE) this.#inString = true
    else if (byte === OPEN) this.#containers.push(CLOSE)
    else if (byte === OPEN_ARRAY) this.#containers.push(CLOSE_ARRAY)
    else if ((byte === CLOSE || byte === CLOSE_ARRAY) && this.#containers.pop() !== byte)
      return `${String.fromCharCode(byte)} on line ${this.#line} closes nothing that is open`
    this.#last = byte
    return undefined
  }

  #wantsValue(): boolean {
    const inArray = this.#containers.at(-1) === CLOSE_ARRAY
    return this.#last === COLON || this.#last === OPEN_ARRAY || (this.#last === COMMA && inArray)
  }

  #between(byte: number): Framed | undefined {
    if (isSpace(byte)) return undefined
    if (byte === OPEN_ARRAY && !this.#begun) {
      this.#begun = true
      this.#array = 'open'
      return undefined
    }
    if (byte === COMMA && this.#array === 'open') return undefined
    if (byte === CLOSE_ARRAY && this.#array === 'open') {
      this.#array = 'closed'
      return undefined
    }
    if (this.#surplusLine === this.#line) return undefined
    this.#surplusLine = this.#line
    return { kind: 'problem', line: this.#line, reason: 'text that belongs to no document' }
  }
}
