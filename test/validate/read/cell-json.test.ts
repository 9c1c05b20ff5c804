import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cellJson } from '../../../src/validate/read/cell-json.js'
import { cutText } from '../../../src/validate/read/cut-text.js'
import { memberText } from '../../../src/validate/read/member-text.js'
import { SameIdLines } from '../../../src/validate/read/same-id.js'

it.each([
  [null, { kind: 'string' }, 'null'],
  ['a"\n', { kind: 'string' }, '"a\\"\\n"'],
  [-5, { kind: 'int32' }, '-5'],
  [9223372036854775807n, { kind: 'int64' }, '9223372036854775807'],
  [1, { kind: 'double' }, '1.0'],
  [-0, { kind: 'double' }, '-0.0'],
  [0.1, { kind: 'double' }, '0.1'],
  [1e21, { kind: 'double' }, '1e+21'],
  [123456789012345680000, { kind: 'double' }, '123456789012345680000.0'],
  [Number.NaN, { kind: 'double' }, '"NaN"'],
  [Number.NEGATIVE_INFINITY, { kind: 'double' }, '"-Infinity"'],
  ['1.10', { kind: 'decimal', precision: 5, scale: 2 }, '"1.10"'],
  [true, { kind: 'boolean' }, 'true'],
  [1704448800000000n, { kind: 'timestamp' }, '"2024-01-05T10:00:00.000Z"'],
  [-62198755200000000n, { kind: 'timestamp' }, '"-000001-01-01T00:00:00.000Z"'],
  [8640000000000001000n, { kind: 'timestamp' }, '{"$date":{"$numberLong":"8640000000000001"}}'],
  ['{"a":1.0}', { kind: 'json' }, '{"a":1.0}'],
  [[1, null], { kind: 'list', element: { kind: 'double' } }, '[1.0,null]'],
  [
    { b: 1n, a: null },
    {
      kind: 'struct',
      fields: [
        { name: 'b', type: { kind: 'int64' } },
        { name: 'a', type: { kind: 'string' } },
      ],
    },
    '{"b":1}',
  ],
] as const)('%s as %o is %s', (cell, type, text) => {
  expect(cellJson(cell as never, type)).toBe(text)
})

it('takes one member out of an object as it is written there', () => {
  const object = '{"a":1.0,"b\\"":{"a":[1,{"b":"}\\\\"}]},"n":null,"t":"x,\\"y\\":}","":9007199254740993}'
  expect(['a', 'b"', 'n', 't', '', 'b', 'x'].map(name => memberText(object, name))).toEqual([
    '1.0',
    '{"a":[1,{"b":"}\\\\"}]}',
    'null',
    '"x,\\"y\\":}"',
    '9007199254740993',
    undefined,
    undefined,
  ])
  expect(memberText('{}', 'a')).toBeUndefined()
  expect(memberText('{"\\u0061":1}', 'a')).toBe('1')
})

it('finds every member of any object', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), object => {
      const text = JSON.stringify(object)
      for (const [name, value] of Object.entries(object)) expect(memberText(text, name)).toBe(JSON.stringify(value))
    }),
  )
})

it('cuts by code points and only when it is longer', () => {
  expect(cutText('😀😀😀', 3)).toBe('😀😀😀')
  expect(cutText('😀😀😀', 2)).toBe('😀😀…')
  expect(cutText('aé😀b', 3)).toBe('aé😀…')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(20), (text, most) => {
      const points = [...text]
      expect(cutText(text, most)).toBe(points.length > most ? `${points.slice(0, most).join('')}…` : text)
    }),
  )
})

it('orders the lines of documents whose ids have one text, whatever order they came in', () => {
  const rows = [
    ['a', '1'],
    ['b', 'z'],
    ['b', '😀'],
    ['b', 'é'],
    ['c', '1'],
  ]
  const lines = (list: string[][], size: number): string[] => {
    const same = new SameIdLines(([id, text]) => [`${id} ${text}`, `${id} more`])
    const pages = Array.from({ length: Math.ceil(list.length / size) }, (_, page) =>
      list.slice(page * size, (page + 1) * size),
    )
    return [...pages.flatMap(page => [...same.push(page)]), ...same.end()]
  }
  const wanted = ['a 1', 'a more', 'b z', 'b more', 'b é', 'b more', 'b 😀', 'b more', 'c 1', 'c more']
  const [a, b1, b2, b3, c] = rows as [string[], string[], string[], string[], string[]]
  for (const order of [
    [a, b1, b2, b3, c],
    [a, b3, b2, b1, c],
    [a, b2, b3, b1, c],
  ])
    for (const size of [1, 2, 5]) expect(lines(order, size)).toEqual(wanted)
})
