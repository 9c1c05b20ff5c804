import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CensusTaker } from '../../src/bson/census-taker.js'
import { HotCensus } from '../../src/bson/hot-census.js'
import { MAX_CENSUS_BYTES, MAX_CENSUS_PATHS } from '../../src/model/census.js'
import { anyBytes, everything } from '../hot/support/any-bytes.js'
import { type Block, blockOf, newHotMemory, place } from '../hot/support/hot-memory.js'
import * as hand from './support/hand-made.js'

/** One for all tests here, so that every census but the first begins where another one was. */
const hot = newHotMemory()

/** Both censuses of the same blocks, held to each other all the way. */
class BothCensuses {
  readonly #taker = new CensusTaker()
  #inLinearMemory = new HotCensus(hot)
  answers = { sound: 0, refused: 0, undone: 0 }

  /** @param isUndone - by number of the document: whether to take it back at once, as for another check that refuses it */
  add(block: Block, isUndone: (index: number) => boolean = () => false, behind = 0xff): void {
    const placed = place(hot, block, behind)
    for (const [index, start] of block.starts.entries()) {
      const end = block.starts[index + 1] ?? block.bytes.length
      // One by its place, which a damaged length may not agree with, and one by the length, as whoever reads blocks does.
      for (const last of index % 2 === 0 ? [end] : [start + block.view.getInt32(start, true)]) {
        const isSound = this.#taker.add(block.bytes, block.view, start, last)
        const answer = this.#inLinearMemory.add(placed.bytes, placed.view, start, last)
        expect(answer, Buffer.from(block.bytes.subarray(start, end)).toString('hex')).toBe(isSound)
        this.answers[isSound ? 'sound' : 'refused']++
        if (!isSound || !isUndone(index)) continue
        this.#taker.undo(block.bytes, block.view, start, last)
        this.#inLinearMemory.undo(placed.bytes, placed.view, start, last)
        this.answers.undone++
      }
    }
  }

