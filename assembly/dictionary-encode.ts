import { add, Dictionary, OVERREAD, SLOT } from './dictionary'
import { BYTES, ENTRIES, NULLS } from './leaf'

const MAX_BYTES: usize = 512 * 1024
const SAMPLE: i32 = 512
const SAMPLE_ENTRIES: i32 = 470
const LEAST_REPEATS: i32 = 2
const MAX_PROBES: i32 = 256

/**
 * Entries that this page's values were found to have, by a hash that takes no loop: the start of an entry and, in the
 * lower half, its number plus 1. Most values of one dictionary are short and of differing lengths, so that loops over
 * their bytes would end where no processor foresees it, which costs more than all else.
 */
let cache: usize = 0
const CACHE_BITS: u64 = 15
const CACHE_BYTES: usize = 2 << (<usize>CACHE_BITS)

/** A load from 32 - n has as many ones, in bytes, as there are left of n bytes; from 48 - n it is those beyond 16. */
const masks: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0,
])

/**
 * Finds or makes the entry of each value in the leaf. False when this page, and every later one of the chunk, is better
 * off without; the dictionary is then as it was before.
 *
 * @param indices - receives the number of each value's entry in two bytes; has room for them
 */
export function encode(dictionary: Dictionary, leaf: usize, indices: usize): bool {
  const count = load<i32>(leaf, ENTRIES) - load<i32>(leaf, NULLS)
  const before = dictionary.entries
  if (encodeAll(dictionary, load<usize>(leaf, BYTES), count, indices)) {
    if ((dictionary.entries - before) * LEAST_REPEATS <= count) return true
  }
  dictionary.entries = before
  dictionary.length = load<u32>(dictionary.starts + ((<usize>before) << 2))
  dictionary.closed = true
  return false
}

function encodeAll(dictionary: Dictionary, values: usize, count: i32, indices: usize): bool {
  let at = values
  let done = 0
  if (cache === 0) cache = heap.alloc(CACHE_BYTES)
  memory.fill(cache, 0, CACHE_BYTES)
  if (dictionary.entries === 0) {
    done = min(count, SAMPLE + 1)
    at = encodeSome(dictionary, at, done, indices)
    if (at === 0) return false
    if (count > SAMPLE) {
      if (dictionary.entries > SAMPLE_ENTRIES) return false
      dictionary.limit = MAX_BYTES
    }
  }
  return encodeSome(dictionary, at, count - done, indices + ((<usize>done) << 1)) !== 0
}

/** Returns where the values after these begin, or 0 when one can have no entry. */
function encodeSome(dictionary: Dictionary, values: usize, count: i32, indices: usize): usize {
  const end = indices + ((<usize>count) << 1)
  if (dictionary.width === 4) return encodeFixed<u32>(dictionary, values, indices, end)
  if (dictionary.width === 8) return encodeFixed<u64>(dictionary, values, indices, end)
  return encodeBytes(dictionary, values, indices, end)
}

function encodeFixed<T>(dictionary: Dictionary, values: usize, indices: usize, end: usize): usize {
  let at = values
  let bytes = dictionary.bytes
  for (let out = indices; out < end; out += 2) {
    const value = <u64>load<T>(at)
    const hash = (value ^ (value >>> 32)) * 0x9e3779b97f4a7c15
    const place = cache + ((<usize>(hash >>> (64 - CACHE_BITS))) << 1)
    const found = <usize>load<u16>(place)
    if (found !== 0 && <u64>load<T>(bytes + (found - 1) * sizeof<T>()) === value) {
      store<u16>(out, found - 1)
    } else {
      const index = find(dictionary, at, sizeof<T>())
      if (index < 0) return 0
      bytes = dictionary.bytes
      store<u16>(place, index + 1)
      store<u16>(out, index)
    }
    at += sizeof<T>()
  }
  return at
}

