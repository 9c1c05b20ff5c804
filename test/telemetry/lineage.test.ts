import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/run-event.js'
import { Lineage, type LineageEvent } from '../../src/telemetry/lineage.js'
import { lineageRunId } from '../../src/telemetry/lineage-id.js'
import { collectionName, lakeDatasetName } from '../../src/telemetry/lineage-names.js'
import { at, failure, RUN, WHOLE } from './run-events.js'

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function eventsOf(events: readonly RunEvent[]): LineageEvent[] {
  const lineage = new Lineage({
    ...{ namespace: 'nightly', version: '1.2.3', lakeUrl: 's3://iclr-lake/prod/' },
    source: { uri: 'mongodb://me:pa55@db1.example,db2.example:27018/?replicaSet=rs', database: 'iclr' },
    collections: new Map([['papers', 'all_papers']]),
  })
  return events.flatMap(event => lineage.take(event))
}

describe('lineage events', () => {
  const events = eventsOf(WHOLE)
  const [started, exported, checking, checked] = events

  it('start and complete a run of each step, under one id', () => {
    expect(events.map(({ eventType, eventTime, job }) => `${eventTime} ${job.name} ${eventType}`)).toEqual([
      `${at(1)} papers.export START`,
      `${at(13.5)} papers.export COMPLETE`,
      `${at(14)} papers.validate START`,
      `${at(16.25)} papers.validate COMPLETE`,
    ])
    const ids = events.map(({ run }) => run.runId)
    expect(ids).toEqual([ids[0], ids[0], ids[2], ids[2]])
    expect(ids[0]).not.toBe(ids[2])
    for (const id of ids) expect(id).toMatch(UUID_7)
    expect(eventsOf(WHOLE)).toEqual(events)
  })

  it('have what the specification wants of each, and say whose they are', () => {
    const facets = (event: LineageEvent): object[] => [
      ...Object.values(event.run.facets),
      ...Object.values(event.job.facets),
      ...[...event.inputs, ...event.outputs].flatMap(({ facets, inputFacets, outputFacets }) =>
        Object.values({ ...facets, ...inputFacets, ...outputFacets }),
      ),
    ]
    for (const event of [...events, ...eventsOf([failure()])]) {
      expect(event.producer).toBe('pkg:npm/lakeferry@1.2.3')
      expect(event.schemaURL).toBe('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent')
      expect(event.job.namespace).toBe('nightly')
      expect(new Date(event.eventTime).toISOString()).toBe(event.eventTime)
      for (const facet of facets(event)) {
        expect(facet).toMatchObject({
          _producer: event.producer,
          _schemaURL: expect.stringMatching(
            /^(https:\/\/openlineage\.io\/spec\/facets\/\d-\d-\d\/(\w+)\.json#\/\$defs\/\2|pkg:npm\/lakeferry@1\.2\.3#schema\/lineage-run-facet\.schema\.json)$/,
          ),
        })
      }
      expect(JSON.stringify(event)).not.toContain('pa55')
    }
  })

  it('name the collection that is read and the dataset that is written, and tell what is in it', () => {
    expect(started).toMatchObject({
      inputs: [{ namespace: 'mongodb://db1.example:27017,db2.example:27018', name: 'iclr.all_papers' }],
      outputs: [{ namespace: 's3://iclr-lake', name: 'prod/papers' }],
    })
    const [output] = exported!.outputs
    expect(output).toMatchObject({
      ...{ namespace: 's3://iclr-lake', name: 'prod/papers' },
      facets: {
        dataSource: { name: 's3://iclr-lake', uri: 's3://iclr-lake' },
        version: { datasetVersion: RUN },
        schema: {
          fields: [
            { name: 'title', type: 'string' },
            { name: 'votes', type: 'decimal(9,2)' },
            {
              ...{ name: 'authors', type: 'array' },
              fields: [{ name: '_element', type: 'struct', fields: [{ name: 'name', type: 'string' }] }],
            },
          ],
        },
      },
      outputFacets: { outputStatistics: { rowCount: 8_623, size: 3_600_000, fileCount: 3 } },
    })
    expect(exported!.run.facets).toMatchObject({ processing_engine: { name: 'lakeferry', version: '1.2.3' } })
  })

  it('have every rule as an assertion about the dataset that the validation read', () => {
    expect(checking).toMatchObject({ inputs: [{ namespace: 's3://iclr-lake', name: 'prod/papers' }], outputs: [] })
    const [input] = checked!.inputs
    expect(input!.inputFacets).toMatchObject({
      dataQualityMetrics: { rowCount: 8_620, bytes: 1_600_000, fileCount: 2, columnMetrics: {} },
      dataQualityAssertions: {
        assertions: [
          {
            ...{ assertion: 'required', success: false, column: 'title', severity: 'error', name: 'title' },
            ...{ description: 'there is a title', actual: '7 of 8620 violate it' },
          },
          { assertion: 'unique', success: true, severity: 'warn', name: 'pair' },
          { assertion: 'rowCount', success: true, severity: 'error', name: 'count', actual: '8620' },
        ],
      },
    })
    expect(checked!.run.facets).toMatchObject({
      processing_engine: { name: 'duckdb', version: '1.5.6' },
      lakeferry_run: { runId: RUN, dataset: 'papers', step: 'validation', gate: 'bad', status: 'fail' },
    })
  })

  it('fail with the message, abort when somebody stopped it, and start what failed before it was begun', () => {
    const slot = { set: 'nightly', at: at(0) }
    const failed = eventsOf([WHOLE[0]!, { ...failure(), slot }])
    expect(failed.map(({ eventType }) => eventType)).toEqual(['START', 'FAIL'])
    expect(failed[1]!.run.facets).toMatchObject({
      errorMessage: { message: 'SOURCE_INTERRUPTED: reading papers from mongodb://***@h/db broke off' },
      nominalTime: { nominalStartTime: at(0) },
      lakeferry_run: { code: 'SOURCE_INTERRUPTED' },
    })
    const early = eventsOf([failure({ runId: undefined, interrupted: true, code: 'INTERRUPTED', step: 'validation' })])
    expect(early.map(({ eventType, job }) => `${job.name} ${eventType}`)).toEqual([
      'papers.validate START',
      'papers.validate ABORT',
    ])
    expect(early[0]!.run.runId).toBe(early[1]!.run.runId)
    expect(Object.keys(early[0]!.run.facets)).toEqual(['lakeferry_run'])
    expect(Object.keys(early[1]!.run.facets)).toEqual(['lakeferry_run', 'errorMessage'])
    expect(early[0]!.run.facets['lakeferry_run']).toMatchObject({ runId: null })
  })

  it('have a facet of our own that keeps to its schema', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../schema/lineage-run-facet.schema.json', import.meta.url), 'utf8'),
    )
    const check = new Ajv({ formats: { uri: true } }).compile({ ...schema, additionalProperties: false })
    for (const event of [...events, ...eventsOf([failure({ runId: undefined })])]) {
      check(event.run.facets['lakeferry_run'])
      expect(check.errors).toBeNull()
    }
  })
})

