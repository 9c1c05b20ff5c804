import {
  addChild,
  childOf,
  COUNTS,
  ELEMENT,
  FIRST,
  forgetGuesses,
  forgetNames,
  freeNodes,
  newNode,
  NEXT,
  PATH_SIZE,
  removeNode,
  STAMP,
} from './census-node'
import { isAt, SIZE } from './field-name'
import { fingerprintId } from './id-fingerprint'
import { addName, clearNameSet, freeNameSet, newNameSet } from './name-set'
import { soundCstringEnd, soundDocumentEnd, soundTextEnd } from './sound-end'
import { isUtf8 } from './utf8'

/**
 * Check and census in one walk: the same as `CensusTaker` in src/bson/census-taker.ts, which says why it is as it is, and
 * which a property test holds this one to.
 */
const MAX_NESTING: i32 = 250
/** Bytes of BSON: tables of its names are as large as it is. */
const LARGE_DOCUMENT: i32 = 1024 * 1024

const nameSets: usize = heap.alloc(4 * (MAX_NESTING + 1))
memory.fill(nameSets, 0, 4 * (MAX_NESTING + 1))

let root: usize = newNode(0)
let multiplier: u32 = 1
let mostPaths: i32 = 0
let mostPathBytes: i32 = 0

let documents: i32 = 0
let paths: i32 = 0
let pathBytes: i32 = 0
let truncated: bool = false
let wasTruncated: bool = false
/** What one more of a type counts: 1, or -1 where the count of a refused document is taken back. */
let one: i32 = 1
/** Counts containers of fields, of one census, as no two of its nodes may have the same by chance. */
let stamp: u32 = 0
/** Paths that are new with the last document, in their order. */
let added: usize = heap.alloc(4 * 64)
let addedRoom: i32 = 64
let addedCount: i32 = 0

/** Whether the fingerprint of each sound document's `_id` is kept. */
let watchesIds: bool = false

export function watchIds(): void {
  watchesIds = true
}

/** Begins a new census. @param hashMultiplier - odd, and not to be guessed */
export function beginCensus(hashMultiplier: u32, maxPaths: i32, maxPathBytes: i32): void {
  multiplier = hashMultiplier
  mostPaths = maxPaths
  mostPathBytes = maxPathBytes
  freeNodes(root)
  forgetNames()
  root = newNode(0)
  documents = 0
  paths = 0
  pathBytes = 0
  truncated = false
  addedCount = 0
  stamp = 0
}

export function censusRoot(): usize {
  return root
}

export function censusDocuments(): i32 {
  return documents
}

export function isCensusTruncated(): bool {
  return truncated
}

/** Checks and counts the document in `[start, end)`. Whether it is sound; if not, nothing of it is counted. */
export function countDocument(start: i32, end: i32): bool {
  if (end - start < 5 || load<i32>(start) != end - start || load<u8>(end - 1) != 0) return false
  wasTruncated = truncated
  addedCount = 0
  documents++
  const isSound = countMembers(root, start + 4, end - 1, 0)
  if (end - start >= LARGE_DOCUMENT) dropNameSets()
  if (isSound) {
    if (watchesIds) fingerprintId(start)
    return true
  }
  uncountDocument(start, end)
  return false
}

/** Takes the last document back, as if it had never been counted. */
export function uncountDocument(start: i32, end: i32): void {
  // The same walk again: it ends where it ended, and everything on the way that can have a path has one.
  one = -1
  countMembers(root, start + 4, end - 1, 0)
  one = 1
  documents--
  removeAdded()
  truncated = wasTruncated
}

/** The fields from `first` up to `last`, which is a NUL. Without a `parent` they are checked only. */
function countMembers(parent: usize, first: i32, last: i32, depth: i32): bool {
  const mine = ++stamp
  let unknown: usize = 0
  let previous: usize = 0
  let guess: usize = parent == 0 ? 0 : load<u32>(parent, FIRST)
  let at = first
  while (at < last) {
    const type = <i32>load<u8>(at)
    const name = at + 1
    let node = guess
    if (node == 0 || !isAt(node, name, last)) {
      // Most often a field that the last document had is left out.
      if (node != 0) node = load<u32>(node, NEXT)
      if (node == 0 || !isAt(node, name, last)) {
        let hash: u32 = 0
        let nul = name
        for (let byte = <u32>load<u8>(nul); byte != 0; byte = load<u8>(++nul)) hash = hash * multiplier + byte
        if (nul >= last) return false
        node = parent == 0 ? 0 : childOf(parent, name, last, hash)
        if (node == 0) {
          if (!isUtf8(name, nul)) return false
          if (parent == 0 || !hasRoom(parent, nul - name)) {
            if (unknown == 0) unknown = nameSetOf(depth)
            if (!addName(unknown, name, hash)) return false
            at = countValue(0, type, nul + 1, last, depth)
            if (at < 0) return false
            continue
          }
          node = addChild(parent, name, nul - name + 1, hash)
          add(parent, node, nul - name)
        }
      }
      if (previous != 0) store<u32>(previous, <u32>node, NEXT)
      else if (parent != 0) store<u32>(parent, <u32>node, FIRST)
    }
    if (load<u32>(node, STAMP) == mine) return false
    store<u32>(node, mine, STAMP)
    count(node, type)
    at = countValue(node, type, name + load<i32>(node, SIZE), last, depth)
    if (at < 0) return false
    previous = node
    guess = load<u32>(node, NEXT)
  }
  return at == last
}

