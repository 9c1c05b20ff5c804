import type { Column, ColumnType } from '../../../src/model/column.js'
import { EACH, type Rule } from '../../../src/model/rule.js'
import type { MadeRow } from '../../validate/made-run.js'
import { column, rule } from '../../validate/validate-rows.js'

/** Columns, rules and rows that belong together; every rule is violated by some of the rows, and not by all. */
export interface Nasty {
  readonly what: string
  readonly columns: readonly Column[]
  readonly rules: readonly Rule[]
  readonly parts: readonly (readonly MadeRow[])[]
  readonly keys?: readonly (readonly string[])[]
}

const list = (element: ColumnType): ColumnType => ({ kind: 'list', element })
const numbered = (rules: readonly Rule[]): readonly Rule[] => rules.map((one, index) => ({ ...one, id: `r${index}` }))
const rowsOf = (name: string, values: readonly unknown[]): readonly MadeRow[] =>
  values.map((value, index) => ({ _id: String(index).padStart(3, '0'), [name]: value }))

const NAMES = [
  "it's",
  'say "x"',
  'back`tick',
  'back\\slash',
  '$' + '{spark}',
  'a b,;{}()=',
  'select',
  '_metadata',
  'data',
  'lf_v0',
  'ſ😀',
  '~/0[*]',
  '\n\t',
  '?:x',
] as const
const VALUES = [...NAMES, '', ' ', 'null', '%', '\u2028', 'a\u0000b', '\uff5e', 'x'.repeat(300), '😀'.repeat(201)]

const names: Nasty = {
  what: 'names and texts',
  columns: NAMES.map(name => column(name, 'string')),
  keys: NAMES.slice(0, 3).map(name => [name]),
  rules: numbered(
    NAMES.flatMap((name, index) => [
      rule({ kind: 'type', column: [name], expected: 'x' }),
      rule({ kind: 'required', column: [name], message: name }),
      rule({ kind: 'enum', column: [name], values: [VALUES[index]!, VALUES[index + 1]!] }),
      rule({ kind: 'notMissing', column: [name], values: [VALUES[index]!] }),
    ]).concat(
      // A join each: two are enough.
      rule({ kind: 'unique', columns: [[NAMES[4]]], where: { test: { kind: 'present', column: [NAMES[0]] } } }),
      rule({ kind: 'unique', columns: [[NAMES[8]], [NAMES[3]]] }),
    ),
  ),
  parts: [
    VALUES.map((value, index) => ({
      _id: value,
      ...Object.fromEntries(NAMES.map((name, at) => [name, VALUES[(index + at) % VALUES.length]])),
    })),
    NAMES.flatMap((name, index) => [
      { _id: `null ${index}`, _misfit: JSON.stringify({ [name]: null }) },
      { _id: `empty ${index}`, _misfit: JSON.stringify({ [name]: [''], other: { [name]: null } }) },
      { _id: `number ${index}`, _misfit: `{${JSON.stringify(name)}:1.0}` },
      { _id: `text of null ${index}`, _misfit: JSON.stringify({ [name]: { null: 'null' } }) },
      { _id: `missing ${index}` },
      { _id: 'one id for two', [name]: 'twice' },
    ]),
    [],
  ],
}

