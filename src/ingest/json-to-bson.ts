import { isUtf8 } from 'node:buffer'
import { ObjectId } from 'bson'
import { checkDocument, MAX_NESTING } from '../bson/check-document.js'
import { reasonOf } from '../errors.js'
import { BsonBuffer } from './bson-buffer.js'
import { decodeWrapper, type TypedValue, WRAPPER_KEYS } from './extended-json.js'
import { appendNumber, numberEnd } from './json-number.js'
import { JsonProblem } from './json-problem.js'
import { copyString } from './json-text.js'
import { NOT_QUICK, QuickValues } from './quick-value.js'

const TYPE = {
  string: 0x02,
  document: 0x03,
  array: 0x04,
  bool: 0x08,
  null: 0x0a,
  code: 0x0d,
  codeWithScope: 0x0f,
} as const
const [QUOTE, COMMA, COLON, OPEN_ARRAY, CLOSE_ARRAY, OPEN, CLOSE] = [0x22, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d]

/**
 * The text of a document nests deeper than its BSON: it counts itself, and a typed value at its bottom, such as a DBPointer,
 * has up to three objects inside one another. How deep the BSON is, `checkDocument` tells in the end.
 */
const MAX_TEXT_NESTING = MAX_NESTING + 4

/** What stands before a document's first own field when `_id` is added: type, `_id\0` and 12 bytes. */
const ID_BYTES = 17
const ID_NAME = new Uint8Array([0x07, 0x5f, 0x69, 0x64, 0x00])
const utf8 = new TextDecoder('utf-8', { fatal: true })
const latin1 = new TextDecoder('latin1')

export interface ParsedDocument {
  readonly bson: Uint8Array
  /** The offset just after the closing brace. */
  readonly end: number
}

/**
 * Makes BSON of JSON or Extended JSON text without JavaScript objects in between, which would reorder names like `10`,
 * take `__proto__` for something else and round integers above 2^53. Not for several texts at once.
 */
export class JsonToBson {
  readonly #out = new BsonBuffer()
  readonly #scratch = new BsonBuffer()
  readonly #quick = new QuickValues()
  readonly #addId: boolean
  #text: Uint8Array = new Uint8Array()
  #end = 0
  #at = 0
  #depth = 0
  #hasId = false

  /** @param options.addId - puts an ObjectId first where a document has no `_id`, as drivers do. @defaultValue true */
  constructor({ addId = true }: { readonly addId?: boolean } = {}) {
    this.#addId = addId
  }