/** Names in arrays are positions, which no format writes, so they may be any bytes. */
function countElements(array: usize, first: i32, last: i32, depth: i32): bool {
  if (first == last) return true
  if (array != 0 && load<u32>(array, ELEMENT) == 0 && hasRoom(array, 0)) {
    const element = newNode(array)
    store<u32>(array, <u32>element, ELEMENT)
    add(array, element, 0)
  }
  const node: usize = array == 0 ? 0 : load<u32>(array, ELEMENT)
  let at = first
  while (at < last) {
    const type = <i32>load<u8>(at++)
    while (load<u8>(at) != 0) at++
    if (at >= last) return false
    if (node != 0) count(node, type)
    at = countValue(node, type, at + 1, last, depth)
    if (at < 0) return false
  }
  return at == last
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function count(node: usize, type: i32): void {
  const slot = node + 4 * (type == 0xff ? 0 : type & 31)
  store<i32>(slot, load<i32>(slot, COUNTS) + one, COUNTS)
}

/** Where the value at `at` ends, which may be beyond `last` when its length is one of its type; or -1 for what no value is. */
function countValue(node: usize, type: i32, at: i32, last: i32, depth: i32): i32 {
  switch (type) {
    case 0x02: // string
    case 0x0d: // javascript
    case 0x0e: // symbol
      return soundTextEnd(at, last)
    case 0x10: // int
      return at + 4
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // long
      return at + 8
    case 0x07: // objectId
      return at + 12
    case 0x13: // decimal
      return at + 16
    case 0x06: // undefined
    case 0x0a: // null
    case 0x7f: // maxKey
    case 0xff: // minKey
      return at
    case 0x08: // bool
      return load<u8>(at) > 1 ? -1 : at + 1
    case 0x03: // object
    case 0x04: {
      // array
      const end = soundDocumentEnd(at, last)
      if (end < 0 || depth == MAX_NESTING) return -1
      const isSound =
        type == 0x03
          ? countMembers(node, at + 4, end - 1, depth + 1)
          : countElements(node, at + 4, end - 1, depth + 1)
      return isSound ? end : -1
    }
    case 0x05: {
      // binData
      if (last - at < 5) return -1
      const length = load<i32>(at)
      if (length < 0 || length > last - at - 5) return -1
      if (load<u8>(at, 4) == 0x02 && (length < 4 || load<i32>(at, 5) != length - 4)) return -1
      return at + 5 + length
    }
    case 0x0b: {
      // regex
      const options = soundCstringEnd(at, last)
      return options < 0 ? -1 : soundCstringEnd(options, last)
    }
    case 0x0c: {
      // dbPointer
      const id = soundTextEnd(at, last)
      return id < 0 ? -1 : id + 12
    }
    case 0x0f:
      return checkScope(at, last, depth)
    default:
      return -1
  }
}

/** Code with scope: the scope must end where the whole does. */
function checkScope(at: i32, last: i32, depth: i32): i32 {
  if (last - at < 14) return -1
  const length = load<i32>(at)
  if (length < 14 || length > last - at || depth == MAX_NESTING) return -1
  const whole = at + length
  const scope = soundTextEnd(at + 4, whole)
  if (scope < 0 || soundDocumentEnd(scope, whole) != whole) return -1
  return countMembers(0, scope + 4, whole - 1, depth + 1) ? whole : -1
}

function nameSetOf(depth: i32): usize {
  let set: usize = load<u32>(nameSets + 4 * depth)
  if (set == 0) {
    set = newNameSet()
    store<u32>(nameSets + 4 * depth, <u32>set)
  } else clearNameSet(set)
  return set
}

function dropNameSets(): void {
  for (let at = nameSets, end = nameSets + 4 * (MAX_NESTING + 1); at < end; at += 4) {
    if (load<u32>(at) != 0) freeNameSet(load<u32>(at))
    store<u32>(at, 0)
  }
}

function hasRoom(parent: usize, nameSize: i32): bool {
  const size = pathBytes + load<i32>(parent, PATH_SIZE) + nameSize + 2
  if (paths < mostPaths && size <= mostPathBytes) return true
  truncated = true
  return false
}

function add(parent: usize, child: usize, nameSize: i32): void {
  const size = load<i32>(parent, PATH_SIZE) + nameSize + 2
  store<i32>(child, size, PATH_SIZE)
  paths++
  pathBytes += size
  if (addedCount == addedRoom) {
    addedRoom *= 2
    added = heap.realloc(added, 4 * addedRoom)
  }
  store<u32>(added + 4 * addedCount, <u32>child)
  addedCount++
}

function removeAdded(): void {
  if (addedCount == 0) return
  // The last first, as those of one slot, and of one parent, are chained.
  while (addedCount > 0) {
    addedCount--
    const child: usize = load<u32>(added + 4 * addedCount)
    paths--
    pathBytes -= load<i32>(child, PATH_SIZE)
    removeNode(child)
  }
  forgetGuesses(root)
}