function encodeBytes(dictionary: Dictionary, values: usize, indices: usize, end: usize): usize {
  const width = dictionary.width
  const lastSafe = ((<usize>memory.size()) << 16) - OVERREAD
  let at = values
  let bytes = dictionary.bytes
  for (let out = indices; out < end; out += 2) {
    const size = width === 0 ? <usize>load<u32>(at) + 4 : width
    let place = cache
    if (size > 32) {
      place += placeOf(v128.xor(v128.load(at), v128.load(at + (size >>> 1) - 8)), v128.load(at + size - 16))
      const found = <i32>load<u16>(place)
      if (found !== 0 && areEqual(bytes + startOf(dictionary, found - 1), at, size)) {
        store<u16>(out, found - 1)
        at += size
        continue
      }
    } else if (at <= lastSafe) {
      const lowMask = v128.load(masks + 32 - size)
      const highMask = v128.load(masks + 48 - size)
      const low = v128.and(v128.load(at), lowMask)
      const high = v128.and(v128.load(at, 16), highMask)
      place += placeOf(low, high)
      const found = <i32>load<u16>(place)
      const entry = bytes + startOf(dictionary, max(found - 1, 0))
      const lowDiffers = v128.xor(v128.and(v128.load(entry), lowMask), low)
      const highDiffers = v128.xor(v128.and(v128.load(entry, 16), highMask), high)
      if (found !== 0 && !v128.any_true(v128.or(lowDiffers, highDiffers))) {
        store<u16>(out, found - 1)
        at += size
        continue
      }
    }
    const index = find(dictionary, at, size)
    if (index < 0) return 0
    bytes = dictionary.bytes
    store<u16>(place, index + 1)
    store<u16>(out, index)
    at += size
  }
  return at
}

// @ts-ignore: decorator
@inline
function startOf(dictionary: Dictionary, index: i32): usize {
  return load<u32>(dictionary.starts + ((<usize>index) << 2))
}

/** Offset in the cache. */
// @ts-ignore: decorator
@inline
function placeOf(low: v128, high: v128): usize {
  let hash = i64x2.extract_lane(low, 0) * 0x9e3779b97f4a7c15
  hash ^= i64x2.extract_lane(low, 1) * 0x2545f4914f6cdd1d
  hash ^= i64x2.extract_lane(high, 0) * 0x6a09e667f3bcc909
  hash ^= i64x2.extract_lane(high, 1) * 0x510e527fade682d1
  // Bytes at the upper end of a word make only the upper bits of a product.
  hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15
  return (<usize>(<u64>hash >>> (64 - CACHE_BITS))) << 1
}

/** The number of the value's entry, made if need be; -1 when that can't be. */
function find(dictionary: Dictionary, at: usize, size: usize): i32 {
  const slots = dictionary.slots
  const mask = dictionary.mask
  const hash = hashOf(at, size)
  let slot = hash & mask
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const found = load<u64>(slots + <usize>slot * SLOT)
    if (found === 0) {
      const index = dictionary.entries
      return add(dictionary, at, size, hash, slot) ? index : -1
    }
    if (<u32>(found >>> 32) === hash) {
      const index = <i32>found - 1
      if (areEqual(dictionary.bytes + startOf(dictionary, index), at, size)) return index
    }
    slot = (slot + 1) & mask
  }
  return -1
}

/** A value has four bytes or more. */
// @ts-ignore: decorator
@inline
function hashOf(start: usize, size: usize): u32 {
  const last = start + size - 4
  let hash = load<u32>(last)
  for (let at = start; at < last; at += 4) hash = (hash ^ (hash >>> 15) ^ load<u32>(at)) * 0x9e3779b1
  hash = (hash ^ (hash >>> 15)) * 0x85ebca6b
  return hash ^ (hash >>> 13)
}

/**
 * Word by word; the last may overlap the one before it. Both are of one size, or else the first four bytes tell them
 * apart, which are the length.
 */
// @ts-ignore: decorator
@inline
function areEqual(own: usize, other: usize, size: usize): bool {
  if (load<u32>(own) !== load<u32>(other)) return false
  if (size >= 16) {
    const last = size - 16
    for (let at: usize = 0; at < last; at += 16) {
      if (v128.any_true(v128.xor(v128.load(own + at), v128.load(other + at)))) return false
    }
    return !v128.any_true(v128.xor(v128.load(own + last), v128.load(other + last)))
  }
  if (size >= 8) {
    return ((load<u64>(own) ^ load<u64>(other)) | (load<u64>(own + size - 8) ^ load<u64>(other + size - 8))) === 0
  }
  return load<u32>(own + size - 4) === load<u32>(other + size - 4)
}
