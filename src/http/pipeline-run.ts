import type { FromSchema } from 'json-schema-to-ts'
import type { ATTEMPT } from './pipeline-attempt.js'
import type { RUN_MANIFEST } from './pipeline-manifest.js'
import type { CONTRACT_VERSION, FAILING_DOCUMENTS, FAILURE, REASON } from './pipeline-shapes.js'

/**
 * A line of `GET /api/pipeline/runs?dataset=&limit=&before=`, newest first. `runId`: null of an attempt that failed before it
 * had one. `key`: the run id; of such an attempt when it began, `20261122T020000.123Z`.
 */
export const RUN = {
  $id: 'Run',
  type: 'object',
  required: [
    'key',
    'dataset',
    'runId',
    'state',
    'startedAt',
    'committedAt',
    'documents',
    'rejects',
    'bytes',
    'seconds',
    'outcome',
    'violated',
    'error',
  ],
  additionalProperties: false,
  properties: {
    key: { type: 'string', description: 'Of its address, and never another' },
    dataset: { type: 'string' },
    runId: { type: ['string', 'null'] },
    state: { type: 'string', enum: ['committed', 'under way', 'broken off', 'failed', 'set aside'] },
    startedAt: { type: ['string', 'null'] },
    committedAt: { type: ['string', 'null'] },
    documents: { type: ['integer', 'null'] },
    rejects: { type: ['integer', 'null'] },
    bytes: { type: ['integer', 'null'] },
    seconds: { type: ['number', 'null'] },
    outcome: { type: ['string', 'null'] },
    violated: { type: ['integer', 'null'] },
    error: { anyOf: [{ type: 'null' }, { $ref: 'Failure' }] },
  },
} as const
export type RunView = FromSchema<typeof RUN, { references: [typeof FAILURE] }>

/** `GET /api/pipeline/runs` */
export const RUN_PAGE = {
  $id: 'RunPage',
  type: 'object',
  required: ['runs', 'next', 'problems'],
  additionalProperties: false,
  properties: {
    runs: { type: 'array', items: { $ref: 'Run' } },
    next: { type: ['string', 'null'], description: 'Of the next page; null on the last one' },
    problems: {
      type: 'array',
      items: { type: 'string' },
      description: 'Why failed attempts may be missing: a sentence for each record that is damaged',
    },
  },
} as const
export type RunPage = FromSchema<typeof RUN_PAGE, { references: [typeof RUN, typeof FAILURE] }>

/** What a validation found, in short. `violations`: pairs of a rule and a document. */
export const VERDICT = {
  $id: 'Verdict',
  type: 'object',
  required: ['status', 'documents', 'failingDocuments', 'violations', 'contract'],
  additionalProperties: false,
  properties: {
    status: { type: 'string' },
    documents: { type: 'integer' },
    failingDocuments: { $ref: 'FailingDocuments' },
    violations: { type: 'integer' },
    contract: { $ref: 'ContractVersion' },
  },
} as const

/** What validated it, and how long that took. */
export const EXECUTION = {
  $id: 'Execution',
  type: 'object',
  required: ['engine', 'engineVersion', 'tool', 'startedAt', 'seconds'],
  additionalProperties: false,
  properties: {
    engine: { type: 'string' },
    engineVersion: { type: 'string' },
    tool: { type: 'string' },
    startedAt: { type: 'string' },
    seconds: { type: 'number' },
  },
} as const

/** What a run is good for. */
export const GATE = {
  $id: 'Gate',
  type: 'object',
  required: ['outcome', 'reasons'],
  additionalProperties: false,
  properties: { outcome: { type: 'string' }, reasons: { type: 'array', items: { $ref: 'Reason' } } },
} as const

/**
 * `GET /api/pipeline/runs/:dataset/:key`. `manifest`: null as long as it is not committed; `result`, `execution`, `gate`: null as
 * long as it is not validated.
 */
export const RUN_DETAIL = {
  $id: 'RunDetail',
  type: 'object',
  required: ['run', 'manifest', 'result', 'execution', 'gate', 'attempts'],
  additionalProperties: false,
  properties: {
    run: { $ref: 'Run' },
    manifest: { anyOf: [{ type: 'null' }, { $ref: 'RunManifest' }] },
    result: { anyOf: [{ type: 'null' }, { $ref: 'Verdict' }] },
    execution: { anyOf: [{ type: 'null' }, { $ref: 'Execution' }] },
    gate: { anyOf: [{ type: 'null' }, { $ref: 'Gate' }] },
    attempts: { type: 'array', items: { $ref: 'Attempt' } },
  },
} as const
export type RunDetail = FromSchema<
  typeof RUN_DETAIL,
  {
    references: [
      typeof RUN,
      typeof RUN_MANIFEST,
      typeof VERDICT,
      typeof EXECUTION,
      typeof GATE,
      typeof ATTEMPT,
      typeof CONTRACT_VERSION,
      typeof FAILING_DOCUMENTS,
      typeof FAILURE,
      typeof REASON,
    ]
  }
>
