import fc from 'fast-check'
import { expect, it } from 'vitest'
import { viewOf } from '../../src/bson/walk.js'
import { Dictionary } from '../../src/parquet/dictionary.js'
import { PHYSICAL } from '../../src/parquet/format-codes.js'
import { LeafBuffer } from '../../src/parquet/leaf-buffer.js'
import { PageScratch } from '../../src/parquet/page-scratch.js'
import type { LeafSchema } from '../../src/parquet/schema.js'
import { pageBounds } from '../../src/parquet/statistics.js'
import { newHotMemory } from '../hot/support/hot-memory.js'

// Pages made in linear memory are, byte for byte, those that are made in JavaScript.

const memory = newHotMemory()
const hot = memory.exports

const LEAF_SIZE = 64

/** Calls `use` with the leaf's contents copied to where nothing is aligned, and just large enough. */
function withCopy<R>(leaf: LeafBuffer, use: (pointer: number) => R): R {
  const { schema, entries, nulls, length } = leaf
  const hasDefinitions = nulls > 0 || schema.repetition > 0
  const parts = [
    leaf.bytes.subarray(0, length),
    hasDefinitions ? leaf.definitions.subarray(0, entries) : new Uint8Array(),
    leaf.repetitions.subarray(0, schema.repetition > 0 ? entries : 0),
  ]
  const allocated = parts.map(part => hot.allocate(part.length + 3))
  const [bytes, definitions, repetitions] = allocated.map((pointer, index) => {
    memory.slice(pointer + 3, parts[index]!.length).set(parts[index]!)
    return pointer + 3
  })
  const struct = hot.allocate(LEAF_SIZE)
  const words = [bytes!, length, length, entries, nulls, definitions!, entries, repetitions!, entries]
  words.push(schema.definition, schema.repetition, PHYSICAL[schema.physical], 0, 0, 0, 0)
  new Int32Array(memory.slice(struct, LEAF_SIZE).buffer, struct, LEAF_SIZE / 4).set(words)
  const result = use(struct)
  for (const pointer of [...allocated, struct]) hot.release(pointer)
  return result
}

const copyOf = (at: number, length: number) => Buffer.from(memory.slice(at, length))

function wasmBounds(leaf: LeafBuffer, pointer: number) {
  const found = hot.makeBounds(pointer)
  if (found !== 1) return found === 2 ? 'NaN' : undefined
  const view = viewOf(memory.slice(hot.boundsAt(), 16))
  const read = {
    boolean: (at: number) => view.getInt32(at, true),
    int32: (at: number) => view.getInt32(at, true),
    int64: (at: number) => view.getBigInt64(at, true),
    double: (at: number) => unsigned(view.getFloat64(at, true)),
  }[leaf.schema.physical as 'boolean']
  return { min: read(0), max: read(8) }
}

/** A bound of zero gets the sign that covers both, whichever was found. */
const unsigned = <T extends number | bigint>(bound: T): T => (bound === 0 ? (0 as T) : bound)

function scriptBounds(leaf: LeafBuffer) {
  const count = leaf.entries - leaf.nulls
  const found = count === 0 ? undefined : pageBounds(leaf, count)
  return found === undefined || found === 'NaN' ? found : { min: unsigned(found.min), max: unsigned(found.max) }
}

/** Both ways to make the pages of one leaf, chunk after chunk. */
class Both {
  readonly #width: number | undefined
  readonly #dictionary: Dictionary | undefined
  readonly #wasmDictionary: number
  readonly #scratch = new PageScratch()

  /** @param width - of the dictionary; undefined for none */
  constructor(width: number | undefined) {
    this.#width = width
    this.#dictionary = width === undefined ? undefined : new Dictionary(width)
    this.#wasmDictionary = width === undefined ? 0 : hot.newDictionary(width)
  }

