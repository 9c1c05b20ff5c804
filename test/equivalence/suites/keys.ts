import { EACH, type Rule } from '../../../src/model/rule.js'
import { column, rule } from '../../validate/validate-rows.js'
import type { Nasty } from './nasty.js'

const foreign = (columns: readonly string[], to: readonly string[], dataset = 'people'): Rule =>
  rule({ kind: 'foreignKey', columns: columns.map(name => [name]), dataset, to: to.map(name => [name]) })

/** The run that the keys point into. */
export const PEOPLE: Omit<Nasty, 'rules'> = {
  what: 'people',
  columns: [
    column('name', 'string'),
    column('big', 'int64'),
    column('share', 'double'),
    column('price', { kind: 'decimal', precision: 12, scale: 4 }),
    column('born', 'timestamp'),
  ],
  parts: [
    [
      { _id: 'a', name: 'Ada', big: 1, share: '-0.0', price: '1.5000', born: '1969-12-31T23:59:59.999Z' },
      { _id: 'b', name: 'Bo', big: '9007199254740993', share: 'NaN', price: '1.5001' },
      { _id: 'c', name: '', big: 2, price: '0.1000' },
    ],
    [{ _id: 'd', name: 'Ada', big: 1, share: 1 }, { _id: 'e' }],
  ],
}

const present = (name: string) => ({ test: { kind: 'present', column: [name] } }) as const
const sql = (text: string) => ({ duckdb: text, spark: text })

export const KEYS: Nasty = {
  what: 'keys, and rules about the whole run',
  columns: [
    column('who', 'string'),
    column('n', 'int32'),
    column('share', 'double'),
    column('price', { kind: 'decimal', precision: 10, scale: 2 }),
    column('at', 'timestamp'),
    column('boss', 'string'),
    column('tags', { kind: 'list', element: { kind: 'string' } }),
  ],
  keys: [['who'], ['price']],
  rules: [
    foreign(['who'], ['name']),
    foreign(['n'], ['big']),
    foreign(['share'], ['share']),
    foreign(['price'], ['price']),
    foreign(['at'], ['born']),
    foreign(['who', 'n'], ['name', 'big']),
    foreign(['boss'], ['_id'], 'papers'),
    { ...foreign(['who'], ['name']), where: { not: present('boss') } },
    rule({ kind: 'unique', columns: [['who'], ['n']] }),
    rule({ kind: 'unique', columns: [['who']], where: present('n') }),
    rule({ kind: 'rowCount', min: 1, max: 3 }),
    rule({ kind: 'rowCount', min: 1, max: 3, where: present('n') }),
    rule({ kind: 'rowCountChange', maxIncrease: 0.1 }),
    rule({ kind: 'freshness', column: ['at'], seconds: 60 }),
    rule({
      kind: 'sql',
      sql: sql('SELECT count(*) FROM data WHERE n > 1;'),
      bounds: [{ operator: 'above', value: 100 }],
    }),
    rule({
      kind: 'sql',
      sql: sql('SELECT max(share) FROM data -- the largest'),
      bounds: [{ operator: 'atMost', value: 1 }],
    }),
    rule({ kind: 'sql', sql: sql('SELECT sum(price) FROM data'), bounds: [{ operator: 'between', from: 0, to: 1 }] }),
    rule({ kind: 'sql', sql: sql('SELECT n FROM data WHERE n = 12345'), bounds: [{ operator: 'atLeast', value: 0 }] }),
    rule({ kind: 'condition', columns: [['n']], sql: sql('data.n > 0 AND who <> boss') }),
    rule({ kind: 'anyOf', columns: [['boss'], ['tags']] }),
    rule({ kind: 'notEmpty', column: ['tags', EACH] }),
  ].map((one, index) => ({ ...one, id: `r${index}` })),
  parts: [
    [
      { _id: 'p1', who: 'Ada', n: 1, share: '0', price: '1.50', at: '1969-12-31T23:59:59.999Z', boss: 'p2', tags: [] },
      { _id: 'p2', who: 'Ada', n: 1, share: 'NaN', price: '1.51', at: '1970-01-01T00:00:00Z', boss: 'nobody' },
      { _id: 'p3', who: '', n: 2, share: 1, price: '0.10', tags: ['', null] },
      { _id: 'p4', who: 'bo', n: -1, share: '-0.0', boss: 'p4' },
    ],
    [{ _id: 'p5' }, { _id: 'p6', _misfit: '{"who":1,"n":null,"boss":["p1"]}' }, { _id: 'p6', n: 3 }],
  ],
}

/** Rules of which nothing is violated, and data of which there is nothing. */
export const EMPTY: readonly Nasty[] = [
  { what: 'no rules', columns: KEYS.columns, rules: [], parts: KEYS.parts },
  { what: 'no documents', columns: KEYS.columns, rules: KEYS.rules, parts: [[]] },
  { what: 'no parts', columns: KEYS.columns, rules: KEYS.rules, parts: [] },
  {
    what: 'no columns',
    columns: [],
    rules: [rule({ kind: 'unique', columns: [['_id']] })],
    parts: [[{ _id: 'a' }], [{ _id: 'a' }]],
  },
]
