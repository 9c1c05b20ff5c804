import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../src/bson/check-document.js'
import { anyBytes, everything } from '../hot/support/any-bytes.js'
import { arrayOf, BothTexts } from '../hot/support/both-texts.js'
import { anyDocument, bsonOf } from './support/any-document.js'
import * as hand from './support/hand-made.js'

/** One for all tests here, so that every document but the first comes after another. */
const both = new BothTexts()

const CHARACTERS = [
  '"',
  '\\',
  '\n',
  '\t',
  '\r',
  '\b',
  '\f',
  '\u0001',
  '\u001f',
  '\u007f',
  'ß',
  '€',
  '😀',
  ' ',
  '!',
  '[',
]
const documentOf = (...elements: hand.Bytes[]): Uint8Array => Uint8Array.from(hand.document(...elements))

describe('JSON written in linear memory', () => {
  it('is that of JavaScript, and all but a few rare types are written', () => {
    fc.assert(
      fc.property(fc.array(anyDocument(), { maxLength: 8 }), fc.constantFrom(0, 0x22, 0xff), (drawn, behind) => {
        expect(both.compare(drawn.map(bsonOf), behind)).toBe(0)
      }),
      { numRuns: 500 },
    )
    const rare = [0x0b, 0x0c, 0x0d, 0x0e, 0x0f]
    for (const element of hand.EVERY_TYPE) {
      const left = both.compare([documentOf(element), documentOf(element, element)])
      expect(left).toBe(rare.includes(element[0]!) ? 2 : 0)
    }
  })

  it('is that of JavaScript for whatever passes the check, of every type there is', () => {
    let compared = 0
    fc.assert(
      fc.property(fc.array(anyBytes, { maxLength: 10 }), fc.constantFrom(0, 0x5c, 0x61, 0xff), (drawn, behind) => {
        const sound = drawn.filter(bytes => checkDocument(bytes, 0, bytes.length) === undefined)
        compared += sound.length - both.compare(sound, behind)
      }),
      { numRuns: 400 },
    )
    expect(compared).toBeGreaterThan(300)
    expect(both.compare([everything])).toBe(1)
  })

  it('has strings and names of every length, with every escape at every place, whatever is behind them', () => {
    for (const character of CHARACTERS) {
      const texts = [...pieces(50).map(before => before + character)]
      for (const before of pieces(36)) for (const after of pieces(20)) texts.push(before + character + after)
      for (const behind of [0, 0x22, 0x78]) {
        expect(both.compare([arrayOf(0x02, texts.map(hand.string))], behind)).toBe(0)
        // The last ones, where there is nothing behind but what was put there.
        for (const length of [1, 2, 14, 15, 16, 17, 31, 32, 33, 50]) {
          const text = 'x'.repeat(length - 1) + character
          expect(both.compare([documentOf(hand.element(0x02, '', hand.string(text)))], behind)).toBe(0)
          expect(both.compare([documentOf(hand.element(0x0a, text))], behind)).toBe(0)
        }
      }
      const names = texts.map((text, n) =>
        documentOf(hand.element(n % 2 ? 0x0a : 0x10, text, n % 2 ? [] : [1, 2, 3, 4])),
      )
      expect(both.compare(names)).toBe(0)
    }
  })

  it('has strings that are nothing but escapes, NULs among them, and mixtures', () => {
    for (const character of [...CHARACTERS, '\0']) {
      expect(
        both.compare(pieces(70, character).map(text => documentOf(hand.element(0x02, 'a', hand.string(text))))),
      ).toBe(0)
    }
    const text = fc.array(fc.constantFrom(...CHARACTERS, '\0', 'a', 'bcdefghijkl', 'x'.repeat(16)), { maxLength: 60 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), drawn => {
        expect(
          both.compare([
            arrayOf(
              0x02,
              drawn.map(characters => hand.string(characters.join(''))),
            ),
          ]),
        ).toBe(0)
      }),
    )
  })

  it('has names that come and go, empty, like numbers and with escapes', () => {
    const name = fc.oneof(
      fc.constantFrom('', '0', '10', '__proto__', 'a.b', '$set', 'a"b', 'tab\t', '\u0001', 'ünï', 'x'.repeat(15)),
      fc.string({ unit: 'binary', maxLength: 40 }).map(drawn => drawn.replaceAll('\0', '')),
    )
    const names = fc.uniqueArray(name, { maxLength: 10 })
    fc.assert(
      fc.property(fc.array(names, { maxLength: 20 }), fc.array(fc.nat(19), { maxLength: 30 }), (lists, turns) => {
        const documents = lists.map(list => documentOf(...list.map(one => hand.element(0x10, one, [7, 0, 0, 0]))))
        both.compare([...documents, ...turns.flatMap(turn => documents.slice(turn, turn + 2))])
      }),
    )
  })

  it('has what is nested, as deep as it may be', () => {
    const shapes: ((depth: number) => number)[] = [() => 0x03, () => 0x04, depth => 3 + (depth % 2)]
    const insides = [hand.document(), hand.document(hand.element(0x10, 'z', hand.int32(1)))]
    for (const typeAt of shapes) {
      for (const depth of [1, 2, 179, 180, 249, 250]) {
        for (const inside of insides) {
          let value = inside
          for (let level = 0; level < depth; level++) value = hand.document(hand.element(typeAt(level), 'a', value))
          const document = Uint8Array.from(value)
          expect(checkDocument(document, 0, document.length)).toBeUndefined()
          expect(both.compare([document, everything, document])).toBe(1)
        }
      }
    }
    expect(
      both.compare([documentOf(), arrayOf(0x03, [documentOf(), documentOf()]), arrayOf(0x04, [documentOf()])]),
    ).toBe(0)
  })

  it('has binary of every length and subtype', () => {
    for (const subtype of [0, 1, 3, 4, 5, 0x80]) {
      const values = pieces(50).map((text, n) =>
        hand.binary(
          subtype,
          [...Buffer.from(text)].map((_, at) => 37 * at * n),
        ),
      )
      expect(both.compare([arrayOf(0x05, values), documentOf(hand.element(0x05, 'b', values[16]!))])).toBe(0)
    }
    const old = pieces(50).map(({ length }) => hand.binary(2, [...hand.int32(length), ...Array(length).fill(0xfb)]))
    expect(both.compare([arrayOf(0x05, old)])).toBe(0)
  })
})