  compare(): void {
    const [census, wanted] = [this.#inLinearMemory.census(), this.#taker.census()]
    expect(census).toEqual(wanted)
    // The order of the paths, too.
    expect(JSON.stringify(census)).toBe(JSON.stringify(wanted))
  }
}

describe('a census in linear memory', () => {
  const blocks = fc.array(fc.array(fc.tuple(anyBytes, fc.nat(4)), { maxLength: 12 }), { maxLength: 4 })

  it('answers as the other one does, and is equal to it, whatever comes and is taken back', () => {
    const total = { sound: 0, refused: 0, undone: 0 }
    fc.assert(
      fc.property(blocks, fc.constantFrom(0, 1, 0x61, 0xff), (drawn, behind) => {
        const both = new BothCensuses()
        for (const documents of drawn) {
          both.add(blockOf(documents.map(([bytes]) => bytes)), index => documents[index]![1] === 0, behind)
          both.compare()
        }
        for (const key of ['sound', 'refused', 'undone'] as const) total[key] += both.answers[key]
      }),
      { numRuns: 400 },
    )
    expect(Math.min(total.sound, total.refused, total.undone)).toBeGreaterThan(300)
  })

  it('answers the same for a document of every type with any one byte changed, between its likes and at the end', () => {
    const both = new BothCensuses()
    for (const byte of [0x00, 0x01, 0x05, 0x7f, 0x80, 0xff]) {
      const damaged = Array.from(everything, (_, at) => {
        const copy = everything.slice()
        if (at >= 4) copy[at] = byte
        return copy
      })
      for (let from = 0; from < damaged.length; from += 50) both.add(blockOf(damaged.slice(from, from + 50)))
      for (const document of damaged) both.add(blockOf([document]), undefined, byte)
    }
    both.compare()
  })

  it('answers the same for a document of every type with any one length changed', () => {
    const both = new BothCensuses()
    const small = Array.from({ length: 64 }, (_, n) => n)
    for (const length of [...small, -1, 2 ** 31 - 1, -(2 ** 31), 0x7fff_0000]) {
      for (let at = 4; at + 4 <= everything.length; at++) {
        const copy = everything.slice()
        new DataView(copy.buffer).setInt32(at, length, true)
        both.add(blockOf([copy]))
      }
    }
    both.compare()
  })

  it('answers the same for a document of every type that is cut off anywhere, with what is behind it looking alike', () => {
    const both = new BothCensuses()
    for (let length = 5; length < everything.length; length++) {
      const copy = everything.slice(0, length)
      new DataView(copy.buffer).setInt32(0, length, true)
      for (const isClosed of [false, true]) {
        if (isClosed) copy[length - 1] = 0
        both.add(blockOf([copy]), undefined, everything[length])
        both.add(blockOf([copy, everything]))
      }
    }
    both.compare()
  })

  it('refuses a document whose own length runs out of its block, whatever was there before', () => {
    const both = new BothCensuses()
    const long = Uint8Array.from(hand.document(hand.element(0x02, 'a', hand.string('x'.repeat(100)))))
    both.add(blockOf([everything, long]))
    for (let length = 5; length < long.length; length++) {
      const block = blockOf([everything, long])
      // The last block is still in the memory: with it the document would be whole.
      const bytes = block.bytes.slice(0, everything.length + length)
      both.add({ bytes, view: new DataView(bytes.buffer), starts: block.starts })
    }
    for (const length of [2 ** 31 - 1, 0x7f00_0000, -1, 0, 4]) {
      const copy = everything.slice()
      new DataView(copy.buffer).setInt32(0, length, true)
      both.add(blockOf([everything, copy]))
    }
    both.compare()
  })

  it('goes by nothing that it took back: not in documents, arrays or arrays of arrays', () => {
    const nothing = hand.element(0x0a, 'a')
    const inner = [
      hand.document(nothing),
      hand.document(nothing, hand.element(0x0a, 'b')),
      hand.document(hand.element(0x0a, 'b'), nothing),
      hand.document(hand.element(0x10, 'long name of a field', hand.int32(1)), nothing),
    ]
    const wraps: ((value: hand.Bytes) => hand.Bytes)[] = [
      value => hand.document(hand.element(0x03, 'x', value)),
      value => hand.document(hand.element(0x04, 'x', hand.document(hand.element(0x03, '0', value)))),
      value =>
        hand.document(
          hand.element(
            0x04,
            'x',
            hand.document(hand.element(0x04, '0', hand.document(hand.element(0x03, '0', value)))),
          ),
        ),
    ]
    const documents = wraps.flatMap(wrap => inner.map(value => Uint8Array.from(wrap(value))))
    const taken = fc.array(fc.tuple(fc.nat(documents.length - 1), fc.boolean()), { maxLength: 12 })
    fc.assert(
      fc.property(taken, drawn => {
        const both = new BothCensuses()
        both.add(blockOf(drawn.map(([which]) => documents[which]!)), index => drawn[index]![1])
        both.compare()
      }),
      { numRuns: 300 },
    )
  })

  it('refuses nesting at the same depth, of documents, arrays and scopes', () => {
    const both = new BothCensuses()
    const wraps: ((value: hand.Bytes) => hand.Bytes)[] = [
      value => hand.document(hand.element(0x03, 'a', value)),
      value => hand.document(hand.element(0x04, 'a', value)),
      value => hand.document(hand.element(0x0f, 'a', hand.codeWithScope('', value))),
    ]
    for (const wrap of wraps) {
      for (const depth of [1, 248, 249, 250, 251, 252]) {
        let value = hand.document(hand.element(0x10, 'z', hand.int32(1)))
        for (let level = 0; level < depth; level++) value = wrap(value)
        both.add(blockOf([Uint8Array.from(value), everything]))
      }
    }
    expect(both.answers.sound).toBeGreaterThan(18 + 3)
    expect(both.answers.refused).toBeGreaterThan(0)
    both.compare()
  })
})

describe('a census in linear memory that is full', () => {
  const field = (name: string): hand.Bytes => hand.element(0x0a, name)
  const paths = (count: number, prefix = 'u'): Uint8Array =>
    Uint8Array.from(hand.document(...Array.from({ length: count }, (_, n) => field(prefix + n))))
  const few = fc.array(fc.tuple(anyBytes, fc.nat(3)), { minLength: 1, maxLength: 12 })

  it('goes on as the other one does: by the number of paths', () => {
    const wide = Array.from({ length: 4 }, (_, n) => paths(MAX_CENSUS_PATHS - n * 7))
    fc.assert(
      fc.property(few, fc.nat(3), (drawn, room) => {
        const both = new BothCensuses()
        both.add(blockOf([wide[room]!]))
        both.add(blockOf(drawn.map(([bytes]) => bytes)), index => drawn[index]![1] === 0)
        both.add(blockOf([paths(20), paths(20, 'v'), paths(900, 'w'), paths(20)]), index => index === 1)
        both.compare()
      }),
      { numRuns: 25 },
    )
  })

  it('goes on as the other one does: by the bytes of the paths', () => {
    fc.assert(
      fc.property(few, fc.constantFrom(2, 3, 10, 30, 60, 100), (drawn, room) => {
        const both = new BothCensuses()
        const name = Buffer.alloc(MAX_CENSUS_BYTES - room, 'n').toString()
        both.add(blockOf([Uint8Array.from(hand.document(field('x')))]), () => true)
        both.add(blockOf([oneField(name)]))
        both.add(blockOf(drawn.map(([bytes]) => bytes)), index => drawn[index]![1] === 0)
        both.add(blockOf([paths(8), paths(8, 'v'), paths(8)]))
        both.compare()
      }),
      { numRuns: 15 },
    )
  })

  /** One field with a long name: by hand, since a megabyte of arguments is too much. */
  function oneField(name: string, value?: hand.Bytes): Uint8Array {
    const bytes = new Uint8Array(name.length + 7 + (value?.length ?? 0))
    new DataView(bytes.buffer).setInt32(0, bytes.length, true)
    bytes[4] = value ? 0x03 : 0x0a
    bytes.set(Buffer.from(name), 5)
    bytes.set(value ?? [], name.length + 6)
    return bytes
  }

  it('is not truncated by what is refused or taken back', () => {
    const both = new BothCensuses()
    both.add(blockOf([paths(MAX_CENSUS_PATHS)]))
    const twice = Uint8Array.from(hand.document(field('new'), field('new')))
    both.add(blockOf([twice]))
    both.compare()
    both.add(blockOf([paths(9, 'v')]), () => true)
    both.compare()
    expect(new Set(Object.values(both.answers))).toEqual(new Set([2, 1]))
    both.add(blockOf([paths(9, 'v'), twice]))
    both.compare()
  })

  it('has paths of paths in its bytes', () => {
    const inner = hand.document(field('a'), hand.element(0x04, 'b', hand.document(field('0'))), field('c'))
    for (let room = 0; room < 60; room += 3) {
      const both = new BothCensuses()
      const name = 'n'.repeat(Math.floor((MAX_CENSUS_BYTES - room) / 5))
      const document = oneField(name, inner)
      both.add(blockOf([document, paths(3), paths(2, 'v'), document]), index => index === 1)
      both.compare()
    }
  })

  it('finds names without a path that are there twice, in a small table and in a large one', () => {
    const both = new BothCensuses()
    both.add(blockOf([paths(MAX_CENSUS_PATHS)]))
    const many = Array.from({ length: 20_000 }, (_, n) => field(`many${n}`))
    const nested = hand.element(0x03, 'many', hand.document(...many.slice(0, 100)))
    const cases = [
      many,
      [...many, many[0]!],
      [...many, many[19_999]!],
      [...many.slice(0, 70), many[69]!],
      many.slice(0, 70),
      [nested, ...many.slice(0, 40)],
      [nested, nested],
      [nested, hand.element(0x03, 'other', hand.document(many[1]!, many[2]!, many[1]!))],
      [hand.element(0x04, 'list', hand.document(nested, nested, many[3]!, many[3]!))],
    ]
    for (const elements of cases) both.add(blockOf([Uint8Array.from(hand.document(...elements)), everything]))
    // Of more than a megabyte: its tables are dropped, and made again.
    const large = oneField('x'.repeat(1024 * 1024))
    both.add(blockOf([large, paths(40, 'w'), large]), index => index === 0)
    both.compare()
  })
})
