import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/model/canonical-json.js'
import type { Column } from '../../src/model/column.js'
import { EMPTY_DIGEST } from '../../src/model/digest.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { QueryRequest, Statement } from '../../src/ports/query-engine.js'
import { jobSpec } from '../../src/spark-job/job-spec.js'
import { sparkSchema } from '../../src/spark-job/spark-type.js'
import { wireText } from '../../src/spark-job/wire.js'
import { column } from '../validate/validate-rows.js'

const COLUMNS: readonly Column[] = [
  column('price', { kind: 'decimal', precision: 10, scale: 2 }),
  column('at', 'timestamp'),
  column('reviews', {
    kind: 'list',
    element: { kind: 'struct', fields: [column('it`s', 'int64'), column('of', 'objectId')] },
  }),
]

function manifest(dataset: string): Manifest {
  const part = { documents: 3, bytes: 10, sha256: 'a'.repeat(64), digest: EMPTY_DIGEST, firstId: null, lastId: null }
  return {
    version: 1,
    runId: '20260102T030405.678Z-0a1b2c',
    dataset,
    source: { server: 's', database: 'd', collection: 'c' },
    guarantee: { kind: 'majority', reason: 'a test' },
    startedAt: '2026-01-02T03:04:05.678Z',
    committedAt: '2026-01-02T03:04:06.678Z',
    documents: 3,
    digest: EMPTY_DIGEST,
    formats: ['parquet', 'bson.gz'],
    parts: [
      { ...part, format: 'parquet', key: `${dataset}/0.parquet` },
      { ...part, format: 'bson.gz', key: `${dataset}/0.bson.gz` },
    ],
    rejects: { documents: 0, keys: [] },
    census: { documents: 3, fields: {}, truncated: false },
    columns: COLUMNS,
    tool: 't',
  }
}

const request = (statements: readonly Statement[]): QueryRequest => ({
  manifest: manifest('papers'),
  columns: COLUMNS,
  references: [{ name: 'ref0', manifest: manifest('people'), columns: [] }],
  statements,
  onPage: async () => undefined,
})

describe('the spec of a job', () => {
  it('tells each relation with its Parquet parts, and nothing of time or place', () => {
    const spec = jobSpec(request([]))
    expect(spec.name).toBe('lakeferry papers 20260102T030405.678Z-0a1b2c')
    expect(spec.relations.map(({ name, parts }) => [name, parts])).toEqual([
      ['data', [{ key: 'papers/0.parquet', bytes: 10, sha256: 'a'.repeat(64), documents: 3 }]],
      ['ref0', [{ key: 'people/0.parquet', bytes: 10, sha256: 'a'.repeat(64), documents: 3 }]],
    ])
    expect(canonicalJson(jobSpec(request([])))).toBe(canonicalJson(spec))
  })

  it('asks for the text first and for its cells then, and lists what is long in files', () => {
    const order: string[] = []
    const statement = (name: string): Statement => ({
      name,
      sql: () => {
        order.push(`sql ${name}`)
        return `SELECT '${name}'`
      },
      cells: () => {
        order.push(`cells ${name}`)
        return [{ kind: 'string' }, { kind: 'int64' }]
      },
    })
    const { statements } = jobSpec(request([statement('facts'), statement('violations'), statement('rows')]))
    expect(order).toEqual(['sql facts', 'cells facts', 'sql violations', 'cells violations', 'sql rows', 'cells rows'])
    expect(statements.map(({ name, answer }) => [name, answer])).toEqual([
      ['facts', 'inline'],
      ['violations', 'files'],
      ['rows', 'files'],
    ])
    expect(statements[0]).toMatchObject({
      sql: "SELECT 'facts'",
      columns: ['c0', 'c1'],
      wire: ['c0', 'CAST(c1 AS STRING)'],
    })
  })

  it('refuses a statement whose cells nobody knows', () => {
    expect(() => jobSpec(request([{ name: 'facts', sql: 'SELECT 1' }]))).toThrow(RangeError)
  })
})

it('the schema has the exporter’s columns around the run’s own, all of which may be null', () => {
  const field = (name: string, type: unknown) => ({ name, type, nullable: true, metadata: {} })
  expect(sparkSchema(COLUMNS)).toEqual({
    type: 'struct',
    fields: [
      field('_id', 'string'),
      field('price', 'decimal(10,2)'),
      field('at', 'timestamp'),
      field('reviews', {
        type: 'array',
        elementType: { type: 'struct', fields: [field('it`s', 'long'), field('of', 'string')] },
        containsNull: true,
      }),
      field('_extra', 'string'),
      field('_misfit', 'string'),
    ],
  })
})

it('cells travel as text, those of lists and objects as JSON of texts', () => {
  const [price, at, reviews] = COLUMNS.map(({ type }) => wireText('c0', type))
  expect(price).toBe('CAST(c0 AS STRING)')
  expect(at).toBe('CAST(unix_micros(c0) AS STRING)')
  expect(reviews).toBe(
    "to_json(transform(c0, e0 -> CASE WHEN e0 IS NOT NULL THEN named_struct('it`s', CAST(e0.`it``s` AS STRING), 'of', e0.`of`) END), map('ignoreNullFields', 'true'))",
  )
})
