import { escapeName } from '../model/census.js'
import type { RejectReason } from './check-document.js'
import { isCanonicalDecimal128 } from './decimal128.js'
import { textDecoder } from './utf8.js'
import { valueEnd } from './walk.js'

/**
 * The keys of the type wrappers of Extended JSON v2. A document other than the top-level one that has any of them, at
 * whatever place and beside whatever else, is read as a wrapper or refused by a parser that follows the specification
 * ("Any missing or extra keys constitute an error"), which has no way to escape them. `$ref`, `$id` and `$db` are no
 * wrapper: DBRefs are documents.
 *
 * Source: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md, "Parsers"
 */
const WRAPPER_NAMES: ReadonlySet<string> = new Set([
  ...['$oid', '$symbol', '$numberInt', '$numberLong', '$numberDouble', '$numberDecimal', '$binary', '$uuid', '$code'],
  ...['$scope', '$timestamp', '$regularExpression', '$dbPointer', '$date', '$minKey', '$maxKey', '$undefined'],
])

const LONGEST_WRAPPER_NAME = 18
const DOLLAR = 0x24
const [ZERO, NINE] = [0x30, 0x39]

/** Where a document is in its parent decides what its names may be. */
type Kind = 'top' | 'document' | 'array'

interface Problem {
  readonly detail: string
  /** From the inside out. */
  readonly path: string[]
}

/**
 * Whether canonical Extended JSON v2 can hold the document in `bytes[start, end)`, which has passed `checkDocument`, so
 * that it reads back byte for byte. The first thing that it cannot hold is told:
 *
 * - a document, other than the whole one, with a key of a type wrapper, or `$regex` and `$options` alone, which parsers take
 *   for the older form of a regular expression;
 * - an array whose names are not "0", "1", …: they are not written;
 * - a NaN with another sign or payload than `0x7ff8000000000000`: all are written `NaN`;
 * - a Decimal128 whose bits are not those that its text stands for: a NaN or infinity with further bits, a coefficient
 *   beyond 34 digits, which counts as zero.
 *
 * Conservative in one point: a wrapper's key that is not the first of its document is refused by the specification, but
 * many parsers, ours among them, would read the document as it was.
 */
export function checkExtendedJson(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): RejectReason | undefined {
  const problem = inspect(bytes, view, start, end, 'top')
  if (problem === undefined) return undefined
  const path = problem.path.reverse().join('').replace(/^\./, '')
  return { code: 'extended-json', path, detail: problem.detail }
}

function inspect(bytes: Uint8Array, view: DataView, start: number, end: number, kind: Kind): Problem | undefined {
  const last = end - 1
  let at = start + 4
  for (let index = 0; at < last; index++) {
    const type = bytes[at]!
    const name = at + 1
    let nameEnd = name
    while (bytes[nameEnd] !== 0) nameEnd++
    if (kind === 'array') {
      if (!isPosition(bytes, name, nameEnd, index))
        return within('a name in an array that is not its position', bytes, name, nameEnd, kind)
    } else if (kind === 'document' && bytes[name] === DOLLAR) {
      const text = wrapperName(bytes, view, start, end, name, nameEnd)
      if (text !== undefined) return within(`the name ${text}, which stands for a type`, bytes, name, nameEnd, kind)
    }
    const value = nameEnd + 1
    at = valueEnd(type, bytes, view, value, last)
    let problem: Problem | undefined
    switch (type) {
      case 0x03: // object
        problem = inspect(bytes, view, value, at, 'document')
        break
      case 0x04: // array
        problem = inspect(bytes, view, value, at, 'array')
        break
      case 0x0f: // javascriptWithScope
        problem = inspect(bytes, view, value + 8 + view.getInt32(value + 4, true), at, 'document')
        break
      case 0x01: // double
        if (isOddNaN(view, value)) problem = { detail: 'a NaN with a sign or a payload', path: [] }
        break
      case 0x13: // decimal
        if (!isCanonicalDecimal128(view, value))
          problem = { detail: 'a Decimal128 with bits that its text does not tell', path: [] }
        break
    }
    if (problem === undefined) continue
    problem.path.push(pathStep(bytes, name, nameEnd, kind))
    return problem
  }
  return undefined
}

function within(detail: string, bytes: Uint8Array, name: number, nameEnd: number, kind: Kind): Problem {
  return { detail, path: [pathStep(bytes, name, nameEnd, kind)] }
}

function pathStep(bytes: Uint8Array, name: number, nameEnd: number, kind: Kind): string {
  const text = textDecoder.decode(bytes.subarray(name, nameEnd))
  return kind === 'array' ? `[${text}]` : `.${escapeName(text)}`
}

/** Whether the digits from `at` up to `end` are `index` as it is usually written. */
function isPosition(bytes: Uint8Array, at: number, end: number, index: number): boolean {
  if (end - at > 10 || end === at || (bytes[at] === ZERO && end - at > 1)) return false
  let value = 0
  for (let i = at; i < end; i++) {
    const digit = bytes[i]!
    if (digit < ZERO || digit > NINE) return false
    value = value * 10 + digit - ZERO
  }
  return value === index
}

/** The name when it makes a wrapper of its document, else undefined. */
function wrapperName(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  name: number,
  nameEnd: number,
): string | undefined {
  if (nameEnd - name > LONGEST_WRAPPER_NAME) return undefined
  const text = textDecoder.decode(bytes.subarray(name, nameEnd))
  if (WRAPPER_NAMES.has(text)) return text
  return text === '$regex' && isOldRegex(bytes, view, start, end) ? text : undefined
}

/** `{$regex: text, $options: …}` in either order and nothing else. A `$regex` that is no text is a query's. */
function isOldRegex(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  const names: string[] = []
  let isText = false
  for (let at = start + 4; at < end - 1; ) {
    const nameEnd = bytes.indexOf(0, at + 1)
    const name = textDecoder.decode(bytes.subarray(at + 1, nameEnd))
    names.push(name)
    if (name === '$regex') isText = bytes[at] === 0x02
    at = valueEnd(bytes[at]!, bytes, view, nameEnd + 1, end - 1)
  }
  return isText && names.length === 2 && names.includes('$options')
}

/** NaN, but not the one that `NaN` is read back as. */
function isOddNaN(view: DataView, offset: number): boolean {
  const high = view.getUint32(offset + 4, true)
  if ((high & 0x7ff0_0000) !== 0x7ff0_0000) return false
  const low = view.getUint32(offset, true)
  // With no bits below the exponent it is an infinity.
  if ((high & 0x000f_ffff) === 0 && low === 0) return false
  return high !== 0x7ff8_0000 || low !== 0
}
