import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/model/column.js'
import type { Rule } from '../../src/model/rule.js'
import type { MadeRow } from './made-run.js'
import { type Checked, column, contractOf, rule, validateRows } from './validate-rows.js'

async function check(
  columns: readonly Column[],
  rules: readonly Rule[],
  parts: readonly (readonly MadeRow[])[],
): Promise<Checked> {
  return validateRows(await mkdtemp(join(tmpdir(), 'lf-unique-')), contractOf(columns, rules, [['a']]), parts)
}

const a = column('a', 'string')
const b = column('b', 'int32')

describe('unique', () => {
  it('tells every member of a group, whichever part it is in, and leaves out those without a value', async () => {
    const { ids, counts, violations } = await check(
      [a],
      [rule({ kind: 'unique', columns: [['a']] })],
      [
        [{ _id: '1', a: 'x' }, { _id: '2', a: 'y' }, { _id: '3' }],
        [{ _id: '4', a: 'x' }, { _id: '5' }, { _id: '6', a: 'X' }, { _id: '7', _misfit: '{"a":1}' }],
        [
          { _id: '8', a: '' },
          { _id: '9', a: '' },
        ],
      ],
    )
    expect(ids['unique']).toEqual(['1', '4', '8', '9'])
    expect(counts['unique']).toEqual([6, 4])
    expect(violations.map(found => found.value)).toEqual(['"x"', '"x"', '""', '""'])
  })

  it('over several columns, a document with one of them missing equals no other', async () => {
    const { ids, counts, violations } = await check(
      [a, b],
      [rule({ kind: 'unique', columns: [['a'], ['b']] })],
      [
        [
          { _id: '1', a: 'x', b: 1 },
          { _id: '2', a: 'x', b: 2 },
          { _id: '3', a: 'x', b: 1 },
          { _id: '4', a: 'x' },
          { _id: '5', a: 'x' },
          { _id: '6' },
          { _id: '7' },
        ],
      ],
    )
    expect(ids['unique']).toEqual(['1', '3'])
    expect(counts['unique']).toEqual([3, 2])
    expect(violations[0]).toMatchObject({ column: 'a, b', value: '{"a":"x","b":1}' })
  })

  it('-0 equals 0 and NaN equals NaN', async () => {
    const { ids } = await check(
      [column('d', 'double'), a],
      [rule({ kind: 'unique', columns: [['d']] })],
      [
        [
          { _id: '1', d: -0 },
          { _id: '2', d: 0 },
          { _id: '3', d: Number.NaN },
          { _id: '4', d: Number.NaN },
          { _id: '5', d: 1 },
        ],
      ],
    )
    expect(ids['unique']).toEqual(['1', '2', '3', '4'])
  })

  it('counts documents that fail a row rule, a unique rule or both once', async () => {
    const rules = [
      rule({ kind: 'unique', columns: [['a']], severity: 'warning' }),
      rule({ kind: 'minLength', column: ['a'], bound: 2 }),
      rule({ kind: 'required', column: ['b'], severity: 'info' }),
    ]
    const { result } = await check([a, b], rules, [
      [
        { _id: '1', a: 'x' },
        { _id: '2', a: 'x', b: 1 },
        { _id: '3', a: 'long', b: 1 },
        { _id: '4', a: 'long', b: 1 },
        { _id: '5', a: 'other', b: 1 },
        { _id: '6', a: 'more' },
      ],
    ])
    expect(result.failingDocuments).toEqual({ error: 2, any: 5 })
    expect(result.status).toBe('fail')
    expect(result.violations.count).toBe(8)
  })
})

describe('nested fields', () => {
  const address: Column = column('address', {
    kind: 'struct',
    fields: [column('city', 'string'), column('geo', { kind: 'struct', fields: [column('lat', 'double')] })],
  })
  const rows: readonly MadeRow[] = [
    { _id: '1', address: { city: 'Rome', geo: { lat: 41.9 } } },
    { _id: '2', address: { city: null, geo: { lat: 200 } }, _extra: '{"address":{"city":null,"geo":{"lat":200}}}' },
    { _id: '3', address: { city: '', geo: null } },
    { _id: '4', address: { city: 'Rome', geo: { lat: null } } },
    { _id: '5' },
    { _id: '6', _misfit: '{"address":{"city":5}}' },
    { _id: '7', _misfit: '{"address":null}' },
  ]

  it('are looked at where the object around them is there', async () => {
    const rules = [
      rule({ kind: 'type', column: ['address'], expected: 'object' }),
      rule({ kind: 'required', id: 'address', column: ['address'] }),
      rule({ kind: 'required', id: 'city', column: ['address', 'city'] }),
      rule({ kind: 'required', id: 'lat', column: ['address', 'geo', 'lat'] }),
      rule({ kind: 'notEmpty', id: 'some city', column: ['address', 'city'] }),
      rule({ kind: 'maximum', column: ['address', 'geo', 'lat'], bound: 90, exclusive: false }),
      rule({ kind: 'unique', columns: [['address', 'city']] }),
    ]
    const { ids, counts, violations, rows: states } = await check([address, a], rules, [rows])
    expect(ids).toEqual({
      type: ['6'],
      address: ['5', '7'],
      city: ['2'],
      lat: ['4'],
      'some city': ['2', '3'],
      maximum: ['2'],
      unique: ['1', '4'],
    })
    expect(counts).toMatchObject({ city: [4, 1], lat: [3, 1], 'some city': [4, 2], maximum: [2, 1], unique: [3, 2] })
    expect(violations.find(found => found.rule === 'type')?.value).toBe('{"city":5}')
    expect(violations.find(found => found.rule === 'maximum')).toMatchObject({
      column: 'address.geo.lat',
      value: '200.0',
    })
    expect(states.map(state => state['address_status'])).toEqual([
      'unique!',
      'required!',
      'notEmpty!',
      'required!',
      'required!',
      'type!',
      'required!',
    ])
  })
})
