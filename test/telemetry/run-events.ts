import type { Gate } from '../../src/model/gate.js'
import type { Manifest, Part } from '../../src/model/manifest.js'
import type { ValidationResult } from '../../src/model/result.js'
import type { RunEvent } from '../../src/model/run-event.js'
import { manifestOf } from '../catalog/lake-fixture.js'

export const RUN = '20261123T020000.000Z-1a2b3c'

/** `02:00:` and the second, with its fraction. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 10, 23, 2, 0, 0, second * 1000)).toISOString()
}

export function part(format: Part['format'], bytes: number, documents: number): Part {
  const digest = { count: documents, sha256Sum: '0'.repeat(64) } as unknown as Part['digest']
  return { format, key: `k/${format}`, documents, bytes, sha256: '0'.repeat(64), digest, firstId: null, lastId: null }
}

export const MANIFEST: Manifest = manifestOf(RUN, {
  documents: 8_623,
  parts: [part('parquet', 1_000_000, 5_000), part('parquet', 600_000, 3_620), part('bson.gz', 2_000_000, 8_620)],
  formats: ['parquet', 'bson.gz'],
  rejects: { documents: 3, keys: ['papers/run=x/_rejects/part-00000.ndjson'] },
  columns: [
    { name: 'title', type: { kind: 'string' } },
    { name: 'votes', type: { kind: 'decimal', precision: 9, scale: 2 } },
    {
      name: 'authors',
      type: {
        kind: 'list',
        element: { kind: 'struct', fields: [{ name: 'name', type: { kind: 'string' } }] },
      },
    },
  ],
})

export const GATE: Gate = {
  outcome: 'bad',
  reasons: [{ outcome: 'bad', reason: '1 rule of severity error failed: title', next: 'lakeferry report papers' }],
}

const shared = { severity: 'error', threshold: 1, checked: 8_620 } as const
export const RESULT: ValidationResult = {
  version: 1,
  dataset: 'papers',
  runId: RUN,
  contract: { id: 'c', version: '1.0.0', fingerprint: 'f'.repeat(64) },
  status: 'fail',
  documents: 8_620,
  failingDocuments: { error: 7, any: 9 },
  rules: [
    {
      ...shared,
      id: 'title',
      kind: 'required',
      column: 'title',
      message: 'there is a title',
      violated: 7,
      status: 'fail',
    },
    {
      ...{ id: 'pair', kind: 'unique', column: 'title, votes', severity: 'warning', message: 'no pair is twice' },
      ...{ threshold: 1, checked: 8_620, violated: 0, status: 'pass' },
    },
    {
      ...{ ...shared, id: 'count', kind: 'rowCount', column: '', message: 'there are some', observed: '8620' },
      ...{ violated: 0, status: 'pass' },
    },
  ],
  violations: { count: 9, keys: [] },
}

const papers = { dataset: 'papers', runId: RUN }

/** Of one dataset, from its beginning to a bad verdict. */
export const WHOLE: readonly RunEvent[] = [
  { ...papers, event: 'export.started', at: at(1), collection: 'all_papers' },
  { ...papers, event: 'export.committed', at: at(13.5), manifest: MANIFEST, resumed: 0 },
  { ...papers, event: 'validation.started', at: at(14), engine: 'duckdb', manifest: MANIFEST },
  {
    ...{ ...papers, event: 'validation.finished', at: at(16.25), engine: 'duckdb', gate: GATE, violated: 9 },
    ...{
      manifest: MANIFEST,
      reports: ['validation-reports/papers/report.html'],
      result: RESULT,
      engineVersion: '1.5.6',
    },
  },
  { ...papers, event: 'run.finished', at: at(16.25), gate: GATE, manifest: MANIFEST },
]

export function failure(changes: Partial<Extract<RunEvent, { event: 'run.failed' }>> = {}): RunEvent {
  return {
    ...{ ...papers, event: 'run.failed', at: at(5), step: 'export', code: 'SOURCE_INTERRUPTED' },
    ...{ message: 'reading papers from mongodb://me:pa55@h/db broke off', interrupted: false },
    ...{ hint: 'Try again; lakeferry doctor tells what is wrong.', ...changes },
  }
}
