import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ColumnPath, Rule, Severity } from '../../src/model/rule.js'
import { partOf } from '../bson/parquet-part-bytes.js'
import { putParts } from './made-run.js'
import { type Document, evaluate, rowOf } from './reference.js'
import { type Checked, column, contractOf, rule, validateMade, validateRows } from './validate-rows.js'

const COLUMNS = [
  column('s', 'string'),
  column('i', 'int32'),
  column('d', 'double'),
  column('l', { kind: 'list', element: { kind: 'string' } }),
  column('o', { kind: 'struct', fields: [column('s', 'string'), column('i', 'int32')] }),
]

// Few different values, so that duplicates, empties and matches come up all the time.
const text = fc.constantFrom('', 'a', 'aa', 'ab', '😀', 'a\n', 'é', "'")
const whole = fc.integer({ min: -2, max: 2 })
const double = fc.constantFrom(-1, -0, 0, 0.1, 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY)
// NaN has no JSON, and JSON is what a misfit is told in.
const anything = fc.oneof(text, whole, fc.constant(null), fc.constant(true), fc.array(text, { maxLength: 2 }))
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 })
const field = (arbitrary: fc.Arbitrary<unknown>) =>
  optional(fc.oneof({ arbitrary, weight: 6 }, { arbitrary: anything, weight: 1 }))

const documents: fc.Arbitrary<readonly Document[]> = fc
  .array(
    fc.record({
      s: field(text),
      i: field(whole),
      d: field(double),
      l: field(fc.array(text, { maxLength: 3 })),
      o: field(fc.record({ s: fc.option(text), i: fc.option(whole) })),
    }),
    { maxLength: 25 },
  )
  .map(list =>
    list.map((fields, index) => ({
      _id: String(index).padStart(3, '0'),
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    })),
  )

const texts: readonly ColumnPath[] = [['s'], ['o', 's']]
const numbers: readonly ColumnPath[] = [['i'], ['d'], ['o', 'i']]
const singles: readonly ColumnPath[] = [...texts, ...numbers]
const all: readonly ColumnPath[] = [...singles, ['l'], ['o']]
const path = (paths: readonly ColumnPath[]) => fc.constantFrom(...paths)

const body = fc.oneof(
  fc.record({
    kind: fc.constant('type' as const),
    column: path(COLUMNS.map(({ name }) => [name])),
    expected: fc.constant('x'),
  }),
  fc.record({ kind: fc.constantFrom('required' as const, 'notEmpty' as const), column: path(all) }),
  fc.record({
    kind: fc.constant('notMissing' as const),
    column: path(texts),
    values: fc.uniqueArray(text, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('pattern' as const),
    column: path(texts),
    pattern: fc.constantFrom('a*', '[a-c]+', 'a.?', '(?:a|😀)', '[^a]*'),
  }),
  fc.record({
    kind: fc.constantFrom('minimum' as const, 'maximum' as const),
    column: path(numbers),
    bound: fc.constantFrom(-1, 0, 0.1, 0.5, 1),
    exclusive: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom('minLength' as const, 'maxLength' as const),
    column: path(texts),
    bound: fc.nat(2),
  }),
  fc.record({
    kind: fc.constantFrom('minItems' as const, 'maxItems' as const),
    column: fc.constant(['l']),
    bound: fc.nat(3),
  }),
  fc.record({
    kind: fc.constant('enum' as const),
    column: path(texts),
    values: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('enum' as const),
    column: path(numbers),
    values: fc.uniqueArray(whole, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('unique' as const),
    columns: fc.uniqueArray(path(singles), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('anyOf' as const),
    columns: fc.uniqueArray(path(all), { minLength: 2, maxLength: 3 }),
  }),
)
const rules: fc.Arbitrary<readonly Rule[]> = fc
  .array(fc.tuple(body, fc.constantFrom<Severity>('error', 'warning', 'info')), { minLength: 1, maxLength: 14 })
  .map(list =>
    list.map(([text, severity], index) => rule({ ...text, severity, id: `r${index}`, message: `m${index}` })),
  )

type Split = <T>(list: readonly T[]) => readonly (readonly T[])[]

async function compare(docs: readonly Document[], list: readonly Rule[], made: Promise<Checked>): Promise<void> {
  const { result, counts, ids, violations, rows: states } = await made
  const outcomes = list.map(one => ({ rule: one, ...evaluate(one, docs, COLUMNS) }))
  expect(counts).toEqual(Object.fromEntries(outcomes.map(o => [o.rule.id, [o.checked, o.violated.length]])))
  expect(ids).toEqual(Object.fromEntries(outcomes.map(o => [o.rule.id, o.violated])))
  // By _id, then in the contract's order.
  const wanted = docs.flatMap(({ _id }) =>
    outcomes.filter(o => o.violated.includes(_id)).map(o => `${_id} ${o.rule.id}`),
  )
  expect(violations.map(found => `${found._id} ${found.rule}`)).toEqual(wanted)
  const failing = (severities: readonly Severity[]) =>
    new Set(outcomes.filter(o => severities.includes(o.rule.severity)).flatMap(o => o.violated)).size
  expect(result.failingDocuments).toEqual({ error: failing(['error']), any: failing(['error', 'warning', 'info']) })

  for (const [index, { _id }] of docs.entries()) {
    for (const { name } of COLUMNS) {
      const first = outcomes.find(o => o.violated.includes(_id) && paths(o.rule).some(path => path[0] === name))
      expect(states[index]?.[`${name}_status`]).toBe(first?.rule.message ?? 'OK')
    }
  }
}

const property = (
  validate: (folder: string, docs: readonly Document[], list: readonly Rule[], split: Split) => Promise<Checked>,
) =>
  fc.asyncProperty(documents, rules, fc.integer({ min: 1, max: 3 }), async (docs, list, parts) => {
    const folder = await mkdtemp(join(tmpdir(), 'lf-reference-'))
    const split: Split = all =>
      Array.from({ length: parts }, (_, part) => all.filter((_, index) => index % parts === part))
    await compare(docs, list, validate(folder, docs, list, split))
  })

describe('every rule means on the engine what it means in a loop over the documents', () => {
  it('with rows written by the engine itself', async () => {
    const run = property((folder, docs, list, split) =>
      validateRows(folder, contractOf(COLUMNS, list), split(docs.map(document => rowOf(document, COLUMNS)))),
    )
    await fc.assert(run, { numRuns: 20 })
  }, 120_000)

  it('with BSON documents, as an export writes them', async () => {
    const run = property(async (folder, docs, list, split) => {
      const made = await putParts(folder, COLUMNS, split(docs), async (part, path) => {
        await writeFile(path, partOf(part, { columns: COLUMNS, createdBy: 'test' }))
      })
      return validateMade(folder, contractOf(COLUMNS, list), made)
    })
    await fc.assert(run, { numRuns: 20 })
  }, 120_000)
})

function paths(of: Rule): readonly ColumnPath[] {
  return 'column' in of ? [of.column] : 'columns' in of ? of.columns : []
}
