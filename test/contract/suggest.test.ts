import { Decimal128, type Document, Double, Int32, Long, ObjectId } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseContract } from '../../src/contract/load.js'
import { columnName, type Rule } from '../../src/model/rule.js'
import { suggestContract } from '../../src/suggest/suggest-contract.js'
import { validateRun } from '../../src/validate/validate-run.js'
import { columnLists, documentLists } from '../bson/shred-arbitraries.js'
import { linesOf, NO_REAL_PAPERS, realCommentFiles, realPaperFiles } from '../integration/papers-input.js'
import { column, tickingClock } from '../validate/validate-rows.js'
import { holdTo, inFolder, runOf, suggestFor, withEngine } from './suggest-run.js'

/** More of them where there is time: `LAKEFERRY_TEST_RUNS=500`. */
const RUNS = Number(process.env['LAKEFERRY_TEST_RUNS'] ?? 20)

const rulesAt = (rules: readonly Rule[], column: string): string[] =>
  rules
    .filter(
      rule =>
        ('column' in rule ? columnName(rule.column) : 'columns' in rule ? rule.columns.map(columnName).join() : '') ===
        column,
    )
    .map(
      ({ id, ...rule }) =>
        `${rule.kind}${'bound' in rule ? ` ${rule.bound}` : ''}${'pattern' in rule ? ` ${rule.pattern}` : ''}${'values' in rule ? ` ${rule.values.join('|')}` : ''}`,
    )

/** Papers of a made-up kind, a few hundred of them. */
function papers(count = 200): Document[] {
  return Array.from({ length: count }, (_, n) => ({
    _id: new ObjectId(n.toString(16).padStart(24, '0')),
    id: `paper-${String(n).padStart(5, '0')}`,
    serial: new Int32(n),
    size: new Int32((n * 7919) % 1_000_003),
    code: new Int32([200, 404, 500][n % 3]!),
    score: new Double(n % 2 === 0 ? n / 10 : 3.5),
    status: n % 40 === 0 ? 'Oral' : n % 2 === 0 ? 'Poster' : 'Reject',
    text: `What paper ${n} says is long enough that nobody would list it ${'.'.repeat(n % 50)}`,
    mail: n % 4 === 0 ? '' : `a${n}@example.org`,
    created: new Date(Date.UTC(2024, 0, 1) + n * 3_600_000),
    open: n % 2 === 0,
    author: new ObjectId(),
    tags: ['a', 'b', 'c'].slice(0, 1 + (n % 3)),
    reviews: Array.from({ length: n % 4 }, (_, at) => ({
      rating: new Int32(1 + at),
      by: `R${at}`,
      ...(at > 1 ? { late: true } : {}),
    })),
    venue: { city: n % 2 === 0 ? 'Vienna' : 'Kigali', ...(n % 5 === 0 ? {} : { room: new Int32(n) }) },
    price: Decimal128.fromString('1.50'),
    mixed: n % 2 === 0 ? 'text' : new Int32(n),
    mostly: n % 50 === 0 ? new Int32(1) : `text ${n}`,
    counter: Long.fromBigInt(2n ** 60n + BigInt(n)),
    ratio: new Double(n === 7 ? Number.NaN : n / 4),
    rare: n < 2 ? 'b' : 'a',
    nearly: `key ${n === 199 ? 0 : n}`,
    ...(n % 10 === 0 ? {} : { sometimes: n % 3 === 0 ? null : 'x' }),
  }))
}

