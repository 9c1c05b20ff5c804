import { escapeName } from '../model/census.js'
import { NAME_HASH, NameSet } from './name-set.js'
import { isUtf8, textDecoder } from './utf8.js'
import { viewOf } from './walk.js'

/**
 * Documents and arrays inside one another, the document itself not counted. MongoDB's default is 200 and its server
 * parameter `maxBSONDepth` goes up to 250 (mongo/bson/bson_depth.h), so nothing that a server stores is deeper.
 */
export const MAX_NESTING = 250

/** `extended-json`: of `checkExtendedJson`, where a run writes `ejson.gz`. */
export type RejectCode = 'malformed' | 'invalid-utf8' | 'duplicate-field' | 'too-deep' | 'extended-json'

/** Why a document cannot be carried faithfully in every format. */
export interface RejectReason {
  readonly code: RejectCode
  /** Where: names joined by `.` as in the census, array elements as `[3]`; `''` is the document itself. */
  readonly path: string
  /** What is wrong there, for people. */
  readonly detail: string
}

/**
 * One pass over the document in `bytes` from `start` up to, not including, `end` that finds the first thing in it that
 * JSON or Parquet could not carry, or that is no BSON at all.
 *
 * Names in arrays are positions, which no format writes, so they may be any bytes; every other name may be anything that
 * is UTF-8, the empty one and `__proto__` included.
 */
export function checkDocument(
  bytes: Uint8Array,
  start: number,
  end: number,
  view: DataView = viewOf(bytes),
): RejectReason | undefined {
  const problem = inspect(bytes, view, start, end)
  if (problem === undefined) return undefined
  const [code, detail] = PROBLEMS[problem]
  return { code, path: pathText(bytes, end), detail }
}

const PROBLEMS = {
  length: ['malformed', 'a length that does not fit into its parent'],
  terminator: ['malformed', 'a terminator is missing'],
  type: ['malformed', 'an element type that BSON does not have'],
  bool: ['malformed', 'a boolean that is neither 0 nor 1'],
  oldBinary: ['malformed', 'a binary of subtype 2 whose two lengths disagree'],
  name: ['invalid-utf8', 'a field name that is no UTF-8'],
  text: ['invalid-utf8', 'text that is no UTF-8'],
  duplicate: ['duplicate-field', 'a field name that is there twice'],
  depth: ['too-deep', `nested more than ${MAX_NESTING} deep`],
} as const satisfies Record<string, readonly [RejectCode, string]>

type Problem = keyof typeof PROBLEMS

// State of the one inspection that is under way, kept outside so that no document allocates. `level` is the container
// that is being read; at each level: where its terminator is, whether it is an array, its current element's name.
let level = 0
const lasts = new Uint32Array(MAX_NESTING + 1)
const arrays = new Uint8Array(MAX_NESTING + 1)
const names = new Uint32Array(MAX_NESTING + 1)
const nameSets: NameSet[] = []

