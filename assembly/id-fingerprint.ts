import { cstringEnd, valueEnd } from './walk'

/**
 * Fingerprints of the `_id`s of documents: the same as `IdFingerprints` in src/bson/id-fingerprints.ts, which says what they
 * are, and which a property test holds this one to.
 */

/** `_id` and its NUL. */
const ID_NAME: u32 = 0x0064695f
const SIZE: i32 = 8

let room: i32 = 32 * 1024
let kept: usize = heap.alloc(<usize>(SIZE * room))
let count: i32 = 0

/** Keeps that of the document, which is sound. Nothing where it has no `_id`. */
export function fingerprintId(start: i32): void {
  let element = start + 4
  let type: i32 = load<u8>(element)
  while (type != 0 && (load<u32>(element + 1) != ID_NAME)) {
    element = valueEnd(type, cstringEnd(element + 1))
    type = load<u8>(element)
  }
  if (type == 0) return
  const at = element + 5
  keep(at, valueEnd(type, at), type)
}

export function fingerprints(): i32 {
  return count
}

export function fingerprintsAt(): usize {
  return kept
}

export function clearFingerprints(): void {
  count = 0
}

function keep(at: i32, end: i32, type: i32): void {
  if (count == room) {
    room *= 2
    kept = heap.realloc(kept, <usize>(SIZE * room))
  }
  const size = end - at
  let one: u32 = type
  let other: u32 = size ^ 0x5bd1e995
  let place = at
  for (; place + 4 <= end; place += 4) {
    const word = load<u32>(place)
    one = round(one, word, 0xcc9e2d51, 0x1b873593)
    other = round(other, word, 0x239b961b, 0xab0e9789)
  }
  if (place < end) {
    let word: u32 = 0
    for (let last = end - 1; last >= place; last--) word = (word << 8) | load<u8>(last)
    one = round(one, word, 0xcc9e2d51, 0x1b873593)
    other = round(other, word, 0x239b961b, 0xab0e9789)
  }
  one = mixed(one ^ size)
  other = mixed(other + one)
  store<u32>(kept + SIZE * count, one + other)
  store<u32>(kept + SIZE * count + 4, other)
  count++
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function round(hash: u32, word: u32, first: u32, second: u32): u32 {
  return rotl<u32>(hash ^ (rotl<u32>(word * first, 15) * second), 13) * 5 + 0xe6546b64
}

function mixed(hash: u32): u32 {
  let h = hash ^ (hash >>> 16)
  h *= 0x85ebca6b
  h ^= h >>> 13
  h *= 0xc2b2ae35
  return h ^ (h >>> 16)
}