  clear(): void {
    this.#dictionary?.clear()
    if (this.#width !== undefined) hot.clearDictionary(this.#wasmDictionary)
  }

  /** Expects equal pages and empties the leaf. Says whether they hold indices. */
  compare(leaf: LeafBuffer): boolean {
    const indices = this.#scratch.indices(leaf.entries - leaf.nulls)
    const isIndexed = this.#dictionary?.encode(leaf, indices) ?? false
    const page = isIndexed
      ? this.#scratch.indexPage(leaf, indices, this.#dictionary!.entries)
      : this.#scratch.plainPage(leaf)
    withCopy(leaf, pointer => {
      const length = hot.makePage(pointer, this.#wasmDictionary)
      expect(hot.pageIsIndexed()).toBe(isIndexed ? 1 : 0)
      expect(length).toBe(page.length)
      expect(Buffer.compare(copyOf(hot.pageAt(), length), page)).toBe(0)
      expect(wasmBounds(leaf, pointer)).toEqual(scriptBounds(leaf))
      hot.releasePage()
    })
    this.#scratch.release()
    leaf.clear()
    const dictionary = this.#dictionary
    if (dictionary) {
      const of = this.#wasmDictionary
      expect(hot.dictionaryEntries(of)).toBe(dictionary.entries)
      const entries = copyOf(hot.dictionaryBytes(of), hot.dictionaryLength(of))
      expect(Buffer.compare(entries, dictionary.plain)).toBe(0)
    }
    return isIndexed
  }
}

type Shape = Pick<LeafSchema, 'physical' | 'typeLength'> & { readonly width: number | undefined }

const SHAPES: readonly Shape[] = [
  { physical: 'boolean', typeLength: 0, width: undefined },
  { physical: 'int32', typeLength: 0, width: 4 },
  { physical: 'int64', typeLength: 0, width: 8 },
  { physical: 'double', typeLength: 0, width: 8 },
  { physical: 'byteArray', typeLength: 0, width: 0 },
  { physical: 'fixedLengthByteArray', typeLength: 16, width: 16 },
]

const leafOf = ({ physical, typeLength }: Shape, definition = 1, repetition = 0) =>
  new LeafBuffer({ path: ['c'], physical, typeLength, definition, repetition })

/** Adds the value that goes by this number. */
function add(leaf: LeafBuffer, repetition: number, number: number, size: number): void {
  const mixed = Math.imul(number + 1, 0x9e3779b1)
  const { physical } = leaf.schema
  if (physical === 'boolean') leaf.boolean(repetition, (number & 1) === 1)
  else if (physical === 'int32') leaf.int32(repetition, mixed)
  else if (physical === 'int64') leaf.words(repetition, mixed, number % 3 === 0 ? 0 : mixed >> 5)
  else if (physical === 'double') leaf.double(repetition, [0, -0, Number.NEGATIVE_INFINITY][number] ?? mixed / 7)
  else if (physical === 'fixedLengthByteArray') leaf.decimal(repetition, BigInt(mixed) << BigInt(number % 70))
  else {
    // Of lengths from nothing on, and often alike in all but the last bytes.
    const bytes = Buffer.alloc(number % 2 === 0 ? number % (size + 1) : size, 'entry ')
    if (bytes.length >= 4) bytes.writeInt32LE(mixed, bytes.length - 4)
    leaf.byteArray(repetition, bytes, new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length)
  }
}

/** Evenly spread numbers in [0, 1) that follow from the seed. */
function numbersOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const pageOf = fc.record({
  entries: fc.oneof(fc.nat(40), fc.nat(3000), fc.constantFrom(0, 1, 511, 512, 513, 514)),
  distinct: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2000 })),
  size: fc.oneof(fc.nat(9), fc.nat(120)),
  /** How often an entry is null, and how often it is as the one before. */
  nulls: fc.constantFrom(0, 0, 0.02, 0.3, 1),
  same: fc.constantFrom(0, 0.5, 0.97),
  isNewChunk: fc.boolean(),
  hasNaN: fc.nat(30).map(number => number === 0),
})