function inspect(bytes: Uint8Array, view: DataView, start: number, end: number): Problem | undefined {
  level = -1
  let problem = open(bytes, view, start, end, false)
  if (problem !== undefined) return problem
  let last = lasts[0]!
  if (last !== end - 1) return 'length'
  let isArray = false
  let set = nameSets[0]!
  let at = start + 4

  for (;;) {
    if (at >= last) {
      if (at > last) return 'length'
      if (level === 0) return undefined
      level--
      at = last + 1
      last = lasts[level]!
      isArray = arrays[level] === 1
      set = nameSets[level]!
      continue
    }

    const type = bytes[at]!
    const name = ++at
    names[level] = name
    // Every container is known to end in a NUL, so this needs no other bound.
    if (isArray) while (bytes[at] !== 0) at++
    else {
      let hash = 0
      let all = 0
      for (let byte = bytes[at]!; byte !== 0; byte = bytes[++at]!) {
        hash = (Math.imul(hash, NAME_HASH) + byte) | 0
        all |= byte
      }
      if (all >= 0x80 && !isUtf8(bytes, view, name, at)) return 'name'
      if (!set.add(bytes, name, hash)) return 'duplicate'
    }
    // The NUL that was found is the container's own.
    if (at >= last) return 'length'
    at++

    switch (type) {
      case 0x02: // string
      case 0x0d: // javascript
      case 0x0e: // symbol
      case 0x0c: {
        // dbPointer
        if (at + 5 > last) return 'length'
        const length = view.getInt32(at, true)
        const stringEnd = at + 4 + length
        if (length < 1 || stringEnd > last) return 'length'
        if (bytes[stringEnd - 1] !== 0) return 'terminator'
        if (!isUtf8(bytes, view, at + 4, stringEnd - 1)) return 'text'
        at = type === 0x0c ? stringEnd + 12 : stringEnd
        break
      }
      case 0x10: // int
        at += 4
        break
      case 0x01: // double
      case 0x09: // date
      case 0x11: // timestamp
      case 0x12: // long
        at += 8
        break
      case 0x07: // objectId
        at += 12
        break
      case 0x13: // decimal
        at += 16
        break
      case 0x06: // undefined
      case 0x0a: // null
      case 0x7f: // maxKey
      case 0xff: // minKey
        break
      case 0x08: // bool
        if (bytes[at]! > 1) return 'bool'
        at++
        break
      case 0x03: // object
      case 0x04: // array
        problem = open(bytes, view, at, last, type === 0x04)
        if (problem !== undefined) return problem
        last = lasts[level]!
        isArray = type === 0x04
        set = nameSets[level]!
        at += 4
        break
      case 0x05: {
        // binData
        if (at + 5 > last) return 'length'
        const length = view.getInt32(at, true)
        if (length < 0 || at + 5 + length > last) return 'length'
        if (bytes[at + 4] === 0x02 && (length < 4 || view.getInt32(at + 5, true) !== length - 4)) return 'oldBinary'
        at += 5 + length
        break
      }
      case 0x0b: // regex: two cstrings
        for (let text = 0; text < 2; text++) {
          const from = at
          while (bytes[at] !== 0) at++
          if (at >= last) return 'length'
          if (!isUtf8(bytes, view, from, at)) return 'text'
          at++
        }
        break
      case 0x0f: {
        // javascriptWithScope: the scope must end where the whole does
        if (at + 14 > last) return 'length'
        const whole = at + view.getInt32(at, true)
        const length = view.getInt32(at + 4, true)
        const scope = at + 8 + length
        if (length < 1 || whole > last || scope + 5 > whole) return 'length'
        if (bytes[scope - 1] !== 0) return 'terminator'
        if (!isUtf8(bytes, view, at + 8, scope - 1)) return 'text'
        problem = open(bytes, view, scope, last, false)
        if (problem !== undefined) return problem
        last = lasts[level]!
        if (last + 1 !== whole) return 'length'
        isArray = false
        set = nameSets[level]!
        at = scope + 4
        break
      }
      default:
        return 'type'
    }
  }
}

/** Goes one level down, into the document or array at `at` that must end by `limit`. */
function open(bytes: Uint8Array, view: DataView, at: number, limit: number, isArray: boolean): Problem | undefined {
  if (at + 5 > limit) return 'length'
  const length = view.getInt32(at, true)
  if (length < 5 || at + length > limit) return 'length'
  if (bytes[at + length - 1] !== 0) return 'terminator'
  if (level === MAX_NESTING) return 'depth'
  level++
  lasts[level] = at + length - 1
  arrays[level] = isArray ? 1 : 0
  names[level] = 0
  nameSets[level] ??= new NameSet()
  nameSets[level]!.clear()
  return undefined
}

/** The path to the element that the inspection stopped at. */
function pathText(bytes: Uint8Array, end: number): string {
  let path = ''
  for (let depth = 0; depth <= level; depth++) {
    const from = names[depth]!
    if (from === 0) break
    let to = from
    while (to < end && bytes[to] !== 0) to++
    const name = textDecoder.decode(bytes.subarray(from, to))
    if (arrays[depth] === 1) path += `[${name}]`
    else path += `${path === '' ? '' : '.'}${escapeName(name)}`
  }
  return path
}