describe('the contract suggested from a run', () => {
  it('has the types, rules and keys that the documents show', async () => {
    const documents = papers()
    const { contract, suggestion } = await suggestFor(documents)
    const of = (column: string): string[] => rulesAt(contract.rules, column)
    expect(of('id')).toEqual(['type', 'required', 'pattern [a-z0-9]+(?:-[a-z0-9]+)*', 'maxLength 30', 'unique'])
    expect(suggestion.key).toEqual(['id'])
    expect(of('serial')).toEqual(['type', 'required', 'minimum 0', 'maximum 400', 'unique'])
    // Two hundred of a million would be different by chance, too.
    expect(of('size')).toEqual(['type', 'required', 'minimum 0', 'maximum 2000000'])
    expect(of('code')).toEqual(['type', 'required', 'enum 200|404|500'])
    expect(of('score')).toEqual(['type', 'required', 'minimum 0', 'maximum 40'])
    expect(of('status')).toEqual(['type', 'required', 'enum Oral|Poster|Reject'])
    expect(of('text')).toEqual(['type', 'required', 'minLength 1', 'maxLength 300', 'unique'])
    expect(of('mail')).toEqual([
      'type',
      'required',
      'pattern (?:[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+\\.[^@ \\t\\r\\n.]+)?',
      'maxLength 40',
    ])
    expect(of('created')).toEqual([
      'type',
      'required',
      'minimum 2023-01-01T00:00:00.000Z',
      'maximum 2100-01-01T00:00:00.000Z',
    ])
    expect(of('open')).toEqual(['type', 'required'])
    expect(of('author')).toEqual(['type', 'required', 'unique'])
    expect(of('tags')).toEqual(['type', 'required', 'minItems 1', 'maxItems 6', 'uniqueItems'])
    expect(of('tags[]')).toEqual(['required', 'enum a|b|c'])
    expect(of('reviews')).toEqual(['type', 'required', 'maxItems 6'])
    expect(of('reviews[].rating')).toEqual(['required', 'minimum 0', 'maximum 5'])
    expect(of('reviews[].by')).toEqual(['required', 'enum R0|R1|R2'])
    expect(of('reviews[].late')).toEqual([])
    expect(of('venue.city')).toEqual(['required', 'enum Kigali|Vienna'])
    expect(of('venue.room')).toEqual(['minimum 0', 'maximum 400', 'unique'])
    expect(of('mixed')).toEqual(['required'])
    expect(of('sometimes')).toEqual(['type', 'enum x'])
    expect(of('counter')).toEqual(['type', 'required', 'unique'])
    expect(of('ratio')).toEqual(['type', 'required'])
    expect(of('rare')).toEqual(['type', 'required', 'minLength 1', 'maxLength 2'])
    expect(of('')).toEqual(['rowCount'])
    expect(contract.rules.filter(({ severity }) => severity === 'info').map(({ id }) => id)).toEqual(['mostly.type'])
    expect(Object.fromEntries(contract.columns.map(({ name, type }) => [name, type.kind]))).toMatchObject({
      ...{ price: 'json', mixed: 'json', mostly: 'string', venue: 'struct', reviews: 'list', author: 'objectId' },
    })
    expect((await holdTo(contract, documents)).status).toBe('pass')
  })

  it('has the type of nearly all values where a few are texts: of digits, or in place of a list', async () => {
    const documents = Array.from({ length: 200 }, (_, n) => ({
      _id: new ObjectId(n.toString(16).padStart(24, '0')),
      year: n < 3 ? '2020' : new Int32(2000 + (n % 20)),
      open: n < 3 ? 'true' : n % 2 === 0,
      share: n < 3 ? '0.5' : new Double(n / 3),
      authors: n < 3 ? 'Ann, Bo' : ['Ann', 'Bo'].slice(0, 1 + (n % 2)),
    }))
    const { contract } = await suggestFor(documents)
    expect(Object.fromEntries(contract.columns.map(({ name, type }) => [name, type.kind]))).toEqual({
      ...{ year: 'int64', open: 'boolean', share: 'double', authors: 'list' },
    })
    const result = await holdTo(contract, documents)
    expect(result.status).toBe('pass')
    expect(result.rules.filter(rule => rule.kind === 'type').map(rule => rule.violated)).toEqual([3, 3, 3, 3])
  })

  it('tells the evidence, and nothing of long texts', async () => {
    const { suggestion } = await suggestFor(papers())
    expect(suggestion.text).toContain('required: true # never missing or null in 200 documents')
    expect(suggestion.text).toContain('- metric: invalidValues # 3 values, the rarest 5 times')
    expect(suggestion.text).toContain('logicalType: string # string 196, int 4 in 200 documents')
    expect(suggestion.text).toContain('type: {severity: info} # 4 values of another type: told, and not failed')
    expect(suggestion.text).toContain('# NaN or infinite values: no range')
    expect(suggestion.text).toContain('# 2 different values, the rarest twice')
    expect(suggestion.text).toContain('# nearly unique: 199 different values in 200')
    expect(suggestion.text).not.toMatch(/example\.org|nobody would list|text 1/)
  })

  it('holds for the very run with the columns that it has', async () => {
    await inFolder(async folder => {
      const run = await runOf(folder, papers())
      const { suggestion, result } = await withEngine(run, async engine => {
        const suggestion = await suggestContract(
          { lake: run.lake, engine },
          { manifest: run.manifest, keepColumns: true },
        )
        const contract = parseContract(suggestion.text, 'f')
        const services = { lake: run.lake, engine, clock: tickingClock() }
        return {
          suggestion,
          result: (await validateRun(services, { manifest: run.manifest, contract, tool: 't' })).result,
        }
      })
      expect([suggestion.changed, result.status]).toEqual([[], 'pass'])
      expect(result.rules.length).toBeGreaterThan(30)
    })
  })

  it('is the same whatever columns the run has: what they do not hold is found beside them', async () => {
    const documents = papers()
    const sorted = (rules: readonly Rule[]): Rule[] => rules.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const { contract } = await suggestFor(documents)
    const { contract: other } = await suggestFor(documents, {
      columns: [
        column('id', 'string'),
        column('status', 'int32'),
        column('venue', { kind: 'struct', fields: [column('city', 'string')] }),
      ],
    })
    expect(sorted(other.rules)).toEqual(sorted(contract.rules))
  })

  it('keeps as JSON what a column of the type would not hold', async () => {
    const documents = Array.from({ length: 40 }, (_, n) => ({
      x: n % 2 === 0 ? new Double(n + 0.5) : Long.fromBigInt(2n ** 60n + BigInt(n)),
    }))
    const { contract, suggestion } = await suggestFor(documents, { columns: [column('x', 'double')] })
    expect([contract.columns, suggestion.changed]).toEqual([[column('x', 'json')], ['x json']])
    expect((await holdTo(contract, documents)).status).toBe('pass')
  })

  it('of no documents at all is refused', async () => {
    await expect(suggestFor([])).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('0 documents'),
    })
  })
})