const MAX = '9223372036854775807'
const MIN = '-9223372036854775808'
const wholes: Nasty = {
  what: 'whole numbers',
  columns: [column('x', 'int64'), column('y', 'int32')],
  keys: [['x']],
  rules: numbered([
    rule({ kind: 'minimum', column: ['x'], bound: -9007199254740991, exclusive: true }),
    rule({ kind: 'maximum', column: ['x'], bound: 9007199254740991, exclusive: false }),
    rule({ kind: 'maximum', column: ['y'], bound: 2147483646.5, exclusive: true }),
    rule({
      kind: 'minimum',
      column: ['y'],
      bound: -3e9,
      exclusive: true,
      where: { test: { kind: 'enum', column: ['y'], values: [0] } },
    }),
    rule({ kind: 'multipleOf', column: ['x'], bound: 3 }),
    rule({ kind: 'multipleOf', column: ['y'], bound: 4294967296 }),
    rule({ kind: 'enum', column: ['x'], values: [9007199254740991, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }),
    rule({ kind: 'unique', columns: [['x'], ['y']] }),
    rule({ kind: 'compare', columns: [['x'], ['y']], operator: '>' }),
  ]),
  parts: [
    [MAX, MIN, '9007199254740991', '9007199254740992', '9007199254740993', '-1', '0', '0', '3'].flatMap((x, index) =>
      [2147483647, -2147483648, 0].map((y, at) => ({ _id: `${index}${at}`, x, y })),
    ),
    [
      { _id: 'x', y: 1 },
      { _id: 'y', x: 1 },
    ],
  ],
}

const DOUBLES = [
  'NaN',
  '-Infinity',
  'Infinity',
  '-0.0',
  '0',
  '5e-324',
  '0.1',
  '0.30000000000000004',
  '1e7',
  '1.7976931348623157e308',
  '1e7',
]
const doubles: Nasty = {
  what: 'doubles',
  columns: [column('x', 'double'), column('y', 'double'), column('i', 'int32')],
  keys: [['x']],
  rules: numbered([
    rule({ kind: 'minimum', column: ['x'], bound: 0, exclusive: true }),
    rule({ kind: 'maximum', column: ['x'], bound: 0.3, exclusive: false }),
    rule({ kind: 'enum', column: ['x'], values: [0, 0.1] }),
    rule({ kind: 'enum', column: ['x'], values: Array.from({ length: 20 }, (_, n) => n / 10) }),
    rule({ kind: 'notMissing', column: ['x'], values: [0] }),
    rule({ kind: 'unique', columns: [['x']] }),
    rule({ kind: 'unique', columns: [['x'], ['y']] }),
    ...(['<', '<=', '=', '<>', '>=', '>'] as const).map(operator =>
      rule({ kind: 'compare', columns: [['x'], ['y']], operator }),
    ),
    rule({ kind: 'compare', columns: [['i'], ['x']], operator: '=' }),
  ]),
  parts: [
    [...DOUBLES, null].flatMap((x, index) =>
      DOUBLES.slice(0, 6).map((y, at) => ({ _id: `${index}-${at}`, x, y, i: at })),
    ),
  ],
}

const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale })
const decimals: Nasty = {
  what: 'decimals',
  columns: [
    column('x', decimal(38, 10)),
    column('y', decimal(10, 2)),
    column('z', decimal(38, 38)),
    column('i', 'int64'),
  ],
  keys: [['x'], ['z']],
  rules: numbered([
    rule({ kind: 'maximum', column: ['x'], bound: 1e-7, exclusive: true }),
    rule({ kind: 'minimum', column: ['y'], bound: 0.105, exclusive: false }),
    rule({ kind: 'maximum', column: ['z'], bound: 0.5, exclusive: false }),
    rule({ kind: 'multipleOf', column: ['x'], bound: 0.125 }),
    rule({ kind: 'multipleOf', column: ['y'], bound: 0.05 }),
    rule({ kind: 'multipleOf', column: ['z'], bound: 1e-30 }),
    rule({ kind: 'enum', column: ['y'], values: [0.1, 2] }),
    rule({ kind: 'unique', columns: [['y']] }),
    rule({ kind: 'compare', columns: [['y'], ['i']], operator: '<' }),
  ]),
  parts: [
    ['9999999999999999999999999999.9999999999', '0.0000001000', '0.0000000999', '0', '-0.125', null].map(
      (x, index) => ({ _id: `x${index}`, x }),
    ),
    ['0.10', '0.11', '2.00', '-99999999.99', '0.10'].map((y, index) => ({ _id: `y${index}`, y, i: index - 1 })),
    ['0.99999999999999999999999999999999999999', '0.00000000000000000000000000000000000001', '0'].map((z, index) => ({
      _id: `z${index}`,
      z,
    })),
  ],
}

const instants: Nasty = {
  what: 'instants',
  columns: [column('x', 'timestamp'), column('y', 'timestamp')],
  keys: [['x']],
  rules: numbered([
    rule({ kind: 'minimum', column: ['x'], bound: '1969-12-31T23:59:59.999Z', exclusive: false }),
    rule({ kind: 'maximum', column: ['x'], bound: '2024-01-31T00:00:00.000Z', exclusive: true }),
    rule({ kind: 'unique', columns: [['x']] }),
    rule({ kind: 'compare', columns: [['x'], ['y']], operator: '<=' }),
  ]),
  parts: [
    [
      ...['0001-01-01T00:00:00Z', '1582-10-04T00:00:00Z', '1582-10-15T00:00:00Z', '1899-12-31T23:59:59.999Z'],
      ...['1969-12-31T23:59:59.998Z', '1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z', '2024-01-31T01:00:00+02:00'],
      ...[
        '2024-01-31T00:00:00Z',
        '9999-12-31T23:59:59.999Z',
        '2024-03-31T02:30:00+01:00',
        '2024-01-31T00:00:00Z',
        null,
      ],
    ].map((x, index) => ({ _id: `${index}`, x, y: '2000-01-01T00:00:00Z' })),
  ],
}

