import type { FromSchema } from 'json-schema-to-ts'
import type { FAILURE } from './pipeline-shapes.js'

/** One attempt at a run, as the lake remembers it: the last 60 of a dataset. `ended`: null as long as it is under way, or when it died. */
export const ATTEMPT = {
  $id: 'Attempt',
  type: 'object',
  required: [
    'began',
    'ended',
    'outcome',
    'documents',
    'bytes',
    'exportSeconds',
    'validationSeconds',
    'violated',
    'error',
  ],
  additionalProperties: false,
  properties: {
    began: { type: 'string' },
    ended: { type: ['string', 'null'] },
    outcome: { type: 'string' },
    documents: { type: ['integer', 'null'] },
    bytes: { type: ['integer', 'null'] },
    exportSeconds: { type: ['number', 'null'] },
    validationSeconds: { type: ['number', 'null'] },
    violated: { type: ['integer', 'null'] },
    error: { anyOf: [{ type: 'null' }, { $ref: 'Failure' }] },
  },
} as const
export type AttemptView = FromSchema<typeof ATTEMPT, { references: [typeof FAILURE] }>

/** One run of `GET /api/pipeline/history`, as its last attempt left it. `key`: as of `Run`. */
export const PAST_RUN = {
  $id: 'PastRun',
  type: 'object',
  required: [
    'key',
    'runId',
    'began',
    'outcome',
    'documents',
    'bytes',
    'exportSeconds',
    'validationSeconds',
    'violated',
    'error',
  ],
  additionalProperties: false,
  properties: {
    key: { type: 'string' },
    runId: { type: ['string', 'null'] },
    began: { type: 'string' },
    outcome: { type: ['string', 'null'] },
    documents: { type: ['integer', 'null'] },
    bytes: { type: ['integer', 'null'] },
    exportSeconds: { type: ['number', 'null'] },
    validationSeconds: { type: ['number', 'null'] },
    violated: { type: ['integer', 'null'] },
    error: { anyOf: [{ type: 'null' }, { $ref: 'Failure' }] },
  },
} as const

/** `GET /api/pipeline/history?dataset=`, the newest last */
export const HISTORY = {
  $id: 'History',
  type: 'object',
  required: ['dataset', 'attempts'],
  additionalProperties: false,
  properties: { dataset: { type: 'string' }, attempts: { type: 'array', items: { $ref: 'PastRun' } } },
} as const
export type HistoryView = FromSchema<typeof HISTORY, { references: [typeof PAST_RUN, typeof FAILURE] }>