describe('the id of a lineage run', () => {
  it('is a UUID of version 7 with the time in it, the same for the same and another for another', () => {
    const time = fc.integer({ min: 0, max: 4e12 }).map(ms => new Date(ms).toISOString())
    const parts = fc.array(fc.string(), { maxLength: 3 })
    fc.assert(
      fc.property(time, parts, parts, (began, some, others) => {
        const id = lineageRunId(began, ...some)
        expect(id).toMatch(UUID_7)
        expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(Date.parse(began))
        expect(id === lineageRunId(began, ...others)).toBe(JSON.stringify(some) === JSON.stringify(others))
      }),
    )
  })
})

describe('names of datasets', () => {
  it.each([
    ['mongodb://127.0.0.1', 'mongodb://127.0.0.1:27017'],
    ['mongodb://u:p@ss/w?rd@host:1/db', 'mongodb://host:1'],
    ['mongodb+srv://u:p@cluster.example.net/?tls=true', 'mongodb+srv://cluster.example.net'],
    ['mongodb://[::1]:27018/', 'mongodb://[::1]:27018'],
  ])('%s is in %s', (uri, namespace) => {
    expect(collectionName(uri, 'db', 'c')).toEqual({ namespace, name: 'db.c' })
  })

  it('are paths for what is a file', () => {
    expect(collectionName('file:/backups/dump', 'db', 'c')).toEqual({ namespace: 'file', name: '/backups/dump#db.c' })
    expect(lakeDatasetName('file:/srv/lake', 'papers')).toEqual({ namespace: 'file', name: '/srv/lake/papers' })
    expect(lakeDatasetName('s3://bucket', 'papers')).toEqual({ namespace: 's3://bucket', name: 'papers' })
    expect(lakeDatasetName('s3://bucket/a/b/', 'papers')).toEqual({ namespace: 's3://bucket', name: 'a/b/papers' })
  })
})
