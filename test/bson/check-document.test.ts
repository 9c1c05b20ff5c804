import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDocument, MAX_NESTING } from '../../src/bson/check-document.js'
import { anyDocument, bsonOf } from './support/any-document.js'
import * as hand from './support/hand-made.js'

const { document, element, int32, string } = hand

function check(bytes: hand.Bytes | Uint8Array) {
  return checkDocument(Uint8Array.from(bytes), 0, bytes.length)
}

function nested(depth: number, type = 0x03): hand.Bytes {
  let value = document()
  for (let level = 0; level < depth; level++) value = document(element(type, '0', value))
  return value
}

describe('accepts', () => {
  it('whatever the bson package writes', () => {
    fc.assert(
      fc.property(anyDocument(), drawn => {
        expect(check(bsonOf(drawn))).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  it('every type', () => expect(check(document(...hand.EVERY_TYPE))).toBeUndefined())

  it('an empty document, and one in the middle of others', () => {
    const bytes = Uint8Array.from([...document(element(0x0a, 'x')), ...document(), ...document(element(0x0a, 'x'))])
    expect(checkDocument(bytes, 8, 13)).toBeUndefined()
  })

  it('the names __proto__, empty, dotted, with $, of any script, and like each other', () => {
    const names = ['__proto__', '', 'a.b', '$set', 'constructor', 'ünï', '名前', 'a', 'A', 'aa', 'ab', 'b a']
    expect(check(document(...names.map(name => element(0x0a, name))))).toBeUndefined()
  })

  it('one name at several levels, and in several elements of an array', () => {
    const inner = document(element(0x10, 'a', int32(1)), element(0x03, 'b', document(element(0x0a, 'a'))))
    const list = document(element(0x03, '0', inner), element(0x03, '1', inner))
    expect(check(document(element(0x04, 'a', list), element(0x03, 'b', inner)))).toBeUndefined()
  })

  it('arrays with any keys: they are positions', () => {
    const array = document(...['0', '0', 'x', ''].map(key => element(0x0a, key)))
    expect(check(document(element(0x04, 'a', array)))).toBeUndefined()
  })

  it('a NUL inside a string', () => expect(check(document(element(0x02, 'a', string('x\0y'))))).toBeUndefined())

  it('nesting up to the bound, in documents and in arrays', () => {
    for (const type of [0x03, 0x04])
      for (const depth of [180, MAX_NESTING]) expect(check(nested(depth, type))).toBeUndefined()
  })
})

describe('duplicate names', () => {
  it('are found at the top and told by name', () => {
    const reason = check(document(element(0x10, 'a', int32(1)), element(0x0a, 'b'), element(0x10, 'a', int32(2))))
    expect(reason).toMatchObject({ code: 'duplicate-field', path: 'a' })
  })

  it('are found inside arrays and code, with their path', () => {
    const twice = document(element(0x0a, 'x.y'), element(0x0a, 'x.y'))
    const array = document(element(0x0a, '0'), element(0x03, '1', twice))
    expect(check(document(element(0x03, 'd', document(element(0x04, 'l', array)))))).toMatchObject({
      code: 'duplicate-field',
      path: 'd.l[1].x\\.y',
    })
    expect(check(document(element(0x0f, 'c', hand.codeWithScope('f', twice))))).toMatchObject({ path: 'c.x\\.y' })
  })

  it('are found after an embedded document with the same names', () => {
    const inner = document(element(0x0a, 'a'), element(0x0a, 'b'))
    expect(check(document(element(0x0a, 'a'), element(0x03, 'b', inner), element(0x0a, 'a')))).toMatchObject({
      path: 'a',
    })
  })

  it('are found exactly when there are some, among many names', () => {
    const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 }), { maxLength: 300 })
    fc.assert(
      fc.property(names, drawn => {
        const reason = check(document(...drawn.map(name => element(0x0a, name))))
        const first = drawn.find((name, index) => drawn.indexOf(name) < index)
        expect(reason?.path).toBe(first)
      }),
    )
  })

  it('are looked for quickly even among 100,000 names', () => {
    const names = Array.from({ length: 100_000 }, (_, n) => `user${n}`)
    const bytes = Uint8Array.from(document(...names.map(name => element(0x0a, name)), element(0x0a, 'user99999')))
    const before = process.cpuUsage()
    expect(checkDocument(bytes, 0, bytes.length)).toMatchObject({ path: 'user99999' })
    // Not by the clock: other work on the machine is not ours.
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(5_000)
  })
})

describe('text that is no UTF-8', () => {
  const surrogate = [0xed, 0xa0, 0x80]
  const overlong = [0xc0, 0x80]

  it.each([
    ['a string', element(0x02, 'v', string(surrogate))],
    ['a symbol', element(0x0e, 'v', string(overlong))],
    ['code', element(0x0d, 'v', string([0xff]))],
    ['code with scope', element(0x0f, 'v', hand.codeWithScope(overlong, document()))],
    ['a pattern', element(0x0b, 'v', [...hand.cstring(surrogate), ...hand.cstring('')])],
    ['options of a pattern', element(0x0b, 'v', [...hand.cstring(''), ...hand.cstring([0x80])])],
    ['a namespace', element(0x0c, 'v', [...string([0xc3]), ...hand.OID])],
  ])('is refused in %s', (_, bad) => {
    expect(check(document(element(0x0a, 'a'), bad))).toMatchObject({ code: 'invalid-utf8', path: 'v' })
  })

  it('is refused in a name', () => {
    expect(check(document(element(0x0a, [0x61, ...surrogate])))).toMatchObject({ code: 'invalid-utf8' })
  })

  it('is told where it is', () => {
    const array = document(element(0x02, '0', string('ok')), element(0x02, '1', string([0xc3])))
    expect(check(document(element(0x04, 'list', array)))).toMatchObject({ path: 'list[1]' })
  })
})

describe('malformed', () => {
  it.each([
    ['no terminator', [...document(element(0x0a, 'a')).slice(0, -1), 1], ''],
    ['a length below five', [4, 0, 0, 0, 0], ''],
    ['a negative length', [0xff, 0xff, 0xff, 0xff, 0], ''],
    ['bytes after its end', [...document(), 0x61, 0], ''],
    ['an unknown type', document(element(0x14, 'a')), 'a'],
    ['type 0 before the end', document(element(0x00, 'a', [0, 0])), 'a'],
    ['a boolean of 2', document(element(0x08, 'a', [2])), 'a'],
    ['a string of length 0', document(element(0x02, 'a', [0, 0, 0, 0, 0])), 'a'],
    ['a string that runs out', document(element(0x02, 'a', [...int32(3), 0x61, 0])), 'a'],
    ['a string of 2 GB', document(element(0x02, 'a', [...int32(0x7fffffff), 0x61, 0])), 'a'],
    ['a string without its NUL', document(element(0x02, 'a', [...int32(1), 0x61])), 'a'],
    ['a binary of negative length', document(element(0x05, 'a', [...int32(-1), 0, 0])), 'a'],
    [
      'old binary with an inner length that is wrong',
      document(element(0x05, 'a', hand.binary(2, [...int32(9), 1]))),
      'a',
    ],
    ['old binary without an inner length', document(element(0x05, 'a', hand.binary(2, [1]))), 'a'],
    ['an int32 of two bytes', document(element(0x10, 'a', [1, 0])), 'a'],
    ['a name that runs out', [8, 0, 0, 0, 0x0a, 0x61, 0x62, 0], 'ab'],
    ['an array longer than its document', document(element(0x04, 'a', [200, 0, 0, 0, 0])), 'a'],
  ])('is %s', (_, bytes, path) => {
    expect(check(bytes)).toMatchObject({ code: 'malformed', path })
  })

  it('is code with scope whose lengths disagree', () => {
    const good = hand.codeWithScope('f', document(element(0x0a, 'x')))
    for (const at of [0, 4, 10]) {
      for (const by of [-1, 1]) {
        const bad = good.map((byte, index) => (index === at ? byte + by : byte))
        expect(check(document(element(0x0f, 'c', bad), element(0x0a, 'z')))).toMatchObject({ code: 'malformed' })
      }
    }
  })
})

it('refuses nesting one deeper than the bound, and a hundred thousand deeper', () => {
  expect(check(nested(MAX_NESTING + 1))).toMatchObject({
    code: 'too-deep',
    path: expect.stringMatching(/^(0\.){250}0$/),
  })
  const depth = 100_000
  const bytes = new Uint8Array(depth * 8 + 5)
  const view = new DataView(bytes.buffer)
  for (let level = 0; level <= depth; level++) {
    view.setInt32(level * 7, bytes.length - level * 8, true)
    if (level < depth) bytes.set([0x03, 0x30, 0], level * 7 + 4)
  }
  expect(checkDocument(bytes, 0, bytes.length)).toMatchObject({ code: 'too-deep' })
})
