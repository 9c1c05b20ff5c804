import { HttpProblem } from './problems.js'

/** Objects and arrays inside one another. */
const MOST_DEPTH = 32
const INT64_MOST = 2n ** 63n
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/**
 * JSON, RFC 8259, as a document can hold it. A whole number beyond 2^53 is a bigint, so that none is rounded in silence.
 * Refused, with the place: names that MongoDB gives a meaning to (`$…`, with `.`), that are there twice, or that mean
 * something to JavaScript; NUL; half a surrogate pair; numbers that neither int64 nor double
 * holds as they are written; nesting beyond {@link MOST_DEPTH}.
 */
export class JsonReader {
  readonly #text: string
  #at = 0
  readonly #path: (string | number)[] = []

  constructor(text: string) {
    this.#text = text
  }

  /** @throws HttpProblem 400 */
  read(): unknown {
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) throw this.#syntax('something comes after its end')
    return value
  }

  #value(): unknown {
    this.#space()
    const next = this.#text[this.#at]
    if (next === '{') return this.#object()
    if (next === '[') return this.#array()
    if (next === '"') return this.#string('The text')
    if (next === '-' || (next !== undefined && next >= '0' && next <= '9')) return this.#number()
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    throw this.#syntax('a value is wanted')
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    this.#enter()
    if (this.#take('}')) return object
    do {
      this.#space()
      if (this.#text[this.#at] !== '"') throw this.#syntax('a name in quotes is wanted')
      const name = this.#string('The name')
      this.#path.push(name)
      if (name.startsWith('$')) throw this.#refusal('A name may not begin with $.')
      if (name.includes('.')) throw this.#refusal('A name may not contain a dot.')
      if (name === '__proto__' || name === 'constructor' || name === 'prototype')
        throw this.#refusal('This name is not allowed.')
      if (Object.hasOwn(object, name)) throw this.#refusal('This name is there twice.')
      if (!this.#take(':')) throw this.#syntax('a colon is wanted')
      object[name] = this.#value()
      this.#path.pop()
    } while (this.#take(','))
    if (!this.#take('}')) throw this.#syntax('a comma or } is wanted')
    return object
  }

  #array(): unknown[] {
    const array: unknown[] = []
    this.#enter()
    if (this.#take(']')) return array
    do {
      this.#path.push(array.length)
      array.push(this.#value())
      this.#path.pop()
    } while (this.#take(','))
    if (!this.#take(']')) throw this.#syntax('a comma or ] is wanted')
    return array
  }

  #enter(): void {
    if (this.#path.length >= MOST_DEPTH) throw this.#refusal(`Nested more than ${MOST_DEPTH} deep.`)
    this.#at += 1
  }

  #string(what: string): string {
    const text = this.#match(STRING)
    if (text === undefined) throw this.#syntax('a text has no end, or holds what it may not')
    const value: string = JSON.parse(text)
    if (value.includes('\0')) throw this.#refusal(`${what} contains NUL.`)
    if (LONE_SURROGATE.test(value)) throw this.#refusal(`${what} contains half of a surrogate pair.`)
    return value
  }

  #number(): number | bigint {
    const text = this.#match(NUMBER)
    if (text === undefined) throw this.#syntax('this is no number')
    const value = Number(text)
    if (!Number.isFinite(value)) throw this.#refusal('A number this large is not to be had.')
    if (Number.isSafeInteger(value) || /[.eE]/.test(text)) return value
    const whole = BigInt(text)
    if (whole < INT64_MOST && whole >= -INT64_MOST) return whole
    // As a double of that size is written, which is how one that is stored is served.
    if (String(value) === text) return value
    throw this.#refusal('A whole number has 64 bits at most.')
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0]
    this.#at += text?.length ?? 0
    return text
  }

  #take(character: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #space(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    }
  }

  #syntax(problem: string): HttpProblem {
    return new HttpProblem(400, `The body is no JSON: at character ${this.#at}, ${problem}.`)
  }

  #refusal(detail: string): HttpProblem {
    // RFC 6901
    const pointer = this.#path.map(step => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
    return new HttpProblem(400, 'The body holds what cannot be stored.', undefined, [{ pointer, detail }])
  }
}
