import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/model/column.js'
import type { Rule } from '../../src/model/rule.js'
import type { MadeRow } from './made-run.js'
import { type Checked, column, contractOf, rule, validateRows } from './validate-rows.js'

async function check(columns: readonly Column[], rules: readonly Rule[], rows: readonly MadeRow[]): Promise<Checked> {
  return validateRows(await mkdtemp(join(tmpdir(), 'lf-rules-')), contractOf(columns, rules), [rows])
}

/** A text field in every state that a document can have it in. */
const TITLES: readonly MadeRow[] = [
  { _id: '1-value', title: 'A title' },
  { _id: '2-empty', title: '' },
  { _id: '3-missing' },
  { _id: '4-null', _misfit: '{"title":null}' },
  { _id: '5-wrong', _misfit: '{"title":42}' },
  { _id: '6-wrong-text-of-null', _misfit: '{"title":["null"]}' },
  { _id: '7-other-misfit', title: 'x', _misfit: '{"other":1}' },
]

describe('what is there', () => {
  const title = column('title', 'string')

  it('type: a wrong type only, not missing or null', async () => {
    const { ids, counts, violations } = await check(
      [title],
      [rule({ kind: 'type', column: ['title'], expected: 'string' })],
      TITLES,
    )
    expect(ids['type']).toEqual(['5-wrong', '6-wrong-text-of-null'])
    expect(counts['type']).toEqual([7, 2])
    expect(violations.map(found => found.value)).toEqual(['42', '["null"]'])
  })

  it('required: missing and null, not empty or of a wrong type', async () => {
    const { ids, counts, violations } = await check([title], [rule({ kind: 'required', column: ['title'] })], TITLES)
    expect(ids['required']).toEqual(['3-missing', '4-null'])
    expect(counts['required']).toEqual([7, 2])
    expect(violations.map(found => found.value)).toEqual([null, 'null'])
  })

  it('notEmpty: everything but a value with something in it', async () => {
    const { ids, counts, violations } = await check([title], [rule({ kind: 'notEmpty', column: ['title'] })], TITLES)
    expect(ids['notEmpty']).toEqual(['2-empty', '3-missing', '4-null', '5-wrong', '6-wrong-text-of-null'])
    expect(counts['notEmpty']).toEqual([7, 5])
    expect(violations.map(found => found.value)).toEqual(['""', null, 'null', '42', '["null"]'])
  })

  it('notMissing: missing, null and the values that stand for it', async () => {
    const { ids } = await check([title], [rule({ kind: 'notMissing', column: ['title'], values: ['', 'x'] })], TITLES)
    expect(ids['notMissing']).toEqual(['2-empty', '3-missing', '4-null', '7-other-misfit'])
  })

  it('finds fields in _misfit whose names are hard to write', async () => {
    const names = ['a"b', "a'b", 'a/b', 'a~b', 'ä#_avg', 'select', '0', 'lf_v0', 'data', '$x', 'a b']
    const columns = names.map(name => column(name, 'int32'))
    const rules = names.flatMap(name => [
      rule({ kind: 'required', id: `${name} required`, column: [name] }),
      rule({ kind: 'type', id: `${name} type`, column: [name], expected: 'int32' }),
      rule({ kind: 'minimum', id: `${name} minimum`, column: [name], bound: 1, exclusive: false }),
    ])
    const { counts, violations } = await check(columns, rules, [
      { _id: 'all', ...Object.fromEntries(names.map(name => [name, 1])) },
      { _id: 'low', ...Object.fromEntries(names.map(name => [name, 0])) },
      { _id: 'wrong', _misfit: JSON.stringify(Object.fromEntries(names.map(name => [name, 'x']))) },
      { _id: 'none' },
    ])
    for (const name of names) {
      expect(counts[`${name} required`]).toEqual([4, 1])
      expect(counts[`${name} type`]).toEqual([4, 1])
      expect(counts[`${name} minimum`]).toEqual([2, 1])
    }
    expect(violations.filter(found => found._id === 'wrong').map(found => found.value)).toEqual(names.map(() => '"x"'))
  })

  it('empty lists and the JSON text of empty values are empty; an object is not', async () => {
    const columns = [
      column('l', { kind: 'list', element: { kind: 'string' } }),
      column('j', 'json'),
      column('o', { kind: 'struct', fields: [column('x', 'int32')] }),
    ]
    const rules = ['l', 'j', 'o'].map(name => rule({ kind: 'notEmpty', id: name, column: [name] }))
    const { ids } = await check(columns, rules, [
      { _id: '1', l: [], j: '""', o: { x: null } },
      { _id: '2', l: [null], j: '[]', o: { x: 1 } },
      { _id: '3', l: [''], j: '{}' },
      { _id: '4' },
    ])
    expect(ids).toEqual({ l: ['1', '4'], j: ['1', '2', '4'], o: ['3', '4'] })
  })

  it('anyOf: no column with something in it', async () => {
    const columns = [column('author', 'string'), column('authors', { kind: 'list', element: { kind: 'string' } })]
    const { counts, violations } = await check(
      columns,
      [rule({ kind: 'anyOf', columns: [['author'], ['authors']], message: 'No authors' })],
      [
        { _id: '1', author: 'A' },
        { _id: '2', authors: ['A'] },
        { _id: '3', author: '', authors: [] },
        { _id: '4', _misfit: '{"author":null,"authors":"A;B"}' },
        { _id: '5' },
      ],
    )
    expect(counts['anyOf']).toEqual([5, 3])
    expect(violations.map(({ _id, value, reason, column }) => [_id, value, reason, column])).toEqual([
      ['3', '{"author":"","authors":[]}', 'No authors', 'author, authors'],
      ['4', '{"author":null,"authors":"A;B"}', 'No authors', 'author, authors'],
      ['5', null, 'No authors', 'author, authors'],
    ])
  })
})