it.each(SHAPES)('pages of $physical are the same', shape => {
  const levels = fc.record({ definition: fc.integer({ min: 1, max: 255 }), repetition: fc.constantFrom(0, 0, 1, 2, 5) })
  fc.assert(
    fc.property(levels, fc.array(pageOf, { maxLength: 5 }), fc.integer(), ({ definition, repetition }, pages, seed) => {
      const random = numbersOf(seed)
      const upTo = (max: number) => Math.floor(random() * (max + 1))
      const leaf = leafOf(shape, definition, repetition)
      const both = new Both(shape.width)
      for (const { entries, distinct, size, nulls, same, isNewChunk, hasNaN } of pages) {
        if (isNewChunk) both.clear()
        let repeated = 0
        let isNull = false
        let number = 0
        for (let entry = 0; entry < entries; entry++) {
          if (random() >= same) {
            repeated = upTo(repetition)
            isNull = random() < nulls
            number = upTo(distinct - 1)
          }
          if (isNull) leaf.absent(upTo(definition - 1), repeated)
          else if (hasNaN && shape.physical === 'double' && entry === 3) leaf.double(repeated, Number.NaN)
          else add(leaf, repeated, number, size)
        }
        both.compare(leaf)
      }
    }),
  )
})

it.each([
  // Values of a page, of so many kinds, and whether the dictionary takes them.
  [512, 512, false],
  [513, 470, false],
  [1000, 470, true],
  [1000, 471, false],
  [70_000, 32 * 1024, true],
  [70_000, 32 * 1024 + 1, false],
])('a page of %i values of %i kinds', (count, kinds, isIndexed) => {
  const both = new Both(4)
  const leaf = leafOf(SHAPES[1]!)
  // Of many kinds, what the dictionary tries first repeats all the same.
  const ofSample = kinds > 471 && count > 513 ? 470 : kinds
  for (let value = 0; value < count; value++) leaf.int32(0, value % (value <= 512 ? ofSample : kinds))
  expect(both.compare(leaf)).toBe(isIndexed)
  for (let value = 0; value < 100; value++) leaf.int32(0, 7)
  both.compare(leaf)
  both.clear()
  for (let value = 0; value < 100; value++) leaf.int32(0, 7)
  expect(both.compare(leaf)).toBe(true)
})

it('entries that outgrow a dictionary in bytes', () => {
  const both = new Both(0)
  const leaf = leafOf(SHAPES[4]!)
  const indexed: boolean[] = []
  for (let page = 0; page < 24; page++) {
    for (let value = 0; value < 2000; value++) add(leaf, 0, 2 * (50 * page + (value % 50)) + 1, 500)
    indexed.push(both.compare(leaf))
  }
  // 50 of 504 bytes for each page, and half a megabyte for all.
  expect(indexed).toEqual(Array.from({ length: 24 }, (_, page) => page < 20))
})

it('values that were made to fall into one slot', () => {
  const values: number[] = []
  for (let value = 0; values.length < 400; value++) {
    let hash = Math.imul(value ^ (value >>> 15), 0x85ebca6b)
    hash ^= hash >>> 13
    if ((hash & 0xfff) === 0) values.push(value)
  }
  const both = new Both(4)
  const leaf = leafOf(SHAPES[1]!)
  for (const kinds of [200, 255, 256, 257, 258, 400]) {
    for (let value = 0; value < 2000; value++) leaf.int32(0, values[value % kinds]!)
    expect(both.compare(leaf)).toBe(kinds <= 256)
    both.clear()
  }
})

it('a value of 40 MB', () => {
  const both = new Both(0)
  const leaf = leafOf(SHAPES[4]!)
  for (let round = 0; round < 3; round++) {
    add(leaf, 0, 1, 40_000_000)
    expect(both.compare(leaf)).toBe(false)
    for (let value = 0; value < 1000; value++) add(leaf, 0, value % 10, 8)
    both.clear()
    expect(both.compare(leaf)).toBe(true)
  }
  expect(memory.length).toBeLessThan(256 * 1024 * 1024)
})