  /**
   * Parses one document, whose `{` is at `start`.
   *
   * @throws {@link JsonProblem} with an offset in `text`
   */
  parse(text: Uint8Array, start: number, end: number): ParsedDocument {
    this.#text = text
    this.#end = end
    this.#at = start
    this.#depth = 0
    this.#hasId = false
    const out = this.#out
    out.length = 0
    out.skip(ID_BYTES)
    this.#document()
    if (!isUtf8(text.subarray(start, this.#at)))
      throw new JsonProblem('invalid UTF-8', firstInvalid(text, start, this.#at))
    const bson = this.#hasId || !this.#addId ? out.bytes.slice(ID_BYTES, out.length) : this.#withId()
    const problem = checkDocument(bson, 0, bson.length)
    if (problem !== undefined)
      throw new JsonProblem(`${problem.detail}${problem.path === '' ? '' : ` at ${problem.path}`}`, start)
    return { bson, end: this.#at }
  }

  #withId(): Uint8Array {
    const bson = this.#out.bytes.slice(0, this.#out.length)
    new DataView(bson.buffer).setInt32(0, bson.length, true)
    bson.set(ID_NAME, 4)
    bson.set(new ObjectId().id, 4 + ID_NAME.length)
    return bson
  }

  /** At a `{`: a document, whatever its keys are called. */
  #document(): void {
    const out = this.#out
    const start = out.skip(4)
    this.#enter()
    if (this.#skipSpace() === CLOSE) {
      this.#at += 1
    } else {
      for (;;) {
        this.#field()
        const byte = this.#skipSpace()
        if (byte !== COMMA && byte !== CLOSE) throw this.#unexpected('a comma or }')
        this.#at += 1
        if (byte === CLOSE) break
        this.#skipSpace()
      }
    }
    this.#leave(start)
  }

  #field(): void {
    const out = this.#out
    if (this.#text[this.#at] !== QUOTE || this.#at >= this.#end) throw this.#unexpected('a field name in double quotes')
    const type = out.skip(1)
    this.#at = copyString(this.#text, this.#at, this.#end, out, true)
    if (this.#depth === 1 && isId(out.bytes, type + 1, out.length)) this.#hasId = true
    out.byte(0)
    if (this.#skipSpace() !== COLON) throw this.#unexpected('a colon')
    this.#at += 1
    out.setByte(type, this.#value())
  }

  #array(): void {
    const out = this.#out
    const start = out.skip(4)
    this.#enter()
    if (this.#skipSpace() === CLOSE_ARRAY) {
      this.#at += 1
    } else {
      for (let index = 0; ; index++) {
        const type = out.skip(1)
        for (const digit of String(index)) out.byte(digit.charCodeAt(0))
        out.byte(0)
        out.setByte(type, this.#value())
        const byte = this.#skipSpace()
        if (byte !== COMMA && byte !== CLOSE_ARRAY) throw this.#unexpected('a comma or ]')
        this.#at += 1
        if (byte === CLOSE_ARRAY) break
      }
    }
    this.#leave(start)
  }

  #enter(): void {
    this.#at += 1
    this.#depth += 1
    if (this.#depth > MAX_TEXT_NESTING) throw new JsonProblem(`nested more than ${MAX_NESTING} deep`, this.#at - 1)
  }

  #leave(start: number): void {
    const out = this.#out
    this.#depth -= 1
    out.byte(0)
    out.setInt32(start, out.length - start)
  }

  /** Appends a value and tells its type. */
  #value(): number {
    const out = this.#out
    const byte = this.#skipSpace()
    switch (byte) {
      case QUOTE: {
        const start = out.skip(4)
        this.#at = copyString(this.#text, this.#at, this.#end, out, false)
        out.byte(0)
        out.setInt32(start, out.length - start - 4)
        return TYPE.string
      }
      case OPEN:
        return this.#objectOrTyped()
      case OPEN_ARRAY:
        this.#array()
        return TYPE.array
      case 0x74:
        this.#word('true')
        out.byte(1)
        return TYPE.bool
      case 0x66:
        this.#word('false')
        out.byte(0)
        return TYPE.bool
      case 0x6e:
        this.#word('null')
        return TYPE.null
      default: {
        const end = numberEnd(this.#text, this.#at, this.#end)
        if (end === this.#at) throw this.#unexpected('a value')
        const start = this.#at
        this.#at = end
        return appendNumber(this.#text, start, end, out)
      }
    }
  }

  #objectOrTyped(): number {
    const open = this.#at
    const quick = this.#quick.read(this.#text, open, this.#end, this.#out)
    if (quick !== NOT_QUICK) {
      this.#at = this.#quick.end
      return quick
    }
    const key = this.#firstKey()
    if (key === '$code') return this.#code()
    if (WRAPPER_KEYS.has(key)) {
      const typed = this.#typed(open)
      if (typed !== undefined) {
        this.#out.copy(typed.bytes)
        return typed.type
      }
      this.#at = open
    }
    this.#document()
    return TYPE.document
  }

  /** The first key when it begins with `$`, without moving on; else the empty text. */
  #firstKey(): string {
    let at = this.#at + 1
    while (at < this.#end && isSpace(this.#text[at]!)) at += 1
    if (this.#text[at] !== QUOTE || this.#text[at + 1] !== 0x24) return ''
    const close = this.#text.indexOf(QUOTE, at + 1)
    return close < 0 || close - at > 32 ? '' : latin1.decode(this.#text.subarray(at + 1, close))
  }

  #typed(open: number): TypedValue | undefined {
    // Stepping over it as a document finds its end, and whatever is wrong with it as JSON.
    const out = this.#out
    const length = out.length
    this.#document()
    const problem = checkDocument(out.bytes, length, out.length)
    if (problem !== undefined) throw new JsonProblem(problem.detail, open)
    out.length = length
    const source = this.#text.subarray(open, this.#at)
    if (!isUtf8(source)) throw new JsonProblem('invalid UTF-8', open)
    try {
      return decodeWrapper(new Map(Object.entries(JSON.parse(utf8.decode(source)))))
    } catch (error) {
      throw new JsonProblem(reasonOf(error), open)
    }
  }

  /** `{"$code": text}` or, with its `$scope`, the one typed value that holds a document. */
  #code(): number {
    const out = this.#out
    const open = this.#at
    const total = out.skip(4)
    this.#at += 1
    this.#skipSpace()
    this.#at = copyString(this.#text, this.#at, this.#end, this.#scratch, true)
    this.#scratch.length = 0
    if (this.#skipSpace() !== COLON) throw this.#unexpected('a colon')
    this.#at += 1
    if (this.#skipSpace() !== QUOTE) throw new JsonProblem('$code wants a string', open)
    this.#value()
    if (this.#skipSpace() === CLOSE) {
      this.#at += 1
      out.bytes.copyWithin(total, total + 4, out.length)
      out.length -= 4
      return TYPE.code
    }
    this.#at += 1
    this.#skipSpace()
    const name = this.#at
    if (latin1.decode(this.#text.subarray(name, name + 8)) !== '"$scope"')
      throw new JsonProblem('$code beside other keys', open)
    this.#at = name + 8
    if (this.#skipSpace() !== COLON) throw this.#unexpected('a colon')
    this.#at += 1
    if (this.#skipSpace() !== OPEN) throw new JsonProblem('$scope wants a document', open)
    this.#document()
    if (this.#skipSpace() !== CLOSE) throw new JsonProblem('$code beside other keys', open)
    this.#at += 1
    out.setInt32(total, out.length - total)
    return TYPE.codeWithScope
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.#at + i >= this.#end || this.#text[this.#at + i] !== word.charCodeAt(i))
        throw this.#unexpected('a value')
    }
    this.#at += word.length
  }

  /** Moves to the next byte that is no white space, and tells it: 0 at the end. */
  #skipSpace(): number {
    while (this.#at < this.#end) {
      const byte = this.#text[this.#at]!
      if (!isSpace(byte)) return byte
      this.#at += 1
    }
    return 0
  }

  #unexpected(wanted: string): JsonProblem {
    if (this.#at >= this.#end) return new JsonProblem(`wanted ${wanted}, but the text ends`, this.#end)
    const byte = this.#text[this.#at]!
    const rest = latin1.decode(this.#text.subarray(this.#at, Math.min(this.#end, this.#at + 10)))
    const word = /^(?:NaN|-?Infinity|undefined|None|True|False)/.exec(rest)?.[0]
    const got =
      word ?? (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `byte 0x${byte.toString(16).padStart(2, '0')}`)
    return new JsonProblem(`wanted ${wanted}, got ${got}`, this.#at)
  }
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isId(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 3 && bytes[start] === 0x5f && bytes[start + 1] === 0x69 && bytes[start + 2] === 0x64
}

/** Bisects: a prefix that ends within a character is not valid either, so this is at most three bytes off. */
function firstInvalid(text: Uint8Array, start: number, end: number): number {
  let [good, bad] = [start, end]
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    let cut = middle
    while (cut > good && (text[cut]! & 0xc0) === 0x80) cut -= 1
    if (cut > good && isUtf8(text.subarray(start, cut))) good = middle
    else if (cut > good) bad = cut
    else bad = middle
  }
  return good
}
