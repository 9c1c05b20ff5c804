import type { BsonBuffer } from './bson-buffer.js'
import { JsonProblem } from './json-problem.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What follows a backslash, other than `u`, and the byte that it stands for. */
const ESCAPES = new Map([...'"\\/'].map(c => [c.charCodeAt(0), c.charCodeAt(0)]))
for (const [name, value] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9 })) ESCAPES.set(name.charCodeAt(0), value)

/**
 * Appends the UTF-8 bytes of the JSON string whose opening quote is at `offset`.
 *
 * @param isName BSON's names end at the first NUL, so they cannot have one
 * @returns the offset just after the closing quote
 * @throws {@link JsonProblem}
 */
export function copyString(text: Uint8Array, offset: number, end: number, out: BsonBuffer, isName: boolean): number {
  let from = offset + 1
  let at = from
  for (; at < end; at++) {
    const byte = text[at]!
    if (byte === QUOTE) {
      out.copy(text, from, at)
      return at + 1
    }
    if (byte < 0x20) throw new JsonProblem(`a control character (0x${hex(byte, 2)}) in a string has to be escaped`, at)
    if (byte !== BACKSLASH) continue
    out.copy(text, from, at)
    const letter = text[at + 1] ?? 0
    if (letter === 0x75) {
      const [codePoint, length] = unicodeEscape(text, at, end)
      if (isName && codePoint === 0) throw new JsonProblem('a NUL in a field name, which BSON cannot hold', at)
      appendUtf8(out, codePoint)
      at += length - 1
    } else {
      const value = ESCAPES.get(letter)
      if (value === undefined || at + 1 >= end) throw new JsonProblem('no such escape in a string', at)
      out.byte(value)
      at += 1
    }
    from = at + 1
  }
  throw new JsonProblem('a string is not closed', offset)
}

/** The code point of `\uXXXX` or of a pair of surrogates at `at`, and how many bytes it takes. */
function unicodeEscape(text: Uint8Array, at: number, end: number): [codePoint: number, length: number] {
  const first = hex4(text, at + 2, end)
  if (first < 0xd800 || first > 0xdfff) return [first, 6]
  if (first < 0xdc00 && text[at + 6] === BACKSLASH && text[at + 7] === 0x75) {
    const second = hex4(text, at + 8, end)
    if (second >= 0xdc00 && second <= 0xdfff) return [0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), 12]
  }
  throw new JsonProblem(`half of a surrogate pair (\\u${hex(first, 4)}) is no character`, at)
}

function hex4(text: Uint8Array, at: number, end: number): number {
  let value = 0
  for (let i = at; i < at + 4; i++) {
    const digit = i < end ? hexDigit(text[i]!) : -1
    if (digit < 0) throw new JsonProblem('\\u wants four hexadecimal digits', at - 2)
    value = value * 16 + digit
  }
  return value
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function appendUtf8(out: BsonBuffer, code: number): void {
  if (code < 0x80) {
    out.byte(code)
    return
  }
  if (code < 0x800) {
    out.byte(0xc0 | (code >> 6))
  } else {
    if (code < 0x10000) {
      out.byte(0xe0 | (code >> 12))
    } else {
      out.byte(0xf0 | (code >> 18))
      out.byte(0x80 | ((code >> 12) & 0x3f))
    }
    out.byte(0x80 | ((code >> 6) & 0x3f))
  }
  out.byte(0x80 | (code & 0x3f))
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