describe('texts', () => {
  const text = column('t', 'string')

  it('length is in code points, not in bytes or UTF-16 units', async () => {
    const rules = [
      rule({ kind: 'minLength', column: ['t'], bound: 2 }),
      rule({ kind: 'maxLength', column: ['t'], bound: 3 }),
    ]
    const { ids, counts } = await check([text], rules, [
      { _id: '0', t: '' },
      { _id: '1', t: '😀' },
      { _id: '2', t: '😀é' },
      { _id: '3', t: '😀😀😀' },
      { _id: '4', t: 'e\u0301ee' },
      { _id: '5', t: 'a\0b' },
      { _id: '6' },
    ])
    expect(ids).toEqual({ minLength: ['0', '1'], maxLength: ['4'] })
    expect(counts['minLength']).toEqual([6, 2])
  })

  it('pattern: the whole text, and a line feed at the end is part of it', async () => {
    const { ids } = await check(
      [text],
      [rule({ kind: 'pattern', column: ['t'], pattern: '^a+$' })],
      [
        { _id: '1', t: 'a' },
        { _id: '2', t: 'a\n' },
        { _id: '3', t: 'ba' },
        { _id: '4', t: 'ab' },
        { _id: '5', t: '' },
        { _id: '6', t: 'a\0' },
        { _id: '7', _misfit: '{"t":null}' },
        { _id: '8', t: 'a\na' },
      ],
    )
    expect(ids['pattern']).toEqual(['2', '3', '4', '5', '6', '8'])
  })

  it('pattern: a point is anything but a line feed', async () => {
    const { ids } = await check(
      [text],
      [rule({ kind: 'pattern', column: ['t'], pattern: 'a.c' })],
      [
        { _id: '1', t: 'a\rc' },
        { _id: '2', t: 'a\u0085c' },
        { _id: '3', t: 'a\u2028c' },
        { _id: '4', t: 'a😀c' },
        { _id: '5', t: 'a\nc' },
        { _id: '6', t: 'ac' },
      ],
    )
    expect(ids['pattern']).toEqual(['5', '6'])
  })

  it('enum: exactly one of the values, quotes and all', async () => {
    const values = ["it's", 'a"b', '', 'ß', '\\']
    const { ids, counts } = await check(
      [text],
      [rule({ kind: 'enum', column: ['t'], values })],
      [
        ...values.map((t, index) => ({ _id: `ok-${index}`, t })),
        { _id: 'x-1', t: 'SS' },
        { _id: 'x-2', t: "it's " },
        { _id: 'x-3', t: 'IT’S' },
        { _id: 'x-4' },
      ],
    )
    expect(ids['enum']).toEqual(['x-1', 'x-2', 'x-3'])
    expect(counts['enum']).toEqual([8, 3])
  })
})
