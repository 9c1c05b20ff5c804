import type { FromSchema } from 'json-schema-to-ts'
import type { REASON } from './pipeline-shapes.js'

/** `GET /api/pipeline/status`: the answer to "is last night's export good?". `outcome`: `good`, `stale`, `partial`, `empty`, `bad`; null as long as it was not validated. `underWay`: the run id of an export at work. */
export const STATUS = {
  $id: 'Status',
  type: 'object',
  required: ['at', 'lake', 'datasets', 'checks', 'openAlerts'],
  additionalProperties: false,
  properties: {
    at: { type: 'string' },
    lake: { type: 'string' },
    datasets: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'dataset',
          'state',
          'ageSeconds',
          'promiseSeconds',
          'runId',
          'asOf',
          'documents',
          'outcome',
          'reasons',
          'problem',
          'underWay',
        ],
        additionalProperties: false,
        properties: {
          dataset: { type: 'string' },
          state: { type: 'string', enum: ['fresh', 'stale', 'none', 'unknown'] },
          ageSeconds: { type: ['number', 'null'] },
          promiseSeconds: { type: 'number' },
          runId: { type: ['string', 'null'] },
          asOf: { type: ['string', 'null'] },
          documents: { type: ['integer', 'null'] },
          outcome: { type: ['string', 'null'] },
          reasons: { type: 'array', items: { $ref: 'Reason' } },
          problem: { type: ['string', 'null'] },
          underWay: { type: ['string', 'null'] },
        },
      },
    },
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kind', 'subject', 'state', 'severity', 'promised', 'seen', 'since', 'look'],
        additionalProperties: false,
        properties: {
          kind: { type: 'string' },
          subject: { type: 'string' },
          state: { type: 'string', enum: ['fine', 'wrong', 'none', 'unknown'] },
          severity: { type: 'string', enum: ['critical', 'warning'] },
          promised: { type: 'string' },
          seen: { type: 'string' },
          since: { type: ['string', 'null'] },
          look: { type: 'string' },
        },
      },
    },
    openAlerts: { type: ['integer', 'null'], description: 'Null where their state cannot be read' },
  },
} as const
export type StatusView = FromSchema<typeof STATUS, { references: [typeof REASON] }>
