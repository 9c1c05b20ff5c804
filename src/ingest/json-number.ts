import type { BsonBuffer } from './bson-buffer.js'
import { JsonProblem } from './json-problem.js'

const TYPE = { double: 0x01, int32: 0x10, int64: 0x12 } as const

const latin1 = new TextDecoder('latin1')
const NUMBER = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/

/** The offset of the first byte that cannot belong to a number. */
export function numberEnd(text: Uint8Array, offset: number, end: number): number {
  let at = offset
  while (at < end && isNumberByte(text[at]!)) at += 1
  return at
}

function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65
}

/**
 * Appends the value of the JSON number in `text[offset, end)`: digits alone make an int32, else an int64, exactly;
 * with a point or an exponent it is a double, so 1.0 stays one.
 *
 * @returns the BSON type
 * @throws {@link JsonProblem} for an integer that neither int64 nor a double holds exactly
 */
export function appendNumber(text: Uint8Array, offset: number, end: number, out: BsonBuffer): number {
  const digits = latin1.decode(text.subarray(offset, end))
  const [, fraction, exponent] = NUMBER.exec(digits) ?? badNumber(digits, offset)
  const value = Number(digits)
  if (fraction === undefined && exponent === undefined && !Object.is(value, -0))
    return appendInteger(digits, value, offset, out)
  if (!Number.isFinite(value)) throw new JsonProblem(`the number ${brief(digits)} is beyond a double`, offset)
  out.double(value)
  return TYPE.double
}

function appendInteger(digits: string, value: number, offset: number, out: BsonBuffer): number {
  if ((value | 0) === value) {
    out.int32(value)
    return TYPE.int32
  }
  const exact = Number.isSafeInteger(value) ? BigInt(value) : BigInt(digits)
  if (BigInt.asIntN(64, exact) === exact) {
    out.int64(exact)
    return TYPE.int64
  }
  // 1e20 written out is a double that lost nothing.
  if (Number.isFinite(value) && BigInt(value) === exact) {
    out.double(value)
    return TYPE.double
  }
  throw new JsonProblem(
    `the integer ${brief(digits)} does not fit 64 bits; write {"$numberDecimal": "…"} or {"$numberDouble": "…"}`,
    offset,
  )
}

function badNumber(digits: string, offset: number): never {
  throw new JsonProblem(`${brief(digits)} is no JSON number`, offset)
}

function brief(digits: string): string {
  return digits.length > 40 ? `${digits.slice(0, 40)}…` : digits
}