describe('for generated collections', () => {
  const few = fc.constantFrom('red', 'green', "it's", 'null', '12', 'a: b', '# no comment', 'ünï\u2028', '')
  const values: readonly fc.Arbitrary<unknown>[] = [
    ...[few, fc.string({ unit: 'binary', maxLength: 8 }), fc.uuid(), fc.emailAddress(), fc.webUrl()],
    ...[fc.integer(), fc.integer({ min: 1, max: 4 })].map(each => each.map(value => new Int32(value))),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(value => Long.fromBigInt(value)),
    ...[fc.double(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1, max: 1 })].map(each =>
      each.map(value => new Double(value)),
    ),
    fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15) }),
    fc.date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2026-01-01') }),
    fc.boolean(),
    fc.uint8Array({ minLength: 12, maxLength: 12 }).map(bytes => new ObjectId(bytes)),
    fc.constant(Decimal128.fromString('1E+3')),
    fc.constant(null),
  ]
  const leaf = fc.constantFrom(...values)
  const deep = fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: leaf.map(each => fc.array(each, { maxLength: 3 })) },
    {
      weight: 1,
      arbitrary: fc.tuple(leaf, leaf).map(([a, b]) => fc.record({ a, 'b~c/d': b }, { requiredKeys: ['a'] })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(leaf, leaf)
        .map(([a, b]) => fc.array(fc.record({ a, b }, { requiredKeys: [] }), { maxLength: 2 })),
    },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map(each => fc.oneof(...each)) },
  )
  /** A collection has one kind of value a field, more or less, and there are enough documents for rules to be made. */
  const collections: fc.Arbitrary<Document[]> = fc
    .tuple(fc.record({ a: deep, B: deep, 'c d': deep, 'e.f': deep, 'g\'"': deep }), fc.integer({ min: 20, max: 45 }))
    .chain(([fields, size]) =>
      fc.array(fc.record(fields, { requiredKeys: ['a', 'B'] }), { minLength: size, maxLength: size }),
    )
    .map(documents => documents.map((document, at) => ({ _id: new Int32(at), ...document })))

  it('it is read, and the next export of the same documents passes', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(collections, async documents => {
        const { contract } = await suggestFor(documents)
        const result = await holdTo(contract, documents)
        expect(result.rules.filter(({ status, severity }) => status === 'fail' && severity !== 'info')).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('with the columns of any schema, the run itself passes', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        columnLists
          .map(columns => columns.filter(({ name }) => !name.includes('.')))
          .filter(columns => columns.length > 0)
          .chain(columns => fc.tuple(fc.constant(columns), documentLists(columns))),
        async ([columns, documents]) => {
          const { contract } = await suggestFor(documents, { columns, keepColumns: true })
          expect(contract.columns).toEqual(columns)
          expect((await holdTo(contract, documents)).status).toBe('pass')
        },
      ),
      { numRuns: RUNS },
    )
  })
})

describe.skipIf(!realPaperFiles())(`the real data (${NO_REAL_PAPERS})`, () => {
  it.each([
    ['papers', realPaperFiles, 'status'],
    ['comments', realCommentFiles, 'kind'],
  ] as const)('%s pass what is suggested from them', async (_, files, listed) => {
    const documents = linesOf(files() ?? [])
    const { contract, suggestion } = await suggestFor(documents)
    expect(contract.keyColumns).toEqual([['id']])
    expect(contract.rules.map(({ id }) => id)).toEqual(
      expect.arrayContaining([`${listed}.enum`, 'id.pattern', 'id.unique']),
    )
    expect(suggestion.text.split('\n').every(line => line.length < 400)).toBe(true)
    expect((await holdTo(contract, documents)).status).toBe('pass')
  })
})