describe('the room that JSON is written to', () => {
  const nulls = (count: number) => arrayOf(0x0a, Array<hand.Bytes>(count).fill([]))
  const nested = (inside: hand.Bytes) => {
    let value = inside
    for (let level = 0; level < 250; level++) value = hand.document(hand.element(0x04 - (level % 2), 'a', value))
    return Uint8Array.from(value)
  }
  const cases: readonly (readonly [string, Uint8Array])[] = [
    [
      'a document of every common type',
      documentOf(...hand.EVERY_TYPE.filter(([type]) => type! < 0x0b || type! > 0x0f)),
    ],
    ['strings that grow sixfold', documentOf(hand.element(0x02, 'a', hand.string('\u0001'.repeat(300))))],
    ['a long string', documentOf(hand.element(0x02, 'a', hand.string('x'.repeat(2000))))],
    [
      'names that grow sixfold',
      documentOf(hand.element(0x0a, '\u0001'.repeat(200)), hand.element(0x0a, 'y'.repeat(200))),
    ],
    ['short elements', nulls(700)],
    ['values that are short by far', arrayOf(0x06, Array<hand.Bytes>(200).fill([]))],
    ['dates out of range', arrayOf(0x09, Array<hand.Bytes>(50).fill(hand.int64(-(2n ** 63n))))],
    ['binary', arrayOf(0x05, [hand.binary(0, Array(600).fill(1)), hand.binary(0, Array(600).fill(1))])],
    [
      'nesting, with the longest of values inside',
      nested(hand.document(hand.element(0x09, 'x'.repeat(15), hand.int64(-(2n ** 63n))))),
    ],
    ['nesting, with a string inside', nested(hand.document(hand.element(0x02, 'a', hand.string('\u0001'.repeat(20)))))],
  ]

  it.each(cases)('is kept to, however little: %s', (_, document) => {
    let enough = 0
    for (let room = 0; room < 6000; room += room < 1200 ? 1 : 3) {
      if (both.compareWithin(document, room)) enough++
      else expect(enough, 'enough once, and not with more').toBe(0)
    }
    expect(enough).toBeGreaterThan(10)
  })
})

/** `x` so many times, from none on. */
function pieces(upTo: number, character = 'x'): string[] {
  return Array.from({ length: upTo + 1 }, (_, length) => character.repeat(length))
}