const review: ColumnType = {
  kind: 'struct',
  fields: [
    column('q', 'string'),
    column('n', 'double'),
    column('tags', list({ kind: 'string' })),
    column('on', list(list({ kind: 'timestamp' }))),
  ],
}
const elements: Nasty = {
  what: 'elements of lists',
  columns: [
    column('x', list({ kind: 'string' })),
    column('r', list(review)),
    column('w', list(list(review))),
    column('o', { kind: 'struct', fields: [column('r', list(review)), column('d', decimal(10, 2))] }),
  ],
  rules: numbered([
    rule({ kind: 'maxItems', column: ['x'], bound: 2 }),
    rule({ kind: 'uniqueItems', column: ['x'] }),
    rule({ kind: 'notEmpty', column: ['x', EACH] }),
    rule({ kind: 'maxLength', column: ['x', EACH], bound: 3 }),
    rule({ kind: 'required', column: ['r', EACH] }),
    rule({ kind: 'required', column: ['r', EACH, 'q'] }),
    rule({ kind: 'minimum', column: ['r', EACH, 'n'], bound: 0, exclusive: false }),
    rule({ kind: 'enum', column: ['r', EACH, 'tags', EACH], values: ['', 'a'] }),
    rule({ kind: 'uniqueItems', column: ['r', EACH, 'tags'] }),
    rule({ kind: 'minItems', column: ['w', EACH], bound: 1 }),
    rule({ kind: 'pattern', column: ['w', EACH, EACH, 'q'], pattern: '[ab]*' }),
    rule({
      kind: 'maxLength',
      column: ['o', 'r', EACH, 'q'],
      bound: 1,
      where: { not: { test: { kind: 'notEmpty', column: ['x'] } } },
    }),
    rule({ kind: 'maximum', column: ['o', 'd'], bound: 1, exclusive: false }),
    rule({ kind: 'required', column: ['o', 'd'] }),
    rule({ kind: 'maxItems', column: ['r'], bound: 1 }),
  ]),
  parts: [
    [
      ...[
        null,
        [],
        [null],
        [''],
        ['a', 'a'],
        ['a', null, null],
        ['é', 'e\u0301'],
        ['long'],
        Array.from({ length: 300 }, () => 'y'.repeat(300)),
      ].map((x, index) => ({ _id: `x${index}`, x })),
      ...[
        null,
        [],
        [null],
        [{}],
        [{ q: '', n: 'NaN' }],
        [{ q: 'c', n: '-0.0', tags: ['a', 'a', null] }, null],
        [{ tags: [] }, { tags: ['b'], n: -1, on: [['2024-01-01T00:00:00Z', null], null] }],
      ].map((r, index) => ({
        _id: `r${index}`,
        r,
        w: r === null ? null : [r, null, []],
        o: r === null ? null : { r, d: index === 4 ? '1.50' : null },
      })),
    ],
  ],
}

const LONG = 100_000
const patterns: Nasty = {
  what: 'patterns',
  columns: [column('x', 'string')],
  rules: numbered(
    [
      '(?:a|b)*',
      '(?:[ab]c?)+',
      '.',
      '[^a]',
      'a{2,3}',
      '\\.|\\{',
      '\\$|\\\\',
      '[\\^\\-\\]]',
      '[😀-😂]',
      'é',
      '(?:a*)*b',
    ].map(pattern => rule({ kind: 'pattern', column: ['x'], pattern })),
  ),
  parts: [
    rowsOf('x', [
      '',
      'a',
      'aa\n',
      '\n',
      '\r',
      '\u0085',
      '\u2028',
      '😀',
      '😁',
      'é',
      'e\u0301',
      '.',
      '{',
      '$',
      '\\',
      '^',
      '-',
      ']',
      'a\u0000',
      'aaa',
      'b',
      'ab'.repeat(LONG / 2),
      `${'ab'.repeat(LONG / 2)}c`,
    ]),
  ],
}

export const NASTIES: readonly Nasty[] = [names, wholes, doubles, decimals, instants, elements, patterns]
